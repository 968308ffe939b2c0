//! One connection in memory: what this door asks of a store, with faults on demand.

mod foreign;
mod inspected;
mod refused;
mod served;

use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::connection::Connection;
use domain::credential::Credential;
use domain::fetch::Fetch;
use domain::line::KeptLine;
use domain::source_account::{AccountId, SourceAccount};
use store::{Answer, SignOn, StoreError};

/// Everything there is.
#[derive(Debug)]
pub(crate) struct Books {
    pub(crate) connection: Connection,
    pub(crate) credentials: Vec<Credential>,
    pub(crate) accounts: Vec<SourceAccount>,
    pub(crate) lines: Vec<(AccountId, KeptLine)>,
    pub(crate) fetches: Vec<Fetch>,
    /// What was recorded of sign-ons.
    pub(crate) sign_ons: Vec<SignOn>,
    /// How often the connection was linked.
    pub(crate) links: usize,
    /// How often the accounts were listed.
    pub(crate) listings: usize,
    /// The verbs that cannot answer now.
    pub(crate) busy: HashSet<&'static str>,
}

/// The books behind the traits.
#[derive(Debug)]
pub(crate) struct FakeStore(Mutex<Books>);

impl FakeStore {
    pub(crate) fn new(connection: Connection) -> Self {
        Self(Mutex::new(Books {
            connection,
            credentials: Vec::new(),
            accounts: Vec::new(),
            lines: Vec::new(),
            fetches: Vec::new(),
            sign_ons: Vec::new(),
            links: 0,
            listings: 0,
            busy: HashSet::new(),
        }))
    }

    pub(crate) fn books(&self) -> MutexGuard<'_, Books> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The books for `verb`, unless that is to fail.
    fn books_for(&self, verb: &'static str) -> Answer<MutexGuard<'_, Books>> {
        let books = self.books();
        if books.busy.contains(verb) {
            return Err(StoreError::Busy(verb.to_owned()));
        }
        Ok(books)
    }
}
