//! The control API: who links, who polls, which fault is played. For evaluation and tests; it asks for no key.

use super::shown::ShownBooks;
use super::{Choice, Chosen, Fault, FaultReport, Offer, PollOutcome, QuickBooks, QuickBooksError};
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The control API of `quickbooks`.
pub fn router(quickbooks: Arc<QuickBooks>) -> Router {
    let routes = Router::new()
        .route("/link", post(link))
        .route("/poll", post(poll))
        .route("/books", get(books))
        .route("/disconnect", post(disconnect))
        .route("/faults/{name}", post(fault))
        .route("/reset", post(reset))
        .with_state(quickbooks);
    Router::new().nest("/simulators/quickbooks", routes)
}

type Simulator = State<Arc<QuickBooks>>;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct LinkBody {
    connection: String,
    username: String,
    password: String,
    accounts: AccountsBody,
    start: Option<String>,
    #[serde(default)]
    source_account_ids: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum AccountsBody {
    Word(String),
    Numbers(Vec<String>),
}

#[derive(Serialize)]
struct Linked {
    institution: String,
    offered: Vec<Offer>,
    chosen: Vec<PollOutcome>,
}

async fn link(State(simulator): Simulator, body: Bytes) -> Result<Json<Linked>, Refusal> {
    let body: LinkBody = read(&body)?;
    let choice = body.choice()?;
    let signed_in = simulator.link(&body.connection, &body.username, &body.password).await?;
    let chosen = simulator.choose(&body.connection, &choice).await?;
    Ok(Json(Linked { institution: signed_in.institution, offered: signed_in.offered, chosen }))
}

impl LinkBody {
    fn choice(&self) -> Result<Choice, Refusal> {
        let accounts = match &self.accounts {
            AccountsBody::Word(word) if word == "all" => Chosen::All,
            AccountsBody::Word(word) => {
                return Err(Refusal::Body(format!(
                    "accounts: {word:?} is neither \"all\" nor a list"
                )));
            }
            AccountsBody::Numbers(numbers) => Chosen::Numbers(numbers.clone()),
        };
        let start = self.start.as_deref().map(str::parse).transpose();
        let start = start.map_err(|error| Refusal::Body(format!("start: {error}")))?;
        Ok(Choice { accounts, start, source_ids: self.source_account_ids.clone() })
    }
}

#[derive(Serialize)]
struct Polled {
    polls: Vec<PollOutcome>,
}

async fn poll(State(simulator): Simulator) -> Result<Json<Polled>, Refusal> {
    Ok(Json(Polled { polls: simulator.poll().await? }))
}

async fn books(State(simulator): Simulator) -> Json<ShownBooks> {
    Json(simulator.books().await)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DisconnectBody {
    connection: String,
    account: String,
}

async fn disconnect(State(simulator): Simulator, body: Bytes) -> Result<Json<ShownBooks>, Refusal> {
    let body: DisconnectBody = read(&body)?;
    simulator.disconnect(&body.connection, &body.account).await?;
    Ok(Json(simulator.books().await))
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct FaultBody {
    connection: Option<String>,
}

async fn fault(
    State(simulator): Simulator,
    Path(name): Path<String>,
    body: Bytes,
) -> Result<Json<FaultReport>, Refusal> {
    let Some(fault) = Fault::find(&name) else { return Err(Refusal::UnknownFault(name)) };
    let body = if body.is_empty() { FaultBody::default() } else { read(&body)? };
    Ok(Json(simulator.play(fault, body.connection.as_deref()).await?))
}

async fn reset(State(simulator): Simulator) -> Result<Json<ShownBooks>, Refusal> {
    simulator.reset().await?;
    Ok(Json(simulator.books().await))
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    serde_json::from_slice(body).map_err(|error| Refusal::Body(error.to_string()))
}

/// Why a call was not done.
enum Refusal {
    /// The body is not what it should be.
    Body(String),
    UnknownFault(String),
    Simulator(QuickBooksError),
}

impl From<QuickBooksError> for Refusal {
    fn from(error: QuickBooksError) -> Self {
        Self::Simulator(error)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, error) = match self {
            Self::Body(error) => (StatusCode::BAD_REQUEST, error),
            Self::UnknownFault(name) => {
                let known: Vec<_> = Fault::ALL.iter().map(|fault| fault.name()).collect();
                let error = format!("there is no fault {name:?}; there are: {}", known.join(", "));
                (StatusCode::UNPROCESSABLE_ENTITY, error)
            }
            Self::Simulator(error) => (status(&error), error.in_full()),
        };
        (status, Json(serde_json::json!({ "error": error }))).into_response()
    }
}

const fn status(error: &QuickBooksError) -> StatusCode {
    match error {
        QuickBooksError::Unreachable { .. }
        | QuickBooksError::Untrusted { .. }
        | QuickBooksError::Http { .. }
        | QuickBooksError::Unreadable(_) => StatusCode::BAD_GATEWAY,
        QuickBooksError::Target { .. } | QuickBooksError::StateFile { .. } => {
            StatusCode::INTERNAL_SERVER_ERROR
        }
        QuickBooksError::SignIn
        | QuickBooksError::Locked
        | QuickBooksError::NothingToLink
        | QuickBooksError::Refused { .. }
        | QuickBooksError::UnknownConnection(_)
        | QuickBooksError::UnknownAccount { .. }
        | QuickBooksError::NobodyLinked
        | QuickBooksError::NeedsPlainHttp => StatusCode::UNPROCESSABLE_ENTITY,
    }
}
