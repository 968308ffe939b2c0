//! Cases about lines: that they come back as they were sent, and how they are listed and shown.

use crate::Backend;
use crate::lists::{all, matching, ordered, page};
use crate::world::{World, finished, ids_of, lenient, today};
use domain::dates::LineDate;
use domain::ids::{ConnectionId, ConnectionPath};
use domain::line::{KeptLine, LINE_PROPERTIES, Line, LineKind, Text};
use domain::page::ListRequest;
use domain::platform::{Kinds, Profile, Profiles, QUICKBOOKS};
use domain::push::{LineSpan, PushStatus};
use domain::source_account::AccountPath;
use jiff::civil::{Date, date};
use std::sync::Arc;
use store::{PushIntake, Window};
use testkit::{
    NOON, a_draft_of, a_line, a_uuid, amount, an_account, an_account_path, an_intake, noon_plus,
};

const FEBRUARY: Window =
    Window { from: Date::constant(2024, 2, 1), to: Some(Date::constant(2024, 2, 29)) };

/// Paths of accounts that this world must not reach.
fn wrong_paths(ours: &World, theirs: &World) -> [AccountPath; 3] {
    let connection = ConnectionId::new(a_uuid());
    let elsewhere = ConnectionPath { connection, ..ours.path() };
    [
        an_account_path(&ours.connection, "nobody"),
        AccountPath { connection: elsewhere, ..ours.account.clone() },
        ours.reaching_for(theirs),
    ]
}

/// Ten pushes of three lines each, their days in order: `p0-0` on the 1st of February, `p9-2` on the 1st of March.
async fn thirty_lines(world: &World) {
    let first = date(2024, 2, 1);
    for push in 0..10_i64 {
        let line = |n: i64| {
            let day = first.saturating_add(jiff::Span::new().days(push * 3 + n));
            a_line(&format!("p{push}-{n}"), &day.to_string(), &format!("{}.50", push * 3 + n))
        };
        world.push_lines((0..3).map(line)).await;
    }
}

/// Three pushes whose days go back and forth: `a2 c1 | b1 b2 | a1 c2` by first letter.
async fn out_of_order(world: &World) {
    let on = |id: &str, time: &str| a_line(id, time, "-1.00");
    world.push_lines([on("a2", "2024-02-10T09:00"), on("c1", "2024-02-20")]).await;
    world.push_lines([on("b1", "2024-02-15"), on("b2", "2024-02-15T00:00:00.5Z")]).await;
    world.push_lines([on("a1", "2024-02-10"), on("c2", "2024-02-20T00:00")]).await;
}

const IN_ORDER: [&str; 6] = ["a1", "a2", "b1", "b2", "c1", "c2"];

async fn listed(world: &World, request: ListRequest) -> (Vec<String>, u64) {
    let page = world.store.list_lines(&world.account, &request).await.unwrap().unwrap();
    (ids_of(&page.items), page.total)
}

async fn shown(world: &World, from: Date, to: Option<Date>) -> Vec<String> {
    let window = Window { from, to };
    let statement = world.store.statement_lines(&world.account, window).await.unwrap().unwrap();
    ids_of(&statement.lines)
}

