//! What must be true, whatever has happened. What the books and the endpoints have is theirs to say, not ours.

use super::books::{Booked, Books, pushes_of};
use super::client::Told;
use super::setting::Account;
use super::story::Story;
use super::{heard, rest, xero};
use axum::body::Body;
use axum::http::Request;
use domain::delivery::SentStage;
use domain::money::Amount;
use domain::platform::Delivery;
use domain::push::{LineSpan, PushStatus};
use serde_json::Value;
use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;
use std::time::Duration;
use store::Store;
use store::inspection::{EventInspector, Inspector};

/// Said of a push of which nobody knows.
const PERHAPS: &str = "they may be there";
/// Longer than a statement is under way at Xero.
const STATEMENT_MAX: Duration = Duration::from_mins(2);

/// How operations have ended, as the API tells it, by their keys.
type Ends = BTreeMap<String, String>;

/// Whether each bank knows that all its lines have arrived: the last push of all of them has ended as `Success`.
pub(crate) async fn all_is_known_to_have_arrived(tale: &Story) -> bool {
    let answers = tale.answers.all();
    let store = tale.world.alive()[0].store.clone();
    for account in &tale.setting.accounts {
        if store.find_source_account(&account.path).await.unwrap().is_none() {
            continue;
        }
        let all = 0..account.ledger.lock().unwrap().lines.len();
        let of_all =
            |told: &&Told| Arc::ptr_eq(&told.account, account) && told.written.window == all;
        let has_arrived = match answers.iter().rfind(of_all) {
            Some(told) => is_success(account, &shown(tale, told).await),
            None => all.is_empty(),
        };
        if !has_arrived {
            return false;
        }
    }
    true
}

/// In peace nothing else goes wrong but that an earlier push took back what this one had left to it, or that what was lost
/// before is noticed now: a connection is shut out, or its feed was switched off.
fn is_success(account: &Account, push: &Value) -> bool {
    let errors = push["validation"]["errors"].as_array().unwrap();
    let is_left = |error: &Value| {
        let message = error["message"].as_str().unwrap();
        ["the push that brought", "is Deauthorized", "The feed connection does not exist"]
            .iter()
            .any(|words| message.contains(words))
    };
    match push["status"].as_str().unwrap() {
        "Success" => true,
        // It waited behind one that nobody knew of and that was stuck, until the account was disconnected.
        "Failed" if account.parted.was_stuck() && says(push, PERHAPS) => false,
        "Failed" if !errors.is_empty() && errors.iter().all(is_left) => false,
        _ => panic!("in peace it has become {push}"),
    }
}

fn says(push: &Value, words: &str) -> bool {
    push["errorMessage"].as_str().is_some_and(|error| error.contains(words))
}

/// Once everything is at rest: what banks were told is true.
pub(crate) async fn hold_of_what_was_told(tale: &Story) -> (Books, Ends) {
    rest::poll(tale).await;
    if tale.setting.accounts.iter().any(|account| account.parted.ever()) {
        // What became of the last statements of a feed that has ended nobody has waited for.
        tale.world.ground.clock.pass(STATEMENT_MAX).await;
    }
    let books = Books::read(tale).await;
    let mut ends = Ends::new();
    for told in tale.answers.all() {
        if !ends.contains_key(&told.operation) {
            ends.insert(told.operation.clone(), end_of(tale, &told).await);
        }
        let lines = books.lines(&told.account);
        let booked = (!is_uncertain(tale, &told.account).await).then_some(lines);
        is_true(&told, &ends[&told.operation], booked);
    }
    for account in &tale.setting.accounts {
        nothing_is_there_that_was_not_pushed(account, books.lines(account));
        if account.parted.ever() {
            statements_are_where_they_are_said_to_be(tale, account, &books).await;
        }
    }
    nothing_is_damaged(tale).await;
    (books, ends)
}

fn is_true(told: &Told, status: &str, booked: Option<&[Booked]>) {
    // Only who is sent to can still refuse what we have taken.
    let is_sent = told.account.platform.delivery == Delivery::Sent;
    let is_so = if told.is_refused { status == "Failed" } else { is_sent || status == "Success" };
    assert!(is_so, "{told:?} has become {status}");
    if status == "Success" {
        assert!(!told.written.is_wrong, "{told:?} was taken");
        // Of some accounts nobody can say what is there.
        let Some(booked) = booked else { return };
        let ledger = told.account.ledger.lock().unwrap();
        for line in &ledger.lines[told.written.window.clone()] {
            let is_there = booked.iter().any(|booked| booked.id == line.id);
            assert!(is_there, "{} of {told:?} in {booked:?}", line.id);
        }
    }
}

