//! Choosing software, and going on with what was chosen before.

use super::SOFTWARE;
use crate::brand::spoken_name;
use crate::form::{Form, Posted};
use crate::link::{Ended, find_way_out};
use crate::page::{Frame, page};
use crate::redirect::End;
use crate::refusal::{Refusal, Why};
use crate::session::Session;
use crate::state::{Shared, WebState};
use crate::subject::Subject as _;
use crate::told::Told;
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::connection::{Connection, ConnectionStatus};
use domain::ids::{CompanyPath, ConnectionId, random_uuid};
use domain::page::ListRequest;
use domain::platform::Platform;
use tracing::info;

/// The field that names software by its key.
const KEY: &str = "platform";

/// The page.
#[derive(Template)]
#[template(path = "company/choose.html")]
pub(super) struct Content<'a> {
    pub(super) frame: &'a Frame,
    pub(super) home: String,
    pub(super) form: Form,
    /// What is connected, or was, or is to be.
    pub(super) begun: Vec<Begun>,
    /// What else there is.
    pub(super) software: Vec<Software>,
    /// What became of the choice.
    pub(super) choice: Choice,
}

/// What became of a choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Choice {
    /// It is to come.
    Open,
    /// Nothing was chosen.
    Missed,
}

impl Content<'_> {
    fn is_faulty(&self) -> bool {
        self.choice == Choice::Missed
    }
}

/// Software that was chosen before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Begun {
    pub(super) software: Software,
    pub(super) status: ConnectionStatus,
}

/// Software.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Software {
    pub(super) key: &'static str,
    pub(super) name: &'static str,
}

impl Software {
    fn of(platform: &'static Platform) -> Self {
        Self { key: platform.key, name: spoken_name(platform) }
    }
}

impl Begun {
    /// The class, the mark and the words of its badge.
    pub(super) const fn badge(&self) -> (&'static str, &'static str, &'static str) {
        match self.status {
            ConnectionStatus::Linked => ("good", "✓", "company-linked"),
            ConnectionStatus::PendingAuth => ("", "…", "company-pending"),
            ConnectionStatus::Unlinked | ConnectionStatus::Deauthorized => {
                ("danger", "!", "company-ended")
            }
        }
    }

    /// What its button says.
    pub(super) const fn act(&self) -> &'static str {
        match self.status {
            ConnectionStatus::Linked => "company-manage",
            ConnectionStatus::PendingAuth => "company-continue",
            ConnectionStatus::Unlinked | ConnectionStatus::Deauthorized => "company-again",
        }
    }
}

/// Shows the page.
pub(super) async fn show(
    State(state): State<Shared>,
    session: Session<CompanyPath>,
) -> Result<Response, Refusal> {
    write(&state, &session, Choice::Open).await
}

/// Whoever asks for the address of a form's answer gets the page that has the form.
pub(super) async fn go_back(session: Session<CompanyPath>) -> Redirect {
    Redirect::to(&session.home())
}

/// Goes on with what was chosen, from where it stands.
pub(super) async fn choose(
    State(state): State<Shared>,
    posted: Posted<CompanyPath>,
) -> Result<Response, Refusal> {
    let session = &posted.session;
    let key = posted.get(KEY).unwrap_or_default();
    let Some(platform) = state.offered.iter().find(|platform| platform.key == key) else {
        return write(&state, session, Choice::Missed).await;
    };
    let known = newest(&list(&state, session).await?, platform).map(Connection::path);
    let path = match known {
        Some(path) => path,
        None => begin(&state, session, platform).await?.path(),
    };
    let mut response = Redirect::to(&session.visit.address(&path.page())).into_response();
    if session.visit.framing.is_none() {
        session.give_cookie(&state, response.headers_mut(), path.connection.uuid());
    }
    Ok(response)
}

/// The person does not want to.
pub(super) async fn cancel(
    State(state): State<Shared>,
    session: Session<CompanyPath>,
) -> Result<Response, Refusal> {
    if let Some(url) = find_way_out(&state, &session, None, End::Cancelled).await? {
        return Ok(Redirect::to(&url).into_response());
    }
    let frame = session.frame().telling(Told::closed());
    Ok(page(StatusCode::OK, &frame, &Ended::of(&frame, End::Cancelled, session.home())))
}

async fn write(
    state: &WebState,
    session: &Session<CompanyPath>,
    choice: Choice,
) -> Result<Response, Refusal> {
    let connections = list(state, session).await?;
    let frame = session.frame().telling(Told::choosing());
    let (home, form) = (session.home(), session.form(SOFTWARE));
    let (begun, software) = sort(&state.offered, &connections);
    let status = match choice {
        Choice::Open => StatusCode::OK,
        Choice::Missed => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let content = Content { frame: &frame, home, form, begun, software, choice };
    Ok(page(status, &frame, &content))
}

/// What was begun, and what could be.
fn sort(offered: &[&'static Platform], connections: &[Connection]) -> (Vec<Begun>, Vec<Software>) {
    let (mut begun, mut software) = (Vec::new(), Vec::new());
    for platform in offered {
        let one = Software::of(platform);
        match newest(connections, platform) {
            Some(Connection { status, .. }) => begun.push(Begun { software: one, status: *status }),
            None => software.push(one),
        }
    }
    (begun, software)
}

/// The connection that a customer means who names the software: the one that works, else the last that was made.
fn newest<'a>(connections: &'a [Connection], platform: &Platform) -> Option<&'a Connection> {
    let own = connections.iter().filter(|one| one.platform.key == platform.key);
    own.max_by_key(|one| (one.status == ConnectionStatus::Linked, one.created_at))
}

async fn list(
    state: &WebState,
    session: &Session<CompanyPath>,
) -> Result<Vec<Connection>, Refusal> {
    let CompanyPath { client, company } = session.about;
    let request = ListRequest::default();
    let listed = state.store.list_connections(client, company, &request).await;
    let listed = listed.map_err(|error| session.fault(&error))?;
    Ok(listed.ok_or_else(|| session.refuse(Why::Gone))?.items)
}

async fn begin(
    state: &WebState,
    session: &Session<CompanyPath>,
    platform: &'static Platform,
) -> Result<Connection, Refusal> {
    let CompanyPath { client, company } = session.about;
    let connection = Connection {
        id: ConnectionId::new(random_uuid(&*state.ids)),
        client,
        company,
        platform,
        status: ConnectionStatus::PendingAuth,
        created_at: state.now(),
        synced_at: None,
        trouble: None,
    };
    let made = state.store.create_connection(&connection).await;
    if !made.map_err(|error| session.fault(&error))? {
        return Err(session.refuse(Why::Gone));
    }
    info!(connection.id = %connection.id, platform = platform.key, "a customer chose their software");
    Ok(connection)
}
