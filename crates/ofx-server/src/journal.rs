//! What the log says of an exchange: who, what, how it went. Never a password, an account number or a line.

use std::fmt::Write;

use domain::credential::Credential;
use ofx::{Request, RequestMessage, Response, ResponseMessage, Status, StatusCode};
use store::StoreError;
use tracing::{error, info};

use crate::sign_on::Caller;

/// Longer than any seen, and still one line of a log.
const USER_AGENT_CHARS_MAX: usize = 200;
/// A file may hold thousands of requests; a log line names the first of them.
const KINDS_SHOWN_MAX: usize = 20;

/// One exchange that has been answered.
pub(crate) struct Exchanged<'a> {
    /// Who was let in.
    pub(crate) caller: Option<&'a Caller>,
    /// What was asked.
    pub(crate) request: &'a Request,
    /// What leaves.
    pub(crate) response: &'a Response,
    /// What the client calls itself.
    pub(crate) user_agent: &'a str,
    /// How long the answer is.
    pub(crate) bytes: usize,
}

/// Tells of an exchange.
pub(crate) fn exchanged(exchanged: &Exchanged<'_>) {
    let sign_on = exchanged.request.sign_on.as_ref();
    info!(
        user = user_name(exchanged.caller),
        sign_on = exchanged.response.sign_on.status.code.number(),
        requests = exchanged.request.messages.len(),
        answers = summary(exchanged.request, exchanged.response),
        lines = lines_sent(exchanged.response),
        bytes = exchanged.bytes,
        user_agent = ?exchanged.user_agent,
        app = ?sign_on.and_then(|sign_on| sign_on.app_id.as_deref()).unwrap_or_default(),
        app_version = ?sign_on.and_then(|sign_on| sign_on.app_ver.as_deref()).unwrap_or_default(),
        extras = ?sign_on.map(|sign_on| sign_on.extras.as_slice()).unwrap_or_default(),
        "an OFX request was answered"
    );
}

/// Tells why somebody could not be let in, or kept out.
pub(crate) fn sign_on_failed(error: &StoreError) {
    error!(%error, "a sign-on could not be decided");
}

/// Tells why a request was answered with a general error.
pub(crate) fn store_failed(message: &RequestMessage, error: &StoreError) {
    error!(%error, request = kind(message), "an OFX request could not be answered");
}

/// Tells why statements were withheld.
pub(crate) fn fetches_lost(error: &StoreError) {
    error!(%error, "statements were withheld, because sending them could not be recorded");
}

/// Tells of bytes that were no OFX, or came at a bad time. Scanners cause many, so nobody is warned.
pub(crate) fn turned_away(reason: &str, status: u16) {
    info!(reason, status, "an OFX request was turned away");
}

/// What the client calls itself: by HTTP, or else by OFX.
pub(crate) fn client_name(user_agent: &str, request: &Request) -> String {
    let by_http = printable(user_agent);
    if !by_http.is_empty() {
        return by_http;
    }
    let Some(sign_on) = &request.sign_on else { return String::new() };
    let app = sign_on.app_id.as_deref().unwrap_or_default();
    let version = sign_on.app_ver.as_deref().unwrap_or_default();
    printable(&format!("{app} {version}"))
}

fn printable(text: &str) -> String {
    let shown: String =
        text.trim().chars().filter(|c| !c.is_control()).take(USER_AGENT_CHARS_MAX).collect();
    shown.trim().to_owned()
}

/// Only a name that exists: what strangers type in its place may be a password.
fn user_name(caller: Option<&Caller>) -> &str {
    match caller {
        Some(Caller::Customer(credential)) => name_of(credential),
        Some(Caller::Stranger) => "anonymous",
        None => "nobody",
    }
}

fn name_of(credential: &Credential) -> &str {
    &credential.username
}

/// `STMT 0, STMT 2003`: what was asked, and how it went.
fn summary(request: &Request, response: &Response) -> String {
    let mut text = String::new();
    for (question, answer) in request.messages.iter().zip(&response.messages).take(KINDS_SHOWN_MAX)
    {
        let comma = if text.is_empty() { "" } else { ", " };
        // Writing to a string cannot fail.
        let _written = write!(text, "{comma}{} {}", kind(question), code(answer).number());
    }
    text
}

fn kind(message: &RequestMessage) -> &str {
    match message {
        RequestMessage::Profile { .. } => "PROF",
        RequestMessage::AccountInfo { .. } => "ACCTINFO",
        RequestMessage::Statement { account: ofx::AccountFrom::Bank { .. }, .. } => "STMT",
        RequestMessage::Statement { account: ofx::AccountFrom::Card { .. }, .. } => "CCSTMT",
        RequestMessage::Unsupported { kind, .. } => kind.stem(),
        RequestMessage::Sync(_) => "SYNC",
    }
}

fn code(message: &ResponseMessage) -> StatusCode {
    match message {
        ResponseMessage::StatusOnly { status: Status { code, .. }, .. } => *code,
        ResponseMessage::Profile { .. }
        | ResponseMessage::AccountInfo { .. }
        | ResponseMessage::Statement { .. }
        | ResponseMessage::Sync(_) => StatusCode::Success,
    }
}

fn lines_sent(response: &Response) -> usize {
    let lines = |message: &ResponseMessage| match message {
        ResponseMessage::Statement { statement, .. } => {
            statement.transactions.as_ref().map_or(0, |list| list.lines.len())
        }
        ResponseMessage::Profile { .. }
        | ResponseMessage::AccountInfo { .. }
        | ResponseMessage::StatusOnly { .. }
        | ResponseMessage::Sync(_) => 0,
    };
    response.messages.iter().map(lines).sum()
}
