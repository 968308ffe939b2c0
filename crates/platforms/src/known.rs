//! The platforms that are set up.

use crate::platform::Platform;
use std::sync::Arc;

/// An adapter for each platform that can be sent to. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Platforms(Arc<[Arc<dyn Platform>]>);

impl Platforms {
    /// These.
    pub fn new(all: Vec<Arc<dyn Platform>>) -> Self {
        Self(all.into())
    }

    /// The adapter for a platform.
    pub fn of(&self, platform: &domain::platform::Platform) -> Option<&dyn Platform> {
        self.0.iter().find(|one| one.key() == platform.key).map(AsRef::as_ref)
    }
}
