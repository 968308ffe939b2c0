//! Events: what happened, written in the transaction that caused it. Telling others about them is the webhooks' business.

use crate::company::Company;
use crate::connection::Connection;
use crate::ids::{ClientId, CompanyId, ConnectionId, ConsumerId, PushKey};
use crate::push::PushStatus;
use crate::rate_limit::Quota;
use crate::source_account::{AccountId, SourceAccount};
use crate::webhook::DisabledWhy;
use jiff::Timestamp;
use std::str::FromStr;
use thiserror::Error;

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Whose event.
    pub client: ClientId,
    /// What.
    pub kind: EventKind,
    /// When.
    pub at: Timestamp,
    /// The company it is about, if it is about one.
    pub company: Option<CompanyId>,
    /// The connection, where there is one.
    pub connection: Option<ConnectionId>,
    /// The account, where there is one.
    pub account: Option<AccountId>,
    /// The push, where there is one.
    pub push: Option<PushKey>,
}

/// An event with its place among its client's events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptEvent {
    /// Only grows.
    pub sequence: u64,
    /// The event.
    pub event: Event,
    /// How things stood when it happened.
    pub about: About,
}

/// What an event is about, as it stood when the event was written: it may have changed since, or be gone. Events of
/// early versions have none of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// The company, without its connections.
    pub company: Option<Company>,
    /// The connection, of an event about one.
    pub connection: Option<Connection>,
    /// The account, of an event about one.
    pub account: Option<SourceAccount>,
    /// The push, of an event about one.
    pub push: Option<PushAbout>,
    /// The client's share of the day, of an event about that.
    pub quota: Option<Quota>,
    /// The consumer, of an event about one.
    pub consumer: Option<ConsumerAbout>,
    /// Of an event that did not happen.
    pub example: Option<Example>,
}

/// A push when it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PushAbout {
    /// How it ended.
    pub status: PushStatus,
    /// When it came.
    pub requested_at: Timestamp,
    /// When it ended.
    pub completed_at: Option<Timestamp>,
}

/// A webhook consumer when it was disabled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsumerAbout {
    /// Which.
    pub id: ConsumerId,
    /// Where it listens.
    pub url: String,
    /// Why.
    pub why: DisabledWhy,
}

/// An event that its owner made up, to see how it arrives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// The only consumer that is told; without it, all that want such events.
    pub consumer: Option<ConsumerId>,
    /// The payload, as JSON.
    pub payload: String,
}

macro_rules! event_kinds {
    ($($kind:ident $name:literal,)*) => {
        /// What can happen; the names are those of the contract where it has one.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum EventKind {
            $(
                #[doc = concat!("`", $name, "`")]
                $kind,
            )*
        }

        impl EventKind {
            /// Every kind.
            pub const ALL: &[Self] = &[$(Self::$kind,)*];

            /// Its name.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$kind => $name,)*
                }
            }
        }
    };
}

event_kinds! {
    CompanyCreated "company.created",
    CompanyDeleted "company.deleted",
    ConnectionCreated "connection.created",
    ConnectionConnected "connection.connected",
    ConnectionDisconnected "connection.disconnected",
    ConnectionReconnected "connection.reconnected",
    ConnectionDeleted "connection.deleted",
    AccountConnected "bankFeeds.sourceAccount.connected",
    AccountDisconnected "bankFeeds.sourceAccount.disconnected",
    WriteSuccessful "bankTransactions.write.successful",
    WriteUnsuccessful "bankTransactions.write.unsuccessful",
    RateLimitReached "client.rateLimit.reached",
    RateLimitReset "client.rateLimit.reset",
    ConsumerDisabled "webhook.consumer.disabled",
}

impl EventKind {
    /// The kind of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }
}

/// Why the name of a kind is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("there is no such event: use {}", EventKind::ALL.iter().map(|kind| kind.name()).collect::<Vec<_>>().join(", "))]
pub struct EventKindError;

impl FromStr for EventKind {
    type Err = EventKindError;

    fn from_str(name: &str) -> Result<Self, EventKindError> {
        Self::parse(name).ok_or(EventKindError)
    }
}

impl Event {
    /// An event about a company.
    pub const fn of_company(
        client: ClientId,
        company: CompanyId,
        kind: EventKind,
        at: Timestamp,
    ) -> Self {
        let mut event = Self::of_client(client, kind, at);
        event.company = Some(company);
        event
    }

    /// An event about a client as a whole.
    pub const fn of_client(client: ClientId, kind: EventKind, at: Timestamp) -> Self {
        Self { client, kind, at, company: None, connection: None, account: None, push: None }
    }

    /// The same, about one of the company's connections.
    #[must_use]
    pub const fn on(mut self, connection: ConnectionId) -> Self {
        self.connection = Some(connection);
        self
    }

    /// The same, about one of the connection's accounts.
    #[must_use]
    pub fn for_account(mut self, account: AccountId) -> Self {
        self.account = Some(account);
        self
    }

    /// The same, about one of the account's pushes.
    #[must_use]
    pub const fn for_push(mut self, push: PushKey) -> Self {
        self.push = Some(push);
        self
    }
}
