//! Before a consent: what will be shared, and the way to the platform.

use super::{AUTHORIZE, adapter, change, state_text};
use crate::form::{Form, Posted};
use crate::linked::find_link;
use crate::page::{Frame, Tone, page};
use crate::refusal::{Refusal, Why};
use crate::session::Session;
use crate::state::{Shared, WebState};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::connection::{Connection, ConnectionStatus};
use domain::ids::{ConsentId, random_uuid};
use domain::link::{Consent, ConsentStage, Fingerprint};
use store::link_secrets::{ConsentSecrets, LinkSecrets};
use tracing::{info, warn};
use url::Url;

/// So soon a page sees what happens in another window.
const REFRESH_SECS: u32 = 2;

#[derive(Template)]
#[template(path = "authorize/review.html")]
pub(super) struct Content<'a> {
    pub(super) frame: &'a Frame,
    pub(super) home: String,
    pub(super) form: Form,
    /// The organisation that it was connected to, or is.
    pub(super) organisation: Option<String>,
    pub(super) standing: Standing,
}

/// How a connection stands for its customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// Never connected.
    Fresh,
    /// Connected.
    Linked,
    /// It was, and is no more.
    Ended,
}

impl Content<'_> {
    fn is_linked(&self) -> bool {
        self.standing == Standing::Linked
    }
}

/// The first page of a connection's link.
pub(crate) async fn show(
    state: &WebState,
    session: &Session,
    connection: &Connection,
) -> Result<Response, Refusal> {
    let link = find_link(state, session, connection).await?;
    let standing = match connection.status {
        ConnectionStatus::PendingAuth => Standing::Fresh,
        ConnectionStatus::Linked => Standing::Linked,
        ConnectionStatus::Unlinked | ConnectionStatus::Deauthorized => Standing::Ended,
    };
    let frame = leading_out(state, session, connection)?;
    let frame = match standing {
        Standing::Ended => frame.with_notice(Tone::Warning, "authorize-ended"),
        Standing::Fresh | Standing::Linked => frame,
    };
    // Who goes to the platform in another window comes back to this one.
    let frame = match standing {
        Standing::Fresh | Standing::Ended if frame.is_framed() => frame.refreshing(REFRESH_SECS),
        Standing::Fresh | Standing::Ended | Standing::Linked => frame,
    };
    let content = Content {
        frame: &frame,
        home: session.home(),
        form: session.form(AUTHORIZE),
        organisation: link.organisation.map(|organisation| organisation.name),
        standing,
    };
    Ok(page(StatusCode::OK, &frame, &content))
}

/// Sends the customer to the platform.
pub(super) async fn begin(
    State(state): State<Shared>,
    posted: Posted,
) -> Result<Response, Refusal> {
    let session = &posted.session;
    let connection = session.load_connection(&state).await?;
    let adapter = adapter(&state, session, &connection)?;
    let id = ConsentId::new(random_uuid(&*state.ids));
    let mut asked = platforms::Consent::begin(&*state.ids, state.callback_url.clone());
    let travelling = state_text::write(&*state.ids, &session.about, id);
    asked.state = platforms::Secret::new(travelling.clone());
    let now = state.now();
    if find_link(&state, session, &connection).await?.is_away(now) {
        // Platforms tell the customer of a wrong redirect URI, and not us.
        warn!(
            connection.id = %connection.id,
            redirect_uri = state.callback_url,
            "a customer goes to the platform again without having come back: if it refused them, see whether this is \
             one of the app's redirect URIs there"
        );
    }
    change(&state, session, &connection, |link| {
        link.begin_consent(Consent {
            id,
            state: Fingerprint::of(travelling.as_bytes()),
            session: session.fingerprint(),
            redirect_uri: asked.redirect_uri.clone(),
            begun_at: now,
            stage: ConsentStage::Asked,
        });
        let mut secrets = LinkSecrets::open(&state.vault, link)?;
        secrets.keep_consents(link.consents.iter().map(|consent| consent.id));
        let own = ConsentSecrets {
            state: travelling.clone(),
            verifier: asked.verifier.expose().to_owned(),
            ..ConsentSecrets::default()
        };
        secrets.put_consent(id, own);
        link.secrets = Some(secrets.seal(&state.vault, &*state.ids, &link.path)?);
        Ok(())
    })
    .await?;
    info!(connection.id = %connection.id, "a customer is on the way to the platform");
    let mut response = Redirect::to(&adapter.consent_url(&asked)).into_response();
    if session.is_embedded() {
        // In a window of its own, which comes back without a frame.
        session.give_cookie(&state, response.headers_mut(), connection.id.uuid());
    }
    Ok(response)
}

/// A frame whose forms may lead to the platform.
pub(crate) fn leading_out(
    state: &WebState,
    session: &Session,
    connection: &Connection,
) -> Result<Frame, Refusal> {
    let adapter = adapter(state, session, connection)?;
    let asked = platforms::Consent::begin(&*state.ids, state.callback_url.clone());
    let url = Url::parse(&adapter.consent_url(&asked));
    let origin = url.map(|url| url.origin().ascii_serialization());
    let origin = origin.map_err(|_no_url| session.refuse(Why::NotSwitchedOn))?;
    Ok(session.frame_of(connection).leading_to(&origin))
}
