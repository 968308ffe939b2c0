//! Lines on their way into Xero, through everything that happens on the way.

use super::scene::Scene;
use crate::harness::{
    Database, Prism, Server, ServerOptions, XeroSimulator, on_both, text, wait_for,
};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

on_both! {
    what_is_pushed_stands_in_xero_once_in_order_with_its_balance;
    a_lost_answer_is_looked_up_before_anything_is_sent_again;
    a_refusal_is_told_in_xeros_words_and_its_lines_are_new_again;
    lines_left_to_an_earlier_push_are_told_when_that_one_fails;
    who_deletes_an_account_is_told_whether_its_lines_may_be_in_the_books;
    an_account_that_is_given_up_during_a_call_is_not_told_as_a_refusal;
    who_is_shut_out_and_gives_an_account_up_is_told_at_once;
    a_duplicate_of_what_no_attempt_can_have_brought_is_no_success;
    what_is_not_there_is_waited_for;
    a_crash_while_a_statement_is_on_its_way_sends_it_once;
}

async fn what_is_pushed_stands_in_xero_once_in_order_with_its_balance(database: Database) {
    let scene = Scene::linked(database, &["current", "card"]).await;
    scene.deliver("current", &[("a", 41.2), ("b", -0.05)]).await;
    scene.deliver("card", &[("c", -7.0)]).await;
    // The window overlaps, as windows of banks do.
    scene.deliver("current", &[("b", -0.05), ("d", 12.5)]).await;
    assert_eq!(scene.ids("current").await, ["a", "b", "d"]);
    assert_eq!(scene.ids("card").await, ["c"]);
    scene.expect_continuous().await;
    let ledger = scene.simulator.ledger().await;
    let book = ledger.iter().find(|book| book["name"] == "Current").unwrap();
    let amounts: Vec<_> =
        book["lines"].as_array().unwrap().iter().map(|line| text(&line["amount"])).collect();
    assert_eq!(amounts, ["41.2", "-0.05", "12.5"]);
    let shown = scene.shown().await;
    assert!(shown["lastSync"].is_string(), "{shown}");
    assert_eq!(shown["dataConnectionErrors"], json!([]));
    let events = scene.events().await;
    let count = |kind: &str| events.iter().filter(|event| *event == kind).count();
    assert_eq!(count("connection.connected"), 1);
    assert_eq!(count("bankFeeds.sourceAccount.connected"), 2);
    assert_eq!(count("bankTransactions.write.successful"), 3);
}

async fn a_lost_answer_is_looked_up_before_anything_is_sent_again(database: Database) {
    let scene = Scene::linked(database, &["current"]).await;
    scene.deliver("current", &[("a", 1.0)]).await;
    for (fault, id) in [("reset-after", "b"), ("internal-error-after", "c"), ("reset-before", "d")]
    {
        let before = scene.simulator.count("create-statements").await;
        scene.order(json!({"fault": fault, "operation": "create-statements"})).await;
        scene.deliver("current", &[(id, 1.0)]).await;
        let asked = scene.simulator.count("create-statements").await - before;
        let expected = if fault == "reset-before" { 2 } else { 1 };
        assert_eq!(asked, expected, "{fault}");
    }
    assert_eq!(scene.ids("current").await, ["a", "b", "c", "d"]);
    scene.expect_continuous().await;
}

async fn a_refusal_is_told_in_xeros_words_and_its_lines_are_new_again(database: Database) {
    let scene = Scene::linked(database, &["current"]).await;
    let late = json!({"fault": "rejected-late", "operation": "create-statements",
        "problem": "account-not-valid"});
    let at_once = json!({"fault": "some-rejected", "operation": "create-statements",
        "problem": "account-not-valid"});
    for order in [late, at_once] {
        scene.order(order).await;
        let ended = scene.ended(&scene.push("current", &[("a", 5.0)]).await).await;
        assert_eq!((&ended["status"], &ended["statusCode"]), (&json!("Failed"), &json!(400)));
        let said = text(&ended["validation"]["errors"][0]["message"]);
        assert!(said.to_lowercase().contains("account"), "{ended}");
        assert!(scene.ids("current").await.is_empty());
    }
    // What was refused is not known: it is sent when it comes again.
    scene.deliver("current", &[("a", 5.0), ("b", 1.0)]).await;
    assert_eq!(scene.ids("current").await, ["a", "b"]);
}

