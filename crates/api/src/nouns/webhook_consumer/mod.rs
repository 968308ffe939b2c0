//! Webhook consumers, and the rules that were their predecessors. Sending events is the worker's business.

mod consumers;
mod rules;

use crate::surface::Surface;

/// Every operation about them.
pub(super) fn surface() -> Surface {
    consumers::surface().merge(rules::surface())
}
