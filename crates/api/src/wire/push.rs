//! A push operation on the wire, and the echo of what was pushed.

use super::Number;
use crate::surface::formats;
use domain::dates::stamp;
use domain::line::LineKind;
use domain::push::{
    DraftLine, PUSH_DATA_TYPE, PushDraft, PushOperation, PushStatus, Remark, Validation,
};
use domain::source_account::AccountId;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::value::RawValue;

/// The contract's name of what is judged.
const VALIDATOR: &str = "BankTransactions";

/// The contract's push operation.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "PushOperation")]
pub(crate) struct OperationShape {
    /// Null when nothing was written: version 6 of the Python library needs the field.
    changes: Option<[ChangeShape; 1]>,
    /// Only the answer to the push itself has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<PushedData<'static>>")]
    data: Option<Box<RawValue>>,
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

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "PushOperationChange")]
struct ChangeShape {
    #[serde(rename = "type")]
    #[schemars(extend("enum" = ["Created"]))]
    kind: &'static str,
    record_ref: RecordShape,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "PushOperationRecordRef")]
struct RecordShape {
    data_type: &'static str,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Validation")]
struct ValidationShape {
    errors: Vec<RemarkShape>,
    warnings: Vec<RemarkShape>,
}

#[derive(Debug, Serialize, JsonSchema)]
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

    /// The same with the echo of what was pushed.
    pub(crate) fn with_data(self, data: Box<RawValue>) -> Self {
        Self { data: Some(data), ..self }
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
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "CreateBankTransactions")]
pub(crate) struct PushedData<'a> {
    account_id: &'a str,
    transactions: Vec<PushedLine<'a>>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "CreateBankTransaction")]
struct PushedLine<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    counterparty: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<&'a str>,
    reconciled: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    amount: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    balance: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("enum" = formats::names(LineKind::ALL, LineKind::name)))]
    transaction_type: Option<&'static str>,
}

/// The same for the one flat line that the first library sends, and wants to see again.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PushedFlatLine<'a> {
    account_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    cleared_on_date: Option<String>,
    #[serde(flatten)]
    line: PushedLine<'a>,
}

impl<'a> PushedFlatLine<'a> {
    /// The echo of a line.
    pub(crate) fn echo(account: &'a AccountId, line: &'a DraftLine) -> Self {
        let mut line = PushedLine::echo(line);
        let cleared_on_date = line.date.take();
        Self { account_id: account.as_str(), cleared_on_date, line }
    }
}

impl<'a> PushedData<'a> {
    /// The echo of a draft.
    pub(crate) fn echo(account: &'a AccountId, draft: &'a PushDraft) -> Self {
        let transactions = draft.lines.iter().map(PushedLine::echo).collect();
        Self { account_id: account.as_str(), transactions }
    }
}

impl<'a> PushedLine<'a> {
    fn echo(line: &'a DraftLine) -> Self {
        Self {
            id: line.id.as_deref(),
            date: line.date.map(|date| date.to_string()),
            description: line.description.as_deref(),
            counterparty: line.counterparty.as_deref(),
            reference: line.reference.as_deref(),
            reconciled: line.reconciled.unwrap_or(false),
            amount: line.amount.map(Number),
            balance: line.balance.map(Number),
            transaction_type: line.kind.map(LineKind::name),
        }
    }
}
