//! The mapping page: where each of a company's source accounts leads in its books. It is the home of a connection that
//! is linked with a platform that we send to. What people want is recorded here; the worker does it.

mod board;
mod connect;
mod disconnect;
mod entry;
mod number;
mod pictures;
mod sample;
mod show;
mod situations;
mod suggest;
mod view;

pub(crate) use pictures::pictures;
pub(crate) use show::show;

use crate::link::HOME;
use crate::refusal::{Refusal, Why};
use crate::session::Session;
use crate::state::{Shared, WebState};
use axum::Router;
use axum::routing::get;
use domain::connection::{Connection, ConnectionStatus};
use domain::platform::AccountMapping;
use domain::source_account::SourceAccount;

/// Pages below an account's place, which is below its connection's home.
const ACCOUNTS: &str = "accounts";
const CONNECT: &str = "connect";
const DISCONNECT: &str = "disconnect";

/// The pages.
pub(crate) fn routes() -> Router<Shared> {
    let account = format!("{HOME}/{ACCOUNTS}/{{account}}");
    let connect = get(connect::go_back).post(connect::connect);
    let disconnect = get(disconnect::ask).post(disconnect::disconnect);
    Router::new()
        .route(&format!("{account}/{CONNECT}"), connect)
        .route(&format!("{account}/{DISCONNECT}"), disconnect)
}

/// Whether the page is the connection's home.
pub(crate) fn is_home_of(connection: &Connection) -> bool {
    let is_mapped_here = matches!(connection.platform.mapping, AccountMapping::ByApi { .. });
    is_mapped_here && connection.status == ConnectionStatus::Linked
}

/// The connection's accounts, in the order they were made.
async fn list_accounts(state: &WebState, session: &Session) -> Result<Vec<SourceAccount>, Refusal> {
    let listed = state.store.list_source_accounts(&session.about).await;
    listed.map_err(|error| session.fault(&error))?.ok_or_else(|| session.refuse(Why::Gone))
}

/// The account that a path names. Callers' ids may hold anything; our own number of an account is fit for an address.
async fn find_account(
    state: &WebState,
    session: &Session,
    number: &str,
) -> Result<Option<SourceAccount>, Refusal> {
    let accounts = list_accounts(state, session).await?;
    Ok(accounts.into_iter().find(|account| account.public_number == number))
}

/// The step of an account's page, below the connection's home.
fn step_of(account: &SourceAccount, step: &str) -> String {
    format!("{ACCOUNTS}/{}/{step}", account.public_number)
}

/// Where an account's card is on the page.
fn anchor_of(account: &SourceAccount) -> String {
    format!("account-{}", account.public_number)
}

/// What people call an account.
fn name_of(account: &SourceAccount) -> String {
    account.details.name.clone().unwrap_or_else(|| account.id.to_string())
}

#[cfg(test)]
mod tests;