/// After everything was pushed once more: nothing is missing.
pub(crate) async fn hold_in_the_end(tale: &Story) {
    let (books, ends) = hold_of_what_was_told(tale).await;
    for account in &tale.setting.accounts {
        let (booked, balance) = (books.lines(account), books.balance(account));
        if account.parted.ever() {
            what_parted_is_whole_again(tale, account, booked).await;
            continue;
        }
        books_are_in_our_order(tale, account, booked).await;
        let lines = account.ledger.lock().unwrap().lines.clone();
        let mut pushed: Vec<_> = lines.iter().map(|line| line.id.clone()).collect();
        let mut arrived: Vec<_> = booked.iter().map(|booked| booked.id.clone()).collect();
        // A line that Xero refused at first comes after later ones.
        if account.platform.delivery == Delivery::Sent {
            pushed.sort_unstable();
            arrived.sort_unstable();
        }
        assert_eq!(arrived, pushed, "{:?}", account.path);
        if let (Delivery::Pulled, Some(last)) = (account.platform.delivery, lines.last()) {
            assert_eq!(balance, last.balance, "{:?}", account.path);
        }
    }
    heard::no_event_is_missing(tale).await;
    for bank in &tale.setting.banks {
        heard::every_event_was_heard(tale, bank).await;
    }
    count(tale, &books, &ends);
    for fault in xero::faults_met(&tale.world.ground.outside).await {
        tale.world.ground.stage.counts.count(format!("Xero's {fault}"));
    }
}

/// How what was told has ended, and what has arrived.
fn count(tale: &Story, books: &Books, ends: &Ends) {
    let counts = &tale.world.ground.stage.counts;
    for status in ends.values() {
        counts.count(format!("push {status}"));
    }
    for account in &tale.setting.accounts {
        let lines = u64::try_from(books.lines(account).len()).unwrap();
        counts.add(where_to(account), lines);
    }
}

fn where_to(account: &Account) -> &'static str {
    match account.platform.delivery {
        Delivery::Pulled => "line fetched by QuickBooks",
        Delivery::Sent => "line sent to Xero",
    }
}

/// What two tellings of one seed must have in common.
pub(crate) async fn outcome(tale: &Story) -> u64 {
    let store = tale.world.alive()[0].store.clone();
    let mut digest = DefaultHasher::new();
    format!("{:?}", Books::read(tale).await).hash(&mut digest);
    format!("{:?}", xero::ledger(&tale.world.ground.outside).await).hash(&mut digest);
    for bank in &tale.setting.banks {
        bank.sink.taken.lock().unwrap().hash(&mut digest);
        let events = store.list_events(bank.id, 0, 10_000).await.unwrap();
        format!("{events:?}").hash(&mut digest);
    }
    digest.finish()
}

/// The books have what we keep, in its order; the first line is believed what it says, from there on amounts decide.
async fn books_are_in_our_order(tale: &Story, account: &Account, book: &[Booked]) {
    let store = tale.world.alive()[0].store.clone();
    let all = LineSpan { first: 0, count: u32::MAX };
    let kept = store.lines_at(&account.path, all).await.unwrap();
    let ids: Vec<_> = kept.iter().map(|kept| kept.line.id.as_str()).collect();
    let booked: Vec<_> = book.iter().map(|booked| booked.id.as_str()).collect();
    assert_eq!(booked, ids, "{:?}", account.path);
    if account.platform.delivery == Delivery::Pulled {
        return;
    }
    let mut balance: Option<Amount> = None;
    for (kept, booked) in kept.iter().zip(book) {
        let line = &kept.line;
        let wanted = balance.map_or(line.balance, |before| before.checked_add(line.amount));
        assert_eq!(booked.balance, wanted, "{booked:?} of {:?}", account.path);
        balance = wanted;
    }
}

