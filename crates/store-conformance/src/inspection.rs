//! Cases about inspecting a database: what is sound is found sound, and what is damaged is found and named.

use crate::world::{World, finished, success, today};
use crate::{Backend, Kept};
use domain::delivery::{SentStage, SentStatement};
use domain::line::Line;
use domain::push::{PushOperation, PushStatus};
use domain::source_account::AccountPath;
use std::sync::Arc;
use store::Store;
use store::inspection::{
    DeepCheck, EventInspector, Finding, Inspected, Inspector, LedgerMark, SeenLedger,
};
use store::ledger::{ChunkKind, ChunkNo, Directory, Head};
use testkit::{NOON, TODAY, a_line, amount, an_account, noon_plus};
use tokio::task::JoinSet;

/// What an inspection of everything finds, and how many lines and events it has read.
async fn inspect(store: &dyn Store) -> (Vec<Finding>, u64, u64) {
    let (mut findings, mut lines, mut events) = (Vec::new(), 0, 0);
    let mut accounts = Inspector::new(store);
    while let Some(Inspected { count, findings: more }) = accounts.next_account().await.unwrap() {
        lines += count;
        findings.extend(more);
    }
    let mut all = EventInspector::new(store);
    while let Some(Inspected { count, findings: more }) = all.next_events().await.unwrap() {
        events += count;
        findings.extend(more);
    }
    (findings, lines, events)
}

async fn findings(store: &dyn Store) -> Vec<Finding> {
    inspect(store).await.0
}

fn lines(prefix: &str, count: u32) -> impl Iterator<Item = Line> {
    (0..count).map(move |n| a_line(&format!("{prefix}-{n}"), "2024-02-29", "-12.50"))
}

/// So many pushes that the account has runs and a directory.
async fn fill(world: &World) {
    for push in 0..40 {
        world.push_lines(lines(&format!("p{push}"), 5)).await;
    }
}

async fn ledger(world: &World, account: &AccountPath) -> SeenLedger {
    let all = world.store.see_ledgers(None, 1_000).await.unwrap();
    all.into_iter().find(|seen| seen.account.as_ref() == Some(account)).unwrap()
}

/// Every chunk that an account's head leads to.
async fn chunks(world: &World, seen: &SeenLedger) -> Vec<(ChunkKind, ChunkNo)> {
    let head = Head::decode(seen.head.as_ref().unwrap()).unwrap();
    let mut segments = head.recent_segments().to_vec();
    let mut directories = head.directory_chunks().to_vec();
    let mut found = Vec::new();
    while let Some(number) = directories.pop() {
        let chunk = world.store.see_chunks(seen.mark, &[number]).await.unwrap().remove(0).unwrap();
        let directory = Directory::decode(&chunk.bytes).unwrap();
        found.push((ChunkKind::Directory, number));
        directories.extend(directory.older);
        segments.extend(directory.segments);
    }
    found.extend(head.run_chunks().into_iter().map(|number| (ChunkKind::Run, number)));
    found.extend(segments.iter().map(|entry| (ChunkKind::Segment, entry.chunk)));
    found
}

/// A segment of the account's newest ones.
async fn a_segment(world: &World) -> (LedgerMark, ChunkNo) {
    let seen = ledger(world, &world.account).await;
    let head = Head::decode(seen.head.as_ref().unwrap()).unwrap();
    (seen.mark, head.recent_segments()[0].chunk)
}

fn only(findings: &[Finding]) -> &Finding {
    assert_eq!(findings.len(), 1, "{findings:?}");
    &findings[0]
}

pub async fn a_sound_database_is_found_sound(backend: &dyn Backend) {
    let (ours, theirs) = World::two(backend).await;
    assert_eq!(findings(ours.store.as_ref()).await, []);
    fill(&ours).await;
    theirs.push(&["a", "b"]).await;
    // Known lines bring an operation without lines; withdrawn ones may come again, and older ones after them.
    theirs.push(&["a", "b"]).await;
    theirs.settle_all(NOON).await;
    theirs.push(&["late"]).await;
    let lease = theirs.lease_one(NOON).await;
    theirs.settle(&lease, finished(PushStatus::TimedOut), noon_plus(1)).await;
    theirs.push_lines([a_line("older", "2024-01-31", "1.00"), today("late")]).await;
    let gone = ours.add_account(an_account(&ours.connection, "gone")).await;
    ours.accept(testkit::an_intake(&gone, testkit::a_draft_of(lines("gone", 3)))).await;
    assert!(ours.store.delete_source_account(&gone, NOON).await.unwrap());
    let (found, lines, events) = inspect(ours.store.as_ref()).await;
    assert_eq!(found, []);
    assert_eq!(lines, 200 + 2 + 1 + 2);
    assert!(events >= 4, "{events}");
    assert_eq!(ours.store.examine(10).await.unwrap(), Vec::<String>::new());
}

