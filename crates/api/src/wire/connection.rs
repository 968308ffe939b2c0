//! A connection on the wire.

use super::Links;
use crate::compat::Viewer;
use domain::connection::Connection;
use domain::dates::stamp;
use serde::Serialize;

/// The contract's `Connection`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ConnectionShape {
    id: String,
    integration_id: &'static str,
    integration_key: &'static str,
    source_id: &'static str,
    source_type: &'static str,
    platform_name: &'static str,
    link_url: String,
    status: &'static str,
    created: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_sync: Option<String>,
    data_connection_errors: [(); 0],
}

impl ConnectionShape {
    /// Shows a connection with a fresh link.
    pub(crate) fn show(connection: &Connection, links: Links<'_>, viewer: Viewer) -> Self {
        let platform = connection.platform;
        Self {
            id: connection.id.to_string(),
            integration_id: platform.integration_id,
            integration_key: platform.key,
            source_id: platform.source_id,
            source_type: viewer.source_type(platform.source_type),
            platform_name: platform.name,
            link_url: links.connection(connection),
            status: connection.status.name(),
            created: stamp(connection.created_at),
            last_sync: connection.synced_at.map(stamp),
            data_connection_errors: [],
        }
    }
}
