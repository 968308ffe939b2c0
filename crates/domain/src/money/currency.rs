//! ISO 4217 codes: three letters and how many decimals the currency has. Which codes are in use is
//! not checked, since banks send codes that lists lack.

use std::fmt;

/// The text is not a currency code.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("currency {0:?} is not three upper-case letters")]
pub struct CurrencyError(Box<str>);

/// Characters of a refused code that its error repeats.
const REFUSED_CHARS_MAX: usize = 12;

/// Three upper-case letters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CurrencyCode([u8; 3]);

impl CurrencyCode {
    /// The currency is not known; a valid value of the wire.
    pub const UNKNOWN: Self = Self(*b"XXX");

    /// Reads a code; lower case is refused.
    pub fn parse(text: &str) -> Result<Self, CurrencyError> {
        match <[u8; 3]>::try_from(text.as_bytes()) {
            Ok(letters) if letters.iter().all(u8::is_ascii_uppercase) => Ok(Self(letters)),
            Ok(_) | Err(_) => {
                let shown: String = text.chars().take(REFUSED_CHARS_MAX).collect();
                Err(CurrencyError(shown.into_boxed_str()))
            }
        }
    }

    /// The three letters.
    pub fn as_str(&self) -> &str {
        // Upper-case ASCII by construction, so the fallback is never taken.
        str::from_utf8(&self.0).unwrap_or("XXX")
    }

    /// Decimals of the smallest unit, by ISO 4217; two for codes it does not know.
    pub const fn minor_digits(self) -> u32 {
        match &self.0 {
            b"BIF" | b"CLP" | b"DJF" | b"GNF" | b"ISK" | b"JPY" | b"KMF" | b"KRW" | b"PYG"
            | b"RWF" | b"UGX" | b"UYI" | b"VND" | b"VUV" | b"XAF" | b"XOF" | b"XPF" => 0,
            b"BHD" | b"IQD" | b"JOD" | b"KWD" | b"LYD" | b"OMR" | b"TND" => 3,
            b"CLF" | b"UYW" => 4,
            _ => 2,
        }
    }
}

impl fmt::Display for CurrencyCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for CurrencyCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CurrencyCode({})", self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn decimals_follow_iso_4217() {
        for (code, digits) in
            [("GBP", 2), ("JPY", 0), ("UYI", 0), ("KWD", 3), ("CLF", 4), ("CLP", 0), ("XXX", 2)]
        {
            assert_eq!(CurrencyCode::parse(code).unwrap().minor_digits(), digits, "{code}");
        }
    }

    #[test]
    fn other_texts_are_refused() {
        for text in ["", "GB", "gbp", "GBPX", "G1P", "G P", "£", "ÄB", "\0\0\0"] {
            assert!(CurrencyCode::parse(text).is_err(), "{text:?}");
        }
        let error = CurrencyCode::parse(&"z".repeat(10_000)).unwrap_err();
        assert_eq!(error.to_string(), "currency \"zzzzzzzzzzzz\" is not three upper-case letters");
    }

    #[test]
    fn the_unknown_currency_is_a_currency() {
        assert_eq!(CurrencyCode::parse("XXX"), Ok(CurrencyCode::UNKNOWN));
    }

    proptest! {
        #[test]
        fn codes_print_as_they_came(text in "[A-Z]{3}") {
            let code = CurrencyCode::parse(&text).unwrap();
            prop_assert_eq!(code.to_string(), text.clone());
            prop_assert_eq!(code.as_str(), text);
        }
    }
}
