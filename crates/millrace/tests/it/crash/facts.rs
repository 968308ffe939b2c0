//! What must be true after each round, and of a whole world once it is at rest.

use super::bank::{Account, Acknowledged, Bank, Side};
use super::scene::Scene;
use super::tally::Tally;
use crate::harness::{Caller, text};
use domain::money::Amount;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use testkit::Dice;
use tokio::time::sleep;

/// The most items that a page holds.
const PAGE_ITEMS: usize = 5_000;
const EVENTS_OF_PAGE: usize = 1_000;
/// How many acknowledged pushes are looked for after each round: of the latest, and of all.
const SAMPLE_LATEST: usize = 6;
const SAMPLE_ANY: usize = 4;
/// Longer than anything that a dead process held stays held: then something must have come to its end.
const STILL_MAX: Duration = Duration::from_mins(2);
const REST_STEP: Duration = Duration::from_millis(500);

/// Somebody who looks at a world.
pub(super) struct Looker<'a> {
    pub(super) scene: &'a Scene,
    pub(super) caller: &'a Caller,
}

impl Looker<'_> {
    fn bank(&self) -> &Bank {
        &self.scene.bank
    }

    /// After a round: a sample of what was acknowledged is there.
    pub(super) async fn look_for_sample(&self, dice: &Dice) {
        let mut sample = self.bank().latest(SAMPLE_LATEST);
        sample.extend((0..SAMPLE_ANY).filter_map(|_| self.bank().any(dice.between(0, 1 << 40))));
        let mut accounts = BTreeSet::new();
        for push in &sample {
            self.operation_is_there(push).await;
            accounts.insert(push.account);
        }
        for account in accounts {
            let account = &self.bank().accounts[account];
            let before = account.kept();
            let page = self.get(&format!("{}?pageSize=1", account.lines_path())).await;
            let kept = usize::try_from(page["totalResults"].as_u64().unwrap()).unwrap();
            assert!(kept >= before, "{}: {kept} lines, {before} were acknowledged", account.id);
        }
    }

    async fn operation_is_there(&self, push: &Acknowledged) -> Value {
        let account = &self.bank().accounts[push.account];
        let path = format!("/companies/{}/push/{}", account.company, push.key);
        let found = self.caller.get(&path).await;
        let lines = &push.lines;
        assert_eq!(
            found.status, 200,
            "the acknowledged push {} of lines {lines:?} to {} is lost: {}",
            push.key, account.id, found.text
        );
        let operation = found.json();
        let status = &operation["status"];
        assert!(*status == "Pending" || *status == "Success", "{}: {operation}", account.id);
        operation
    }

    async fn get(&self, path: &str) -> Value {
        self.caller.get(path).await.expect(200).json()
    }

    /// Everything of a list.
    async fn all(&self, path: &str) -> Vec<Value> {
        let mut all = Vec::new();
        for number in 1.. {
            let page = self.get(&format!("{path}?pageSize={PAGE_ITEMS}&page={number}")).await;
            let items = page["results"].as_array().unwrap();
            all.extend(items.iter().cloned());
            if items.len() < PAGE_ITEMS {
                break;
            }
        }
        all
    }

    async fn events(&self) -> Vec<Value> {
        let mut all: Vec<Value> = Vec::new();
        loop {
            let after = all.last().map_or(0, |event| event["sequence"].as_u64().unwrap());
            let path = format!("/ext/v1/events?count={EVENTS_OF_PAGE}&after={after}");
            let page = self.get(&path).await;
            let items = page["results"].as_array().unwrap();
            all.extend(items.iter().cloned());
            if items.len() < EVENTS_OF_PAGE {
                return all;
            }
        }
    }

    fn companies(&self) -> BTreeSet<&str> {
        self.bank().accounts.iter().map(|account| account.company.as_str()).collect()
    }

    /// Waits until every operation has ended and every event has been heard.
    pub(super) async fn rest(&self) {
        let (mut left, mut waited) = (self.unrest().await, Duration::ZERO);
        while !left.is_empty() {
            sleep(REST_STEP).await;
            let before = std::mem::replace(&mut left, self.unrest().await);
            waited = if left == before { waited + REST_STEP } else { Duration::ZERO };
            assert!(waited < STILL_MAX, "for {STILL_MAX:?} there is still {left}");
        }
    }

    /// What has not come to its end; nothing when everything has.
    async fn unrest(&self) -> String {
        for company in self.companies() {
            let path = format!("/companies/{company}/push?query=status=Pending&pageSize=10");
            let pending = self.get(&path).await;
            if pending["totalResults"] != 0 {
                let keys = pending["results"].as_array().unwrap().iter();
                let keys: Vec<_> = keys.map(|one| text(&one["pushOperationKey"])).collect();
                return format!("{} pending: {keys:?}", pending["totalResults"]);
            }
        }
        let newest = self.get("/ext/v1/events?count=1").await["newest"].as_u64().unwrap();
        let heard = self.scene.sink.heard();
        let ids: BTreeSet<_> = heard.iter().map(|heard| heard.header("webhook-id")).collect();
        if u64::try_from(ids.len()).unwrap() < newest {
            return format!("an event untold: {} of {newest} messages heard", ids.len());
        }
        String::new()
    }

    /// Of a world at rest.
    pub(super) async fn hold(&self, tally: &Tally) {
        for push in self.bank().acknowledged() {
            self.operation_is_there(&push).await;
        }
        let quickbooks = self.fetched_books().await;
        let xero = self.sent_books(tally).await;
        for account in &self.bank().accounts {
            let books = match account.side {
                Side::QuickBooks => &quickbooks,
                Side::Xero => &xero,
            };
            let lines = self.all(&account.lines_path()).await;
            lines_are_kept_once(account, &lines);
            lines_are_in_books(account, &lines, &books[&account.id]);
            tally.lines.add(lines.len());
        }
        let ended = self.operations_have_ended().await;
        let events = self.events().await;
        ends_are_told_once(&events, &ended);
        self.events_were_heard(&events, tally);
    }

    async fn operations_have_ended(&self) -> BTreeSet<String> {
        let mut keys = BTreeSet::new();
        for company in self.companies() {
            for operation in self.all(&format!("/companies/{company}/push")).await {
                assert_eq!(operation["status"], "Success", "{operation}");
                keys.insert(text(&operation["pushOperationKey"]));
            }
        }
        keys
    }

    /// The lines in QuickBooks' books by the accounts' ids, after a last look.
    async fn fetched_books(&self) -> BTreeMap<String, Vec<Value>> {
        for poll in self.scene.quickbooks.poll().await.unwrap() {
            assert_eq!(poll.error, None, "{poll:?}");
        }
        let books = serde_json::to_value(self.scene.quickbooks.books().await).unwrap();
        let customers = books["customers"].as_array().unwrap().iter();
        let accounts = customers.flat_map(|customer| customer["accounts"].as_array().unwrap());
        let show = |account: &Value| {
            let id = text(&account["accountId"]);
            assert_eq!(account["changedUnderSameFitid"], 0, "{id}");
            assert_eq!(account["attention"], Value::Null, "{id}");
            (id, lines_of(account, "fitId"))
        };
        accounts.map(show).collect()
    }

    /// The lines in Xero's books by the accounts' names, which are their ids.
    async fn sent_books(&self, tally: &Tally) -> BTreeMap<String, Vec<Value>> {
        let mut books = BTreeMap::new();
        for account in self.scene.simulator.ledger().await {
            let name = text(&account["name"]);
            assert_eq!(account["repeated"], 0, "{name}: lines are twice in the books");
            assert_eq!(account["isContinuous"], true, "{name}: statements do not continue");
            tally.deliveries.add(account["statements"].as_array().unwrap().len());
            books.insert(name, lines_of(&account, "transactionId"));
        }
        books
    }

    fn events_were_heard(&self, events: &[Value], tally: &Tally) {
        let heard = self.scene.sink.heard();
        let told: BTreeSet<_> = heard.iter().map(|heard| text(&heard.json()["id"])).collect();
        for heard in &heard {
            heard.verify_late(&self.scene.secret);
        }
        for (place, event) in (1_u64..).zip(events) {
            assert_eq!(event["sequence"], place, "the sequence of events has a hole: {event}");
            let id = text(&event["event"]["id"]);
            assert!(told.contains(&id), "nobody was told of event {place}: {event}");
        }
        tally.events.add(events.len());
        tally.messages.add(heard.len());
    }
}

