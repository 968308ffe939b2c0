//! The words of webhooks: an event as the contract tells it, or as rules told it. What is written here is signed and
//! sent as it is, by the worker.

mod modern;
mod rule;

use domain::event::KeptEvent;
use domain::ids::ConsumerId;
use domain::webhook::MessageForm;

pub(crate) use modern::EventShape;

/// Writes messages.
#[derive(Clone, Debug)]
pub struct Messages {
    /// Where people reach this server, without a slash at the end.
    pub public_url: String,
}

/// Who is told.
#[derive(Clone, Copy, Debug)]
pub struct Receiver<'a> {
    /// The consumer.
    pub consumer: ConsumerId,
    /// The name of its client.
    pub client_name: &'a str,
}

impl Messages {
    /// A message, as JSON.
    pub fn write(&self, kept: &KeptEvent, form: MessageForm, receiver: Receiver<'_>) -> String {
        let written = match form {
            MessageForm::Modern => serde_json::to_string(&EventShape::show(kept, &self.public_url)),
            MessageForm::Rule(name) => serde_json::to_string(&rule::show(kept, name, receiver)),
        };
        // Texts, numbers and lists of them: nothing in it can fail to be written.
        written.unwrap_or_default()
    }
}

#[cfg(test)]
mod tests;
