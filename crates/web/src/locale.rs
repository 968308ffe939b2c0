//! Which language a page is in: what the person chose, else what their browser prefers, else English.

use domain::branding::CalloutLanguage;
use unic_langid::LanguageIdentifier;
use unic_langid::subtags::Region;

/// A language that pages are written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) enum Locale {
    /// English, as much everybody's as can be.
    #[default]
    English,
    /// French as it is written in Canada.
    CanadianFrench,
    /// French as it is written in France.
    French,
}

impl Locale {
    /// Every language.
    pub(crate) const ALL: [Self; 3] = [Self::English, Self::CanadianFrench, Self::French];

    /// For `lang` attributes and URLs.
    pub(crate) const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::CanadianFrench => "fr-CA",
            Self::French => "fr-FR",
        }
    }

    /// The language that a bank's own words are in.
    pub(crate) const fn callout_language(self) -> CalloutLanguage {
        match self {
            Self::English => CalloutLanguage::English,
            Self::CanadianFrench | Self::French => CalloutLanguage::French,
        }
    }

    /// The language in itself.
    pub(crate) const fn own_name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::CanadianFrench => "Français (Canada)",
            Self::French => "Français (France)",
        }
    }

    /// The language nearest to a tag such as `fr-BE`, if one is near.
    pub(crate) fn parse(tag: &str) -> Option<Self> {
        let id: LanguageIdentifier = tag.trim().parse().ok()?;
        match (id.language.as_str(), id.region.as_ref().map(Region::as_str)) {
            ("en", _) => Some(Self::English),
            ("fr", Some("CA")) => Some(Self::CanadianFrench),
            ("fr", _) => Some(Self::French),
            _ => None,
        }
    }

    /// The language that a header `Accept-Language` prefers.
    pub(crate) fn preferred(header: &str) -> Option<Self> {
        let mut wishes: Vec<_> = header
            .split(',')
            .filter_map(|wish| {
                let (tag, weight) = wish.split_once(';').unwrap_or((wish, "q=1"));
                let weight = per_mille(weight.trim().strip_prefix("q=")?)?;
                Some((Self::parse(tag)?, weight))
            })
            .filter(|(_, weight)| *weight > 0)
            .collect();
        // Stable: of equals, the first.
        wishes.sort_by_key(|(_, weight)| std::cmp::Reverse(*weight));
        wishes.first().map(|(locale, _)| *locale)
    }
}

/// A weight such as `0.8`, in thousandths.
fn per_mille(text: &str) -> Option<u32> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let part: u32 = format!("{part:0<3}").get(..3)?.parse().ok()?;
    match whole {
        "0" => Some(part),
        "1" => Some(1_000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Locale::{CanadianFrench, English, French};

    #[test]
    fn tags_are_read_as_browsers_and_programs_write_them() {
        for (tag, locale) in [
            ("en", Some(English)),
            ("EN-gb", Some(English)),
            ("fr", Some(French)),
            ("fr-BE", Some(French)),
            ("fr_ca", Some(CanadianFrench)),
            ("fr-Latn-CA", Some(CanadianFrench)),
            ("de", None),
            ("", None),
            ("<script>", None),
        ] {
            assert_eq!(Locale::parse(tag), locale, "{tag}");
        }
        for locale in Locale::ALL {
            assert_eq!(Locale::parse(locale.tag()), Some(locale));
        }
    }

    #[test]
    fn the_browsers_wishes_are_weighed() {
        for (header, locale) in [
            ("fr-CA,fr;q=0.9,en;q=0.8", Some(CanadianFrench)),
            ("de, en;q=0.5, fr;q=0.7", Some(French)),
            ("fr;q=0, en;q=0.001", Some(English)),
            ("*", None),
            ("de", None),
            (";;;q=,", None),
            ("fr;q=x", None),
        ] {
            assert_eq!(Locale::preferred(header), locale, "{header}");
        }
    }
}
