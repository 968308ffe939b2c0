//! Where Xero is and who we are to it: all that tells the real one from the simulator.

use crate::access::Secret;
use outbound::{Plaintext, Target, TargetError};
use thiserror::Error;

/// What feeds need: to refresh, to send, and to read accounts.
const SCOPES: &[&str] =
    &["offline_access", "openid", "profile", "email", "bankfeeds", "accounting.settings.read"];

/// What the adapter is made of.
#[derive(Clone, Debug)]
pub struct XeroOptions {
    /// Of our app at Xero.
    pub client_id: String,
    /// Of our app at Xero.
    pub client_secret: Secret,
    /// Where Xero is.
    pub urls: XeroUrls,
    /// What users are asked to allow.
    pub scopes: Vec<String>,
    /// Where plain http is allowed: the simulator speaks it.
    pub plaintext: Plaintext,
}

/// Where Xero is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct XeroUrls {
    /// A browser's way to the consent page.
    pub authorize: String,
    /// Codes and refresh tokens become tokens here.
    pub token: String,
    /// Tokens end here.
    pub revoke: String,
    /// What `/connections`, `/api.xro/2.0` and `/bankfeeds.xro/1.0` begin with.
    pub api: String,
}

/// An option that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("xero's {name} URL: {error}")]
pub struct OptionsError {
    /// Which of the URLs.
    pub name: &'static str,
    /// What is wrong with it.
    pub error: TargetError,
}

impl XeroOptions {
    /// This app at these URLs, with the scopes that feeds need, and plain http on this machine only.
    pub fn new(client_id: impl Into<String>, client_secret: Secret, urls: XeroUrls) -> Self {
        let scopes = SCOPES.iter().map(|scope| (*scope).to_owned()).collect();
        let client_id = client_id.into();
        Self { client_id, client_secret, urls, scopes, plaintext: Plaintext::Loopback }
    }
}

impl XeroUrls {
    /// The real ones.
    pub fn real() -> Self {
        Self {
            authorize: "https://login.xero.com/identity/connect/authorize".to_owned(),
            token: "https://identity.xero.com/connect/token".to_owned(),
            revoke: "https://identity.xero.com/connect/revocation".to_owned(),
            api: "https://api.xero.com".to_owned(),
        }
    }

    /// Those of a simulator at `base`.
    pub fn simulated(base: &str) -> Self {
        let base = base.trim_end_matches('/');
        let identity = |page: &str| format!("{base}/identity/connect/{page}");
        Self {
            authorize: identity("authorize"),
            token: identity("token"),
            revoke: identity("revocation"),
            api: base.to_owned(),
        }
    }

    pub(super) fn check(&self, plaintext: Plaintext) -> Result<(), OptionsError> {
        let urls = [
            ("authorize", &self.authorize),
            ("token", &self.token),
            ("revoke", &self.revoke),
            ("api", &self.api),
        ];
        for (name, url) in urls {
            Target::parse(url, plaintext).map_err(|error| OptionsError { name, error })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_option_that_cannot_be_called_is_named() {
        assert_eq!(XeroUrls::real().check(Plaintext::Loopback), Ok(()));
        assert_eq!(
            XeroUrls::simulated("http://127.0.0.1:1/x/").token,
            "http://127.0.0.1:1/x/identity/connect/token"
        );
        let urls = XeroUrls { revoke: "http://xero.example/".to_owned(), ..XeroUrls::real() };
        let refused = urls.check(Plaintext::Loopback).unwrap_err().to_string();
        assert!(refused.starts_with("xero's revoke URL: http to \"xero.example\""), "{refused}");
        assert_eq!(urls.check(Plaintext::Anywhere), Ok(()));
    }
}
