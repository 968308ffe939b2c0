//! `millrace tail`: shows what happens, as it happens.

use super::feed::Feed;
use crate::cli::TailArgs;
use crate::output;
use domain::ids::CompanyId;
use serde_json::Value;

/// Shows events until it is stopped.
pub(crate) async fn run(args: &TailArgs) -> anyhow::Result<()> {
    let mut feed = Feed::open(&args.feed).await?;
    let mut left = args.feed.count.unwrap_or(u64::MAX);
    while left > 0 {
        let Some(events) = feed.next().await? else { break };
        for kept in &events {
            let company = kept["companyId"].as_str().and_then(CompanyId::parse);
            if args.company.is_some() && args.company != company {
                continue;
            }
            if args.json {
                output::line(kept)?;
            } else {
                output::line(shown(kept))?;
            }
            left = left.saturating_sub(1);
            if left == 0 {
                break;
            }
        }
    }
    Ok(())
}

fn shown(kept: &Value) -> String {
    let word = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let event = &kept["event"];
    let note = if kept["example"] == true { "  (example)" } else { "" };
    format!(
        "{}  {}  {}  {}{note}",
        kept["sequence"],
        word(&event["generatedDate"]),
        word(&event["eventType"]),
        word(&kept["companyId"]),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_event_is_one_line() {
        let event =
            json!({"generatedDate": "2024-02-29T12:00:00Z", "eventType": "company.created"});
        let kept = json!({"sequence": 7, "companyId": "c-1", "example": false, "event": event});
        assert_eq!(shown(&kept), "7  2024-02-29T12:00:00Z  company.created  c-1");
        let kept = json!({"sequence": 8, "example": true, "event": event});
        assert_eq!(shown(&kept), "8  2024-02-29T12:00:00Z  company.created  -  (example)");
    }
}
