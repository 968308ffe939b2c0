//! The testkit's nouns with ids and stamps that can stand in a snapshot.

use domain::company::Company;
use domain::connection::{Connection, ConnectionStatus};
use domain::dates::LineDate;
use domain::fetch::Fetch;
use domain::ids::{ClientId, CompanyId, ConnectionId, ConnectionPath, FetchId, PushKey};
use domain::line::{KeptLine, Line};
use domain::link::{Books, Link, Organisation, TargetAccount, TargetKind};
use domain::money::CurrencyCode;
use domain::platform::XERO;
use domain::push::{LineSpan, PushOperation, PushStatus, Validation};
use domain::source_account::{AccountPath, AccountStatus, SourceAccount};
use testkit::{NOON, a_company, a_connection, a_fetch, amount, an_account, an_account_path};
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
        id: format!("t-{date}").into(),
        date: LineDate::parse(date).unwrap(),
        amount: amount("-41.20"),
        balance: None,
        description: Some("Card sale".into()),
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

/// Books that were read at noon.
pub(crate) fn books(targets: Vec<TargetAccount>) -> Books {
    let company = domain::link::Company {
        name: "Demo Company (UK)".to_owned(),
        base_currency: CurrencyCode::parse("GBP").ok(),
        country: Some("GB".to_owned()),
        is_demo: true,
    };
    Books { read_at: NOON, company, targets, fed: Vec::new() }
}

/// An account of the books.
pub(crate) fn target(id: &str, kind: TargetKind, currency: &str) -> TargetAccount {
    TargetAccount {
        id: id.to_owned(),
        name: format!("The {id}"),
        code: Some("090".to_owned()),
        number: Some("20-30-40 1234567".to_owned()),
        kind,
        currency: CurrencyCode::parse(currency).unwrap(),
    }
}

/// A link that is open, with a bank account, a card and an account in euros.
pub(crate) fn link() -> Link {
    let targets = vec![
        target("current", TargetKind::Bank, "GBP"),
        target("card", TargetKind::CreditCard, "GBP"),
        target("euros", TargetKind::Bank, "EUR"),
    ];
    Link {
        organisation: Some(Organisation {
            id: "o-1".to_owned(),
            connection: "c-1".to_owned(),
            name: "Demo Company (UK)".to_owned(),
        }),
        access_ends_at: Some(NOON),
        books: Some(books(targets)),
        ..Link::new(path(), &XERO)
    }
}

/// An account in pounds that waits to be mapped.
pub(crate) fn account(id: &str) -> SourceAccount {
    SourceAccount { status: AccountStatus::Pending, ..an_account(&connection(), id) }
}

/// A push of one line.
pub(crate) fn push(status: PushStatus) -> PushOperation {
    PushOperation {
        key: PushKey::new(Uuid::from_u128(9)),
        path: path(),
        account: account_path().account,
        requested_at: NOON,
        completed_at: None,
        status,
        error: None,
        validation: Validation::default(),
        timeout_minutes: None,
        lines: LineSpan { first: 0, count: 1 },
        known_lines: 0,
        awaited: Vec::new(),
    }
}
