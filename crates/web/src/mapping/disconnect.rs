//! An account is to lead nowhere any more: asked about first, then recorded. The worker ends its feed.

use super::show::DISCONNECTED;
use super::{DISCONNECT, find_account, is_home_of, name_of, step_of};
use crate::authorize;
use crate::confirm::Confirm;
use crate::form::{Form, Posted};
use crate::linked::await_link;
use crate::page::Frame;
use crate::refusal::{Refusal, Why};
use crate::session::Session;
use crate::state::{Shared, WebState};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use domain::connection::Connection;
use domain::link::Link;
use domain::source_account::{AccountChange, AccountPath, AccountStatus, SourceAccount};
use store::AccountChanged;
use tracing::info;

/// Asks whether to disconnect, and says what that means.
pub(super) async fn ask(
    State(state): State<Shared>,
    Path((_, number)): Path<(String, String)>,
    session: Session,
) -> Result<Response, Refusal> {
    let connection = session.load_connection(&state).await?;
    let Some(account) = find_fed(&state, &session, &connection, &number).await? else {
        return Ok(Redirect::to(&session.home()).into_response());
    };
    let frame = authorize::leading_out(&state, &session, &connection)?;
    let form = session.form(&step_of(&account, DISCONNECT));
    Ok(ask_before(&frame, &account, form, session.home()).show())
}

/// Disconnects an account. One that is disconnected already stays so.
pub(super) async fn disconnect(
    State(state): State<Shared>,
    Path((_, number)): Path<(String, String)>,
    posted: Posted,
) -> Result<Response, Refusal> {
    let session = &posted.session;
    let connection = session.load_connection(&state).await?;
    let Some(account) = find_fed(&state, session, &connection, &number).await? else {
        return Ok(Redirect::to(&session.home()).into_response());
    };
    let path = AccountPath { connection: session.about, account: account.id.clone() };
    let change = AccountChange { disconnect: true, ..AccountChange::default() };
    let changed = state.store.change_source_account(&path, change, state.now()).await;
    match changed.map_err(|error| session.fault(&error))? {
        AccountChanged::Changed(_) | AccountChanged::Unknown => {}
        AccountChanged::Refused(_) => return Err(session.refuse(Why::Broken)),
    }
    info!(connection.id = %connection.id, "an account was disconnected on a page");
    // Its place in the books is free again once the worker has ended the feed.
    let is_ended = |link: &Link| {
        !link.is_stirred && link.endings.is_empty() && link.mapping(&account.id).is_none()
    };
    await_link(&state, session, &connection, is_ended).await?;
    Ok(Redirect::to(&format!("{}?{DISCONNECTED}", session.home())).into_response())
}

/// What disconnecting an account means.
pub(super) fn ask_before<'a>(
    frame: &'a Frame,
    account: &SourceAccount,
    form: Form,
    back: String,
) -> Confirm<'a> {
    let consequences =
        ["mapping-disconnect-stays", "mapping-disconnect-stops", "mapping-disconnect-later"];
    Confirm {
        frame,
        title: frame.say_with("mapping-disconnect-title", "name", &name_of(account)),
        consequences: consequences.map(|key| frame.say(key)).into(),
        act: frame.say("mapping-disconnect-act"),
        form,
        field: None,
        back,
    }
}

/// The account of that number, if it leads anywhere or is about to.
async fn find_fed(
    state: &WebState,
    session: &Session,
    connection: &Connection,
    number: &str,
) -> Result<Option<SourceAccount>, Refusal> {
    let account = find_account(state, session, number).await?;
    let is_fed = |account: &SourceAccount| {
        matches!(account.status, AccountStatus::Connecting | AccountStatus::Connected)
    };
    Ok(account.filter(|account| is_home_of(connection) && is_fed(account)))
}
