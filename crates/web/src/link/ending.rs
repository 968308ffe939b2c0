//! How a visit ends: where the client wants its customer to go, or a page of ours when it named no place.

use crate::gallery::{Hall, Picture};
use crate::page::{Frame, page};
use crate::redirect::{End, Ended, NoDestination, destination};
use crate::refusal::{Refusal, Why};
use crate::session::Session;
use crate::state::{Shared, WebState};
use crate::subject::Subject;
use crate::told::Told;
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::connection::{Connection, ConnectionStatus};
use domain::link::{Consent, ConsentStage, Link, Mapping};
use tracing::warn;

#[derive(Template)]
#[template(path = "ended.html")]
pub(crate) struct Content<'a> {
    frame: &'a Frame,
    title: String,
    text: String,
    home: String,
}

impl<'a> Content<'a> {
    /// Says how a visit ended; `home` is where it began.
    pub(crate) fn of(frame: &'a Frame, end: End, home: String) -> Self {
        let (title, text) = keys(end);
        Self { frame, title: frame.say(title), text: frame.say(text), home }
    }
}

/// The person is done. Whoever is not is led back to where the visit stands.
pub(super) async fn finish(
    State(state): State<Shared>,
    session: Session,
) -> Result<Response, Refusal> {
    let connection = session.load_connection(&state).await?;
    if connection.status != ConnectionStatus::Linked {
        return Ok(Redirect::to(&session.home()).into_response());
    }
    let is_new = was_linked_here(&state, &session).await?;
    let end = if is_new { End::Linked } else { End::NothingDone };
    lead_out(&state, &session, &connection, end).await
}

/// What was done in this visit began with new credentials, with a consent or with an account that is to be connected;
/// without them it was linked before.
async fn was_linked_here(state: &WebState, session: &Session) -> Result<bool, Refusal> {
    let newest = state.store.find_newest_credential(&session.about).await;
    let newest = newest.map_err(|error| session.fault(&error))?;
    let link = state.store.find_link(&session.about).await;
    let link = link.map_err(|error| session.fault(&error))?;
    let is_mine =
        |one: &Consent| one.session == session.fingerprint() && one.stage == ConsentStage::Done;
    let is_new = |mapping: &Mapping| mapping.wished_at >= session.began_at;
    let has_more =
        |link: Link| link.consents.iter().any(is_mine) || link.mappings.iter().any(is_new);
    Ok(newest.is_some_and(|newest| newest.created_at >= session.began_at)
        || link.is_some_and(has_more))
}

/// The person does not want to.
pub(super) async fn cancel(
    State(state): State<Shared>,
    session: Session,
) -> Result<Response, Refusal> {
    let connection = session.load_connection(&state).await?;
    lead_out(&state, &session, &connection, End::Cancelled).await
}

/// Leads to where the client wants its customer, or to a page that says how it ended.
pub(crate) async fn lead_out(
    state: &WebState,
    session: &Session,
    connection: &Connection,
    end: End,
) -> Result<Response, Refusal> {
    if let Some(url) = find_way_out(state, session, Some(connection), end).await? {
        return Ok(Redirect::to(&url).into_response());
    }
    let told = match end {
        End::Linked | End::NothingDone => Told::finished(connection),
        End::Cancelled | End::Failed | End::NotSupported => Told::closed(),
    };
    let frame = session.frame_of(connection).telling(told);
    Ok(page(StatusCode::OK, &frame, &Content::of(&frame, end, session.home())))
}

/// Every ending that leads nowhere else.
pub(crate) fn pictures(hall: &Hall) -> Result<Vec<Picture>, askama::Error> {
    let hang = |end| {
        let frame = hall.frame().about("Xero");
        let name = keys(end).0.trim_end_matches("-title");
        hall.hang(name, &frame, &Content::of(&frame, end, hall.home()))
    };
    [End::Linked, End::Cancelled, End::Failed].into_iter().map(hang).collect()
}

/// Where the client wants its customer, if anywhere. Who came within a page of the client's is there already.
pub(crate) async fn find_way_out<About: Subject>(
    state: &WebState,
    session: &Session<About>,
    connection: Option<&Connection>,
    end: End,
) -> Result<Option<String>, Refusal> {
    if session.is_embedded() {
        return Ok(None);
    }
    let of = session.target.company();
    let company = state.store.find_company(of.client, of.company).await;
    let company = company.map_err(|error| session.fault(&error))?;
    let company = company.ok_or_else(|| session.refuse(Why::Gone))?;
    let (company_name, parameters) = (company.name.as_str(), session.parameters.as_slice());
    let ended = Ended { of, company_name, connection, end, parameters };
    Ok(match destination(&session.profile, &ended) {
        Ok(url) => Some(url),
        Err(NoDestination::Unset) => None,
        Err(error @ (NoDestination::OffTheWeb | NoDestination::Unlisted)) => {
            warn!(client.id = %of.client, %error, "a customer could not be led back");
            None
        }
    })
}

/// The keys of the title and of the text below it.
const fn keys(end: End) -> (&'static str, &'static str) {
    match end {
        End::Linked | End::NothingDone => ("ended-linked-title", "ended-linked-text"),
        End::Cancelled => ("ended-cancelled-title", "ended-cancelled-text"),
        End::Failed => ("ended-failed-title", "ended-failed-text"),
        End::NotSupported => ("not-switched-on-title", "not-switched-on-text"),
    }
}