/// Banks push windows that overlap, sooner than Xero answers.
async fn lines_left_to_an_earlier_push_are_told_when_that_one_fails(database: Database) {
    let scene = Scene::linked(database, &["current"]).await;
    scene.deliver("current", &[("a", 1.0)]).await;
    scene.set(json!({"deliverySecs": 5})).await;
    let refusal = json!({"fault": "rejected-late", "operation": "create-statements",
        "problem": "account-not-valid"});
    scene.order(refusal).await;
    let first = scene.push("current", &[("b", 1.0), ("c", 1.0)]).await;
    let all = [("a", 1.0), ("b", 1.0), ("c", 1.0), ("d", 1.0)];
    let second = scene.push("current", &all).await;
    assert_eq!(scene.ended(&first).await["status"], "Failed");
    let ended = scene.ended(&second).await;
    assert_eq!(ended["status"], "Failed", "{ended}");
    let errors = ended["validation"]["errors"].as_array().unwrap();
    let places: Vec<_> = errors.iter().map(|error| text(&error["itemId"])).collect();
    assert_eq!(places, ["transactions[1].id", "transactions[2].id"], "{ended}");
    let path = format!("/ext/v1/companies/{}/push/{first}", scene.company);
    let lines = scene.caller.get(&path).await.expect(200).json()["lines"].clone();
    let states: Vec<_> =
        lines.as_array().unwrap().iter().map(|line| text(&line["state"])).collect();
    assert_eq!(states, ["withdrawn", "withdrawn"]);
    scene.set(json!({"deliverySecs": 0})).await;
    // What it brought itself has arrived, and the rest does when it is sent again, as it is told.
    assert_eq!(scene.ids("current").await, ["a", "d"]);
    scene.deliver("current", &all).await;
    assert_eq!(scene.ids("current").await, ["a", "d", "b", "c"]);
    scene.expect_continuous().await;
}

async fn who_deletes_an_account_is_told_whether_its_lines_may_be_in_the_books(database: Database) {
    let scene = Scene::linked(database, &["current", "card"]).await;
    let delete = async |account: &str| {
        let path = scene.path(&format!("/connectionInfo/bankFeedAccounts/{account}"));
        scene.caller.delete(&path).await.expect(204);
    };
    let told = async |push: &str| {
        let ended = scene.ended(push).await;
        assert_eq!(ended["status"], "Failed", "{ended}");
        text(&ended["errorMessage"])
    };
    // Xero has it, and does not say so.
    let silence = json!({"fault": "internal-error", "operation": "get-statement", "calls": 100});
    scene.order(silence).await;
    let under_way = scene.push("current", &[("a", 1.0)]).await;
    wait_for("the line to stand in the books", || async {
        (scene.ids("current").await == ["a"]).then_some(())
    })
    .await;
    delete("current").await;
    let said = told(&under_way).await;
    assert!(said.contains("look into the books"), "{said}");
    let before = scene.simulator.count("create-statements").await;
    scene.order(json!({"fault": "too-many-requests", "calls": 100, "retryAfterSecs": 8})).await;
    let waiting = scene.push("card", &[("b", -7.0)]).await;
    wait_for("Xero to refuse the statement", || async {
        (scene.simulator.count("create-statements").await > before).then_some(())
    })
    .await;
    delete("card").await;
    let said = told(&waiting).await;
    assert!(said.contains("before the platform took anything"), "{said}");
    assert!(scene.ids("card").await.is_empty());
}

