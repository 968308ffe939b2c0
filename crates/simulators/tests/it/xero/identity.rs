//! The consent page, tokens and their ends, connections.

use super::server::{Answer, CALLBACK, CLIENT_ID, Server, Session, query, read, wait};
use reqwest::Method;
use serde_json::{Value, json};

const MINUTE: i64 = 60;
const DAY: i64 = 24 * 60 * MINUTE;
/// The example of RFC 7636.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

fn error(answer: &Answer) -> (u16, Value) {
    (answer.status, answer.json()["error"].clone())
}

fn refused(words: &str) -> (u16, Value) {
    (400, json!(words))
}

async fn connections(server: &Server, session: &Session) -> Answer {
    session.get(server, "/connections").await
}

#[tokio::test]
async fn cancel_sends_the_browser_back_with_an_error_and_the_state() {
    let server = Server::open().await;
    let tenant = server.demo_tenant().await;
    let back = server.press(&server.consent_page(&[]), "cancel", &tenant).await;
    assert_eq!(query(&back, "error").as_deref(), Some("access_denied"));
    assert_eq!(query(&back, "state").as_deref(), Some("s t"));
    assert_eq!(query(&back, "code"), None);
}

#[tokio::test]
async fn a_choice_that_is_none_shows_the_page_again() {
    let server = Server::open().await;
    for tenant in ["", "x", "6a4b9ff5-3a5f-4321-936b-4796163550f6"] {
        let again = server.press(&server.consent_page(&[]), "allow", tenant).await;
        let again = read(again).await;
        assert!(again.status == 200 && again.text.contains("Choose one of your"), "{tenant}");
    }
}

#[tokio::test]
async fn a_wrong_request_ends_on_a_page_or_back_at_the_app() {
    let server = Server::open().await;
    let here = [
        [("client_id", "other")],
        [("redirect_uri", "http://127.0.0.1:9/callback")],
        [("redirect_uri", "")],
    ];
    for changes in here {
        let shown =
            read(server.http.get(server.consent_page(&changes)).send().await.unwrap()).await;
        assert!(shown.status == 400 && shown.text.contains("Error:"), "{changes:?}");
    }
    let there = [
        ([("response_type", "token")], "unsupported_response_type"),
        ([("scope", "bankfeeds everything")], "invalid_scope"),
        ([("scope", "")], "invalid_scope"),
        ([("code_challenge", CHALLENGE)], "invalid_request"),
    ];
    for (changes, wanted) in there {
        let back = server.http.get(server.consent_page(&changes)).send().await.unwrap();
        assert_eq!(query(&back, "error").as_deref(), Some(wanted), "{changes:?}");
        assert_eq!(query(&back, "state").as_deref(), Some("s t"));
    }
}

#[tokio::test]
async fn only_registered_addresses_are_gone_back_to_once_there_are_any() {
    let server = Server::open().await;
    let other = json!({ "redirectUris": ["https://bank.example/cb"] });
    server.control(Method::PATCH, "settings", other).await;
    let shown = read(server.http.get(server.consent_page(&[])).send().await.unwrap()).await;
    assert!(shown.status == 400 && shown.text.contains("is not registered"));
}

#[tokio::test]
async fn consent_can_be_given_or_refused_without_a_page() {
    let server = Server::open().await;
    for (consent, field) in [("allow", "code"), ("deny", "error")] {
        server.control(Method::PATCH, "settings", json!({ "consent": consent })).await;
        let back = server.http.get(server.consent_page(&[])).send().await.unwrap();
        assert!(query(&back, field).is_some(), "{consent}");
    }
}

#[tokio::test]
async fn a_code_is_good_once_and_for_five_minutes_and_for_its_own_address() {
    let server = Server::open().await;
    let tenant = server.demo_tenant().await;
    let page = server.consent_page(&[]);
    let mut codes = Vec::new();
    for _ in 0..3 {
        codes.push(query(&server.press(&page, "allow", &tenant).await, "code").unwrap());
    }
    assert_eq!(server.redeem(&codes[0]).await.status, 200);
    assert_eq!(error(&server.redeem(&codes[0]).await), refused("invalid_grant"));
    let form = [
        ("grant_type", "authorization_code"),
        ("code", codes[1].as_str()),
        ("redirect_uri", "http://localhost:9/other"),
    ];
    assert_eq!(error(&server.token(&form).await), refused("invalid_grant"));
    wait(&server, 5 * MINUTE);
    assert_eq!(error(&server.redeem(&codes[2]).await), refused("invalid_grant"));
}

