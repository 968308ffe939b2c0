//! What every call passes before it is handled: faults, who calls, how often, and whether it was there before.

mod attend;
mod caller;
mod gate;
mod kept;
mod seen;
mod traffic;

pub(crate) use attend::attend;
pub(crate) use caller::Caller;
pub(crate) use kept::Kept;
pub(crate) use seen::Seen;
pub(crate) use traffic::Traffic;
