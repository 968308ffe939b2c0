//! A fetch on the wire.

use crate::surface::formats;
use domain::dates::stamp;
use domain::fetch::Fetch;
use schemars::JsonSchema;
use serde::Serialize;

/// One statement that a platform took.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Fetch")]
pub(super) struct FetchShape {
    #[schemars(schema_with = "formats::uuid")]
    id: String,
    #[schemars(schema_with = "formats::moment")]
    at: String,
    #[schemars(schema_with = "formats::date")]
    from: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "formats::date")]
    to: Option<String>,
    lines: u32,
    user_agent: String,
}

impl FetchShape {
    pub(super) fn show(fetch: &Fetch) -> Self {
        Self {
            id: fetch.id.to_string(),
            at: stamp(fetch.at),
            from: fetch.from.to_string(),
            to: fetch.to.map(|date| date.to_string()),
            lines: fetch.lines,
            user_agent: fetch.user_agent.clone(),
        }
    }
}
