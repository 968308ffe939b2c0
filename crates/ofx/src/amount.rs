//! Amounts as exact decimal text. Nothing is rounded on the way.

use std::fmt;

use rust_decimal::Decimal;

/// A decimal with the number of places it is printed with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Amount {
    value: Decimal,
    places: u32,
}

/// More than `Decimal` holds, and than any currency has.
const PLACES_MAX: u32 = 28;

impl Amount {
    /// Printed with the currency's minor digits, or with more when the value has more.
    pub fn new(value: Decimal, minor_digits: u32) -> Self {
        let value = value.normalize();
        // A negative zero would print its sign.
        let value = if value.is_zero() { Decimal::ZERO } else { value };
        Self { value, places: value.scale().max(minor_digits.min(PLACES_MAX)) }
    }

    /// Reads `-42.50`, also with a decimal comma. A text of more digits than fit is refused.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix(['+', '-']).unwrap_or(text).replace(',', ".");
        let shaped = digits.starts_with(|first: char| first.is_ascii_digit() || first == '.')
            && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        let (mut value, places) = if shaped { exact(&digits)? } else { return None };
        value.set_sign_negative(text.starts_with('-'));
        Some(Self::new(value, places))
    }

    /// The exact value.
    pub fn value(self) -> Decimal {
        self.value
    }
}

/// The value, and how many places it was written with.
fn exact(digits: &str) -> Option<(Decimal, u32)> {
    if let Ok(value) = Decimal::from_str_exact(digits) {
        return Some((value, value.scale()));
    }
    // Zeros at the end say nothing, and may be what there is no room for.
    let (whole, fraction) = digits.split_once('.')?;
    let value = format!("{whole}.{}", fraction.trim_end_matches('0'));
    Some((Decimal::from_str_exact(&value).ok()?, u32::try_from(fraction.len()).ok()?))
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scale = self.value.scale();
        write!(f, "{}", self.value)?;
        if scale < self.places && scale == 0 {
            f.write_str(".")?;
        }
        (scale..self.places).try_for_each(|_| f.write_str("0"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(text: &str, minor_digits: u32) -> String {
        Amount::new(Decimal::from_str_exact(text).unwrap(), minor_digits).to_string()
    }

    #[test]
    fn an_amount_has_at_least_the_minor_digits_and_is_never_rounded() {
        assert_eq!(printed("-42.5", 2), "-42.50");
        assert_eq!(printed("1377", 2), "1377.00");
        assert_eq!(printed("1377", 0), "1377");
        assert_eq!(printed("0.12345", 2), "0.12345");
        assert_eq!(printed("10.5000", 2), "10.50");
        assert_eq!(printed("100", 3), "100.000");
    }

    #[test]
    fn zero_has_no_sign() {
        assert_eq!(printed("-0.00", 2), "0.00");
    }

    #[test]
    fn the_largest_decimal_keeps_its_digits() {
        assert_eq!(printed("79228162514264337593543950335", 2), "79228162514264337593543950335.00");
    }

    #[test]
    fn signs_and_decimal_commas_are_read() {
        for (text, expected) in [("+1,5", "1.5"), ("-0.10", "-0.10"), ("7", "7"), (".5", "0.5")] {
            assert_eq!(Amount::parse(text).unwrap().to_string(), expected);
        }
    }

    #[test]
    fn the_longest_amount_is_read_with_the_zeros_it_is_printed_with() {
        let largest = Amount::new(Decimal::MAX, 2);
        assert_eq!(Amount::parse(&largest.to_string()), Some(largest));
        let smallest = Amount::new(Decimal::MIN, 28);
        assert_eq!(Amount::parse(&smallest.to_string()), Some(smallest));
        assert_eq!(Amount::parse("79228162514264337593543950335.01"), None);
    }

    #[test]
    fn text_that_is_no_amount_is_refused() {
        for text in
            ["", "-", ".", "1.2.3", "1.0.0", "1..", "1,234.56", "1e5", "1_000", "--1", "+-1", "१"]
        {
            assert_eq!(Amount::parse(text), None, "{text}");
        }
    }
}
