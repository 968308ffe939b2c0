//! The colours of a client's pages, made of the two that it has set: as a stylesheet that comes after everybody's. Whatever
//! they are, what is text can be read; the colours as they were set are a band at the top.

use domain::branding::{Colour, Look};

const BLACK: Colour = Colour::new(0, 0, 0);
/// As in everybody's stylesheet, for a client that sets one colour only.
const ACCENT: Colour = Colour::new(0x1d, 0x5f, 0xa6);
/// What lies below everything; whatever can be read on it can be read on white.
const GROUND: Colour = Colour::new(0xf4, 0xf6, 0xf9);
/// 255ths of a colour: what is left of it in its darker shade, and in the tint that text stands on.
const DARK_PART: u8 = 200;
const PALE_PART: u8 = 26;

/// A client's stylesheet, if it has a colour of its own.
pub(crate) fn stylesheet(look: &Look) -> Option<String> {
    if look.primary.is_none() && look.secondary.is_none() {
        return None;
    }
    let accent = look.primary.unwrap_or(ACCENT).readable_on(Colour::WHITE);
    let accent_pale = accent.mixed(Colour::WHITE, PALE_PART);
    let accent_dark = accent.mixed(BLACK, DARK_PART).readable_on(accent_pale);
    let link = look.secondary.map_or(accent_dark, |colour| colour.readable_on(GROUND));
    let link_dark = link.readable_on(accent_pale);
    let band = look.primary.unwrap_or(accent);
    let band_second = look.secondary.unwrap_or(band);
    Some(format!(
        ":root {{\n  --accent: {accent};\n  --accent-dark: {accent_dark};\n  --accent-pale: {accent_pale};\n  \
         --link: {link};\n  --link-dark: {link_dark};\n}}\nbody::before {{\n  content: \"\";\n  height: 0.375rem;\n  \
         background: linear-gradient(90deg, {band} 66%, {band_second} 66%);\n}}\n"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assets::STYLE;
    use domain::branding::Contrast;
    use std::collections::{BTreeMap, BTreeSet};

    /// What is written on what, somewhere on a page.
    const TEXTS: [(&str, &str); 19] = [
        ("ink", "paper"),
        ("ink", "ground"),
        ("ink", "line"),
        ("ink", "accent-pale"),
        ("ink-soft", "paper"),
        ("ink-soft", "ground"),
        ("link", "paper"),
        ("link", "ground"),
        ("link-dark", "accent-pale"),
        ("accent-dark", "accent-pale"),
        ("good", "good-pale"),
        ("warning", "warning-pale"),
        ("paper", "accent"),
        ("paper", "accent-dark"),
        ("paper", "danger"),
        ("paper", "danger-dark"),
        ("danger-dark", "danger-pale"),
        ("danger-dark", "paper"),
        ("accent-dark", "paper"),
    ];
    /// Edges and rings that mean something.
    const MARKS: [(&str, &str); 4] =
        [("edge", "paper"), ("edge", "ground"), ("accent", "paper"), ("accent", "ground")];

    /// The colours that have a name.
    fn colours(css: &str) -> BTreeMap<String, Colour> {
        let named = css.lines().filter_map(|line| line.trim().strip_prefix("--")?.split_once(": "));
        let colour = |value: &str| Colour::parse(value.trim_end_matches(';')).ok();
        named.filter_map(|(name, value)| Some((name.to_owned(), colour(value)?))).collect()
    }

    fn looks() -> Vec<Option<Look>> {
        let odd = ["#ffffff", "#000000", "#ffff00", "#ebaa2d", "#767676", "#00ff00", "#ff00ff"];
        let odd = odd.map(|text| Some(Colour::parse(text).unwrap()));
        let all = odd.into_iter().chain([None]);
        let pairs = all.clone().flat_map(|one| all.clone().map(move |other| (one, other)));
        let look = |(primary, secondary)| Some(Look { primary, secondary, ..Look::default() });
        pairs.map(look).chain([None]).collect()
    }

    #[test]
    fn whatever_is_written_on_a_page_can_be_read_in_any_branding() {
        for look in looks() {
            let mut all = colours(STYLE);
            let own = look.as_ref().and_then(stylesheet);
            all.extend(own.iter().flat_map(|css| colours(css)));
            for (least, pairs) in [(Contrast::TEXT_MIN, &TEXTS[..]), (Contrast::MARK_MIN, &MARKS)] {
                assert_eq!(all["ground"], GROUND);
                for (front, back) in pairs {
                    let contrast = all[*front].contrast(all[*back]);
                    assert!(contrast >= least, "{front} on {back}: {contrast} in {look:?}");
                }
            }
        }
    }

    #[test]
    fn every_colour_that_the_stylesheet_writes_with_or_on_is_looked_at() {
        let after = |word: &str| -> BTreeSet<&str> {
            let uses = STYLE.split(word).skip(1).filter_map(|rest| rest.split_once(')'));
            uses.map(|(name, _)| name).collect()
        };
        let fronts: BTreeSet<_> = TEXTS.iter().map(|(front, _)| *front).collect();
        let backs: BTreeSet<_> = TEXTS.iter().map(|(_, back)| *back).collect();
        assert!(after(" color: var(--").is_subset(&fronts), "{:?}", after(" color: var(--"));
        assert!(after("background: var(--").is_subset(&backs), "{:?}", after("background: var(--"));
        let plain = STYLE.split("color: #").skip(1).filter(|rest| !rest.starts_with("fff;"));
        assert_eq!(plain.count(), 0, "a colour has no name");
    }

    #[test]
    fn a_colour_that_can_be_read_is_used_as_it_is() {
        let look = Look {
            primary: Some(Colour::parse("#0b6e4f").unwrap()),
            secondary: Some(Colour::parse("#8a1538").unwrap()),
            ..Look::default()
        };
        let css = stylesheet(&look).unwrap();
        assert!(css.contains("--accent: #0b6e4f;") && css.contains("--link: #8a1538;"), "{css}");
        assert!(css.contains("#0b6e4f 66%, #8a1538 66%"), "{css}");
        assert_eq!(stylesheet(&Look::default()), None);
    }
}
