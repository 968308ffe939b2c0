//! Cases about managed feeds and their syncs.

use crate::Backend;
use crate::world::{World, paging, today};
use domain::ids::{LeaseToken, PushKey, SyncId};
use domain::managed_sync::{
    ManagedFeed, ManagedSync, Period, SYNC_KEPT_DAYS, Schedule, SyncCause, SyncEnd, SyncErrorCode,
    SyncFault, SyncLease, SyncSettlement, SyncStatus,
};
use domain::page::ListRequest;
use domain::platform::Profiles;
use domain::query::{Filter, OrderBy};
use domain::source_account::{AccountPath, SourceAccount};
use jiff::Timestamp;
use std::sync::Arc;
use store::{DueFeed, DueRun, LeaseRequest, Missing, PushIntake, Settled, SyncBegun, SyncWish};
use testkit::{
    NOON, TODAY, a_draft_of, a_lease_request, a_uuid, an_account, an_account_path, noon_plus,
};
use tokio::task::JoinSet;

/// A caller's wish for a sync, so many minutes after noon.
pub(crate) fn a_wish(account: &AccountPath, minute: i64) -> SyncWish {
    SyncWish {
        id: SyncId::new(a_uuid()),
        account: account.clone(),
        due: None,
        profiles: Arc::new(Profiles::standard()),
        now: noon_plus(minute),
    }
}

pub(crate) async fn begin(world: &World, wish: &SyncWish) -> ManagedSync {
    let answer = world.store.begin_managed_sync(wish).await.unwrap();
    let SyncBegun::Begun(sync) = answer else { panic!("{answer:?}") };
    sync
}

async fn begin_at(world: &World, minute: i64) -> ManagedSync {
    begin(world, &a_wish(&world.account, minute)).await
}

async fn sync_now(world: &World, sync: &ManagedSync) -> ManagedSync {
    world.store.find_managed_sync(&sync.account, sync.id).await.unwrap().unwrap()
}

pub(crate) async fn lease(world: &World, now: Timestamp) -> Vec<SyncLease> {
    let token = LeaseToken::new(a_uuid());
    let request = LeaseRequest { now, token, ..a_lease_request() };
    world.store.lease_due_syncs(&request).await.unwrap()
}

pub(crate) async fn lease_one(world: &World, now: Timestamp) -> SyncLease {
    let mut leases = lease(world, now).await;
    assert_eq!(leases.len(), 1, "{leases:?}");
    leases.remove(0)
}

pub(crate) async fn settle(world: &World, lease: &SyncLease, end: SyncEnd, now: Timestamp) {
    let settlement = SyncSettlement::Finished(end);
    let settled = world.store.settle_managed_sync(lease, &settlement, now).await.unwrap();
    assert_eq!(settled, Settled::Written);
}

/// Begins a sync and ends it a minute later.
async fn ended_sync(world: &World, minute: i64, end: SyncEnd) -> ManagedSync {
    let sync = begin_at(world, minute).await;
    let lease = lease_one(world, noon_plus(minute)).await;
    settle(world, &lease, end, noon_plus(minute + 1)).await;
    sync_now(world, &sync).await
}

pub(crate) fn success() -> SyncEnd {
    SyncEnd {
        status: SyncStatus::SuccessDataPushed,
        fault: None,
        fetched_lines: 12,
        new_lines: 7,
        covers_period: true,
    }
}

fn failure() -> SyncEnd {
    SyncEnd {
        status: SyncStatus::Failed,
        fault: Some(SyncFault::new(SyncErrorCode::BankFailed, "HTTP 503 – \u{0} \u{1F4A5}")),
        fetched_lines: 0,
        new_lines: 0,
        covers_period: false,
    }
}

fn hourly() -> ManagedFeed {
    ManagedFeed::in_force(Schedule::parse("0 * * * *", NOON).unwrap(), NOON)
}

