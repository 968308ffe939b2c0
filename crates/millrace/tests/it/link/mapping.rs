//! A customer connects accounts to Xero and disconnects them: the page, its forms and what they bring about.

use super::browser::{Browser, Page};
use super::scene::set_profile;
use super::xero_scene::XeroScene;
use crate::harness::{Database, days_ago, on_both, today, wait_for};
use serde_json::json;

on_both! {
    an_account_is_connected_and_disconnected_and_connected_again;
    what_cannot_be_chosen_is_said_and_nothing_typed_is_lost;
    what_xero_refuses_is_told_in_its_words;
    a_page_waits_for_xero_and_can_be_told_to_stand_still;
    a_platform_that_is_down_is_told_and_does_not_keep_the_page;
    a_company_without_accounts_is_told_so;
    the_bank_hears_whether_anything_was_done;
}

const DOLLARS: &str = "US Dollar Account";

fn connect_to(target: &str, day: &str) -> String {
    format!("target={}&start={day}", target.replace(':', "%3A"))
}

async fn connect(browser: &mut Browser, page: &Page, target: &str, day: &str) -> Page {
    browser.submit_with(page, "connect", &connect_to(target, day)).await
}

async fn an_account_is_connected_and_disconnected_and_connected_again(database: Database) {
    let xero = XeroScene::open(database).await;
    let (mut browser, page) = xero.linked().await;
    page.says("Connect your accounts to Xero").says("Connected to Demo Company").says("Working");
    page.says("Not connected").says("100.50\u{a0}USD").says("no other account fits");
    page.says("3 accounts can’t be used").says("It is kept in GBP").says("It is kept in EUR");
    page.says("named “Current”").says("Use a different sign-in").says_not("refreshes itself");
    let (target, start) = (xero.target(DOLLARS).await, days_ago(40).to_string());
    let existing = format!("account:{target}");
    let mut page = page;
    for _ in 0..2 {
        let connected = connect(&mut browser, &page, &existing, &start).await.expect(200);
        let connected = awaited(&mut browser, connected, "Connected since").await;
        connected.says(DOLLARS).says("····</span>4321").says_not("name=\"target\"");
        let account = xero.account("acc-1").await;
        assert_eq!((&account["status"], xero.feeds().await), (&json!("connected"), 1));
        assert!(account["feedStartDate"].as_str().unwrap().starts_with(&start), "{account}");

        let asked = browser.open(&connected.href("/disconnect")).await.expect(200);
        asked.says("Disconnect Current?").says("already stay there").says("New ones stop now");
        assert_eq!(xero.account("acc-1").await["status"], "connected", "asking does nothing");
        page = browser.submit(&asked, "disconnect").await.expect(200);
        page.says("has been disconnected").says("Disconnected").says("no longer sent");
        page.says(&format!("value=\"{existing}\""));
        assert_eq!(xero.account("acc-1").await["status"], "disconnected");
        wait_for("xero to end the feed", || async { (xero.feeds().await == 0).then_some(()) })
            .await;
    }
    // A form that was sent again by a reload has nothing left to do.
    let again = browser.open(&format!("{}/accounts/none/disconnect", xero.scene.home())).await;
    again.expect(200).says("Connect your accounts");
    let finished = browser.open(&format!("{}/finish", xero.scene.home())).await.expect(200);
    finished.says("You are all set");
}

/// The page once it says so.
async fn awaited(browser: &mut Browser, page: Page, text: &str) -> Page {
    let home = page.href("/finish").replace("/finish", "");
    let mut page = page;
    for _ in 0..20 {
        if page.html().contains(text) {
            break;
        }
        page.says("Connecting");
        // Opening it waits for the worker.
        page = browser.open(&home).await.expect(200);
    }
    page.says(text);
    page
}

async fn what_cannot_be_chosen_is_said_and_nothing_typed_is_lost(database: Database) {
    let xero = XeroScene::open(database).await;
    let (mut browser, page) = xero.linked().await;
    let (dollars, euros) = (xero.target(DOLLARS).await, xero.target("Euro Account").await);
    let (dollars, euros) = (format!("account:{dollars}"), format!("account:{euros}"));
    let (day, early, late) = (today().to_string(), days_ago(400).to_string(), "2999-01-01");
    for (target, start, said) in [
        ("", &*day, "Choose where the transactions go."),
        (&*euros, &day, "Euro Account cannot be used. It is kept in EUR"),
        ("account:7", &day, "no longer has the account"),
        (&dollars, &early, "Choose a day from "),
        (&dollars, late, "Choose a day from "),
        ("new", "yesterday", "Enter the day to start from."),
    ] {
        let refused = connect(&mut browser, &page, target, start).await.expect(422);
        refused.says("Please check what you entered").says(said).says("role=\"alert\"");
        refused.says(&format!("value=\"{start}\"")).says_not("hreflang");
        let chosen = format!("value=\"{target}\" required checked");
        if [&*dollars, "new"].contains(&target) {
            refused.says(&chosen);
        } else {
            refused.says_not("required checked");
        }
        // The page that told so has the form, ready to be sent again.
        assert_eq!(refused.form("connect").0, page.form("connect").0);
        assert_eq!(xero.account("acc-1").await["status"], "pending");
    }
    let forged = page.form("connect").0;
    let forged = browser.request(reqwest::Method::POST, &forged).body(connect_to("new", &day));
    browser.send(forged).await.expect(403);

    // Two windows, and the second is late.
    let connected = connect(&mut browser, &page, &dollars, &day).await;
    awaited(&mut browser, connected, "Connected since").await;
    let taken = connect(&mut browser, &page, "new", &day).await.expect(422);
    taken.says("Current: It was connected in the meantime").says(DOLLARS);
    // A second account cannot lead to the same place, and is not told to.
    let second = json!({"id": "acc-2", "accountName": DOLLARS, "currency": "USD"});
    xero.add_account(second).await;
    let page = browser.open(&xero.scene.home()).await.expect(200);
    page.says("Another account’s transactions already go there").says_not("Suggested");
    let twice = connect(&mut browser, &page, &dollars, &day).await.expect(422);
    twice.says("US Dollar Account: US Dollar Account cannot be used.");
}

