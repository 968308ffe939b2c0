//! What a client sets for its pages, and how browsers are answered then.

use crate::harness::{Caller, Database, Reply, Server, on_both, text};
use reqwest::Method;
use serde_json::json;

on_both! {
    a_profile_is_replaced_as_a_whole;
    a_browser_may_call_from_an_origin_of_the_client_only;
}

async fn a_profile_is_replaced_as_a_whole(database: Database) {
    let server = Server::start(database).await;
    let caller = server.caller();
    let fresh = caller.get("/profile").await.expect(200).json();
    assert_eq!(fresh, json!({"name": "default", "redirectUrl": "", "whiteListUrls": []}));
    let profile = json!({
        "name": "Bob's Burgers",
        "redirectUrl": "https://bobs-burgers.{countrySuffix}/{companyId}",
        "logoUrl": "https://bobs-burgers.com/logo.png",
        "whiteListUrls": ["https://bobs-burgers.com", "https://bobs-burgers.co.uk"],
    });
    let set = caller.put("/profile", profile.clone()).await.expect(200).json();
    assert_eq!(set, profile);
    assert_eq!(caller.get("/profile").await.expect(200).json(), profile);
    let stranger = server.caller_of_new_client("other-bank");
    assert_eq!(stranger.get("/profile").await.expect(200).json()["name"], "other-bank");
    let refused = caller.put("/profile", json!({"name": "x", "redirectUrl": "javascript:1"})).await;
    assert!(text(&refused.expect_error(400)["error"]).starts_with("redirectUrl is refused"));
    assert_eq!(caller.get("/profile").await.expect(200).json(), profile, "nothing is half-done");
}

async fn asked(server: &Server, origin: &str) -> Reply {
    let request = reqwest::Client::new()
        .request(Method::OPTIONS, format!("{}/companies", server.url))
        .header("Origin", origin)
        .header("Access-Control-Request-Method", "POST")
        .header("Access-Control-Request-Headers", "authorization,content-type");
    Caller::send(request).await.expect(204)
}

async fn from_page(caller: &Caller, origin: &str) -> Reply {
    Caller::send(caller.request(Method::GET, "/companies").header("Origin", origin)).await
}

fn allowed_origin(reply: &Reply) -> Option<&str> {
    reply.headers.get("access-control-allow-origin").map(|value| value.to_str().unwrap())
}

async fn a_browser_may_call_from_an_origin_of_the_client_only(database: Database) {
    let server = Server::start(database).await;
    let (ours, theirs) = (server.caller(), server.caller_of_new_client("other-bank"));
    let page = "https://pages.bank.example";
    assert_eq!(allowed_origin(&asked(&server, page).await), None);
    let origins = json!({"allowedOrigins": [page]});
    let set = ours.post("/corsSettings", json!({"allowedOrigins": [format!("{page}/")]})).await;
    assert_eq!(set.expect(200).json(), origins);
    assert_eq!(ours.get("/corsSettings").await.expect(200).json(), origins);
    assert_eq!(theirs.get("/corsSettings").await.expect(200).json(), json!({"allowedOrigins": []}));

    let answer = asked(&server, page).await;
    assert_eq!(allowed_origin(&answer), Some(page));
    let told = |name: &str| answer.headers[name].to_str().unwrap().to_owned();
    assert!(told("access-control-allow-methods").contains("PATCH"));
    assert!(told("access-control-allow-headers").contains("Authorization"));
    assert_eq!(allowed_origin(&asked(&server, "https://evil.example").await), None);

    let read = from_page(&ours, page).await.expect(200);
    assert_eq!(
        (allowed_origin(&read), &read.headers["vary"]),
        (Some(page), &"Origin".parse().unwrap())
    );
    assert_eq!(allowed_origin(&from_page(&theirs, page).await.expect(200)), None);
    assert_eq!(allowed_origin(&from_page(&ours, "https://evil.example").await), None);
    assert_eq!(allowed_origin(&from_page(&ours, "null").await), None);
    let refused = from_page(&Caller::new(&server.url, "wrong"), page).await;
    assert_eq!(allowed_origin(&refused), Some(page), "a page can read why it is refused");
    refused.expect_error(401);

    ours.post("/corsSettings", json!({"allowedOrigins": []})).await.expect(200);
    assert_eq!(allowed_origin(&asked(&server, page).await), None);
    assert_eq!(allowed_origin(&from_page(&ours, page).await.expect(200)), None);
}
