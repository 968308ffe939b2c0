//! `millrace listen`: brings this client's events to a receiver on the developer's machine, signed like webhooks. There
//! is no relay in between: whoever can call the API can listen.

use super::feed::Feed;
use crate::cli::ListenArgs;
use crate::output;
use crate::world::{SystemClock, SystemRandom};
use anyhow::{Context as _, bail};
use domain::clock::Clock as _;
use domain::webhook::{SigningKey, sign};
use outbound::{Call, Outbound, OutboundOptions, Plaintext, Target};
use serde_json::Value;
use std::time::Duration;

/// Between two attempts at a receiver that is not there.
const PAUSE: Duration = Duration::from_secs(1);

/// Forwards events until it is stopped.
pub(crate) async fn run(args: &ListenArgs) -> anyhow::Result<()> {
    let target = Target::parse(&args.forward_to, Plaintext::Anywhere).context("--forward-to")?;
    let key = match &args.secret {
        Some(secret) => SigningKey::parse(secret).context("--secret")?,
        None => SigningKey::generate(&SystemRandom),
    };
    let outbound = Outbound::new(&OutboundOptions::default())?;
    let mut feed = Feed::open(&args.feed).await?;
    output::line(format_args!("signing secret: {}", key.reveal()))?;
    let receiver = Receiver { outbound, target, key, is_waited_for: !args.feed.no_wait };
    let mut left = args.feed.count.unwrap_or(u64::MAX);
    while left > 0 {
        let Some(events) = feed.next().await? else { break };
        for kept in &events {
            let event = &kept["event"];
            let kind = event["eventType"].as_str().unwrap_or_default();
            if !args.events.is_empty() && !args.events.iter().any(|wanted| wanted.name() == kind) {
                continue;
            }
            forward(&receiver, kept).await?;
            left = left.saturating_sub(1);
            if left == 0 {
                break;
            }
        }
    }
    Ok(())
}

struct Receiver {
    outbound: Outbound,
    target: Target,
    key: SigningKey,
    is_waited_for: bool,
}

/// Sends one event until the receiver has answered, whatever it answers.
async fn forward(receiver: &Receiver, kept: &Value) -> anyhow::Result<()> {
    let Receiver { outbound, target, key, is_waited_for } = receiver;
    let event = &kept["event"];
    let (Some(id), Some(kind)) = (event["id"].as_str(), event["eventType"].as_str()) else {
        bail!("the server sent an event without a name: {kept}");
    };
    let body = event.to_string();
    let message = format!("msg_{}", id.replace('-', ""));
    let sequence = kept["sequence"].to_string();
    let mut is_told = false;
    loop {
        let now = SystemClock.now();
        let signature = sign(std::slice::from_ref(key), &message, now, body.as_bytes());
        let call = Call::post(target.clone(), body.clone())
            .with("content-type", "application/json")?
            .with("webhook-id", &message)?
            .with("webhook-timestamp", &now.as_second().to_string())?
            .with("webhook-signature", &signature)?
            .with("webhook-sequence", &sequence)?;
        match outbound.send(call).await {
            Ok(reply) => {
                output::line(format_args!("{sequence}  {kind}  {}", reply.status))?;
                return Ok(());
            }
            Err(error) if !is_waited_for => bail!("{sequence}  {kind}  {error}"),
            Err(error) => {
                if !is_told {
                    output::line(format_args!(
                        "{sequence}  {kind}  {error}; trying until it answers"
                    ))?;
                    is_told = true;
                }
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}
