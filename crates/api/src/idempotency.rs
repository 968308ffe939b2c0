//! `Idempotency-Key`: a request that is sent again under the key of one that was done gets the first answer instead.
//! Answers are kept sealed, for links carry passwords; of one that holds what is shown once only the fact is kept. A
//! request without the header passes untouched.

use crate::access::CorrelationId;
use crate::auth::Caller;
use crate::envelope::{Answer, ApiError, finish};
use crate::json::read_whole;
use crate::sealing::seal_bytes;
use crate::state::Shared;
use axum::body::{Body, HttpBody, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use domain::idempotency::{Claim, Claimed, Fingerprint, KeptAnswer};
use domain::ids::{ClaimId, IdSource, IdempotencyKey, random_uuid};
use jiff::SignedDuration;
use sha2::{Digest, Sha256};
use std::sync::Arc;
use tracing::warn;
use vault::{Binding, Vault};

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
        Claimed::Answered(answer) => replay(&state.vault, &claim, answer),
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

/// To what a kept body is sealed: nobody can hand one client the answer of another.
fn row(claim: &Claim) -> Vec<u8> {
    [claim.client.uuid().into_bytes(), claim.key.uuid().into_bytes()].concat()
}

const fn binding(row: &[u8]) -> Binding<'_> {
    Binding { table: "idempotency", column: "body", row }
}

fn seal(vault: &Vault, ids: &dyn IdSource, claim: &Claim, body: &[u8]) -> Vec<u8> {
    seal_bytes(vault, ids, &binding(&row(claim)), body)
}

fn replay(vault: &Vault, claim: &Claim, answer: KeptAnswer) -> Answer<Response> {
    let KeptAnswer { status, content_type, body } = answer;
    let Some(body) = body else {
        return Err(ApiError::conflict(
            "the request with this Idempotency-Key was done, but its answer held a secret, which is not kept: make a \
             new one under a new key",
        ));
    };
    let Ok(body) = vault.open(&binding(&row(claim)), &body) else {
        return Err(ApiError::conflict(
            "the request with this Idempotency-Key was done, but its answer cannot be opened: its encryption key is gone, \
             or an earlier version kept it. Look whether what it was to do is there",
        ));
    };
    let mut response = Response::new(Body::from(body.to_vec()));
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
    let (response, mut kept) = if passes { (response, None) } else { read_answer(response).await };
    if let Some(body) = kept.as_mut().and_then(|answer| answer.body.as_mut()) {
        *body = seal(&state.vault, &*state.ids, claim, body);
    }
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
    use domain::ids::ClientId;
    use jiff::Timestamp;
    use uuid::Uuid;
    use vault::{KEY_BYTES, VaultKey};

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

    #[derive(Debug)]
    struct Sevens;
    impl IdSource for Sevens {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(7);
        }
    }

    fn a_claim(client: u128) -> Claim {
        Claim {
            id: ClaimId::new(random_uuid(&Sevens)),
            client: ClientId::new(Uuid::from_u128(client)),
            key: IdempotencyKey::new(Uuid::from_u128(1)),
            fingerprint: Fingerprint([0; 32]),
            at: Timestamp::UNIX_EPOCH,
        }
    }

    fn a_vault(byte: u8) -> Vault {
        Vault::new(VaultKey::new([byte; KEY_BYTES]), Vec::new())
    }

    fn answer(body: Option<Vec<u8>>) -> KeptAnswer {
        KeptAnswer { status: 201, content_type: None, body }
    }

    #[test]
    fn a_secret_is_not_given_twice() {
        let refused = replay(&a_vault(1), &a_claim(1), answer(None)).unwrap_err();
        assert!(refused.into_text().contains("held a secret"));
    }

    #[test]
    fn an_answer_is_kept_sealed_for_its_own_request() {
        let (vault, claim) = (a_vault(1), a_claim(1));
        let body = seal(&vault, &Sevens, &claim, b"?otp=0a");
        assert!(!body.windows(4).any(|word| word == b"otp="));
        assert_eq!(replay(&vault, &claim, answer(Some(body.clone()))).unwrap().status(), 201);
        for (vault, claim, body) in [
            (a_vault(2), a_claim(1), body.clone()),
            (a_vault(1), a_claim(2), body),
            (a_vault(1), a_claim(1), b"{}".to_vec()),
        ] {
            let refused = replay(&vault, &claim, answer(Some(body))).unwrap_err();
            assert!(refused.into_text().contains("its encryption key is gone"));
        }
    }
}
