//! A fetch on the wire.

use domain::dates::stamp;
use domain::fetch::Fetch;
use serde::Serialize;

/// One statement that a platform took.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FetchShape {
    id: String,
    at: String,
    from: String,
    #[serde(skip_serializing_if = "Option::is_none")]
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
