//! The testkit's nouns with ids and stamps that can stand in a snapshot.

use domain::company::Company;
use domain::connection::{Connection, ConnectionStatus};
use domain::dates::LineDate;
use domain::fetch::Fetch;
use domain::ids::{ClientId, CompanyId, ConnectionId, ConnectionPath, FetchId};
use domain::line::{KeptLine, Line};
use domain::source_account::AccountPath;
use testkit::{NOON, a_company, a_connection, a_fetch, amount, an_account_path};
use uuid::Uuid;

pub(crate) fn path() -> ConnectionPath {
    connection().path()
}

pub(crate) fn account_path() -> AccountPath {
    an_account_path(&connection(), "cur-1")
}

pub(crate) fn company(connections: Vec<Connection>) -> Company {
    let client = ClientId::new(Uuid::from_u128(1));
    Company { id: CompanyId::new(Uuid::from_u128(2)), connections, ..a_company(client) }
}

/// One that nobody has authorised yet.
pub(crate) fn connection() -> Connection {
    Connection {
        id: ConnectionId::new(Uuid::from_u128(3)),
        status: ConnectionStatus::PendingAuth,
        ..a_connection(&company(Vec::new()))
    }
}

pub(crate) fn line(date: &str) -> Line {
    Line {
        id: format!("t-{date}"),
        date: LineDate::parse(date).unwrap(),
        amount: amount("-41.20"),
        balance: None,
        description: Some("Card sale".to_owned()),
        counterparty: None,
        reference: None,
        reconciled: None,
        kind: None,
    }
}

pub(crate) fn kept_line(position: u64, date: &str) -> KeptLine {
    KeptLine { position, accepted_at: NOON, line: line(date) }
}

pub(crate) fn fetch(from: &str, to: Option<&str>, watermark: u64) -> Fetch {
    Fetch {
        id: FetchId::new(Uuid::from_u128(4)),
        from: from.parse().unwrap(),
        to: to.map(|to| to.parse().unwrap()),
        ..a_fetch(&account_path(), watermark)
    }
}