pub async fn a_flipped_bit_is_found_wherever_it_is(backend: &dyn Backend) {
    let world = World::open(backend).await;
    fill(&world).await;
    let seen = ledger(&world, &world.account).await;
    let all = chunks(&world, &seen).await;
    for kind in ChunkKind::ALL {
        assert!(all.iter().any(|(found, _)| *found == kind), "{kind:?} is missing: {all:?}");
    }
    for (kind, number) in all {
        for from_end in [0, 7] {
            backend.flip(Kept::Chunk(number), from_end).await;
            let found = findings(world.store.as_ref()).await;
            let named = found.iter().find(|it| it.place.chunk == Some((kind, number)));
            let named = named.unwrap_or_else(|| panic!("{kind:?} {number} is not in {found:?}"));
            assert_eq!(named.place.account.as_ref(), Some(&world.account));
            backend.flip(Kept::Chunk(number), from_end).await;
        }
    }
    backend.flip(Kept::Head(seen.mark.account_no), 3).await;
    let found = findings(world.store.as_ref()).await;
    let head = only(&found);
    assert_eq!((head.check, head.place.account.as_ref()), (DeepCheck::Heads, Some(&world.account)));
    backend.flip(Kept::Head(seen.mark.account_no), 3).await;
    assert_eq!(findings(world.store.as_ref()).await, []);
}

pub async fn other_accounts_are_read_beside_a_damaged_one(backend: &dyn Backend) {
    let world = World::open(backend).await;
    world.push(&["a"]).await;
    let other = world.add_account(an_account(&world.connection, "other")).await;
    world.accept(testkit::an_intake(&other, testkit::a_draft_of(lines("o", 3)))).await;
    let (_, segment) = a_segment(&world).await;
    backend.flip(Kept::Chunk(segment), 9).await;
    let request = domain::page::ListRequest::default();
    let refused = world.store.list_lines(&world.account, &request).await.unwrap_err();
    assert!(matches!(refused, store::StoreError::Damaged(_)), "{refused:?}");
    assert_eq!(world.lines_of(&other).await.len(), 3);
    let found = findings(world.store.as_ref()).await;
    assert_eq!(only(&found).check, DeepCheck::Lines);
}

pub async fn a_chunk_that_is_gone_is_found(backend: &dyn Backend) {
    let world = World::open(backend).await;
    fill(&world).await;
    let (_, segment) = a_segment(&world).await;
    backend.run(&format!("delete from chunk where chunk_no = {segment}")).await;
    let found = findings(world.store.as_ref()).await;
    let gone = only(&found);
    assert_eq!(gone.place.chunk, Some((ChunkKind::Segment, segment)));
    assert_eq!(gone.what, "it is not there");
}

pub async fn a_chunk_of_another_account_is_found(backend: &dyn Backend) {
    let world = World::open(backend).await;
    world.push(&["a"]).await;
    let (_, segment) = a_segment(&world).await;
    backend.run(&format!("update chunk set account_no = 7777 where chunk_no = {segment}")).await;
    let found = findings(world.store.as_ref()).await;
    assert!(only(&found).what.contains("7777"), "{found:?}");
    backend
        .run(&format!("update chunk set account_no = 1, kind = 2 where chunk_no = {segment}"))
        .await;
    let found = findings(world.store.as_ref()).await;
    assert!(only(&found).what.contains("something else"), "{found:?}");
}

pub async fn operations_that_lost_their_lines_are_found(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let first = world.push(&["a", "b"]).await;
    world.push(&["c"]).await;
    world.push(&["d"]).await;
    backend.run("update push set line_count = 1 where line_count = 2").await;
    let found = findings(world.store.as_ref()).await;
    assert!(found.iter().all(|it| it.check == DeepCheck::Operations), "{found:?}");
    assert_eq!(found.iter().filter_map(|it| it.place.push).collect::<Vec<_>>(), [first.key]);
    assert_eq!(found[1].place.lines, Some(first.lines), "and the segment has none: {found:?}");
    backend.run("update push set line_count = 2 where first_line = 0").await;
    assert_eq!(findings(world.store.as_ref()).await, []);
    backend.run("delete from push where first_line = 3").await;
    let found = findings(world.store.as_ref()).await;
    assert_eq!(only(&found).place.lines.map(|lines| lines.first), Some(3));
}

/// Sends all of a push in one statement.
async fn send(world: &World, push: &PushOperation, opening: &str, closing: &str) {
    let lease = world.lease_one(NOON).await;
    let statement = SentStatement {
        number: 0,
        feed: "feed".into(),
        lines: push.lines,
        starts_on: TODAY,
        ends_on: TODAY,
        opening: amount(opening),
        closing: amount(closing),
        attempt: 1,
        attempted_at: noon_plus(1),
        is_doubtful: false,
        id: Some("s".into()),
        stage: SentStage::Delivered,
        stage_at: noon_plus(1),
    };
    world.store.keep_statement(&lease, &statement).await.unwrap();
    world.settle(&lease, success(), NOON).await;
}

