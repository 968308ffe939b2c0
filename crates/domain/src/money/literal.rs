//! The number grammar of JSON, read without keeping or rounding a digit. The limits of an amount are
//! applied in amount.rs.

/// So many digits always fit.
const I64_DIGITS: usize = 18;

/// Reads what nearly every amount is, in one go: a few digits, and perhaps a point among them. Gives its digits as one
/// number, and how many of them stand after the point.
pub(super) fn read_plain(text: &[u8]) -> Option<(i64, u32)> {
    let (is_negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    if digits.len() > I64_DIGITS
        || matches!(digits, [] | [b'.', ..] | [.., b'.'] | [b'0', b'0'..=b'9', ..])
    {
        return None;
    }
    let (mut value, mut scale) = (0_i64, None::<u32>);
    for byte in digits {
        match (byte, &mut scale) {
            (b'0'..=b'9', places) => {
                let digit = i64::from(byte.saturating_sub(b'0'));
                value = value.wrapping_mul(10).wrapping_add(digit);
                if let Some(places) = places {
                    *places = places.wrapping_add(1);
                }
            }
            (b'.', point @ None) => *point = Some(0),
            _ => return None,
        }
    }
    let value = if is_negative { value.wrapping_neg() } else { value };
    Some((value, scale.unwrap_or(0)))
}

/// A JSON number taken apart; its digits still as text, since there may be millions of them.
pub(super) struct Literal<'a> {
    pub(super) is_negative: bool,
    whole: &'a [u8],
    fraction: &'a [u8],
    /// Saturates: beyond any limit, one exponent is as bad as another.
    exponent: i64,
}

impl<'a> Literal<'a> {
    /// Checks the grammar; no limit is applied yet.
    pub(super) fn read(text: &'a [u8]) -> Option<Self> {
        let (is_negative, rest) = match text {
            [b'-', rest @ ..] => (true, rest),
            _ => (false, text),
        };
        let (whole, rest) = split_digits(rest)?;
        if matches!(whole, [b'0', _, ..]) {
            return None;
        }
        let (fraction, rest) = match rest {
            [b'.', rest @ ..] => split_digits(rest)?,
            _ => (whole.get(..0)?, rest),
        };
        Some(Self { is_negative, whole, fraction, exponent: read_exponent(rest)? })
    }

    /// The digits from the first that is not zero.
    fn significant(&self) -> impl Iterator<Item = u8> {
        self.whole.iter().chain(self.fraction).copied().skip_while(|digit| *digit == b'0')
    }

    /// How many significant digits there are, zeros at the end included.
    pub(super) fn digits(&self) -> u64 {
        self.significant().fold(0, |count: u64, _digit| count.saturating_add(1))
    }

    /// The power of ten that the last digit counts.
    pub(super) fn exponent_of_last_digit(&self) -> i64 {
        self.exponent
            .saturating_sub_unsigned(u64::try_from(self.fraction.len()).unwrap_or(u64::MAX))
    }

    /// The digits as one number, if it has room.
    pub(super) fn coefficient(&self) -> Option<i128> {
        let mut digits = self.significant().map(|digit| i64::from(digit.saturating_sub(b'0')));
        let first = digits.by_ref().take(I64_DIGITS);
        let first =
            first.fold(0_i64, |value, digit| value.saturating_mul(10).saturating_add(digit));
        // Few amounts have more digits, and wide numbers are slow to count up.
        digits.try_fold(i128::from(first), |value, digit| {
            value.checked_mul(10)?.checked_add(i128::from(digit))
        })
    }
}

/// One digit or more, and what follows them.
fn split_digits(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = text.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    if end == 0 { None } else { text.split_at_checked(end) }
}

/// The exponent part up to the end of the text; no exponent counts as zero.
fn read_exponent(text: &[u8]) -> Option<i64> {
    let (is_negative, rest) = match text {
        [] => return Some(0),
        [b'e' | b'E', b'-', rest @ ..] => (true, rest),
        [b'e' | b'E', b'+', rest @ ..] | [b'e' | b'E', rest @ ..] => (false, rest),
        _ => return None,
    };
    let (digits, []) = split_digits(rest)? else { return None };
    let size = digits.iter().fold(0_i64, |value, digit| {
        value.saturating_mul(10).saturating_add(i64::from(digit.saturating_sub(b'0')))
    });
    Some(if is_negative { size.saturating_neg() } else { size })
}

#[cfg(test)]
#[expect(clippy::arithmetic_side_effects, reason = "an overflow fails the test, as it should")]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_short_way_is_for_what_is_plain() {
        for (text, read) in [
            ("0", Some((0, 0))),
            ("-41.20", Some((-4120, 2))),
            ("0.00", Some((0, 2))),
            ("999999999999999999", Some((999_999_999_999_999_999, 0))),
            ("9999999999999999999", None),
            ("1e3", None),
            ("01", None),
            ("-", None),
            (".5", None),
            ("5.", None),
            ("1.2.3", None),
            ("+1", None),
            ("", None),
        ] {
            assert_eq!(read_plain(text.as_bytes()), read, "{text}");
        }
    }

    proptest! {
        #[test]
        fn the_short_way_reads_what_the_long_one_does(text in "-?[0-9]{0,12}[.e+-]?[0-9]{0,12}") {
            if let Some((value, scale)) = read_plain(text.as_bytes()) {
                let literal = Literal::read(text.as_bytes()).unwrap();
                let sign = if literal.is_negative { -1 } else { 1 };
                prop_assert_eq!(literal.coefficient(), Some(i128::from(value) * sign));
                prop_assert_eq!(literal.exponent_of_last_digit(), -i64::from(scale));
            }
        }
    }
}
