//! Waiting for a push to end, with a bar for people who watch a terminal.

use crate::commands::remote::{Remote, need_text};
use anyhow::bail;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::Value;
use std::time::Duration;

/// Much longer than a push takes; whoever waits that long should hear why.
const WAIT_SECS_MAX: u64 = 60;
const WAIT_STEP: Duration = Duration::from_millis(50);

/// Asks for the operations until all have ended, and answers them as they are then.
pub(super) async fn ended_pushes(
    remote: &Remote,
    key: &str,
    company: &str,
    pushes: &[String],
) -> anyhow::Result<Vec<Value>> {
    let bar = bar(pushes.len());
    let waiting = async {
        let mut ended = Vec::new();
        for push in pushes {
            ended.push(ended_push(remote, key, company, push).await?);
            bar.inc(1);
        }
        Ok(ended)
    };
    let waited = tokio::time::timeout(Duration::from_secs(WAIT_SECS_MAX), waiting).await;
    bar.finish_and_clear();
    waited.unwrap_or_else(|_late| bail!("the pushes did not end within {WAIT_SECS_MAX} seconds"))
}

async fn ended_push(
    remote: &Remote,
    key: &str,
    company: &str,
    push: &str,
) -> anyhow::Result<Value> {
    loop {
        let operation = remote.get(key, &["companies", company, "push", push]).await?;
        if need_text(&operation, "status")? != "Pending" {
            return Ok(operation);
        }
        tokio::time::sleep(WAIT_STEP).await;
    }
}

/// On stderr, and only where that is a terminal.
fn bar(pushes: usize) -> ProgressBar {
    let style = ProgressStyle::with_template("    {spinner} {bar:24} {pos}/{len} pushes settled");
    let bar = ProgressBar::new(u64::try_from(pushes).unwrap_or(u64::MAX));
    // A template that does not parse costs the looks, not the demo.
    match style {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
