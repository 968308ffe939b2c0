//! A consent under way: waiting for the worker, choosing an organisation, and how it came out.

use super::{AUTHORIZE, change, consent_path};
use crate::form::{Form, Posted};
use crate::linked::{await_link, find_link};
use crate::page::{Frame, Tone, page};
use crate::refusal::{Refusal, Why};
use crate::session::Session;
use crate::state::{Shared, WebState};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::connection::Connection;
use domain::ids::ConsentId;
use domain::link::{Consent, ConsentStage, Organisation};
use tracing::info;

const REFRESH_SECS: u32 = 2;
/// The field that names an organisation.
const ORGANISATION: &str = "organisation";

#[derive(Template)]
#[template(path = "authorize/waiting.html")]
pub(super) struct Waiting<'a> {
    pub(super) frame: &'a Frame,
}

#[derive(Template)]
#[template(path = "authorize/choose.html")]
pub(super) struct Choosing<'a> {
    pub(super) frame: &'a Frame,
    pub(super) home: String,
    pub(super) form: Form,
    pub(super) organisations: &'a [Organisation],
}

#[derive(Template)]
#[template(path = "authorize/failed.html")]
pub(super) struct Failed<'a> {
    pub(super) frame: &'a Frame,
    pub(super) home: String,
    pub(super) form: Form,
    /// In the platform's words, for whoever helps.
    pub(super) why: &'a str,
}

/// In a window of its own: what it was opened for is done, and goes on where it was opened.
#[derive(Template)]
#[template(path = "authorize/beside.html")]
pub(super) struct Beside<'a> {
    pub(super) frame: &'a Frame,
}

/// Shows how far a consent is.
pub(super) async fn show(
    State(state): State<Shared>,
    session: Session,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, Refusal> {
    let connection = session.load_connection(&state).await?;
    let consent = settled(&state, &session, &connection, &id).await?;
    let frame = session.frame_of(&connection);
    match &consent.stage {
        ConsentStage::Done if session.is_beside_its_frame() => {
            Ok(page(StatusCode::OK, &frame, &Beside { frame: &frame }))
        }
        ConsentStage::Done => Ok(Redirect::to(&session.home()).into_response()),
        ConsentStage::Asked | ConsentStage::Came | ConsentStage::Chosen(_) => {
            let frame = frame.refreshing(REFRESH_SECS);
            Ok(page(StatusCode::OK, &frame, &Waiting { frame: &frame }))
        }
        ConsentStage::Choose(organisations) => {
            let form = session.form(&format!("{}/{}", super::CONSENT, consent.id));
            let home = session.home();
            let shown = Choosing { frame: &frame, home, form, organisations };
            Ok(page(StatusCode::OK, &frame, &shown))
        }
        ConsentStage::Failed(why) => {
            let frame = super::begin::leading_out(&state, &session, &connection)?;
            let frame = frame.with_notice(Tone::Warning, "authorize-failed-title");
            let (home, form) = (session.home(), session.form(AUTHORIZE));
            let shown = Failed { frame: &frame, home, form, why };
            Ok(page(StatusCode::OK, &frame, &shown))
        }
    }
}

/// The customer says which organisation.
pub(super) async fn choose(
    State(state): State<Shared>,
    Path((_, id)): Path<(String, String)>,
    posted: Posted,
) -> Result<Response, Refusal> {
    let session = &posted.session;
    let connection = session.load_connection(&state).await?;
    let consent = find(&state, session, &connection, &id).await?;
    let wanted = posted.get(ORGANISATION).unwrap_or_default();
    change(&state, session, &connection, |link| {
        let found = link.consent(consent.id, state.now()).map(|found| found.stage.clone());
        if let Some(ConsentStage::Choose(all)) = found
            && let Some(chosen) = all.into_iter().find(|one| one.id == wanted)
        {
            link.set_consent(consent.id, ConsentStage::Chosen(chosen));
        }
        Ok(())
    })
    .await?;
    info!(connection.id = %connection.id, "an organisation was chosen");
    Ok(Redirect::to(&consent_path(session, consent.id)).into_response())
}

/// A consent of this visit.
async fn find(
    state: &WebState,
    session: &Session,
    connection: &Connection,
    id: &str,
) -> Result<Consent, Refusal> {
    let id = ConsentId::parse(id).ok_or_else(|| session.refuse(Why::NoPage))?;
    let link = find_link(state, session, connection).await?;
    let consent = link.consent(id, state.now());
    let consent = consent.filter(|consent| consent.session == session.fingerprint());
    consent.cloned().ok_or_else(|| session.refuse(Why::NoPage))
}

/// The same once the worker has done its part, or after a while as it is.
async fn settled(
    state: &WebState,
    session: &Session,
    connection: &Connection,
    id: &str,
) -> Result<Consent, Refusal> {
    let wanted = ConsentId::parse(id);
    let is_waiting = |consent: &Consent| {
        Some(consent.id) == wanted
            && matches!(consent.stage, ConsentStage::Came | ConsentStage::Chosen(_))
    };
    await_link(state, session, connection, |link| !link.consents.iter().any(is_waiting)).await?;
    find(state, session, connection, id).await
}
