//! What the layers make of answers, with routes that need no store.

use super::*;
use crate::envelope::finish;
use crate::json::{Faults, JsonBody, Place};
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use domain::clock::Clock;
use serde_json::Value;
use store::{Outage, StoreError};
use testkit::{ManualClock, SeededIds};
use tower::ServiceExt;

const CORRELATION_ID: &str = "7777777777774777b777777777777777";

fn away() -> StoreError {
    StoreError::Unavailable { outage: Outage::DiskFull, detail: "secret table".to_owned() }
}

async fn ask(request: Request<Body>) -> (StatusCode, HeaderMap, Value) {
    let panic =
        || async { assert!(ManualClock::default().now() < jiff::Timestamp::UNIX_EPOCH, "planted") };
    let fail =
        |error: fn() -> StoreError| move || async move { Err::<(), ApiError>(error().into()) };
    let routes = Router::new()
        .route("/read", post(|JsonBody(body): JsonBody| async move { body }))
        .route("/panic", get(panic))
        .route("/busy", get(fail(|| StoreError::Busy("secret table".to_owned()))))
        .route("/away", get(fail(away)))
        .route("/damaged", get(fail(|| StoreError::Damaged("secret table".to_owned()))))
        .route("/teapot", get(|| async { (StatusCode::IM_A_TEAPOT, "short") }));
    let watched =
        Watch { clock: Arc::new(ManualClock::default()), ids: Arc::new(SeededIds::new(7)) };
    let response = enclose(routes, watched, 10).oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, 10_000).await.unwrap();
    (parts.status, parts.headers, serde_json::from_slice(&body).unwrap_or_default())
}

fn request(method: &str, path: &str) -> Request<Body> {
    Request::builder().method(method).uri(path).body(Body::empty()).unwrap()
}

fn post_to_read(kind: &str, body: &'static str) -> Request<Body> {
    let request = Request::builder().method("POST").uri("/read").header("content-type", kind);
    request.body(Body::from(body)).unwrap()
}

#[tokio::test]
async fn every_error_has_the_same_envelope_and_every_answer_a_correlation_id() {
    for (request, status, error) in [
        (request("GET", "/nowhere"), 404, "NotFound"),
        (request("PATCH", "/read"), 405, "MethodNotAllowed: "),
        (post_to_read("text/plain", "{}"), 415, "the Content-Type \"text/plain\" is not"),
        (
            post_to_read("application/json", "[1,2,3,4,5,6]"),
            413,
            "the body is larger than 10 bytes",
        ),
        (request("GET", "/panic"), 500, "something went wrong here"),
        (request("GET", "/damaged"), 500, "what is kept of this is damaged"),
        (request("GET", "/busy"), 503, "the server is busy"),
        (request("GET", "/away"), 503, "the database's disk is full"),
        (request("GET", "/teapot"), 418, "418 I'm a teapot"),
    ] {
        let (found, headers, body) = ask(request).await;
        assert_eq!(found.as_u16(), status, "{body}");
        assert_eq!(body["statusCode"], status);
        assert!(body["error"].as_str().unwrap().starts_with(error), "{body}");
        assert_eq!(
            (&body["service"], &body["detailedErrorCode"]),
            (&"PublicApi".into(), &0.into())
        );
        let correlation_id = body["correlationId"].as_str().unwrap();
        assert_eq!(correlation_id.len(), 32, "{correlation_id}");
        assert_eq!(headers["x-correlation-id"], correlation_id);
        assert_eq!(headers["content-type"], "application/json");
        assert!(!body.to_string().contains("secret") && !body.to_string().contains("planted"));
    }
}

#[tokio::test]
async fn only_a_busy_database_and_one_that_is_away_ask_to_be_called_again() {
    for (path, secs) in [("/busy", "1"), ("/away", "5")] {
        let (_, headers, body) = ask(request("GET", path)).await;
        assert_eq!(
            (&headers["retry-after"], &body["canBeRetried"]),
            (&secs.parse().unwrap(), &"True".into())
        );
    }
    let (_, headers, body) = ask(request("GET", "/damaged")).await;
    assert_eq!((headers.get("retry-after"), &body["canBeRetried"]), (None, &"Unknown".into()));
    let (_, _, body) = ask(request("GET", "/nowhere")).await;
    assert_eq!(body["canBeRetried"], "False");
}

#[tokio::test]
async fn an_answer_that_is_no_error_passes_untouched() {
    let (status, headers, body) = ask(post_to_read("application/json", "[1]")).await;
    assert_eq!((status, body), (StatusCode::OK, serde_json::json!([1])));
    assert!(headers.contains_key("x-correlation-id"));
    assert_eq!(headers["cache-control"], "no-store");
}

#[tokio::test]
async fn faults_are_listed_and_counted() {
    let mut faults = Faults::of("Companies");
    faults.add(Place::Body, "is odd");
    faults.add(Place::Field(&Place::Body, "name"), "is odder");
    let response = finish(faults.into_error().into_response(), CORRELATION_ID);
    let body = to_bytes(response.into_body(), 10_000).await.unwrap();
    insta::assert_snapshot!(str::from_utf8(&body).unwrap());
}

#[test]
fn the_surface_is_as_it_was() {
    for (name, edition) in [("compatible", Edition::Compatible), ("ext", Edition::Ext)] {
        insta::assert_snapshot!(name, format!("{:#}", openapi(edition)));
    }
}

#[test]
fn operations_have_names_of_their_own() {
    let table = surface();
    let mut ids: Vec<_> = table.operations().iter().map(|(_, operation)| operation.id).collect();
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count);
}

#[test]
fn no_two_routes_are_the_same() {
    // Building the table panics when two are.
    assert!(surface().into_router().has_routes());
}
