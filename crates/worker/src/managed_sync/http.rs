//! The bank that the operator configures: asked by GET, answering JSON. docs/managed-feeds.md says what is agreed.

use super::source::{BankPage, BankRefusal, BankRequest, BankSource};
use super::template::{TemplateError, UrlTemplate};
use super::wire::read_page;
use async_trait::async_trait;
use domain::clock::Clock;
use domain::managed_sync::{Again, SyncErrorCode};
use outbound::{
    Call, CallError, ClientError, Outbound, OutboundOptions, Plaintext, Reply, RetryHint, Target,
};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use thiserror::Error;

/// Where the bank is, and how it is asked.
#[derive(Clone)]
pub struct HttpBankOptions {
    /// The URL, with places; see [`UrlTemplate`].
    pub url: String,
    /// What goes into the header `Authorization`.
    pub authorization: Option<String>,
    /// How long one page may take.
    pub timeout: Duration,
    /// A proxy to go through.
    pub proxy: Option<String>,
    /// Whether the bank may be called without TLS.
    pub plaintext: Plaintext,
}

/// Why the bank cannot be asked.
#[derive(Debug, Error)]
pub enum BankError {
    /// Mend `managed_feeds.url`.
    #[error("managed_feeds.url: {0}")]
    Url(#[from] TemplateError),
    /// Mend `managed_feeds.authorization`.
    #[error("managed_feeds.authorization cannot stand in a header: {0}")]
    Authorization(CallError),
    /// Tell the operator.
    #[error(transparent)]
    Client(#[from] ClientError),
}

/// A bank behind HTTP.
pub struct HttpBank {
    template: UrlTemplate,
    authorization: Option<String>,
    outbound: Outbound,
    timeout: Duration,
    clock: Arc<dyn Clock>,
}

impl fmt::Debug for HttpBank {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HttpBank({})", self.template.origin())
    }
}

impl HttpBank {
    /// Checks the options. Nothing is called yet.
    pub fn new(options: HttpBankOptions, clock: Arc<dyn Clock>) -> Result<Self, BankError> {
        let HttpBankOptions { url, authorization, timeout, proxy, plaintext } = options;
        let template = UrlTemplate::parse(&url, plaintext)?;
        let bounds = OutboundOptions { timeout, proxy, ..OutboundOptions::default() };
        let outbound = Outbound::new(&bounds)?;
        let bank = Self { template, authorization, outbound, timeout, clock };
        let origin = Target::parse(bank.template.origin(), plaintext);
        let origin = origin.map_err(TemplateError::from)?;
        bank.call(origin).map_err(BankError::Authorization)?;
        Ok(bank)
    }

    /// Whom it calls, for the log.
    pub fn origin(&self) -> &str {
        self.template.origin()
    }

    fn call(&self, target: Target) -> Result<Call, CallError> {
        let call = Call::get(target).with("Accept", "application/json")?;
        match &self.authorization {
            Some(authorization) => call.with("Authorization", authorization),
            None => Ok(call),
        }
    }

    fn unanswered(&self, error: &CallError) -> BankRefusal {
        let bank = self.origin();
        match error {
            CallError::Unreachable(_) | CallError::BrokenOff(_) => BankRefusal::passing(
                SyncErrorCode::BankUnreachable,
                format!(
                    "{bank}: {error}: see whether managed_feeds.url is right and the bank can be reached from here"
                ),
            ),
            CallError::TimedOut => BankRefusal::passing(
                SyncErrorCode::BankTimedOut,
                format!(
                    "{bank}: {error} ({} s): see whether the bank is slow, or raise managed_feeds.timeout_secs",
                    self.timeout.as_secs()
                ),
            ),
            CallError::TooLarge { .. } => BankRefusal::lasting(
                SyncErrorCode::BankAnswerTooLarge,
                format!("{bank}: {error}: have the bank answer in smaller pages, joined by `next`"),
            ),
            CallError::Unsound(_) | CallError::Refused(_) => BankRefusal::lasting(
                SyncErrorCode::NotConfigured,
                format!("{bank}: {error}: mend managed_feeds.url"),
            ),
        }
    }

    /// What an answer means that brings no lines.
    fn refused(&self, reply: &Reply, account: &str) -> BankRefusal {
        let (bank, status) = (self.origin(), reply.status);
        let told = format!("{bank} answers HTTP {status}");
        match status {
            401 | 403 => BankRefusal::lasting(
                SyncErrorCode::BankRefusedAuthorization,
                format!("{told}: set managed_feeds.authorization to what the bank accepts"),
            ),
            404 | 410 => BankRefusal::lasting(
                SyncErrorCode::BankUnknownAccount,
                format!(
                    "{told} for the account {account:?}: see whether the bank knows it by this id, and whether managed_feeds.url is right"
                ),
            ),
            408 => BankRefusal::passing(SyncErrorCode::BankTimedOut, told),
            429 => self.later(
                reply.retry,
                SyncErrorCode::BankBusy,
                format!("{told}: it is asked too often; make schedules rarer"),
            ),
            500..=599 => self.later(
                reply.retry,
                SyncErrorCode::BankFailed,
                format!("{told}: the bank has to mend it"),
            ),
            300..=399 => BankRefusal::lasting(
                SyncErrorCode::BankAnsweredUnexpectedly,
                format!(
                    "{told}: redirects are not followed; set managed_feeds.url to where it leads"
                ),
            ),
            _ => BankRefusal::lasting(
                SyncErrorCode::BankAnsweredUnexpectedly,
                format!("{told}: see whether managed_feeds.url is right"),
            ),
        }
    }