/// Lines of which each has something that is easily lost.
fn delicate_lines() -> Vec<Line> {
    let mut lines: Vec<Line> =
        LineKind::ALL.iter().map(|kind| Line { kind: Some(*kind), ..today(kind.name()) }).collect();
    lines.push(Line { kind: None, ..today("no-kind") });
    for text in [
        "0001-01-01",
        "2024-03-01T23:59:59.999999999-23:59",
        "2024-02-29T00:00:00",
        "2024-02-29T10:21:00.000000001Z",
        "2024-02-29T10:21:00.5+0100",
        "2024-02-29T10:21-05",
        "1969-12-31T23:59:59+05:45",
    ] {
        lines.push(Line { date: LineDate::parse(text).unwrap(), ..today(text) });
    }
    for text in [
        "9999999999999999999999999999",
        "-9999999999999999999999999999",
        "0.00000000000000000001",
        "-12345678.12345678901234567890",
        "0",
        "0.00",
        "100.0",
        "1.10",
    ] {
        let id = format!("amount {text}");
        lines.push(Line { amount: amount(text), balance: Some(amount(text)), ..today(&id) });
    }
    for id in [
        "6b113e06-e818-45d7-977b-8e6bb3d01269",
        "6B113E06-E818-45D7-977B-8E6BB3D01270",
        "6b113E06-e818-45d7-977B-8e6bb3d01271",
        "6b113e06e81845d7977b8e6bb3d01272",
        "00000000-0000-0000-0000-000000000000",
        " spaces ",
        "12345678901234567890",
        "007",
        "тест-é-結-🏦",
    ] {
        lines.push(today(id));
    }
    lines.push(today(&"é".repeat(255)));
    let long = Some(Text::from("結".repeat(2_000)));
    lines.push(Line { description: long.clone(), counterparty: long, ..today("long") });
    lines.push(Line {
        description: Some(Text::default()),
        counterparty: Some(Text::default()),
        reference: Some("RF18 \"5390\"\n\u{0}\\".into()),
        reconciled: Some(true),
        ..today("empty texts")
    });
    let nothing = Line { description: None, balance: None, kind: None, ..today("sparse") };
    lines.push(Line { reconciled: Some(false), ..nothing });
    lines
}

pub async fn a_line_comes_back_as_it_was_sent(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let lines = delicate_lines();
    let span = world.push_lines(lines.clone()).await.lines;
    let kept = world.store.lines_at(&world.account, span).await.unwrap();
    // Amounts and dates are equal by value; `Debug` shows every digit.
    let shown: Vec<_> = kept.iter().map(|kept| format!("{:?}", kept.line)).collect();
    let sent: Vec<_> = lines.iter().map(|line| format!("{line:?}")).collect();
    for (shown, sent) in shown.iter().zip(&sent) {
        assert_eq!(shown, sent);
    }
    assert_eq!(shown.len(), sent.len());
}

pub async fn a_type_that_the_platform_does_not_know_is_kept_as_unknown(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let kinds = Kinds::Only(&[LineKind::Unknown, LineKind::Debit]);
    let profile = Profile { kinds, ..lenient().of(&QUICKBOOKS) };
    let profiles = Arc::new(Profiles::standard().with(&QUICKBOOKS, profile));
    let lines = [LineKind::Fee, LineKind::Debit].map(|kind| {
        let line = today(kind.name());
        Line { kind: Some(kind), ..line }
    });
    let intake = PushIntake { profiles, ..world.intake(a_draft_of(lines)) };
    assert_eq!(world.accept(intake).await.lines.count, 2);
    let kinds: Vec<_> = world.lines().await.into_iter().map(|kept| kept.line.kind).collect();
    assert_eq!(kinds, [Some(LineKind::Unknown), Some(LineKind::Debit)]);
}

pub async fn every_view_shows_the_same_lines(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let span = world.push_lines(delicate_lines()).await.lines;
    let mut kept = world.store.lines_at(&world.account, span).await.unwrap();
    kept.sort_by_key(|kept| (kept.line.date.sort_key(), kept.position));
    assert_eq!(world.lines().await, kept);
    let window = Window { from: date(1, 1, 1), to: None };
    let statement = world.store.statement_lines(&world.account, window).await.unwrap().unwrap();
    assert_eq!(statement.lines, kept);
}

pub async fn the_moment_of_acceptance_is_kept_with_each_push(backend: &dyn Backend) {
    let world = World::open(backend).await;
    for (minute, id) in [(1, "a"), (2, "b")] {
        let intake = world.intake(a_draft_of([today(id)]));
        world.accept(PushIntake { requested_at: noon_plus(minute), ..intake }).await;
    }
    let moments: Vec<_> = world.lines().await.iter().map(|kept| kept.accepted_at).collect();
    assert_eq!(moments, [noon_plus(1), noon_plus(2)]);
}

pub async fn lines_are_listed_by_date_then_place(backend: &dyn Backend) {
    let world = World::open(backend).await;
    out_of_order(&world).await;
    assert_eq!(listed(&world, all()).await, (IN_ORDER.map(str::to_owned).to_vec(), 6));
}

