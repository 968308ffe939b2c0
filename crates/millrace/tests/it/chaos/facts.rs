//! What must be true in the end, whatever has happened.

use super::bank::Bank;
use super::books::text;
use super::scene::Scene;
use domain::delivery::{SentStage, SentStatement};
use domain::event::EventKind;
use domain::ids::LeaseToken;
use domain::line::KeptLine;
use domain::link::MappingStage;
use domain::money::Amount;
use domain::push::{LineSpan, PushOperation, PushStatus};
use domain::source_account::AccountPath;
use jiff::Timestamp;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use store::LeaseRequest;
use testkit::{a_lease_request, a_uuid};

/// Said of what was refused after a part had been delivered.
const PART_DELIVERED: &str = "which are in the books";
/// Said of a line that an earlier push brought, and took back.
const LEFT_TO_ANOTHER: &str = "the push that brought this transaction";
/// Said of a refusal whose reason nobody has kept.
const NO_REASON: &str = "it gave no reason";

/// With fewer, the story is about nothing but refusals.
const SUCCESSES_MIN: usize = 100;

pub(super) async fn hold(scene: &Scene, bank: &Bank) {
    books_hold_every_line_once(scene, bank).await;
    let mut ends = BTreeMap::new();
    for operation in &scene.operations {
        let push = scene.push_now(operation).await;
        push_has_ended(scene, &push).await;
        ends.insert(push.key.to_string(), push.status);
    }
    let successes = ends.values().filter(|status| **status == PushStatus::Success).count();
    assert!(successes > SUCCESSES_MIN, "only {successes} pushes came through");
    every_end_was_told_once(scene, ends).await;
    nothing_is_left(scene).await;
    nobody_is_troubled(scene).await;
    scene.books.assert_limits_kept();
}

async fn books_hold_every_line_once(scene: &Scene, bank: &Bank) {
    let mut ledger = scene.books.ledger().await;
    for (number, path) in scene.accounts.iter().enumerate() {
        let link = scene.store.find_link(&path.connection).await.unwrap().unwrap();
        let stage = link.mapping(&path.account).map(|mapping| mapping.stage.clone());
        let Some(MappingStage::Connected { target }) = stage else { panic!("{stage:?}") };
        let customer = scene.customers.iter().find(|one| one.path == path.connection).unwrap();
        let (_, wish) = customer.wishes.iter().find(|(one, _)| one == path).unwrap();
        assert!(wish.target.as_ref().is_none_or(|wanted| *wanted == target), "{target}");
        let account = ledger.remove(&target).unwrap();
        assert_eq!(text(&account["tenantId"]), customer.tenant.id);
        assert_eq!((&account["repeated"], &account["isContinuous"]), (&0.into(), &true.into()));
        let all = LineSpan { first: 0, count: u32::MAX };
        let kept = scene.store.lines_at(path, all).await.unwrap();
        lines_are_in_order(&kept, account["lines"].as_array().unwrap());
        // The last push sent everything again: nothing is missing.
        let ids: BTreeSet<_> = kept.iter().map(|kept| kept.line.id.as_str()).collect();
        let wanted: BTreeSet<_> = bank.lines(number).iter().map(|line| line.id.as_str()).collect();
        assert_eq!(ids, wanted);
    }
    for account in ledger.values() {
        assert_eq!(account["lines"], Value::Array(Vec::new()), "{} is nobody's", account["name"]);
    }
}

fn lines_are_in_order(kept: &[KeptLine], shown: &[Value]) {
    let ids = |line: &Value| text(&line["transactionId"]);
    let wanted: Vec<_> = kept.iter().map(|kept| kept.line.id.clone()).collect();
    assert_eq!(shown.iter().map(ids).collect::<Vec<_>>(), wanted);
    let mut balance: Option<Amount> = None;
    for (KeptLine { line, .. }, shown) in kept.iter().zip(shown) {
        let told = |field: &str| Amount::parse(&text(&shown[field])).unwrap();
        assert_eq!(told("amount"), line.amount, "{}", line.id);
        assert_eq!(text(&shown["date"]), line.date.date().to_string(), "{}", line.id);
        // The first line is believed what it says; from there on the amounts decide.
        let wanted = balance.map_or(line.balance, |before| before.checked_add(line.amount));
        assert_eq!(Some(told("balance")), wanted, "{}", line.id);
        balance = wanted;
    }
}

