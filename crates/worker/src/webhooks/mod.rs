//! Webhooks: looks at events for those who want to hear of them, and brings each its messages. What an attempt means is
//! decided in `domain::webhook`; what a message says is written by the door.
//!
//! follow.rs makes messages of events, send.rs brings one to its consumer, settle.rs keeps what
//! came of it, run.rs does both as long as there is something
//! to do.

mod follow;
mod run;
mod send;
mod settle;

pub use run::{WebhookWorker, WebhookWorkerOptions};

use domain::event::KeptEvent;
use domain::ids::ConsumerId;
use domain::webhook::MessageForm;
use std::fmt;

/// Writes the words of a message. It is the roof that knows who can.
pub trait WriteMessage: Send + Sync + fmt::Debug {
    /// A message about an event, for a consumer of the client of that name.
    fn write(
        &self,
        kept: &KeptEvent,
        form: MessageForm,
        consumer: ConsumerId,
        client_name: &str,
    ) -> String;
}
