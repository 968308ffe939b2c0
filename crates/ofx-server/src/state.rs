//! What every request shares.

use std::sync::Arc;

use domain::clock::Clock;
use domain::ids::IdSource;
use jiff::Timestamp;
use store::Store;

use crate::options::OfxOptions;
use crate::sign_on::{Hashing, RememberedPasswords};

/// The door with what it needs: a store, the time, randomness, and the operator's choices.
#[derive(Debug)]
pub struct OfxState {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: Arc<dyn IdSource>,
    pub(crate) options: OfxOptions,
    pub(crate) hashing: Hashing,
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
        let hashing = Hashing::new(options.hashes_at_once);
        Self {
            hashing: if options.hashes_apart { hashing } else { hashing.inline() },
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