async fn set(world: &World, feed: &ManagedFeed) {
    assert!(world.store.set_managed_feed(&world.account, feed).await.unwrap());
}

async fn feed_now(world: &World) -> Option<ManagedFeed> {
    world.store.find_managed_feed(&world.account).await.unwrap()
}

async fn due(world: &World, now: Timestamp) -> Vec<DueFeed> {
    world.store.list_due_feeds(now, 10).await.unwrap()
}

/// The wish of a worker that saw the hourly schedule due at one.
fn a_run(world: &World) -> SyncWish {
    let run = DueRun { at: noon_plus(60), next_at: Some(noon_plus(120)) };
    SyncWish { due: Some(run), ..a_wish(&world.account, 61) }
}

fn listing(query: &str) -> ListRequest {
    let properties = domain::managed_sync::SYNC_PROPERTIES;
    let filter = Filter::parse_for(query, properties, "ManagedSync").unwrap();
    ListRequest { filter: Some(filter), ..ListRequest::default() }
}

async fn listed(world: &World, request: &ListRequest) -> (Vec<SyncId>, u64) {
    let page = world.store.list_managed_syncs(world.client, world.company.id, request).await;
    let page = page.unwrap().unwrap();
    (page.items.iter().map(|sync| sync.id).collect(), page.total)
}

pub async fn a_sync_is_found_as_it_was_begun(backend: &dyn Backend) {
    let world = World::open(backend).await;
    assert_eq!(world.store.find_latest_managed_sync(&world.account).await.unwrap(), None);
    let wish = a_wish(&world.account, 0);
    let sync = begin(&world, &wish).await;
    let period = Period { start: "2024-02-22T00:00:00Z".parse().unwrap(), end: NOON };
    let cause = SyncCause::AdHoc;
    assert_eq!(sync, ManagedSync::begun(wish.id, world.account.clone(), cause, period));
    assert_eq!(sync_now(&world, &sync).await, sync);
    let latest = world.store.find_latest_managed_sync(&world.account).await.unwrap();
    assert_eq!(latest, Some(sync));
}

pub async fn the_first_sync_goes_back_to_the_feeds_first_day(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let account = SourceAccount { feed_start: Some(TODAY), ..an_account(&world.connection, "new") };
    let account = world.add_account(account).await;
    let sync = begin(&world, &a_wish(&account, 0)).await;
    assert_eq!(sync.period.start.to_string(), "2024-02-29T00:00:00Z");
}

pub async fn a_sync_goes_on_where_the_last_one_that_covered_its_period_ended(
    backend: &dyn Backend,
) {
    let world = World::open(backend).await;
    let first = ended_sync(&world, 0, success()).await;
    let failed = ended_sync(&world, 10, failure()).await;
    assert_eq!((failed.period.start, failed.period.end), (NOON, noon_plus(10)));
    let later = ended_sync(&world, 20, SyncEnd { new_lines: 0, ..success() }).await;
    assert_eq!((later.period.start, later.period.end), (first.period.end, noon_plus(20)));
    assert_eq!(begin_at(&world, 30).await.period.start, noon_plus(20));
}

pub async fn of_one_account_one_sync_runs_at_a_time(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let sync = begin_at(&world, 0).await;
    let other = world.store.begin_managed_sync(&a_wish(&world.account, 1)).await.unwrap();
    assert_eq!(other, SyncBegun::Running(sync.id));
    let savings = world.add_account(an_account(&world.connection, "savings")).await;
    begin(&world, &a_wish(&savings, 1)).await;
    let lease = lease(&world, noon_plus(1)).await.remove(0);
    settle(&world, &lease, success(), noon_plus(2)).await;
    assert_ne!(begin_at(&world, 3).await.id, sync.id);
}

