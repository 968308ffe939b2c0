//! Connections with their books and accounts, as they might be: for pictures and for tests. How an account stands is come
//! to by the steps that lead there, so that there is nothing here that cannot be.

use super::entry::Days;
use super::show::Scene;
use askama::Error;
use domain::connection::{Connection, ConnectionStatus};
use domain::ids::{ClientId, CompanyId, ConnectionId};
use domain::link::{Books, Company, Effects, Link, Organisation, TargetAccount, TargetKind, Wish};
use domain::money::{Amount, CurrencyCode};
use domain::platform::XERO;
use domain::source_account::{AccountDetails, AccountId, AccountStatus, Shape, SourceAccount};
use jiff::Timestamp;
use jiff::civil::Date;
use uuid::Uuid;

/// Noon of a leap day: when everything happens.
pub(super) const NOON: Timestamp = Timestamp::constant(1_709_208_000, 0);
/// From when on transactions are wished for.
const FIRST_DAY: Date = Date::constant(2024, 2, 1);

/// What becomes of an account.
#[derive(Clone, Copy, Debug)]
pub(super) enum Fate<'a> {
    /// Nobody has connected it.
    Open,
    /// It is to lead there, or to a new account.
    Asked(Option<&'a str>),
    /// It leads there.
    Fed(&'a str),
    /// It was to lead there, and the platform said no.
    Refused {
        /// Where; nothing: to a new account.
        target: Option<&'a str>,
        /// The platform's words.
        words: &'a str,
    },
    /// It was disconnected.
    Ended,
}

/// A linked connection, and all else that its page is written from.
#[derive(Clone, Debug)]
pub(super) struct Sample {
    pub(super) connection: Connection,
    pub(super) link: Link,
    pub(super) accounts: Vec<SourceAccount>,
}

impl Sample {
    /// A connection with Xero, whose books have these accounts.
    pub(super) fn of(targets: &[TargetAccount]) -> Self {
        let nil = Uuid::nil();
        let connection = Connection {
            id: ConnectionId::new(nil),
            client: ClientId::new(nil),
            company: CompanyId::new(nil),
            platform: &XERO,
            status: ConnectionStatus::Linked,
            created_at: NOON,
            synced_at: None,
            trouble: None,
        };
        let name = "Demo Company (UK)".to_owned();
        let company =
            Company { name: name.clone(), base_currency: None, country: None, is_demo: true };
        let books = Books { read_at: NOON, company, targets: targets.to_vec(), fed: Vec::new() };
        let (id, own) = ("organisation".to_owned(), "connection".to_owned());
        let link = Link {
            access_ends_at: Some(NOON),
            organisation: Some(Organisation { id, connection: own, name }),
            books: Some(books),
            ..Link::new(connection.path(), &XERO)
        };
        Self { connection, link, accounts: Vec::new() }
    }

    /// The same with an account, after those that are there.
    pub(super) fn with(mut self, account: SourceAccount, fate: Fate<'_>) -> Result<Self, Error> {
        let id = account.id.clone();
        let account = match fate {
            Fate::Open => account,
            Fate::Asked(target) => self.ask(account, target)?,
            Fate::Fed(target) => {
                let known = self.link.books.as_ref().and_then(|books| books.target(target));
                let known = known.map(|known| known.id.clone());
                let asked = self.ask(account, known.as_deref())?;
                stepped(asked, &self.link.feed_connected(&id, target, FIRST_DAY))
            }
            Fate::Refused { target, words } => {
                let asked = self.ask(account, target)?;
                stepped(asked, &self.link.feed_refused(&id, words))
            }
            Fate::Ended => account.disconnected(NOON),
        };
        self.accounts.push(account);
        Ok(self)
    }

    fn ask(
        &mut self,
        account: SourceAccount,
        target: Option<&str>,
    ) -> Result<SourceAccount, Error> {
        let (id, target) = (account.id.clone(), target.map(str::to_owned));
        let wish = Wish { account: id, target, feed_start: Some(FIRST_DAY) };
        let effects = self.link.wish(&account, wish, (self.connection.status, NOON));
        Ok(stepped(account, &effects.map_err(Error::custom)?))
    }

    /// The days that an account may start from.
    pub(super) fn days(&self) -> Days {
        Days::of(self.connection.platform, NOON)
    }

    /// What its page is written from.
    pub(super) fn scene(&self) -> Scene<'_> {
        let Self { connection, link, accounts } = self;
        Scene { connection, link, accounts, days: self.days() }
    }
}

/// An account as it is after these effects, of which it is the only one.
fn stepped(account: SourceAccount, effects: &Effects) -> SourceAccount {
    let steps = effects.accounts.iter().map(|(_, step)| step);
    steps.fold(account, |account, step| step.taken_by(&account, NOON).unwrap_or(account))
}

/// A pending account in pounds of that id, name and number.
pub(super) fn source(id: &str, name: &str, number: &str) -> Result<SourceAccount, Error> {
    Ok(SourceAccount {
        id: AccountId::parse(id).map_err(Error::custom)?,
        connection: ConnectionId::new(Uuid::nil()),
        shape: Shape::V1,
        details: AccountDetails {
            name: Some(name.to_owned()),
            number: Some(number.to_owned()),
            currency: CurrencyCode::parse("GBP").ok(),
            ..AccountDetails::default()
        },
        balance: Amount::parse("100.00").ok(),
        status: AccountStatus::Pending,
        feed_start: None,
        public_number: format!("{:2<12}", id.to_uppercase()),
        created_at: NOON,
        modified_at: NOON,
        disconnected_at: None,
    })
}

/// A bank account of the books in pounds.
pub(super) fn target(id: &str, name: &str, number: &str) -> Result<TargetAccount, Error> {
    Ok(TargetAccount {
        id: id.to_owned(),
        name: name.to_owned(),
        code: None,
        number: Some(number.to_owned()),
        kind: TargetKind::Bank,
        currency: CurrencyCode::parse("GBP").map_err(Error::custom)?,
    })
}
