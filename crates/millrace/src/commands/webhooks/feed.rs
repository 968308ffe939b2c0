//! The events of a client, one after the other, for as long as somebody wants them. A server that goes away is asked
//! again from the last event that was seen, so none is missed.

use crate::cli::FeedArgs;
use crate::commands::remote::{Refused, Remote, items};
use crate::config::LogFormat;
use crate::{logging, output};
use serde_json::Value;
use std::time::Duration;

/// How long the server may hold a question open.
const WAIT_SECS: &str = "30";
/// Between two questions to a server that does not answer.
const PAUSE: Duration = Duration::from_secs(1);

const EVENTS: &[&str] = &["ext", "v1", "events"];

pub(super) struct Feed {
    remote: Remote,
    key: String,
    after: u64,
    waits: bool,
}

impl Feed {
    /// From the event that the flags name, or from now.
    pub(super) async fn open(args: &FeedArgs) -> anyhow::Result<Self> {
        logging::start(LogFormat::Auto, "info")?;
        let remote = Remote::at(&args.server.server)?;
        let after = if let Some(after) = args.after {
            after
        } else {
            let answer = remote.ask(&args.key, EVENTS, &[("count", "1")]).await?;
            answer.get("newest").and_then(Value::as_u64).unwrap_or(0)
        };
        Ok(Self { remote, key: args.key.clone(), after, waits: !args.no_wait })
    }

    /// Some more events; nothing when there are none and nobody wants to wait.
    pub(super) async fn next(&mut self) -> anyhow::Result<Option<Vec<Value>>> {
        let mut is_told = false;
        loop {
            let after = self.after.to_string();
            let wait = if self.waits { WAIT_SECS } else { "0" };
            let question = [("after", after.as_str()), ("wait", wait), ("count", "1000")];
            match self.remote.ask(&self.key, EVENTS, &question).await {
                Ok(answer) => {
                    let events = items(&answer, "results").to_vec();
                    self.after = answer.get("last").and_then(Value::as_u64).unwrap_or(self.after);
                    if !events.is_empty() {
                        return Ok(Some(events));
                    }
                    if !self.waits {
                        return Ok(None);
                    }
                }
                Err(error) if self.waits && error.is::<Refused>() => return Err(error),
                Err(error) if self.waits => {
                    if !is_told {
                        tracing::warn!(
                            "{}; asking again from event {}",
                            output::told(&error),
                            self.after
                        );
                        is_told = true;
                    }
                    tokio::time::sleep(PAUSE).await;
                }
                Err(error) => return Err(error),
            }
        }
    }
}
