//! Wishes: kept, repeated, refused, and what ends them.

use super::scene::Scene;
use crate::harness::{Database, Reply, on_both, text, today};
use domain::link::Link;
use domain::source_account::AccountId;
use serde_json::{Value, json};

on_both! {
    a_mapping_is_followed_from_its_wish_to_its_end;
    what_the_platform_refused_can_be_wished_for_again;
    wishes_that_cannot_be_are_refused_at_their_field;
    of_wishes_made_at_once_one_is_taken;
    what_ends_an_account_ends_its_mapping;
    a_page_of_the_company_may_wish;
}

/// Their answers, asked for at once.
async fn all<F: Future<Output = Reply> + Send + 'static>(
    asked: impl Iterator<Item = F>,
) -> Vec<Reply> {
    let tasks: Vec<_> = asked.map(tokio::spawn).collect();
    let mut replies = Vec::new();
    for task in tasks {
        replies.push(task.await.unwrap());
    }
    replies
}

fn id(account: &str) -> AccountId {
    AccountId::parse(account).unwrap()
}

fn wish(account: &str, target: &str) -> Value {
    json!({"sourceAccountId": account, "targetAccountId": target})
}

async fn a_mapping_is_followed_from_its_wish_to_its_end(database: Database) {
    let scene = Scene::linked(database).await;
    assert_eq!(scene.options("a").await, ["current", "savings"]);
    assert_eq!(scene.options("visa").await, ["card"]);
    let body = json!({"sourceAccountId": "a", "targetAccountId": "current", "feedStartDate": "2024-02-29T00:00:00"});
    let answer = scene.caller.post(&scene.mappings(), body.clone()).await.expect(200).json();
    let connecting =
        json!({"sourceAccountId": "a", "targetAccountId": "current", "status": "connecting"});
    assert_eq!(answer, connecting);
    let kept = scene.kept().await;
    assert!(kept.due_at().is_some_and(|at| at <= jiff::Timestamp::now()), "nobody is asked");
    // Again, because the answer was lost: nothing is written.
    let again = scene.caller.post(&scene.mappings(), body.clone()).await.expect(200).json();
    assert_eq!((again, scene.kept().await.version), (connecting, kept.version));
    let mapping = scene.mapping("a").await;
    assert_eq!(mapping["status"], "connecting");
    assert_eq!(mapping["targetAccountName"], "The current");
    assert_eq!(mapping["feedStartDate"], "2024-02-29T00:00:00");
    assert_eq!(scene.options("b").await, ["savings"], "it leads to one account only");

    scene.play(|link| link.feed_connected(&id("a"), "current", today())).await;
    let mapping = scene.mapping("a").await;
    assert_eq!(mapping["status"], "connected");
    assert_eq!(mapping["targetAccountId"], "current");
    assert_eq!(mapping["feedStartDate"], "2024-02-29T00:00:00");
    let again = scene.caller.post(&scene.mappings(), body).await.expect(200).json();
    assert_eq!(again["status"], "connected");
    let accounts = scene.at("connectionInfo/bankFeedAccounts");
    let accounts = scene.caller.get(&accounts).await.expect(200).json();
    assert_eq!(accounts[0]["status"], "connected");
}

