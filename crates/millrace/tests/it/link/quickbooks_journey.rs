//! The whole way from a company's link to accounts in QuickBooks, in a real browser, while the simulated QuickBooks signs
//! in with what the page shows: with the mouse and with the keyboard, with scripts and without, narrow and wide, in French
//! and in the user's own colours. Every page on it is sound.

use super::scene::Scene;
use super::walk::{Hand, Walk};
use crate::browser::{Browser, PageOptions};
use crate::harness::{Database, Server, text, wait_for};
use serde_json::{Value, json};

/// What the pages say in a language.
struct Words {
    software: &'static str,
    go_on: &'static str,
    next: &'static str,
    get: &'static str,
    copy: &'static str,
    copied: &'static str,
    username: &'static str,
    password: &'static str,
    typed: &'static str,
    waiting: &'static str,
    signed_on: &'static str,
    linked: &'static str,
    revoke: &'static str,
    ask: &'static str,
    revoked: &'static str,
}

const ENGLISH: Words = Words {
    software: "Which software do you use?",
    go_on: "Go on",
    next: "Next",
    get: "Get credentials",
    copy: "Copy",
    copied: "Copied",
    username: "User name",
    password: "Password",
    typed: "I have entered them",
    waiting: "Waiting for QuickBooks",
    signed_on: "QuickBooks signed in at",
    linked: "One account is linked",
    revoke: "Revoke credentials",
    ask: "Revoke the credentials?",
    revoked: "The credentials have been revoked.",
};

const FRENCH: Words = Words {
    software: "Quel logiciel utilisez-vous",
    go_on: "Continuer",
    next: "Suivant",
    get: "Obtenir les identifiants",
    copy: "Copier",
    copied: "Copié",
    username: "Nom d’utilisateur",
    password: "Mot de passe",
    typed: "Je les ai saisis",
    waiting: "En attente de l’ouverture de session de QuickBooks",
    signed_on: "QuickBooks a ouvert une session à",
    linked: "Un compte est lié",
    revoke: "Révoquer les identifiants",
    ask: "Révoquer les identifiants",
    revoked: "Les identifiants ont été révoqués.",
};

/// QuickBooks' user types in what the page shows, and chooses these accounts.
async fn sign_in(walk: &Walk, scene: &Scene, accounts: Value) {
    let value = async |id: &str| {
        let value = format!("document.getElementById('{id}').value");
        text(&walk.page.evaluate(&value).await)
    };
    let body = json!({
        "connection": scene.connection,
        "username": value("username").await,
        "password": value("password").await,
        "accounts": accounts,
    });
    scene.caller.post("/simulators/quickbooks/link", body).await.expect(200);
}

/// With scripts, a click copies, and whoever cannot see it hears of it.
async fn copy(walk: &Walk, words: &Words, field: &str) {
    walk.act("button", &format!("{} – {field}", words.copy)).await;
    wait_for("the click to be answered", async || {
        let said = walk.page.evaluate("document.getElementById('said').textContent").await;
        (said == words.copied).then_some(())
    })
    .await;
}

/// The whole way.
async fn walk(options: PageOptions, hand: Hand, words: &Words) {
    let server = Server::start(Database::Sqlite).await;
    let scene = Scene::with_quickbooks(&server).await;
    let walk = Walk { page: Browser::start().page(&options).await, hand };
    assert_eq!(walk.page.goto(&scene.company_link().await).await, 200);
    walk.sees(words.software).await;
    walk.act("button", &format!("{} – QuickBooks", words.go_on)).await;
    walk.sees(words.next).await;
    walk.act("link", words.next).await;
    walk.sees(words.get).await;
    walk.act("button", words.get).await;
    walk.sees(words.typed).await;
    walk.page.wait_for(words.waiting).await;
    if options.javascript {
        copy(&walk, words, words.username).await;
        copy(&walk, words, words.password).await;
        // The page that shows the secrets sees what happens, and keeps them.
        sign_in(&walk, &scene, json!([])).await;
        walk.sees(words.signed_on).await;
        sign_in(&walk, &scene, json!("all")).await;
        walk.sees(words.linked).await;
        assert_eq!(walk.page.count("textbox", words.password).await, 1);
    } else {
        assert_eq!(
            walk.page.count("button", &format!("{} – {}", words.copy, words.username)).await,
            0
        );
        sign_in(&walk, &scene, json!([])).await;
    }
    walk.act("link", words.typed).await;
    walk.sees(if options.javascript { words.linked } else { words.signed_on }).await;
    walk.act("link", words.revoke).await;
    walk.sees(words.ask).await;
    walk.act("button", words.revoke).await;
    walk.sees(words.revoked).await;
    assert_eq!(scene.connection().await["status"], "Unlinked");
}

#[tokio::test]
async fn a_customer_sets_quickbooks_up_at_a_desk() {
    walk(PageOptions::default(), Hand::Mouse, &ENGLISH).await;
}

#[tokio::test]
async fn a_customer_sets_quickbooks_up_without_scripts_and_by_keyboard() {
    let options = PageOptions { width: 320, javascript: false, ..PageOptions::default() };
    walk(options, Hand::Keyboard, &ENGLISH).await;
}

#[tokio::test]
async fn a_customer_sets_quickbooks_up_in_french_on_a_telephone() {
    let options = PageOptions { width: 320, locale: "fr-CA".to_owned(), ..PageOptions::default() };
    walk(options, Hand::Mouse, &FRENCH).await;
}

#[tokio::test]
async fn a_customer_sets_quickbooks_up_in_colours_of_their_own() {
    let options = PageOptions { forced_colors: true, ..PageOptions::default() };
    walk(options, Hand::Keyboard, &ENGLISH).await;
}
