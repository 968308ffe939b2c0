//! An exact decimal number, from JSON text and back with the digits that came in. It never rounds:
//! what does not fit is refused. The currency an amount is in is kept beside it, not in it.

use std::fmt;

use rust_decimal::Decimal;

use super::literal::{self, Literal};

/// Significant digits of an amount. A [`Decimal`] has 96 bits, and 28 is the longest run of nines
/// that always fits them, so every text within this limit is kept exactly.
pub const DIGITS_MAX: usize = 28;

/// Digits after the point. A printed double needs 17 significant digits, so this keeps the cents
/// that clients compute in floating point, and still leaves eight digits before the point.
pub const SCALE_MAX: u32 = 20;

/// A sign, a zero, a point, and all digits of a word or of the longest fraction.
const TEXT_BYTES_MAX: usize = 24;

/// Why a text, or a pair of stored parts, is not an amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
    /// The text does not follow the number grammar of JSON.
    #[error("not a number in json notation")]
    NotANumber,
    /// The value has more digits before the point than can be kept.
    #[error("number is too large, {DIGITS_MAX} digits before the point at most")]
    TooLarge,
    /// The value has more digits after the point than can be kept.
    #[error("number has {scale} decimal places, {SCALE_MAX} at most")]
    TooFine {
        /// Digits after the point, with the exponent applied.
        scale: u64,
    },
    /// The value fits on both sides of the point, but not as a whole.
    #[error("number has {digits} significant digits, {DIGITS_MAX} at most")]
    TooManyDigits {
        /// Digits without the leading zeros.
        digits: u64,
    },
}

/// An exact decimal number. Equal by value (`1.0` is `1.00`), printed with the digits it came with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Amount(pub(super) Decimal);

impl Amount {
    /// Nothing.
    pub const ZERO: Self = Self(Decimal::ZERO);

    /// Reads a JSON number, exponent included, without ever rounding it. `-0.0` becomes `0.0`.
    pub fn parse(text: &str) -> Result<Self, AmountError> {
        if let Some((digits, scale)) = literal::read_plain(text.as_bytes()) {
            return Ok(Self(Decimal::new(digits, scale)));
        }
        let literal = Literal::read(text.as_bytes()).ok_or(AmountError::NotANumber)?;
        let digits = literal.digits();
        let exponent = literal.exponent_of_last_digit();
        let scale = exponent.min(0).unsigned_abs();
        let zeros = if digits == 0 { 0 } else { exponent.max(0).unsigned_abs() };
        check_limits(digits.saturating_add(zeros), scale)?;

        let unsigned = literal.coefficient().and_then(|value| shift_left(value, zeros));
        let mantissa = unsigned.ok_or(AmountError::TooLarge)?;
        let signed = if literal.is_negative { mantissa.saturating_neg() } else { mantissa };
        Self::from_parts(signed, u32::try_from(scale).unwrap_or(u32::MAX))
    }

    /// The amount `mantissa / 10^scale`, as [`mantissa`](Self::mantissa) and
    /// [`scale`](Self::scale) gave them to a storage codec.
    pub fn from_parts(mantissa: i128, scale: u32) -> Result<Self, AmountError> {
        let digits =
            mantissa.unsigned_abs().checked_ilog10().map_or(0, |log| log.saturating_add(1));
        check_limits(u64::from(digits), u64::from(scale))?;
        // Within the limits this cannot fail; the type cannot know.
        Decimal::try_from_i128_with_scale(mantissa, scale)
            .map(Self)
            .map_err(|_outside_96_bits| AmountError::TooLarge)
    }

    /// Writes it at the end of a text, as it is printed.
    pub fn append_to(self, text: &mut Vec<u8>) {
        match u64::try_from(self.mantissa().unsigned_abs()) {
            Ok(digits) => text.extend_from_slice(Print::of(digits, &self).bytes()),
            Err(_longer) => text.extend_from_slice(self.0.to_string().as_bytes()),
        }
    }

    /// The value without its point: `-41.20` has the mantissa -4120.
    pub const fn mantissa(self) -> i128 {
        self.0.mantissa()
    }

    /// Digits after the point, trailing zeros included.
    pub const fn scale(self) -> u32 {
        self.0.scale()
    }

    /// The same number for code that speaks [`Decimal`].
    pub const fn as_decimal(self) -> Decimal {
        self.0
    }

    /// Money out.
    pub const fn is_negative(self) -> bool {
        self.0.mantissa() < 0
    }

    /// Money in.
    pub const fn is_positive(self) -> bool {
        self.0.mantissa() > 0
    }

    /// Neither in nor out.
    pub const fn is_zero(self) -> bool {
        self.0.is_zero()
    }
}

