//! What a bank's customer lives through who was given a link.

mod branding;
mod browser;
mod clockwork;
mod company;
mod embedded;
mod framed;
mod journey;
mod mapping;
mod opening;
mod passwords;
mod quickbooks;
mod quickbooks_journey;
mod scene;
mod walk;
mod xero_scene;