pub async fn of_wishes_at_once_one_is_begun(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let mut callers = JoinSet::new();
    for _ in 0..8 {
        let (store, wish) = (world.store.clone(), a_wish(&world.account, 0));
        callers.spawn(async move { store.begin_managed_sync(&wish).await.unwrap() });
    }
    let answers = callers.join_all().await;
    let begun: Vec<_> = answers
        .iter()
        .filter_map(|answer| match answer {
            SyncBegun::Begun(sync) => Some(sync.id),
            SyncBegun::Running(_) | SyncBegun::NotDue | SyncBegun::Missing(_) => None,
        })
        .collect();
    assert_eq!(begun.len(), 1, "{answers:?}");
    let running = SyncBegun::Running(begun[0]);
    assert_eq!(answers.iter().filter(|answer| **answer == running).count(), 7);
}

pub async fn a_sync_needs_an_account_of_its_client(backend: &dyn Backend) {
    let (ours, theirs) = World::two(backend).await;
    let missing = async |account: AccountPath| {
        let answer = ours.store.begin_managed_sync(&a_wish(&account, 0)).await.unwrap();
        let SyncBegun::Missing(missing) = answer else { panic!("{answer:?}") };
        missing
    };
    assert_eq!(missing(an_account_path(&ours.connection, "none")).await, Missing::Account);
    let mut elsewhere = ours.account.clone();
    elsewhere.connection.connection = theirs.connection.id;
    assert_eq!(missing(elsewhere).await, Missing::Connection);
    assert_eq!(missing(ours.reaching_for(&theirs)).await, Missing::Company);
    let sync = begin_at(&theirs, 0).await;
    let reaching = ours.reaching_for(&theirs);
    assert_eq!(ours.store.find_managed_sync(&reaching, sync.id).await.unwrap(), None);
    assert_eq!(ours.store.find_managed_sync(&ours.account, sync.id).await.unwrap(), None);
    assert_eq!(ours.store.find_latest_managed_sync(&reaching).await.unwrap(), None);
}

pub async fn a_sync_that_runs_is_leased_to_one_of_many_workers(backend: &dyn Backend) {
    let world = World::open(backend).await;
    for n in 0..6 {
        let account = world.add_account(an_account(&world.connection, &format!("a-{n}"))).await;
        begin(&world, &a_wish(&account, 0)).await;
    }
    let mut workers = JoinSet::new();
    for _ in 0..6 {
        let store = world.store.clone();
        let token = LeaseToken::new(a_uuid());
        let request = LeaseRequest { token, count: 4, ..a_lease_request() };
        workers.spawn(async move { store.lease_due_syncs(&request).await.unwrap() });
    }
    let mut leased: Vec<_> =
        workers.join_all().await.into_iter().flatten().map(|lease| lease.sync.id).collect();
    // Whoever came while another was looking may have found nothing.
    leased.extend(lease(&world, NOON).await.into_iter().map(|lease| lease.sync.id));
    assert_eq!(leased.len(), 6);
    leased.sort_unstable();
    leased.dedup();
    assert_eq!(leased.len(), 6, "no sync is leased twice");
}

pub async fn a_lease_that_ended_leaves_the_sync_to_the_next_attempt(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let sync = begin_at(&world, 0).await;
    let token = LeaseToken::new(a_uuid());
    let request = LeaseRequest { token, ..a_lease_request() };
    let held = world.store.lease_due_syncs(&request).await.unwrap();
    let until = NOON + request.length;
    assert_eq!(held, [SyncLease { token, until, attempt: 1, sync }]);
    assert_eq!(lease(&world, NOON).await, []);
    let again = lease_one(&world, until).await;
    assert_eq!((again.attempt, &again.sync), (2, &held[0].sync));
}

pub async fn a_settled_sync_stands_as_it_was_settled(backend: &dyn Backend) {
    let world = World::open(backend).await;
    for (minute, end) in [(0, failure()), (10, success())] {
        let sync = begin_at(&world, minute).await;
        let lease = lease_one(&world, noon_plus(minute)).await;
        settle(&world, &lease, end.clone(), noon_plus(minute + 1)).await;
        let expected = ManagedSync {
            ended_at: Some(noon_plus(minute + 1)),
            status: end.status,
            fault: end.fault,
            fetched_lines: end.fetched_lines,
            new_lines: end.new_lines,
            ..sync
        };
        assert_eq!(sync_now(&world, &expected).await, expected);
        assert_eq!(crate::managed_sync::lease(&world, noon_plus(minute + 60)).await, []);
    }
}

