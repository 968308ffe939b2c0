//! What a bank's customer lives through who was given a link.

mod branding;
mod browser;
mod clockwork;
mod company;
mod framed;
mod journey;
mod mapping;
mod opening;
mod quickbooks;
mod scene;
mod xero_scene;
