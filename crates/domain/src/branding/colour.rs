//! Colours, and whether they can be read. White is what text stands on and what stands on buttons, so one ratio decides
//! both. No money is near, so ratios may float.

use std::fmt;
use thiserror::Error;

/// A colour of a screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Colour {
    red: u8,
    green: u8,
    blue: u8,
}

/// How far the luminances of two colours are apart, from 1 to 21, as WCAG 2 measures it.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Contrast(f64);

/// Why a text is no colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("write it as a # and six hexadecimal digits, such as #1d5fa6")]
pub struct ColourError;

/// Why a colour cannot be used for text.
#[derive(Clone, Copy, Debug, PartialEq, Error)]
#[error(
    "{colour} has a contrast of {contrast}:1 with white, and text needs {}:1: use {proposed}, or darker, or set \
     asDecoration, which keeps {colour} for decoration and uses {proposed} for text and buttons",
    Contrast::TEXT_MIN
)]
pub struct TooPale {
    /// The colour.
    pub colour: Colour,
    /// Of the colour and white.
    pub contrast: Contrast,
    /// Its brightest shade that passes.
    pub proposed: Colour,
}

impl Contrast {
    /// What WCAG 2 asks for text of the usual size, at level AA.
    pub const TEXT_MIN: Self = Self(4.5);
    /// What it asks for edges and marks that mean something.
    pub const MARK_MIN: Self = Self(3.0);
}

/// Rounded down: what is shown as enough is enough.
impl fmt::Display for Contrast {
    #[expect(clippy::float_arithmetic, reason = "a ratio that is shown, never money")]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.2}", (self.0 * 100.0).floor() / 100.0)
    }
}

impl Colour {
    /// What text stands on, and what stands on buttons.
    pub const WHITE: Self = Self::new(255, 255, 255);
    const BLACK: Self = Self::new(0, 0, 0);

    /// Of its parts.
    pub const fn new(red: u8, green: u8, blue: u8) -> Self {
        Self { red, green, blue }
    }

    /// Reads `#rrggbb`.
    pub fn parse(text: &str) -> Result<Self, ColourError> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6);
        let digits = digits.filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let number = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        let [_, red, green, blue] = number.ok_or(ColourError)?.to_be_bytes();
        Ok(Self { red, green, blue })
    }

    /// How far it is from another.
    #[expect(clippy::float_arithmetic, reason = "a ratio of light, never money")]
    pub fn contrast(self, other: Self) -> Contrast {
        let [one, other] = [self.luminance() + 0.05, other.luminance() + 0.05];
        Contrast(if one > other { one / other } else { other / one })
    }

    /// Whether it can be read on white, and white on it.
    pub fn is_readable(self) -> bool {
        self.contrast(Self::WHITE) >= Contrast::TEXT_MIN
    }

    /// Refuses what cannot be read on white.
    pub fn check_text(self) -> Result<(), TooPale> {
        if self.is_readable() {
            return Ok(());
        }
        let contrast = self.contrast(Self::WHITE);
        Err(TooPale { colour: self, contrast, proposed: self.readable_on(Self::WHITE) })
    }

    /// Its brightest shade, perhaps itself, that can be read on `ground`. All three parts shrink alike, so the hue stays.
    #[must_use]
    pub fn readable_on(self, ground: Self) -> Self {
        let mut shades = (0..=u8::MAX).rev().map(|part| self.mixed(Self::BLACK, part));
        let found = shades.find(|shade| shade.contrast(ground) >= Contrast::TEXT_MIN);
        found.unwrap_or(Self::BLACK)
    }

    /// So many 255ths of it, and the rest of another.
    #[must_use]
    pub fn mixed(self, other: Self, part: u8) -> Self {
        let mix = |one: u8, other: u8| {
            let rest = u16::from(u8::MAX.abs_diff(part));
            let one = u16::from(one).saturating_mul(part.into());
            let sum = one.saturating_add(u16::from(other).saturating_mul(rest));
            u8::try_from(sum / 255).unwrap_or(u8::MAX)
        };
        Self {
            red: mix(self.red, other.red),
            green: mix(self.green, other.green),
            blue: mix(self.blue, other.blue),
        }
    }

    /// WCAG's relative luminance.
    #[expect(clippy::float_arithmetic, reason = "light, never money")]
    fn luminance(self) -> f64 {
        let linear = |part: u8| {
            let part = f64::from(part) / 255.0;
            if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        let green = 0.7152 * linear(self.green);
        0.2126f64.mul_add(linear(self.red), 0.0722f64.mul_add(linear(self.blue), green))
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.red, self.green, self.blue)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn colour(text: &str) -> Colour {
        Colour::parse(text).unwrap()
    }

    #[test]
    fn a_colour_is_six_digits() {
        assert_eq!(colour("#EBaa2D").to_string(), "#ebaa2d");
        for text in ["", "#", "#fff", "ebaa2d", "#ebaa2", "#ebaa2dff", "#gggggg", "#+12345", "red"]
        {
            assert_eq!(Colour::parse(text), Err(ColourError), "{text}");
        }
    }

    #[test]
    fn contrasts_are_those_of_published_tables() {
        for (one, other, contrast) in [
            ("#000000", "#ffffff", "21.00"),
            ("#ffffff", "#ffffff", "1.00"),
            ("#767676", "#ffffff", "4.54"),
            ("#777777", "#ffffff", "4.47"),
            ("#ebaa2d", "#ffffff", "2.03"),
            ("#56a0c3", "#ffffff", "2.91"),
            ("#0000ff", "#ffffff", "8.59"),
            ("#ff0000", "#ffffff", "3.99"),
            ("#ffffff", "#ff0000", "3.99"),
        ] {
            let found = colour(one).contrast(colour(other)).to_string();
            assert_eq!(found, contrast, "{one} and {other}");
        }
    }

    #[test]
    fn a_pale_colour_is_refused_with_its_ratio_and_its_nearest_shade() {
        for text in ["#1d5fa6", "#767676", "#000000", "#b30000"] {
            assert_eq!(colour(text).check_text(), Ok(()), "{text}");
        }
        for (text, contrast, proposed) in [
            ("#ebaa2d", "2.03", "#996f1d"),
            ("#777777", "4.47", "#767676"),
            ("#ffffff", "1.00", "#767676"),
            ("#ffff00", "1.07", "#7a7a00"),
        ] {
            let refused = colour(text).check_text().unwrap_err();
            assert_eq!(refused.contrast.to_string(), contrast, "{text}");
            assert_eq!(refused.proposed.to_string(), proposed, "{text}");
            let said = refused.to_string();
            assert!(said.contains(contrast) && said.contains(proposed), "{said}");
        }
    }

    #[test]
    fn the_nearest_shade_passes_and_the_next_brighter_one_does_not() {
        for number in (0..0x0100_0000_u32).step_by(70_001) {
            let [_, red, green, blue] = number.to_be_bytes();
            let colour = Colour::new(red, green, blue);
            let shade = colour.readable_on(Colour::WHITE);
            assert!(shade.is_readable(), "{colour}");
            assert!(shade == colour || !colour.is_readable(), "{colour}");
        }
    }

    #[test]
    fn colours_mix_in_parts() {
        let (blue, white) = (colour("#1d5fa6"), Colour::WHITE);
        assert_eq!(blue.mixed(white, 255), blue);
        assert_eq!(blue.mixed(white, 0), white);
        assert_eq!(colour("#000000").mixed(white, 51).to_string(), "#cccccc");
    }
}
