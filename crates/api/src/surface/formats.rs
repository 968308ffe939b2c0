//! Schemas that no shape has by itself: of texts that it keeps as plain strings, and of bodies that take no strangers.

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

/// A body's schema for [`Seed::exact_object`](crate::json::Seed::exact_object): no other fields but what an answer has
/// besides.
pub(crate) fn exact(mut schema: Schema, answered: &[&str]) -> Schema {
    let ignored = json_schema!({"description": "Is ignored: an answer may be sent back"});
    let properties = answered.iter().map(|name| ((*name).to_owned(), ignored.clone().to_value()));
    schema.insert("additionalProperties".to_owned(), false.into());
    if let Some(known) = schema.get_mut("properties").and_then(Value::as_object_mut) {
        known.extend(properties);
    }
    schema
}

/// The values of an enumeration: for `#[schemars(extend("enum" = …))]`.
pub(crate) fn names<T: Copy>(all: &[T], name: impl Fn(T) -> &'static str) -> Value {
    all.iter().map(|one| Value::from(name(*one))).collect()
}
