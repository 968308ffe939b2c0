//! Settings that are wrong: what the operator and the customer are told, and where.

use super::scene::Scene;
use crate::harness::{Consent, Database, XeroSimulator, text, wait_for};
use reqwest::Method;
use serde_json::json;

/// A consent with these settings; what the page, the connection and the log say.
async fn told(settings: &[(&str, &str)]) -> (String, String, Vec<String>) {
    let simulator = XeroSimulator::open_live().await;
    let flags = simulator.flags_with(settings);
    let scene = Scene::with(simulator, Database::Sqlite, flags).await;
    let seen = Consent::open(&scene.caller, &scene.path("")).await.go().await;
    assert_eq!(seen.status, 200, "{seen:?}");
    assert!(seen.body.contains("Try again"), "{}", seen.body);
    let shown = scene.shown().await;
    assert_eq!(shown["status"], "PendingAuth");
    let error = text(&shown["dataConnectionErrors"][0]["errorMessage"]);
    // What a process writes is read a moment later.
    let log = wait_for("the log to tell of it", || {
        let log = scene.server.log();
        let is_there = log.iter().any(|line| line.contains("a consent came to nothing"));
        std::future::ready(is_there.then_some(log))
    })
    .await;
    (seen.body, error, log)
}

fn is_logged(log: &[String], words: &str) -> bool {
    log.iter().any(|line| line.contains("\"WARN\"") && line.contains(words))
}

#[tokio::test]
async fn a_wrong_secret_is_named() {
    let (page, error, log) = told(&[("xero.client_secret", "not-it")]).await;
    let words = "it does not know the app: see the app's client id and secret";
    assert!(error.contains(words) && is_logged(&log, "see the app's client id"), "{error}");
    assert!(page.contains("does not know the app"), "{page}");
    let all = log.join("\n") + &page + &error;
    assert!(!all.contains("not-it"), "a secret is nobody's business");
}

#[tokio::test]
async fn a_host_that_is_not_there_is_named() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = closed.local_addr().unwrap();
    drop(closed);
    let url = format!("http://{address}/token");
    let (_, error, log) = told(&[("xero.token_url", &url)]).await;
    assert!(error.contains(&address.to_string()), "{error}");
    assert!(is_logged(&log, &address.to_string()), "{log:#?}");
}

#[tokio::test]
async fn an_address_without_an_api_is_named() {
    let simulator = XeroSimulator::open_live().await;
    let url = format!("{}/nothing-here", simulator.url);
    let (_, error, log) = told(&[("xero.api_url", &url)]).await;
    assert!(error.contains("HTTP 404"), "{error}");
    assert!(is_logged(&log, "HTTP 404"), "{log:#?}");
}

#[tokio::test]
async fn a_redirect_uri_that_xero_does_not_know_is_named() {
    let scene = Scene::open(Database::Sqlite).await;
    let elsewhere = json!({"redirectUris": ["https://elsewhere.example/callback"]});
    scene.simulator.control(Method::PATCH, "settings", elsewhere).await;
    let visit = Consent::open(&scene.caller, &scene.path("")).await;
    let asked = visit.ask_xero().await;
    let refused = reqwest::get(asked).await.unwrap();
    assert_eq!(refused.status(), 400);
    assert!(refused.text().await.unwrap().contains("redirect_uri"));
    visit.ask_xero().await;
    // Xero tells the customer, and nobody else: what we can say is where they are sent back to.
    let told = wait_for("the log to tell of it", || {
        let mut log = scene.server.log().into_iter();
        std::future::ready(log.find(|line| line.contains("without having come back")))
    })
    .await;
    assert!(told.contains("\"WARN\"") && told.contains("/link/callback"), "{told}");
}

#[tokio::test]
async fn a_clock_that_is_wrong_is_named() {
    let scene = Scene::linked(Database::Sqlite, &["current"]).await;
    scene.simulator.control(Method::POST, "time", json!({"advanceSecs": 3630})).await;
    scene.simulator.control(Method::POST, "tokens/revoke", json!({})).await;
    scene.push("current", &[("a", 1.0)]).await;
    let shown = scene.until("Deauthorized").await;
    let error = text(&shown["dataConnectionErrors"][0]["errorMessage"]);
    assert!(error.contains("clock is 60 minutes behind Xero's"), "{error}");
}
