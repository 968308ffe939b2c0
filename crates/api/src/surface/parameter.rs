//! Parameters as they are described. Those of a path describe themselves by their names.

use domain::branding::ImagePlace;
use schemars::{Schema, json_schema};

/// One parameter of a query string or a header.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Parameter {
    pub(crate) name: &'static str,
    pub(crate) place: Place,
    pub(crate) about: &'static str,
    pub(crate) schema: fn() -> Schema,
}

/// Where a parameter stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Query,
    Path,
    Header,
}

impl Place {
    /// OpenAPI's word.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Query => "query",
            Self::Path => "path",
            Self::Header => "header",
        }
    }
}

impl Parameter {
    /// A parameter of the query string; none is ever required.
    pub(crate) const fn query(
        name: &'static str,
        about: &'static str,
        schema: fn() -> Schema,
    ) -> Self {
        Self { name, place: Place::Query, about, schema }
    }

    /// The header by which a repeated request is known.
    pub(crate) const fn idempotency_key() -> Self {
        let (name, place) = ("Idempotency-Key", Place::Header);
        let about = "A UUID for this request: repeated with it, the request is not done again";
        Self { name, place, about, schema: || json_schema!({"type": "string", "format": "uuid"}) }
    }

    /// The parameter that a path's `{name}` is.
    pub(crate) fn of_path(name: &'static str) -> Self {
        let (about, schema): (_, fn() -> Schema) = match name {
            "companyId" => ("The company", uuid),
            "connectionId" => ("The connection", uuid),
            "syncId" => ("The sync", uuid),
            "webhookId" => ("The webhook consumer", uuid),
            "image" => ("Which image", image),
            "eventSequence" => ("The number of the event that the message tells", number),
            "pushOperationKey" => ("The push operation", uuid),
            "accountId" | "sourceAccountId" => ("The source account, by the caller's id", text),
            "platformKey" => ("The platform, by its four letters", text),
            _ => ("Names what is meant", text),
        };
        Self { name, place: Place::Path, about, schema }
    }
}

/// What every list takes that only has pages.
pub(crate) const PAGING: &[Parameter] = &[
    Parameter::query(
        "page",
        "The page, from 1",
        || json_schema!({"type": "integer", "format": "int32", "minimum": 1, "default": 1}),
    ),
    Parameter::query(
        "pageSize",
        "How many a page holds",
        || json_schema!({"type": "integer", "format": "int32", "minimum": 1, "maximum": 5000, "default": 100}),
    ),
];

/// What a list takes besides pages.
pub(crate) const LISTING: &[Parameter] = &[
    Parameter::query("query", "A filter in the query language", text),
    Parameter::query("orderBy", "A property to order by; a leading - for descending", text),
];

fn image() -> Schema {
    json_schema!({"type": "string", "enum": ImagePlace::ALL.map(ImagePlace::name)})
}

fn number() -> Schema {
    json_schema!({"type": "integer", "minimum": 0})
}

fn text() -> Schema {
    json_schema!({"type": "string"})
}

fn uuid() -> Schema {
    json_schema!({"type": "string", "format": "uuid"})
}
