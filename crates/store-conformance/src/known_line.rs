//! Cases about lines that are pushed again: each is kept once, however many came before it and whoever comes with it.

use crate::Backend;
use crate::lists::page;
use crate::world::{World, lenient, success, today};
use domain::dates::LineDate;
use domain::line::{Line, LineKind};
use domain::push::{Awaited, LineSpan, PushOperation, PushStatus, Settlement, Withdrawal};
use store::{AcceptedPush, PushIntake};
use testkit::{NOON, a_draft_of, amount, an_account, an_intake};
use tokio::task::JoinSet;

/// Pushes lines of these ids one by one and says which were known.
async fn known(world: &World, ids: &[String]) -> Vec<bool> {
    let mut known = Vec::new();
    for id in ids {
        known.push(world.push(&[id]).await.known_lines == 1);
    }
    known
}

async fn refused(world: &World, lines: impl IntoIterator<Item = Line>) -> PushOperation {
    let operation = world.accept(world.intake(a_draft_of(lines))).await;
    assert_eq!(operation.status, PushStatus::Failed);
    operation
}

pub async fn a_line_pushed_again_is_skipped_with_a_warning(backend: &dyn Backend) {
    let world = World::open(backend).await;
    world.push(&["a", "b"]).await;
    let operation = world.push(&["b", "c", "a"]).await;
    assert_eq!(operation.known_lines, 2);
    assert_eq!(operation.lines, LineSpan { first: 2, count: 1 });
    let paths: Vec<_> =
        operation.validation.warnings.iter().map(|remark| remark.path.as_str()).collect();
    assert_eq!(paths, ["transactions[0].id", "transactions[2].id"]);
    assert_eq!(world.push_now(&operation).await, operation);
    assert_eq!(world.line_ids().await, ["a", "b", "c"]);
}

pub async fn a_push_awaits_known_lines_whose_own_push_is_under_way(backend: &dyn Backend) {
    let world = World::open(backend).await;
    world.push(&["old"]).await;
    world.settle_all(NOON).await;
    world.push(&["a", "b"]).await;
    world.push(&["c"]).await;
    let operation = world.push(&["old", "c", "new", "a", "b"]).await;
    let awaited = |place, first, count| Awaited { place, lines: LineSpan { first, count } };
    assert_eq!((operation.known_lines, operation.lines.first), (4, 4));
    assert_eq!(operation.awaited, [awaited(1, 3, 1), awaited(3, 1, 2)]);
    assert_eq!(world.push_now(&operation).await, operation);
    world.settle(&world.lease_one(NOON).await, success(), NOON).await;
    // Pushes end in their order: those of c and of the new line are still under way.
    assert_eq!(world.push(&["a", "c", "new"]).await.awaited, [awaited(1, 3, 2)]);
    world.settle(&world.lease_one(NOON).await, success(), NOON).await;
    let leased = world.lease_one(NOON).await.push;
    assert_eq!(leased, operation);
}

pub async fn lines_of_a_push_that_timed_out_are_awaited_until_all_is_known_of_them(
    backend: &dyn Backend,
) {
    let world = World::open(backend).await;
    let push = world.push(&["a"]).await;
    let lease = world.lease_one(NOON).await;
    world.settle(&lease, Settlement::TimedOut(NOON), NOON).await;
    let again = world.push(&["a"]).await;
    assert_eq!(again.awaited, [Awaited { place: 0, lines: push.lines }]);
    let known = Settlement::Resolved(Withdrawal::Nothing);
    world.settle(&world.lease_one(NOON).await, known, NOON).await;
    world.settle_all(NOON).await;
    let last = world.push(&["a"]).await;
    assert_eq!((last.known_lines, last.awaited), (1, Vec::new()));
}

