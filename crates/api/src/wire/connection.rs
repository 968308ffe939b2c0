//! A connection on the wire.

use super::Links;
use crate::compat::Viewer;
use crate::surface::formats;
use domain::connection::{Connection, ConnectionStatus, Trouble};
use domain::dates::stamp;
use domain::platform::SourceType;
use schemars::JsonSchema;
use serde::Serialize;

/// The contract's `Connection`.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Connection")]
pub(crate) struct ConnectionShape {
    #[schemars(schema_with = "formats::uuid")]
    id: String,
    #[schemars(schema_with = "formats::uuid")]
    integration_id: &'static str,
    integration_key: &'static str,
    #[schemars(schema_with = "formats::uuid")]
    source_id: &'static str,
    #[schemars(extend("enum" = formats::names(&SourceType::ALL, SourceType::name)))]
    source_type: &'static str,
    platform_name: &'static str,
    #[schemars(schema_with = "formats::uri")]
    link_url: String,
    #[schemars(extend("enum" = formats::names(&ConnectionStatus::ALL, ConnectionStatus::name)))]
    status: &'static str,
    #[schemars(schema_with = "formats::moment")]
    created: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "formats::moment")]
    last_sync: Option<String>,
    data_connection_errors: Vec<TroubleShape>,
}

impl ConnectionShape {
    /// Shows a connection with a fresh link.
    pub(crate) fn show(connection: &Connection, links: Links<'_>, viewer: Viewer) -> Self {
        Self::with_link(connection, links.connection(connection), viewer)
    }

    /// The same with a link of the caller's.
    pub(crate) fn with_link(connection: &Connection, link_url: String, viewer: Viewer) -> Self {
        let platform = connection.platform;
        Self {
            id: connection.id.to_string(),
            integration_id: platform.integration_id,
            integration_key: platform.key,
            source_id: platform.source_id,
            source_type: viewer.source_type(platform.source_type),
            platform_name: platform.name,
            link_url,
            status: connection.status.name(),
            created: stamp(connection.created_at),
            last_sync: connection.synced_at.map(stamp),
            data_connection_errors: connection.trouble.iter().map(TroubleShape::show).collect(),
        }
    }
}

/// The contract's `DataConnectionError`: what is or was last wrong.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "DataConnectionError")]
pub(crate) struct TroubleShape {
    status_code: String,
    status_text: &'static str,
    error_message: String,
    #[schemars(schema_with = "formats::moment")]
    errored_on_utc: String,
    #[schemars(extend("enum" = ["Active", "Resolved"]))]
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "formats::moment")]
    resolved_on_utc: Option<String>,
}

impl TroubleShape {
    fn show(trouble: &Trouble) -> Self {
        Self {
            status_code: trouble.kind.code().to_string(),
            status_text: trouble.kind.name(),
            error_message: trouble.message.clone(),
            errored_on_utc: stamp(trouble.since),
            status: if trouble.ended_at.is_none() { "Active" } else { "Resolved" },
            resolved_on_utc: trouble.ended_at.map(stamp),
        }
    }
}