pub async fn pages_of_lines_go_on_across_pushes(backend: &dyn Backend) {
    let world = World::open(backend).await;
    thirty_lines(&world).await;
    let (everything, total) = listed(&world, all()).await;
    assert_eq!((everything.len(), total), (30, 30));
    for items in [1, 4, 7, 29, 30] {
        let mut paged = Vec::new();
        for number in 1..=30_u32.div_ceil(items) {
            let (ids, total) = listed(&world, page(number, items)).await;
            assert_eq!(total, 30);
            paged.extend(ids);
        }
        assert_eq!(paged, everything, "pages of {items}");
    }
    assert_eq!(listed(&world, page(9, 4)).await, (vec![], 30));
    assert_eq!(listed(&world, page(u32::MAX, 5_000)).await, (vec![], 30));
}

pub async fn pages_of_lines_out_of_order_are_in_order(backend: &dyn Backend) {
    let world = World::open(backend).await;
    out_of_order(&world).await;
    let mut paged = Vec::new();
    for number in 1..=3 {
        paged.extend(listed(&world, page(number, 2)).await.0);
    }
    assert_eq!(paged, IN_ORDER);
}

pub async fn the_newest_lines_come_first_on_request(backend: &dyn Backend) {
    let world = World::open(backend).await;
    thirty_lines(&world).await;
    let newest = ListRequest { page: page(1, 4).page, ..ordered("-date", LINE_PROPERTIES) };
    let first = ["p9-2", "p9-1", "p9-0", "p8-2"].map(str::to_owned).to_vec();
    assert_eq!(listed(&world, newest).await, (first, 30));
    let last = ListRequest { page: page(8, 4).page, ..ordered("-date", LINE_PROPERTIES) };
    assert_eq!(listed(&world, last).await, (vec!["p0-1".to_owned(), "p0-0".to_owned()], 30));
    let largest = ListRequest { page: page(1, 1).page, ..ordered("-amount", LINE_PROPERTIES) };
    assert_eq!(listed(&world, largest).await.0, ["p9-2"]);
}

pub async fn lines_of_equal_rank_keep_the_lists_own_order(backend: &dyn Backend) {
    let world = World::open(backend).await;
    out_of_order(&world).await;
    for order in ["amount", "-amount"] {
        assert_eq!(listed(&world, ordered(order, LINE_PROPERTIES)).await.0, IN_ORDER, "{order}");
    }
}

pub async fn lines_are_filtered_on_request(backend: &dyn Backend) {
    let world = World::open(backend).await;
    thirty_lines(&world).await;
    for (query, expected) in [
        ("amount>=28.5", vec!["p9-1", "p9-2"]),
        ("id=P4-1", vec!["p4-1"]),
        ("date>=2024-02-02&&date<=2024-02-04", vec!["p0-1", "p0-2", "p1-0"]),
        ("description~\"payment p7\"", vec!["p7-0", "p7-1", "p7-2"]),
        ("amount>1000", vec![]),
    ] {
        let count = u64::try_from(expected.len()).unwrap();
        let (ids, total) = listed(&world, matching(query, LINE_PROPERTIES)).await;
        assert_eq!(
            (ids, total),
            (expected.into_iter().map(str::to_owned).collect(), count),
            "{query}"
        );
    }
    let second = ListRequest { page: page(2, 2).page, ..matching("amount<5", LINE_PROPERTIES) };
    assert_eq!(listed(&world, second).await, (vec!["p0-2".to_owned(), "p1-0".to_owned()], 5));
}

pub async fn an_account_without_lines_has_an_empty_list(backend: &dyn Backend) {
    let world = World::open(backend).await;
    assert_eq!(listed(&world, all()).await, (vec![], 0));
    let statement = world.store.statement_lines(&world.account, FEBRUARY).await.unwrap().unwrap();
    assert_eq!((statement.lines, statement.watermark, statement.newest), (vec![], 0, None));
    let span = LineSpan { first: 0, count: 10 };
    assert_eq!(world.store.lines_at(&world.account, span).await.unwrap(), []);
}