pub async fn a_push_of_known_lines_alone_pends_and_keeps_none(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let first = world.push(&["a", "b"]).await;
    let balance = Some(amount("5.00"));
    let operation = world.push_lines([Line { balance, ..today("a") }, today("b")]).await;
    assert_eq!((operation.known_lines, operation.lines.count), (2, 0));
    assert_eq!(world.line_ids().await, ["a", "b"]);
    assert_eq!(world.account_now().await.balance, Some(amount("1000.00")));
    assert_eq!(world.lease_one(NOON).await.push, first);
}

pub async fn what_does_not_identify_a_line_may_differ(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let date = LineDate::parse("2024-02-29T10:21:00Z").unwrap();
    let original = Line { date, kind: None, ..today("a") };
    world.push_lines([original.clone()]).await;
    let reworded = Line {
        date: LineDate::parse("2024-02-29T10:21:00-05:00").unwrap(),
        amount: amount("-12.5"),
        balance: None,
        description: Some("another".into()),
        counterparty: Some("somebody".into()),
        reference: Some("RF18".into()),
        reconciled: Some(true),
        kind: Some(LineKind::Unknown),
        id: "a".into(),
    };
    assert_eq!(world.push_lines([reworded]).await.known_lines, 1);
    assert_eq!(world.lines().await[0].line, original);
}

pub async fn a_known_id_with_another_transaction_is_refused(backend: &dyn Backend) {
    let world = World::open(backend).await;
    world.push(&["a"]).await;
    let [date, midnight] = ["2024-02-28", "2024-02-29T00:00"].map(|d| LineDate::parse(d).unwrap());
    for different in [
        Line { amount: amount("-12.51"), ..today("a") },
        Line { date, ..today("a") },
        Line { date: midnight, ..today("a") },
        Line { kind: Some(LineKind::Credit), ..today("a") },
        Line { kind: None, ..today("a") },
    ] {
        let operation = refused(&world, [today("new"), different]).await;
        let errors = &operation.validation.errors;
        assert_eq!(
            errors.iter().map(|e| e.path.as_str()).collect::<Vec<_>>(),
            ["transactions[1].id"]
        );
        assert_eq!(operation.lines.count, 0);
    }
    assert_eq!(world.line_ids().await, ["a"]);
}

pub async fn what_was_refused_is_not_known(backend: &dyn Backend) {
    let world = World::open(backend).await;
    refused(&world, [today("twin"), today("twin")]).await;
    assert_eq!(world.push(&["twin"]).await.known_lines, 0);
}

pub async fn ids_are_compared_letter_by_letter(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let ids = [
        "acme-1",
        "ACME-1",
        "Acme-1",
        "acme-1 ",
        " acme-1",
        "acme-01",
        "6b113e06-e818-45d7-977b-8e6bb3d01269",
        "6B113E06-E818-45D7-977B-8E6BB3D01269",
        "6b113e06e81845d7977b8e6bb3d01269",
        "\u{e9}",
        "e\u{301}",
        "ß",
        "ss",
        "1",
        "1.0",
        "01",
    ]
    .map(str::to_owned);
    assert_eq!(known(&world, &ids).await, [false; 16]);
    assert_eq!(known(&world, &ids).await, [true; 16]);
    assert_eq!(world.line_ids().await, ids);
}

pub async fn another_account_knows_nothing_of_them(backend: &dyn Backend) {
    let (ours, theirs) = World::two(backend).await;
    let savings = ours.add_account(an_account(&ours.connection, "savings")).await;
    ours.push(&["a"]).await;
    let intake = PushIntake { account: savings, ..ours.intake(a_draft_of([today("a")])) };
    assert_eq!(ours.accept(intake).await.known_lines, 0);
    assert_eq!(theirs.push(&["a"]).await.known_lines, 0);
}

