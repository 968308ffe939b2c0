//! QuickBooks, which fetches from whichever process answers.

use super::setting::PASSWORD;
use super::world::{Ground, World};
use async_trait::async_trait;
use axum::body::Body;
use axum::http::Request;
use serde_json::Value;
use simulators::QuickBooks;
use simulators::quickbooks::{Bank, Choice, Chosen};
use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use testkit::Dice;

#[derive(Debug)]
struct Door {
    world: Arc<World>,
    dice: Dice,
    /// Which answers get lost.
    losses: Dice,
}

#[async_trait]
impl Bank for Door {
    async fn ask(&self, file: String) -> io::Result<(u16, Vec<u8>)> {
        let process = self.world.door(&self.dice).ok_or(io::ErrorKind::ConnectionRefused)?;
        let request = Request::post("/ofx").header("Content-Type", "application/x-ofx");
        let asked = process.call(request.body(Body::from(file)).unwrap());
        let reply = asked.answer().await.ok_or(io::ErrorKind::ConnectionReset)?;
        let Ground { stage, outside, .. } = &self.world.ground;
        stage.note(|| format!("OFX is answered {}", reply.status));
        // The fetch is kept by now, and whoever fetched knows nothing of it.
        if self.losses.percent(outside.loss.load(Ordering::Relaxed)) {
            stage.counts.count("answer to QuickBooks lost");
            return Err(io::ErrorKind::ConnectionReset.into());
        }
        Ok((reply.status, reply.body))
    }
}

/// Customers who have linked everything.
pub(crate) async fn open(world: &Arc<World>, customers: &[(String, String)]) -> Arc<QuickBooks> {
    let dice = Dice::of(world.ground.seed, "quickbooks");
    let losses = Dice::of(world.ground.seed, "answers to quickbooks");
    let door = Door { world: world.clone(), dice, losses };
    let quickbooks = QuickBooks::at_hand(Arc::new(door), world.ground.clock.clone()).unwrap();
    for (connection, username) in customers {
        quickbooks.link(connection, username, PASSWORD).await.unwrap();
        let all = Choice { accounts: Chosen::All, ..Choice::default() };
        quickbooks.choose(connection, &all).await.unwrap();
    }
    Arc::new(quickbooks)
}

/// The books of every account, by the connection and the account's number.
pub(crate) async fn books(quickbooks: &QuickBooks) -> BTreeMap<(String, String), Value> {
    let shown = serde_json::to_value(quickbooks.books().await).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let mut books = BTreeMap::new();
    for customer in shown["customers"].as_array().unwrap() {
        for account in customer["accounts"].as_array().unwrap() {
            let name = (text(&customer["connection"]), text(&account["number"]));
            books.insert(name, account.clone());
        }
    }
    books
}