pub async fn a_sync_is_settled_once_and_only_by_its_holder(backend: &dyn Backend) {
    let world = World::open(backend).await;
    begin_at(&world, 0).await;
    let slow = lease_one(&world, NOON).await;
    let holder = lease_one(&world, slow.until).await;
    let finished = SyncSettlement::Finished(failure());
    let again = SyncSettlement::Again(noon_plus(9));
    for settlement in [&finished, &again] {
        let settled = world.store.settle_managed_sync(&slow, settlement, noon_plus(2)).await;
        assert_eq!(settled.unwrap(), Settled::LeaseLost);
    }
    settle(&world, &holder, success(), noon_plus(3)).await;
    for settlement in [&finished, &again] {
        let settled = world.store.settle_managed_sync(&holder, settlement, noon_plus(4)).await;
        assert_eq!(settled.unwrap(), Settled::LeaseLost);
    }
    assert_eq!(sync_now(&world, &holder.sync).await.status, SyncStatus::SuccessDataPushed);
}

pub async fn a_sync_to_try_again_is_due_then(backend: &dyn Backend) {
    let world = World::open(backend).await;
    begin_at(&world, 0).await;
    let first = lease_one(&world, NOON).await;
    let again = SyncSettlement::Again(noon_plus(5));
    let settled = world.store.settle_managed_sync(&first, &again, NOON).await.unwrap();
    assert_eq!(settled, Settled::Written);
    assert_eq!(lease(&world, noon_plus(4)).await, []);
    assert_eq!(lease_one(&world, noon_plus(5)).await.attempt, 2);
}

pub async fn the_pushes_of_a_sync_are_kept_with_it(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let sync = begin_at(&world, 0).await;
    let intake = |draft| PushIntake { sync: Some(sync.id), ..world.intake(draft) };
    let mut keys: Vec<PushKey> = Vec::new();
    // Accepted, all known, refused: each is the sync's.
    let twice = [today("b"), today("b")];
    for draft in [a_draft_of([today("a")]), a_draft_of([today("a")]), a_draft_of(twice)] {
        keys.push(world.accept(intake(draft)).await.key);
    }
    world.push(&["c"]).await;
    assert_eq!(sync_now(&world, &sync).await.pushes, keys);
    assert_eq!(lease_one(&world, NOON).await.sync.pushes, keys);
    let (client, company) = (world.client, world.company.id);
    let page = world.store.list_managed_syncs(client, company, &ListRequest::default()).await;
    assert_eq!(page.unwrap().unwrap().items[0].pushes, keys);
}

pub async fn a_push_to_another_account_is_not_the_syncs(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let savings = world.add_account(an_account(&world.connection, "savings")).await;
    let sync = begin(&world, &a_wish(&savings, 0)).await;
    let intake = world.intake(a_draft_of([today("a")]));
    world.accept(PushIntake { sync: Some(sync.id), ..intake }).await;
    assert_eq!(sync_now(&world, &sync).await.pushes, []);
}

pub async fn syncs_are_listed_newest_first_in_pages(backend: &dyn Backend) {
    let (world, stranger) = World::two(backend).await;
    let mut ids = Vec::new();
    for minute in [0, 10, 20] {
        ids.push(ended_sync(&world, minute, success()).await.id);
    }
    ids.reverse();
    let page = |number| ListRequest { page: paging(number, 2), ..ListRequest::default() };
    assert_eq!(listed(&world, &page(1)).await, (ids[..2].to_vec(), 3));
    assert_eq!(listed(&world, &page(2)).await, (ids[2..].to_vec(), 3));
    assert_eq!(listed(&stranger, &page(1)).await, (vec![], 0));
    let theirs = world.store.list_managed_syncs(world.client, stranger.company.id, &page(1)).await;
    assert_eq!(theirs.unwrap(), None, "the company is another client's");
}

