//! Webhooks: who wants to hear of which events, and how a message is brought to them. What a message says is the door's
//! business, sending it the worker's.

mod consumer;
mod delivery;
mod message;
mod signature;

pub use consumer::{
    COMPANY_TAG_CHARS_MAX, COMPANY_TAGS_MAX, CONSUMERS_MAX, CompanyTag, CompanyTagError, Consumer,
    ConsumerChange, DisabledWhy, EVENT_TYPES, EVENT_TYPES_MAX, EventType, EventTypeError, Format,
    Order, RATE_PER_SECOND_MAX, RULE_PROPERTIES, SecretsChange,
};
pub use delivery::{
    ATTEMPTS_MAX, Attempt, DELIVERY_PROPERTIES, Delivery, DeliveryLease, DeliveryStatus,
    FAILING_MAX, NewDelivery, Outcome, Sent, Verdict, judge_attempt,
};
pub use message::{MessageForm, MessageId, event_id};
pub use signature::{SIGNING_KEY_BYTES, SigningKey, SigningKeyError, sign};