async fn what_xero_refuses_is_told_in_its_words(database: Database) {
    let xero = XeroScene::open(database).await;
    let fed =
        json!({"name": "Elsewhere", "number": "55554444", "currency": "USD", "fedElsewhere": true});
    let fed = format!("account:{}", xero.add_target(fed).await);
    let (mut browser, page) = xero.linked().await;
    let day = today().to_string();
    let refused = connect(&mut browser, &page, &fed, &day).await.expect(200);
    let refused = awaited(&mut browser, refused, "did not connect this account").await;
    refused.says("</span>Problem</p>").says("<q lang=\"en\">").says("Connect this account");
    refused.says_not(&format!("value=\"{fed}\" required checked"));
    assert_eq!(xero.account("acc-1").await["status"], "pending");
    // Somewhere else, then: a new account.
    let connected = connect(&mut browser, &refused, "new", &day).await.expect(200);
    awaited(&mut browser, connected, "Connected since").await.says("<strong>Current</strong>");
    assert_eq!(xero.feeds().await, 1);
}

async fn a_page_waits_for_xero_and_can_be_told_to_stand_still(database: Database) {
    let xero = XeroScene::open(database).await;
    xero.set(json!({"feedSecs": 3600})).await;
    let slow =
        json!({"fault": "latency", "operation": "list-accounts", "calls": 1, "millis": 5000});
    xero.tell("faults", slow).await;
    let (mut browser, reading) = xero.linked().await;
    reading.says("Reading the accounts of your books").says("refreshes itself").says("Working");
    assert_eq!(reading.refresh_secs().as_deref(), Some("3"));
    let page = wait_for("the books to be read", || async {
        let page = browser.clone().open(&xero.scene.home()).await.expect(200);
        page.html().contains("Not connected").then_some(page)
    })
    .await;
    assert_eq!(page.refresh_secs(), None, "what is typed would be lost");
    let waiting = connect(&mut browser, &page, "new", &today().to_string()).await.expect(200);
    waiting.says("Connecting").says("usually takes less than a minute").says("refreshes itself");
    assert_eq!(waiting.refresh_secs().as_deref(), Some("3"));
    assert_eq!(xero.account("acc-1").await["status"], "connecting");
    let still = browser.open(&format!("{}?refresh=no", xero.scene.home())).await.expect(200);
    still.says("Look again").says_not("refreshes itself");
    assert_eq!(still.refresh_secs(), None);
    // Whoever waits too long may have their mind changed.
    let asked = browser.open(&still.href("/disconnect")).await.expect(200);
    browser.submit(&asked, "disconnect").await.expect(200).says("Disconnected");
    assert_eq!(xero.account("acc-1").await["status"], "disconnected");
}

async fn a_platform_that_is_down_is_told_and_does_not_keep_the_page(database: Database) {
    let xero = XeroScene::open(database).await;
    xero.tell("faults", json!({"fault": "maintenance", "operation": "list-accounts"})).await;
    let (_, page) = xero.linked().await;
    page.says("</span>Problem</span>").says("Xero cannot be reached at the moment");
    page.says("<q lang=\"en\">").says("Reading the accounts of your books").says_not("Working");
}

async fn a_company_without_accounts_is_told_so(database: Database) {
    let xero = XeroScene::open(database).await;
    let path = format!("{}/connectionInfo/bankFeedAccounts/acc-1", xero.scene.path());
    xero.scene.caller.delete(&path).await.expect(204);
    let (_, page) = xero.linked().await;
    page.says("No accounts yet").says("Sunrise Bank has not offered").says("/finish");
}

async fn the_bank_hears_whether_anything_was_done(database: Database) {
    let xero = XeroScene::open(database).await;
    let back = "https://bank.example/?code={statusCode}";
    let profile = json!({"name": "Sunrise Bank", "redirectUrl": back});
    set_profile(&xero.scene.caller, profile).await;
    let finish = format!("{}/finish", xero.scene.home());
    let (mut first, _) = xero.linked().await;
    let mut again = xero.scene.visitor().await;
    for (browser, code) in [(&mut first, "200"), (&mut again, "201")] {
        let left = browser.get(&finish).await.expect(303);
        assert_eq!(left.headers["location"], format!("https://bank.example/?code={code}"));
    }
    let page = again.open(&xero.scene.home()).await.expect(200);
    connect(&mut again, &page, "new", &today().to_string()).await.expect(200);
    let left = again.get(&finish).await.expect(303);
    assert_eq!(left.headers["location"], "https://bank.example/?code=200");
}