async fn what_the_platform_refused_can_be_wished_for_again(database: Database) {
    let scene = Scene::linked(database).await;
    scene.caller.post(&scene.mappings(), wish("a", "savings")).await.expect(200);
    scene.play(|link| link.feed_refused(&id("a"), "the account is archived")).await;
    let failed = scene.mapping("a").await;
    assert_eq!(
        (&failed["status"], &failed["error"]),
        (&json!("Failed"), &json!("the account is archived"))
    );
    assert_eq!(failed["targetAccountId"], Value::Null);
    assert_eq!(scene.options("b").await, ["current", "savings"]);
    let path = format!("/ext/v1{}", scene.at("mapping"));
    let told = scene.caller.get(&path).await.expect(200).json();
    let own = &told["accounts"][0];
    assert_eq!(own["status"], "pending");
    assert_eq!(
        (&own["mapping"]["stage"], &own["mapping"]["error"]),
        (&json!("Failed"), &failed["error"])
    );
    assert_eq!(own["mapping"]["targetAccountId"], "savings");
    // The same, another, or a new account: each is a new try.
    let new = json!({"sourceAccountId": "a"});
    let answer = scene.caller.post(&scene.mappings(), new).await.expect(200).json();
    assert_eq!(answer, json!({"sourceAccountId": "a", "status": "connecting"}));
    scene.play(|link| link.feed_connected(&id("a"), "opened", today())).await;
    let connected = scene.mapping("a").await;
    assert_eq!(connected["targetAccountId"], "opened");
    // The books that show it are read soon.
    assert_eq!(connected["targetAccountName"], Value::Null);
    assert_eq!(connected["feedStartDate"], format!("{}T00:00:00", today()));
}

/// The only fault of a refusal, and its sentence.
fn fault(reply: Reply) -> (String, String) {
    let error = reply.expect_error(400);
    let faults = error["validation"]["errors"].as_array().unwrap();
    let place = faults.first().map(|fault| text(&fault["itemId"])).unwrap_or_default();
    (place, text(&error["error"]))
}

async fn wishes_that_cannot_be_are_refused_at_their_field(database: Database) {
    let scene = Scene::open(database).await;
    let mappings = scene.mappings();
    let post = |body: Value| scene.caller.post(&mappings, body);
    let (place, why) = fault(post(wish("a", "current")).await);
    assert_eq!(
        (place.as_str(), why.as_str()),
        (
            "",
            "the connection is PendingAuth, not Linked: the customer has to link the accounting software first"
        )
    );
    scene.link(Some(super::scene::books_read_at(jiff::Timestamp::now()))).await;
    let target = "targetAccountId";
    for (body, place, why) in [
        (wish("a", "none"), target, "the books have no active bank account or card none"),
        (
            wish("a", "theirs"),
            target,
            "The theirs cannot be chosen: another feed leads to it: end that one first",
        ),
        (
            wish("a", "card"),
            target,
            "The card cannot be chosen: it is a credit card, the source account is not",
        ),
        (
            wish("visa", "current"),
            target,
            "The current cannot be chosen: it is a bank account, the source account is a card",
        ),
        (
            wish("a", "euros"),
            target,
            "The euros cannot be chosen: it is kept in EUR, the source account in GBP",
        ),
        (
            wish("nobody", "current"),
            "sourceAccountId",
            "the connection has no source account nobody",
        ),
    ] {
        let expected = format!("{place} is refused: {why}");
        assert_eq!(fault(post(body).await), (place.to_owned(), expected));
    }
    assert_eq!(scene.kept().await.mappings, []);
    post(wish("a", "current")).await.expect(200);
    let taken = "targetAccountId is refused: The current cannot be chosen: another feed leads to it: end that one first";
    assert_eq!(fault(post(wish("b", "current")).await).1, taken);
    let mapped =
        "sourceAccountId is refused: the account leads to current already: disconnect it first";
    assert_eq!(fault(post(wish("a", "savings")).await).1, mapped);
    scene.play(|link| link.shut_out("invalid_grant", jiff::Timestamp::now())).await;
    let shut_out = fault(post(wish("b", "savings")).await).1;
    assert!(shut_out.starts_with("the connection is Deauthorized, not Linked"), "{shut_out}");
    assert_eq!(scene.mapping("b").await["targetAccountOptions"], Value::Null);
}

