//! Consent, mapping, and the ways in which both end.

use super::scene::Scene;
use crate::harness::{Consent, Database, on_both, text, wait_for};
use reqwest::Method;
use serde_json::{Value, json};

on_both! {
    who_is_shut_out_waits_and_goes_on_after_linking_again;
    the_books_of_somebody_else_are_refused;
    a_disconnected_account_ends_its_feed_and_may_be_mapped_again;
    a_feed_that_is_leaving_is_not_taken_for_the_new_one;
    who_changes_their_mind_while_xero_is_slow_gets_what_they_chose_last;
    a_deleted_connection_ends_its_feeds_and_leaves_the_organisation;
    a_callback_is_believed_only_from_the_visit_that_was_sent;
    of_several_organisations_the_customer_chooses_one;
}

async fn who_is_shut_out_waits_and_goes_on_after_linking_again(database: Database) {
    let scene = Scene::linked(database, &["current"]).await;
    scene.deliver("current", &[("a", 1.0)]).await;
    scene.simulator.control(Method::POST, "tokens/revoke", Value::Null).await;
    let waiting = scene.push("current", &[("b", 1.0)]).await;
    let shown = scene.until("Deauthorized").await;
    let told = text(&shown["dataConnectionErrors"][0]["errorMessage"]);
    assert!(told.contains("linkUrl") && told.contains("does not let us in"), "{told}");
    assert_eq!(shown["dataConnectionErrors"][0]["status"], "Active");
    assert_eq!(scene.events().await.last().unwrap(), "connection.disconnected");
    // Nobody is asked any more, and nothing is accepted that would go nowhere.
    let calls = scene.simulator.control(Method::GET, "calls", Value::Null).await;
    let refused = scene.ended(&scene.push("current", &[("c", 1.0)]).await).await;
    assert_eq!(refused["status"], "Failed", "{refused}");
    assert_eq!(scene.simulator.control(Method::GET, "calls", Value::Null).await, calls);
    let path = format!("/companies/{}/push/{waiting}", scene.company);
    assert_eq!(scene.caller.get(&path).await.expect(200).json()["status"], "Pending");
    scene.link().await;
    assert_eq!(scene.ended(&waiting).await["status"], "Success");
    scene.deliver("current", &[("c", 1.0)]).await;
    assert_eq!(scene.ids("current").await, ["a", "b", "c"]);
    assert_eq!(scene.shown().await["dataConnectionErrors"][0]["status"], "Resolved");
    assert!(scene.events().await.contains(&"connection.reconnected".to_owned()));
}

async fn the_books_of_somebody_else_are_refused(database: Database) {
    let scene = Scene::linked(database, &["current"]).await;
    scene.simulator.control(Method::POST, "tokens/revoke", Value::Null).await;
    let waiting = scene.push("current", &[("a", 1.0)]).await;
    scene.until("Deauthorized").await;
    let other = json!({"name": "Somebody <Else>", "user": "somebody"});
    let made = scene.simulator.control(Method::POST, "organisations", other).await;
    scene.simulator.control(Method::PATCH, "settings", json!({"consent": "ask"})).await;
    let visit = Consent::open(&scene.caller, &scene.path("")).await;
    let seen = visit.choose(&text(&made["tenantId"])).await;
    assert_eq!(seen.status, 200, "{seen:?}");
    assert!(seen.body.contains("That did not work"), "{}", seen.body);
    let name = "Somebody &#60;Else&#62; was chosen";
    assert!(seen.body.contains(name) && !seen.body.contains("<Else>"), "{}", seen.body);
    assert_eq!(scene.status().await, "Deauthorized");
    scene.simulator.control(Method::PATCH, "settings", json!({"consent": "allow"})).await;
    scene.link().await;
    assert_eq!(scene.ended(&waiting).await["status"], "Success");
}

