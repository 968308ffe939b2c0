//! What must be true of events and of what endpoints have heard of them.

use super::rest::Mend;
use super::setting::Bank;
use super::story::Story;
use domain::event::KeptEvent;
use domain::webhook::Order;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::Ordering;

/// All clients' events are one series.
pub(crate) async fn no_event_is_missing(tale: &Story) {
    let store = tale.world.alive()[0].store.clone();
    let mut sequences = Vec::new();
    for bank in &tale.setting.banks {
        let events = store.list_events(bank.id, 0, 10_000).await.unwrap();
        sequences.extend(events.iter().map(|kept| kept.sequence));
    }
    sequences.sort_unstable();
    let count = u64::try_from(sequences.len()).unwrap();
    assert_eq!(sequences, (1..=count).collect::<Vec<_>>(), "events are missing");
}

pub(crate) async fn every_event_was_heard(tale: &Story, bank: &Bank) {
    let store = tale.world.alive()[0].store.clone();
    assert!(!bank.sink.is_fooled.load(Ordering::Relaxed), "{} heard a stranger", bank.sink.url);
    let consumer = store.find_consumer(bank.id, bank.consumer).await.unwrap().unwrap();
    let events = store.list_events(bank.id, 0, 10_000).await.unwrap();
    let wanted = events.iter().filter(|kept| consumer.wants(kept).is_some());
    let wanted: BTreeSet<_> = wanted.map(|kept| kept.sequence).collect();
    let taken = bank.sink.taken.lock().unwrap().clone();
    let heard: BTreeSet<_> = taken.iter().copied().collect();
    assert_eq!(heard, wanted, "{} has not heard everything", bank.sink.url);
    let mut pushes: Vec<_> = events.iter().filter_map(|kept| kept.event.push).collect();
    let ends = pushes.len();
    pushes.sort_unstable();
    pushes.dedup();
    assert_eq!(pushes.len(), ends, "a push has ended twice");
    if consumer.order == Order::Fifo {
        tale.world.ground.stage.counts.count("endpoint that heard in order");
        it_was_heard_in_order(bank, &events, &taken);
    }
}

/// What a company's endpoint heard for the first time is newer than all that it heard before, unless it had been given up, or
/// was never sent because the endpoint was disabled, and was mended by somebody.
fn it_was_heard_in_order(bank: &Bank, events: &[KeptEvent], taken: &[u64]) {
    let company = |kept: &KeptEvent| (kept.sequence, kept.event.company);
    let companies: BTreeMap<_, _> = events.iter().map(company).collect();
    let mends = bank.mends.lock().unwrap();
    let mut latest = BTreeMap::new();
    for (place, sequence) in taken.iter().enumerate() {
        let newest = latest.entry(companies[sequence]).or_insert(0);
        let was_mended = |mend: &Mend| mend.heard <= place && *sequence <= mend.latest;
        let is_in_order = *newest < *sequence || mends.iter().any(was_mended);
        assert!(is_in_order, "{} heard {sequence} late: {taken:?}, {mends:?}", bank.sink.url);
        *newest = (*newest).max(*sequence);
    }
}
