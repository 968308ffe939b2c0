//! The contract's description of what a platform takes, as a tree.

use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// The contract's `PushOption`, and what is inside one. Nulls stand where version 6 of the Python library needs the
/// field.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "PushOption")]
pub(super) struct PushOption {
    #[serde(rename = "type")]
    #[schemars(extend("enum" = ["Array", "Object", "String", "Number", "Boolean", "DateTime"]))]
    pub(super) kind: &'static str,
    pub(super) display_name: &'static str,
    pub(super) description: &'static str,
    pub(super) required: bool,
    pub(super) properties: Option<BTreeMap<&'static str, Self>>,
    pub(super) options: Option<Vec<Choice>>,
    pub(super) validation: Remarks,
}

/// One value that a field may have.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "PushOptionChoice")]
pub(super) struct Choice {
    value: &'static str,
    #[serde(rename = "type")]
    kind: &'static str,
    display_name: &'static str,
    description: &'static str,
    required: bool,
}

/// What a caller should know about a field.
#[derive(Debug, Default, Serialize, JsonSchema)]
#[schemars(rename = "PushValidationInfo")]
pub(super) struct Remarks {
    pub(super) warnings: Vec<Remark>,
    pub(super) information: Vec<Remark>,
}

/// One thing to know.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "PushFieldValidation")]
pub(super) struct Remark {
    field: &'static str,
    details: String,
}

impl PushOption {
    /// A field without anything inside it.
    pub(super) fn field(
        kind: &'static str,
        display_name: &'static str,
        description: &'static str,
    ) -> Self {
        let (properties, options, validation) = (None, None, Remarks::default());
        Self { kind, display_name, description, required: false, properties, options, validation }
    }

    /// Must be there.
    pub(super) fn required(self) -> Self {
        Self { required: true, ..self }
    }

    /// Has these fields.
    pub(super) fn with<const N: usize>(self, fields: [(&'static str, Self); N]) -> Self {
        Self { properties: Some(BTreeMap::from(fields)), ..self }
    }

    /// Must be one of these.
    pub(super) fn one_of(self, values: impl Iterator<Item = &'static str>) -> Self {
        let choice = |value| Choice {
            value,
            kind: "String",
            display_name: value,
            description: "",
            required: false,
        };
        Self { options: Some(values.map(choice).collect()), ..self }
    }

    /// With something to know.
    pub(super) fn told(mut self, field: &'static str, details: impl Into<String>) -> Self {
        self.validation.information.push(Remark { field, details: details.into() });
        self
    }

    /// With something to mind.
    pub(super) fn warned(mut self, field: &'static str, details: impl Into<String>) -> Self {
        self.validation.warnings.push(Remark { field, details: details.into() });
        self
    }
}
