//! Cases that are played on a store and on the model at once, and one of a crowd.

use super::crowd;
use super::play::{Mix, Play};
use crate::Backend;

const STEPS: u32 = 300;

/// Plays one world after another in one database, each under a client of its own.
async fn play(backend: &dyn Backend, mixes: impl IntoIterator<Item = Mix>) {
    let store = backend.open().await;
    for mix in mixes {
        let mut play = Play::begin(store.clone(), mix).await;
        for step in 1..=mix.steps {
            play.step(step).await;
        }
        play.end().await;
    }
}

pub async fn usual_days_go_as_the_model_says(backend: &dyn Backend) {
    let usual =
        Mix { seed: 0, steps: STEPS, companies: 2, accounts: 2, lines_max: 40, upheavals: 2 };
    play(backend, [11, 12].map(|seed| Mix { seed, ..usual })).await;
}

pub async fn eventful_days_go_as_the_model_says(backend: &dyn Backend) {
    let eventful =
        Mix { seed: 0, steps: STEPS, companies: 2, accounts: 2, lines_max: 8, upheavals: 15 };
    play(backend, [21, 22, 23].map(|seed| Mix { seed, ..eventful })).await;
}

pub async fn deep_accounts_go_as_the_model_says(backend: &dyn Backend) {
    let deep =
        Mix { seed: 0, steps: STEPS, companies: 1, accounts: 1, lines_max: 40, upheavals: 0 };
    play(backend, [31].map(|seed| Mix { seed, ..deep })).await;
}

pub async fn a_crowd_leaves_every_line_once_and_settles_in_order(backend: &dyn Backend) {
    crowd::gather(backend).await;
}
