//! Makes messages of events: each consumer goes through its client's events at its own place.

use super::WriteMessage;
use domain::event::KeptEvent;
use domain::webhook::NewDelivery;
use jiff::Timestamp;
use store::{Answer, Behind, FanOut, Store};

/// So many consumers are looked after in one round.
const CONSUMERS_MAX: u32 = 64;
/// So many events are looked at for one of them in one transaction.
const EVENTS_MAX: u32 = 500;

/// One round; answers how many events were looked at.
pub(super) async fn follow(
    store: &dyn Store,
    words: &dyn WriteMessage,
    now: Timestamp,
) -> Answer<usize> {
    let mut count = 0_usize;
    for behind in store.list_behind(CONSUMERS_MAX).await? {
        count = count.saturating_add(bring_on(store, words, &behind, now).await?);
    }
    Ok(count)
}

async fn bring_on(
    store: &dyn Store,
    words: &dyn WriteMessage,
    behind: &Behind,
    now: Timestamp,
) -> Answer<usize> {
    let client = behind.consumer.client;
    let events = store.list_events(client, behind.seen, EVENTS_MAX).await?;
    let Some(last) = events.last() else { return Ok(0) };
    let fan_out = FanOut {
        client,
        consumer: behind.consumer.id,
        from: behind.seen,
        to: last.sequence,
        wanted: events.iter().filter_map(|kept| message(words, behind, kept)).collect(),
        now,
    };
    // Another worker may have been faster: then it is done.
    store.fan_out(&fan_out).await?;
    Ok(events.len())
}

fn message(words: &dyn WriteMessage, behind: &Behind, kept: &KeptEvent) -> Option<NewDelivery> {
    let (form, event_type) = behind.consumer.wants(kept)?;
    let client_name = behind.client_name.as_str();
    Some(NewDelivery {
        sequence: kept.sequence,
        company: kept.event.company,
        event_type: event_type.to_owned(),
        body: words.write(kept, form, behind.consumer.id, client_name),
    })
}
