//! One account after the other: its head, its segments, and all that must agree with them.

use super::visit::Visit;
use super::{DeepCheck, Finding, Inspections, LedgerMark, Place, SeenLedger};
use crate::ledger::Head;
use crate::{Answer, StoreError};
use std::collections::VecDeque;

/// Ledgers that are read together; a head is little more than a kilobyte.
const LEDGERS_AT_ONCE: u32 = 100;

/// What came of a look.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inspected {
    /// How many lines, or events, were read.
    pub count: u64,
    /// What is wrong.
    pub findings: Vec<Finding>,
}

/// Goes through all accounts.
pub struct Inspector<'a> {
    store: &'a dyn Inspections,
    waiting: VecDeque<SeenLedger>,
    after: Option<LedgerMark>,
}

impl<'a> Inspector<'a> {
    /// Of a whole database.
    pub fn new(store: &'a dyn Inspections) -> Self {
        Self { store, waiting: VecDeque::new(), after: None }
    }

    /// Inspects the next account; nothing after the last one.
    pub async fn next_account(&mut self) -> Answer<Option<Inspected>> {
        if self.waiting.is_empty() {
            self.waiting = self.store.see_ledgers(self.after, LEDGERS_AT_ONCE).await?.into();
        }
        let Some(seen) = self.waiting.pop_front() else { return Ok(None) };
        self.after = Some(seen.mark);
        let inspected = inspect(self.store, &seen).await?;
        // Whatever went with an account that was deleted meanwhile is missing rightly. One that never had a head is itself
        // what was found.
        let is_gone = !inspected.findings.is_empty()
            && seen.head.is_some()
            && self.store.see_head(seen.mark).await?.is_none();
        Ok(Some(if is_gone { Inspected::default() } else { inspected }))
    }
}

async fn inspect(store: &dyn Inspections, seen: &SeenLedger) -> Answer<Inspected> {
    let mut report = Report::new(seen);
    let Some(bytes) = &seen.head else {
        report.add(DeepCheck::Heads, Place::default(), "the account has no ledger");
        return Ok(report.inspected);
    };
    match Head::decode(bytes) {
        Err(damage) => report.add(DeepCheck::Heads, Place::default(), damage.to_string()),
        Ok(head) => Visit::new(store, seen.mark, &head, &mut report).all().await?,
    }
    Ok(report.inspected)
}

/// What is found of one account.
pub(super) struct Report {
    base: Place,
    pub(super) inspected: Inspected,
}

impl Report {
    fn new(seen: &SeenLedger) -> Self {
        let client = seen.account.as_ref().map_or(seen.mark.client, |path| path.connection.client);
        let base = Place {
            client: Some(client),
            account: seen.account.clone(),
            account_no: Some(seen.mark.account_no),
            ..Place::default()
        };
        Self { base, inspected: Inspected::default() }
    }

    pub(super) fn add(&mut self, check: DeepCheck, mut place: Place, what: impl Into<String>) {
        place.client = self.base.client;
        place.account.clone_from(&self.base.account);
        place.account_no = self.base.account_no;
        self.inspected.findings.push(Finding { check, place, what: what.into() });
    }

    /// What was read, unless it is damaged: then that is a finding.
    pub(super) fn read<T>(
        &mut self,
        answer: Answer<T>,
        check: DeepCheck,
        place: Place,
    ) -> Answer<Option<T>> {
        match answer {
            Err(StoreError::Damaged(what)) => {
                self.add(check, place, what);
                Ok(None)
            }
            answer => answer.map(Some),
        }
    }
}
