//! The schemas of texts that a shape keeps as plain strings.

use schemars::{Schema, SchemaGenerator, json_schema};
use serde_json::Value;

/// A UUID.
pub(crate) fn uuid(_schemas: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": "string", "format": "uuid"})
}

/// A moment, in UTC.
pub(crate) fn moment(_schemas: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": "string", "format": "date-time"})
}

/// A civil date.
pub(crate) fn date(_schemas: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": "string", "format": "date"})
}

/// An absolute URL.
pub(crate) fn uri(_schemas: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": "string", "format": "uri"})
}

/// The values of an enumeration: for `#[schemars(extend("enum" = …))]`.
pub(crate) fn names<T: Copy>(all: &[T], name: impl Fn(T) -> &'static str) -> Value {
    all.iter().map(|one| Value::from(name(*one))).collect()
}
