//! One file in, one file out: read, sign on, answer, keep what must be kept, and only then let the answer go.

use domain::fetch::Fetch;
use domain::ids::ConnectionPath;
use jiff::Timestamp;
use ofx::{
    OfxDateTime, ReadError, Request, RequestMessage, Response, ResponseHeader, ResponseMessage,
    SignOnResponse, StatusCode, read_request, write_response,
};

use crate::answer::{Answered, answer_all};
use crate::journal::{self, Exchanged};
use crate::sign_on::{Caller, Refusal, sign_on};
use crate::state::OfxState;

/// Our texts are English, whatever the client speaks.
pub(crate) const LANGUAGE: &str = "ENG";

/// One client at the door.
#[derive(Debug)]
pub(crate) struct Visit<'a> {
    /// The door.
    pub(crate) state: &'a OfxState,
    /// When it came.
    pub(crate) now: Timestamp,
    /// The same, as OFX writes it.
    pub(crate) stamp: OfxDateTime,
    /// What the client calls itself.
    pub(crate) user_agent: String,
}

/// Why there is no OFX answer at all.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unanswered {
    /// The bytes are no OFX.
    #[error("this is not an OFX request: {0}")]
    NotOfx(#[from] ReadError),
    /// Come again later.
    #[error("too many sign-ons at once, try again later")]
    Overloaded,
    /// The machine's clock is far off.
    #[error("the server's clock shows a year that OFX cannot write")]
    Clock,
}

/// Answers the file in `body`.
pub(crate) async fn exchange(
    state: &OfxState,
    body: &[u8],
    user_agent: &str,
) -> Result<Vec<u8>, Unanswered> {
    let now = state.clock.now();
    let stamp = OfxDateTime::moment(now).ok_or(Unanswered::Clock)?;
    let request = read_request(body)?;
    let visit = Visit { state, now, stamp, user_agent: journal::client_name(user_agent, &request) };
    let (caller, code) = match sign_on(state, &request, now).await {
        Ok(caller) => (Some(caller), StatusCode::Success),
        Err(Refusal::Status(code)) => (None, code),
        Err(Refusal::Overloaded) => return Err(Unanswered::Overloaded),
        Err(Refusal::Store(error)) => {
            journal::sign_on_failed(&error);
            (None, StatusCode::GeneralError)
        }
    };
    let answers = match &caller {
        Some(caller) => answer_all(&visit, caller, &request.messages).await,
        None => refuse_all(&request.messages, code),
    };
    let (response, fetches) = respond(&visit, &request, code, answers);
    let sent = keep_and_write(&visit, caller.as_ref(), &request, response, fetches).await;
    journal::exchanged(&Exchanged {
        caller: caller.as_ref(),
        request: &request,
        response: &sent.response,
        user_agent: &visit.user_agent,
        bytes: sent.bytes.len(),
    });
    Ok(sent.bytes)
}

/// Nobody was let in, so nothing is answered. When we do not know whether the password is right, clients must not take
/// it for wrong.
fn refuse_all(messages: &[RequestMessage], sign_on: StatusCode) -> Vec<Answered> {
    let is_our_fault = sign_on == StatusCode::GeneralError;
    let code = if is_our_fault { sign_on } else { StatusCode::SignOnInvalid };
    messages.iter().map(|message| message.status_only(code).into()).collect()
}

fn respond(
    visit: &Visit<'_>,
    request: &Request,
    code: StatusCode,
    answers: Vec<Answered>,
) -> (Response, Vec<Fetch>) {
    let (messages, fetches): (Vec<_>, Vec<_>) =
        answers.into_iter().map(|answered| (answered.message, answered.fetch)).unzip();
    let sign_on = SignOnResponse {
        status: code.into(),
        dt_server: visit.stamp,
        language: LANGUAGE.to_owned(),
        dt_profile_up: None,
        dt_acct_up: None,
        fi: request.sign_on.as_ref().and_then(|sign_on| sign_on.fi.clone()),
    };
    let header = ResponseHeader::from(&request.header);
    (Response { header, sign_on, messages }, fetches.into_iter().flatten().collect())
}

/// What leaves.
struct Sent {
    response: Response,
    bytes: Vec<u8>,
}

/// Records which lines leave before they do. If that fails they stay: what we cannot prove to have sent, we did not send.
async fn keep_and_write(
    visit: &Visit<'_>,
    caller: Option<&Caller>,
    request: &Request,
    mut response: Response,
    fetches: Vec<Fetch>,
) -> Sent {
    let bytes = write_response(&response);
    let Some(Caller::Customer(credential)) = caller else { return Sent { response, bytes } };
    match keep(visit.state, &credential.path, fetches, bytes.len()).await {
        Ok(()) => Sent { response, bytes },
        Err(error) => {
            journal::fetches_lost(&error);
            withhold_statements(request, &mut response);
            Sent { bytes: write_response(&response), response }
        }
    }
}

async fn keep(
    state: &OfxState,
    path: &ConnectionPath,
    fetches: Vec<Fetch>,
    bytes: usize,
) -> Result<(), store::StoreError> {
    if fetches.is_empty() {
        return Ok(());
    }
    let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
    let fetches: Vec<_> = fetches.into_iter().map(|fetch| Fetch { bytes, ..fetch }).collect();
    state.store.record_fetches(path, &fetches).await
}

fn withhold_statements(request: &Request, response: &mut Response) {
    for (answer, question) in response.messages.iter_mut().zip(&request.messages) {
        if matches!(answer, ResponseMessage::Statement { .. }) {
            *answer = question.status_only(StatusCode::GeneralError);
        }
    }
}
