//! Lists: pages, filters, orders, links.

use crate::harness::{Database, Server, a_line, a_linked_account, days_ago, on_both, text, today};
use serde_json::{Value, json};

on_both! {
    lines_are_paged_filtered_and_ordered;
    companies_are_filtered_by_their_connections_and_tags;
    a_wrong_query_says_what_is_wrong_with_it;
    operations_are_listed_newest_first;
    what_an_item_shows_can_be_asked_for;
}

fn ids(page: &Value) -> Vec<String> {
    page["results"].as_array().unwrap().iter().map(|item| text(&item["id"])).collect()
}

async fn lines_are_paged_filtered_and_ordered(database: Database) {
    let server = Server::start(database).await;
    let books = a_linked_account(&server.caller(), days_ago(6)).await;
    let lines: Vec<_> = (0..6_i32)
        .map(|n| a_line(&format!("l{n}"), days_ago(i64::from(5 - n)), f64::from(n) - 2.0))
        .collect();
    books.push_to_end(&lines[..4]).await;
    books.push_to_end(&lines[4..]).await;
    let path = books.lines_path();
    let get =
        async |query: &str| books.caller.get(&format!("{path}?{query}")).await.expect(200).json();
    let second = get("page=2&pageSize=4").await;
    assert_eq!(ids(&second), ["l4", "l5"]);
    assert_eq!((&second["pageNumber"], &second["totalResults"]), (&json!(2), &json!(6)));
    assert_eq!(text(&second["_links"]["previous"]["href"]), format!("{path}?page=1&pageSize=4"));
    assert!(second["_links"].get("next").is_none());
    assert_eq!(ids(&get("orderBy=-clearedOnDate&pageSize=2").await), ["l5", "l4"]);
    assert_eq!(ids(&get("query=amount%3E%3D0%26%26amount%3C2").await), ["l2", "l3"]);
    let since = format!("query=clearedOnDate%3E%3D{}", days_ago(1));
    assert_eq!(ids(&get(&since).await), ["l4", "l5"]);
    assert_eq!(ids(&get("query=description%7ELINE+L3").await), ["l3"]);
    assert!(ids(&get("page=9").await).is_empty());
}

async fn companies_are_filtered_by_their_connections_and_tags(database: Database) {
    let server = Server::start(database).await;
    let caller = server.caller();
    let make = async |name: &str, tier: &str| {
        let body = json!({"name": name, "tags": {"tier": tier}});
        text(&caller.post("/companies", body).await.expect(200).json()["id"])
    };
    let (with, without) = (make("With", "gold").await, make("Without", "silver").await);
    caller
        .post(&format!("/companies/{with}/connections"), json!({"platformKey": "hcws"}))
        .await
        .expect(200);
    let get = async |query: &str| {
        ids(&caller.get(&format!("/companies?{query}")).await.expect(200).json())
    };
    assert_eq!(get("").await, [with.clone(), without.clone()]);
    assert_eq!(
        get("query=dataConnections.status%3DPendingAuth").await,
        std::slice::from_ref(&with)
    );
    assert_eq!(
        get("query=dataConnections.status%21%3DPendingAuth").await,
        std::slice::from_ref(&without)
    );
    assert_eq!(get("tags=tier%20%3D%20gold").await, std::slice::from_ref(&with));
    assert_eq!(get("orderBy=-name").await, [without, with]);
}

async fn a_wrong_query_says_what_is_wrong_with_it(database: Database) {
    let server = Server::start(database).await;
    let caller = server.caller();
    let error = async |query: &str| {
        let body = caller.get(&format!("/companies?{query}")).await.expect_error(400);
        text(&body["error"])
    };
    assert!(
        error("query=colour%3Dred").await.contains("Could not resolve property colour on Company")
    );
    assert!(error("query=name").await.starts_with("Error parsing query - "));
    assert!(error("orderBy=colour").await.contains("colour"));
    assert!(error("pageSize=5001").await.contains("5000"));
    assert!(error("page=0").await.contains("page"));
    assert!(error("page=x").await.contains("page"));
}

async fn operations_are_listed_newest_first(database: Database) {
    let server = Server::start(database).await;
    let books = a_linked_account(&server.caller(), days_ago(6)).await;
    let first = books.push_to_end(&[a_line("a", days_ago(2), 1.0)]).await;
    let second = books.push_to_end(&[a_line("b", today(), 1.0)]).await;
    let failed = books.push(&[a_line("c", days_ago(60), 1.0)]).await;
    let path = format!("/companies/{}/push", books.company);
    let keys = async |query: &str| -> Vec<Value> {
        let page = books.caller.get(&format!("{path}{query}")).await.expect(200).json();
        page["results"].as_array().unwrap().iter().map(|o| o["pushOperationKey"].clone()).collect()
    };
    let [first, second, failed] = [first, second, failed].map(|o| o["pushOperationKey"].clone());
    assert_eq!(keys("").await, [failed.clone(), second.clone(), first.clone()]);
    assert_eq!(keys("?query=status%3Dsuccess").await, [second.clone(), first.clone()]);
    assert_eq!(keys("?orderBy=requestedOnUtc").await, [first, second, failed]);
}

/// A property that answers show and queries do not know would look like a slip of the caller.
async fn what_an_item_shows_can_be_asked_for(database: Database) {
    let server = Server::start(database).await;
    let books = a_linked_account(&server.caller(), days_ago(2)).await;
    let company = books.caller.get(&format!("/companies/{}", books.company)).await.json();
    let connections = format!("/companies/{}/connections", books.company);
    let connection = books.caller.get(&format!("{connections}/{}", books.connection)).await.json();
    for (list, item, name) in [
        ("/companies", &company, "name"),
        ("/companies", &company, "lastSync"),
        (connections.as_str(), &connection, "integrationId"),
        (&connections, &connection, "sourceId"),
        (&connections, &connection, "lastSync"),
    ] {
        let found = async |operator: &str| {
            let query = format!("{name}{operator}{}", text(&item[name])).replace(' ', "+");
            let page = books.caller.get(&format!("{list}?query={query}")).await.expect(200).json();
            page["totalResults"].clone()
        };
        assert_eq!((found("=").await, found("!=").await), (json!(1), json!(0)), "{name}");
    }
}
