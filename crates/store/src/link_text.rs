//! A link's standing as both databases keep it: one JSON text in its row, because nothing searches in it. Its names are
//! a format: whoever changes one migrates what is kept.

use crate::{Answer, StoreError};
use domain::connection::{Trouble, TroubleKind};
use domain::ids::{ConnectionPath, ConsentId};
use domain::link::{
    Books, Company, Consent, ConsentStage, Ending, FedTarget, Fingerprint, Link, Mapping,
    MappingStage, Organisation, TargetAccount, TargetKind, Wish,
};
use domain::money::CurrencyCode;
use domain::platform::Platform;
use domain::sealed::Sealed;
use domain::source_account::AccountId;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// What of a link stands in columns of its own.
#[derive(Clone, Debug)]
pub struct LinkColumns {
    /// Whose link.
    pub path: ConnectionPath,
    /// Where to.
    pub platform: &'static Platform,
    /// See [`Link::version`].
    pub version: u64,
    /// See [`Link::secrets`].
    pub secrets: Option<Sealed>,
    /// See [`Link::is_stirred`].
    pub is_stirred: bool,
}

/// The text of a link.
pub fn write(link: &Link) -> Answer<String> {
    let written = Written {
        access_ends: link.access_ends_at.map(micros),
        organisation: link.organisation.as_ref().map(OrganisationText::of),
        consents: link.consents.iter().map(ConsentText::of).collect(),
        books: link.books.as_ref().map(BooksText::of),
        books_wanted: link.books_wanted_at.map(micros),
        mappings: link.mappings.iter().map(MappingText::of).collect(),
        endings: link.endings.iter().map(ending_text).collect(),
        failures: link.failures,
        pause: link.pause_until.map(micros),
        given_up: link.is_given_up,
    };
    serde_json::to_string(&written).map_err(|error| StoreError::Failed(error.into()))
}

/// The link of a text and its columns.
pub fn read(columns: LinkColumns, text: &str) -> Answer<Link> {
    let damaged = || StoreError::Damaged(format!("a link's standing is {text}"));
    let written: Written = serde_json::from_str(text).map_err(|_unreadable| damaged())?;
    link(columns, written).ok_or_else(damaged)
}

fn link(columns: LinkColumns, written: Written) -> Option<Link> {
    let LinkColumns { path, platform, version, secrets, is_stirred } = columns;
    let ending = |(feed, since, due): (String, i64, i64)| {
        Some(Ending { feed, since: moment(since)?, due_at: moment(due)? })
    };
    Some(Link {
        path,
        platform,
        version,
        secrets,
        access_ends_at: moment_maybe(written.access_ends)?,
        organisation: written.organisation.map(OrganisationText::read),
        consents: all(written.consents, ConsentText::read)?,
        books: maybe(written.books, BooksText::read)?,
        books_wanted_at: moment_maybe(written.books_wanted)?,
        mappings: all(written.mappings, MappingText::read)?,
        endings: all(written.endings, ending)?,
        failures: written.failures,
        pause_until: moment_maybe(written.pause)?,
        is_stirred,
        is_given_up: written.given_up,
    })
}

fn ending_text(ending: &Ending) -> (String, i64, i64) {
    (ending.feed.clone(), micros(ending.since), micros(ending.due_at))
}

/// The text of a connection's trouble.
pub fn write_trouble(trouble: &Trouble) -> Answer<String> {
    let Trouble { kind, message, since, ended_at } = trouble;
    let written = TroubleText {
        kind: kind.name().to_owned(),
        message: message.clone(),
        since: micros(*since),
        ended: ended_at.map(micros),
    };
    serde_json::to_string(&written).map_err(|error| StoreError::Failed(error.into()))
}

/// See [`write_trouble`].
pub fn read_trouble(text: &str) -> Option<Trouble> {
    let TroubleText { kind, message, since, ended } = serde_json::from_str(text).ok()?;
    let (kind, since) = (TroubleKind::parse(&kind)?, moment(since)?);
    Some(Trouble { kind, message, since, ended_at: moment_maybe(ended)? })
}

