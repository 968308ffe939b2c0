//! Webhooks as their owner looks after them: consumers with all that can be set, what was sent to each and how it went,
//! and the events themselves, for those who would rather ask than be told.

mod consumer;
mod delivery;
mod event;
mod mend;

use crate::surface::Surface;

/// Every operation about them.
pub(super) fn surface() -> Surface {
    consumer::surface().merge(delivery::surface()).merge(mend::surface()).merge(event::surface())
}
