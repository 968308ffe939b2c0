//! What is told of the books, before anybody read them and afterwards, and of what was sent into them.

use super::scene::{Scene, books_read_at};
use crate::harness::{Database, a_line, on_both, text, today, wait_for};
use domain::delivery::{SentStage, SentStatement};
use domain::ids::{LeaseToken, PushKey};
use domain::link::Effects;
use domain::source_account::AccountId;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use store::{LeaseRequest, Settled};
use testkit::{a_lease_request, a_uuid, amount};

on_both! {
    nothing_is_told_of_books_that_nobody_let_us_into;
    the_first_books_are_waited_for;
    whoever_waits_in_vain_is_told_to_come_again;
    aged_books_are_shown_and_asked_for_again;
    the_accounts_of_the_books_are_listed;
    what_was_sent_of_a_push_is_told;
}

const INFORMATION: &str = "bankFeeds/info";
const ACCOUNTS: &str = "data/bankAccounts";

async fn nothing_is_told_of_books_that_nobody_let_us_into(database: Database) {
    let scene = Scene::open(database).await;
    let not_linked = "the connection is PendingAuth, not Linked: the customer has to link the accounting software first";
    let information = scene.caller.get(&scene.at(INFORMATION)).await.expect_error(400);
    assert_eq!(information["error"], not_linked);
    let accounts = scene.caller.get(&scene.at(ACCOUNTS)).await.expect_error(409);
    assert_eq!(accounts["error"], not_linked);
    let mapping = scene.mapping("a").await;
    let expected = json!({
        "sourceAccountId": "a", "sourceAccountName": "Account a", "sourceCurrency": "GBP", "status": "pending",
    });
    assert_eq!(mapping, expected);
    let told = scene.caller.get(&format!("/ext/v1{}", scene.at("mapping"))).await.expect(200);
    assert_eq!(told.json()["accounts"][0]["targets"], json!([]));
    let body = json!({"accountName": "Savings"});
    let made = scene.caller.post(&scene.at("push/bankAccounts"), body).await.expect_error(400);
    assert!(text(&made["error"]).contains("without a targetAccountId, and Xero opens one"));
}

async fn the_first_books_are_waited_for(database: Database) {
    let scene = Scene::open(database).await;
    scene.link(None).await;
    let ask = |rest: &str| {
        let (caller, path) = (scene.caller.clone(), scene.at(rest));
        tokio::spawn(async move { caller.get(&path).await })
    };
    let asked = [ask(INFORMATION), ask(ACCOUNTS), ask("bankFeedAccounts/mapping")];
    let books = books_read_at(Timestamp::now());
    scene.play(|link| link.read(books.clone())).await;
    for asked in asked {
        let told = asked.await.unwrap().expect(200).json();
        assert!(told.to_string().contains("The current") || told["companyName"].is_string());
    }
    let information = scene.caller.get(&scene.at(INFORMATION)).await.expect(200).json();
    let expected = json!({
        "companyName": "Demo Company (UK)", "baseCurrency": "GBP", "planType": "demo",
        "multicurrencyEnabled": true, "currencies": ["EUR", "GBP"],
    });
    assert_eq!(information, expected);
}

async fn whoever_waits_in_vain_is_told_to_come_again(database: Database) {
    let scene = Scene::open(database).await;
    scene.link(None).await;
    let wish = json!({"sourceAccountId": "a", "targetAccountId": "current"});
    let (information, accounts, wished, mapping) = tokio::join!(
        async { scene.caller.get(&scene.at(INFORMATION)).await },
        async { scene.caller.get(&scene.at(ACCOUNTS)).await },
        async { scene.caller.post(&scene.mappings(), wish).await },
        scene.mapping("a"),
    );
    for reply in [information, accounts, wished] {
        let error = text(&reply.expect_error(409)["error"]);
        assert!(error.ends_with("have not been read yet: try again in a moment"), "{error}");
    }
    assert_eq!(
        (&mapping["status"], &mapping["targetAccountOptions"]),
        (&json!("pending"), &Value::Null)
    );
    // Who wants a new account needs no books.
    let wish = json!({"sourceAccountId": "a"});
    scene.caller.post(&scene.mappings(), wish).await.expect(200);
}

