//! What a bank's customer lives through who was given a link.

mod branding;
mod browser;
mod clockwork;
mod opening;
mod quickbooks;
mod scene;