fn micros(moment: Timestamp) -> i64 {
    moment.as_microsecond()
}

fn moment(micros: i64) -> Option<Timestamp> {
    Timestamp::from_microsecond(micros).ok()
}

#[expect(clippy::option_option, reason = "unreadable is not the same as absent")]
fn moment_maybe(micros: Option<i64>) -> Option<Option<Timestamp>> {
    maybe(micros, moment)
}

#[expect(clippy::option_option, reason = "unreadable is not the same as absent")]
fn maybe<A, B>(value: Option<A>, read: impl Fn(A) -> Option<B>) -> Option<Option<B>> {
    match value {
        None => Some(None),
        Some(value) => read(value).map(Some),
    }
}

fn all<A, B>(values: Vec<A>, read: impl Fn(A) -> Option<B>) -> Option<Vec<B>> {
    values.into_iter().map(read).collect()
}

#[derive(Serialize, Deserialize)]
struct Written {
    access_ends: Option<i64>,
    organisation: Option<OrganisationText>,
    consents: Vec<ConsentText>,
    books: Option<BooksText>,
    books_wanted: Option<i64>,
    mappings: Vec<MappingText>,
    endings: Vec<(String, i64, i64)>,
    failures: u32,
    pause: Option<i64>,
    given_up: bool,
}

#[derive(Serialize, Deserialize)]
struct TroubleText {
    kind: String,
    message: String,
    since: i64,
    ended: Option<i64>,
}

#[derive(Serialize, Deserialize)]
struct OrganisationText {
    id: String,
    connection: String,
    name: String,
}

impl OrganisationText {
    fn of(organisation: &Organisation) -> Self {
        let Organisation { id, connection, name } = organisation.clone();
        Self { id, connection, name }
    }

    fn read(self) -> Organisation {
        let Self { id, connection, name } = self;
        Organisation { id, connection, name }
    }
}

#[derive(Serialize, Deserialize)]
struct ConsentText {
    id: String,
    state: [u8; 32],
    session: [u8; 32],
    redirect: String,
    begun: i64,
    stage: StageText,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum StageText {
    Asked,
    Came,
    Choose(Vec<OrganisationText>),
    Chosen(OrganisationText),
    Done,
    Failed(String),
}

impl ConsentText {
    fn of(consent: &Consent) -> Self {
        let stage = match &consent.stage {
            ConsentStage::Asked => StageText::Asked,
            ConsentStage::Came => StageText::Came,
            ConsentStage::Choose(all) => {
                StageText::Choose(all.iter().map(OrganisationText::of).collect())
            }
            ConsentStage::Chosen(one) => StageText::Chosen(OrganisationText::of(one)),
            ConsentStage::Done => StageText::Done,
            ConsentStage::Failed(why) => StageText::Failed(why.clone()),
        };
        Self {
            id: consent.id.to_string(),
            state: consent.state.0,
            session: consent.session.0,
            redirect: consent.redirect_uri.clone(),
            begun: micros(consent.begun_at),
            stage,
        }
    }

