//! What goes wrong at Xero, in the words of its simulator. When it does is for the stories.

use crate::Dice;
use serde_json::{Value, json};

/// What sending lines asks for, the most important most often.
const SENDING: &[&str] = &[
    "create-statements",
    "create-statements",
    "create-statements",
    "get-statement",
    "list-statements",
    "token",
];
/// Everything that tokens open.
const OPENED: &[&str] =
    &["create-statements", "get-statement", "list-statements", "get-organisation", "get-feed"];
/// What linking asks for.
const LINKING: &[&str] = &[
    "token",
    "list-connections",
    "list-accounts",
    "get-organisation",
    "list-feeds",
    "create-feeds",
    "get-feed",
];
const CREATING: &[&str] = &["create-statements", "create-statements", "create-feeds"];
const STATEMENTS: &[&str] = &["create-statements"];
const FEEDS: &[&str] = &["create-feeds"];
const TOKENS: &[&str] = &["token"];
const CONSENTING: &[&str] = &["consent"];
const ANY: &[&str] = &[];

/// How often of all, what, and where; anywhere that is asked for, without a place.
const FAULTS: &[(u64, &str, &[&str])] = &[
    (4, "latency", ANY),
    (8, "reset-before", ANY),
    (14, "reset-after", ANY),
    (8, "truncated-body", ANY),
    (2, "slow-drip", ANY),
    (6, "too-many-requests", ANY),
    (6, "too-many-requests-bare", ANY),
    (5, "internal-error", ANY),
    (8, "internal-error-after", ANY),
    (4, "internal-error-kept", CREATING),
    (3, "organisation-offline", OPENED),
    (3, "maintenance", ANY),
    (3, "extra-fields", ANY),
    (3, "strings-for-numbers", ANY),
    (6, "token-expired", OPENED),
    (2, "tokens-revoked", OPENED),
    (1, "user-disconnects", OPENED),
    (1, "permission-lost", OPENED),
    (1, "refresh-token-reused", TOKENS),
    (5, "rejected-late", STATEMENTS),
    (4, "some-rejected", STATEMENTS),
    (2, "rejected-late", FEEDS),
    (1, "some-rejected", FEEDS),
    (1, "feed-connected-elsewhere", FEEDS),
];
/// How often of all, what, and where: what ends only when somebody does something about it.
const STUBBORN: &[(u64, &str, &[&str])] = &[
    (3, "wrong-state", CONSENTING),
    (3, "out-of-order-callback", CONSENTING),
    (3, "feed-switched-off", STATEMENTS),
    (2, "stays-pending", STATEMENTS),
];
/// Those of them after which an account has to be linked anew.
const PARTING: &[&str] = &["feed-switched-off", "stays-pending"];
/// Why statements are rejected. Not for being duplicates: that would be a lie that nobody could see through.
const PROBLEMS: &[&str] =
    &["invalid-end-balance", "invalid-request", "invalid-start-date", "internal-error"];

/// How it goes about its work.
pub fn settings(dice: &Dice) -> Value {
    let duplicates = if dice.percent(50) { "immediate" } else { "late" };
    let delivery = *dice.pick(&[0, 1, 2, 5, 20, 90]);
    let feed = *dice.pick(&[0, 1, 3, 10]);
    json!({"deliverySecs": delivery, "feedSecs": feed, "duplicates": duplicates})
}

/// A fault of the next calls that passes by itself.
pub fn fault(dice: &Dice) -> Value {
    let (fault, places) = drawn_from(FAULTS, dice);
    let usual = if dice.percent(70) { SENDING } else { LINKING };
    let place = *dice.pick(if places.is_empty() { usual } else { places });
    let problem = if place == "create-feeds" { "account-not-valid" } else { dice.pick(PROBLEMS) };
    json!({
        "fault": fault,
        "operation": place,
        "calls": dice.between(1, 3),
        "millis": dice.between(1, 15),
        "retryAfterSecs": dice.between(5, 90),
        "problem": problem,
    })
}

/// A fault that somebody has to do something about, and whether that is to link accounts anew.
pub fn stubborn_fault(dice: &Dice) -> (Value, bool) {
    let (fault, places) = drawn_from(STUBBORN, dice);
    let place = *dice.pick(places);
    (json!({"fault": fault, "operation": place}), PARTING.contains(&fault))
}

/// What goes wrong here often enough to be met in many worlds.
pub fn usual_faults() -> impl Iterator<Item = &'static str> {
    let all = FAULTS.iter().chain(STUBBORN).filter(|(weight, ..)| *weight > 1);
    all.map(|(_, fault, _)| *fault)
}

type Places = &'static [&'static str];

fn drawn_from(faults: &[(u64, &'static str, Places)], dice: &Dice) -> (&'static str, Places) {
    let all = faults.iter().map(|(weight, ..)| weight).sum();
    let mut drawn = dice.between(1, all);
    let found = faults.iter().find(|(weight, ..)| {
        let is_this = drawn <= *weight;
        drawn = drawn.saturating_sub(*weight);
        is_this
    });
    let (_, fault, places) = *found.unwrap();
    (fault, places)
}
