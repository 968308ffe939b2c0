//! Bodies of our own operations. A field that the operation does not have is refused, for it is a slip; the contract's
//! operations skip such fields, as callers of older versions expect.

use super::node::{Others, Seed};
use schemars::{Schema, json_schema};
use serde_json::Value;

/// What such a body may have.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ExactBody {
    /// What it is read for.
    pub(crate) fields: &'static [&'static str],
    /// What the operation's answer has besides: skipped, so that an answer may be sent back.
    pub(crate) answered: &'static [&'static str],
}

impl ExactBody {
    /// One that no answer is sent back to.
    pub(crate) const fn of(fields: &'static [&'static str]) -> Self {
        Self { fields, answered: &[] }
    }

    /// What to keep of it.
    pub(crate) const fn seed(self) -> Seed {
        let others = Others::Refused { but: self.answered };
        Seed { others, ..Seed::object(self.fields) }
    }

    /// Its schema, given that of its fields.
    pub(crate) fn schema(self, mut fields: Schema) -> Schema {
        let skipped = json_schema!({"description": "Is ignored: an answer may be sent back"});
        let names = self.answered.iter();
        let properties = names.map(|name| ((*name).to_owned(), skipped.clone().to_value()));
        fields.insert("additionalProperties".to_owned(), false.into());
        if let Some(known) = fields.get_mut("properties").and_then(Value::as_object_mut) {
            known.extend(properties);
        }
        fields
    }
}
