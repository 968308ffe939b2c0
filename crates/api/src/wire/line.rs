//! A kept line on the wire: the flat shape of the accounting API's bank transactions.

use super::{Number, Shown};
use crate::surface::formats;
use domain::dates::{LineDate, stamp};
use domain::line::{KeptLine, LineKind};
use domain::source_account::AccountId;
use schemars::JsonSchema;
use serde::Serialize;

/// One line of an account.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "BankTransaction")]
pub(crate) struct LineShape {
    id: String,
    account_id: String,
    cleared_on_date: Shown<LineDate>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    counterparty: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<String>,
    reconciled: bool,
    amount: Number,
    #[serde(skip_serializing_if = "Option::is_none")]
    balance: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("enum" = formats::names(LineKind::ALL, LineKind::name)))]
    transaction_type: Option<&'static str>,
    #[schemars(schema_with = "formats::moment")]
    modified_date: String,
    #[schemars(schema_with = "formats::moment")]
    source_modified_date: String,
}

impl LineShape {
    /// Shows a line of `account`. It never changes after it was accepted, so both stamps are of then.
    pub(crate) fn show(kept: KeptLine, account: &AccountId) -> Self {
        let accepted_at = stamp(kept.accepted_at);
        let line = kept.line;
        Self {
            id: line.id.into(),
            account_id: account.to_string(),
            cleared_on_date: Shown(line.date),
            description: line.description.map(Into::into),
            counterparty: line.counterparty.map(Into::into),
            reference: line.reference.map(Into::into),
            reconciled: line.reconciled.unwrap_or(false),
            amount: Number(line.amount),
            balance: line.balance.map(Number),
            transaction_type: line.kind.map(LineKind::name),
            modified_date: accepted_at.clone(),
            source_modified_date: accepted_at,
        }
    }
}