pub async fn lines_are_reached_by_their_own_path_only(backend: &dyn Backend) {
    let (ours, theirs) = World::two(backend).await;
    ours.push(&["a"]).await;
    theirs.push(&["b"]).await;
    let span = LineSpan { first: 0, count: 10 };
    for path in wrong_paths(&ours, &theirs) {
        assert_eq!(ours.store.list_lines(&path, &all()).await.unwrap(), None);
        assert_eq!(ours.store.statement_lines(&path, FEBRUARY).await.unwrap(), None);
        assert_eq!(ours.store.lines_at(&path, span).await.unwrap(), []);
    }
    assert_eq!(
        (ours.line_ids().await, theirs.line_ids().await),
        (vec!["a".into()], vec!["b".into()])
    );
}

pub async fn accounts_do_not_share_their_lines(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let savings = world.add_account(an_account(&world.connection, "savings")).await;
    world.push(&["a"]).await;
    assert_eq!(world.lines_of(&savings).await, []);
}

pub async fn a_statement_shows_the_days_of_its_window(backend: &dyn Backend) {
    let world = World::open(backend).await;
    thirty_lines(&world).await;
    let day = |day| date(2024, 2, day);
    assert_eq!(shown(&world, day(3), Some(day(5))).await, ["p0-2", "p1-0", "p1-1"]);
    assert_eq!(shown(&world, day(3), Some(day(3))).await, ["p0-2"]);
    assert_eq!(shown(&world, day(29), None).await, ["p9-1", "p9-2"]);
    assert_eq!(shown(&world, day(1), None).await.len(), 30);
    assert_eq!(shown(&world, date(2024, 3, 2), None).await, Vec::<String>::new());
    assert_eq!(shown(&world, day(5), Some(day(3))).await, Vec::<String>::new());
    assert_eq!(
        shown(&world, date(2023, 1, 1), Some(date(2024, 1, 31))).await,
        Vec::<String>::new()
    );
}

pub async fn a_statement_finds_days_that_came_out_of_order(backend: &dyn Backend) {
    let world = World::open(backend).await;
    out_of_order(&world).await;
    let day = |day| date(2024, 2, day);
    assert_eq!(shown(&world, day(1), None).await, IN_ORDER);
    assert_eq!(shown(&world, day(10), Some(day(10))).await, ["a1", "a2"]);
    assert_eq!(shown(&world, day(11), Some(day(19))).await, ["b1", "b2"]);
    assert_eq!(shown(&world, day(20), None).await, ["c1", "c2"]);
}

pub async fn a_statement_knows_the_account_as_a_whole(backend: &dyn Backend) {
    let world = World::open(backend).await;
    out_of_order(&world).await;
    let window = Window { from: date(2024, 2, 11), to: Some(date(2024, 2, 12)) };
    let statement = world.store.statement_lines(&world.account, window).await.unwrap().unwrap();
    assert_eq!(statement.account, world.account_now().await);
    assert_eq!(statement.lines, []);
    assert_eq!((statement.watermark, statement.newest), (6, Some(date(2024, 2, 20))));
}

pub async fn lines_are_read_by_their_places(backend: &dyn Backend) {
    let world = World::open(backend).await;
    thirty_lines(&world).await;
    let at = async |first, count| {
        let span = LineSpan { first, count };
        let lines = world.store.lines_at(&world.account, span).await.unwrap();
        lines.into_iter().map(|kept| (kept.position, kept.line.id)).collect::<Vec<_>>()
    };
    let expected = [(4, "p1-1"), (5, "p1-2"), (6, "p2-0"), (7, "p2-1")];
    assert_eq!(at(4, 4).await, expected.map(|(place, id)| (place, id.into())));
    assert_eq!(at(28, 10).await.len(), 2);
    assert_eq!(at(30, 5).await, []);
    assert_eq!(at(3, 0).await, []);
    assert_eq!(at(0, u32::MAX).await.len(), 30);
}

/// Three pushes of which the middle one timed out before anybody fetched it.
async fn with_a_withdrawn_middle(world: &World) -> LineSpan {
    world.push(&["a"]).await;
    world.settle_all(NOON).await;
    let intake = world.intake(a_draft_of([today("b"), today("c")]));
    let span = world.accept(intake).await.lines;
    let lease = world.lease_one(NOON).await;
    world.settle(&lease, finished(PushStatus::TimedOut), noon_plus(1)).await;
    world.push(&["d"]).await;
    span
}

