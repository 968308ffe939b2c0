//! `millrace simulate poll`: QuickBooks fetches now.

use crate::cli::ServerArgs;
use crate::commands::remote::{Remote, items};
use crate::output;
use anyhow::bail;
use reqwest::Method;
use serde_json::Value;

const NOTHING_TO_FETCH: &str = "There is no account to fetch: `millrace simulate books` shows those that need attention, \
    `millrace simulate link` chooses some.";

/// Fetches, and prints a line for each account. An account that could not be fetched is a failure; one that is known to
/// be dead is not asked for, and so fails once.
pub(super) async fn run(server: &ServerArgs) -> anyhow::Result<()> {
    let remote = Remote::at(&server.server)?;
    let answer = remote.quickbooks(Method::POST, "poll", Value::Null).await?;
    let polls = items(&answer, "polls");
    if polls.is_empty() {
        output::line(NOTHING_TO_FETCH)?;
    }
    let mut failed = Vec::new();
    for poll in polls {
        let account = poll["accountId"].as_str().unwrap_or("-");
        match poll["error"].as_str() {
            Some(error) => failed.push(format!("{account}: {error}")),
            None => output::line(format_args!("{account}: {}", shown_counters(poll)))?,
        }
    }
    if !failed.is_empty() {
        bail!("{}", failed.join("; "));
    }
    Ok(())
}

/// The counters of one fetch in words.
pub(super) fn shown_counters(poll: &Value) -> String {
    let text = format!("{} imported, {} seen again", poll["imported"], poll["seenAgain"]);
    match &poll["changedUnderSameFitid"] {
        none if *none == 0 => text,
        changed => format!("{text}, {changed} CHANGED under the same FITID"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_changed_line_is_loud() {
        let poll = json!({"imported": 2, "seenAgain": 1, "changedUnderSameFitid": 0});
        assert_eq!(shown_counters(&poll), "2 imported, 1 seen again");
        let poll = json!({"imported": 0, "seenAgain": 1, "changedUnderSameFitid": 3});
        assert!(shown_counters(&poll).ends_with("3 CHANGED under the same FITID"));
    }
}