/// Lines with nothing but an id and an amount.
fn lines_of(account: &Value, id: &str) -> Vec<Value> {
    let lines = account["lines"].as_array().unwrap().iter();
    lines.map(|line| Value::from(vec![line[id].clone(), line["amount"].clone()])).collect()
}

/// Everything that was acknowledged, and nothing twice.
fn lines_are_kept_once(account: &Account, lines: &[Value]) {
    let ids: BTreeSet<_> = lines.iter().map(|line| text(&line["id"])).collect();
    assert_eq!(ids.len(), lines.len(), "{}: a line is kept twice", account.id);
    let wanted = account.kept_ids();
    let lost: Vec<_> = wanted.difference(&ids).collect();
    assert!(lost.is_empty(), "{}: acknowledged lines are lost: {lost:?}", account.id);
    // Whoever pushed went on until everything was answered.
    let more: Vec<_> = ids.difference(&wanted).collect();
    assert!(more.is_empty(), "{}: nobody pushed {more:?}", account.id);
}

/// The same lines in the same order, each once.
fn lines_are_in_books(account: &Account, lines: &[Value], books: &[Value]) {
    let kept = lines.iter().map(|line| (text(&line["id"]), line["amount"].to_string()));
    let kept: Vec<_> = kept.map(|(id, told)| (id, Amount::parse(&told).unwrap())).collect();
    let shown = books.iter().map(|line| (text(&line[0]), Amount::parse(&text(&line[1])).unwrap()));
    let shown: Vec<_> = shown.collect();
    let difference = kept.iter().zip(&shown).position(|(kept, shown)| kept != shown);
    assert!(
        difference.is_none() && kept.len() == shown.len(),
        "{}: {} lines are kept and {} in the books, which differ from line {difference:?} on: {:?} and {:?}",
        account.id,
        kept.len(),
        shown.len(),
        difference.map(|place| &kept[place]),
        difference.map(|place| &shown[place]),
    );
}

/// Of every operation, one event tells the end.
fn ends_are_told_once(events: &[Value], ended: &BTreeSet<String>) {
    let mut told = BTreeSet::new();
    for event in events {
        if text(&event["event"]["eventType"]).starts_with("bankTransactions.write.") {
            let key = text(&event["event"]["payload"]["id"]);
            assert!(told.insert(key), "an end is told twice: {event}");
        }
    }
    let untold: Vec<_> = ended.symmetric_difference(&told).collect();
    assert!(untold.is_empty(), "operations and events differ: {untold:?}");
}