pub async fn statements_that_do_not_add_up_are_found(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let sent = async |id: &str, opening: &str, closing: &str| {
        let push = world.push(&[id]).await;
        send(&world, &push, opening, closing).await;
        (push, findings(world.store.as_ref()).await)
    };
    assert_eq!(sent("a", "100.00", "87.50").await.1, []);
    assert_eq!(sent("b", "87.50", "75.00").await.1, []);
    let (push, found) = sent("c", "80.00", "67.50").await;
    assert_eq!(only(&found).place.push, Some(push.key), "it does not continue");
    let (push, found) = sent("d", "67.50", "67.00").await;
    assert_eq!(found.len(), 2, "{found:?}");
    assert_eq!(found[1].place.push, Some(push.key), "it is no sum");
    assert!(found.iter().all(|it| it.check == DeepCheck::Balances), "{found:?}");
}

pub async fn a_head_that_went_back_is_found(backend: &dyn Backend) {
    let world = World::open(backend).await;
    world.push(&["a", "b"]).await;
    world.settle_all(NOON).await;
    backend
        .run("create table former as select account_no as number, head as bytes from ledger")
        .await;
    let sent = world.push(&["c", "d"]).await;
    send(&world, &sent, "0.00", "-25.00").await;
    let late = world.push(&["late"]).await;
    let lease = world.lease_one(NOON).await;
    world.settle(&lease, finished(PushStatus::TimedOut), noon_plus(1)).await;
    assert_eq!(findings(world.store.as_ref()).await, [], "the last lines do not count");

    let go_back = "update ledger set head = (select bytes from former where number = account_no)";
    backend.run(go_back).await;
    assert_eq!(world.line_ids().await.len(), 2, "acknowledged lines are gone");
    let found = findings(world.store.as_ref()).await;
    assert!(found.iter().all(|it| it.check == DeepCheck::Heads), "{found:?}");
    assert!(found.iter().all(|it| it.place.account.as_ref() == Some(&world.account)), "{found:?}");
    let told: Vec<_> = found.iter().map(|it| (it.place.push, it.place.lines)).collect();
    assert_eq!(told, [&sent, &late].map(|push| (Some(push.key), Some(push.lines))));
    // Where the operations know of nothing either, what was sent does.
    backend.run("update push set line_count = 0 where first_line > 0").await;
    let found = findings(world.store.as_ref()).await;
    let head = only(&found);
    assert_eq!((head.check, head.place.push), (DeepCheck::Heads, Some(sent.key)));
}

pub async fn what_comes_while_an_account_is_inspected_is_not_told(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let other = world.add_account(an_account(&world.connection, "other")).await;
    let push = async |prefix: &str| {
        let draft = testkit::a_draft_of(lines(prefix, 3));
        world.accept(testkit::an_intake(&other, draft)).await
    };
    push("before").await;
    world.settle_all(NOON).await;
    let mut inspector = Inspector::new(world.store.as_ref());
    assert_eq!(inspector.next_account().await.unwrap(), Some(Inspected::default()));
    // By now the heads of both accounts were read.
    let sent = push("meanwhile").await;
    send(&world, &sent, "0.00", "-37.50").await;
    let inspected = inspector.next_account().await.unwrap();
    assert_eq!(inspected, Some(Inspected { count: 3, findings: Vec::new() }));
    assert_eq!(world.lines_of(&other).await.len(), 6);
}

pub async fn events_that_are_gone_are_found(backend: &dyn Backend) {
    let world = World::open(backend).await;
    for _ in 0..5 {
        world.store.create_company(&testkit::a_company(world.client)).await.unwrap();
    }
    let newest = world.store.newest_event(world.client).await.unwrap();
    backend.run(&format!("delete from event where sequence = {}", newest - 2)).await;
    backend.run(&format!("delete from event where sequence = {newest}")).await;
    let unreadable = newest - 1;
    backend.run(&format!("update event set kind = 'x' where sequence = {unreadable}")).await;
    let found = findings(world.store.as_ref()).await;
    let events: Vec<_> = found.iter().map(|it| (it.check, it.place.event)).collect();
    let at = |event| (DeepCheck::Events, Some(event));
    assert_eq!(events, [at(newest - 2), at(unreadable), at(newest)], "{found:?}");
}

pub async fn pushes_go_on_while_an_account_is_inspected(backend: &dyn Backend) {
    let world = Arc::new(World::open(backend).await);
    fill(&world).await;
    let writing = world.clone();
    let mut pushes = JoinSet::new();
    pushes.spawn(async move {
        for push in 0..40 {
            writing.push_lines(lines(&format!("meanwhile{push}"), 20)).await;
        }
    });
    while pushes.try_join_next().is_none() {
        assert_eq!(findings(world.store.as_ref()).await, []);
    }
    let (found, lines, _) = inspect(world.store.as_ref()).await;
    assert_eq!((found, lines), (Vec::new(), 200 + 800));
}
