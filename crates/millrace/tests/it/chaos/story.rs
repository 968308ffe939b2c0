//! The story itself.

use super::bank::Bank;
use super::facts;
use super::scene::Scene;
use super::weather::Weather;
use crate::harness::{Database, on_both};
use testkit::Dice;

/// Stories that are told every time.
const SEEDS: [u64; 2] = [29, 1_709_208_000];
const SEED_VARIABLE: &str = "MILLRACE_CHAOS_SEED";
/// Long enough for every token to end that nobody renews.
const NIGHT_SECS: i64 = 9 * 60 * 60;
/// How many accounts each customer has.
const ACCOUNTS: [usize; 3] = [7, 7, 6];
/// So often the process dies.
const DEATHS: usize = 20;
/// Pushes before the last round, in which the bank sends all of each account once more.
const TURNS: usize = 36;
const PUSHES_OF_A_TURN: usize = 5;

on_both! {
    every_line_is_in_the_books_once_whatever_goes_wrong;
    every_line_is_in_the_books_once_in_another_order;
    every_line_is_in_the_books_once_with_any_seed;
}

async fn every_line_is_in_the_books_once_whatever_goes_wrong(database: Database) {
    tell(database, chosen_seed().unwrap_or(SEEDS[0])).await;
}

async fn every_line_is_in_the_books_once_in_another_order(database: Database) {
    if chosen_seed().is_none() {
        tell(database, SEEDS[1]).await;
    }
}

async fn every_line_is_in_the_books_once_with_any_seed(database: Database) {
    if chosen_seed().is_none() {
        let mut bytes = [0; 8];
        getrandom::fill(&mut bytes).unwrap();
        tell(database, u64::from_le_bytes(bytes)).await;
    }
}

fn chosen_seed() -> Option<u64> {
    std::env::var(SEED_VARIABLE).ok().map(|seed| seed.parse().unwrap())
}

/// Shown when the story ends badly.
struct Told(u64);

impl Drop for Told {
    #[expect(clippy::print_stdout, reason = "a test's runner shows it where the test fails")]
    fn drop(&mut self) {
        println!("{SEED_VARIABLE}={} tells this story again", self.0);
    }
}

async fn tell(database: Database, seed: u64) {
    let _told = Told(seed);
    let mut scene = Scene::open(database, seed, &ACCOUNTS).await;
    scene.doom(DEATHS);
    let mut bank = Bank::open(seed, scene.accounts.len());
    let (weather, pace) = (Weather::of(seed), Dice::of(seed, "pace"));
    for _ in 0..6 {
        weather.change(&scene.books).await;
        scene.pass(60).await;
    }
    scene.pass_until("everything is linked", Scene::is_linked).await;
    for turn in 0..TURNS {
        weather.change(&scene.books).await;
        let mut planned: Vec<_> = (1..PUSHES_OF_A_TURN).map(|_| bank.plan()).collect();
        let is_large = turn == TURNS / 2;
        planned.push(if is_large {
            bank.plan_large(turn % scene.accounts.len())
        } else {
            bank.plan()
        });
        scene.push(planned);
        let short = i64::try_from(pace.between(1, 150)).unwrap();
        scene.pass(if pace.percent(8) { NIGHT_SECS } else { short }).await;
    }
    scene.books.forget_orders().await;
    scene.pass_until("every push has ended", Scene::is_settled).await;
    scene.pass_until("everything is linked", Scene::is_linked).await;
    let all = (0..scene.accounts.len()).map(|account| bank.plan_all(account)).collect();
    scene.push(all);
    scene.pass_until("every push has ended", Scene::is_settled).await;
    assert_eq!(scene.operations.len(), TURNS * PUSHES_OF_A_TURN + scene.accounts.len());
    assert_eq!(scene.deaths_left, 0);
    facts::hold(&scene, &bank).await;
}
