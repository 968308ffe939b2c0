//! Access tokens in the form that Xero gives them: a JWT that says whose it is and what for. Nobody has to read them;
//! the simulator itself looks them up.

use super::grant::Grant;
use crate::xero::ids::named_id;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use serde_json::{Value, json};
use sha2::Sha256;

/// Whom a token is for.
pub(super) struct Audience<'a> {
    pub(super) client_id: &'a str,
    /// No two tokens have the same.
    pub(super) token_id: String,
}

/// An access token.
pub(super) fn access_token(grant: &Grant, to: &Audience<'_>, until: Timestamp) -> String {
    let user = named_id(&grant.user);
    let scope: Vec<_> = grant.scope.split_ascii_whitespace().collect();
    signed(&json!({
        "iss": "https://identity.xero.com",
        "aud": "https://identity.xero.com/resources",
        "client_id": to.client_id,
        "sub": user.digits(),
        "exp": until.as_second(),
        "xero_userid": user,
        "global_session_id": grant.event.digits(),
        "jti": to.token_id,
        "authentication_event_id": grant.event,
        "scope": scope,
    }))
}

/// An id token: who the user is.
pub(super) fn id_token(grant: &Grant, to: &Audience<'_>, until: Timestamp) -> String {
    let user = named_id(&grant.user);
    signed(&json!({
        "iss": "https://identity.xero.com",
        "aud": to.client_id,
        "sub": user.digits(),
        "exp": until.as_second(),
        "xero_userid": user,
        "email": grant.user,
        "preferred_username": grant.user,
        "given_name": "Demo",
        "family_name": "User",
        "jti": to.token_id,
    }))
}

fn signed(claims: &Value) -> String {
    let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    let head = json!({"alg": "HS256", "typ": "JWT", "kid": "simulator"});
    let text = format!("{}.{}", part(&head), part(claims));
    // A key of any length is taken, so there is always a signature.
    let signature = Hmac::<Sha256>::new_from_slice(b"simulator").map(|mut mac| {
        mac.update(text.as_bytes());
        BASE64_URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
    });
    format!("{text}.{}", signature.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xero::ids::Id;
    use testkit::NOON;

    fn claims(token: &str) -> Value {
        let parts: Vec<_> = token.split('.').collect();
        assert_eq!(parts.len(), 3);
        serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(parts[1]).unwrap()).unwrap()
    }

    #[test]
    fn a_token_says_whose_it_is_and_what_for() {
        let grant = Grant {
            user: "u@example.com".to_owned(),
            scope: "openid bankfeeds".to_owned(),
            event: Id::NIL,
            is_public: false,
        };
        let to = || Audience { client_id: "app", token_id: "1".to_owned() };
        let access = claims(&access_token(&grant, &to(), NOON));
        assert_eq!(access["scope"], json!(["openid", "bankfeeds"]));
        assert_eq!(access["xero_userid"], json!(named_id("u@example.com")));
        assert_eq!(access["authentication_event_id"], json!(Id::NIL));
        assert_eq!(access["exp"], 1_709_208_000);
        let id = claims(&id_token(&grant, &to(), NOON));
        assert_eq!((&id["aud"], &id["email"]), (&json!("app"), &json!("u@example.com")));
    }
}
