//! What Millrace asks of a database: one trait for each noun, one method for each business verb, each method one whole
//! transaction that names the client (tenant) it acts for. How it is done is in store-sqlite and store-postgres; what
//! it means is in store-conformance.

pub mod awaited_text;
pub mod clock_watch;
mod consumer_secrets;
mod credential_issue;
mod error;
pub mod event_detail;
mod failures;
pub mod ledger;
pub mod link_secrets;
pub mod link_text;
pub mod listing;
pub mod migration;
mod outage;
mod signal;

mod access_token;
mod api_key;
mod branding;
mod call;
pub mod call_text;
mod client;
mod client_settings;
mod company;
mod connection;
mod credential;
mod delivery;
mod event;
mod fetch;
mod idempotency;
pub mod inspection;
mod installation;
mod line;
mod link;
mod link_session;
mod managed_sync;
mod push;
mod rate_limit;
mod source_account;
mod webhook_consumer;
mod webhook_delivery;
mod work;

pub use access_token::AccessTokens;
pub use api_key::{ApiKeys, KeyKept, LastKey};
pub use branding::Brandings;
pub use call::Calls;
pub use client::{ClientKept, Clients};
pub use client_settings::ClientSettings;
pub use company::Companies;
pub use connection::{Connections, Unlinking};
pub use consumer_secrets::{
    ConsumerSecrets, SECRETS_COLUMN, SECRETS_TABLE, SecretsError, secrets_row,
};
pub use credential::{Credentials, SignOn};
pub use credential_issue::{IssueError, issue_credential};
pub use delivery::{Deliveries, SentSoFar};
pub use error::StoreError;
pub use event::Events;
pub use failures::Failures;
pub use fetch::{Fetches, StatementOpened, StatementOpening};
pub use idempotency::Idempotency;
pub use inspection::Inspections;
pub use installation::{Installation, Installations, OTP_SALT_BYTES};
pub use line::{Lines, StatementLines, Window};
pub use link::{LinkChange, LinkChanged, Links};
pub use link_session::{LinkOpened, LinkSessions};
pub use managed_sync::{DueFeed, DueRun, ManagedSyncs, SyncBegun, SyncStanding, SyncWish};
pub use outage::Outage;
pub use push::{AcceptedPush, Missing, PushIntake, Pushes};
pub use rate_limit::RateLimiting;
pub use signal::{EventListener, EventSignal, WorkSignal};
pub use source_account::{AccountChanged, AccountKept, OnExisting, SourceAccounts};
pub use webhook_consumer::{ConsumerChanged, ConsumerKept, WebhookConsumers};
pub use webhook_delivery::{Behind, DeliveryRequest, DeliverySettled, FanOut, WebhookDeliveries};
pub use work::{LeaseRequest, Settled, WorkQueue};

/// What every method answers.
pub type Answer<T> = Result<T, StoreError>;

/// A whole database.
pub trait Store:
    Installations
    + Inspections
    + Clients
    + ClientSettings
    + Brandings
    + ApiKeys
    + AccessTokens
    + Companies
    + Connections
    + SourceAccounts
    + Credentials
    + Pushes
    + Lines
    + ManagedSyncs
    + Fetches
    + Events
    + WorkQueue
    + Idempotency
    + RateLimiting
    + WebhookConsumers
    + WebhookDeliveries
    + Links
    + Deliveries
    + Calls
    + LinkSessions
{
}

impl<T> Store for T where
    T: Installations
        + Inspections
        + Clients
        + ClientSettings
        + Brandings
        + ApiKeys
        + AccessTokens
        + Companies
        + Connections
        + SourceAccounts
        + Credentials
        + Pushes
        + Lines
        + ManagedSyncs
        + Fetches
        + Events
        + WorkQueue
        + Idempotency
        + RateLimiting
        + WebhookConsumers
        + WebhookDeliveries
        + Links
        + Deliveries
        + Calls
        + LinkSessions
{
}
