//! Pages within a page of the bank's own: without cookies, and only where the bank allows it.

use super::browser::{Browser, Page};
use super::scene::Scene;
use crate::harness::{Database, Server, on_both};
use reqwest::Method;
use reqwest::header::{LOCATION, SET_COOKIE};
use serde_json::json;

on_both! {
    a_framed_visit_goes_on_without_cookies;
    only_a_page_that_the_bank_lists_may_show_a_link;
    a_secret_of_one_kind_of_visit_is_none_of_the_other;
}

const BANK: &str = "https://bank.example";

async fn allow(scene: &Scene, origins: &[&str]) {
    let settings = json!({"allowedOrigins": origins});
    scene.caller.post("/corsSettings", settings).await.expect(200);
}

fn framed(link: &str, origin: &str) -> String {
    format!("{link}&embedder={}", origin.replace(':', "%3A").replace('/', "%2F"))
}

fn policy(page: &Page) -> &str {
    page.reply.headers["content-security-policy"].to_str().unwrap()
}

async fn a_framed_visit_goes_on_without_cookies(database: Database) {
    let server = Server::start(database).await;
    let scene = Scene::with_quickbooks(&server).await;
    allow(&scene, &[BANK]).await;
    let mut browser = Browser::new(&server.url);
    let link = framed(&scene.company_link().await, BANK);
    let opened = browser.get(&format!("{link}&locale=fr-FR")).await.expect(303);
    let address = opened.headers[LOCATION].to_str().unwrap().to_owned();
    assert!(address.starts_with("/link/framed/fr-FR/"), "{address}");
    assert!(address.ends_with(&format!("/company/{}", scene.company)), "{address}");
    let page = browser.open(&address).await.expect(200);
    page.says("Quel logiciel").says("data-to=\"https://bank.example\"").says("choosing");
    assert!(policy(&page).contains("frame-ancestors https://bank.example;"), "{}", policy(&page));
    assert!(!page.reply.headers.contains_key("x-frame-options"));
    let english = page.href(&address.replace("fr-FR", "en"));
    let page = browser.open(&english).await.expect(200);
    page.says("Which software do you use?");
    let quickbooks = browser.submit(&page, "software").await.expect(200);
    quickbooks.says("Connect Sunrise Bank to QuickBooks").says(&scene.connection);
    quickbooks.says("&#34;isLinked&#34;:false").says("&#34;integrationKey&#34;:&#34;hcws&#34;");
    let setup = browser.open(&quickbooks.href("/setup")).await.expect(200);
    let secrets = browser.submit(&setup, "credentials").await.expect(200);
    secrets.says("data-from=\"/link/framed/en/");
    let ended = browser.open(&quickbooks.href("/cancel")).await.expect(200);
    ended.says("Nothing was connected").says("&#34;closed&#34;");
    let cookies = browser.cookies().keys().filter(|name| name.contains("millrace")).count();
    assert_eq!(cookies, 0, "a frame keeps none");
    // The platform's window stands by itself, and comes back with a cookie.
    allow(&scene, &[BANK, "https://other.example"]).await;
    let chosen = browser.request(Method::POST, &page.form("software").0);
    let (_, hidden) = page.form("software");
    let chosen = chosen.header("Content-Type", "application/x-www-form-urlencoded");
    let chosen = chosen.body(hidden.replace("hcws", "gbol"));
    let chosen = browser.send(chosen).await.expect(303);
    let xero = browser.open(chosen.headers[LOCATION].to_str().unwrap()).await.expect(200);
    xero.says("target=\"_blank\"").says("opens in a window of its own");
    xero.says("data-every=\"2\"");
    assert!(!xero.reply.headers.contains_key("refresh"), "its script looks");
    let (action, hidden) = xero.form("authorize");
    let asked = browser.request(Method::POST, &action);
    let asked = asked.header("Content-Type", "application/x-www-form-urlencoded");
    let asked = browser.send(asked.body(hidden)).await.expect(303);
    assert!(asked.headers[SET_COOKIE].to_str().unwrap().starts_with("millrace-link-"));
    // From now on the bank allows nothing.
    allow(&scene, &[]).await;
    let page = browser.open(&english).await.expect(200);
    assert!(policy(&page).contains("frame-ancestors 'none'"), "{}", policy(&page));
}

async fn only_a_page_that_the_bank_lists_may_show_a_link(database: Database) {
    let server = Server::start(database).await;
    let scene = Scene::with_quickbooks(&server).await;
    allow(&scene, &[BANK]).await;
    let link = scene.company_link().await;
    let mut browser = Browser::new(&server.url);
    for origin in [
        "https://evil.example",
        "http://bank.example",
        "https://bank.example.evil",
        "*",
        "null",
        "",
    ] {
        let page = browser.open(&framed(&link, origin)).await.expect(403);
        page.says("This page cannot be shown here");
        assert!(policy(&page).contains("frame-ancestors 'none'"));
        assert_eq!(page.reply.headers["x-frame-options"], "DENY");
    }
    // What was tried in vain has used nothing up.
    browser.open(&framed(&link, BANK)).await.expect(200);
    browser.open(&framed(&link, BANK)).await.expect(401);
}

async fn a_secret_of_one_kind_of_visit_is_none_of_the_other(database: Database) {
    let server = Server::start(database).await;
    let scene = Scene::with_quickbooks(&server).await;
    let mut browser = scene.visitor().await;
    let secret = browser.cookies().values().next().unwrap().clone();
    let stranger = "s".repeat(48);
    for secret in [secret, stranger] {
        let page = browser.open(&format!("/link/framed/en/{secret}/{}", scene.connection)).await;
        let page = page.expect(401);
        page.says("Please open your link again").says("&#34;failed&#34;").says_not("Sunrise");
        assert!(policy(&page).contains("frame-ancestors *;"), "{}", policy(&page));
    }
    browser.get("/link/framed/en/short/7").await.expect(404);
    browser.get("/link/framed/xx").await.expect_error(404);
    browser.open(&scene.home()).await.expect(200);
}
