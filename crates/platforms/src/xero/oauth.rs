//! Consent, tokens, revocation: the code flow with PKCE, and refresh tokens that are replaced at every use.

use super::answer::identity_refusal;
use super::capabilities::Xero;
use super::client::is_success;
use super::wire::TokensBody;
use crate::access::{Code, Consent, Secret, Tokens};
use crate::error::{PlatformError, Remedy};
use crate::platform::Authorizes;
use async_trait::async_trait;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};
use url::form_urlencoded;

/// How long an access token lasts where Xero does not say.
const ACCESS_SECS_DEFAULT: u64 = 30 * 60;

#[async_trait]
impl Authorizes for Xero {
    fn consent_url(&self, consent: &Consent) -> String {
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.options.client_id)
            .append_pair("redirect_uri", &consent.redirect_uri)
            .append_pair("scope", &self.options.scopes.join(" "))
            .append_pair("state", consent.state.expose())
            .append_pair("code_challenge", &challenge(&consent.verifier))
            .append_pair("code_challenge_method", "S256")
            .finish();
        format!("{}?{query}", self.options.urls.authorize)
    }

    async fn redeem(&self, consent: &Consent, code: &Code) -> Result<Tokens, PlatformError> {
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code.0.expose()),
            ("redirect_uri", &consent.redirect_uri),
            ("code_verifier", consent.verifier.expose()),
        ];
        self.tokens(&form, None).await
    }

    async fn refresh(&self, refresh: &Secret) -> Result<Tokens, PlatformError> {
        let form = [("grant_type", "refresh_token"), ("refresh_token", refresh.expose())];
        self.tokens(&form, Some(refresh)).await
    }

    async fn revoke(&self, refresh: &Secret) -> Result<(), PlatformError> {
        let form = [("token", refresh.expose())];
        let reply = self.client.post_form(&self.options.urls.revoke, &form).await?;
        if is_success(&reply) {
            return Ok(());
        }
        let error = identity_refusal(&reply, self.client.now());
        // What is not known any more is as good as revoked.
        let is_over = matches!(error, PlatformError::NotAuthorized { .. });
        if is_over { Ok(()) } else { Err(error) }
    }
}

impl Xero {
    /// `known` is the refresh token that stays where none is given for it.
    async fn tokens(
        &self,
        form: &[(&str, &str)],
        known: Option<&Secret>,
    ) -> Result<Tokens, PlatformError> {
        let asked_at = self.client.now();
        let reply = self.client.post_form(&self.options.urls.token, form).await?;
        if !is_success(&reply) {
            return Err(identity_refusal(&reply, self.client.now()));
        }
        // The error would show a part of the body.
        let body: TokensBody = serde_json::from_slice(&reply.body).map_err(|_secret| {
            PlatformError::unavailable("xero's identity service answers what are no tokens")
        })?;
        let refresh = body.refresh_token.map(Secret::new).or_else(|| known.cloned());
        let refresh = refresh.ok_or_else(|| PlatformError::NotAuthorized {
            remedy: Remedy::Reconnect,
            detail: "offline access was not allowed, so nothing can be sent later".to_owned(),
        })?;
        let secs = body.expires_in.unwrap_or(ACCESS_SECS_DEFAULT);
        let access_ends_at = later(asked_at, secs);
        Ok(Tokens { access: Secret::new(body.access_token), access_ends_at, refresh })
    }
}

fn later(at: Timestamp, secs: u64) -> Timestamp {
    let length = SignedDuration::from_secs(i64::try_from(secs).unwrap_or(i64::MAX));
    at.saturating_add(length).unwrap_or(Timestamp::MAX)
}

fn challenge(verifier: &Secret) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.expose()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_challenge_is_that_of_the_rfc() {
        let verifier = Secret::new("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        assert_eq!(challenge(&verifier), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }
}
