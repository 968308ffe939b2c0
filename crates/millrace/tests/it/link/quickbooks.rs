//! The way of a customer who links QuickBooks, from the link to the books.

use super::browser::{Browser, Page};
use super::scene::{Scene, set_profile};
use crate::harness::{Database, OfxCaller, Server, days_ago, on_both, values};
use reqwest::Method;
use reqwest::header::LOCATION;
use serde_json::json;

on_both! {
    a_customer_links_quickbooks_and_takes_the_access_back;
    new_credentials_end_the_old_ones;
    what_ends_a_feed_is_asked_about_first;
    a_customer_is_led_back_to_the_bank;
    a_form_is_taken_from_its_own_page_only;
    credentials_reach_no_log;
}

impl Scene {
    fn setup(&self) -> String {
        format!("{}/setup", self.home())
    }

    /// A client with the credentials that a page shows.
    fn quickbooks(&self, page: &Page) -> OfxCaller {
        OfxCaller::new(&self.caller, &page.value_of("username"), &page.value_of("password"))
    }

    async fn account_status(&self) -> String {
        let accounts = format!("{}/connectionInfo/bankFeedAccounts", self.path());
        let accounts = self.caller.get(&accounts).await.expect(200).json();
        accounts[0]["status"].as_str().unwrap().to_owned()
    }

    /// Makes credentials on the page and signs on with them, as far as choosing the account.
    async fn link_all(&self, browser: &mut Browser) -> OfxCaller {
        let setup = browser.open(&self.setup()).await.expect(200);
        let shown = browser.submit(&setup, "credentials").await.expect(200);
        let quickbooks = self.quickbooks(&shown);
        choose_account(&quickbooks).await;
        quickbooks
    }
}

async fn choose_account(quickbooks: &OfxCaller) {
    let number = quickbooks.numbers().await.remove(0);
    let window = format!("<DTSTART>{}", days_ago(3).strftime("%Y%m%d"));
    quickbooks.statement(&number, &window).await;
}

async fn a_customer_links_quickbooks_and_takes_the_access_back(database: Database) {
    let server = Server::start(database).await;
    let scene = Scene::with_quickbooks(&server).await;
    let mut browser = Browser::new(&server.url);
    let review = browser.open(&scene.link().await).await.expect(200);
    review.says("Connect Sunrise Bank to QuickBooks").says("What is shared?");
    review.says(&format!("href=\"{}\"", scene.setup()));
    let setup = browser.open(&scene.setup()).await.expect(200);
    setup.says("Get credentials").says_not("Revoke");
    let shown = browser.submit(&setup, "credentials").await.expect(200);
    shown.says_not("hreflang");
    shown.says("shown this one time only");
    assert_eq!(shown.reply.headers["cache-control"], "no-store");
    let quickbooks = scene.quickbooks(&shown);

    // A reload tells where things stand, and shows no secret again.
    for path in [scene.home(), scene.setup()] {
        let waiting = browser.open(&path).await.expect(200);
        waiting.says("Waiting for QuickBooks to sign in");
        assert_eq!(waiting.refresh_secs().as_deref(), Some("10"));
        waiting.says_not(&quickbooks.username).says_not(&quickbooks.password).says("Revoke");
    }
    let stopped = browser.open(&format!("{}?refresh=no", scene.setup())).await.expect(200);
    assert_eq!(stopped.refresh_secs(), None);
    assert_eq!(quickbooks.numbers().await.len(), 1);
    browser.open(&scene.setup()).await.says("QuickBooks signed in at ");
    choose_account(&quickbooks).await;
    let linked = browser.open(&scene.setup()).await.expect(200);
    linked.says("One account is linked").says("<li>Current</li>").says(" UTC.");
    assert_eq!(linked.refresh_secs(), None);
    assert_eq!(scene.account_status().await, "connected");
    browser.open(&format!("{}/finish", scene.home())).await.expect(200).says("You are all set");

    let asked = browser.open(&format!("{}/revoke", scene.home())).await.expect(200);
    asked.says("gets no new transactions").says("stays there");
    assert_eq!(scene.account_status().await, "connected", "asking does nothing");
    let revoked = browser.submit(&asked, "revoke").await.expect(200);
    revoked.says("have been revoked").says("has no access any more").says("Get credentials");
    assert_eq!(values(&quickbooks.accounts().await, "CODE")[0], "15500");
    assert_eq!(scene.account_status().await, "disconnected");
    assert_eq!(scene.connection().await["status"], "Unlinked");

    // And back again.
    let again = browser.submit(&revoked, "credentials").await.expect(200);
    choose_account(&scene.quickbooks(&again)).await;
    browser.open(&scene.setup()).await.says("One account is linked");
    assert_eq!(scene.account_status().await, "connected");
}

async fn new_credentials_end_the_old_ones(database: Database) {
    let server = Server::start(database).await;
    let scene = Scene::with_quickbooks(&server).await;
    let mut browser = scene.visitor().await;
    let setup = browser.open(&scene.setup()).await;
    let first = browser.submit(&setup, "credentials").await.expect(200);
    // The form that was sent already, as a reload sends it, and the one on the page after it.
    let second = browser.submit(&setup, "credentials").await.expect(200);
    let third = browser.submit(&second, "credentials").await.expect(200);
    for (page, works) in [(&first, false), (&second, false), (&third, true)] {
        let quickbooks = scene.quickbooks(page);
        let code = values(&quickbooks.accounts().await, "CODE").remove(0);
        assert_eq!(code == "0", works, "{code}");
    }
}

