//! Decimals: JSON numbers with the digits that came in, never through a float.

use domain::money::Amount;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::ser::{Error, Serialize, Serializer};
use serde_json::value::RawValue;
use std::borrow::Cow;

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
        RawValue::from_string(self.0.to_string()).map_err(S::Error::custom)?.serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_go_out_as_they_came_in() {
        for digits in ["41.20", "-0.01", "12345678901234567.89", "100", "0.30000000000000004"] {
            let number = Number(Amount::parse(digits).unwrap());
            assert_eq!(serde_json::to_string(&number).unwrap(), digits);
        }
    }
}
