//! What the commands do, one file each.

pub(crate) mod branding;
pub(crate) mod clients;
pub(crate) mod config;
pub(crate) mod demo;
pub(crate) mod doctor;
pub(crate) mod encryption;
pub(crate) mod keys;
pub(crate) mod lines;
pub(crate) mod migrate;
pub(crate) mod openapi;
mod remote;
pub(crate) mod serve;
pub(crate) mod simulate;
pub(crate) mod webhooks;
pub(crate) mod worker;
