//! Instants as the accounting API writes them in JSON.

use jiff::Timestamp;

/// `/Date(ms+0000)/`.
pub(super) fn json_date(at: Timestamp) -> String {
    format!("/Date({}+0000)/", at.as_millisecond())
}
