//! Webhook consumers, and the rules that were their predecessors. Sending events is the worker's business; looking after it is ext/webhook.

mod consumers;
mod rules;

pub(crate) use consumers::{
    TAG_LIMITS, TYPE_LIMITS, check_reach, properties as consumer_properties,
};

use crate::surface::Surface;

/// Every operation about them.
pub(super) fn surface() -> Surface {
    consumers::surface().merge(rules::surface())
}
