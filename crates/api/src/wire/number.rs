//! Decimals: JSON numbers with the digits that came in, never through a float.

use domain::money::{Amount, DIGITS_MAX};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::ser::{Error, Serialize, Serializer};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::io::Write as _;

/// More than the digits of any amount with its sign and its point.
const TEXT_BYTES_MAX: usize = DIGITS_MAX * 2;

/// An amount on the wire.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Number(pub(crate) Amount);

impl JsonSchema for Number {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Number".into()
    }

    fn json_schema(_schemas: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "number"})
    }
}

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut digits = [0; TEXT_BYTES_MAX];
        let mut rest = digits.as_mut_slice();
        write!(rest, "{}", self.0).map_err(S::Error::custom)?;
        let left = rest.len();
        let text = digits.get(..digits.len().saturating_sub(left)).unwrap_or_default();
        let raw: &RawValue = serde_json::from_slice(text).map_err(S::Error::custom)?;
        raw.serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_go_out_as_they_came_in() {
        for digits in [
            "41.20",
            "-0.01",
            "12345678901234567.89",
            "100",
            "0.30000000000000004",
            "-9999999999999999999999999999",
            "-0.00000000000000000001",
        ] {
            let number = Number(Amount::parse(digits).unwrap());
            assert_eq!(serde_json::to_string(&number).unwrap(), digits);
        }
    }
}
