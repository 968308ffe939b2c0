//! `Idempotency-Key`: a request that is sent again under the key of one that was done gets the first answer instead. Of
//! an answer that holds a secret only the fact is kept. A request without the header passes untouched.

use crate::access::CorrelationId;
use crate::auth::Caller;
use crate::envelope::{Answer, ApiError, finish};
use crate::json::read_whole;
use crate::state::Shared;
use axum::body::{Body, HttpBody, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use domain::idempotency::{Claim, Claimed, Fingerprint, KeptAnswer};
use domain::ids::{ClaimId, IdempotencyKey, random_uuid};
use jiff::SignedDuration;
use sha2::{Digest, Sha256};
use std::sync::Arc;
use tracing::warn;

const KEY_HEADER: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED_HEADER: HeaderName = HeaderName::from_static("idempotency-replayed");
/// Longer than any answer to a POST or PATCH, which repeats at most the body that was sent.
const ANSWER_BYTES_MAX: usize = 64 * 1024 * 1024;

/// Marks an answer that holds what is shown once.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HoldsSecret;

/// Does a request once, if it has a key.
pub(crate) async fn do_once(
    State(state): State<Shared>,
    caller: Caller,
    request: Request,
    next: Next,
) -> Response {
    if !matches!(*request.method(), Method::POST | Method::PATCH) {
        return next.run(request).await;
    }
    match read_key(request.headers()) {
        Ok(Some(key)) => {
            let done = do_under_key(&state, caller, key, request, next).await;
            done.unwrap_or_else(IntoResponse::into_response)
        }
        Ok(None) => next.run(request).await,
        Err(error) => error.into_response(),
    }
}

async fn do_under_key(
    state: &Shared,
    caller: Caller,
    key: IdempotencyKey,
    request: Request,
    next: Next,
) -> Answer<Response> {
    let (request, body) = read_whole(request).await?;
    let claim = Claim {
        id: ClaimId::new(random_uuid(&*state.ids)),
        client: caller.client,
        key,
        fingerprint: fingerprint(caller, &request, &body),
        at: state.now(),
    };
    match state.store.claim_key(&claim).await? {
        Claimed::Answered(answer) => replay(answer),
        Claimed::UnderWay => Err(ApiError::conflict(
            "the request with this Idempotency-Key is still under way: send it again in a moment",
        )),
        Claimed::OtherRequest => Err(ApiError::unprocessable(
            "this Idempotency-Key belongs to another request: use a new one for every request",
        )),
        Claimed::Ours => {
            let request = request.map(|()| Body::from(body));
            let state = Arc::clone(state);
            // On a task of its own: whoever hangs up and sends again must find what became of the first.
            let done = state.tasks.clone().spawn(do_and_keep(state, claim, request, next)).await;
            done.map_err(ApiError::internal)
        }
    }
}

async fn do_and_keep(state: Shared, claim: Claim, request: Request, next: Next) -> Response {
    let correlation_id = CorrelationId::of(request.extensions());
    let response = next.run(request).await;
    keep(&state, &claim, finish(response, &correlation_id)).await
}

/// The key of a request, if it has one.
fn read_key(headers: &HeaderMap) -> Answer<Option<IdempotencyKey>> {
    let mut values = headers.get_all(KEY_HEADER).iter();
    let Some(value) = values.next() else { return Ok(None) };
    let key = value.to_str().ok().and_then(|text| IdempotencyKey::parse(text.trim()));
    match key {
        Some(key) if values.next().is_none() => Ok(Some(key)),
        Some(_) | None => Err(ApiError::refused(
            "the Idempotency-Key must be one UUID, such as 8c2f7a10-9d5e-4b3a-8f61-2d4c9e7b5a30",
        )),
    }
}

/// Two requests are the same when whoever calls, the method, the path with its query, and every byte of the body are.
fn fingerprint(caller: Caller, request: &Request<()>, body: &[u8]) -> Fingerprint {
    let uri = request.extensions().get::<axum::extract::OriginalUri>();
    let path = uri.map_or(request.uri(), |axum::extract::OriginalUri(uri)| uri);
    let path = path.path_and_query().map_or("", |path| path.as_str());
    let mut hash = Sha256::new();
    for part in [request.method().as_str(), path, &caller.scope()] {
        hash.update(part.as_bytes());
        // No part can hold it, so the parts cannot run together.
        hash.update([0]);
    }
    hash.update(body);
    Fingerprint(hash.finalize().into())
}

fn replay(answer: KeptAnswer) -> Answer<Response> {
    let KeptAnswer { status, content_type, body } = answer;
    let Some(body) = body else {
        return Err(ApiError::conflict(
            "the request with this Idempotency-Key was done, but its answer held a secret, which is not kept: make a \
             new one under a new key",
        ));
    };
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = StatusCode::from_u16(status).map_err(ApiError::internal)?;
    let headers = response.headers_mut();
    if let Some(value) = content_type.and_then(|text| HeaderValue::try_from(text).ok()) {
        headers.insert(header::CONTENT_TYPE, value);
    }
    headers.insert(REPLAYED_HEADER, HeaderValue::from_static("true"));
    Ok(response)
}

/// Keeps an answer, or gives the claim back when the request may succeed later.
async fn keep(state: &Shared, claim: &Claim, response: Response) -> Response {
    let passes = matches!(
        response.status(),
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE
    );
    let (response, kept) = if passes { (response, None) } else { read_answer(response).await };
    let ended = match kept {
        Some(answer) => {
            let life = SignedDuration::from_mins(i64::from(state.answer_life_minutes));
            let ends_at = claim.at.checked_add(life).unwrap_or(claim.at);
            state.store.keep_answer(claim, &answer, ends_at).await
        }
        None => state.store.release_key(claim).await,
    };
    if let Err(error) = ended {
        // The answer is true all the same; the claim ends by itself.
        warn!(%error, "an answer could not be kept for its Idempotency-Key");
    }
    response
}

async fn read_answer(response: Response) -> (Response, Option<KeptAnswer>) {
    let (parts, body) = response.into_parts();
    let is_long = body.size_hint().lower() > u64::try_from(ANSWER_BYTES_MAX).unwrap_or(u64::MAX);
    if is_long {
        return (Response::from_parts(parts, body), None);
    }
    let Ok(body) = to_bytes(body, ANSWER_BYTES_MAX).await else {
        return (ApiError::internal("an answer broke off").into_response(), None);
    };
    let is_secret = parts.extensions.get::<HoldsSecret>().is_some();
    let content_type = parts.headers.get(header::CONTENT_TYPE);
    let answer = KeptAnswer {
        status: parts.status.as_u16(),
        content_type: content_type.and_then(|value| value.to_str().ok()).map(str::to_owned),
        body: if is_secret { None } else { Some(body.to_vec()) },
    };
    (Response::from_parts(parts, Body::from(body)), Some(answer))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(values: &[&'static str]) -> Answer<Option<IdempotencyKey>> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(KEY_HEADER, HeaderValue::from_static(value));
        }
        read_key(&headers)
    }

    #[test]
    fn a_key_is_one_uuid() {
        const KEY: &str = "8c2f7a10-9d5e-4b3a-8f61-2d4c9e7b5a30";
        assert_eq!(key(&[]).unwrap(), None);
        assert_eq!(key(&[KEY]).unwrap().unwrap().to_string(), KEY);
        for wrong in [&["7"][..], &[""], &[KEY, KEY]] {
            assert!(key(wrong).unwrap_err().into_text().contains("must be one UUID"), "{wrong:?}");
        }
    }

    #[test]
    fn a_secret_is_not_given_twice() {
        let answer = KeptAnswer { status: 201, content_type: None, body: None };
        assert!(replay(answer).unwrap_err().into_text().contains("held a secret"));
    }
}
