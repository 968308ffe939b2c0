//! Webhooks for integrators, from the command line: hear them without a public address, see what happens, make examples,
//! send again. All of it goes through the API, so it works wherever a key does.

mod feed;
pub(crate) mod listen;
pub(crate) mod replay;
pub(crate) mod tail;
pub(crate) mod trigger;
