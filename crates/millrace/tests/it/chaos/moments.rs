//! Single moments out of the chaos, each of which once went wrong.

use super::bank::{Bank, Planned};
use super::scene::Scene;
use crate::harness::{Database, on_both};
use domain::clock::Clock as _;
use domain::connection::{ConnectionStatus, Trouble, TroubleKind};
use domain::delivery::{SENDING_HOLD, SentStage, SentStatement};
use domain::ids::LeaseToken;
use domain::link::{Effects, Link};
use domain::push::{PushOperation, PushStatus};
use domain::work::Lease;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use store::{LeaseRequest, LinkChange, LinkChanged, Settled};
use testkit::{a_lease_request, a_uuid};

/// So often one looks for what is about to happen.
const LOOKS_MAX: usize = 10_000;

on_both! {
    a_refusal_is_told_though_the_worker_died_that_heard_it;
    a_refusal_at_once_is_told_though_the_worker_died_that_heard_it;
    a_refusal_of_the_first_of_two_statements_does_not_say_that_a_part_is_in_the_books;
    a_duplicate_of_what_is_still_under_way_is_followed_to_its_end;
    a_refusal_is_not_the_end_while_an_earlier_attempt_may_arrive;
    a_refusal_is_the_end_once_no_earlier_attempt_can_arrive;
    a_push_waits_for_what_it_leaves_to_an_earlier_one;
    a_push_that_missed_its_connection_s_return_is_taken_up_again;
    a_platform_that_was_offline_is_no_trouble_once_it_takes_lines;
    a_no_to_old_tokens_does_not_shut_out_new_ones;
}

/// One customer with one account that leads into the books, and the bank.
async fn linked(database: Database) -> (Scene, Bank) {
    linked_with(database, 1).await
}

async fn linked_with(database: Database, accounts: usize) -> (Scene, Bank) {
    let mut scene = Scene::open(database, 7, &[accounts]).await;
    scene.pass_until("everything is linked", Scene::is_linked).await;
    (scene, Bank::open(7, accounts))
}

fn refusing(fault: &str) -> Value {
    json!({"fault": fault, "operation": "create-statements", "problem": "invalid-start-date"})
}

impl Scene {
    /// A push that is only accepted.
    async fn push_one(&mut self, planned: Planned) -> PushOperation {
        self.push(vec![planned]);
        self.finish_pushes().await;
        self.operations.last().unwrap().clone()
    }

    /// Holds the one push that is due, as a worker would that dies afterwards.
    async fn hold(&self) -> Lease {
        let token = LeaseToken::new(a_uuid());
        let request = LeaseRequest { token, now: self.now(), ..a_lease_request() };
        let mut leases = self.store.lease_due_work(&request).await.unwrap();
        assert_eq!(leases.len(), 1);
        leases.remove(0)
    }

    async fn keep(&self, lease: &Lease, statement: SentStatement) {
        let kept = self.store.keep_statement(lease, &statement).await.unwrap();
        assert_eq!(kept, Settled::Written);
    }

    async fn statement_of(&self, push: &PushOperation) -> SentStatement {
        let sent = self.store.list_statements(self.client, push.key).await.unwrap();
        assert_eq!(sent.len(), 1);
        sent[0].clone()
    }

    async fn trouble(&self, push: &PushOperation) -> Option<Trouble> {
        self.store.find_connection(&push.path).await.unwrap().unwrap().trouble
    }

    fn now(&self) -> Timestamp {
        self.world.clock.now()
    }

    async fn change(&self, link: Link, effects: Effects) {
        let change = LinkChange { link, effects, held_by: None, now: self.now() };
        assert_eq!(self.store.change_link(&change).await.unwrap(), LinkChanged::Changed);
    }

    async fn words_of(&mut self, push: &PushOperation) -> String {
        self.pass_until("the push has ended", Self::is_settled).await;
        let push = self.push_now(push).await;
        assert_eq!(push.status, PushStatus::Failed);
        push.validation.errors[0].message.clone()
    }
}

async fn a_refusal_is_told_though_the_worker_died_that_heard_it(database: Database) {
    let (mut scene, mut bank) = linked(database).await;
    scene.books.set(json!({"deliverySecs": 5})).await;
    scene.books.order(refusing("rejected-late")).await;
    let push = scene.push_one(bank.plan()).await;
    scene.work().await;
    scene.world.clock.advance(SignedDuration::from_secs(10));
    let lease = scene.hold().await;
    let received = scene.statement_of(&push).await;
    assert_eq!(received.stage, SentStage::Received);
    scene.keep(&lease, SentStatement { stage: SentStage::Rejected, ..received }).await;
    assert_eq!(scene.words_of(&push).await, "The start date is more than one year ago.");
}

