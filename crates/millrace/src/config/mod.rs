//! Configuration: keys (what there is), sources (where values come from), settings (their types), check (from the one to
//! the other).

mod check;
pub(crate) mod keys;
mod settings;
mod sources;

pub(crate) use settings::{LogFormat, Mode, Place, Settings, Tls, XeroApp};
pub(crate) use sources::{Sourced, Values, environment, merge};