/// Who deletes or disconnects an account ends its feed, which is why Xero refuses what comes too late.
async fn an_account_that_is_given_up_during_a_call_is_not_told_as_a_refusal(database: Database) {
    let scene = Scene::linked(database, &["current", "card"]).await;
    scene.deliver("current", &[("a", 1.0)]).await;
    for (account, lines, words) in [
        ("current", &[("a", 1.0), ("b", 1.0)][..], "look into the books"),
        ("card", &[("c", -7.0)][..], "before the platform took anything"),
    ] {
        let before = scene.simulator.count("create-statements").await;
        let ended = scene.simulator.count("delete-feeds").await;
        let slow = json!({"fault": "latency", "operation": "create-statements", "millis": 6_000});
        scene.order(slow).await;
        let push = scene.push(account, lines).await;
        wait_for("the call", || async {
            (scene.simulator.count("create-statements").await > before).then_some(())
        })
        .await;
        let path = scene.path(&format!("/connectionInfo/bankFeedAccounts/{account}"));
        if account == "current" {
            scene.caller.delete(&path).await.expect(204);
        } else {
            scene.caller.patch(&path, json!({"status": "disconnected"})).await.expect(200);
        }
        wait_for("the feed to be ended", || async {
            (scene.simulator.count("delete-feeds").await > ended).then_some(())
        })
        .await;
        let ended = scene.ended(&push).await;
        assert_eq!(ended["status"], "Failed", "{ended}");
        assert!(text(&ended["errorMessage"]).contains(words), "{ended}");
    }
    assert_eq!(scene.ids("current").await, ["a"]);
}

async fn who_is_shut_out_and_gives_an_account_up_is_told_at_once(database: Database) {
    let scene = Scene::linked(database, &["current", "card"]).await;
    // Xero is busy until both have come: once it has shut the caller out, a push is refused.
    scene.order(json!({"fault": "too-many-requests", "calls": 1_000, "retryAfterSecs": 1})).await;
    let [of_current, of_card] =
        [scene.push("current", &[("a", 1.0)]).await, scene.push("card", &[("b", -7.0)]).await];
    scene.simulator.control(Method::POST, "tokens/revoke", Value::Null).await;
    scene.simulator.control(Method::DELETE, "faults", Value::Null).await;
    scene.until("Deauthorized").await;
    let path = |account| scene.path(&format!("/connectionInfo/bankFeedAccounts/{account}"));
    scene.caller.delete(&path("current")).await.expect(204);
    scene.caller.patch(&path("card"), json!({"status": "disconnected"})).await.expect(200);
    for waiting in [of_current, of_card] {
        let said = text(&scene.ended(&waiting).await["errorMessage"]);
        assert!(said.contains("before the platform took anything"), "{said}");
    }
}

/// Xero turns the first attempt away, unseen; so what it knows is not of ours, and not all of it may be there.
async fn a_duplicate_of_what_no_attempt_can_have_brought_is_no_success(database: Database) {
    let scene = Scene::linked(database, &["current"]).await;
    for fault in ["too-many-requests", "organisation-offline"] {
        let [refused, known] = [
            json!({"fault": fault, "retryAfterSecs": 1}),
            json!({"fault": "some-rejected", "problem": "duplicate-statement"}),
        ];
        for mut order in [refused, known] {
            order["operation"] = json!("create-statements");
            order["calls"] = json!(1);
            scene.order(order).await;
        }
        let push = scene.push("current", &[(fault, 1.0)]).await;
        let ended = scene.ended(&push).await;
        assert_eq!(ended["status"], "Failed", "{ended}");
        assert!(ended.to_string().contains("the platform refused the push"), "{ended}");
    }
    assert!(scene.ids("current").await.is_empty());
    scene.deliver("current", &[("too-many-requests", 1.0)]).await;
}

