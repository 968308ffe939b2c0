//! Amounts: a number is read exactly or refused, prints as itself, and sums are exact. The value is worked out from the
//! text a second time here, with pen and paper: no type of number is involved.

use domain::money::{Amount, AmountError, CurrencyCode, SCALE_MAX};
use serde_json::value::RawValue;
use std::cmp::Ordering;

/// Two numbers with a line break between them, or one.
pub(crate) fn check(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    let (left, right) = text.split_once('\n').unwrap_or((text, ""));
    if let (Some(left), Some(right)) = (check_text(left), check_text(right)) {
        check_pair(left, right);
    }
    if let Ok(currency) = CurrencyCode::parse(left) {
        assert_eq!(currency.to_string(), left);
    }
}

fn check_text(text: &str) -> Option<Amount> {
    check_statement_amount(text);
    let read = Amount::parse(text);
    let is_refused_as_text = matches!(read, Err(AmountError::NotANumber));
    assert_eq!(is_refused_as_text, !is_json_number(text), "the grammar of JSON decides");
    let amount = read.ok()?;
    let printed = amount.to_string();
    assert_eq!(Figures::of(text), Figures::of(&printed), "not a digit is rounded");
    assert!(is_json_number(&printed) && !printed.contains(['e', 'E']), "{printed}");
    let again = Amount::parse(&printed).unwrap();
    assert_eq!((again.mantissa(), again.scale()), (amount.mantissa(), amount.scale()));
    assert_eq!(Amount::from_parts(amount.mantissa(), amount.scale()), Ok(amount));
    assert_eq!(amount.neg().neg(), amount);
    let signs = [amount.is_negative(), amount.is_zero(), amount.is_positive()];
    assert_eq!(signs.into_iter().filter(|sign| *sign).count(), 1);
    assert_eq!(printed.starts_with('-'), amount.is_negative(), "zero has no sign");
    let minor_digits = u32::from(printed.len() % 2 == 0).saturating_mul(2);
    let shown = ofx::Amount::new(amount.as_decimal(), minor_digits).to_string();
    assert_eq!(Figures::of(&shown), Figures::of(&printed), "OFX shows the same value");
    assert_eq!(ofx::Amount::parse(&shown).map(|read| read.to_string()), Some(shown));
    Some(amount)
}

/// The reader of OFX takes other notations, and reads what it prints.
fn check_statement_amount(text: &str) {
    if let Some(amount) = ofx::Amount::parse(text) {
        let again = ofx::Amount::parse(&amount.to_string());
        assert_eq!(again.map(ofx::Amount::value), Some(amount.value()), "{text}");
        assert_eq!(again.map(|again| again.to_string()), Some(amount.to_string()), "{text}");
    }
}

fn check_pair(left: Amount, right: Amount) {
    let sum = left.checked_add(right);
    assert_eq!(sum, right.checked_add(left));
    if let Some(sum) = sum {
        assert_eq!(sum.checked_sub(right), Some(left));
        assert_eq!(sum.cmp(&left), right.cmp(&Amount::ZERO), "a sum moves the way that is added");
    }
    if let Some(difference) = left.checked_sub(right) {
        assert_eq!(left.cmp(&right), difference.cmp(&Amount::ZERO));
        assert_eq!(left == right, left.cmp(&right) == Ordering::Equal);
    }
    let aligned = |amount: Amount| {
        let shift = 10_i128.checked_pow(SCALE_MAX.saturating_sub(amount.scale()))?;
        amount.mantissa().checked_mul(shift)
    };
    if let (Some(sum), Some(left), Some(right)) = (sum, aligned(left), aligned(right)) {
        assert_eq!(aligned(sum), left.checked_add(right));
    }
}

fn is_json_number(text: &str) -> bool {
    let raw = serde_json::from_str::<&RawValue>(text);
    text.starts_with(|first: char| first == '-' || first.is_ascii_digit())
        && raw.is_ok_and(|raw| raw.get() == text)
}

/// The value that a number's text has: `12.50e1` is 125 with no power of ten.
#[derive(Debug, Default, PartialEq, Eq)]
struct Figures {
    is_negative: bool,
    /// Without zeros at either end; none for zero.
    digits: String,
    /// The power of ten that the last digit counts.
    exponent: i128,
}

impl Figures {
    fn of(text: &str) -> Self {
        let (number, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let (is_negative, number) =
            number.strip_prefix('-').map_or((false, number), |number| (true, number));
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        let all = format!("{whole}{fraction}");
        let significant = all.trim_start_matches('0');
        let digits = significant.trim_end_matches('0');
        if digits.is_empty() {
            return Self::default();
        }
        let moved = i128::try_from(significant.len().saturating_sub(digits.len())).unwrap();
        let exponent: i128 = exponent.parse().unwrap();
        let exponent =
            exponent.saturating_add(moved).saturating_sub(i128::try_from(fraction.len()).unwrap());
        Self { is_negative, digits: digits.to_owned(), exponent }
    }
}
