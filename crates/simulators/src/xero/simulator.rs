//! The simulator itself: a memory, a clock and the app that it knows. All that happens, happens under one short lock.

use super::ids::Ids;
use super::world::World;
use domain::clock::Clock;
use jiff::Timestamp;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Xero, as far as a bank's feeds need it. Clones are the same Xero.
#[derive(Clone)]
pub struct Xero(Arc<Inner>);

struct Inner {
    clock: Arc<dyn Clock>,
    app: App,
    world: Mutex<World>,
}

/// The one app that Xero knows.
pub(crate) struct App {
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
}

impl Xero {
    /// A Xero that knows the app of this id and secret, and has one organisation: `Demo Company`.
    pub fn new(clock: Arc<dyn Clock>, client_id: &str, client_secret: &str) -> Self {
        // The memory ends with the process, so ids of another start must not come again: a caller may have kept them.
        let ids = Ids::of(clock.now().to_string());
        let app = App { client_id: client_id.to_owned(), client_secret: client_secret.to_owned() };
        Self(Arc::new(Inner { clock, app, world: Mutex::new(World::new(ids)) }))
    }

    /// The app.
    pub(crate) fn app(&self) -> &App {
        &self.0.app
    }

    /// Lets `act` look at everything and change it, once what was due by now has happened.
    pub(crate) fn change<T>(&self, act: impl FnOnce(&mut World, Timestamp) -> T) -> T {
        let mut world = self.lock();
        let now = self.0.clock.now();
        let now = now.saturating_add(world.ahead).unwrap_or(now);
        world.settle(now);
        act(&mut world, now)
    }

    /// Lets `act` change what no clock and no waiting work has a part in.
    pub(crate) fn change_still<T>(&self, act: impl FnOnce(&mut World) -> T) -> T {
        act(&mut self.lock())
    }

    fn lock(&self) -> MutexGuard<'_, World> {
        self.0.world.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Xero {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The app's secret and all tokens stay out of logs.
        f.debug_struct("Xero").field("clock", &self.0.clock).finish_non_exhaustive()
    }
}
