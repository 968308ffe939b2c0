//! The whole way from a link to connected accounts, in a real browser: with the mouse and with the keyboard, with scripts
//! and without, narrow and wide, in French and in the user's own colours. Every page on it is sound.

use super::walk::{Hand, Walk};
use super::xero_scene::XeroScene;
use crate::browser::{Browser, Page, PageOptions};
use crate::harness::{Database, text};
use serde_json::json;

/// What the pages say in a language.
struct Words {
    go: &'static str,
    title: &'static str,
    connect: &'static str,
    start: &'static str,
    check: &'static str,
    since: &'static str,
    misfits: &'static str,
    disconnect: &'static str,
    keep: &'static str,
    act: &'static str,
    ended: &'static str,
    finish: &'static str,
    all_set: &'static str,
}

const ENGLISH: Words = Words {
    go: "Go to Xero",
    title: "Connect your accounts to Xero",
    connect: "Connect this account",
    start: "Start from",
    check: "Please check what you entered",
    since: "Connected since",
    misfits: "accounts can’t be used",
    disconnect: "Disconnect…",
    keep: "Keep everything as it is",
    act: "Disconnect",
    ended: "The account has been disconnected.",
    finish: "Finish",
    all_set: "You are all set",
};

const FRENCH: Words = Words {
    go: "Aller à Xero",
    title: "Connecter vos comptes à Xero",
    connect: "Connecter ce compte",
    start: "À partir du",
    check: "Veuillez vérifier votre saisie",
    since: "Connecté depuis le",
    misfits: "comptes ne peuvent pas être utilisés",
    disconnect: "Déconnecter…",
    keep: "Ne rien changer",
    act: "Déconnecter",
    ended: "Le compte a été déconnecté.",
    finish: "Terminer",
    all_set: "Tout est prêt",
};

/// Waits until Xero has connected the account: the page has another form, so it does not refresh itself.
async fn connected(walk: &Walk, xero: &XeroScene, words: &Words) {
    let home = format!("{}{}", xero.server.url, xero.scene.home());
    walk.page.wait_for(words.disconnect).await;
    for _ in 0..20 {
        if walk.page.text().await.contains(words.since) {
            break;
        }
        walk.page.goto(&home).await;
    }
    walk.sees(words.since).await;
}

/// The whole way.
async fn walk(options: PageOptions, hand: Hand, words: &Words) {
    let xero = XeroScene::open(Database::Sqlite).await;
    let business = json!({"id": "acc-2", "accountName": "Business", "currency": "GBP", "balance": -1234.5,
        "accountNumber": "12345678"});
    xero.add_account(business).await;
    let browser = Browser::start();
    let walk = Walk { page: browser.page(&options).await, hand };
    assert_eq!(walk.page.goto(&xero.scene.link().await).await, 200);
    walk.sees(words.go).await;
    walk.act("button", words.go).await;
    walk.sees("Allow access?").await;
    walk.act("button", "Allow").await;
    walk.sees(words.misfits).await;
    assert_eq!(walk.page.count("heading", words.title).await, 1);
    assert_eq!(walk.page.count("radio", "").await, 4, "a place and a new one for each account");

    // A day that cannot be, then one that can.
    let today = text(&walk.page.evaluate("document.querySelector('[type=date]').value").await);
    let connect = format!("{} – Business", words.connect);
    let late = format!("2999{}", today.get(4..).unwrap());
    let start = format!("{} – Business", words.start);
    walk.type_year(&start, &late).await;
    walk.act("button", &connect).await;
    walk.sees(words.check).await;
    let typed = "[...document.querySelectorAll('[type=date]')].map((one) => one.value).join()";
    assert_eq!(walk.page.evaluate(typed).await, json!(format!("{today},{late}")));
    let focus = "document.activeElement.getAttribute('role')";
    assert_eq!(walk.page.evaluate(focus).await, "alert");
    walk.type_year(&start, &today).await;
    walk.act("button", &connect).await;
    connected(&walk, &xero, words).await;
    assert_eq!(xero.feeds().await, 1);

    let disconnect = format!("{} – Business", words.disconnect);
    walk.act("link", &disconnect).await;
    walk.sees(words.keep).await;
    walk.act("link", words.keep).await;
    walk.sees(words.since).await;
    walk.act("link", &disconnect).await;
    walk.page.wait_for(words.keep).await;
    walk.act("button", words.act).await;
    walk.sees(words.ended).await;
    walk.act("link", words.finish).await;
    walk.sees(words.all_set).await;
}

