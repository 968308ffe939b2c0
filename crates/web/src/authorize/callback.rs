//! Back from a platform: what the browser brings is believed only from the visit that was sent there, and only with what
//! it was sent with.

use super::{change, consent_path, state_text};
use crate::linked::find_link;
use crate::refusal::Refusal;
use crate::session::Session;
use crate::state::{Shared, WebState};
use crate::visit::Visit;
use axum::extract::State;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Redirect, Response};
use domain::ids::ConnectionPath;
use domain::link::{ConsentStage, Fingerprint};
use store::link_secrets::LinkSecrets;
use tracing::info;
use url::{Url, form_urlencoded};

/// Longer than any platform's answer.
const QUERY_BYTES_MAX: usize = 8_192;

/// Keeps what the browser brings, for the worker.
pub(super) async fn come_back(
    State(state): State<Shared>,
    parts: Parts,
) -> Result<Response, Refusal> {
    let Parts { uri, headers, .. } = &parts;
    if let Some(url) = under_public_name(&state, headers, uri.query().unwrap_or_default()) {
        return Ok(Redirect::to(&url).into_response());
    }
    let visit = Visit::read(&parts);
    let nobody = || Refusal::nobody(&visit);
    let query = uri.query().filter(|query| query.len() <= QUERY_BYTES_MAX).ok_or_else(nobody)?;
    let travelled = field(query, "state").ok_or_else(nobody)?;
    let (path, id) = state_text::read(&travelled).ok_or_else(nobody)?;
    let session = Session::<ConnectionPath>::find(&state, headers, &visit, path.connection).await?;
    let session = session.filter(|session| session.about == path).ok_or_else(nobody)?;
    let connection = session.load_connection(&state).await?;
    let now = state.now();
    let (fingerprint, genuine) = (session.fingerprint(), Fingerprint::of(travelled.as_bytes()));
    let link = find_link(&state, &session, &connection).await?;
    let known = link
        .consent(id, now)
        .filter(|consent| consent.session == fingerprint && consent.state == genuine);
    let Some(known) = known else { return Ok(to(&session.home())) };
    // Sent again, by a reload or by going back: it goes on where it is.
    if known.stage == ConsentStage::Asked {
        change(&state, &session, &connection, |link| {
            let is_new =
                link.consent(id, now).is_some_and(|consent| consent.stage == ConsentStage::Asked);
            if !is_new {
                return Ok(());
            }
            let mut secrets = LinkSecrets::open(&state.vault, link)?;
            let mut own = secrets.consent(id).cloned().unwrap_or_default();
            own.query = Some(query.to_owned());
            secrets.put_consent(id, own);
            link.secrets = Some(secrets.seal(&state.vault, &*state.ids, &link.path)?);
            link.set_consent(id, ConsentStage::Came);
            Ok(())
        })
        .await?;
        info!(connection.id = %connection.id, "a customer is back from the platform");
    }
    Ok(to(&consent_path(&session, id)))
}

fn to(path: &str) -> Response {
    Redirect::to(path).into_response()
}

fn field(query: &str, wanted: &str) -> Option<String> {
    let mut fields = form_urlencoded::parse(query.as_bytes());
    fields.find(|(name, _)| name == wanted).map(|(_, value)| value.into_owned())
}

/// The same under our public name, where the visit's cookie is: platforms may know us by another.
fn under_public_name(state: &WebState, headers: &HeaderMap, query: &str) -> Option<String> {
    let named = headers.get(header::HOST)?.to_str().ok()?;
    let callback = Url::parse(&state.callback_url).ok()?;
    let public = Url::parse(&state.public_url).ok()?;
    let authority = |url: &Url| {
        let host = url.host_str().unwrap_or_default().to_owned();
        url.port().map_or(host.clone(), |port| format!("{host}:{port}"))
    };
    let is_other = authority(&callback) == named && authority(&public) != named;
    is_other.then(|| format!("{}{}?{query}", state.public_url, super::CALLBACK))
}
