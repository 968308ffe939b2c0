//! Nouns for tests, with nothing left to chance.

use domain::clock::Clock;
use domain::company::{Company, CompanyName, Tags};
use domain::connection::{Connection, ConnectionStatus};
use domain::dates::LineDate;
use domain::fetch::Fetch;
use domain::ids::{
    ClientId, CompanyId, ConnectionId, ConnectionPath, CredentialId, FetchId, IdSource,
};
use domain::line::{KeptLine, Line};
use domain::money::Amount;
use domain::platform::QUICKBOOKS;
use domain::source_account::{AccountId, AccountPath};
use jiff::Timestamp;
use uuid::Uuid;

/// Noon on 4 March 2025, and three milliseconds.
pub(crate) fn now() -> Timestamp {
    "2025-03-04T12:00:00.003Z".parse().unwrap()
}

/// A clock that stands still.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Noon;

impl Clock for Noon {
    fn now(&self) -> Timestamp {
        now()
    }
}

/// Ids of one digit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sevens;

impl IdSource for Sevens {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(0x77);
    }
}

pub(crate) fn path() -> ConnectionPath {
    ConnectionPath {
        client: ClientId::new(Uuid::from_u128(1)),
        company: CompanyId::new(Uuid::from_u128(2)),
        connection: ConnectionId::new(Uuid::from_u128(3)),
    }
}

pub(crate) fn account_id() -> AccountId {
    AccountId::parse("cur-1").unwrap()
}

pub(crate) fn connection() -> Connection {
    let ConnectionPath { client, company, connection } = path();
    Connection {
        id: connection,
        client,
        company,
        platform: &QUICKBOOKS,
        status: ConnectionStatus::PendingAuth,
        created_at: now(),
        synced_at: None,
    }
}

pub(crate) fn company(connections: Vec<Connection>) -> Company {
    Company {
        id: path().company,
        client: path().client,
        name: CompanyName::clean("Acme & Sons").unwrap(),
        description: String::new(),
        tags: Tags::default(),
        created_at: now(),
        connections,
    }
}

pub(crate) fn line(date: &str) -> Line {
    Line {
        id: format!("t-{date}"),
        date: LineDate::parse(date).unwrap(),
        amount: Amount::parse("-41.20").unwrap(),
        balance: None,
        description: Some("Card sale".to_owned()),
        counterparty: None,
        reference: None,
        reconciled: None,
        kind: None,
    }
}

pub(crate) fn kept_line(position: u64, date: &str) -> KeptLine {
    KeptLine { position, accepted_at: now(), line: line(date) }
}

pub(crate) fn fetch(from: &str, to: Option<&str>, watermark: u64) -> Fetch {
    Fetch {
        id: FetchId::new(Uuid::from_u128(4)),
        account: AccountPath { connection: path(), account: account_id() },
        credential: CredentialId::new(Uuid::from_u128(5)),
        at: now(),
        from: from.parse().unwrap(),
        to: to.map(|to| to.parse().unwrap()),
        watermark,
        lines: 1,
        bytes: 2_000,
        user_agent: "QBO/1.0".to_owned(),
    }
}
