//! Our client of Xero through the judge: the whole life of feeds, with all that makes calls difficult. What the
//! platform then has in its books is checked too, for a judge that stops nothing proves nothing.

use crate::harness::{Prism, XERO_CLIENT_ID, XERO_CLIENT_SECRET, XeroGrant, XeroSimulator};
use domain::line::{Line, Text};
use domain::money::CurrencyCode;
use jiff::SignedDuration;
use outbound::{Outbound, OutboundOptions};
use platforms::xero::{Xero, XeroOptions, XeroUrls};
use platforms::{
    Access, ConnectsFeeds, FeedDraft, FeedStage, FeedTarget, LinesToCut, Platform, PlatformError,
    ReasonKind, Secret, Statement, StatementStage, TakesStatements, TargetKind,
};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use testkit::{ManualClock, a_line, amount};

/// A Xero, a judge before it, and our client, which only knows the judge.
pub(super) struct Scene {
    pub(super) simulator: XeroSimulator,
    pub(super) prism: Prism,
    clock: Arc<ManualClock>,
    grant: XeroGrant,
    token: Secret,
    xero: Xero,
}

impl Scene {
    pub(super) async fn open() -> Option<Self> {
        let clock = Arc::new(ManualClock::default());
        let simulator = XeroSimulator::open_at(clock.clone()).await;
        let prism = Prism::start(&simulator.url).await?;
        let secret = Secret::new(XERO_CLIENT_SECRET);
        let options = XeroOptions::new(XERO_CLIENT_ID, secret, XeroUrls::simulated(&prism.url));
        let outbound = Outbound::new(&OutboundOptions::default()).unwrap();
        let xero = Xero::new(options, outbound, clock.clone()).unwrap();
        let grant = simulator.sign_in().await;
        let token = Secret::new(grant.token.as_str());
        Some(Self { simulator, prism, clock, grant, token, xero })
    }

    pub(super) fn access(&self) -> Access<'_> {
        Access { token: &self.token, organisation: &self.grant.tenant }
    }

    pub(super) fn feeds(&self) -> &dyn ConnectsFeeds {
        self.xero.feeds().unwrap()
    }

    pub(super) fn statements(&self) -> &dyn TakesStatements {
        self.xero.statements().unwrap()
    }

    fn wait(&self, secs: i64) {
        self.clock.advance(SignedDuration::from_secs(secs));
    }

    /// A feed, once it is connected.
    pub(super) async fn connect(&self, draft: &FeedDraft) -> String {
        let feed = self.feeds().create_feed(self.access(), draft, "1").await.unwrap();
        assert_eq!((feed.stage, feed.token.as_ref()), (FeedStage::Pending, Some(&draft.token)));
        let find = async || self.feeds().find_feed(self.access(), &feed.id).await.unwrap().unwrap();
        assert_eq!(find().await.stage, FeedStage::Pending);
        self.wait(1);
        assert!(matches!(find().await.stage, FeedStage::Connected { .. }));
        feed.id
    }

    /// Sends all lines, one statement after the other, each until it is in the books; the statements.
    pub(super) async fn deliver(
        &self,
        feed: &str,
        opening: &str,
        lines: &[Line],
    ) -> Vec<Statement> {
        let opening = Some(amount(opening));
        let cut = self.statements().cut(LinesToCut { feed, opening, lines }).unwrap();
        for statement in &cut.statements {
            let sent = self.statements().send(self.access(), statement, "1").await.unwrap();
            self.arrives(&sent.id).await;
        }
        cut.statements
    }

    /// A statement of one line of 1.
    pub(super) fn one_statement(&self, feed: &str, opening: &str, id: &str) -> Statement {
        let lines = [a_line(id, "2024-02-29", "1")];
        let request = LinesToCut { feed, opening: Some(amount(opening)), lines: &lines };
        self.statements().cut(request).unwrap().statements.remove(0)
    }

    async fn arrives(&self, id: &str) {
        let poll = async || self.statements().poll(self.access(), id).await.unwrap();
        assert_eq!(poll().await, Some(StatementStage::Pending));
        self.wait(2);
        assert_eq!(poll().await, Some(StatementStage::Delivered));
    }

    /// The books of the account of this number.
    async fn books(&self, number: &str) -> Value {
        let mut ledger = self.simulator.ledger().await;
        ledger.retain(|account| account["number"] == number);
        ledger.pop().unwrap_or(Value::Null)
    }
}

pub(super) fn a_feed(
    token: &str,
    target: FeedTarget,
    kind: TargetKind,
    currency: &str,
) -> FeedDraft {
    let currency = CurrencyCode::parse(currency).unwrap();
    FeedDraft { token: token.to_owned(), target, kind, currency }
}

pub(super) fn numbered(number: &str, name: &str) -> FeedTarget {
    FeedTarget::Numbered { number: number.to_owned(), name: name.to_owned() }
}

/// Letters of every length in UTF-8, with a sign that is two units of UTF-16 where texts are cut.
fn long_text(chars: usize) -> String {
    "aé漢🏦".chars().cycle().take(chars).collect()
}

fn number_of_lines(books: &Value) -> usize {
    books["lines"].as_array().unwrap().len()
}

