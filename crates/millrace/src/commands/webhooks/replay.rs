//! `millrace replay`: sends a consumer again what it did not get.

use crate::cli::ReplayArgs;
use crate::commands::remote::Remote;
use crate::output;
use crate::world::SystemClock;
use anyhow::bail;
use domain::clock::Clock as _;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use serde_json::json;

/// Asks for it.
pub(crate) async fn run(args: &ReplayArgs) -> anyhow::Result<()> {
    let since = moment(&args.since, SystemClock.now())?;
    let remote = Remote::at(&args.server.server)?;
    let (verb, told) = if args.failed {
        ("recover", "messages that were given up are sent again")
    } else {
        ("replay", "events are looked at again; what the consumer was never sent of them is sent")
    };
    let path = ["ext", "v1", "webhooks", &args.webhook, verb];
    let answer =
        &remote.post(&args.key, &path, json!({"since": since.to_string()}).to_string()).await?;
    Ok(output::line(format_args!("{} {told}", answer["count"]))?)
}

/// A moment, or how long ago it was.
fn moment(text: &str, now: Timestamp) -> anyhow::Result<Timestamp> {
    if let Ok(moment) = text.parse() {
        return Ok(moment);
    }
    let ago = text.parse::<Span>().ok().filter(|span| !span.is_negative());
    let then = ago.and_then(|ago| now.to_zoned(TimeZone::UTC).checked_sub(ago).ok());
    match then {
        Some(then) => Ok(then.timestamp()),
        None => bail!(
            "--since {text:?}: write how long ago, such as 2h or 3d, or a moment such as 2025-03-04T12:00:00Z"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_and_lengths_are_understood() {
        let now: Timestamp = "2024-03-01T12:00:00Z".parse().unwrap();
        for (text, expected) in [
            ("2h", "2024-03-01T10:00:00Z"),
            ("1d 30m", "2024-02-29T11:30:00Z"),
            ("2024-02-29T00:00:00+01:00", "2024-02-28T23:00:00Z"),
        ] {
            assert_eq!(moment(text, now).unwrap().to_string(), expected, "{text}");
        }
        for text in ["", "soon", "-2h"] {
            assert!(moment(text, now).unwrap_err().to_string().contains("such as 2h"), "{text}");
        }
    }
}