#[tokio::test]
async fn a_client_without_a_secret_proves_itself_by_its_verifier() {
    let server = Server::open().await;
    let tenant = server.demo_tenant().await;
    let redeem = async |challenge: &[(&str, &str)], verifier: Option<&str>| {
        let back = server.press(&server.consent_page(challenge), "allow", &tenant).await;
        let code = query(&back, "code").unwrap();
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.extend_pairs([("grant_type", "authorization_code"), ("code", &code)]);
        form.extend_pairs([("client_id", CLIENT_ID), ("redirect_uri", CALLBACK)]);
        form.extend_pairs(verifier.map(|verifier| ("code_verifier", verifier)));
        let request = server.request(Method::POST, "/identity/connect/token").body(form.finish());
        read(request.send().await.unwrap()).await
    };
    let asked = [("code_challenge", CHALLENGE), ("code_challenge_method", "S256")];
    let tokens = redeem(&asked, Some(VERIFIER)).await;
    assert_eq!((tokens.status, &tokens.json()["token_type"]), (200, &json!("Bearer")));
    let wrong = VERIFIER.replace('d', "e");
    for (challenge, verifier) in
        [(&asked[..], Some(wrong.as_str())), (&asked, None), (&[], Some(VERIFIER)), (&[], None)]
    {
        let answer = redeem(challenge, verifier).await;
        assert_eq!(error(&answer), refused("invalid_grant"), "{challenge:?} {verifier:?}");
    }
}

#[tokio::test]
async fn the_token_endpoint_says_what_it_does_not_take() {
    let server = Server::open().await;
    let cases = [
        (vec![("grant_type", "password")], "unsupported_grant_type"),
        (vec![], "invalid_request"),
        (vec![("grant_type", "refresh_token")], "invalid_request"),
        (vec![("grant_type", "refresh_token"), ("refresh_token", "x")], "invalid_grant"),
    ];
    for (form, wanted) in cases {
        assert_eq!(error(&server.token(&form).await), refused(wanted), "{form:?}");
    }
    let stranger = server.request(Method::POST, "/identity/connect/token");
    let answer = read(stranger.basic_auth(CLIENT_ID, Some("no")).send().await.unwrap()).await;
    assert_eq!(error(&answer), refused("invalid_client"));
}

#[tokio::test]
async fn tokens_say_what_they_are_and_last_half_an_hour() {
    let server = Server::open().await;
    let page = server.consent_page(&[]);
    let back = server.press(&page, "allow", &server.demo_tenant().await).await;
    let tokens = server.redeem(&query(&back, "code").unwrap()).await.json();
    assert_eq!((&tokens["expires_in"], &tokens["token_type"]), (&json!(1_800), &json!("Bearer")));
    assert!(tokens["id_token"].is_string() && tokens["refresh_token"].is_string());
    assert_eq!(tokens["access_token"].as_str().unwrap().split('.').count(), 3);
    let session = server.demo_session().await;
    wait(&server, 30 * MINUTE - 1);
    assert_eq!(connections(&server, &session).await.status, 200);
    wait(&server, 1);
    let late = connections(&server, &session).await;
    assert_eq!((late.status, &late.json()["Detail"]), (401, &json!("TokenExpired")));
}

#[tokio::test]
async fn without_offline_access_there_is_no_refresh_token() {
    let server = Server::open().await;
    let page = server.consent_page(&[("scope", "bankfeeds")]);
    let back = server.press(&page, "allow", &server.demo_tenant().await).await;
    let tokens = server.redeem(&query(&back, "code").unwrap()).await.json();
    assert_eq!((tokens.get("refresh_token"), tokens.get("id_token")), (None, None));
    assert_eq!(tokens["scope"], "bankfeeds");
}