async fn of_wishes_made_at_once_one_is_taken(database: Database) {
    const SOURCES: usize = 6;
    let scene = Scene::linked(database).await;
    let names: Vec<_> = (0..SOURCES).map(|number| format!("n{number}")).collect();
    for name in &names {
        scene.add_account(name, "Debit").await;
    }
    let ask = |body: Value| {
        let (caller, path) = (scene.caller.clone(), scene.mappings());
        async move { caller.post(&path, body).await }
    };
    let replies = all(names.iter().map(|name| ask(wish(name, "current")))).await;
    let taken = replies.iter().filter(|reply| reply.status == 200).count();
    assert_eq!(taken, 1, "{replies:?}");
    assert_eq!(scene.kept().await.mappings.len(), 1);
    for reply in replies.into_iter().filter(|reply| reply.status != 200) {
        assert_eq!(fault(reply).0, "targetAccountId");
    }
    let replies = all((0..SOURCES).map(|_again| ask(wish("a", "savings")))).await;
    assert!(replies.iter().all(|reply| reply.status == 200), "{replies:?}");
    let own = |link: &Link| link.mappings.iter().filter(|one| one.wish.account == id("a")).count();
    assert_eq!(own(&scene.kept().await), 1);
}

async fn what_ends_an_account_ends_its_mapping(database: Database) {
    let scene = Scene::linked(database).await;
    for (account, target) in [("a", "current"), ("b", "savings")] {
        scene.caller.post(&scene.mappings(), wish(account, target)).await.expect(200);
        scene
            .play(|link| {
                link.feed_asked(&id(account), account, jiff::Timestamp::now());
                link.feed_connected(&id(account), target, today())
            })
            .await;
    }
    let account = |id: &str| scene.at(&format!("connectionInfo/bankFeedAccounts/{id}"));
    let body = json!({"status": "disconnected"});
    let answer = scene.caller.patch(&account("a"), body).await.expect(200).json();
    assert_eq!(answer["status"], "disconnected");
    assert!(scene.kept().await.is_stirred, "nobody ends its feed");
    let mapping = scene.mapping("a").await;
    assert_eq!(
        (&mapping["status"], &mapping["targetAccountId"]),
        (&json!("disconnected"), &Value::Null)
    );
    // Another account may still be mapped, and this one, too.
    let connection = scene.caller.get(scene.at("").trim_end_matches('/')).await.expect(200).json();
    assert_eq!(connection["status"], "Linked");
    let answer = scene.caller.post(&scene.mappings(), wish("a", "current")).await.expect(200);
    assert_eq!(answer.json()["status"], "connecting");
    assert_eq!(scene.kept().await.endings.len(), 1);
    let told = scene.caller.get(&format!("/ext/v1{}", scene.at("mapping"))).await.expect(200);
    assert_eq!(told.json()["endingFeeds"][0]["feed"], "a");

    scene.caller.delete(&account("b")).await.expect(204);
    scene.add_account("b", "Debit").await;
    assert!(scene.kept().await.is_stirred);
    // It has the same name, and leads nowhere.
    let mapping = scene.mapping("b").await;
    assert_eq!(
        (&mapping["status"], &mapping["targetAccountId"]),
        (&json!("pending"), &Value::Null)
    );
    scene.caller.delete(scene.at("").trim_end_matches('/')).await.expect(200);
    scene.caller.get(&scene.mappings()).await.expect_error(404);
    assert!(scene.kept().await.is_stirred, "its feeds are still to be ended");
}

async fn a_page_of_the_company_may_wish(database: Database) {
    let scene = Scene::linked(database).await;
    let token = scene.caller.get(&format!("/companies/{}/accessToken", scene.path.company)).await;
    let token = text(&token.expect(200).json()["accessToken"]);
    let url = format!("{}{}", scene.server.url, scene.mappings());
    let answer = reqwest::Client::new()
        .post(url)
        .header("Authorization", format!("Bearer {token}"))
        .header("Content-Type", "application/json")
        .body(wish("a", "current").to_string())
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(scene.mapping("a").await["status"], "connecting");
}