/// Pushes `count` lines one by one; then finds the first, middle and last among them, and nothing else.
async fn found_after(backend: &dyn Backend, count: usize) {
    let world = World::open(backend).await;
    for n in 0..count {
        world.push(&[&format!("line-{n}")]).await;
    }
    let ids = [0, count / 2, count - 1].map(|n| format!("line-{n}"));
    assert_eq!(known(&world, &ids).await, [true; 3]);
    let strangers = [format!("line-{count}"), "LINE-0".to_owned(), "line-".to_owned()];
    assert_eq!(known(&world, &strangers).await, [false; 3]);
    let everything: Vec<String> = (0..count).map(|n| format!("line-{n}")).collect();
    let everything = everything.iter().map(|id| today(id));
    let again = world.push_lines(everything).await;
    assert_eq!((again.known_lines, again.lines.count), (u32::try_from(count).unwrap(), 0));
}

pub async fn a_known_line_is_found_after_one_push(backend: &dyn Backend) {
    found_after(backend, 1).await;
}

pub async fn a_known_line_is_found_after_eight_pushes(backend: &dyn Backend) {
    found_after(backend, 8).await;
}

pub async fn a_known_line_is_found_after_three_hundred_pushes(backend: &dyn Backend) {
    found_after(backend, 300).await;
}

pub async fn known_lines_are_found_among_five_thousand(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let id = |n: u32| format!("{n:08x}-e818-45d7-977b-8e6bb3d01269");
    for push in 0..5 {
        world.push_lines((0..1_000).map(|n| today(&id(push * 1_000 + n)))).await;
    }
    let every_seventh = (0..5_000).step_by(7);
    let count = u32::try_from(every_seventh.len()).unwrap();
    let lines = every_seventh.map(|n| today(&id(n))).chain([today(&id(5_000))]);
    let operation = world.push_lines(lines).await;
    assert_eq!((operation.known_lines, operation.lines.first), (count, 5_000));
    let different = Line { amount: amount("-1.00"), ..today(&id(2_503)) };
    refused(&world, [different]).await;
    let last = world.store.list_lines(&world.account, &page(6, 1_000)).await.unwrap().unwrap();
    assert_eq!((last.items.len(), last.total), (1, 5_001));
}

pub async fn of_the_same_lines_pushed_at_once_each_is_kept_once(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let ids: Vec<String> = (0..40).map(|n| format!("line-{n}")).collect();
    let mut tasks = JoinSet::new();
    for task in 0..8_usize {
        let (store, account) = (world.store.clone(), world.account.clone());
        // Each task begins elsewhere in the list.
        let lines: Vec<_> =
            ids.iter().cycle().skip(task * 5).take(30).map(|id| today(id)).collect();
        tasks.spawn(async move {
            let draft = a_draft_of(lines);
            let intake = PushIntake { profiles: lenient(), ..an_intake(&account, draft) };
            store.accept_push(intake).await.unwrap()
        });
    }
    let mut counts = (0, 0);
    for answer in tasks.join_all().await {
        let AcceptedPush::Kept(push) = answer else { panic!("a push had nowhere to go") };
        counts = (counts.0 + push.lines.count, counts.1 + push.known_lines);
    }
    assert_eq!(counts, (40, 8 * 30 - 40));
    let (mut kept, mut expected) = (world.line_ids().await, ids);
    kept.sort();
    expected.sort();
    assert_eq!(kept, expected);
}

pub async fn a_known_line_may_be_older_than_the_window(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let late = NOON + jiff::SignedDuration::from_hours(24 * 30);
    world.accept(an_intake(&world.account, a_draft_of([today("a")]))).await;
    let again = an_intake(&world.account, a_draft_of([today("a")]));
    let operation = world.accept(PushIntake { requested_at: late, ..again }).await;
    assert_eq!((operation.status, operation.known_lines), (PushStatus::Pending, 1));
    let new = an_intake(&world.account, a_draft_of([today("b")]));
    let operation = world.accept(PushIntake { requested_at: late, ..new }).await;
    assert_eq!(operation.status, PushStatus::Failed);
}
