//! The first half of the code flow: a browser arrives, a user chooses, the browser goes back with a code or an error.

use super::callback::{Callback, redirect};
use super::connection::Connection;
use super::form::Form;
use super::grant::{Code, Grant};
use super::page;
use crate::xero::Xero;
use crate::xero::faults::{Fault, Played};
use crate::xero::ids::Id;
use crate::xero::settings::Consent;
use crate::xero::world::World;
use axum::Extension;
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use jiff::Timestamp;
use std::time::Duration;
use url::Url;

/// A machine that looks at a callback before the browser does not wait longer.
const PREFETCH_SECS_MAX: u64 = 10;
/// Scopes that this simulator grants.
const SCOPES: &[&str] = &[
    "offline_access",
    "openid",
    "profile",
    "email",
    "bankfeeds",
    "accounting.settings",
    "accounting.settings.read",
];

/// A consent that is asked for.
struct Asked {
    callback: Callback,
    redirect_uri: String,
    scope: String,
    challenge: Option<String>,
}

/// Where a request that is wrong ends.
enum Wrong {
    /// On a page of Xero's: nobody knows where to send the browser.
    Here(String),
    /// Back at the app.
    There(Url),
}

/// GET: the page with the question.
pub(crate) async fn show_consent(
    State(xero): State<Xero>,
    Extension(played): Extension<Played>,
    RawQuery(query): RawQuery,
) -> Response {
    let query = Form::read(query.unwrap_or_default().as_bytes());
    let asked = match xero.change(|world, _| Asked::read(&xero, world, &query)) {
        Ok(asked) => asked,
        Err(wrong) => return wrong.answer(),
    };
    let (consent, first) = xero.change(|world, _| {
        let first = world.organisations.first().map(|organisation| organisation.id);
        (world.settings.consent, first)
    });
    match consent {
        Consent::Ask => xero.change(|world, _| {
            page::shown(page::consent(world.organisations.iter(), &asked.scope, None))
        }),
        Consent::Allow => allow(&xero, asked, first, played).await,
        Consent::Deny => deny(&asked),
    }
}

/// POST: what the user chose.
pub(crate) async fn consent(
    State(xero): State<Xero>,
    Extension(played): Extension<Played>,
    RawQuery(query): RawQuery,
    body: Bytes,
) -> Response {
    let query = Form::read(query.unwrap_or_default().as_bytes());
    let asked = match xero.change(|world, _| Asked::read(&xero, world, &query)) {
        Ok(asked) => asked,
        Err(wrong) => return wrong.answer(),
    };
    let form = Form::read(&body);
    if form.get("decision") != Some("allow") {
        return deny(&asked);
    }
    let chosen = form.get("organisation").and_then(Id::parse);
    allow(&xero, asked, chosen, played).await
}

fn deny(asked: &Asked) -> Response {
    redirect(&asked.callback.with_error("access_denied", "The user did not allow access."))
}

async fn allow(xero: &Xero, asked: Asked, chosen: Option<Id>, played: Played) -> Response {
    let scope = asked.scope.clone();
    let given = xero.change(|world, now| grant(world, &asked, chosen, now));
    let Some(code) = given else {
        let note = "Choose one of your organisations.";
        return xero.change(|world, _| {
            page::shown(page::consent(world.organisations.iter(), &scope, Some(note)))
        });
    };
    let callback = asked.callback;
    let callback =
        if played.is(Fault::WrongState) { callback.with_wrong_state() } else { callback };
    let url = callback.with_code(&code, &scope);
    if played.is(Fault::OutOfOrderCallback) {
        return page::shown(page::later(url.as_str()));
    }
    if played.is(Fault::DuplicateCallback) {
        prefetch(url.clone()).await;
    }
    redirect(&url)
}

/// Connects the organisation and answers the code; nothing when there is no such organisation.
fn grant(world: &mut World, asked: &Asked, chosen: Option<Id>, now: Timestamp) -> Option<String> {
    let organisation = world.organisation(chosen?)?;
    let (tenant, user) = (organisation.id, organisation.user.clone());
    let event = world.ids.id();
    Connection::connect(world, tenant, event, now);
    let code = world.ids.secret();
    let grant = Grant { user, scope: asked.scope.clone(), event, is_public: false };
    world.grants.add_code(Code {
        text: code.clone(),
        redirect_uri: asked.redirect_uri.clone(),
        challenge: asked.challenge.clone(),
        grant,
        issued_at: now,
    });
    Some(code)
}

/// Fetches the callback as a link scanner would.
#[expect(clippy::disallowed_methods, reason = "a simulator is no part of the server")]
async fn prefetch(url: Url) {
    let http = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(Duration::from_secs(PREFETCH_SECS_MAX))
        .build();
    let fetched = match http {
        Ok(http) => http.get(url).send().await,
        Err(error) => Err(error),
    };
    if let Err(error) = fetched {
        // The address has the code in it.
        tracing::debug!(error = %error.without_url(), "the callback could not be fetched first");
    }
}

impl Asked {
    fn read(xero: &Xero, world: &World, query: &Form) -> Result<Self, Wrong> {
        let here = |words: &str| Wrong::Here(words.to_owned());
        if query.get("client_id") != Some(&xero.app().client_id) {
            return Err(here("unauthorized_client: there is no app of this client_id"));
        }
        let uri = query.get("redirect_uri").ok_or_else(|| here("redirect_uri is missing"))?;
        let registered = &world.settings.redirect_uris;
        let callback = Callback::parse(uri, query.get("state"), registered).map_err(Wrong::Here)?;
        let there = |error: &str, words: &str| Err(Wrong::There(callback.with_error(error, words)));
        if query.get("response_type") != Some("code") {
            return there("unsupported_response_type", "response_type must be code");
        }
        let scope = query.get("scope").unwrap_or_default().to_owned();
        let unknown = scope.split_ascii_whitespace().find(|part| !SCOPES.contains(part));
        if unknown.is_some() || scope.trim().is_empty() {
            return there("invalid_scope", "scope is missing or has an unknown part");
        }
        let challenge = query.get("code_challenge").map(str::to_owned);
        if challenge.is_some() && query.get("code_challenge_method") != Some("S256") {
            return there("invalid_request", "code_challenge_method must be S256");
        }
        Ok(Self { callback, redirect_uri: uri.to_owned(), scope, challenge })
    }
}

impl Wrong {
    fn answer(self) -> Response {
        match self {
            Self::Here(words) => page::refusal(&words),
            Self::There(url) => redirect(&url),
        }
    }
}
