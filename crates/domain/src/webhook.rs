//! Webhook consumers: the endpoints that want to hear of events, and of which. Telling them is the worker's business.

use crate::client_settings::WebUrl;
use crate::ids::{ClientId, CompanyId, ConsumerId};
use crate::query::{Kind, Property, PropertySpec, Queryable};
use jiff::Timestamp;
use thiserror::Error;

/// The contract's limit for one client.
pub const CONSUMERS_MAX: usize = 50;
/// The contract's limit for one consumer.
pub const COMPANY_TAGS_MAX: usize = 10;
/// The contract's limit.
pub const COMPANY_TAG_CHARS_MAX: usize = 128;
/// More than the contract has names.
pub const EVENT_TYPES_MAX: usize = 100;

/// The names of events that a consumer may ask for: the contract's, and those that rules had before.
pub const EVENT_TYPES: [&str; 28] = [
    "bankFeeds.sourceAccount.connected",
    "bankFeeds.sourceAccount.disconnected",
    "bankTransactions.write.successful",
    "bankTransactions.write.unsuccessful",
    "bankAccounts.write.successful",
    "bankAccounts.write.unsuccessful",
    "company.created",
    "company.deleted",
    "company.product.added",
    "company.product.removed",
    "connection.created",
    "connection.connected",
    "connection.disconnected",
    "connection.reconnected",
    "connection.deleted",
    "connection.failed",
    "client.rateLimit.reached",
    "client.rateLimit.reset",
    "read.completed",
    "read.completed.initial",
    "Push Operation Status Changed",
    "Push Operation Timed Out",
    "DataConnectionStatusChanged",
    "Rate Limit Reached",
    "Rate Limit Reset",
    "Data Sync Completed",
    "Dataset data changed",
    "New company synchronised",
];

/// One endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consumer {
    /// Never changes.
    pub id: ConsumerId,
    /// The tenant.
    pub client: ClientId,
    /// Where events are sent.
    pub url: WebUrl,
    /// Of which events, at least one, as their owner wrote them.
    pub event_types: Vec<EventType>,
    /// Whether nothing is sent for now.
    pub disabled: bool,
    /// Only companies with any of these tags; none for all companies.
    pub company_tags: Vec<CompanyTag>,
    /// What is sent.
    pub format: Format,
    /// When it was made.
    pub created_at: Timestamp,
}

/// What a consumer is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Format {
    /// The contract's envelope of an event.
    Modern,
    /// The payload that rules sent before the contract had webhooks.
    Rule {
        /// Only this company, if it is set.
        company: Option<CompanyId>,
        /// Addresses that a rule was given; nothing is mailed.
        emails: Vec<String>,
    },
}

/// The name of an event, as its owner wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventType(String);

/// A tag of a company, as `key:value`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompanyTag(String);

/// Why an event's name is refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("there is no event of that name: use {}", EVENT_TYPES.join(", "))]
pub struct EventTypeError;

/// Why a tag is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a tag is written key:value, in at most {COMPANY_TAG_CHARS_MAX} characters")]
pub struct CompanyTagError;

impl EventType {
    /// The event of that name. Old callers write it without the spaces, or with `()` behind it.
    pub fn parse(text: &str) -> Result<Self, EventTypeError> {
        let wanted = plain(text);
        let known = EVENT_TYPES.iter().any(|known| plain(known) == wanted);
        if known { Ok(Self(text.to_owned())) } else { Err(EventTypeError) }
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is this event, however it is written.
    pub fn is(&self, name: &str) -> bool {
        plain(&self.0) == plain(name)
    }
}

/// A name without what does not distinguish it.
fn plain(name: &str) -> String {
    let letters = name.chars().filter(|c| !c.is_whitespace() && !matches!(c, '(' | ')'));
    letters.map(|c| c.to_ascii_lowercase()).collect()
}

impl CompanyTag {
    /// Checks a tag.
    pub fn parse(text: &str) -> Result<Self, CompanyTagError> {
        let is_short = text.chars().count() <= COMPANY_TAG_CHARS_MAX;
        let has_key = text.split_once(':').is_some_and(|(key, _)| !key.is_empty());
        if is_short && has_key { Ok(Self(text.to_owned())) } else { Err(CompanyTagError) }
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What lists of rules can be filtered and ordered by.
pub const RULE_PROPERTIES: &[PropertySpec] =
    &[PropertySpec::new("id", Kind::Text), PropertySpec::new("type", Kind::Text)];

impl Queryable for Consumer {
    fn property(&self, path: &str) -> Property<'_> {
        match path {
            "id" => Property::Text(self.id.to_string().into()),
            "type" => match self.event_types.first() {
                Some(first) => Property::Text(first.as_str().into()),
                None => Property::Missing,
            },
            _ => Property::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_names_are_known_however_they_are_written() {
        for text in [
            "bankTransactions.write.successful",
            "PushOperationStatusChanged",
            "Push Operation Status Changed()",
            "dataset data changed",
        ] {
            assert_eq!(EventType::parse(text).unwrap().as_str(), text);
        }
        assert!(EventType::parse("PushOperationTimedOut").unwrap().is("Push Operation Timed Out"));
        for text in ["", "company", "company.created.x"] {
            assert!(EventType::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_tag_has_a_key_and_a_value() {
        for text in ["tier:gold", "tier:", "a:b:c"] {
            assert!(CompanyTag::parse(text).is_ok(), "{text}");
        }
        for text in ["", "tier", ":gold", &format!("k:{}", "x".repeat(127))] {
            assert!(CompanyTag::parse(text).is_err(), "{text}");
        }
    }
}