async fn what_ends_a_feed_is_asked_about_first(database: Database) {
    let server = Server::start(database).await;
    let scene = Scene::with_quickbooks(&server).await;
    let mut browser = scene.visitor().await;
    let setup = browser.open(&scene.setup()).await;
    let quickbooks = scene.link_all(&mut browser).await;
    // Even when the page was loaded before anything was linked.
    for page in [setup, browser.open(&scene.setup()).await] {
        let asked = browser.submit(&page, "credentials").await.expect(200);
        asked.says("Make new credentials?").says("your accounts are disconnected");
        assert_eq!(scene.account_status().await, "connected");
        assert_eq!(quickbooks.numbers().await.len(), 1);
    }
    let page = browser.open(&scene.setup()).await;
    let asked = browser.submit(&page, "credentials").await;
    let renewed = browser.submit(&asked, "credentials").await.expect(200);
    assert_eq!(values(&quickbooks.accounts().await, "CODE")[0], "15500");
    choose_account(&scene.quickbooks(&renewed)).await;
    browser.open(&scene.setup()).await.says("One account is linked");
}

async fn a_customer_is_led_back_to_the_bank(database: Database) {
    let server = Server::start(database).await;
    let scene = Scene::with_quickbooks(&server).await;
    let redirect = "https://bank.example/{step}?code={statusCode}&why={errorMessage}&state={state}&id={connectionId}";
    set_profile(&scene.caller, json!({"name": "Sunrise Bank", "redirectUrl": redirect})).await;
    let own = "&state=a%26b%3D%22%C3%A9&step=done&connectionId=forged&code=9";
    let mut browser = Browser::new(&server.url);
    browser.open(&format!("{}{own}", scene.link().await)).await.expect(200);
    let ways =
        [("cancel", "403", "User%20cancelled"), ("finish", "200", ""), ("finish", "201", "")];
    for (step, code, why) in ways {
        match code {
            "200" => drop(scene.link_all(&mut browser).await),
            "201" => drop(browser.get(&format!("{}{own}", scene.link().await)).await.expect(303)),
            _ => {}
        }
        let left = browser.get(&format!("{}/{step}", scene.home())).await.expect(303);
        let expected = format!(
            "https://bank.example/done?code={code}&why={why}&state=a%26b%3D%22%C3%A9&id={}",
            scene.connection
        );
        assert_eq!(left.headers[LOCATION], expected);
    }
    // Who is not done is not led away as if.
    let other = Scene::on(&scene.caller, "hcws").await;
    let mut browser = other.visitor().await;
    let left = browser.get(&format!("{}/finish", other.home())).await.expect(303);
    assert_eq!(left.headers[LOCATION], other.home());
}

async fn a_form_is_taken_from_its_own_page_only(database: Database) {
    let server = Server::start(database).await;
    let scene = Scene::with_quickbooks(&server).await;
    let mut browser = scene.visitor().await;
    let setup = browser.open(&scene.setup()).await;
    let (action, fields) = setup.form("credentials");
    let post = |browser: &Browser, path: &str, body: &str| {
        let request = browser.request(Method::POST, path);
        let kind = "application/x-www-form-urlencoded";
        request.header("Content-Type", kind).body(body.to_owned())
    };
    for (path, body) in [
        (action.clone(), String::new()),
        (action.clone(), "token=0123".to_owned()),
        // A token of one form is none of another.
        (format!("{}/revoke", scene.home()), fields.clone()),
        (action.clone(), "x".repeat(100_000)),
    ] {
        let refused = browser.send(post(&browser, &path, &body)).await.expect(403);
        assert!(refused.text.contains("That could not be checked"), "{}", refused.text);
    }
    for (name, value) in [
        ("Origin", "https://evil.example"),
        ("Sec-Fetch-Site", "cross-site"),
        ("Sec-Fetch-Site", "same-site"),
    ] {
        let request = post(&browser, &action, &fields).header(name, value);
        browser.send(request).await.expect(403);
    }
    // What is no page by itself leads to the page that it belongs to.
    let led = browser.get(&action).await.expect(303);
    assert_eq!(led.headers[LOCATION], scene.setup());
    // A visit to another connection cannot send it, nor can nobody.
    let other = Scene::on(&scene.caller, "hcws").await;
    let mut stranger = other.visitor().await;
    stranger.send(post(&stranger, &action, &fields)).await.expect(401);
    browser.open(&scene.setup()).await.says("Get credentials");
    for (name, value) in [("Sec-Fetch-Site", "same-origin"), ("Origin", server.url.as_str())] {
        let request = post(&browser, &action, &fields).header(name, value);
        browser.send(request).await.expect(200);
    }
}

async fn credentials_reach_no_log(database: Database) {
    let options = crate::harness::ServerOptions::flags(&["--set", "log.filter=trace"]);
    let server = Server::start_with(database, &options).await;
    let scene = Scene::with_quickbooks(&server).await;
    let mut browser = scene.visitor().await;
    let setup = browser.open(&scene.setup()).await;
    let shown = browser.submit(&setup, "credentials").await.expect(200);
    // What a process writes is read a moment later.
    let log = crate::harness::wait_for("the log to tell of it", || {
        let log = server.log().join("\n");
        let is_there = log.contains("credentials were made on a page");
        std::future::ready(is_there.then_some(log))
    })
    .await;
    assert!(!log.contains(&shown.value_of("password")));
}