async fn aged_books_are_shown_and_asked_for_again(database: Database) {
    let scene = Scene::linked(database).await;
    assert_eq!(scene.options("a").await.len(), 2);
    assert_eq!(scene.kept().await.books_wanted_at, None, "they are fresh");
    let aged = Timestamp::now() - SignedDuration::from_secs(61);
    scene
        .play(|link| {
            link.books = Some(books_read_at(aged));
            Effects::default()
        })
        .await;
    assert_eq!(scene.options("a").await.len(), 2);
    let wanted = scene.kept().await;
    assert!(wanted.books_wanted_at.is_some());
    assert!(wanted.due_at().is_some_and(|at| at <= Timestamp::now()));
    // Once is enough.
    assert_eq!(scene.options("a").await.len(), 2);
    assert_eq!(scene.kept().await.version, wanted.version);
}

async fn the_accounts_of_the_books_are_listed(database: Database) {
    let scene = Scene::linked(database).await;
    let list = |query: &'static str| {
        let (caller, path) = (scene.caller.clone(), format!("{}{query}", scene.at(ACCOUNTS)));
        async move { caller.get(&path).await }
    };
    let page = list("?pageSize=2&orderBy=-id").await.expect(200).json();
    assert_eq!((&page["totalResults"], &page["pageSize"]), (&json!(5), &json!(2)));
    let ids: Vec<_> =
        page["results"].as_array().unwrap().iter().map(|one| text(&one["id"])).collect();
    assert_eq!(ids, ["theirs", "savings"]);
    let cards = list("?query=accountType=credit").await.expect(200).json();
    assert_eq!((&cards["totalResults"], &cards["results"][0]["id"]), (&json!(1), &json!("card")));
    let wrong = list("?query=colour=red").await.expect_error(400);
    assert!(text(&wrong["error"]).contains("Could not resolve property colour on BankAccount"));
    // What was read can still be looked at when we are not let in any more; nothing can be done with it.
    scene.play(|link| link.shut_out("invalid_grant", Timestamp::now())).await;
    assert_eq!(list("").await.expect(200).json()["totalResults"], 5);
    scene.caller.get(&scene.at(INFORMATION)).await.expect_error(400);
}

async fn what_was_sent_of_a_push_is_told(database: Database) {
    let scene = Scene::linked(database).await;
    let wish = json!({"sourceAccountId": "a", "targetAccountId": "current"});
    scene.caller.post(&scene.mappings(), wish).await.expect(200);
    let account = AccountId::parse("a").unwrap();
    scene.play(|link| link.feed_connected(&account, "current", today())).await;
    let lines = [a_line("x", today(), 1.0), a_line("y", today(), 2.0)];
    let push = scene.at("push/bankAccounts/a/bankTransactions");
    let body = json!({"accountId": "a", "transactions": lines});
    let push = scene.caller.post(&push, body).await.expect(200).json();
    let path =
        format!("/companies/{}/push/{}", scene.path.company, text(&push["pushOperationKey"]));
    let told = scene.caller.get(&format!("/ext/v1{path}")).await.expect(200).json();
    assert_eq!((&told["statements"], &told["lines"][0]["state"]), (&json!([]), &json!("stored")));

    let key = PushKey::parse(&text(&push["pushOperationKey"])).unwrap();
    let lease = wait_for("the push to be due", || async {
        let request = LeaseRequest {
            now: Timestamp::now(),
            token: LeaseToken::new(a_uuid()),
            ..a_lease_request()
        };
        let leases = scene.store.lease_due_work(&request).await.unwrap();
        leases.into_iter().find(|lease| lease.push.key == key)
    })
    .await;
    let at: Timestamp = "2024-02-29T12:00:00Z".parse().unwrap();
    let statement = SentStatement {
        number: 0,
        feed: "feed-1".into(),
        lines: lease.push.lines,
        starts_on: today(),
        ends_on: today(),
        opening: amount("999.25"),
        closing: amount("1002.25"),
        attempt: 2,
        attempted_at: at,
        is_doubtful: false,
        id: Some("st-1".into()),
        stage: SentStage::Received,
        stage_at: at,
    };
    let kept = scene.store.keep_statement(&lease, &statement).await.unwrap();
    assert_eq!(kept, Settled::Written);
    let told = scene.caller.get(&format!("/ext/v1{path}")).await.expect(200).json();
    let expected = json!([{
        "number": 0, "firstPosition": 0, "lastPosition": 1, "id": "st-1",
        "stage": "Received", "stageAt": "2024-02-29T12:00:00Z",
        "attempt": 2, "attemptedAt": "2024-02-29T12:00:00Z",
        "openingBalance": 999.25, "closingBalance": 1002.25,
    }]);
    assert_eq!(told["statements"], expected);
    let states: Vec<_> =
        told["lines"].as_array().unwrap().iter().map(|line| &line["state"]).collect();
    assert_eq!(states, ["received", "received"]);
}
