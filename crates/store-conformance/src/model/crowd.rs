//! A crowd: tasks push the same ids to a few accounts while workers lease and settle, some of them too slowly. Nobody
//! can say beforehand what comes of it, but some things hold whatever comes.

use super::dice::Dice;
use crate::Backend;
use crate::world::World;
use domain::event::KeptEvent;
use domain::ids::LeaseToken;
use domain::push::{Ending, PushOperation, PushStatus, Settlement, Withdrawal};
use domain::source_account::AccountPath;
use jiff::SignedDuration;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use store::{AcceptedPush, LeaseRequest, PushIntake, Settled, Store};
use testkit::{NOON, a_draft_of, a_line, a_uuid, an_account, noon_plus};
use tokio::task::JoinSet;

const PUSHERS: u64 = 6;
const PUSHES_EACH: u64 = 25;
const WORKERS: u64 = 3;
/// So few ids that every account meets each of them many times.
const IDS: u64 = 120;
const LINES_MAX: u64 = 30;

pub(super) async fn gather(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let savings = world.add_account(an_account(&world.connection, "savings")).await;
    let accounts = [world.account.clone(), savings];
    let ended = Arc::new(AtomicUsize::new(0));
    let mut workers = JoinSet::new();
    for seed in 0..WORKERS {
        workers.spawn(work(world.store.clone(), Dice::new(seed), ended.clone()));
    }
    let mut callers = JoinSet::new();
    for seed in 0..PUSHERS {
        let intakes: Vec<_> = intakes(&world, &accounts, &Dice::new(100 + seed));
        callers.spawn(push(world.store.clone(), intakes));
    }
    let pushes: Vec<(usize, PushOperation)> =
        callers.join_all().await.into_iter().flatten().collect();
    workers.join_all().await;
    let events = world.store.list_events(world.client, 0, 10_000).await.unwrap();
    for account in &accounts {
        assert_account(&world, account, &pushes, &events).await;
    }
}

fn intakes(world: &World, accounts: &[AccountPath], dice: &Dice) -> Vec<PushIntake> {
    let draft = || {
        let count = 1 + dice.below(LINES_MAX);
        let ids: BTreeSet<u64> = (0..count).map(|_| dice.below(IDS)).collect();
        a_draft_of(ids.iter().map(|id| a_line(&format!("line-{id}"), "2024-02-29", "-1.00")))
    };
    let intake = |_| {
        let account = dice.one_of(accounts).clone();
        PushIntake { account, ..world.intake(draft()) }
    };
    (0..PUSHES_EACH).map(intake).collect()
}

/// Pushes one after the other; answers each operation with the number of lines that were sent.
async fn push(store: Arc<dyn Store>, intakes: Vec<PushIntake>) -> Vec<(usize, PushOperation)> {
    let mut kept = Vec::new();
    for intake in intakes {
        let sent = intake.draft.lines.len();
        match store.accept_push(intake).await.unwrap() {
            AcceptedPush::Kept(operation) => kept.push((sent, operation)),
            AcceptedPush::Missing(missing) => panic!("{missing:?} is missing"),
        }
    }
    kept
}

/// Leases and settles until everything has ended. Some leases end at once, so that two workers have one push in hand.
async fn work(store: Arc<dyn Store>, dice: Dice, ended: Arc<AtomicUsize>) {
    let all = usize::try_from(PUSHERS * PUSHES_EACH).unwrap();
    while ended.load(Ordering::SeqCst) < all {
        let minutes = if dice.often(30) { 0 } else { 5 };
        let length = SignedDuration::from_mins(minutes);
        let token = LeaseToken::new(a_uuid());
        let request = LeaseRequest { token, length, count: 3, now: NOON };
        for lease in store.lease_due_work(&request).await.unwrap() {
            if dice.often(10) {
                store.release_work(&lease).await.unwrap();
                continue;
            }
            let ending = if dice.often(30) {
                let withdrawal = Withdrawal::Lines(lease.push.lines);
                Ending { withdrawal, ..Ending::timed_out() }
            } else {
                Ending::success(Vec::new())
            };
            let settlement = Settlement::Finished(ending);
            let settled = store.settle_push(&lease, &settlement, noon_plus(1)).await.unwrap();
            if settled == Settled::Written {
                ended.fetch_add(1, Ordering::SeqCst);
            } else {
                assert_eq!(minutes, 0, "a lease was lost that had not ended");
            }
        }
        tokio::task::yield_now().await;
    }
}

async fn assert_account(
    world: &World,
    account: &AccountPath,
    pushes: &[(usize, PushOperation)],
    events: &[KeptEvent],
) {
    let mut ended = BTreeMap::new();
    let mut places = BTreeMap::new();
    let mut live = Vec::new();
    for (sent, accepted) in pushes.iter().filter(|(_, push)| push.account == account.account) {
        let push = world.push_now(accepted).await;
        assert!(push.completed_at.is_some(), "{push:?} has not ended");
        assert_ne!(push.status, PushStatus::Pending);
        let counted = push.lines.count + push.known_lines;
        assert_eq!(usize::try_from(counted).unwrap(), *sent, "{push:?}");
        if push.lines.count > 0 {
            assert_eq!(places.insert(push.lines.first, push.lines.end()), None, "{push:?}");
        }
        if push.status == PushStatus::Success {
            live.extend(push.lines.first..push.lines.end());
        }
        ended.insert(push.key.to_string(), push);
    }
    let end = places.iter().fold(0, |end, (first, next)| {
        assert_eq!(end, *first, "a place is empty or was given twice: {places:?}");
        *next
    });
    let lines = world.lines_of(account).await;
    let mut found: Vec<u64> = lines.iter().map(|kept| kept.position).collect();
    found.sort_unstable();
    live.sort_unstable();
    assert_eq!(found, live, "the lines are those of the pushes that succeeded");
    let ids: BTreeSet<_> = lines.iter().map(|kept| kept.line.id.as_str()).collect();
    assert_eq!(ids.len(), lines.len(), "an id stands twice");
    let window = store::Window { from: jiff::civil::Date::MIN, to: None };
    let statement = world.store.statement_lines(account, window).await.unwrap().unwrap();
    assert_eq!((statement.watermark, statement.lines.len()), (end, lines.len()));
    let told = events.iter().filter_map(|kept| ended.get(&kept.event.push?.to_string()));
    let order: Vec<u64> = told.map(|push| push.lines.first).collect();
    assert_eq!(order.len(), ended.len(), "each push ends once");
    assert!(order.is_sorted(), "pushes were settled out of order: {order:?}");
}