async fn a_refusal_at_once_is_told_though_the_worker_died_that_heard_it(database: Database) {
    let (mut scene, mut bank) = linked(database).await;
    scene.books.order(refusing("some-rejected")).await;
    let push = scene.push_one(bank.plan()).await;
    let lease = scene.hold().await;
    let link = scene.store.find_link(&push.path).await.unwrap().unwrap();
    let lines = scene.lines_of(&push).await;
    let (first, last) = (&lines[0].line, &lines[lines.len() - 1].line);
    let opening = first.balance.unwrap().checked_sub(first.amount).unwrap();
    let now = lease.until;
    let rejected = SentStatement {
        number: 0,
        feed: link.mapping(&push.account).unwrap().feed.clone().unwrap(),
        lines: push.lines,
        starts_on: first.date.date(),
        ends_on: last.date.date(),
        opening,
        closing: last.balance.unwrap(),
        attempt: 1,
        attempted_at: now,
        is_doubtful: false,
        id: None,
        stage: SentStage::Rejected,
        stage_at: now,
    };
    scene.keep(&lease, rejected).await;
    assert_eq!(scene.words_of(&push).await, "The start date is more than one year ago.");
    let statement = scene.statement_of(&push).await;
    assert_eq!((statement.attempt, statement.stage), (1, SentStage::Rejected));
}

async fn a_refusal_of_the_first_of_two_statements_does_not_say_that_a_part_is_in_the_books(
    database: Database,
) {
    let (mut scene, mut bank) = linked(database).await;
    scene.books.order(refusing("some-rejected")).await;
    let push = scene.push_one(bank.plan_large(0)).await;
    let words = scene.words_of(&push).await;
    let count = scene.statement_of(&push).await.lines.count;
    let wanted = format!(
        "The start date is more than one year ago. (said of the first {count} transactions; the others were not sent)"
    );
    assert_eq!(words, wanted);
}

async fn a_duplicate_of_what_is_still_under_way_is_followed_to_its_end(database: Database) {
    for duplicates in ["immediate", "late"] {
        let (mut scene, mut bank) = linked(database).await;
        scene.books.set(json!({"deliverySecs": 30, "duplicates": duplicates})).await;
        scene.books.order(refusing("rejected-late")).await;
        let push = scene.push_one(bank.plan()).await;
        scene.work().await;
        scene.world.clock.advance(SignedDuration::from_secs(2));
        // As if its answer had been lost, and looking for it had come too early.
        let lease = scene.hold().await;
        let received = scene.statement_of(&push).await;
        scene.keep(&lease, SentStatement { id: None, stage: SentStage::Unsent, ..received }).await;
        scene.store.release_work(&lease).await.unwrap();
        scene.pass_until("the push has ended", Scene::is_settled).await;
        let (push, sent) = (scene.push_now(&push).await, scene.statement_of(&push).await);
        assert_eq!(sent.attempt, 2, "{duplicates}");
        let in_books: usize = scene.books.ledger().await.values().map(count_lines).sum();
        assert_eq!(in_books, scene.lines_of(&push).await.len(), "{duplicates}: {push:?}");
    }
}

async fn a_refusal_is_not_the_end_while_an_earlier_attempt_may_arrive(database: Database) {
    let (mut scene, mut bank) = linked(database).await;
    scene.books.set(json!({"deliverySecs": 30})).await;
    let push = scene.push_one(bank.plan()).await;
    scene.work().await;
    scene.world.clock.advance(SignedDuration::from_secs(2));
    // As if its answer had been lost, and it had arrived after it was looked for.
    let lease = scene.hold().await;
    let received = scene.statement_of(&push).await;
    let missed = SentStatement { stage: SentStage::Unsent, is_doubtful: true, ..received };
    scene.keep(&lease, SentStatement { id: None, ..missed }).await;
    scene.store.release_work(&lease).await.unwrap();
    scene.books.order(refusing("some-rejected")).await;
    scene.pass_until("the push has ended", Scene::is_settled).await;
    let (push, sent) = (scene.push_now(&push).await, scene.statement_of(&push).await);
    assert_eq!((push.status, sent.attempt), (PushStatus::Success, 2));
    let in_books: usize = scene.books.ledger().await.values().map(count_lines).sum();
    assert_eq!(in_books, scene.lines_of(&push).await.len());
}

