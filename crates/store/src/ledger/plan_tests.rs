//! Planned lists beside lists of everything: the same pages, from fewer segments.

use super::samples::typical_lines;
use super::*;
use crate::{Window, listing};
use domain::dates::LineDate;
use domain::line::{KeptLine, LINE_PROPERTIES, Line};
use domain::money::Amount;
use domain::page::{ListRequest, Page, PageRequest};
use domain::push::LineSpan;
use domain::query::{Filter, OrderBy};
use jiff::Timestamp;
use proptest::prelude::*;

/// The lines of one push, by their dates in January 2024.
type Pushed = Vec<String>;

fn line(id: usize, date: &str) -> Line {
    let date = LineDate::parse(&format!("2024-01-{date}")).unwrap();
    let amount = Amount::from(i64::try_from(id % 3).unwrap());
    let [line] = <[Line; 1]>::try_from(typical_lines(0, 0, 1)).unwrap();
    Line { id: id.to_string().into(), date, amount, ..line }
}

/// An account after some pushes, some of its lines withdrawn.
#[derive(Default)]
struct Account {
    head: Head,
    segments: Vec<Vec<u8>>,
    /// The lines that count, in the list's own order.
    lines: Vec<KeptLine>,
}

impl Account {
    fn after(pushes: &[Pushed], withdrawn: &[LineSpan]) -> Self {
        let mut account = Self::default();
        for (number, dates) in pushes.iter().enumerate() {
            let ids = number * 100..;
            let lines: Vec<Line> = ids.zip(dates).map(|(id, date)| line(id, date)).collect();
            account.push(&lines);
        }
        for span in withdrawn {
            let segments = account.head.recent_segments().to_vec();
            account.head.withdraw(*span, &segments);
            account.lines.retain(|line| !span.contains(line.position));
        }
        sort_by_date(&mut account.lines);
        account
    }

    fn push(&mut self, lines: &[Line]) {
        let accepted_at = Timestamp::UNIX_EPOCH;
        let Some(segment) = NewSegment::of(lines, accepted_at) else { return };
        let append = append::<Run>(&self.head, &[], segment).unwrap();
        let positions = append.span.first..;
        self.lines.extend(lines.iter().cloned().zip(positions).map(|(line, position)| KeptLine {
            position,
            accepted_at,
            line,
        }));
        let chunk = u64::try_from(self.segments.len()).unwrap();
        self.segments.push(append.segment.clone());
        self.head = append.finish(chunk, None, None).unwrap();
    }

    /// The page, and how many segments were read for it.
    fn list(&self, request: &ListRequest) -> (Page<KeptLine>, usize) {
        let plan = ListPlan::new(&self.head, self.head.recent_segments().to_vec(), request);
        let read = plan.segments().iter().flat_map(|entry| {
            let bytes = &self.segments[usize::try_from(entry.chunk).unwrap()];
            plan.decode(bytes, entry.span).unwrap()
        });
        (plan.page(read.collect()), plan.segments().len())
    }
}

fn request(query: &str, order: &str, page: (u32, u32)) -> ListRequest {
    let filter = Filter::parse_for(query, LINE_PROPERTIES, "BankTransaction").unwrap();
    ListRequest {
        filter: (!query.is_empty()).then_some(filter),
        order: OrderBy::parse(order, LINE_PROPERTIES, "BankTransaction").ok(),
        page: PageRequest::new(page.0, page.1).unwrap(),
    }
}

/// Twenty pushes of three lines, each beginning on the last day of the one before.
fn tidy_account() -> Account {
    let days = |day: u8| [day, day, day + 1].map(|day| format!("{day:02}")).to_vec();
    Account::after(&(1..=20).map(days).collect::<Vec<_>>(), &[])
}

fn any_pushes() -> impl Strategy<Value = Vec<Pushed>> {
    let time = prop::sample::select(vec!["", "T00:00Z", "T08:00", "T23:59:59+01:00"]);
    let date = (1..20_u8, time).prop_map(|(day, time)| format!("{day:02}{time}"));
    let pushes = prop::collection::vec(prop::collection::vec(date, 0..6), 0..8);
    (pushes, any::<bool>()).prop_map(|(mut pushes, is_in_order)| {
        if is_in_order {
            let mut dates: Vec<String> = pushes.iter().flatten().cloned().collect();
            dates.sort_by_key(|date| line(0, date).date.sort_key());
            pushes.iter_mut().flatten().zip(dates).for_each(|(old, new)| *old = new);
        }
        pushes
    })
}

