//! Xero asked too often, offline, or unreachable.

use super::server::{Server, Session, fault};
use outbound::{Outbound, OutboundOptions};
use platforms::xero::{Xero, XeroOptions, XeroUrls};
use platforms::{Platform, PlatformError, Secret};
use serde_json::json;
use testkit::{NOON, noon_plus};

#[tokio::test]
async fn too_many_calls_say_until_when() {
    let session = Session::open().await;
    let (server, statements, access) = (&session.server, session.statements(), session.access());
    let feed = session.feed().await;
    let now = domain::clock::Clock::now(&*server.clock);
    let statement = session.statement(&feed, "100", &[("t-1", "-42.50")]);
    let cases = [("too-many-requests", 7), ("too-many-requests-bare", 60)];
    for (number, (name, secs)) in cases.into_iter().enumerate() {
        server.order(json!({"fault": name, "retryAfterSecs": 7, "calls": 2})).await;
        let retry_at = now + jiff::SignedDuration::from_secs(secs);
        let limited = PlatformError::RateLimited { retry_at };
        let sent = statements.send(access, &statement, &number.to_string()).await;
        assert_eq!(sent, Err(limited.clone()), "{name}");
        assert_eq!(statements.poll(access, "s").await, Err(limited), "{name}");
    }
    statements.send(access, &statement, "3").await.unwrap();
    server
        .order(json!({"fault": "too-many-requests", "operation": "token", "retryAfterSecs": 9}))
        .await;
    let error = server.authorization().refresh(&session.tokens.refresh).await.unwrap_err();
    assert!(matches!(error, PlatformError::RateLimited { .. }), "{error}");
}

#[tokio::test]
async fn real_limits_are_met_as_well() {
    let session = Session::open().await;
    let limits = json!({"limits": {"minute": 1}});
    session.server.control(reqwest::Method::PATCH, "settings", limits).await;
    let feeds = session.feeds();
    feeds.list_feeds(session.access()).await.unwrap();
    let error = feeds.list_feeds(session.access()).await.unwrap_err();
    let PlatformError::RateLimited { retry_at } = error else { panic!("{error}") };
    assert!(retry_at > NOON && retry_at <= noon_plus(1), "{retry_at}");
}

#[tokio::test]
async fn offline_is_no_doubt_and_an_error_is() {
    let session = Session::open().await;
    let (server, statements, access) = (&session.server, session.statements(), session.access());
    let feed = session.feed().await;
    let now = domain::clock::Clock::now(&*server.clock);
    let statement = session.statement(&feed, "100", &[("t-1", "-42.50")]);
    for (name, wait) in [("organisation-offline", None), ("maintenance", Some(300))] {
        server
            .order(json!({"fault": name, "operation": "create-statements",
            "retryAfterSecs": 300}))
            .await;
        let error = statements.send(access, &statement, "1").await.unwrap_err();
        let PlatformError::Unavailable { retry_at, .. } = error else { panic!("{error}") };
        assert_eq!(
            retry_at,
            wait.map(|secs| now + jiff::SignedDuration::from_secs(secs)),
            "{name}"
        );
    }
    server.order(fault("internal-error", "create-statements")).await;
    let error = statements.send(access, &statement, "1").await.unwrap_err();
    let detail =
        "xero answers HTTP 500: Something went wrong for a moment: send the request again.";
    assert_eq!(error, PlatformError::Unknown { detail: detail.to_owned() });
    server.order(fault("internal-error", "get-statement")).await;
    let error = statements.poll(access, "s").await.unwrap_err();
    assert!(matches!(error, PlatformError::Unavailable { .. }), "a read can be repeated: {error}");
}

#[tokio::test]
async fn who_disconnects_in_xero_closes_the_door() {
    let session = Session::open().await;
    let feed = session.feed().await;
    let statement = session.statement(&feed, "100", &[("t-1", "-42.50")]);
    session.server.order(fault("user-disconnects", "create-statements")).await;
    for attempt in ["1", "2"] {
        let error = session.statements().send(session.access(), &statement, attempt).await;
        let error = error.unwrap_err();
        assert!(matches!(error, PlatformError::NotAuthorized { .. }), "{error}");
    }
    let organisations = session.server.xero.organisations().unwrap();
    let left = organisations.list_organisations(&session.tokens.access).await;
    assert_eq!(left, Ok(Vec::new()), "and the daily look notices");
}

#[tokio::test]
async fn a_xero_that_is_not_there_is_not_available() {
    let server = Server::open().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nobody = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let urls = XeroUrls::simulated(&nobody);
    let options = XeroOptions::new("app-id", Secret::new("app-secret"), urls);
    let outbound = Outbound::new(&OutboundOptions::default()).unwrap();
    let xero = Xero::new(options, outbound, server.clock.clone()).unwrap();
    let error = xero.authorization().unwrap().refresh(&Secret::new("r")).await.unwrap_err();
    assert!(matches!(error, PlatformError::Unavailable { .. }), "{error}");
    assert_eq!(format!("{xero:?}"), format!("Xero({nobody})"));
}
