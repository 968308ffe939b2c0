//! One file for each story.

mod bad_input;
mod clients;
mod commands;
mod credentials;
mod drift;
mod errors;
mod idempotency;
mod keys_and_tokens;
mod lists;
mod managed_feeds;
mod ofx_door;
mod platforms;
mod processes;
mod pushes;
mod quickbooks;
mod rate_limits;
mod schemathesis;
mod sdks;
mod seeds;
mod settings;
mod simulate;
mod walls;
mod webhook_commands;
mod webhook_consumers;
mod webhooks;
mod wire_edges;
