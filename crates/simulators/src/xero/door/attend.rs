//! The outermost step of every call: it is written down, and meets its fault. Tokens and limits are gate.rs.

use super::gate;
use super::seen::Call;
use crate::xero::Xero;
use crate::xero::faults::{Drift, Fault, Order, Played, drifted, dripping, dropped, truncated};
use crate::xero::operation::{Operation, Service};
use crate::xero::problem::{Kind, Problem};
use axum::body::{Body, to_bytes};
use axum::extract::{MatchedPath, Request, State};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_LENGTH, DATE, RETRY_AFTER};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use bytes::Bytes;
use std::time::Duration;

/// More than any call needs: the limit of a statement's size is far below, and has an error of its own.
const BODY_BYTES_MAX: usize = 16 * 1024 * 1024;

/// A call with its body read.
pub(super) struct Arrival {
    pub(super) operation: Operation,
    pub(super) played: Played,
    pub(super) parts: axum::http::request::Parts,
    pub(super) body: Bytes,
}

impl Arrival {
    /// The call for the next one to handle.
    pub(super) fn into_request(self) -> Request {
        Request::from_parts(self.parts, Body::from(self.body))
    }
}

/// Handles a call as Xero would on this day.
pub(crate) async fn attend(State(xero): State<Xero>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map(|route| route.as_str().to_owned());
    let route = route.unwrap_or_default();
    let Some(operation) = Operation::of(request.method(), &route) else {
        return next.run(request).await;
    };
    let (mut parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, BODY_BYTES_MAX).await else {
        return Problem { status: 413, ..Problem::request("The request is far too large.") }
            .answer();
    };
    let order = xero.change(|world, now| {
        let (orders, ids) = (&mut world.orders, &mut world.ids);
        orders.meet(operation, now, || ids.percent())
    });
    let played = Played(order);
    parts.extensions.insert(operation);
    parts.extensions.insert(played);
    let arrival = Arrival { operation, played, parts, body };
    let number = xero.change(|world, now| world.seen.begin(Call::of(&arrival, now)));
    let answer = match order.and_then(|order| instead(&order)) {
        Some(answer) => answer,
        None => handled(&xero, arrival, next).await,
    };
    let mut answer = spoilt(answer, order).await;
    let now = xero.change(|world, now| {
        world.seen.end(number, answer.status().as_u16());
        now
    });
    // Xero's clock, which may be another than that of this machine.
    if let Ok(date) = now.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string().parse() {
        answer.headers_mut().insert(DATE, date);
    }
    answer
}

async fn handled(xero: &Xero, arrival: Arrival, next: Next) -> Response {
    if arrival.operation.service() != Service::Identity {
        return gate::pass(xero, arrival, next).await;
    }
    pause(arrival.played).await;
    next.run(arrival.into_request()).await
}

/// Waits as long as a latency lasts.
pub(super) async fn pause(played: Played) {
    if let Some(order) = played.0.filter(|order| order.fault == Fault::Latency) {
        tokio::time::sleep(Duration::from_millis(order.millis)).await;
    }
}

/// The answer of a call that is not even looked at.
fn instead(order: &Order) -> Option<Response> {
    let retry_after = [(RETRY_AFTER, order.retry_after_secs.to_string())];
    if order.fault == Fault::ResetBefore {
        return Some(dropped());
    }
    if order.fault == Fault::TooManyRequests {
        let problem = [("x-rate-limit-problem", "minute")];
        return Some((StatusCode::TOO_MANY_REQUESTS, retry_after, problem).into_response());
    }
    if order.fault == Fault::TooManyRequestsBare {
        let problem = [("x-rate-limit-problem", "concurrent")];
        return Some((StatusCode::TOO_MANY_REQUESTS, problem).into_response());
    }
    if order.fault == Fault::InternalError {
        return Some(Problem::from(Kind::InternalError).answer());
    }
    if order.fault == Fault::OrganisationOffline {
        let words = "The organisation is offline. Try again in a few minutes.";
        return Some((StatusCode::SERVICE_UNAVAILABLE, words).into_response());
    }
    let page = "<!DOCTYPE html><title>Maintenance</title><p>The API is offline for maintenance.";
    (order.fault == Fault::Maintenance)
        .then(|| (StatusCode::SERVICE_UNAVAILABLE, retry_after, Html(page)).into_response())
}

/// What arrives of an answer.
async fn spoilt(answer: Response, order: Option<Order>) -> Response {
    let Some(order) = order else { return answer };
    if order.fault == Fault::ResetAfter {
        return dropped();
    }
    if order.fault == Fault::InternalErrorAfter {
        return Problem::from(Kind::InternalError).answer();
    }
    let drift = Drift::of(order.fault);
    if drift.is_none() && !matches!(order.fault, Fault::TruncatedBody | Fault::SlowDrip) {
        return answer;
    }
    let (mut parts, body) = answer.into_parts();
    // An answer's body is made in memory, so reading it cannot fail.
    let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
    parts.headers.remove(CONTENT_LENGTH);
    if let Some(drift) = drift {
        let text = String::from_utf8_lossy(&body);
        return Response::from_parts(parts, Body::from(drifted(&text, drift)));
    }
    let answer = Response::from_parts(parts, Body::empty());
    if order.fault == Fault::TruncatedBody {
        return truncated(answer, &body);
    }
    dripping(answer, body, Duration::from_millis(order.millis))
}
