//! A push operation on the wire. The echo of what was pushed is written in echo.rs.

use super::{Number, Shown};
use crate::surface::formats;
use domain::dates::{LineDate, stamp};
use domain::line::LineKind;
use domain::push::{PUSH_DATA_TYPE, PushOperation, PushStatus, Remark, Validation};
use schemars::JsonSchema;

/// The contract's name of what is judged.
const VALIDATOR: &str = "BankTransactions";

/// The contract's push operation.
#[derive(Debug, serde::Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "PushOperation")]
pub(crate) struct OperationShape {
    /// Null when nothing was written: version 6 of the Python library needs the field.
    changes: Option<[ChangeShape; 1]>,
    // Here for the schema: the echo writes it.
    /// Only the answer to the push itself has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<PushedData>,
    data_type: &'static str,
    #[schemars(schema_with = "formats::uuid")]
    company_id: String,
    #[schemars(schema_with = "formats::uuid")]
    push_operation_key: String,
    #[schemars(schema_with = "formats::uuid")]
    data_connection_key: String,
    #[schemars(schema_with = "formats::moment")]
    requested_on_utc: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "formats::moment")]
    completed_on_utc: Option<String>,
    /// As `changes`.
    timeout_in_minutes: Option<u32>,
    /// As `changes`; deprecated, so always null.
    timeout_in_seconds: Option<u32>,
    #[schemars(extend("enum" = formats::names(&PushStatus::ALL, PushStatus::name)))]
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_message: Option<String>,
    validation: ValidationShape,
    status_code: u16,
}

#[derive(Debug, serde::Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "PushOperationChange")]
struct ChangeShape {
    #[serde(rename = "type")]
    #[schemars(extend("enum" = ["Created"]))]
    kind: &'static str,
    record_ref: RecordShape,
}

#[derive(Debug, serde::Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "PushOperationRecordRef")]
struct RecordShape {
    data_type: &'static str,
}

#[derive(Debug, serde::Serialize, JsonSchema)]
#[schemars(rename = "Validation")]
struct ValidationShape {
    errors: Vec<RemarkShape>,
    warnings: Vec<RemarkShape>,
}

#[derive(Debug, serde::Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "ValidationItem")]
struct RemarkShape {
    item_id: String,
    message: String,
    validator_name: &'static str,
}

impl OperationShape {
    /// Shows an operation as polls and lists have it.
    pub(crate) fn show(operation: PushOperation) -> Self {
        Self {
            changes: changes(operation.status),
            data: None,
            data_type: PUSH_DATA_TYPE,
            company_id: operation.path.company.to_string(),
            push_operation_key: operation.key.to_string(),
            data_connection_key: operation.path.connection.to_string(),
            requested_on_utc: stamp(operation.requested_at),
            completed_on_utc: operation.completed_at.map(stamp),
            timeout_in_minutes: operation.timeout_minutes,
            timeout_in_seconds: None,
            status: operation.status.name(),
            error_message: operation.error,
            validation: ValidationShape::show(operation.validation),
            status_code: operation.status.code(),
        }
    }
}

/// A push that writes says what from the beginning; one that ended otherwise wrote nothing.
const fn changes(status: PushStatus) -> Option<[ChangeShape; 1]> {
    match status {
        PushStatus::Pending | PushStatus::Success => {
            let record_ref = RecordShape { data_type: PUSH_DATA_TYPE };
            Some([ChangeShape { kind: "Created", record_ref }])
        }
        PushStatus::Failed | PushStatus::TimedOut => None,
    }
}

impl ValidationShape {
    fn show(validation: Validation) -> Self {
        let show = |remarks: Vec<Remark>| remarks.into_iter().map(RemarkShape::show).collect();
        Self { errors: show(validation.errors), warnings: show(validation.warnings) }
    }
}

impl RemarkShape {
    fn show(remark: Remark) -> Self {
        let Remark { path, message } = remark;
        Self { item_id: path, message, validator_name: VALIDATOR }
    }
}

/// What was pushed, with what was left out filled in.
// echo.rs writes it in this order.
#[derive(Debug, serde::Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "CreateBankTransactions")]
struct PushedData {
    account_id: String,
    transactions: Vec<PushedLine>,
}

#[derive(Debug, serde::Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "CreateBankTransaction")]
struct PushedLine {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    date: Option<Shown<LineDate>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    counterparty: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<String>,
    reconciled: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    amount: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    balance: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("enum" = formats::names(LineKind::ALL, LineKind::name)))]
    transaction_type: Option<&'static str>,
}
