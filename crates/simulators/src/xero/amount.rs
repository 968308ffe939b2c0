//! Amounts on the wire: `decimal(19,4)`, unsigned, a number or text, with the direction in a word beside it.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// Digits after the point.
const SCALE_MAX: u32 = 4;
/// Digits before the point: 19 in all, 4 of them after it.
const WHOLE_DIGITS_MAX: usize = 15;

/// Which way money goes, as the customer sees it: `CREDIT` is more money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum Direction {
    Credit,
    Debit,
}

impl Direction {
    /// The direction by its name on the wire.
    pub(crate) fn find(name: &str) -> Option<Self> {
        match name {
            "CREDIT" => Some(Self::Credit),
            "DEBIT" => Some(Self::Debit),
            _ => None,
        }
    }

    /// `amount` with the sign of this direction.
    pub(crate) fn sign(self, amount: Decimal) -> Decimal {
        match self {
            Self::Credit => amount,
            Self::Debit => -amount,
        }
    }

    /// The direction of a signed amount; nothing is a credit.
    pub(crate) fn of(signed: Decimal) -> Self {
        if signed < Decimal::ZERO { Self::Debit } else { Self::Credit }
    }
}

/// The unsigned amount in a JSON number or text, or why it is none.
pub(crate) fn read(raw: &RawValue) -> Result<Decimal, String> {
    let text = if raw.get().starts_with('"') {
        serde_json::from_str(raw.get()).map_err(|error| error.to_string())?
    } else {
        raw.get().to_owned()
    };
    if text.starts_with('-') {
        return Err("must not be negative".to_owned());
    }
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(fraction) {
        return Err("is not a decimal number".to_owned());
    }
    if whole.trim_start_matches('0').len() > WHOLE_DIGITS_MAX {
        return Err("exceeded decimal(19,4)".to_owned());
    }
    let amount =
        Decimal::from_str_exact(&text).map_err(|_too_fine| "exceeded decimal(19,4)".to_owned())?;
    if amount.normalize().scale() > SCALE_MAX {
        return Err("exceeded decimal(19,4)".to_owned());
    }
    Ok(amount)
}

/// How an unsigned amount looks in an answer: a number with four decimals.
pub(crate) fn shown(amount: Decimal) -> Option<Box<RawValue>> {
    let mut amount = amount.abs();
    amount.rescale(SCALE_MAX);
    RawValue::from_string(amount.to_string()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> Result<String, String> {
        let raw: Box<RawValue> = serde_json::from_str(text).unwrap();
        read(&raw).map(|amount| amount.to_string())
    }

    #[test]
    fn numbers_and_text_are_the_same_amount() {
        let cases = [
            ("0", "0"),
            ("42.50", "42.50"),
            ("\"42.50\"", "42.50"),
            ("\"100.0000\"", "100.0000"),
            ("0.30000", "0.30000"),
            ("999999999999999.9999", "999999999999999.9999"),
        ];
        for (text, wanted) in cases {
            assert_eq!(read_text(text).as_deref(), Ok(wanted), "{text}");
        }
    }

    #[test]
    fn what_is_no_such_amount_is_refused_in_words() {
        let cases = [
            ("-1", "must not be negative"),
            ("\"-0.01\"", "must not be negative"),
            ("1.00001", "exceeded decimal(19,4)"),
            ("1000000000000000", "exceeded decimal(19,4)"),
            ("\"\"", "is not a decimal number"),
            ("\"1_0\"", "is not a decimal number"),
            ("\"1,0\"", "is not a decimal number"),
            ("1e2", "is not a decimal number"),
            ("true", "is not a decimal number"),
        ];
        for (text, wanted) in cases {
            assert_eq!(read_text(text), Err(wanted.to_owned()), "{text}");
        }
    }

    #[test]
    fn answers_show_four_decimals_and_no_sign() {
        let of = |text: &str| shown(text.parse().unwrap()).unwrap().get().to_owned();
        assert_eq!([of("-4.5"), of("0"), of("100.12")], ["4.5000", "0.0000", "100.1200"]);
    }
}
