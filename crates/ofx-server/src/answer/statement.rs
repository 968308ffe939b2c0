//! `STMTRQ` and `CCSTMTRQ` with transactions: opens the account's feed if this is its first statement, reads the lines of
//! the window, and says what must be recorded before they leave.

use domain::fetch::Fetch;
use domain::ids::{FetchId, ordered_uuid};
use domain::push::LineSpan;
use domain::source_account::SourceAccount;
use jiff::Timestamp;
use jiff::civil::Date;
use ofx::{
    OfxDateTime, ResponseMessage, Statement, StatementLine, StatusCode, TransactionList, Trn,
};
use store::{StatementLines, StatementOpened, StatementOpening};

use super::balance::bare_statement;
use super::customer::Customer;
use super::mapping::{StatedCurrency, statement_line};
use super::{Answered, NoAnswer};
use crate::options::TestTransactions;
use crate::test_lines::test_lines;
use crate::window::{self, Served};

/// Clients ask for a window without an end nearly always; whoever asked so often for one with an end is looked at afresh.
const FETCHES_SEARCHED_MAX: u32 = 50;

/// The statement over what is left of the window.
pub(super) async fn answer(
    customer: &Customer<'_>,
    trn: &Trn,
    account: &SourceAccount,
    window: &ofx::Window,
) -> Result<Answered, NoAnswer> {
    let visit = customer.visit;
    let unshown = oldest_unshown(customer, account).await?;
    let oldest = window::oldest_day(visit.now, visit.state.options.history_days, unshown);
    let asked = window::asked(window, visit.now, oldest)?;
    let account = open(customer, account, asked.first).await?;
    let feed_start = account.feed_start.unwrap_or(asked.first);
    match asked.served_from(feed_start) {
        Served::Days(days) => serve(customer, trn, &account, days).await,
        Served::BeforeFeed(day) => empty(customer, trn, &account, day),
    }
}

/// The day of the oldest line that no statement has shown: one that arrived after the latest statement without an end.
async fn oldest_unshown(
    customer: &Customer<'_>,
    account: &SourceAccount,
) -> Result<Option<Date>, NoAnswer> {
    let (store, path) = (&customer.visit.state.store, customer.path_of(account));
    let fetches = store.list_fetches(&path, Timestamp::MIN, FETCHES_SEARCHED_MAX).await?;
    let shown = fetches.iter().find(|fetch| fetch.to.is_none());
    let first = shown.map_or(0, |fetch| fetch.watermark);
    let unshown = store.lines_at(&path, LineSpan { first, count: u32::MAX }).await?;
    Ok(unshown.iter().map(|kept| kept.line.date.date()).min())
}

/// The account as it is once its feed is open; the first statement opens it from `feed_start` on.
async fn open(
    customer: &Customer<'_>,
    account: &SourceAccount,
    feed_start: Date,
) -> Result<SourceAccount, NoAnswer> {
    let now = customer.visit.now;
    let opening = StatementOpening {
        account: customer.path_of(account),
        feed_start,
        credentials_made_at: customer.credential.created_at,
        now,
    };
    match customer.visit.state.store.open_statement(&opening).await? {
        StatementOpened::Open(opened) => Ok(opened.0),
        StatementOpened::Closed => Err(StatusCode::AccountNotAuthorized.into()),
        StatementOpened::Unknown => Err(StatusCode::AccountNotFound.into()),
    }
}

async fn serve(
    customer: &Customer<'_>,
    trn: &Trn,
    opened: &SourceAccount,
    days: store::Window,
) -> Result<Answered, NoAnswer> {
    let path = customer.path_of(opened);
    let read = customer.visit.state.store.statement_lines(&path, days).await?;
    let read = read.ok_or(StatusCode::AccountNotFound)?;
    let end = window::last_day(days, read.newest);
    let list = TransactionList {
        start: window::written_start(days.from)?,
        end: window::written_end(end)?,
        lines: lines_shown(customer, &read, days),
    };
    let as_of = read.newest.and_then(OfxDateTime::noon).unwrap_or(customer.visit.stamp);
    let statement =
        Statement { transactions: Some(list), ..bare_statement(customer, &read.account, as_of) };
    let fetch = fetch_of(customer, opened, days, &read);
    let message = ResponseMessage::Statement { trn: trn.clone(), statement };
    Ok(Answered { message, fetch: Some(fetch) })
}

fn lines_shown(
    customer: &Customer<'_>,
    read: &StatementLines,
    days: store::Window,
) -> Vec<StatementLine> {
    let currency = StatedCurrency::of(&read.account);
    let wants_tests = customer.visit.state.options.test_transactions == TestTransactions::On;
    let feed_start = read.account.feed_start.unwrap_or(days.from);
    let shows_feed_start = days.from <= feed_start && days.to.is_none_or(|to| feed_start <= to);
    if read.watermark == 0 && wants_tests && shows_feed_start {
        return test_lines(&read.account, feed_start, currency.minor_digits);
    }
    read.lines.iter().map(|line| statement_line(line, &currency)).collect()
}

/// What is kept of a statement. The length of the answer is filled in when it is written.
fn fetch_of(
    customer: &Customer<'_>,
    account: &SourceAccount,
    days: store::Window,
    read: &StatementLines,
) -> Fetch {
    let visit = customer.visit;
    Fetch {
        id: FetchId::new(ordered_uuid(&*visit.state.ids, visit.now)),
        account: customer.path_of(account),
        credential: customer.credential.id,
        at: visit.now,
        from: days.from,
        to: days.to,
        watermark: read.watermark,
        lines: u32::try_from(read.lines.len()).unwrap_or(u32::MAX),
        bytes: 0,
        user_agent: visit.user_agent.clone(),
    }
}

/// Everything asked for lies before the feed: an empty list for its last day. No line can have been in it, so nothing is
/// recorded.
fn empty(
    customer: &Customer<'_>,
    trn: &Trn,
    account: &SourceAccount,
    day: Date,
) -> Result<Answered, NoAnswer> {
    let list = TransactionList {
        start: window::written_start(day)?,
        end: window::written_end(day)?,
        lines: Vec::new(),
    };
    let statement = Statement {
        transactions: Some(list),
        ..bare_statement(customer, account, customer.visit.stamp)
    };
    Ok(ResponseMessage::Statement { trn: trn.clone(), statement }.into())
}
