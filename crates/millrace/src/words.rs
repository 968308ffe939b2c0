//! The words of webhooks are the JSON door's: the worker is handed them by whoever knows both. Stories, worlds and benches
//! that have a worker of their own take this very file.

use api::{Messages, Receiver};
use domain::event::KeptEvent;
use domain::ids::ConsumerId;
use domain::webhook::MessageForm;
use worker::webhooks::WriteMessage;

/// What is written of events.
#[derive(Debug)]
pub(crate) struct Words(pub(crate) Messages);

impl WriteMessage for Words {
    fn write(
        &self,
        kept: &KeptEvent,
        form: MessageForm,
        consumer: ConsumerId,
        client_name: &str,
    ) -> String {
        self.0.write(kept, form, Receiver { consumer, client_name })
    }
}