async fn push_has_ended(scene: &Scene, push: &PushOperation) {
    let sent = scene.store.list_statements(scene.client, push.key).await.unwrap();
    let is_open = |one: &SentStatement| one.stage.is_open();
    assert!(!sent.iter().any(is_open), "{push:?}: {sent:?}");
    let kept = scene.lines_of(push).await;
    let delivered = sent.iter().filter(|one| one.stage == SentStage::Delivered);
    let delivered: usize = delivered.map(|one| usize::try_from(one.lines.count).unwrap()).sum();
    assert_eq!(kept.len(), delivered, "{push:?}: {sent:?}");
    assert!(push.completed_at.is_some(), "{push:?}");
    let all = usize::try_from(push.lines.count).unwrap();
    let missing = missing_of(scene, push).await;
    match push.status {
        PushStatus::Pending => panic!("{push:?}"),
        PushStatus::Success => {
            assert_eq!(kept.len(), all, "{push:?}");
            assert_eq!(missing, 0, "{push:?}");
        }
        PushStatus::TimedOut => assert!(push.error.is_some(), "{push:?}"),
        PushStatus::Failed => {
            let said: Vec<_> = push.validation.errors.iter().map(|one| &one.message).collect();
            assert!(!said.is_empty(), "{push:?}");
            assert!(said.iter().all(|said| !said.contains(NO_REASON)), "{push:?}");
            let left_out = said.iter().filter(|said| said.contains(LEFT_TO_ANOTHER)).count();
            if left_out > 0 {
                assert_eq!((left_out, delivered), (missing, all), "{push:?}");
                return;
            }
            let is_part = said.iter().any(|said| said.contains(PART_DELIVERED));
            assert_eq!(is_part, delivered > 0, "{push:?}: {sent:?}");
        }
    }
}

/// How many lines a push left to earlier ones, which took them back.
async fn missing_of(scene: &Scene, push: &PushOperation) -> usize {
    let path = AccountPath { connection: push.path, account: push.account.clone() };
    let mut missing = 0;
    for awaited in &push.awaited {
        let there = scene.store.lines_at(&path, awaited.lines).await.unwrap().len();
        missing += usize::try_from(awaited.lines.count).unwrap() - there;
    }
    missing
}

async fn every_end_was_told_once(scene: &Scene, ends: BTreeMap<String, PushStatus>) {
    let (mut told, mut connected) = (BTreeMap::new(), Vec::new());
    let mut after = 0;
    loop {
        let page = scene.store.list_events(scene.client, after, 500).await.unwrap();
        let Some(last) = page.last() else { break };
        after = last.sequence;
        for kept in &page {
            if kept.event.kind == EventKind::AccountConnected {
                connected.extend(kept.event.account.as_ref().map(ToString::to_string));
            }
            let Some(push) = kept.event.push else { continue };
            let about = kept.about.push.unwrap();
            let is_success = kept.event.kind == EventKind::WriteSuccessful;
            assert_eq!(is_success, about.status == PushStatus::Success, "{kept:?}");
            let before = told.insert(push.to_string(), about.status);
            assert_eq!(before, None, "{kept:?}");
        }
    }
    assert_eq!(told, ends);
    connected.sort_unstable();
    let mut accounts: Vec<_> = scene.accounts.iter().map(|path| path.account.to_string()).collect();
    accounts.sort_unstable();
    assert_eq!(connected, accounts);
}

async fn nothing_is_left(scene: &Scene) {
    let token = LeaseToken::new(a_uuid());
    let request = LeaseRequest { token, now: Timestamp::MAX, ..a_lease_request() };
    assert_eq!(scene.store.lease_due_work(&request).await.unwrap(), []);
}

async fn nobody_is_troubled(scene: &Scene) {
    for customer in &scene.customers {
        let connection = scene.store.find_connection(&customer.path).await.unwrap().unwrap();
        let lasting = connection.trouble.filter(|trouble| trouble.ended_at.is_none());
        assert_eq!(lasting, None);
    }
}
