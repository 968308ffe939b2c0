//! Settings that are wrong: what the operator and the customer are told, and where.

use super::scene::Scene;
use crate::harness::{Consent, Database, XeroSimulator, text, wait_for};

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