async fn what_is_not_there_is_waited_for(database: Database) {
    let scene = Scene::linked(database, &["current", "card"]).await;
    let calls = json!({"fault": "organisation-offline", "calls": 2, "retryAfterSecs": 1});
    scene.order(calls).await;
    let offline = scene.push("current", &[("a", 5.0)]).await;
    let shown = wait_for("the trouble to be shown", || async {
        let shown = scene.shown().await;
        let told = shown["dataConnectionErrors"][0]["status"].is_string();
        told.then_some(shown)
    })
    .await;
    assert_eq!(shown["dataConnectionErrors"][0]["statusCode"], "503", "{shown}");
    assert_eq!(scene.ended(&offline).await["status"], "Success");
    scene.order(json!({"fault": "too-many-requests", "calls": 1, "retryAfterSecs": 1})).await;
    scene.deliver("card", &[("b", -5.0)]).await;
    scene.order(json!({"fault": "token-expired", "calls": 1})).await;
    scene.deliver("card", &[("c", -5.0)]).await;
    assert_eq!(scene.ids("current").await, ["a"]);
    assert_eq!(scene.ids("card").await, ["b", "c"]);
}

/// The process dies after Xero has the statement and before it has heard so.
async fn a_crash_while_a_statement_is_on_its_way_sends_it_once(database: Database) {
    let scene = Scene::linked(database, &["current"]).await;
    scene.deliver("current", &[("a", 1.0)]).await;
    let before = scene.simulator.count("create-statements").await;
    let slow = json!({"fault": "latency", "operation": "create-statements", "millis": 4_000});
    scene.order(slow).await;
    let push = scene.push("current", &[("b", 1.0)]).await;
    let simulator = &scene.simulator;
    wait_for("the statement to be on its way", || async {
        (simulator.count("create-statements").await > before).then_some(())
    })
    .await;
    let Scene { simulator, server, caller, company, connection } = scene;
    let home = server.kill().await;
    let options = ServerOptions { flags: simulator.flags(), ..ServerOptions::default() };
    let server = Server::start_at(home, &options).await;
    let caller = caller.at(&server.url);
    let scene = Scene { simulator, server, caller, company, connection };
    // Whoever held the statement might still be sending it: it is left alone for a minute.
    let begun = Instant::now();
    let path = format!("/companies/{}/push/{push}", scene.company);
    let status = loop {
        let shown = scene.caller.get(&path).await.expect(200).json();
        if shown["status"] != "Pending" {
            break text(&shown["status"]);
        }
        assert!(begun.elapsed() < Duration::from_mins(2), "{shown}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    };
    assert_eq!(status, "Success");
    assert_eq!(scene.ids("current").await, ["a", "b"]);
    scene.expect_continuous().await;
    scene.server.stop().await;
}

/// All that the binary asks of Xero's bank feeds is as the published contract has it.
#[tokio::test]
async fn a_whole_story_breaks_no_rule_of_the_published_contract() {
    let simulator = XeroSimulator::open_live().await;
    let Some(prism) = Prism::start(&simulator.url).await else { return };
    let flags = simulator.flags_with(&[("xero.api_url", &prism.url)]);
    let scene = Scene::with(simulator, Database::Sqlite, flags).await;
    scene.link().await;
    for account in ["current", "card"] {
        scene.map(account).await;
    }
    scene.deliver("current", &[("a", 41.5), ("b", -0.5)]).await;
    scene.order(json!({"fault": "internal-error-after", "operation": "create-statements"})).await;
    scene.deliver("card", &[("c", -7.0)]).await;
    let path = scene.path("/connectionInfo/bankFeedAccounts/current");
    scene.caller.patch(&path, json!({"status": "disconnected"})).await.expect(200);
    wait_for("the feed to be ended", || async {
        (scene.simulator.count("delete-feeds").await > 0).then_some(())
    })
    .await;
    assert_eq!(scene.ids("current").await, ["a", "b"]);
    prism.expect_no_violation();
}
