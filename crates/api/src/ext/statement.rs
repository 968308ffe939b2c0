//! A statement that was sent of a push, on the wire.

use crate::surface::formats;
use crate::wire::Number;
use domain::dates::stamp;
use domain::delivery::{SentStage, SentStatement};
use schemars::JsonSchema;
use serde::Serialize;

/// Lines that were sent to the platform together.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "SentStatement")]
pub(super) struct StatementShape {
    /// Its place among the statements of its push, from nought.
    number: u32,
    first_position: u64,
    last_position: u64,
    /// The platform's id of it, once it told it.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    /// `Sending`: it may be on its way. `Unsent`: it was not taken, and may be sent again. `Received`: the platform has
    /// not said yet whether it is in the books. `Delivered`: it is. `Rejected`: it is not.
    #[schemars(extend("enum" = formats::names(&SentStage::ALL, SentStage::name)))]
    stage: &'static str,
    #[schemars(schema_with = "formats::moment")]
    stage_at: String,
    /// Which attempt at sending it this is, from one.
    attempt: u32,
    #[schemars(schema_with = "formats::moment")]
    attempted_at: String,
    /// The balance before the first line.
    opening_balance: Number,
    /// The balance after the last.
    closing_balance: Number,
}

impl StatementShape {
    pub(super) fn show(statement: &SentStatement) -> Self {
        Self {
            number: statement.number,
            first_position: statement.lines.first,
            last_position: statement.lines.end().saturating_sub(1),
            id: statement.id.clone(),
            stage: statement.stage.name(),
            stage_at: stamp(statement.stage_at),
            attempt: statement.attempt,
            attempted_at: stamp(statement.attempted_at),
            opening_balance: Number(statement.opening),
            closing_balance: Number(statement.closing),
        }
    }
}

/// What a line is that the statement holds.
pub(super) const fn state_of(statement: &SentStatement) -> &'static str {
    match statement.stage {
        SentStage::Sending => "sending",
        SentStage::Unsent => "stored",
        SentStage::Received => "received",
        SentStage::Delivered => "delivered",
        SentStage::Rejected => "rejected",
    }
}
