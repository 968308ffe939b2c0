//! Making credentials, making them anew, and taking them back. What ends a feed is asked about first.

use super::setup::{Content, REVOKED};
use super::standing::{self, Standing};
use super::{CREDENTIALS, REVOKE, SETUP, load};
use crate::confirm::Confirm;
use crate::form::{Form, Posted};
use crate::page::{Frame, page};
use crate::refusal::{Refusal, Why};
use crate::session::Session;
use crate::state::{Shared, WebState};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::credential::Secrets;
use store::{IssueError, issue_credential};
use tracing::{error, info};

/// What a form carries whose sender was told what will end.
const CONFIRMED: &str = "confirmed";

/// Whoever asks for the address of a form's answer gets the page that has the form.
pub(super) async fn go_back(session: Session) -> Response {
    to_setup(&session, "")
}

/// Makes a pair and shows it, this once. Where there were others, they stop working: what the page shows is what works,
/// however often it is sent again.
pub(super) async fn issue(
    State(state): State<Shared>,
    posted: Posted,
) -> Result<Response, Refusal> {
    let session = &posted.session;
    let connection = load(&state, session).await?;
    let standing = standing::find(&state, session, &connection).await?;
    if standing.is_signed_on() && posted.get(CONFIRMED).is_none() {
        let frame = session.frame_of(&connection);
        let form = session.form(CREDENTIALS);
        return Ok(ask_before_renewal(&frame, form, &session.home()).show());
    }
    if standing.has_access() {
        take_back(&state, session).await?;
    }
    let secrets = make(&state, session).await?;
    info!(connection.id = %connection.id, "credentials were made on a page");
    let frame = session.frame_of(&connection).shown_once();
    let (form, home) = (session.form(CREDENTIALS), session.home());
    let (standing, secrets) = (Standing::Waiting, Some(secrets));
    let content = Content { frame: &frame, home, standing, form, secrets };
    Ok(page(StatusCode::OK, &frame, &content))
}

/// Asks whether to revoke, and says what that means.
pub(super) async fn ask(
    State(state): State<Shared>,
    session: Session,
) -> Result<Response, Refusal> {
    let connection = load(&state, &session).await?;
    let standing = standing::find(&state, &session, &connection).await?;
    if !standing.has_access() {
        return Ok(to_setup(&session, ""));
    }
    let frame = session.frame_of(&connection);
    let form = session.form(REVOKE);
    Ok(ask_before_revocation(&frame, &standing, form, &session.home()).show())
}

/// Revokes every pair.
pub(super) async fn revoke(
    State(state): State<Shared>,
    posted: Posted,
) -> Result<Response, Refusal> {
    load(&state, &posted.session).await?;
    take_back(&state, &posted.session).await?;
    info!(connection.id = %posted.session.about.connection, "credentials were revoked on a page");
    Ok(to_setup(&posted.session, REVOKED))
}

/// What making new credentials means.
pub(super) fn ask_before_renewal<'a>(frame: &'a Frame, form: Form, home: &str) -> Confirm<'a> {
    let consequences =
        ["quickbooks-renew-stops", "quickbooks-renew-again", "quickbooks-revoke-stays"];
    Confirm {
        frame,
        title: frame.say("quickbooks-renew-title"),
        consequences: consequences.map(|key| frame.say(key)).into(),
        act: frame.say("quickbooks-renew"),
        form,
        field: Some(CONFIRMED),
        back: format!("{home}/{SETUP}"),
    }
}

/// What revoking them means.
pub(super) fn ask_before_revocation<'a>(
    frame: &'a Frame,
    standing: &Standing,
    form: Form,
    home: &str,
) -> Confirm<'a> {
    Confirm {
        frame,
        title: frame.say("quickbooks-revoke-title"),
        consequences: consequences(frame, standing),
        act: frame.say("quickbooks-revoke"),
        form,
        field: Some(CONFIRMED),
        back: format!("{home}/{SETUP}"),
    }
}

fn consequences(frame: &Frame, standing: &Standing) -> Vec<String> {
    if !standing.is_signed_on() {
        return vec![frame.say("quickbooks-revoke-unused"), frame.say("quickbooks-revoke-later")];
    }
    ["quickbooks-revoke-stops", "quickbooks-revoke-stays", "quickbooks-revoke-later"]
        .map(|key| frame.say(key))
        .into()
}

fn to_setup(session: &Session, query: &str) -> Response {
    let mark = if query.is_empty() { "" } else { "?" };
    Redirect::to(&format!("{}/{SETUP}{mark}{query}", session.home())).into_response()
}

async fn take_back(state: &WebState, session: &Session) -> Result<(), Refusal> {
    let revoked = state.store.revoke_credentials(&session.about, state.now()).await;
    let revoked = revoked.map_err(|error| session.fault(&error))?;
    revoked.map(drop).ok_or_else(|| session.refuse(Why::Gone))
}

async fn make(state: &WebState, session: &Session) -> Result<Secrets, Refusal> {
    let path = &session.about;
    match issue_credential(&*state.store, &state.ids, path, state.now()).await {
        Ok(Some(secrets)) => Ok(secrets),
        Ok(None) => Err(session.refuse(Why::Gone)),
        Err(IssueError::Store(error)) => Err(session.fault(&error)),
        Err(error @ IssueError::Hash(_)) => {
            error!(%error, "no credentials could be made");
            Err(session.refuse(Why::Broken))
        }
    }
}
