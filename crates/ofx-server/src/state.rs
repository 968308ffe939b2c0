//! What every request shares.

use std::sync::Arc;

use domain::clock::Clock;
use domain::ids::IdSource;
use jiff::Timestamp;
use store::Store;
use tokio::sync::Semaphore;

use crate::options::OfxOptions;
use crate::sign_on::RememberedPasswords;

/// The door with what it needs: a store, the time, randomness, and the operator's choices.
#[derive(Debug)]
pub struct OfxState {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: Arc<dyn IdSource>,
    pub(crate) options: OfxOptions,
    /// Hashing is slow and wants much memory, so only so many run at once.
    pub(crate) hashing: Arc<Semaphore>,
    pub(crate) remembered: RememberedPasswords,
    /// The options cannot change while the process runs, so neither can the profile.
    pub(crate) profile_since: Timestamp,
}

impl OfxState {
    /// A door that opens now.
    pub fn new(
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn IdSource>,
        options: OfxOptions,
    ) -> Self {
        let now = clock.now();
        Self {
            hashing: Arc::new(Semaphore::new(options.hashes_at_once.max(1))),
            remembered: RememberedPasswords::new(&*ids),
            // Whole seconds: some clients give back no more, and would never be up to date.
            profile_since: Timestamp::from_second(now.as_second()).unwrap_or(now),
            store,
            clock,
            ids,
            options,
        }
    }
}
