//! What goes wrong at Xero: drawn from the seed alone, whatever the workers do meanwhile.

use super::books::Books;
use serde_json::{Value, json};
use testkit::Dice;

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
const ANY: &[&str] = &[];

/// How often of all, what, and where; anywhere that is asked for, without a place.
const FAULTS: &[(u64, &str, &[&str])] = &[
    (6, "latency", ANY),
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
/// Why statements are rejected. Not for being duplicates: that would be a lie that nobody could see through.
const PROBLEMS: &[&str] =
    &["invalid-end-balance", "invalid-request", "invalid-start-date", "internal-error"];

/// The weather of one story.
pub(super) struct Weather(Dice);

impl Weather {
    pub(super) fn of(seed: u64) -> Self {
        Self(Dice::of(seed, "weather"))
    }

    /// The weather changes.
    pub(super) async fn change(&self, books: &Books) {
        let dice = &self.0;
        let duplicates = if dice.percent(50) { "immediate" } else { "late" };
        let delivery = *dice.pick(&[0, 1, 2, 5, 20, 90]);
        let feed = *dice.pick(&[0, 1, 3, 10]);
        let settings =
            json!({"deliverySecs": delivery, "feedSecs": feed, "duplicates": duplicates});
        books.set(settings).await;
        for _ in 0..dice.between(0, 4) {
            books.order(self.fault()).await;
        }
        if dice.percent(15) {
            books.expire_tokens().await;
        }
        if dice.percent(5) {
            books.revoke_tokens().await;
        }
    }

    fn fault(&self) -> Value {
        let dice = &self.0;
        let all = FAULTS.iter().map(|(weight, ..)| weight).sum();
        let mut drawn = dice.between(1, all);
        let found = FAULTS.iter().find(|(weight, ..)| {
            let is_this = drawn <= *weight;
            drawn = drawn.saturating_sub(*weight);
            is_this
        });
        let (_, fault, places) = found.unwrap();
        let usual = if dice.percent(70) { SENDING } else { LINKING };
        let place = *dice.pick(if places.is_empty() { usual } else { places });
        let problem =
            if place == "create-feeds" { "account-not-valid" } else { dice.pick(PROBLEMS) };
        json!({
            "fault": fault,
            "operation": place,
            "calls": dice.between(1, 3),
            "millis": dice.between(1, 15),
            "retryAfterSecs": dice.between(5, 90),
            "problem": problem,
        })
    }
}