pub async fn syncs_are_filtered_and_ordered_on_request(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let good = ended_sync(&world, 0, success()).await.id;
    let bad = ended_sync(&world, 10, failure()).await.id;
    assert_eq!(listed(&world, &listing("status=Failed")).await, (vec![bad], 1));
    assert_eq!(listed(&world, &listing("errorCode=bankFailed")).await, (vec![bad], 1));
    assert_eq!(listed(&world, &listing("sourceAccountId=current")).await.1, 2);
    let properties = domain::managed_sync::SYNC_PROPERTIES;
    let order = OrderBy::parse("executionStartUtc", properties, "ManagedSync").unwrap();
    let ordered = ListRequest { order: Some(order), ..ListRequest::default() };
    assert_eq!(listed(&world, &ordered).await.0, [good, bad]);
}

pub async fn old_syncs_are_forgotten_but_for_the_one_that_later_ones_build_on(
    backend: &dyn Backend,
) {
    let world = World::open(backend).await;
    let push = async |sync: &ManagedSync| {
        let intake = world.intake(a_draft_of([today(&sync.id.to_string())]));
        world.accept(PushIntake { sync: Some(sync.id), ..intake }).await
    };
    let older = ended_sync(&world, 0, success()).await;
    push(&older).await;
    let covering = ended_sync(&world, 10, success()).await;
    let kept = push(&covering).await;
    let failed = ended_sync(&world, 20, failure()).await;
    let day = 24 * 60;
    let within = ended_sync(&world, SYNC_KEPT_DAYS * day, failure()).await;
    assert_eq!(listed(&world, &ListRequest::default()).await.1, 4, "none is too old yet");
    let latest = begin_at(&world, SYNC_KEPT_DAYS * day + 60).await;
    assert_eq!(latest.period.start, covering.period.end);
    let ids = [latest.id, within.id, covering.id];
    assert_eq!(listed(&world, &ListRequest::default()).await, (ids.to_vec(), 3));
    for forgotten in [older, failed] {
        let found = world.store.find_managed_sync(&world.account, forgotten.id).await.unwrap();
        assert_eq!(found, None);
    }
    assert_eq!(sync_now(&world, &covering).await.pushes, [kept.key]);
}

pub async fn a_schedule_is_found_as_it_was_set(backend: &dyn Backend) {
    let (world, stranger) = World::two(backend).await;
    assert_eq!(feed_now(&world).await, None);
    assert!(!world.store.delete_managed_feed(&world.account).await.unwrap());
    set(&world, &hourly()).await;
    assert_eq!(feed_now(&world).await, Some(hourly()));
    let zoned = Schedule::parse("30 6 * * 1-5 Europe/London", NOON).unwrap();
    let resting = ManagedFeed::resting(zoned);
    set(&world, &resting).await;
    assert_eq!(feed_now(&world).await, Some(resting));
    let reaching = stranger.reaching_for(&world);
    assert!(!world.store.set_managed_feed(&reaching, &hourly()).await.unwrap());
    assert!(!world.store.delete_managed_feed(&reaching).await.unwrap());
    assert_eq!(world.store.find_managed_feed(&reaching).await.unwrap(), None);
    assert!(world.store.delete_managed_feed(&world.account).await.unwrap());
    assert_eq!(feed_now(&world).await, None);
}

