//! What is answered to one request after the other, in the order of the file.

mod accounts;
mod balance;
mod customer;
mod mapping;
mod profile;
mod statement;

use domain::fetch::Fetch;
use ofx::{RequestMessage, ResponseMessage, Status, StatusCode};
use store::StoreError;

use crate::exchange::Visit;
use crate::journal;
use crate::sign_on::Caller;
use customer::Customer;

/// The largest customers have some dozens of accounts. Each statement costs a look into the database, so a file cannot
/// ask for any number of them.
const STATEMENTS_PER_FILE_MAX: usize = 500;

/// An answer, and what must be kept before it leaves.
#[derive(Debug)]
pub(crate) struct Answered {
    /// What the client gets.
    pub(crate) message: ResponseMessage,
    /// For a statement with lines; how long the answer is, is not known yet.
    pub(crate) fetch: Option<Fetch>,
}

impl From<ResponseMessage> for Answered {
    fn from(message: ResponseMessage) -> Self {
        Self { message, fetch: None }
    }
}

/// Why a request has no answer but a status.
#[derive(Debug)]
enum NoAnswer {
    /// The client is told which.
    Status(Status),
    /// The client is told to try again; the operator is told why.
    Store(StoreError),
}

impl From<StatusCode> for NoAnswer {
    fn from(code: StatusCode) -> Self {
        Self::Status(code.into())
    }
}

impl From<StoreError> for NoAnswer {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Answers everything in a file whose sign-on was right.
pub(crate) async fn answer_all(
    visit: &Visit<'_>,
    caller: &Caller,
    messages: &[RequestMessage],
) -> Vec<Answered> {
    let customer = match caller {
        Caller::Customer(credential) => Some(Customer::new(visit, credential)),
        Caller::Stranger => None,
    };
    let mut answers = Vec::with_capacity(messages.len());
    let mut statements: usize = 0;
    for message in messages {
        statements = statements.saturating_add(usize::from(is_statement(message)));
        let answered = if statements > STATEMENTS_PER_FILE_MAX && is_statement(message) {
            Err(NoAnswer::Status(too_many()))
        } else {
            answer(visit, customer.as_ref(), message).await
        };
        answers.push(answered.unwrap_or_else(|no_answer| refuse(message, no_answer)));
    }
    answers
}

async fn answer(
    visit: &Visit<'_>,
    customer: Option<&Customer<'_>>,
    message: &RequestMessage,
) -> Result<Answered, NoAnswer> {
    // Strangers who ask for accounts are not let in, so nobody comes here without credentials.
    let signed_on = || customer.ok_or(NoAnswer::from(StatusCode::SignOnInvalid));
    match message {
        RequestMessage::Profile { trn, dt_profile_up } => {
            profile::answer(visit, trn, dt_profile_up.as_ref())
        }
        RequestMessage::AccountInfo { trn, .. } => accounts::answer(signed_on()?, trn).await,
        RequestMessage::Statement { trn, account, window } => {
            let customer = signed_on()?;
            let account = customer.find_account(account).await?;
            match window.as_ref().filter(|window| window.include) {
                Some(window) => statement::answer(customer, trn, &account, window).await,
                None => balance::answer(customer, trn, &account),
            }
        }
        RequestMessage::Unsupported { .. } | RequestMessage::Sync(_) => {
            let refused = message.unsupported_answer(&visit.state.options.enroll_message);
            Ok(refused.ok_or(NoAnswer::from(StatusCode::ElementUnknown))?.into())
        }
    }
}

fn refuse(message: &RequestMessage, no_answer: NoAnswer) -> Answered {
    let status = match no_answer {
        NoAnswer::Status(status) => status,
        NoAnswer::Store(error) => {
            journal::store_failed(message, &error);
            StatusCode::GeneralError.into()
        }
    };
    message.status_only(status).into()
}

fn is_statement(message: &RequestMessage) -> bool {
    matches!(message, RequestMessage::Statement { .. })
}

fn too_many() -> Status {
    let text = format!("Ask for at most {STATEMENTS_PER_FILE_MAX} statements in one file");
    Status::with_message(StatusCode::GeneralError, text)
}
