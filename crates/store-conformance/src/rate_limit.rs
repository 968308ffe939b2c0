//! Cases about how much is asked for.

use crate::Backend;
use crate::world::World;
use domain::event::{Event, EventKind};
use domain::ids::RequestId;
use domain::rate_limit::{Admission, CallerAddress, Knock, REQUEST_LIFE, RateLimits};
use jiff::{SignedDuration, Timestamp};
use testkit::{NOON, a_company, a_connection, a_uuid};
use tokio::task::JoinSet;

const DAY: SignedDuration = SignedDuration::from_hours(24);
/// The world's company is one: six requests a day.
const LIMITS: RateLimits =
    RateLimits { per_company_day: 3, at_once_per_company: 100, per_address_minute: 1 };

fn a_knock(world: &World, at: Timestamp) -> Knock {
    Knock { id: RequestId::new(a_uuid()), client: world.client, at, limits: LIMITS }
}

async fn admitted(world: &World, knock: &Knock) -> bool {
    let admission = world.store.admit_request(knock).await.unwrap();
    matches!(admission, Admission::Admitted(_))
}

async fn used_up(world: &World, at: Timestamp) -> u64 {
    let mut count = 0;
    while admitted(world, &a_knock(world, at)).await {
        count += 1;
    }
    count
}

fn event(world: &World, kind: EventKind, at: Timestamp) -> Event {
    Event::of_client(world.client, kind, at)
}

pub async fn a_day_is_used_up_once_and_that_is_news(backend: &dyn Backend) {
    let (world, stranger) = World::two(backend).await;
    let first = world.store.admit_request(&a_knock(&world, NOON)).await.unwrap();
    let Admission::Admitted(quota) = first else { panic!("{first:?}") };
    assert_eq!((quota.limit, quota.remaining), (6, 5));
    assert_eq!(used_up(&world, NOON).await, 5);
    let refused = world.store.admit_request(&a_knock(&world, NOON)).await.unwrap();
    assert!(matches!(refused, Admission::UsedUp(quota) if quota.remaining == 0), "{refused:?}");
    let news = world.new_events().await;
    assert_eq!(news, [event(&world, EventKind::RateLimitReached, NOON)]);
    assert!(admitted(&stranger, &a_knock(&stranger, NOON)).await);
}

pub async fn a_new_day_is_begun_by_whoever_comes_first(backend: &dyn Backend) {
    let world = World::open(backend).await;
    for begin_by_request in [true, false] {
        let today = if begin_by_request { NOON } else { NOON + DAY * 2 };
        used_up(&world, today).await;
        assert_eq!(world.store.begin_day(&LIMITS, today).await.unwrap(), 0);
        world.news().await;
        let tomorrow = today + DAY;
        if begin_by_request {
            assert!(admitted(&world, &a_knock(&world, tomorrow)).await);
            assert_eq!(world.store.begin_day(&LIMITS, tomorrow).await.unwrap(), 0);
        } else {
            assert_eq!(world.store.begin_day(&LIMITS, tomorrow).await.unwrap(), 1);
            assert_eq!(world.store.begin_day(&LIMITS, tomorrow).await.unwrap(), 0);
            assert!(admitted(&world, &a_knock(&world, tomorrow)).await);
        }
        let news = world.new_events().await;
        assert_eq!(news, [event(&world, EventKind::RateLimitReset, tomorrow)]);
        assert_eq!(used_up(&world, tomorrow).await, 5);
        world.news().await;
    }
}

pub async fn a_day_that_nobody_used_up_ends_without_news(backend: &dyn Backend) {
    let world = World::open(backend).await;
    assert!(admitted(&world, &a_knock(&world, NOON)).await);
    assert_eq!(world.store.begin_day(&LIMITS, NOON + DAY).await.unwrap(), 0);
    assert!(admitted(&world, &a_knock(&world, NOON + DAY)).await);
    assert_eq!(world.news().await, []);
    assert_eq!(used_up(&world, NOON + DAY).await, 5);
}

pub async fn a_company_that_is_linked_brings_its_share(backend: &dyn Backend) {
    let world = World::open(backend).await;
    assert_eq!(used_up(&world, NOON).await, 6);
    let company = a_company(world.client);
    world.store.create_company(&company).await.unwrap();
    // A second connection of one company brings nothing.
    for connection in [a_connection(&company), a_connection(&company)] {
        world.add_connection(connection).await;
    }
    assert_eq!(used_up(&world, NOON).await, 3);
    world.store.delete_company(world.client, company.id, NOON).await.unwrap();
    assert_eq!(used_up(&world, NOON).await, 0);
}

pub async fn requests_under_way_are_counted_until_they_end(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let limits = RateLimits { per_company_day: 100, at_once_per_company: 2, ..LIMITS };
    let knock = |at| Knock { limits, ..a_knock(&world, at) };
    let (first, second) = (knock(NOON), knock(NOON));
    assert!(admitted(&world, &first).await && admitted(&world, &second).await);
    let refused = world.store.admit_request(&knock(NOON)).await.unwrap();
    assert!(matches!(refused, Admission::TooMany { at_once: 2, .. }), "{refused:?}");
    world.store.end_request(world.client, first.id).await.unwrap();
    assert!(admitted(&world, &knock(NOON)).await);
    assert!(!admitted(&world, &knock(NOON)).await);
    // Ended twice, or by a stranger, nothing is freed.
    world.store.end_request(world.client, first.id).await.unwrap();
    let stranger = world.of_another_client().await;
    stranger.store.end_request(stranger.client, second.id).await.unwrap();
    assert!(!admitted(&world, &knock(NOON)).await);
    // Those whose process died end by themselves.
    assert!(admitted(&world, &knock(NOON + REQUEST_LIFE)).await);
    assert_eq!(world.news().await, []);
}

pub async fn of_requests_at_once_no_more_are_let_in(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let mut tasks = JoinSet::new();
    for _ in 0..30 {
        let (store, knock) = (world.store.clone(), a_knock(&world, NOON));
        tasks.spawn(async move { store.admit_request(&knock).await.unwrap() });
    }
    let answers = tasks.join_all().await;
    let let_in = answers.iter().filter(|answer| matches!(answer, Admission::Admitted(_))).count();
    assert_eq!(let_in, 6, "{answers:?}");
    assert_eq!(world.news().await, [EventKind::RateLimitReached]);
}

pub async fn addresses_are_counted_by_the_minute(backend: &dyn Backend) {
    let store = backend.open().await;
    let address = |text: &str| CallerAddress::of(text.parse().unwrap());
    let (ours, theirs) = (address("192.0.2.7"), address("2001:db8::1"));
    let count = async |address, at| store.count_address(address, at).await.unwrap();
    let second = SignedDuration::from_secs(1);
    assert_eq!(count(ours, NOON).await, 1);
    assert_eq!(count(ours, NOON + second * 59).await, 2);
    assert_eq!(count(theirs, NOON).await, 1);
    assert_eq!(count(ours, NOON + second * 60).await, 1);
    // A process whose clock is a little behind counts on in the newest minute.
    assert_eq!(count(ours, NOON).await, 2);
    let mut tasks = JoinSet::new();
    for _ in 0..20 {
        let store = store.clone();
        tasks.spawn(async move { store.count_address(ours, NOON + second * 120).await.unwrap() });
    }
    let mut counts = tasks.join_all().await;
    counts.sort_unstable();
    assert_eq!(counts, (1..=20).collect::<Vec<_>>());
}
