//! Events: what happened, written in the transaction that caused it. Telling others about them is the webhooks' business.

use crate::ids::{ClientId, CompanyId, ConnectionId, PushKey};
use crate::source_account::AccountId;
use jiff::Timestamp;

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
}

impl EventKind {
    /// The kind of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
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