async fn a_disconnected_account_ends_its_feed_and_may_be_mapped_again(database: Database) {
    let scene = Scene::linked(database, &["current"]).await;
    scene.deliver("current", &[("a", 1.0)]).await;
    let path = scene.path("/connectionInfo/bankFeedAccounts/current");
    scene.caller.patch(&path, json!({"status": "disconnected"})).await.expect(200);
    wait_for("the feed to be ended", || async {
        (scene.simulator.count("delete-feeds").await > 0).then_some(())
    })
    .await;
    // The connection stays: other accounts may be mapped.
    assert_eq!(scene.status().await, "Linked");
    let refused = scene.ended(&scene.push("current", &[("b", 1.0)]).await).await;
    assert_eq!(refused["status"], "Failed");
    assert_eq!(scene.ids("current").await, ["a"]);
    scene.map("current").await;
    scene.deliver("current", &[("b", 1.0)]).await;
    assert_eq!(scene.ids("current").await, ["a", "b"]);
    // The customer switches the feed off in Xero: the next statement is how we hear of it.
    let order = json!({"fault": "feed-switched-off", "operation": "create-statements"});
    scene.order(order).await;
    let refused = scene.ended(&scene.push("current", &[("c", 1.0)]).await).await;
    assert_eq!(refused["status"], "Failed", "{refused}");
    let words = text(&refused["validation"]["errors"][0]["message"]);
    assert!(words.contains("feed connection does not exist"), "{refused}");
    let listed = scene.caller.get(&scene.path("/connectionInfo/bankFeedAccounts")).await;
    assert_eq!(listed.expect(200).json()[0]["status"], "disconnected");
}

async fn a_feed_that_is_leaving_is_not_taken_for_the_new_one(database: Database) {
    let scene = Scene::linked(database, &["current"]).await;
    scene.deliver("current", &[("a", 1.0)]).await;
    scene.simulator.control(Method::PATCH, "settings", json!({"feedSecs": 2})).await;
    let path = scene.path("/connectionInfo/bankFeedAccounts/current");
    scene.caller.patch(&path, json!({"status": "disconnected"})).await.expect(200);
    scene.map("current").await;
    // What was connected then stays so, and takes lines.
    scene.deliver("current", &[("b", 1.0)]).await;
    let shown = scene.simulator.control(Method::GET, "organisations", Value::Null).await;
    let feeds = shown["organisations"][0]["feeds"].as_array().unwrap();
    let stages: Vec<_> = feeds.iter().map(|feed| text(&feed["stage"])).collect();
    assert_eq!(stages, ["gone", "connected"]);
    assert_eq!(scene.ids("current").await, ["a", "b"]);
}

async fn who_changes_their_mind_while_xero_is_slow_gets_what_they_chose_last(database: Database) {
    let scene = Scene::linked(database, &["current"]).await;
    scene.deliver("current", &[("a", 1.0)]).await;
    let path = scene.path("/connectionInfo/bankFeedAccounts/current");
    let disconnect = || scene.caller.patch(&path, json!({"status": "disconnected"}));
    disconnect().await.expect(200);
    let wishes = scene.path("/bankFeedAccounts/mapping");
    // The account that was opened for it, once nothing leads there any more, and another.
    let [opened, another] = wait_for("the account to be free again", || async {
        let listed = scene.caller.get(&wishes).await.expect(200).json();
        let entries = listed.as_array().unwrap();
        let entry = entries.iter().find(|entry| entry["sourceAccountId"] == "current").unwrap();
        let options = entry["targetAccountOptions"].as_array().unwrap();
        let ids = [true, false].map(|is_its| {
            let found = options.iter().find(|option| (option["name"] == "Current") == is_its);
            found.map(|option| option["id"].clone())
        });
        let [opened, another] = ids;
        Some([opened?, another?])
    })
    .await;
    let before = scene.simulator.count("create-feeds").await;
    let slow = json!({"fault": "latency", "operation": "create-feeds", "millis": 5_000});
    scene.order(slow).await;
    let wish = |target| {
        let wish = json!({"sourceAccountId": "current", "targetAccountId": target});
        scene.caller.post(&wishes, wish)
    };
    wish(&another).await.expect(200);
    wait_for("the feed to be asked for", || async {
        (scene.simulator.count("create-feeds").await > before).then_some(())
    })
    .await;
    disconnect().await.expect(200);
    wish(&opened).await.expect(200);
    let mapped = scene.mapped("current").await;
    assert_eq!((&mapped["status"], &mapped["targetAccountId"]), (&json!("connected"), &opened));
    scene.deliver("current", &[("b", 1.0)]).await;
    let books = scene.simulator.ledger().await;
    let chosen = books.iter().find(|book| book["accountId"] == opened).unwrap();
    let lines = chosen["lines"].as_array().unwrap().iter();
    let ids: Vec<_> = lines.map(|line| text(&line["transactionId"])).collect();
    assert_eq!(ids, ["a", "b"], "{books:?}");
}

