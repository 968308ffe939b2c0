//! The sample page of `docs/embedding.html`, at a bank's own address, in a real browser that keeps other sites' cookies
//! from frames.

use super::scene::Scene;
use crate::browser::{Browser, Page, PageOptions};
use crate::harness::{Database, Server, text, wait_for};
use axum::Router;
use axum::response::Html;
use axum::routing::{get, post};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

const SAMPLE: &str = include_str!("../../../../../docs/embedding.html");

/// A bank's page with the company's pages within it. The page's origin is another site than the server's.
struct Bank {
    _server: Server,
    scene: Scene,
    origin: String,
    page: Page,
    _serving: JoinSet<()>,
}

impl Bank {
    async fn open(is_allowed: Allowed) -> Self {
        let server = Server::start(Database::Sqlite).await;
        let scene = Scene::with_quickbooks(&server).await;
        let token = scene.caller.get(&format!("/companies/{}/accessToken", scene.company)).await;
        let html = SAMPLE
            .replace("https://feeds.bank.example", &server.url)
            .replace("COMPANY_ID", &scene.company)
            .replace("ACCESS_TOKEN", &text(&token.expect(200).json()["accessToken"]));
        let router = Router::new()
            .route("/", get(async || Html(html)))
            .route("/accounts", post(async || "made"));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://localhost:{}", listener.local_addr().unwrap().port());
        let mut serving = JoinSet::new();
        serving.spawn(async move { axum::serve(listener, router).await.unwrap() });
        if is_allowed == Allowed::Yes {
            let settings = json!({"allowedOrigins": [origin]});
            scene.caller.post("/corsSettings", settings).await.expect(200);
        }
        let page = Browser::start().page(&PageOptions::default()).await;
        page.goto(&format!("{origin}/")).await;
        Self { _server: server, scene, origin, page, _serving: serving }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Allowed {
    Yes,
    No,
}

#[tokio::test]
async fn a_customer_connects_xero_within_the_banks_page() {
    let bank = Bank::open(Allowed::Yes).await;
    let frame = bank.page.frame().await;
    frame.wait_for("Which software do you use?").await;
    frame.expect_sound().await;
    frame.click("radio", "Xero").await;
    frame.click("button", "Next").await;
    frame.wait_for("opens in a window of its own").await;
    bank.page.wait_for("Xero was chosen").await;
    frame.expect_sound().await;
    let connections = format!("/companies/{}/connections", bank.scene.company);
    let listed = bank.scene.caller.get(&connections).await.expect(200).json();
    let id = text(&listed["results"][1]["id"]);
    let account = json!({"id": "acc-9", "accountName": "Till", "currency": "GBP", "balance": 1});
    let path = format!("{connections}/{id}/connectionInfo/bankFeedAccounts");
    bank.scene.caller.post(&path, account).await.expect(200);
    frame.click("button", "Go to Xero").await;
    let window = bank.page.follow().await;
    window.wait_for("Allow access?").await;
    window.click("button", "Allow").await;
    window.wait_for("You can close this window").await;
    window.expect_sound().await;
    // The page within the bank's has seen it by itself.
    frame.wait_for("Connect this account").await;
    bank.page.wait_for("Xero is connected").await;
    frame.expect_sound().await;
    frame.click("button", "Connect this account – Till").await;
    frame.wait_for("Connected since").await;
    // The bank's page gives as much room as is needed; a click meanwhile misses.
    wait_for("the frame to be as high as its page", async || {
        let fits = "innerHeight === Math.ceil(document.body.getBoundingClientRect().height)";
        (frame.evaluate(fits).await == true).then_some(())
    })
    .await;
    frame.click("link", "Finish").await;
    frame.wait_for("You are all set").await;
    bank.page.wait_for("All set with Xero").await;
    assert_eq!(bank.page.url().await, format!("{}/", bank.origin));
    assert_eq!(bank.page.complaints().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_customer_who_stops_is_told_of() {
    let bank = Bank::open(Allowed::Yes).await;
    let frame = bank.page.frame().await;
    frame.wait_for("Which software do you use?").await;
    frame.click("link", "Cancel").await;
    frame.wait_for("Nothing was connected").await;
    bank.page.wait_for("Nothing was connected").await;
}

#[tokio::test]
async fn a_page_that_is_not_allowed_is_told_why() {
    let bank = Bank::open(Allowed::No).await;
    bank.page.wait_for("is that origin among the corsSettings?").await;
    assert_eq!(bank.page.count("iframe", "").await, 0);
}
