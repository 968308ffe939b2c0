//! The rows of pushes.

use domain::ids::{ClientId, CompanyId, ConnectionId, ConnectionPath, PushKey};
use domain::push::{LineSpan, PushOperation, PushStatus, Remark, Validation};
use domain::source_account::AccountId;
use store::awaited_text;

use crate::columns::Columns;
use crate::fault::{Attempt, damaged};

/// Errors and warnings, each as its path and its message.
type Remarks = (Vec<(String, String)>, Vec<(String, String)>);

/// JSON: its escapes leave no character that a column cannot hold.
pub(crate) fn validation_text(validation: &Validation) -> Attempt<String> {
    let pairs = |remarks: &[Remark]| -> Vec<(String, String)> {
        remarks.iter().map(|remark| (remark.path.clone(), remark.message.clone())).collect()
    };
    let remarks: Remarks = (pairs(&validation.errors), pairs(&validation.warnings));
    serde_json::to_string(&remarks).map_err(|error| damaged(error.to_string()))
}

/// What [`validation_text`] wrote.
fn validation_of(text: &str) -> Option<Validation> {
    let (errors, warnings): Remarks = serde_json::from_str(text).ok()?;
    let remarks = |pairs: Vec<(String, String)>| -> Vec<Remark> {
        pairs.into_iter().map(|(path, message)| Remark { path, message }).collect()
    };
    Some(Validation { errors: remarks(errors), warnings: remarks(warnings) })
}

/// A push from its columns: key, client, company, connection, account, `requested_at`, `completed_at`, status, error,
/// validation, `timeout_minutes`, `first_line`, `line_count`, `known_lines`, `awaited`.
pub(crate) fn operation_of(columns: &mut Columns<'_>) -> Attempt<PushOperation> {
    Ok(PushOperation {
        key: columns.id(PushKey::new)?,
        path: ConnectionPath {
            client: columns.id(ClientId::new)?,
            company: columns.id(CompanyId::new)?,
            connection: columns.id(ConnectionId::new)?,
        },
        account: columns.parsed(|text| AccountId::parse(text).ok())?,
        requested_at: columns.moment()?,
        completed_at: columns.moment_maybe()?,
        status: columns.parsed(PushStatus::parse)?,
        error: columns.text_maybe()?,
        validation: columns.parsed(validation_of)?,
        timeout_minutes: columns.number_maybe()?,
        lines: LineSpan { first: columns.number()?, count: columns.number()? },
        known_lines: columns.number()?,
        awaited: columns.parsed_maybe(awaited_text::read)?.unwrap_or_default(),
    })
}
