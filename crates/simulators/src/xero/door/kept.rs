//! Answers that are kept under an idempotency key for a few minutes, errors too.

use axum::body::Body;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::http::request;
use axum::http::response;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// How long an answer is kept.
const KEPT_MINS: i64 = 6;

/// What makes two requests the same one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fingerprint([u8; 32]);

/// An answer that was given.
#[derive(Clone, Debug)]
pub(super) struct Answered {
    status: StatusCode,
    content_type: Option<axum::http::HeaderValue>,
    body: Bytes,
}

/// What a key is known for.
#[derive(Debug)]
pub(super) enum Found {
    Nothing,
    Same(Answered),
    Other,
}

/// The answers by key.
#[derive(Default)]
pub(crate) struct Kept(BTreeMap<String, Entry>);

struct Entry {
    fingerprint: Fingerprint,
    answered: Answered,
    until: Timestamp,
}

impl Fingerprint {
    /// Of method, URL, tenant and body.
    pub(super) fn of(parts: &request::Parts, body: &Bytes) -> Self {
        let tenant = parts.headers.get("xero-tenant-id").map(|id| id.as_bytes().to_vec());
        let mut digest = Sha256::new();
        digest.update(format!("{} {}\n", parts.method, parts.uri));
        digest.update(tenant.unwrap_or_default());
        digest.update(b"\n");
        digest.update(body);
        Self(digest.finalize().into())
    }
}

impl Answered {
    /// The part of an answer that is kept.
    pub(super) fn of(parts: &response::Parts, body: &Bytes) -> Self {
        let content_type = parts.headers.get(CONTENT_TYPE).cloned();
        Self { status: parts.status, content_type, body: body.clone() }
    }
}

impl IntoResponse for Answered {
    fn into_response(self) -> Response {
        let mut answer = (self.status, Body::from(self.body)).into_response();
        if let Some(content_type) = self.content_type {
            answer.headers_mut().insert(CONTENT_TYPE, content_type);
        }
        answer
    }
}

impl Kept {
    /// What the key is known for by now.
    pub(super) fn find(&mut self, key: &str, fingerprint: &Fingerprint, now: Timestamp) -> Found {
        self.0.retain(|_, entry| now < entry.until);
        match self.0.get(key) {
            None => Found::Nothing,
            Some(entry) if entry.fingerprint == *fingerprint => Found::Same(entry.answered.clone()),
            Some(_) => Found::Other,
        }
    }

    /// Keeps an answer.
    pub(super) fn keep(
        &mut self,
        key: String,
        fingerprint: Fingerprint,
        answered: Answered,
        now: Timestamp,
    ) {
        let until = now.saturating_add(SignedDuration::from_mins(KEPT_MINS)).unwrap_or(now);
        self.0.insert(key, Entry { fingerprint, answered, until });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use testkit::{NOON, noon_plus};

    fn fingerprint(path: &str, body: &'static str) -> Fingerprint {
        let request = axum::http::Request::post(path).body(()).unwrap();
        Fingerprint::of(&request.into_parts().0, &Bytes::from_static(body.as_bytes()))
    }

    fn answered() -> Answered {
        let (status, body) = (StatusCode::CONFLICT, Bytes::from_static(b"no"));
        Answered { status, content_type: None, body }
    }

    #[test]
    fn an_answer_is_repeated_for_six_minutes_to_the_same_request_only() {
        let mut kept = Kept::default();
        let first = fingerprint("/a", "x");
        assert!(matches!(kept.find("k", &first, NOON), Found::Nothing));
        kept.keep("k".to_owned(), first.clone(), answered(), NOON);
        let Found::Same(same) = kept.find("k", &first, noon_plus(5)) else { panic!() };
        assert_eq!((same.status, same.body), (StatusCode::CONFLICT, Bytes::from_static(b"no")));
        for other in [fingerprint("/b", "x"), fingerprint("/a", "y")] {
            assert!(matches!(kept.find("k", &other, noon_plus(5)), Found::Other));
        }
        assert!(matches!(kept.find("k", &first, noon_plus(6)), Found::Nothing));
    }
}
