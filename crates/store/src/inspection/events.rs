//! Whether events are all there: numbered without a gap up to the number that was given last, and readable.

use super::{DeepCheck, EventSeries, Finding, Inspected, Inspections, Place};
use crate::{Answer, StoreError};
use domain::ids::ClientId;
use std::collections::VecDeque;

const SERIES_AT_ONCE: u32 = 100;
const EVENTS_AT_ONCE: u32 = 1_000;

/// Goes through all events.
pub struct EventInspector<'a> {
    store: &'a dyn Inspections,
    waiting: VecDeque<EventSeries>,
    after: Option<ClientId>,
    current: Option<Series>,
    is_read: bool,
}

#[derive(Clone, Copy)]
struct Series {
    series: EventSeries,
    /// The number that was met last.
    at: u64,
}

impl<'a> EventInspector<'a> {
    /// Of a whole database.
    pub fn new(store: &'a dyn Inspections) -> Self {
        Self { store, waiting: VecDeque::new(), after: None, current: None, is_read: false }
    }

    /// Inspects some more events; nothing after the last ones.
    pub async fn next_events(&mut self) -> Answer<Option<Inspected>> {
        let current = match self.current.take() {
            Some(current) => current,
            None => match self.next_series().await? {
                Some(series) => Series { series, at: 0 },
                None => return Ok(None),
            },
        };
        self.page(current).await.map(Some)
    }

    async fn next_series(&mut self) -> Answer<Option<EventSeries>> {
        if self.waiting.is_empty() && !self.is_read {
            let found = self.store.see_event_series(self.after, SERIES_AT_ONCE).await?;
            self.after = found.last().and_then(|last| last.client);
            // A numbering that all share is the only one.
            self.is_read = self.after.is_none();
            self.waiting = found.into();
        }
        Ok(self.waiting.pop_front())
    }

    async fn page(&mut self, current: Series) -> Answer<Inspected> {
        let Series { series, mut at } = current;
        let mut inspected = Inspected::default();
        let finding = |event: u64, what: String| Finding {
            check: DeepCheck::Events,
            place: Place { client: series.client, event: Some(event), ..Place::default() },
            what,
        };
        let seen = match self.store.see_events(series, at, EVENTS_AT_ONCE).await {
            Err(StoreError::Damaged(what)) => {
                let what = format!("this event and those after it cannot be listed: {what}");
                inspected.findings.push(finding(at.saturating_add(1), what));
                return Ok(inspected);
            }
            answer => answer?,
        };
        // What was written meanwhile is the next inspection's.
        for event in seen.iter().filter(|event| event.sequence <= series.newest) {
            let expected = at.saturating_add(1);
            if event.sequence != expected {
                let last = event.sequence.saturating_sub(1);
                inspected.findings.push(finding(expected, missing(expected, last)));
            }
            if let Some(fault) = &event.fault {
                inspected.findings.push(finding(event.sequence, fault.clone()));
            }
            at = event.sequence;
            inspected.count = inspected.count.saturating_add(1);
        }
        let is_over = seen.last().is_none_or(|last| last.sequence >= series.newest);
        if !is_over {
            self.current = Some(Series { series, at });
        } else if at < series.newest {
            let first = at.saturating_add(1);
            inspected.findings.push(finding(first, missing(first, series.newest)));
        }
        Ok(inspected)
    }
}

fn missing(first: u64, last: u64) -> String {
    if first == last {
        "it is missing".to_owned()
    } else {
        format!("the events {first} to {last} are missing")
    }
}
