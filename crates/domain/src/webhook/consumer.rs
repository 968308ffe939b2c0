//! Webhook consumers: the endpoints that want to hear of events, and of which.

use super::message::MessageForm;
use crate::client_settings::WebUrl;
use crate::event::{EventKind, KeptEvent};
use crate::ids::{ClientId, CompanyId, ConsumerId};
use crate::push::PushStatus;
use crate::query::{Kind, Property, PropertySpec, Queryable};
use crate::sealed::Sealed;
use jiff::Timestamp;
use thiserror::Error;

/// The contract's limit for one client.
pub const CONSUMERS_MAX: usize = 50;
/// The contract's limit for one consumer.
pub const COMPANY_TAGS_MAX: usize = 10;
/// The contract's limit.
pub const COMPANY_TAG_CHARS_MAX: usize = 128;
/// More than anybody can take.
pub const RATE_PER_SECOND_MAX: u32 = 10_000;
/// More than the contract has names.
pub const EVENT_TYPES_MAX: usize = 100;

/// The names of events that a consumer may ask for: the contract's, and those that rules had before.
pub const EVENT_TYPES: [&str; 29] = [
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
    "webhook.consumer.disabled",
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
    /// In which order.
    pub order: Order,
    /// At most so many messages a second.
    pub rate_per_second: Option<u32>,
    /// Its signing keys and headers. One that was made by an early version has none until they are rotated.
    pub secrets: Option<Sealed>,
    /// Since when nothing has got through.
    pub failing_since: Option<Timestamp>,
    /// Who disabled it, if it is.
    pub disabled_why: Option<DisabledWhy>,
    /// When it was made.
    pub created_at: Timestamp,
}

/// In which order messages are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Order {
    /// In none: one that fails holds up no other.
    Parallel,
    /// Of each company one after the other: the next is sent when the one before has arrived or is given up.
    Fifo,
}

impl Order {
    /// Every order.
    pub const ALL: [Self; 2] = [Self::Parallel, Self::Fifo];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Parallel => "parallel",
            Self::Fifo => "fifo",
        }
    }

    /// The order of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|order| order.name() == name)
    }
}

/// Why nothing is sent to a consumer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DisabledWhy {
    /// Its owner wants it so.
    Owner,
    /// It answered that it is gone.
    Gone,
    /// Nothing got through for too long.
    Failing,
}

impl DisabledWhy {
    /// Every reason.
    pub const ALL: [Self; 3] = [Self::Owner, Self::Gone, Self::Failing];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Gone => "gone",
            Self::Failing => "failing",
        }
    }

    /// The reason of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|why| why.name() == name)
    }
}

/// What its owner changes of a consumer; what is left out stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConsumerChange {
    /// Where events are sent.
    pub url: Option<WebUrl>,
    /// Of which events.
    pub event_types: Option<Vec<EventType>>,
    /// Of which companies.
    pub company_tags: Option<Vec<CompanyTag>>,
    /// Whether anything is sent. Enabling forgets the failures.
    pub disabled: Option<bool>,
    /// In which order.
    pub order: Option<Order>,
    /// How many a second; `Some(None)` for as many as there are.
    pub rate_per_second: Option<Option<u32>>,
    /// Its signing keys and headers.
    pub secrets: Option<SecretsChange>,
}

/// New secrets, made from those that were kept: whoever made others meanwhile is not overruled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretsChange {
    /// Those that were kept.
    pub from: Option<Sealed>,
    /// The new ones.
    pub to: Sealed,
}

impl Consumer {
    /// The consumer after a change.
    #[must_use]
    pub fn changed(self, change: ConsumerChange) -> Self {
        let ConsumerChange { url, event_types, company_tags, disabled, order, .. } = change;
        let (failing_since, disabled_why) = match disabled {
            None => (self.failing_since, self.disabled_why),
            Some(false) => (None, None),
            Some(true) => (self.failing_since, self.disabled_why.or(Some(DisabledWhy::Owner))),
        };
        Self {
            url: url.unwrap_or(self.url),
            event_types: event_types.unwrap_or(self.event_types),
            company_tags: company_tags.unwrap_or(self.company_tags),
            disabled: disabled.unwrap_or(self.disabled),
            order: order.unwrap_or(self.order),
            rate_per_second: change.rate_per_second.unwrap_or(self.rate_per_second),
            secrets: change.secrets.map(|change| change.to).or(self.secrets),
            failing_since,
            disabled_why,
            ..self
        }
    }

    /// Whether a change was made from what has changed since.
    pub fn outdates(&self, change: &ConsumerChange) -> bool {
        change.secrets.as_ref().is_some_and(|secrets| secrets.from != self.secrets)
    }

    /// How the consumer wants to hear of an event, and by which of the names that it asked for; nothing if it does not.
    pub fn wants(&self, kept: &KeptEvent) -> Option<(MessageForm, &str)> {
        let kind = kept.event.kind;
        if let Some(consumer) = kept.about.example.as_ref().and_then(|example| example.consumer) {
            return (consumer == self.id).then_some((MessageForm::Modern, kind.name()));
        }
        if !self.wants_company(kept) {
            return None;
        }
        let asked = |name: &str| self.event_types.iter().find(|asked| asked.is(name));
        if let Some(asked) = asked(kind.name()) {
            return Some((MessageForm::Modern, asked.as_str()));
        }
        let mut old = rule_names(kept).iter();
        old.find_map(|name| Some((MessageForm::Rule(name), asked(name)?.as_str())))
    }

    fn wants_company(&self, kept: &KeptEvent) -> bool {
        if let Format::Rule { company: Some(only), .. } = &self.format
            && kept.event.company != Some(*only)
        {
            return false;
        }
        if self.company_tags.is_empty() {
            return true;
        }
        let company = kept.about.company.as_ref();
        company.is_some_and(|company| {
            let tags = company.tags.all();
            self.company_tags.iter().any(|wanted| {
                let (key, value) = wanted.0.split_once(':').unwrap_or_default();
                tags.get(key).is_some_and(|found| found == value)
            })
        })
    }
}

/// The names by which rules knew an event, the most telling first.
fn rule_names(kept: &KeptEvent) -> &'static [&'static str] {
    let timed_out =
        kept.about.push.as_ref().is_some_and(|push| push.status == PushStatus::TimedOut);
    match kept.event.kind {
        EventKind::WriteUnsuccessful if timed_out => {
            &["Push Operation Timed Out", "Push Operation Status Changed"]
        }
        EventKind::WriteSuccessful | EventKind::WriteUnsuccessful => {
            &["Push Operation Status Changed"]
        }
        EventKind::ConnectionConnected
        | EventKind::ConnectionDisconnected
        | EventKind::ConnectionReconnected => &["DataConnectionStatusChanged"],
        EventKind::RateLimitReached => &["Rate Limit Reached"],
        EventKind::RateLimitReset => &["Rate Limit Reset"],
        EventKind::CompanyCreated
        | EventKind::CompanyDeleted
        | EventKind::ConnectionCreated
        | EventKind::ConnectionDeleted
        | EventKind::AccountConnected
        | EventKind::AccountDisconnected
        | EventKind::ConsumerDisabled => &[],
    }
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