/// A new account with a name that is too long, a card by its whole number, and an account by its id.
async fn connect_three(scene: &Scene) -> [String; 3] {
    let name = "Geschäftskonto für Überweisungen aus dem Ausland";
    let bank = a_feed("tök-1", numbered("20304050", name), TargetKind::Bank, "GBP");
    let bank = scene.connect(&bank).await;
    let card = numbered("5555 4444 3333 4242", "Card");
    let card = a_feed(&"t".repeat(50), card, TargetKind::CreditCard, "GBP");
    let card = scene.connect(&card).await;
    let accounts = scene.xero.accounts().unwrap().list_accounts(scene.access()).await.unwrap();
    let euro = accounts.iter().find(|account| account.currency.as_str() == "EUR").unwrap();
    let euro = FeedTarget::Existing(euro.id.clone());
    let euro = scene.connect(&a_feed("tok-3", euro, TargetKind::Bank, "EUR")).await;
    let feeds = [bank, card, euro];
    let mut listed = scene.feeds().list_feeds(scene.access()).await.unwrap();
    listed.retain(|feed| feeds.contains(&feed.id));
    assert_eq!(listed.len(), 3);
    feeds
}

/// Texts that are too long, such as hold anything, and none at all.
async fn send_odd_texts(scene: &Scene, feed: &str) {
    let long = Line {
        description: Some(long_text(2_500).into()),
        counterparty: Some(long_text(300).into()),
        reference: Some(long_text(300).into()),
        ..a_line("long", "2024-02-28", "-0.0001")
    };
    let odd = Line {
        description: Some("Überweisung \"漢字\" \\ 🏦\u{0}\n\u{2028}".into()),
        counterparty: Some(Text::default()),
        ..a_line("ödd/\"1\"", "2024-02-29T23:30:00-11:00", "1234567890.12")
    };
    let id = "x".repeat(255);
    let bare = Line { description: None, kind: None, ..a_line(&id, "2024-02-29", "0") };
    scene.deliver(feed, "-10", &[long, odd.clone(), bare]).await;
    let books = scene.books("20304050").await;
    assert_eq!(books["name"], "Geschäftskonto für Überweisung");
    assert_eq!((number_of_lines(&books), &books["balance"]), (3, &json!("1234567880.1199")));
    let texts = |line: usize| {
        ["description", "payeeName", "reference"].map(|name| books["lines"][line][name].clone())
    };
    assert_eq!(texts(0), [2_000, 255, 255].map(|chars| json!(long_text(chars))));
    assert_eq!(texts(1), [json!(odd.description.as_deref()), Value::Null, Value::Null]);
}

/// More lines than one statement holds, into a card's debt.
async fn send_many_lines(scene: &Scene, feed: &str) {
    let lines = (0..1_500).map(|id| a_line(&format!("t-{id}"), "2024-02-29", "-0.01"));
    let lines: Vec<_> = lines.collect();
    assert_eq!(scene.deliver(feed, "5", &lines).await.len(), 2);
    let books = scene.books("4242").await;
    assert_eq!((number_of_lines(&books), &books["balance"]), (1_500, &json!("-10")));
    assert_eq!((&books["isContinuous"], &books["repeated"]), (&json!(true), &json!(0)));
}

/// An answer that does not say what was done: the statement is looked up. The same again is a duplicate.
async fn look_up_a_lost_one(scene: &Scene, feed: &str) {
    let (statements, access) = (scene.statements(), scene.access());
    let lost = scene.one_statement(feed, "0", "l-1");
    let fault = json!({"fault": "internal-error-after", "operation": "create-statements"});
    scene.simulator.control(Method::POST, "faults", fault).await;
    let error = statements.send(access, &lost, "1").await.unwrap_err();
    assert!(matches!(error, PlatformError::Unknown { .. }), "{error}");
    let found = statements.look_up(access, &lost, &[]).await.unwrap().unwrap();
    scene.arrives(&found.id).await;
    let error = statements.send(access, &lost, "2").await.unwrap_err();
    let PlatformError::Rejected { reasons } = error else { panic!("{error}") };
    assert_eq!(reasons[0].kind, ReasonKind::Duplicate);
    assert_eq!(number_of_lines(&scene.books("GB29NWBK60161331926819").await), 1);
}

#[tokio::test]
async fn the_life_of_feeds_breaks_no_rule_of_the_contract() {
    let Some(scene) = Scene::open().await else { return };
    let [bank, card, euro] = connect_three(&scene).await;
    send_odd_texts(&scene, &bank).await;
    send_many_lines(&scene, &card).await;
    look_up_a_lost_one(&scene, &euro).await;
    // A feed can be ended twice.
    for attempt in ["1", "2"] {
        scene.feeds().delete_feed(scene.access(), &bank, attempt).await.unwrap();
        scene.wait(1);
    }
    assert_eq!(scene.feeds().find_feed(scene.access(), &bank).await, Ok(None));

    scene.prism.expect_no_violation();
    let mut calls: BTreeMap<String, usize> = BTreeMap::new();
    for judged in scene.prism.judged() {
        *calls.entry(judged.call).or_default() += 1;
    }
    let wanted = [
        ("GET /FeedConnections 202", 1),
        ("GET /FeedConnections/{id} 200", 6),
        ("GET /FeedConnections/{id} 400", 1),
        ("GET /Statements 200", 1),
        ("GET /Statements/{id} 200", 8),
        ("POST /FeedConnections 202", 3),
        ("POST /FeedConnections/DeleteRequests 202", 2),
        ("POST /Statements 202", 3),
        ("POST /Statements 409", 1),
        ("POST /Statements 500", 1),
    ];
    let calls: Vec<_> = calls.iter().map(|(call, times)| (call.as_str(), *times)).collect();
    assert_eq!(calls, wanted);
}
