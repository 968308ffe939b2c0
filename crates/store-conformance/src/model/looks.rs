//! Looking at the store and the model side by side.

use super::book::BookAccount;
use super::play::Play;
use crate::lists::{matching, ordered, page};
use domain::ids::CompanyId;
use domain::line::{KeptLine, LINE_PROPERTIES};
use domain::page::{ListRequest, Page};
use domain::push::{LineSpan, PushOperation};
use domain::source_account::AccountPath;
use jiff::{ToSpan, tz::Offset};
use std::cmp::Reverse;
use store::Window;
use testkit::amount;

impl Play {
    /// Everything that there is.
    pub(super) async fn look_at_all(&mut self) {
        self.look_at_news().await;
        let paths: Vec<_> = self.book.accounts.iter().map(|found| found.path.clone()).collect();
        for path in &paths {
            self.look_at_account(path).await;
        }
        for company in self.companies.clone() {
            self.look_at_pushes(company.id).await;
        }
        for found in &self.book.connections {
            let path = found.connection.path();
            let there = self.turn.answered(self.store.find_connection(&path).await);
            let synced_at = there.as_ref().and_then(|there| there.synced_at);
            let expected = domain::connection::Connection { synced_at, ..found.connection.clone() };
            assert_eq!(there, Some(expected), "{}", self.turn);
        }
    }

    /// The events since the last look; those of one step have no order among them.
    pub(super) async fn look_at_news(&mut self) {
        let events =
            self.turn.answered(self.store.list_events(self.client, self.seen, 10_000).await);
        assert!(events.is_sorted_by(|a, b| a.sequence < b.sequence), "{}: {events:?}", self.turn);
        self.seen = events.last().map_or(self.seen, |last| last.sequence);
        let mut told: Vec<_> = events.into_iter().map(|kept| kept.event).collect();
        let mut expected = std::mem::take(&mut self.book.news);
        told.sort_by_key(|event| format!("{event:?}"));
        expected.sort_by_key(|event| format!("{event:?}"));
        assert_eq!(told, expected, "{}", self.turn);
    }

    /// One account with its lines.
    pub(super) async fn look_at_account(&self, path: &AccountPath) {
        let found = self.turn.answered(self.store.find_source_account(path).await);
        let book = self.book.accounts.iter().find(|account| account.path == *path);
        assert_eq!(found.as_ref(), book.map(|book| &book.account), "{}", self.turn);
        let mut kept = book.map(BookAccount::kept).unwrap_or_default();
        let mut span = LineSpan { first: 0, count: u32::MAX };
        if self.dice.often(75) {
            span = LineSpan {
                first: self.dice.below(book.map_or(1, |book| book.watermark() + 1)),
                count: 50,
            };
            kept.retain(|line| span.contains(line.position));
        }
        let lines = self.turn.answered(self.store.lines_at(path, span).await);
        assert_eq!(lines, kept, "{}: {span:?}", self.turn);
        self.look_at_page(path, book).await;
        self.look_at_window(path, book).await;
    }

    /// A page of lines in some order, or of those that match something.
    async fn look_at_page(&self, path: &AccountPath, book: Option<&BookAccount>) {
        let mut lines = book.map(BookAccount::listed).unwrap_or_default();
        let place = |kept: &KeptLine| kept.line.date.sort_key();
        let request = match self.dice.below(7) {
            0 | 1 => ListRequest::default(),
            2 | 3 => {
                lines.sort_by_key(|kept| Reverse(place(kept)));
                ordered("-date", LINE_PROPERTIES)
            }
            4 => {
                lines.sort_by_key(|kept| kept.line.amount);
                ordered("amount", LINE_PROPERTIES)
            }
            5 => {
                lines.retain(|kept| kept.line.amount > amount("5"));
                matching("amount>5", LINE_PROPERTIES)
            }
            _ => {
                lines.retain(|kept| kept.line.id == "line-7");
                matching("id=line-7", LINE_PROPERTIES)
            }
        };
        let items = u32::try_from(*self.dice.one_of(&[1, 3, 10, 40, 5_000])).unwrap();
        let pages = u64::try_from(lines.len()).unwrap() / u64::from(items) + 2;
        let number = u32::try_from(self.dice.below(pages)).unwrap() + 1;
        let paging = page(number, items).page;
        let request = ListRequest { page: paging, ..request };
        let there = self.turn.answered(self.store.list_lines(path, &request).await);
        let expected = book.map(|_| cut(&lines, number, items));
        assert_eq!(there, expected, "{}: {request:?}", self.turn);
    }

    /// What a statement over some days shows.
    async fn look_at_window(&self, path: &AccountPath, book: Option<&BookAccount>) {
        let today = Offset::UTC.to_datetime(self.now).date();
        let days = |count| i64::try_from(count).unwrap().days();
        let from = today - days(self.dice.below(25));
        let to = self.dice.often(60).then(|| from + days(self.dice.below(12)));
        let there = self.turn.answered(self.store.statement_lines(path, Window { from, to }).await);
        let expected = book.map(|book| {
            let mut lines = book.listed();
            let day = |kept: &KeptLine| kept.line.date.date();
            lines.retain(|kept| from <= day(kept) && to.is_none_or(|to| day(kept) <= to));
            let counting = book.lines.iter().filter(|line| !line.is_withdrawn);
            let newest = counting.map(|line| line.line.date.date()).max();
            let (account, watermark) = (book.account.clone(), book.watermark());
            store::StatementLines { account, lines, watermark, newest }
        });
        assert_eq!(there, expected, "{}: {from}..{to:?}", self.turn);
    }

    /// A page of a company's pushes, and one of them by its key.
    pub(super) async fn look_at_pushes(&self, company: CompanyId) {
        let of_company = |push: &&PushOperation| push.path.company == company;
        let all = self.book.pushes.iter().map(|push| &push.operation);
        let newest_first: Vec<_> = all.rev().filter(of_company).cloned().collect();
        let items = u32::try_from(*self.dice.one_of(&[2, 15, 60])).unwrap();
        let number = u32::try_from(self.dice.below(4)).unwrap() + 1;
        let request = page(number, items);
        let there =
            self.turn.answered(self.store.list_pushes(self.client, company, &request).await);
        let is_there = self.companies.iter().any(|found| found.id == company);
        let expected = is_there.then(|| cut(&newest_first, number, items));
        assert_eq!(there, expected, "{}", self.turn);
        if !newest_first.is_empty() {
            let push = self.dice.one_of(&newest_first);
            let found = self.store.find_push(self.client, company, push.key).await;
            assert_eq!(self.turn.answered(found).as_ref(), Some(push), "{}", self.turn);
        }
    }
}

fn cut<T: Clone>(all: &[T], number: u32, items: u32) -> Page<T> {
    let (skip, take) = ((number - 1) * items, items);
    let [skip, take] = [skip, take].map(|count| usize::try_from(count).unwrap());
    let total = u64::try_from(all.len()).unwrap();
    Page { items: all.iter().skip(skip).take(take).cloned().collect(), total }
}