async fn a_deleted_connection_ends_its_feeds_and_leaves_the_organisation(database: Database) {
    let scene = Scene::linked(database, &["current"]).await;
    scene.deliver("current", &[("a", 1.0)]).await;
    scene.caller.delete(&scene.path("")).await.expect(200);
    wait_for("the organisation to be left", || async {
        let shown = scene.simulator.control(Method::GET, "organisations", Value::Null).await;
        shown["organisations"][0]["connectionId"].is_null().then_some(())
    })
    .await;
    assert_eq!(scene.simulator.count("delete-feeds").await, 1);
    assert_eq!(scene.ids("current").await, ["a"], "what is in the books stays there");
}

async fn a_callback_is_believed_only_from_the_visit_that_was_sent(database: Database) {
    let scene = Scene::open(database).await;
    let mine = Consent::open(&scene.caller, &scene.path("")).await;
    let theirs = Consent::open(&scene.caller, &scene.path("")).await;
    let back = mine.go_to_xero().await;
    // Another visit to the same connection, then a state that nobody sent.
    assert_eq!(
        theirs.read(&back).await.location,
        theirs.home().await.location.or(Some(format!("/link/{}", scene.connection)))
    );
    let forged = back.replace("state=", "state=0");
    assert_eq!(mine.read(&forged).await.status, 401);
    for broken in ["/link/callback", "/link/callback?state=x", "/link/callback?code=1"] {
        assert_eq!(mine.read(broken).await.status, 401, "{broken}");
    }
    assert_eq!(scene.status().await, "PendingAuth");
    assert_eq!(mine.read(&back).await.status, 303);
    scene.until("Linked").await;
    // Going back in the browser brings the same code again: it goes on where it is.
    assert_eq!(mine.read(&back).await.status, 303);
    assert_eq!(scene.status().await, "Linked");
    // Who says no comes back with that.
    scene.simulator.control(Method::PATCH, "settings", json!({"consent": "deny"})).await;
    let seen = mine.go().await;
    assert!(seen.body.contains("That did not work"), "{}", seen.body);
    assert_eq!(scene.status().await, "Linked", "what was there is not touched");
}

async fn of_several_organisations_the_customer_chooses_one(database: Database) {
    let scene = Scene::open(database).await;
    let shown = scene.simulator.control(Method::GET, "organisations", Value::Null).await;
    let first = &shown["organisations"][0];
    let (user, tenant) = (text(&first["user"]), text(&first["tenantId"]));
    let second = json!({"name": "Second & Sons", "user": user});
    let second = scene.simulator.control(Method::POST, "organisations", second).await;
    scene.simulator.control(Method::PATCH, "settings", json!({"consent": "ask"})).await;
    // One consent of the user's opens what an earlier one opened, too.
    let connections = format!("/companies/{}/connections", scene.company);
    let other = scene.caller.post(&connections, json!({"platformKey": "gbol"})).await;
    let other = text(&other.expect(200).json()["id"]);
    let path = format!("/companies/{}/connections/{other}", scene.company);
    let seen = Consent::open(&scene.caller, &path).await.choose(&tenant).await;
    assert_eq!(seen.status, 303, "{seen:?}");
    let visit = Consent::open(&scene.caller, &scene.path("")).await;
    let seen = visit.choose(&text(&second["tenantId"])).await;
    assert_eq!(seen.status, 200, "{seen:?}");
    assert!(seen.body.contains("Which organisation?") && seen.body.contains("Second &#38; Sons"));
    assert_eq!(scene.status().await, "PendingAuth");
    let (_, form) = seen.body.split_once("<form").unwrap();
    let action = form.split_once("action=\"").unwrap().1.split('"').next().unwrap().to_owned();
    let token = form.split_once("value=\"").unwrap().1.split('"').next().unwrap().to_owned();
    let organisation = text(&second["tenantId"]);
    let seen = visit.send(&action, &format!("token={token}&organisation={organisation}")).await;
    assert_eq!(seen.status, 303, "{seen:?}");
    scene.until("Linked").await;
    let info = scene.caller.get(&scene.path("/bankFeeds/info")).await.expect(200).json();
    assert_eq!(info["companyName"], "Second & Sons");
}