async fn a_refusal_is_the_end_once_no_earlier_attempt_can_arrive(database: Database) {
    let (mut scene, mut bank) = linked(database).await;
    scene.books.order(json!({"fault": "reset-before", "operation": "create-statements"})).await;
    let mut refusals = refusing("some-rejected");
    refusals["calls"] = 2.into();
    scene.books.order(refusals).await;
    let push = scene.push_one(bank.plan()).await;
    assert_eq!(scene.words_of(&push).await, "The start date is more than one year ago.");
    assert_eq!(scene.statement_of(&push).await.attempt, 3);
    let ended = scene.push_now(&push).await.completed_at.unwrap();
    assert!(ended.duration_since(push.requested_at) >= SENDING_HOLD, "{ended}");
}

fn count_lines(account: &Value) -> usize {
    account["lines"].as_array().unwrap().len()
}

async fn a_push_waits_for_what_it_leaves_to_an_earlier_one(database: Database) {
    let (mut scene, mut bank) = linked(database).await;
    scene.books.set(json!({"deliverySecs": 30})).await;
    let planned = bank.plan();
    let first = scene.push_one(planned.clone()).await;
    let again = scene.push_one(planned).await;
    assert_eq!((again.known_lines, again.lines.count), (first.lines.count, 0));
    scene.work().await;
    scene.world.clock.advance(SignedDuration::from_secs(20));
    scene.work().await;
    assert_eq!(scene.push_now(&again).await.status, PushStatus::Pending);
    scene.pass_until("both have ended", Scene::is_settled).await;
    for push in [&first, &again] {
        assert_eq!(scene.push_now(push).await.status, PushStatus::Success);
    }
    let in_books: usize = scene.books.ledger().await.values().map(count_lines).sum();
    assert_eq!(in_books, scene.lines_of(&first).await.len());
}

async fn a_push_that_missed_its_connection_s_return_is_taken_up_again(database: Database) {
    let (mut scene, mut bank) = linked(database).await;
    let push = scene.push_one(bank.plan()).await;
    let open = scene.store.find_link(&push.path).await.unwrap().unwrap();
    let mut shut = open.clone();
    let effects = shut.shut_out("no", scene.now());
    scene.change(shut, effects).await;
    scene.work().await;
    assert_eq!(scene.push_now(&push).await.status, PushStatus::Pending);
    // The connection is back, while a worker was just about to let the push wait.
    let shut = scene.store.find_link(&push.path).await.unwrap().unwrap();
    let returned = Link { access_ends_at: open.access_ends_at, ..shut };
    let linked = Effects { connection: Some(ConnectionStatus::Linked), ..Effects::default() };
    scene.change(returned, linked).await;
    scene.pass(16 * 60).await;
    scene.pass(60).await;
    assert_eq!(scene.push_now(&push).await.status, PushStatus::Success);
}

async fn a_platform_that_was_offline_is_no_trouble_once_it_takes_lines(database: Database) {
    let (mut scene, mut bank) = linked(database).await;
    let offline = json!({"fault": "organisation-offline", "operation": "create-statements"});
    scene.books.order(offline).await;
    let push = scene.push_one(bank.plan()).await;
    scene.work().await;
    let trouble = scene.trouble(&push).await.unwrap();
    assert_eq!((trouble.kind, trouble.ended_at), (TroubleKind::Unavailable, None));
    scene.pass_until("the push has ended", Scene::is_settled).await;
    assert_eq!(scene.push_now(&push).await.status, PushStatus::Success);
    assert!(scene.trouble(&push).await.unwrap().ended_at.is_some());
}

async fn a_no_to_old_tokens_does_not_shut_out_new_ones(database: Database) {
    let (mut scene, mut bank) = linked_with(database, 2).await;
    let path = scene.customers[0].path;
    let disconnects = json!({"fault": "user-disconnects", "operation": "create-statements"});
    scene.books.order(disconnects).await;
    scene.push((0..2).map(|account| bank.plan_new(account)).collect());
    scene.finish_pushes().await;
    scene.world.turnstile.shut();
    let mut late = scene.begin_work();
    scene.world.turnstile.reached().await;
    // The other push is told no as well, and the customer connects again, before the first hears of it.
    let status =
        async |scene: &Scene| scene.store.find_connection(&path).await.unwrap().unwrap().status;
    for _ in 0..LOOKS_MAX {
        if status(&scene).await == ConnectionStatus::Deauthorized {
            break;
        }
        tokio::task::yield_now().await;
    }
    assert!(scene.customers_look().await);
    scene.work().await;
    assert_eq!(status(&scene).await, ConnectionStatus::Linked);
    scene.world.turnstile.open();
    while late.join_next().await.is_some() {}
    assert_eq!(status(&scene).await, ConnectionStatus::Linked);
    scene.pass_until("every push has ended", Scene::is_settled).await;
    for operation in &scene.operations {
        assert_eq!(scene.push_now(operation).await.status, PushStatus::Success);
    }
}