    fn later(&self, hint: RetryHint, code: SyncErrorCode, message: String) -> BankRefusal {
        let again = Again::Later(hint.not_before(self.clock.now()));
        BankRefusal { again, ..BankRefusal::passing(code, message) }
    }
}

#[async_trait]
impl BankSource for HttpBank {
    async fn fetch(&self, request: &BankRequest) -> Result<BankPage, BankRefusal> {
        let target = self.template.fill(request).map_err(|error| {
            let message = format!("{}: {error}: mend managed_feeds.url", self.origin());
            BankRefusal::lasting(SyncErrorCode::NotConfigured, message)
        })?;
        let call = self.call(target).map_err(|error| self.unanswered(&error))?;
        let reply = self.outbound.send(call).await.map_err(|error| self.unanswered(&error))?;
        match reply.status {
            200 => read_page(&reply.body).map_err(|error| {
                let message =
                    format!("{} answers what is not agreed: {error}", self.template.origin());
                BankRefusal::lasting(SyncErrorCode::BankAnswerInvalid, message)
            }),
            204 => Ok(BankPage::default()),
            _ => Err(self.refused(&reply, request.account.account.as_str())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use testkit::{ManualClock, NOON, noon_plus};

    fn options(authorization: Option<&str>) -> HttpBankOptions {
        HttpBankOptions {
            url: "https://bank.example/feeds/{accountId}?key=geheim".to_owned(),
            authorization: authorization.map(str::to_owned),
            timeout: Duration::from_secs(30),
            proxy: None,
            plaintext: Plaintext::Loopback,
        }
    }

    fn reply(status: u16, body: &'static [u8], retry: &str) -> Reply {
        let (retry, headers) = (RetryHint::parse(retry), outbound::Headers::default());
        Reply { status, body: body.into(), retry, headers }
    }

    fn bank() -> HttpBank {
        HttpBank::new(options(Some("Bearer geheim")), Arc::new(ManualClock::at(NOON))).unwrap()
    }

    #[test]
    fn every_status_has_a_code_and_says_what_to_do() {
        let later = Again::Later(None);
        let hinted = Again::Later(Some(noon_plus(2)));
        for (status, retry, code, again, advice) in [
            (
                401,
                "",
                SyncErrorCode::BankRefusedAuthorization,
                Again::Useless,
                "managed_feeds.authorization",
            ),
            (403, "9", SyncErrorCode::BankRefusedAuthorization, Again::Useless, "HTTP 403"),
            (404, "", SyncErrorCode::BankUnknownAccount, Again::Useless, "\"acc-1\""),
            (410, "", SyncErrorCode::BankUnknownAccount, Again::Useless, "managed_feeds.url"),
            (408, "", SyncErrorCode::BankTimedOut, later, "HTTP 408"),
            (429, "120", SyncErrorCode::BankBusy, hinted, "make schedules rarer"),
            (429, "", SyncErrorCode::BankBusy, later, "HTTP 429"),
            (500, "", SyncErrorCode::BankFailed, later, "HTTP 500"),
            (503, "120", SyncErrorCode::BankFailed, hinted, "HTTP 503"),
            (302, "", SyncErrorCode::BankAnsweredUnexpectedly, Again::Useless, "redirects"),
            (418, "", SyncErrorCode::BankAnsweredUnexpectedly, Again::Useless, "HTTP 418"),
        ] {
            let reply = reply(status, b"", retry);
            let refusal = bank().refused(&reply, "acc-1");
            assert_eq!((refusal.fault.code, refusal.again), (code, again), "{status}");
            assert!(refusal.fault.message.contains(advice), "{}", refusal.fault.message);
        }
    }

    #[test]
    fn what_brings_no_answer_has_a_code_and_says_what_to_do() {
        let away = || "connection refused".to_owned();
        for (error, code, is_passing, advice) in [
            (
                CallError::Unreachable(away()),
                SyncErrorCode::BankUnreachable,
                true,
                "connection refused",
            ),
            (CallError::BrokenOff(away()), SyncErrorCode::BankUnreachable, true, "broke off"),
            (CallError::TimedOut, SyncErrorCode::BankTimedOut, true, "managed_feeds.timeout_secs"),
            (
                CallError::TooLarge { bytes_max: 9 },
                SyncErrorCode::BankAnswerTooLarge,
                false,
                "`next`",
            ),
            (CallError::Unsound(away()), SyncErrorCode::NotConfigured, false, "managed_feeds.url"),
            (CallError::Refused(away()), SyncErrorCode::NotConfigured, false, "managed_feeds.url"),
        ] {
            let refusal = bank().unanswered(&error);
            let again = if is_passing { Again::Later(None) } else { Again::Useless };
            assert_eq!((refusal.fault.code, refusal.again), (code, again), "{error}");
            let message = refusal.fault.message;
            assert!(
                message.contains(advice) && message.contains("https://bank.example"),
                "{message}"
            );
        }
    }

    #[test]
    fn secrets_are_told_nowhere() {
        assert_eq!(format!("{:?}", bank()), "HttpBank(https://bank.example)");
        let reply = reply(404, b"geheim", "");
        assert!(!bank().refused(&reply, "acc-1").fault.message.contains("geheim"));
        let broken = HttpBank::new(options(Some("a\nb geheim")), Arc::new(ManualClock::at(NOON)));
        let told = broken.unwrap_err().to_string();
        assert!(told.contains("managed_feeds.authorization") && !told.contains("geheim"), "{told}");
    }
}
