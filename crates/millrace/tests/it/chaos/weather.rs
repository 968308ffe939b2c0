//! What goes wrong at Xero: drawn from the seed alone, whatever the workers do meanwhile.

use super::books::Books;
use testkit::{Dice, xero_weather};

/// The weather of one story.
pub(super) struct Weather(Dice);

impl Weather {
    pub(super) fn of(seed: u64) -> Self {
        Self(Dice::of(seed, "weather"))
    }

    /// The weather changes.
    pub(super) async fn change(&self, books: &Books) {
        let dice = &self.0;
        books.set(xero_weather::settings(dice)).await;
        for _ in 0..dice.between(0, 4) {
            books.order(xero_weather::fault(dice)).await;
        }
        if dice.percent(15) {
            books.expire_tokens().await;
        }
        if dice.percent(5) {
            books.revoke_tokens().await;
        }
    }
}
