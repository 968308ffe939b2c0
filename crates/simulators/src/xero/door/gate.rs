//! The step of every API call after attend.rs: token, limits, idempotency. In this order, as Xero does it.

use super::attend::{Arrival, pause};
use super::caller::Caller;
use super::kept::{Answered, Fingerprint, Found};
use super::traffic::{Refused, Room};
use crate::xero::Xero;
use crate::xero::faults::Fault;
use crate::xero::ids::Id;
use crate::xero::operation::{Operation, Service};
use crate::xero::problem::{Kind, Problem};
use axum::body::{Body, to_bytes};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// A longer key is refused.
const KEY_CHARS_MAX: usize = 128;

/// Lets a call in, or says why not.
pub(super) async fn pass(xero: &Xero, mut arrival: Arrival, next: Next) -> Response {
    let service = arrival.operation.service();
    let caller = xero.change(|world, now| {
        Caller::find(world, &arrival.parts.headers, service, (arrival.played, now))
    });
    let caller = match caller {
        Ok(caller) => caller,
        Err(denied) => return denied.answer(service),
    };
    let tenant = (service != Service::Connections).then_some(caller.tenant);
    let (room, admitted) = xero.change(|world, now| {
        let limits = world.settings.limits;
        let admitted = world.traffic.admit(tenant, &limits, now);
        (world.traffic.room(tenant, &limits), admitted)
    });
    let answer = match admitted {
        Ok(()) => {
            let _leaving = Leaving { xero, tenant };
            arrival.parts.extensions.insert(caller);
            pause(arrival.played).await;
            let operation = arrival.operation;
            as_contracted(once(xero, arrival, next).await, operation)
        }
        Err(refused) => refused.into_response(),
    };
    with_room(answer, &room)
}

/// Of all errors those of this one call are plain JSON.
fn as_contracted(mut answer: Response, operation: Operation) -> Response {
    if operation == Operation::CreateFeeds && answer.status() == StatusCode::BAD_REQUEST {
        let json = HeaderValue::from_static("application/json");
        answer.headers_mut().insert(CONTENT_TYPE, json);
    }
    answer
}

/// Counts a call out, also when its caller has gone.
struct Leaving<'a> {
    xero: &'a Xero,
    tenant: Option<Id>,
}

impl Drop for Leaving<'_> {
    fn drop(&mut self) {
        self.xero.change_still(|world| world.traffic.leave(self.tenant));
    }
}

fn with_room(mut answer: Response, room: &Room) -> Response {
    for (name, value) in room.headers() {
        answer.headers_mut().insert(name, value.into());
    }
    answer
}

/// Handles a call, or repeats what the same call was answered a moment ago.
async fn once(xero: &Xero, arrival: Arrival, next: Next) -> Response {
    let key = match key_of(&arrival) {
        Ok(Some(key)) => key,
        Ok(None) => return handled(arrival, next).await,
        Err(problem) => return problem.answer(),
    };
    let fingerprint = Fingerprint::of(&arrival.parts, &arrival.body);
    match xero.change(|world, now| world.kept.find(&key, &fingerprint, now)) {
        Found::Nothing => {}
        Found::Same(answered) => return answered.into_response(),
        Found::Other => {
            let detail = format!("Idempotency Key: {key} is used with a different request.");
            return Problem::request(detail).answer();
        }
    }
    let (parts, body) = handled(arrival, next).await.into_parts();
    // An answer's body is made in memory, so reading it cannot fail.
    let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let answered = Answered::of(&parts, &body);
    xero.change(|world, now| world.kept.keep(key, fingerprint, answered, now));
    Response::from_parts(parts, Body::from(body))
}

async fn handled(arrival: Arrival, next: Next) -> Response {
    if arrival.played.is(Fault::InternalErrorKept) {
        return Problem::from(Kind::InternalError).answer();
    }
    next.run(arrival.into_request()).await
}

fn key_of(arrival: &Arrival) -> Result<Option<String>, Problem> {
    if !arrival.operation.is_kept() {
        return Ok(None);
    }
    let Some(key) = text_of(&arrival.parts.headers, "idempotency-key") else { return Ok(None) };
    if key.chars().count() > KEY_CHARS_MAX {
        return Err(Problem::request("The Idempotency-Key exceeded the maximum length of 128."));
    }
    Ok(Some(key))
}

fn text_of(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let problem = [("x-rate-limit-problem", self.limit)];
        let status = StatusCode::TOO_MANY_REQUESTS;
        match self.retry_after_secs {
            None => (status, problem).into_response(),
            Some(secs) => (status, problem, [("retry-after", secs.to_string())]).into_response(),
        }
    }
}