impl From<i64> for Amount {
    fn from(whole: i64) -> Self {
        // At most 19 digits, well within the limits.
        Self(Decimal::from(whole))
    }
}

impl fmt::Display for Amount {
    /// Plain notation, always a valid JSON number.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Every line of every push is echoed with its amounts. Nearly all have no more digits than a machine word, and
        // those are printed in one piece.
        match u64::try_from(self.mantissa().unsigned_abs()) {
            Ok(digits) => f.write_str(Print::of(digits, self).text()),
            Err(_longer) => fmt::Display::fmt(&self.0, f),
        }
    }
}

/// A text that grows to the left.
struct Print {
    bytes: [u8; TEXT_BYTES_MAX],
    start: usize,
}

impl Print {
    /// `digits` with the point and the sign of `amount`, and at least one digit before the point.
    fn of(mut digits: u64, amount: &Amount) -> Self {
        let mut print = Self { bytes: [0; TEXT_BYTES_MAX], start: TEXT_BYTES_MAX };
        let (mut printed, scale) = (0_u32, amount.scale());
        while digits > 0 || printed <= scale {
            if printed == scale && scale > 0 {
                print.put(b'.');
            }
            print.put(b'0'.saturating_add(u8::try_from(digits % 10).unwrap_or_default()));
            digits /= 10;
            printed = printed.saturating_add(1);
        }
        if amount.is_negative() {
            print.put(b'-');
        }
        print
    }

    fn put(&mut self, byte: u8) {
        self.start = self.start.saturating_sub(1);
        if let Some(place) = self.bytes.get_mut(self.start) {
            *place = byte;
        }
    }

    fn bytes(&self) -> &[u8] {
        self.bytes.get(self.start..).unwrap_or_default()
    }

    fn text(&self) -> &str {
        str::from_utf8(self.bytes()).unwrap_or_default()
    }
}

fn check_limits(digits: u64, scale: u64) -> Result<(), AmountError> {
    let digits_max = u64::try_from(DIGITS_MAX).unwrap_or(u64::MAX);
    if digits.saturating_sub(scale) > digits_max {
        return Err(AmountError::TooLarge);
    }
    if scale > u64::from(SCALE_MAX) {
        return Err(AmountError::TooFine { scale });
    }
    if digits > digits_max {
        return Err(AmountError::TooManyDigits { digits });
    }
    Ok(())
}

/// `value` with so many zeros appended.
pub(super) fn shift_left(value: i128, zeros: u64) -> Option<i128> {
    value.checked_mul(10_i128.checked_pow(u32::try_from(zeros).ok()?)?)
}