pub async fn withdrawn_lines_are_nowhere_to_be_seen(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let span = with_a_withdrawn_middle(&world).await;
    assert_eq!(span, LineSpan { first: 1, count: 2 });
    assert_eq!(listed(&world, all()).await, (vec!["a".into(), "d".into()], 2));
    assert_eq!(listed(&world, page(2, 1)).await, (vec!["d".into()], 2));
    let newest = ordered("-date", LINE_PROPERTIES);
    assert_eq!(listed(&world, newest).await.1, 2);
    assert_eq!(shown(&world, date(2024, 1, 1), None).await, ["a", "d"]);
    assert_eq!(world.store.lines_at(&world.account, span).await.unwrap(), []);
    let around = LineSpan { first: 0, count: 4 };
    let around = world.store.lines_at(&world.account, around).await.unwrap();
    let places: Vec<_> = around.iter().map(|kept: &KeptLine| kept.position).collect();
    assert_eq!(places, [0, 3]);
}

pub async fn the_watermark_stands_above_every_place(backend: &dyn Backend) {
    let world = World::open(backend).await;
    with_a_withdrawn_middle(&world).await;
    let statement = world.store.statement_lines(&world.account, FEBRUARY).await.unwrap().unwrap();
    // A fetch covers the lines below its watermark, so the places of withdrawn lines count.
    assert_eq!(statement.watermark, 4);
    assert!(statement.lines.iter().all(|kept| kept.position < statement.watermark));
}

pub async fn withdrawn_lines_may_be_pushed_again(backend: &dyn Backend) {
    let world = World::open(backend).await;
    with_a_withdrawn_middle(&world).await;
    let changed = Line { amount: amount("-99.00"), ..today("b") };
    let operation = world.push_lines([changed.clone(), today("c"), today("d")]).await;
    assert_eq!((operation.known_lines, operation.lines), (1, LineSpan { first: 4, count: 2 }));
    assert_eq!(world.line_ids().await, ["a", "d", "b", "c"]);
    let known = world.push_lines([changed, today("c")]).await;
    assert_eq!((known.known_lines, known.lines.count), (2, 0));
}

pub async fn lines_older_than_withdrawn_ones_may_be_pushed(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let newest = async || {
        let found = world.store.statement_lines(&world.account, FEBRUARY).await.unwrap();
        found.unwrap().newest
    };
    // By QuickBooks' own rules, which take nothing that is older than the newest line.
    let push = async |id: &str, day: &str| {
        world.accept(an_intake(&world.account, a_draft_of([a_line(id, day, "-1.00")]))).await
    };
    for (id, day) in [("a", "2024-02-26"), ("b", "2024-02-27"), ("c", "2024-02-28")] {
        assert_eq!(push(id, day).await.status, PushStatus::Pending);
    }
    let ends = [PushStatus::Success, PushStatus::Success, PushStatus::TimedOut];
    let expected = [date(2024, 2, 28), date(2024, 2, 28), date(2024, 2, 27)];
    for (status, day) in ends.into_iter().zip(expected) {
        let lease = world.lease_one(NOON).await;
        world.settle(&lease, finished(status), noon_plus(1)).await;
        assert_eq!(newest().await, Some(day));
    }
    assert_eq!(push("older", "2024-02-26").await.status, PushStatus::Failed);
    let other = push("d", "2024-02-27").await;
    assert_eq!(other.status, PushStatus::Pending, "{:?}", other.validation);
    assert_eq!(world.line_ids().await, ["a", "b", "d"]);
}

pub async fn an_account_whose_lines_are_all_withdrawn_begins_anew(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let intake = |day: &str| an_intake(&world.account, a_draft_of([a_line("a", day, "-1.00")]));
    world.accept(intake("2024-02-28")).await;
    let lease = world.lease_one(NOON).await;
    world.settle(&lease, finished(PushStatus::TimedOut), noon_plus(1)).await;
    let statement = world.store.statement_lines(&world.account, FEBRUARY).await.unwrap().unwrap();
    assert_eq!((statement.newest, statement.watermark), (None, 1));
    assert_eq!(world.accept(intake("2024-02-26")).await.status, PushStatus::Pending);
    assert_eq!(world.line_ids().await, ["a"]);
}
