//! Sends files to the bank by HTTP POST. What HTTP itself gets wrong on purpose is raw.rs.

use super::QuickBooksError;
use async_trait::async_trait;
use reqwest::header::{ACCEPT, CONTENT_TYPE, USER_AGENT};
use reqwest::{Client, StatusCode, Url};
use std::sync::Arc;
use std::time::Duration;
use std::{fmt, io};

/// Long enough for a bank under load.
const ANSWER_SECS_MAX: u64 = 60;
/// Named where the bank is at hand.
const AT_HAND: &str = "http://localhost/ofx";
/// What real programs send.
pub(super) const OFX_TYPE: &str = "application/x-ofx";

/// A bank that is asked without a network: a simulation's.
#[async_trait]
pub trait Bank: fmt::Debug + Send + Sync {
    /// Takes a file; the answer's status and bytes, if one comes.
    async fn ask(&self, file: String) -> io::Result<(u16, Vec<u8>)>;
}

/// The way to one bank.
#[derive(Clone, Debug)]
pub(super) struct Wire {
    by: By,
    target: Url,
}

#[derive(Clone, Debug)]
enum By {
    Http(Client),
    Hand(Arc<dyn Bank>),
}

impl Wire {
    /// The way to `target`, the URL of the bank's OFX server.
    #[expect(clippy::disallowed_methods, reason = "a simulator is no part of the server")]
    pub(super) fn to(target: &str) -> Result<Self, QuickBooksError> {
        let refused =
            |reason: String| QuickBooksError::Target { target: target.to_owned(), reason };
        let url = Url::parse(target).map_err(|error| refused(error.to_string()))?;
        // A server under evaluation calls itself, often with a certificate made at home.
        let itself = matches!(url.host_str(), Some("127.0.0.1" | "[::1]" | "localhost"));
        let http = Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_secs(ANSWER_SECS_MAX))
            .tls_danger_accept_invalid_certs(itself)
            .build()
            .map_err(|error| refused(error.to_string()))?;
        Ok(Self { by: By::Http(http), target: url })
    }

    /// The way to a bank that is at hand.
    pub(super) fn at_hand(bank: Arc<dyn Bank>) -> Result<Self, QuickBooksError> {
        let refused = |reason: String| QuickBooksError::Target { target: AT_HAND.into(), reason };
        let target = Url::parse(AT_HAND).map_err(|error| refused(error.to_string()))?;
        Ok(Self { by: By::Hand(bank), target })
    }

    /// Where it leads.
    pub(super) const fn target(&self) -> &Url {
        &self.target
    }

    /// Sends a file and takes whatever comes back.
    pub(super) async fn exchange(&self, file: String) -> Result<(u16, Vec<u8>), QuickBooksError> {
        let http = match &self.by {
            By::Http(http) => http,
            By::Hand(bank) => {
                return bank.ask(file).await.map_err(|error| self.unreachable(error));
            }
        };
        let request = http.post(self.target.clone()).body(file);
        let request = request
            .header(CONTENT_TYPE, OFX_TYPE)
            .header(ACCEPT, "*/*, application/x-ofx")
            .header(USER_AGENT, "InetClntApp/3.0");
        let answer = request.send().await.map_err(|error| self.unreachable(error))?;
        let status = answer.status().as_u16();
        let bytes = answer.bytes().await.map_err(|error| self.unreachable(error))?;
        Ok((status, bytes.to_vec()))
    }

    /// Sends a file and takes only an OFX answer.
    pub(super) async fn ask(&self, file: String) -> Result<Vec<u8>, QuickBooksError> {
        let (status, bytes) = self.exchange(file).await?;
        if status == StatusCode::OK.as_u16() {
            Ok(bytes)
        } else {
            Err(QuickBooksError::Http { status })
        }
    }

    /// The error for a bank that cannot be talked to.
    pub(super) fn unreachable(
        &self,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> QuickBooksError {
        let (target, source) = (self.target.to_string(), source.into());
        if is_about_a_certificate(source.as_ref()) {
            QuickBooksError::Untrusted { target, source }
        } else {
            QuickBooksError::Unreachable { target, source }
        }
    }
}

/// Whether the TLS library turned the bank's certificate down. It says so in words only: its type is hidden by the HTTP
/// client.
fn is_about_a_certificate(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut causes = std::iter::successors(Some(error), |cause| cause.source());
    causes.any(|cause| cause.to_string().contains("invalid peer certificate"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Error;

    #[test]
    fn an_untrusted_certificate_is_told_from_a_bank_that_is_away() {
        let wire = Wire::to("https://bank.example/ofx").unwrap();
        let told = |source: &str| wire.unreachable(Error::other(source.to_owned())).to_string();
        assert!(told("invalid peer certificate: UnknownIssuer").contains("is not trusted"));
        assert!(told("connection refused").contains("does not answer"));
    }
}
