//! How a customer's accounts may stand, one sample for each page of the gallery.

use super::sample::{Fate, NOON, Sample, source, target};
use askama::Error;
use domain::connection::{Trouble, TroubleKind};
use domain::link::{FedTarget, TargetAccount, TargetKind};
use domain::money::CurrencyCode;
use domain::platform::FREEAGENT;
use domain::source_account::{AccountDetails, SourceAccount};

/// More than are shown side by side.
const SHOPS: u32 = 12;

/// Nobody has read the books yet.
pub(super) fn reading() -> Result<Sample, Error> {
    let mut sample = empty()?.with(current()?, Fate::Open)?;
    sample.link.books = None;
    Ok(sample)
}

/// The bank has offered no accounts.
pub(super) fn empty() -> Result<Sample, Error> {
    Ok(Sample::of(&targets()?))
}

/// A proposal for each reason that there is, and a place that does not fit for each.
pub(super) fn open() -> Result<Sample, Error> {
    let mut sample = empty()?
        .with(current()?, Fate::Open)?
        .with(savings()?, Fate::Open)?
        .with(card()?, Fate::Open)?;
    if let Some(books) = &mut sample.link.books {
        let old = FedTarget { target: old()?.id, feed: "another".to_owned(), token: None };
        books.fed.push(old);
    }
    Ok(sample)
}

/// More places than anybody reads: for one account none of them is proposed, for the other one is.
pub(super) fn long() -> Result<Sample, Error> {
    let shop = |number| target(&format!("shop-{number}"), &format!("Shop {number}"), "");
    let shops = (1..=SHOPS).map(shop).chain([old(), dollars()]);
    Sample::of(&shops.collect::<Result<Vec<_>, _>>()?)
        .with(current()?, Fate::Open)?
        .with(source("shop", "Shop 7", "30204107")?, Fate::Open)
}

/// Nothing is said that need not be said.
pub(super) fn bare() -> Result<Sample, Error> {
    let details = AccountDetails::default();
    let account = SourceAccount { details, balance: None, ..source("7f3c-42", "", "")? };
    let main = TargetAccount { number: None, ..target("main", "Main", "")? };
    let mut sample = Sample::of(&[main]).with(account, Fate::Open)?;
    sample.link.organisation = None;
    Ok(sample)
}

/// The books have nothing but an account in another currency.
pub(super) fn fitting_nothing() -> Result<Sample, Error> {
    Sample::of(&[dollars()?]).with(current()?, Fate::Open)
}

/// To an account that the books have, and to one that is being opened.
pub(super) fn connecting() -> Result<Sample, Error> {
    empty()?.with(current()?, Fate::Asked(Some("current")))?.with(savings()?, Fate::Asked(None))
}

/// To an account that the books have, and to one that was opened since they were read.
pub(super) fn connected() -> Result<Sample, Error> {
    let mut sample =
        empty()?.with(current()?, Fate::Fed("current"))?.with(savings()?, Fate::Fed("opened"))?;
    sample.connection.synced_at = Some(NOON);
    Ok(sample)
}

/// Nobody knows where to, nor since when.
pub(super) fn connected_unknown() -> Result<Sample, Error> {
    let mut sample = connected()?;
    sample.link.mappings.clear();
    Ok(sample)
}

/// One account is connected, the platform did not take the other.
pub(super) fn refused() -> Result<Sample, Error> {
    let words = "A feed of another provider <Sunrise & Sons> leads to this account already.";
    empty()?
        .with(current()?, Fate::Refused { target: Some("current"), words })?
        .with(savings()?, Fate::Fed("savings"))
}

/// One account is connected, the other was.
pub(super) fn ended() -> Result<Sample, Error> {
    empty()?.with(current()?, Fate::Ended)?.with(savings()?, Fate::Fed("savings"))
}

/// Accounts in every state.
pub(super) fn mixed() -> Result<Sample, Error> {
    let words = "The name is taken.";
    let mut sample = empty()?
        .with(current()?, Fate::Fed("current"))?
        .with(savings()?, Fate::Asked(Some("savings")))?
        .with(card()?, Fate::Open)?
        .with(source("tips", "Tips", "10209001")?, Fate::Refused { target: None, words })?
        .with(source("till", "Till of the shop", "10209002")?, Fate::Ended)?;
    sample.connection.synced_at = Some(NOON);
    Ok(sample)
}

/// Something keeps the platform from taking lines.
pub(super) fn troubled(kind: TroubleKind) -> Result<Sample, Error> {
    let mut sample = connected()?;
    let message = "the platform answered 503: Service Unavailable".to_owned();
    sample.connection.trouble = Some(Trouble { kind, message, since: NOON, ended_at: None });
    Ok(sample)
}

/// The same with a platform that takes lines however old they are.
pub(super) fn with_unlimited_history(mut sample: Sample) -> Sample {
    (sample.connection.platform, sample.link.platform) = (&FREEAGENT, &FREEAGENT);
    sample
}

/// The account that forms are filled in for.
pub(super) fn current() -> Result<SourceAccount, Error> {
    source("current", "Current account", "10204243")
}

fn savings() -> Result<SourceAccount, Error> {
    source("savings", "Rainy days", "10208810")
}

fn card() -> Result<SourceAccount, Error> {
    let account = source("card", "Company card", "5500 0000 0000 2123")?;
    let account_type = Some("Credit".to_owned());
    let details = AccountDetails { account_type, ..account.details };
    Ok(SourceAccount { details, ..account })
}

fn targets() -> Result<Vec<TargetAccount>, Error> {
    let visa = TargetAccount { kind: TargetKind::CreditCard, ..target("visa", "Visa", "")? };
    let savings = target("savings", "Rainy days", "")?;
    let current = target("current", "Business account & petty cash", "20-30-40 10204243")?;
    Ok(vec![current, savings, visa, dollars()?, old()?])
}

fn dollars() -> Result<TargetAccount, Error> {
    let currency = CurrencyCode::parse("USD").map_err(Error::custom)?;
    Ok(TargetAccount { currency, ..target("dollars", "US dollars", "000123456789")? })
}

/// An account of the books that others' transactions may go to.
pub(super) fn old() -> Result<TargetAccount, Error> {
    target("old", "Account at the bank before", "40400001")
}