/// Every line that its bank has of an account that was given up, and is there all the same, unless nobody may say so.
async fn what_parted_is_whole_again(tale: &Story, account: &Account, book: &[Booked]) {
    let store = tale.world.alive()[0].store.clone();
    let counts = &tale.world.ground.stage.counts;
    if store.find_source_account(&account.path).await.unwrap().is_none() {
        counts.count("account gone for good");
        return;
    }
    if is_uncertain(tale, account).await {
        counts.count("account of which something may be missing");
        return;
    }
    counts.count("account whole again");
    for line in &account.ledger.lock().unwrap().lines {
        assert!(book.iter().any(|booked| booked.id == line.id), "{line:?} of {:?}", account.path);
    }
}

/// Whether a push of an account ended while nobody could say what became of its lines. Unless the account was deleted they
/// count as known.
async fn is_uncertain(tale: &Story, account: &Account) -> bool {
    let pushes = if account.parted.ever() { pushes_of(tale, account).await } else { Vec::new() };
    pushes.iter().any(|push| {
        let error = push.error.as_deref().unwrap_or_default();
        push.status == PushStatus::TimedOut || error.contains(PERHAPS)
    })
}

/// What pushes say of the statements of an account that was given up.
async fn statements_are_where_they_are_said_to_be(tale: &Story, account: &Account, books: &Books) {
    let store = tale.world.alive()[0].store.clone();
    let counts = &tale.world.ground.stage.counts;
    for push in pushes_of(tale, account).await {
        let error = push.error.as_deref().unwrap_or_default();
        let is_untaken = error.contains("before the platform took anything");
        if is_untaken {
            counts.count("push of which nothing was taken");
        } else if error.contains(PERHAPS) {
            counts.count("push of which something may be there");
        }
        let client = account.path.connection.client;
        for sent in store.list_statements(client, push.key).await.unwrap() {
            let is_there = books.have(&sent);
            assert!(!is_untaken || !is_there, "{sent:?} of {push:?} is there");
            assert!(sent.stage != SentStage::Delivered || is_there, "{sent:?} is not there");
        }
    }
}

/// Once, or as often again as the account may have been deleted: the ids are forgotten with it.
fn nothing_is_there_that_was_not_pushed(account: &Account, book: &[Booked]) {
    let ledger = account.ledger.lock().unwrap();
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for booked in book {
        let times = seen.entry(&booked.id).or_default();
        *times += 1;
        let times_max = 1 + account.parted.deletions();
        assert!(*times <= times_max, "{booked:?} stands {times} times in {:?}", account.path);
        let line = ledger.lines.iter().find(|line| line.id == booked.id);
        let Some(line) = line else { panic!("{booked:?} was never pushed") };
        assert_eq!(booked.date, line.date.date().to_string(), "{booked:?}");
        assert_eq!(booked.amount, line.amount, "{booked:?}");
    }
}

async fn end_of(tale: &Story, told: &Told) -> String {
    let shown = shown(tale, told).await;
    let status = shown["status"].as_str().unwrap().to_owned();
    assert_ne!(status, "Pending", "{shown}");
    status
}

/// An operation as the API tells it.
async fn shown(tale: &Story, told: &Told) -> Value {
    let path = &told.account.path.connection;
    let uri = format!("/companies/{}/push/{}", path.company, told.operation);
    let bank = &tale.setting.banks[told.account.bank];
    let request = Request::get(uri).header("Authorization", &bank.authorization);
    let process = tale.world.alive()[0].clone();
    let asked = process.call(request.body(Body::empty()).unwrap());
    let reply = asked.answer().await.unwrap();
    assert_eq!(reply.status, 200, "{told:?} is gone: {}", String::from_utf8_lossy(&reply.body));
    serde_json::from_slice(&reply.body).unwrap()
}

async fn nothing_is_damaged(tale: &Story) {
    let store: Arc<dyn Store> = tale.world.alive()[0].store.clone();
    assert_eq!(store.examine(10).await.unwrap(), Vec::<String>::new());
    let mut inspector = Inspector::new(store.as_ref());
    while let Some(inspected) = inspector.next_account().await.unwrap() {
        assert_eq!(inspected.findings, []);
    }
    let mut inspector = EventInspector::new(store.as_ref());
    while let Some(inspected) = inspector.next_events().await.unwrap() {
        assert_eq!(inspected.findings, []);
    }
}
