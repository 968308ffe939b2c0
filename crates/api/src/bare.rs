//! The door's readers without the door: what a body and a header say, before anybody knows who asks. Hidden, and only for
//! `fuzz-checks`: a request through HTTP for each of many million bodies would try the server and hardly the reader.

use crate::{auth, nouns};
use axum::http::{HeaderMap, HeaderValue, header};
use domain::push::PushDraft;
use domain::source_account::AccountId;

/// Something wrong in a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Where, such as `transactions[3].date`.
    pub path: String,
    /// What.
    pub message: String,
}

/// A push to `account`, or all that is wrong with it.
pub fn read_push(body: &[u8], account: &AccountId) -> Result<PushDraft, Vec<Refusal>> {
    nouns::read_push(body, account).map_err(|error| {
        let faults = error.into_faults().into_iter();
        faults.map(|fault| Refusal { path: fault.path, message: fault.message }).collect()
    })
}

/// The API key in a request with these `Authorization` headers.
pub fn find_key(authorizations: &[&[u8]]) -> Option<String> {
    let mut headers = HeaderMap::new();
    for value in authorizations {
        headers.append(header::AUTHORIZATION, HeaderValue::from_bytes(value).ok()?);
    }
    auth::find_key(&headers)
}