#[cfg(test)]
#[expect(clippy::arithmetic_side_effects, reason = "an overflow fails the test, as it should")]
pub(super) mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    pub(in super::super) fn amount(text: &str) -> Amount {
        Amount::parse(text).unwrap()
    }

    #[test]
    fn json_numbers_are_read_exactly_and_printed_plainly() {
        for (text, printed) in [
            ("0", "0"),
            ("-42", "-42"),
            ("-42.0", "-42.0"),
            ("100.10", "100.10"),
            ("41.20", "41.20"),
            ("0.30000000000000004", "0.30000000000000004"),
            ("1e-06", "0.000001"),
            ("1e-7", "0.0000001"),
            ("1.2345678901234568e+16", "12345678901234568"),
            ("12345678901234567.89", "12345678901234567.89"),
            ("1.50E3", "1500"),
            ("100e-2", "1.00"),
            ("-0.05", "-0.05"),
            ("-0.0", "0.0"),
            ("-0", "0"),
            ("0e400", "0"),
            ("1e27", "1000000000000000000000000000"),
            ("9999999999999999999999999999", "9999999999999999999999999999"),
            ("-99999999.99999999999999999999", "-99999999.99999999999999999999"),
            ("0.00000000000000000001", "0.00000000000000000001"),
        ] {
            assert_eq!(amount(text).to_string(), printed, "{text}");
        }
    }

    #[test]
    fn other_notations_are_not_numbers() {
        for text in [
            "", "-", "+1", "01", "-01", "00", ".5", "1.", "1.e2", "1e", "1e+", "1e5x", "1 ", " 1",
            "1,000", "1_000", "0x10", "NaN", "Infinity", "--1", "1.2.3", "1e1e1", "\u{661}",
            "1e1.5",
        ] {
            assert_eq!(Amount::parse(text), Err(AmountError::NotANumber), "{text:?}");
        }
    }

    #[test]
    fn what_cannot_be_kept_exactly_is_refused_by_its_own_error() {
        for (text, error, message) in [
            (
                "1e400",
                AmountError::TooLarge,
                "number is too large, 28 digits before the point at most",
            ),
            (
                "1e-21",
                AmountError::TooFine { scale: 21 },
                "number has 21 decimal places, 20 at most",
            ),
            (
                "123456789.01234567890123456789",
                AmountError::TooManyDigits { digits: 29 },
                "number has 29 significant digits, 28 at most",
            ),
        ] {
            assert_eq!(Amount::parse(text), Err(error), "{text}");
            assert_eq!(error.to_string(), message);
        }
        for text in ["1e28", "10000000000000000000000000000", "-1e99999999999999999999999"] {
            assert_eq!(Amount::parse(text), Err(AmountError::TooLarge), "{text}");
        }
        let finer_than_counted = Amount::parse("1e-99999999999999999999999");
        assert!(matches!(finer_than_counted, Err(AmountError::TooFine { .. })));
    }

    #[test]
    fn a_million_digits_are_judged_without_being_kept() {
        let zeros = "0".repeat(1_000_000);
        assert_eq!(amount(&format!("0.{zeros}1e1000001")), amount("1"));
        assert_eq!(Amount::parse(&format!("1{zeros}")), Err(AmountError::TooLarge));
        assert_eq!(
            Amount::parse(&format!("0.{zeros}")),
            Err(AmountError::TooFine { scale: 1_000_000 })
        );
        assert_eq!(
            Amount::parse(&format!("1{zeros}e-1000000")),
            Err(AmountError::TooFine { scale: 1_000_000 })
        );
    }

    #[test]
    fn equal_values_are_equal_whatever_their_digits() {
        let texts = ["1", "1.0", "1.00", "10e-1"];
        assert_eq!(texts.map(amount).into_iter().collect::<HashSet<_>>().len(), 1);
        assert_eq!(Amount::from(i64::MIN), amount("-9223372036854775808.0"));
        let zeros = ["0", "-0.000", "0e9"].map(amount);
        assert_eq!(zeros.into_iter().collect::<HashSet<_>>().len(), 1);
        assert!(amount("-2") < amount("-1.99"));
    }

    #[test]
    fn the_sign_of_zero_is_no_sign() {
        for (text, signs) in [
            ("-0.01", (true, false, false)),
            ("-0.00", (false, false, true)),
            ("0.01", (false, true, false)),
        ] {
            let amount = amount(text);
            assert_eq!((amount.is_negative(), amount.is_positive(), amount.is_zero()), signs);
        }
        assert_eq!(amount("0.00").neg().to_string(), "0.00");
        assert_eq!(amount("0.10").neg().to_string(), "-0.10");
    }

    #[test]
    fn digits_of_a_word_and_one_more_are_printed_alike() {
        for mantissa in [i128::from(u64::MAX), i128::from(u64::MAX) + 1] {
            for (mantissa, scale) in
                [0, 1, 19, 20].into_iter().flat_map(|s| [(mantissa, s), (-mantissa, s)])
            {
                let amount = Amount::from_parts(mantissa, scale).unwrap();
                assert_eq!(amount.to_string(), amount.as_decimal().to_string());
            }
        }
    }

    /// Every pair of parts within the limits.
    pub(in super::super) fn any_amount() -> impl Strategy<Value = Amount> {
        let bound = 10_i128.pow(28);
        (1 - bound..bound, 0..29_u32, 0..=SCALE_MAX).prop_filter_map(
            "has room",
            |(mantissa, shrink, scale)| {
                Amount::from_parts(mantissa / 10_i128.pow(shrink), scale).ok()
            },
        )
    }

    proptest! {
        #[test]
        fn printing_and_parsing_give_the_same_digits(amount in any_amount()) {
            let again = Amount::parse(&amount.to_string()).unwrap();
            prop_assert_eq!(again, amount);
            prop_assert_eq!(amount.to_string(), amount.as_decimal().to_string());
            prop_assert_eq!((again.mantissa(), again.scale()), (amount.mantissa(), amount.scale()));
            prop_assert_eq!(Amount::from_parts(amount.mantissa(), amount.scale()), Ok(amount));
        }

        #[test]
        fn an_exponent_only_moves_the_point(mantissa in -(10_i128.pow(18))..10_i128.pow(18), scale in 0..=SCALE_MAX) {
            let text = format!("{mantissa}e-{scale}");
            prop_assert_eq!(Amount::parse(&text), Amount::from_parts(mantissa, scale));
        }

        #[test]
        fn no_text_panics(text in "[-+0-9.eE]{0,40}") {
            if let Ok(amount) = Amount::parse(&text) {
                prop_assert_eq!(Amount::parse(&amount.to_string()), Ok(amount));
            }
        }
    }
}