#[tokio::test]
async fn a_refresh_token_rotates_and_the_old_one_has_a_grace_of_half_an_hour() {
    let server = Server::open().await;
    let session = server.demo_session().await;
    wait(&server, DAY);
    let first = server.refresh(&session.refresh).await.json();
    let second = first["refresh_token"].as_str().unwrap();
    assert_ne!(second, session.refresh);
    wait(&server, 29 * MINUTE);
    let again = server.refresh(&session.refresh).await;
    assert_eq!(again.status, 200, "the answer may have been lost");
    wait(&server, MINUTE);
    assert_eq!(error(&server.refresh(&session.refresh).await), refused("invalid_grant"));
    assert_eq!(server.refresh(second).await.status, 200);
    let third = again.json()["refresh_token"].as_str().unwrap().to_owned();
    wait(&server, 60 * DAY);
    assert_eq!(error(&server.refresh(&third).await), refused("invalid_grant"), "60 days unused");
}

#[tokio::test]
async fn a_revocation_ends_the_users_tokens_and_connections_and_nobody_elses() {
    let server = Server::open().await;
    let other = json!({"name": "Other Ltd", "user": "other@example.com"});
    let other = server.control(Method::POST, "organisations", other).await;
    let other = server.sign_in(other["tenantId"].as_str().unwrap()).await;
    let session = server.demo_session().await;
    let revoke = async |token: &str, secret: &str| {
        let request = server.request(Method::POST, "/identity/connect/revocation");
        let request = request.basic_auth(CLIENT_ID, Some(secret)).body(format!("token={token}"));
        read(request.send().await.unwrap()).await
    };
    assert_eq!(error(&revoke(&session.refresh, "no").await), refused("invalid_client"));
    let done = revoke(&session.refresh, super::server::CLIENT_SECRET).await;
    assert_eq!((done.status, done.text.as_str()), (200, ""));
    assert_eq!(connections(&server, &session).await.status, 401);
    assert_eq!(error(&server.refresh(&session.refresh).await), refused("invalid_grant"));
    assert_eq!(connections(&server, &other).await.json()[0]["tenantName"], "Other Ltd");
    let back = server.demo_session().await;
    assert_eq!(connections(&server, &back).await.json().as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn connections_are_the_users_own_and_can_be_asked_for_by_consent() {
    let server = Server::open().await;
    let second =
        server.control(Method::POST, "organisations", json!({ "name": "Second Ltd" })).await;
    let session = server.demo_session().await;
    let second = server.sign_in(second["tenantId"].as_str().unwrap()).await;
    let both = connections(&server, &session).await.json();
    let names: Vec<_> = both.as_array().unwrap().iter().map(|one| &one["tenantName"]).collect();
    assert_eq!(names, ["Demo Company", "Second Ltd"]);
    assert_eq!(both[1]["tenantId"], second.tenant.as_str());
    assert_eq!(both[0]["tenantType"], "ORGANISATION");
    assert_eq!(both[0]["createdDateUtc"], "2024-02-29T12:00:00.0000000");
    let event = both[1]["authEventId"].as_str().unwrap();
    let one = session.get(&server, &format!("/connections?authEventId={event}")).await.json();
    assert_eq!(one, json!([both[1]]));
    assert_eq!(session.get(&server, "/connections?authEventId=x").await.status, 400);
}

#[tokio::test]
async fn a_deleted_connection_is_gone_and_a_new_consent_makes_a_new_one() {
    let server = Server::open().await;
    let session = server.demo_session().await;
    let id = connections(&server, &session).await.json()[0]["id"].as_str().unwrap().to_owned();
    let delete = async || {
        let request = session.request(&server, Method::DELETE, &format!("/connections/{id}"));
        request.send().await.unwrap().status().as_u16()
    };
    assert_eq!(connections(&server, &server.demo_session().await).await.json()[0]["id"], *id);
    assert_eq!([delete().await, delete().await], [204, 404]);
    assert_eq!(connections(&server, &session).await.json(), json!([]));
    assert_eq!(session.get(&server, "/api.xro/2.0/Organisation").await.status, 403);
    let again = server.demo_session().await;
    assert_ne!(connections(&server, &again).await.json()[0]["id"], *id);
}

#[tokio::test]
async fn discovery_names_the_endpoints_where_they_are() {
    let server = Server::open().await;
    let path = "/identity/.well-known/openid-configuration";
    let found = read(server.request(Method::GET, path).send().await.unwrap()).await.json();
    assert_eq!(found["token_endpoint"], format!("{}/identity/connect/token", server.url));
}