pub async fn a_schedule_in_force_is_due_from_its_moment_on(backend: &dyn Backend) {
    let world = World::open(backend).await;
    set(&world, &hourly()).await;
    assert_eq!(due(&world, noon_plus(59)).await, []);
    let feed = DueFeed {
        account: world.account.clone(),
        schedule: hourly().schedule,
        due_at: noon_plus(60),
    };
    assert_eq!(due(&world, noon_plus(60)).await, std::slice::from_ref(&feed));
    assert_eq!(due(&world, noon_plus(600)).await, [feed]);
    set(&world, &ManagedFeed::resting(hourly().schedule)).await;
    assert_eq!(due(&world, noon_plus(600)).await, []);
}

pub async fn a_run_of_a_schedule_is_begun_once(backend: &dyn Backend) {
    let world = World::open(backend).await;
    set(&world, &hourly()).await;
    let mut workers = JoinSet::new();
    for _ in 0..4 {
        let (store, wish) = (world.store.clone(), a_run(&world));
        workers.spawn(async move { store.begin_managed_sync(&wish).await.unwrap() });
    }
    let answers = workers.join_all().await;
    let begun = |answer: &&SyncBegun| matches!(answer, SyncBegun::Begun(_));
    assert_eq!(answers.iter().filter(begun).count(), 1, "{answers:?}");
    assert_eq!(answers.iter().filter(|answer| **answer == SyncBegun::NotDue).count(), 3);
    let latest = world.store.find_latest_managed_sync(&world.account).await.unwrap().unwrap();
    assert_eq!(latest.cause, SyncCause::Scheduled);
    assert_eq!(feed_now(&world).await.unwrap().next_due_at, Some(noon_plus(120)));
}

pub async fn a_run_that_meets_a_running_sync_is_used_up(backend: &dyn Backend) {
    let world = World::open(backend).await;
    set(&world, &hourly()).await;
    let sync = begin_at(&world, 59).await;
    let answer = world.store.begin_managed_sync(&a_run(&world)).await.unwrap();
    assert_eq!(answer, SyncBegun::Running(sync.id));
    assert_eq!(feed_now(&world).await.unwrap().next_due_at, Some(noon_plus(120)));
}

pub async fn a_schedule_that_was_changed_begins_no_old_run(backend: &dyn Backend) {
    let world = World::open(backend).await;
    set(&world, &hourly()).await;
    set(&world, &ManagedFeed::resting(hourly().schedule)).await;
    let answer = world.store.begin_managed_sync(&a_run(&world)).await.unwrap();
    assert_eq!(answer, SyncBegun::NotDue);
    assert_eq!(world.store.find_latest_managed_sync(&world.account).await.unwrap(), None);
}

pub async fn syncs_and_schedules_go_with_what_they_hang_on(backend: &dyn Backend) {
    for level in ["account", "connection", "company"] {
        let world = World::open(backend).await;
        set(&world, &hourly()).await;
        let sync = begin_at(&world, 0).await;
        let intake = world.intake(a_draft_of([today("a")]));
        world.accept(PushIntake { sync: Some(sync.id), ..intake }).await;
        let held = lease_one(&world, NOON).await;
        let gone = match level {
            "account" => world.store.delete_source_account(&world.account, NOON).await,
            "connection" => world.store.delete_connection(&world.path(), NOON).await,
            _ => world.store.delete_company(world.client, world.company.id, NOON).await,
        };
        assert!(gone.unwrap());
        let settlement = SyncSettlement::Finished(success());
        let settled = world.store.settle_managed_sync(&held, &settlement, NOON).await.unwrap();
        assert_eq!(settled, Settled::LeaseLost, "{level}");
        assert_eq!(lease(&world, noon_plus(600)).await, [], "{level}");
        assert_eq!(due(&world, noon_plus(600)).await, [], "{level}");
        assert_eq!(feed_now(&world).await, None, "{level}");
        if level == "account" {
            // One made anew under the same id has nothing of the old one.
            world.add_account(an_account(&world.connection, "current")).await;
            assert_eq!(feed_now(&world).await, None);
            let found = world.store.find_managed_sync(&world.account, sync.id).await.unwrap();
            assert_eq!(found, None);
        }
        world.store.close().await;
    }
}
