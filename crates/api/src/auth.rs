//! Who calls: a client with an API key in `Authorization: Basic`, as the contract has it, that is, the key alone in
//! base64; or a page with a company's access token in `Authorization: Bearer`. Which operations a page may call stands in
//! the table of the surface.

use crate::envelope::ApiError;
use crate::state::Shared;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use domain::access_token::AccessTokenHash;
use domain::api_key::ApiKeyHash;
use domain::ids::{ClientId, CompanyId};

/// Some callers drop the padding.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The tenant that a request acts for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Caller {
    pub(crate) client: ClientId,
    /// The only company that it may enter; nothing for a key, which opens them all.
    only: Option<CompanyId>,
}

/// What a request shows.
#[derive(Debug, PartialEq, Eq)]
enum Presented {
    Key(String),
    Token(String),
}

impl Caller {
    /// What it may enter, in a word.
    pub(crate) fn scope(self) -> String {
        self.only.map_or_else(|| "everything".to_owned(), |company| company.to_string())
    }

    /// Whether the company is not closed to it.
    pub(crate) fn may_enter(self, company: CompanyId) -> bool {
        self.only.is_none_or(|only| only == company)
    }
}

/// Lets only requests with a known key or token pass. It is looked up every time, so that revoking one acts at once.
pub(crate) async fn require_key(
    State(state): State<Shared>,
    mut request: Request,
    next: Next,
) -> Response {
    let caller = match find_caller(&state, request.headers()).await {
        Ok(caller) => caller,
        Err(error) => return error.into_response(),
    };
    request.extensions_mut().insert(caller);
    let mut response = next.run(request).await;
    response.extensions_mut().insert(caller);
    response
}

async fn find_caller(state: &Shared, headers: &HeaderMap) -> Result<Caller, ApiError> {
    // Only hashes are compared, and nobody can choose one: the time it takes tells nothing about a key.
    match find_presented(headers).map_err(ApiError::unauthorized)? {
        Presented::Key(key) => {
            let found = state.store.find_api_key(&ApiKeyHash::of(&key)).await?;
            let key = found.ok_or_else(|| ApiError::unauthorized(unknown_key(&key)))?;
            Ok(Caller { client: key.client, only: None })
        }
        Presented::Token(token) => {
            let hash = AccessTokenHash::of(&token);
            let found = state.store.find_access_token(&hash, state.now()).await?;
            let token = found.ok_or_else(|| {
                ApiError::unauthorized(
                    "the access token is not known or has ended: ask for a new one (an API key goes with Basic, not with Bearer)",
                )
            })?;
            Ok(Caller { client: token.client, only: Some(token.company) })
        }
    }
}

/// Lets only requests with a key pass: a layer of every operation that is not open to pages.
pub(crate) async fn refuse_token(caller: Caller, request: Request, next: Next) -> Response {
    if caller.only.is_some() {
        let error =
            "an access token is not enough for this: call with an API key, from your server";
        return ApiError::forbidden(error).into_response();
    }
    next.run(request).await
}

/// The key or token in a request's headers, or why there is none. Of two headers a proxy may have looked at the other one, so
/// neither counts.
fn find_presented(headers: &HeaderMap) -> Result<Presented, &'static str> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let value = values
        .next()
        .ok_or("the request has no Authorization header: send Basic and the API key in base64")?;
    if values.next().is_some() {
        return Err("the request has more than one Authorization header");
    }
    let text = value.to_str().unwrap_or_default();
    let key = presented_key(text).map(Presented::Key);
    let presented = key.or_else(|| presented_token(text).map(Presented::Token));
    presented.ok_or("the Authorization header is not Basic and an API key in base64")
}

/// Why a key that nobody has may have been sent.
fn unknown_key(key: &str) -> &'static str {
    if key.trim() == key {
        "the API key is not known"
    } else {
        "the API key is not known: there is white space around it, perhaps a line break from `echo` before it was encoded"
    }
}

/// The key alone, whoever asks for it.
pub(crate) fn find_key(headers: &HeaderMap) -> Option<String> {
    match find_presented(headers) {
        Ok(Presented::Key(key)) => Some(key),
        Ok(Presented::Token(_)) | Err(_) => None,
    }
}

/// The token in a header's value.
fn presented_token(value: &str) -> Option<String> {
    let (scheme, token) = value.trim().split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then(|| token.to_owned())
}

/// The key in a header's value. A colon at the end is what HTTP libraries add for the password that is not there.
fn presented_key(value: &str) -> Option<String> {
    let (scheme, encoded) = value.trim().split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let key = String::from_utf8(BASE64.decode(encoded.trim()).ok()?).ok()?;
    Some(key.strip_suffix(':').map_or(key.clone(), str::to_owned)).filter(|key| !key.is_empty())
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, ApiError> {
        let caller = parts.extensions.get::<Self>().copied();
        caller.ok_or_else(|| ApiError::internal("a route is not behind the key check"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn one_header_counts_and_two_do_not() {
        let with = |values: &[&'static [u8]]| {
            let values = values.iter().map(|value| HeaderValue::from_bytes(value).unwrap());
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(header::AUTHORIZATION, value);
            }
            find_presented(&headers)
        };
        assert_eq!(with(&[b"Basic S2V5MTIz"]).unwrap(), Presented::Key("Key123".to_owned()));
        assert_eq!(with(&[b"bearer  T0k"]).unwrap(), Presented::Token("T0k".to_owned()));
        assert!(with(&[b"Bearer "]).unwrap_err().contains("is not Basic"));
        assert!(with(&[]).unwrap_err().contains("no Authorization header"));
        assert!(with(&[b"Basic S2V5MTIz", b"Basic S2V5MTIz"]).unwrap_err().contains("more than"));
        assert!(with(&[b"Basic \xff"]).unwrap_err().contains("is not Basic"));
    }

    #[test]
    fn a_key_is_read_with_and_without_its_colon_and_in_any_case_of_the_scheme() {
        let encoded = |key: &str| BASE64.encode(key);
        let key = Some("Key123".to_owned());
        assert_eq!(presented_key(&format!("Basic {}", encoded("Key123"))), key);
        assert_eq!(presented_key(&format!("bAsIc   {}", encoded("Key123:"))), key);
        assert_eq!(presented_key("Basic S2V5MTIzOg"), key, "without padding");
    }

    #[test]
    fn what_is_no_key_is_refused() {
        let colon = format!("Basic {}", BASE64.encode(":"));
        for value in [
            "",
            "Basic",
            "Basic ",
            "Bearer S2V5MTIz",
            "S2V5MTIz",
            "Basic %%%",
            "Basic /w==",
            &colon,
        ] {
            assert_eq!(presented_key(value), None, "{value:?}");
        }
    }
}