fn any_request() -> impl Strategy<Value = ListRequest> {
    let query = prop_oneof![
        Just(String::new()),
        (1..20_u8, 1..20_u8).prop_map(|(from, to)| format!(
            "date>=2024-01-{from:02} && clearedOnDate<2024-01-{to:02}T08:00:01"
        )),
        (1..20_u8, 1..20_u8).prop_map(|(one, other)| format!(
            "date<2024-01-{one:02} && amount=1 || date=2024-01-{other:02}"
        )),
        (1..20_u8).prop_map(|day| format!("amount!=1 && clearedOnDate>2024-01-{day:02}")),
        (1..20_u8).prop_map(|day| format!("date!=2024-01-{day:02} || amount=2")),
    ];
    let order = prop::sample::select(vec!["", "date", "-clearedOnDate", "amount", "-amount"]);
    (query, order, (1..9_u32, 1..9_u32))
        .prop_map(|(query, order, page)| request(&query, order, page))
}

proptest! {
    #[test]
    fn a_planned_page_is_the_page_of_the_whole_list(
        pushes in any_pushes(), request in any_request(),
        withdrawn in prop::collection::vec((0..30_u64, 0..8_u32), 0..3),
    ) {
        let spans = withdrawn.into_iter().map(|(first, count)| LineSpan { first, count });
        let account = Account::after(&pushes, &spans.collect::<Vec<_>>());
        let naive = listing::select(account.lines.clone(), &request);
        prop_assert_eq!(account.list(&request).0, naive);
    }
}

#[test]
fn a_page_by_date_reads_the_segments_around_it() {
    let account = tidy_account();
    for (order, number, read_max) in [
        ("", 1, 1),
        ("date", 10, 1),
        ("clearedOnDate", 20, 1),
        ("-date", 1, 2),
        ("-clearedOnDate", 10, 4),
        ("-date", 20, 2),
        ("", 21, 0),
    ] {
        let (_, read) = account.list(&request("", order, (number, 3)));
        assert!(read <= read_max, "{read} segments were read for page {number} by {order:?}");
    }
}

#[test]
fn a_list_with_a_filter_reads_the_segments_of_its_days() {
    let account = tidy_account();
    for (query, expected) in [
        ("amount=1", 20),
        ("date=2024-01-05", 2),
        ("date>=2024-01-05 && clearedOnDate<=2024-01-06 && amount=1", 3),
        ("date=2024-01-05 || date=2024-01-07", 4),
        ("date=2024-01-05 || amount=1", 20),
        ("date>2024-02-01", 0),
        ("date>2024-01-09 && date<2024-01-02", 0),
    ] {
        let (_, read) = account.list(&request(query, "-amount", (1, 3)));
        assert_eq!(read, expected, "{query}");
    }
}

#[test]
fn lines_of_one_day_that_arrived_in_order_are_paged_by_position() {
    let pushes = vec![vec!["05".to_owned(); 3]; 20];
    let account = Account::after(&pushes, &[LineSpan { first: 0, count: 4 }]);
    let (page, read) = account.list(&request("", "", (2, 5)));
    let positions: Vec<u64> = page.items.iter().map(|line| line.position).collect();
    assert_eq!((positions, page.total, read), (vec![9, 10, 11, 12, 13], 56, 2));
}

#[test]
fn an_entry_touches_its_days_and_shares_its_positions() {
    let [first, second, third] = [1, 2, 3].map(|day| jiff::civil::date(2024, 1, day));
    let span = LineSpan { first: 10, count: 5 };
    let entry = SegmentEntry { chunk: 1, span, oldest: second, newest: second };
    let touches = |from, to| entry.touches(Window { from, to });
    assert!(touches(first, None) && touches(second, Some(second)));
    assert!(!touches(third, None) && !touches(first, Some(first)));
    let shares = |first, count| entry.shares(LineSpan { first, count });
    assert!(shares(14, 1) && shares(0, 11));
    assert!(!shares(15, 1) && !shares(0, 10) && !shares(12, 0));
}
