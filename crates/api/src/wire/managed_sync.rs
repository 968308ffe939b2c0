//! A sync on the wire.

use crate::surface::formats;
use domain::company::CompanyName;
use domain::dates::stamp;
use domain::managed_sync::{ManagedSync, SyncErrorCode, SyncStatus};
use schemars::JsonSchema;
use serde::Serialize;

/// The contract's `SyncStatusResult`. Moments carry a zone: the TypeScript library refuses them without.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "SyncStatusResult")]
pub(crate) struct SyncShape {
    #[schemars(schema_with = "formats::uuid")]
    sync_id: String,
    #[schemars(schema_with = "formats::uuid")]
    client_id: String,
    #[schemars(schema_with = "formats::uuid")]
    company_id: String,
    company_name: String,
    #[schemars(schema_with = "formats::uuid")]
    data_connection_id: String,
    source_account_id: String,
    #[schemars(schema_with = "formats::moment")]
    period_start_utc: String,
    #[schemars(schema_with = "formats::moment")]
    period_end_utc: String,
    #[schemars(schema_with = "formats::moment")]
    execution_start_utc: String,
    /// Absent while it runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "formats::moment")]
    execution_end_utc: Option<String>,
    #[schemars(extend("enum" = formats::names(&SyncStatus::ALL, SyncStatus::name)))]
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("enum" = formats::names(SyncErrorCode::ALL, SyncErrorCode::name)))]
    error_code: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    push_operation_keys: Vec<String>,
}

impl SyncShape {
    /// Shows a sync of the company of that name.
    pub(crate) fn show(sync: ManagedSync, company_name: &CompanyName) -> Self {
        let path = sync.account.connection;
        let (error_code, error_message) =
            sync.fault.map(|fault| (fault.code.name(), fault.message)).unzip();
        Self {
            sync_id: sync.id.to_string(),
            client_id: path.client.to_string(),
            company_id: path.company.to_string(),
            company_name: company_name.as_str().to_owned(),
            data_connection_id: path.connection.to_string(),
            source_account_id: sync.account.account.to_string(),
            period_start_utc: stamp(sync.period.start),
            period_end_utc: stamp(sync.period.end),
            execution_start_utc: stamp(sync.started_at),
            execution_end_utc: sync.ended_at.map(stamp),
            status: sync.status.name(),
            error_message,
            error_code,
            push_operation_keys: sync.pushes.iter().map(ToString::to_string).collect(),
        }
    }
}
