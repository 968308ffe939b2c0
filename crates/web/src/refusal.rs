//! Pages for what cannot be: each says what happened, and what to do next.

use crate::brand::Brand;
use crate::framing::Ancestor;
use crate::gallery::{Hall, Picture};
use crate::page::{Frame, page};
use crate::told::{Failure, Told};
use crate::visit::Visit;
use askama::Template;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use store::StoreError;
use tracing::{error, warn};

/// How long an address that was wrong too often should wait: its count begins anew with the next minute.
const WRONG_RETRY_SECS: &str = "60";
/// How long to wait for an overloaded database: the next commit is milliseconds away.
const BUSY_RETRY_SECS: &str = "1";

/// Why somebody does not get what they came for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Why {
    /// The link is not one of ours, or no longer good.
    NoLink,
    /// The address has been wrong too often.
    TooOften,
    /// Nobody opened the connection's link in this browser, or too long ago.
    NoVisit,
    /// There is nothing under that address.
    NoPage,
    /// What was opened is there no more.
    Gone,
    /// A form that no page of the visit has sent.
    NotOurForm,
    /// A page may not be shown within the page that asked for it.
    NotFramed,
    /// The software is not switched on.
    NotSwitchedOn,
    /// The server is overloaded.
    Busy,
    /// It is our fault.
    Broken,
}

impl Why {
    /// Every reason.
    pub(crate) const ALL: [Self; 10] = [
        Self::NoLink,
        Self::TooOften,
        Self::NoVisit,
        Self::NoPage,
        Self::Gone,
        Self::NotOurForm,
        Self::NotFramed,
        Self::NotSwitchedOn,
        Self::Busy,
        Self::Broken,
    ];

    /// What a failed store means for a person; the operator finds it in the log.
    pub(crate) fn of(error: &StoreError) -> Self {
        if let StoreError::Busy(_) | StoreError::Unavailable { .. } = error {
            warn!(%error, "a page was put off");
            return Self::Busy;
        }
        error!(%error, "a page failed");
        Self::Broken
    }

    const fn status(self) -> StatusCode {
        match self {
            Self::NoLink | Self::NoVisit => StatusCode::UNAUTHORIZED,
            Self::TooOften => StatusCode::TOO_MANY_REQUESTS,
            Self::NoPage => StatusCode::NOT_FOUND,
            Self::Gone => StatusCode::GONE,
            Self::NotOurForm | Self::NotFramed => StatusCode::FORBIDDEN,
            Self::NotSwitchedOn => StatusCode::OK,
            Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Self::Broken => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The keys of the title and of the text below it.
    const fn keys(self) -> (&'static str, &'static str) {
        match self {
            Self::NoLink => ("no-link-title", "no-link-text"),
            Self::TooOften => ("too-often-title", "too-often-text"),
            Self::NoVisit => ("no-visit-title", "no-visit-text"),
            Self::NoPage => ("no-page-title", "no-page-text"),
            Self::Gone => ("gone-title", "gone-text"),
            Self::NotOurForm => ("not-our-form-title", "not-our-form-text"),
            Self::NotFramed => ("not-framed-title", "not-framed-text"),
            Self::NotSwitchedOn => ("not-switched-on-title", "not-switched-on-text"),
            Self::Busy => ("busy-title", "busy-text"),
            Self::Broken => ("broken-title", "broken-text"),
        }
    }

    const fn retry_after(self) -> Option<&'static str> {
        match self {
            Self::TooOften => Some(WRONG_RETRY_SECS),
            Self::Busy => Some(BUSY_RETRY_SECS),
            Self::NoLink
            | Self::NoVisit
            | Self::NoPage
            | Self::Gone
            | Self::NotOurForm
            | Self::NotFramed
            | Self::NotSwitchedOn
            | Self::Broken => None,
        }
    }

    /// Whether what failed may go well on the page that it began on.
    const fn leads_home(self) -> bool {
        matches!(self, Self::NoPage | Self::NotOurForm | Self::Busy | Self::Broken)
    }
}

/// A page for what cannot be.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    why: Why,
    frame: Box<Frame>,
    /// Where the visit's pages begin.
    home: Option<String>,
    /// Where the bank wants its customers back.
    back: Option<String>,
}

#[derive(Template)]
#[template(path = "refusal.html")]
struct Content<'a> {
    frame: &'a Frame,
    title: String,
    text: String,
    home: Option<&'a str>,
    back: Option<&'a str>,
}

impl Refusal {
    /// A refusal in that frame.
    pub(crate) fn new(why: Why, frame: Frame) -> Self {
        Self { why, frame: Box::new(frame), home: None, back: None }
    }

    /// What a failed store means for a person.
    pub(crate) fn fault(visit: &Visit, brand: Option<Brand>, error: &StoreError) -> Self {
        Self::new(Why::of(error), Frame::new(visit, brand))
    }

    /// Nobody knows whose visit this is: a framed page may say so in any frame.
    pub(crate) fn nobody(visit: &Visit) -> Self {
        let framed = visit.framing.as_ref().map(|_| Ancestor::Anybody);
        Self::new(Why::NoVisit, Frame::new(visit, None).within(framed.unwrap_or_default()))
    }

    /// The same with the way to where the visit began.
    #[must_use]
    pub(crate) fn with_home(self, home: &str) -> Self {
        Self { home: Some(home.to_owned()), ..self }
    }

    /// The same with the way back to the bank.
    #[must_use]
    pub(crate) fn with_way_back(self, back: Option<String>) -> Self {
        Self { back, ..self }
    }

    fn content(&self) -> Content<'_> {
        let (title, text) = self.why.keys();
        Content {
            frame: &self.frame,
            title: self.frame.say(title),
            text: self.frame.say(text),
            home: self.home.as_deref().filter(|_| self.why.leads_home()),
            back: self.back.as_deref(),
        }
    }
}

/// What whoever asks for a page is shown when there is no place for the request.
pub fn turned_away(uri: &Uri, headers: &HeaderMap) -> Response {
    Refusal::new(Why::Busy, Frame::new(&Visit::of(uri, headers), None)).into_response()
}

/// Every refusal.
pub(crate) fn pictures(hall: &Hall) -> Result<Vec<Picture>, askama::Error> {
    let hang = |why: Why| {
        let refusal = Refusal::new(why, hall.frame().about("Xero")).with_home(&hall.home());
        let name = why.keys().0.trim_end_matches("-title");
        hall.hang(format!("refusal-{name}"), &refusal.frame, &refusal.content())
    };
    Why::ALL.into_iter().map(hang).collect()
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = self.why.status();
        let told = Told::failed(Failure {
            error_code: status.as_u16(),
            message: self.content().title,
            user_recoverable: self.why.leads_home(),
        });
        let refusal = Self { frame: Box::new(self.frame.clone().telling(told)), ..self };
        let mut response = page(status, &refusal.frame, &refusal.content());
        if let Some(secs) = refusal.why.retry_after() {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static(secs));
        }
        response
    }
}

#[cfg(test)]
#[path = "refusal_tests.rs"]
mod tests;