#[tokio::test]
async fn a_customer_connects_accounts_at_a_desk() {
    walk(PageOptions::default(), Hand::Mouse, &ENGLISH).await;
}

#[tokio::test]
async fn a_customer_connects_accounts_on_a_telephone_without_scripts_and_by_keyboard() {
    let options = PageOptions { width: 320, javascript: false, ..PageOptions::default() };
    walk(options, Hand::Keyboard, &ENGLISH).await;
}

#[tokio::test]
async fn a_customer_connects_accounts_in_french_on_a_telephone() {
    let options = PageOptions { width: 320, locale: "fr-CA".to_owned(), ..PageOptions::default() };
    walk(options, Hand::Mouse, &FRENCH).await;
}

#[tokio::test]
async fn a_customer_connects_accounts_in_colours_of_their_own() {
    let options = PageOptions { forced_colors: true, ..PageOptions::default() };
    walk(options, Hand::Keyboard, &ENGLISH).await;
}

/// A customer who has let the bank into Xero, on a telephone, and reads French as in France.
async fn on_a_telephone(xero: &XeroScene) -> Page {
    let options = PageOptions { width: 360, locale: "fr-FR".to_owned(), ..PageOptions::default() };
    let page = Browser::start().page(&options).await;
    page.goto(&xero.scene.link().await).await;
    page.click("button", FRENCH.go).await;
    page.wait_for("Allow access?").await;
    page.click("button", "Allow").await;
    page.wait_for(FRENCH.title).await;
    page
}

#[tokio::test]
async fn a_long_list_and_no_accounts_are_sound_too() {
    let xero = XeroScene::open(Database::Sqlite).await;
    for number in 0..8 {
        let name = format!("Succursale {number}");
        let account = json!({"name": name, "number": format!("5555{number}"), "currency": "USD"});
        xero.add_target(account).await;
    }
    let page = on_a_telephone(&xero).await;
    let button = format!("{} – Current", FRENCH.connect);
    page.click("button", &button).await;
    page.wait_for(FRENCH.check).await;
    page.expect_sound().await;
    page.choose("Envoyer les opérations vers – Current", "Succursale 7 ····5557 USD").await;
    page.click("button", &button).await;
    page.wait_for(FRENCH.since).await;
    let account = format!("{}/connectionInfo/bankFeedAccounts/acc-1", xero.scene.path());
    xero.scene.caller.delete(&account).await.expect(204);
    page.goto(&format!("{}{}", xero.server.url, xero.scene.home())).await;
    page.wait_for("Aucun compte").await;
    page.expect_sound().await;
}

#[tokio::test]
async fn waiting_and_refused_and_problems_are_sound_too() {
    let xero = XeroScene::open(Database::Sqlite).await;
    let fed =
        json!({"name": "Ailleurs", "number": "55554444", "currency": "USD", "fedElsewhere": true});
    xero.add_target(fed).await;
    let slow =
        json!({"fault": "latency", "operation": "list-accounts", "calls": 1, "millis": 5000});
    xero.tell("faults", slow).await;
    let page = on_a_telephone(&xero).await;
    page.wait_for("Lecture des comptes").await;
    page.expect_sound().await;
    // It refreshes itself.
    page.wait_for("Non connecté").await;
    page.click("radio", "Ailleurs se terminant par 4444 USD").await;
    let button = format!("{} – Current", FRENCH.connect);
    page.click("button", &button).await;
    // Nothing else can be typed while Xero is asked: the page looks again by itself.
    page.wait_for("n’a pas connecté ce compte").await;
    page.expect_sound().await;
    xero.set(json!({"feedSecs": 3600})).await;
    page.click("radio", "US Dollar Account se terminant par 4321 USD").await;
    page.click("button", &button).await;
    page.wait_for("prépare la connexion").await;
    page.expect_sound().await;
}
