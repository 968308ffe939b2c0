//! A push operation on the wire, and the echo of what was pushed.

use super::{Number, Shown};
use crate::surface::formats;
use domain::dates::{LineDate, stamp};
use domain::line::LineKind;
use domain::push::{
    DraftLine, PUSH_DATA_TYPE, PushDraft, PushOperation, PushStatus, Remark, Validation,
};
use domain::source_account::AccountId;
use schemars::JsonSchema;
use serde::ser::{Serialize, Serializer};

/// The contract's name of what is judged.
const VALIDATOR: &str = "BankTransactions";
/// What an operation takes beside its echo, to ask for memory once.
const OPERATION_BYTES_USUAL: usize = 1024;

/// The contract's push operation.
#[derive(Debug, serde::Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "PushOperation")]
pub(crate) struct OperationShape {
    /// Null when nothing was written: version 6 of the Python library needs the field.
    changes: Option<[ChangeShape; 1]>,
    // Here for the schema; in the answer to a push it is written by the echo.
    /// Only the answer to the push itself has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<PushedData<'static>>,
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

/// The answer to a push. What was pushed stands first in it, so that it can be written while the lines are still at hand,
/// and straight to where it is sent from.
#[derive(Debug)]
pub(crate) struct Echo(Vec<u8>);

impl Echo {
    /// Of a list of lines; `bytes` is how long they were, which is nearly how long they will be.
    pub(crate) fn of_lines(
        account: &AccountId,
        draft: &PushDraft,
        bytes: usize,
    ) -> serde_json::Result<Self> {
        let transactions = PushedLines(&draft.lines);
        Self::begin(&PushedData { account_id: account.as_str(), transactions }, bytes)
    }

    /// Of the one flat line that the first library sends, and wants to see again.
    pub(crate) fn of_flat_line(account: &AccountId, line: &DraftLine) -> serde_json::Result<Self> {
        let mut line = PushedLine::echo(line);
        let cleared_on_date = line.date.take();
        Self::begin(&PushedFlatLine { account_id: account.as_str(), cleared_on_date, line }, 0)
    }

    fn begin<T: Serialize>(data: &T, bytes: usize) -> serde_json::Result<Self> {
        let mut text = Vec::with_capacity(
            bytes.saturating_add(bytes >> 3).saturating_add(OPERATION_BYTES_USUAL),
        );
        text.extend_from_slice(b"{\"data\":");
        serde_json::to_writer(&mut text, data)?;
        Ok(Self(text))
    }

    /// The whole answer, now that it is known what becomes of the push.
    pub(crate) fn answer(self, operation: &OperationShape) -> serde_json::Result<Vec<u8>> {
        let Self(mut text) = self;
        let mut operation = serde_json::to_vec(operation)?;
        // Its opening brace is the answer's already.
        if let Some(brace) = operation.first_mut() {
            *brace = b',';
        }
        text.append(&mut operation);
        Ok(text)
    }
}

/// What was pushed, with what was left out filled in.
#[derive(Debug, serde::Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "CreateBankTransactions")]
struct PushedData<'a> {
    account_id: &'a str,
    #[schemars(with = "Vec<PushedLine<'a>>")]
    transactions: PushedLines<'a>,
}

/// Lines that are shown one after the other.
#[derive(Debug)]
struct PushedLines<'a>(&'a [DraftLine]);

impl Serialize for PushedLines<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(PushedLine::echo))
    }
}

#[derive(Debug, serde::Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "CreateBankTransaction")]
struct PushedLine<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    date: Option<Shown<LineDate>>,
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

/// The same for one flat line.
#[derive(Debug, serde::Serialize)]
#[serde(rename_all = "camelCase")]
struct PushedFlatLine<'a> {
    account_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    cleared_on_date: Option<Shown<LineDate>>,
    #[serde(flatten)]
    line: PushedLine<'a>,
}

impl<'a> PushedLine<'a> {
    fn echo(line: &'a DraftLine) -> Self {
        Self {
            id: line.id.as_deref(),
            date: line.date.map(Shown),
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