    fn read(self) -> Option<Consent> {
        let stage = match self.stage {
            StageText::Asked => ConsentStage::Asked,
            StageText::Came => ConsentStage::Came,
            StageText::Choose(all) => {
                ConsentStage::Choose(all.into_iter().map(OrganisationText::read).collect())
            }
            StageText::Chosen(one) => ConsentStage::Chosen(one.read()),
            StageText::Done => ConsentStage::Done,
            StageText::Failed(why) => ConsentStage::Failed(why),
        };
        Some(Consent {
            id: ConsentId::parse(&self.id)?,
            state: Fingerprint(self.state),
            session: Fingerprint(self.session),
            redirect_uri: self.redirect,
            begun_at: moment(self.begun)?,
            stage,
        })
    }
}

#[derive(Serialize, Deserialize)]
struct BooksText {
    read: i64,
    name: String,
    currency: Option<String>,
    country: Option<String>,
    demo: bool,
    targets: Vec<TargetText>,
    fed: Vec<FedText>,
}

/// What it leads to, its id, and our name for it.
#[derive(Serialize, Deserialize)]
struct FedText(String, String, #[serde(default)] Option<String>);

#[derive(Serialize, Deserialize)]
struct TargetText {
    id: String,
    name: String,
    code: Option<String>,
    number: Option<String>,
    kind: String,
    currency: String,
}

impl BooksText {
    fn of(books: &Books) -> Self {
        let company = &books.company;
        let fed = books.fed.iter().cloned();
        let fed = fed.map(|fed| FedText(fed.target, fed.feed, fed.token)).collect();
        Self {
            read: micros(books.read_at),
            name: company.name.clone(),
            currency: company.base_currency.map(|currency| currency.to_string()),
            country: company.country.clone(),
            demo: company.is_demo,
            targets: books.targets.iter().map(TargetText::of).collect(),
            fed,
        }
    }

    fn read(self) -> Option<Books> {
        let company = Company {
            name: self.name,
            base_currency: maybe(self.currency, |code| currency(&code))?,
            country: self.country,
            is_demo: self.demo,
        };
        let fed = self.fed.into_iter();
        let fed = fed.map(|FedText(target, feed, token)| FedTarget { target, feed, token });
        let fed = fed.collect();
        let targets = all(self.targets, TargetText::read)?;
        Some(Books { read_at: moment(self.read)?, company, targets, fed })
    }
}

fn currency(code: &str) -> Option<CurrencyCode> {
    CurrencyCode::parse(code).ok()
}

impl TargetText {
    fn of(target: &TargetAccount) -> Self {
        let TargetAccount { id, name, code, number, kind, currency } = target.clone();
        let (kind, currency) = (kind.name().to_owned(), currency.to_string());
        Self { id, name, code, number, kind, currency }
    }

    fn read(self) -> Option<TargetAccount> {
        let Self { id, name, code, number, kind, currency: money } = self;
        let (kind, currency) = (TargetKind::parse(&kind)?, currency(&money)?);
        Some(TargetAccount { id, name, code, number, kind, currency })
    }
}

#[derive(Serialize, Deserialize)]
struct MappingText {
    account: String,
    wanted: Option<String>,
    start: Option<String>,
    wished: i64,
    #[serde(default)]
    made: Option<i64>,
    attempt: u32,
    feed: Option<String>,
    stage: MappingStageText,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum MappingStageText {
    Connecting(i64),
    Connected(String),
    Failed(String),
}

impl MappingText {
    fn of(mapping: &Mapping) -> Self {
        let stage = match &mapping.stage {
            MappingStage::Connecting { due_at } => MappingStageText::Connecting(micros(*due_at)),
            MappingStage::Connected { target } => MappingStageText::Connected(target.clone()),
            MappingStage::Failed { error } => MappingStageText::Failed(error.clone()),
        };
        let Wish { account, target, feed_start } = mapping.wish.clone();
        Self {
            account: account.to_string(),
            wanted: target,
            start: feed_start.map(|day| day.to_string()),
            wished: micros(mapping.wished_at),
            made: mapping.account_made_at.map(micros),
            attempt: mapping.attempt,
            feed: mapping.feed.clone(),
            stage,
        }
    }

    fn read(self) -> Option<Mapping> {
        let stage = match self.stage {
            MappingStageText::Connecting(due) => MappingStage::Connecting { due_at: moment(due)? },
            MappingStageText::Connected(target) => MappingStage::Connected { target },
            MappingStageText::Failed(error) => MappingStage::Failed { error },
        };
        let account = AccountId::parse(&self.account).ok()?;
        let feed_start = maybe(self.start, |day| day.parse::<Date>().ok())?;
        let wish = Wish { account, target: self.wanted, feed_start };
        let (wished_at, attempt, feed) = (moment(self.wished)?, self.attempt, self.feed);
        let account_made_at = maybe(self.made, moment)?;
        Some(Mapping { wish, wished_at, account_made_at, attempt, feed, stage })
    }
}

#[cfg(test)]
#[path = "link_text_tests.rs"]
mod tests;
