//! Opening a link: its one-time password is exchanged for a visit, and leaves the address bar. A link opens once; whoever
//! opens it again in the same browser just goes on with the visit.

use crate::attempts::Attempts;
use crate::brand::Brand;
use crate::page::Frame;
use crate::redirect::{End, Ended, destination};
use crate::refusal::{Refusal, Why};
use crate::session::{Session, give_session, link_home};
use crate::state::{Shared, WebState};
use crate::visit::Visit;
use axum::Extension;
use axum::extract::{ConnectInfo, FromRequestParts, Path, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::client_settings::Profile;
use domain::ids::{CompanyId, ConnectionId, ConnectionPath};
use domain::link_session::{LINK_SESSION_LIFE, LinkOpening, LinkSession, LinkSessionSecret};
use jiff::Timestamp;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use store::LinkOpened;
use tracing::info;
use url::form_urlencoded;

const OTP_PARAMETER: &str = "otp";
/// More than any redirect has.
const PARAMETERS_MAX: usize = 50;
/// Longer than any URL that they could be written into.
const PARAMETER_CHARS_MAX: usize = 4_000;

/// Programs look at links before people do, to show what is behind them. They may know that something is there; the
/// password is not theirs to use up.
pub(super) async fn announce() -> StatusCode {
    StatusCode::NO_CONTENT
}

/// Opens a link.
pub(super) async fn open_link(
    State(state): State<Shared>,
    Extension(attempts): Extension<Arc<Attempts>>,
    knock: Knock,
) -> Result<Response, Refusal> {
    let Knock { visit, .. } = &knock;
    let Some(path) = find_linked(&state, &knock).await? else {
        return Err(knock.refuse(&state, &attempts, None));
    };
    if let Some(secret) = open(&state, &knock, path).await? {
        return Ok(welcome(&state, visit, path.connection, &secret));
    }
    // The way back, a second click: who has a visit already goes on with it.
    if Session::find(&state, &knock.headers, visit, path.connection).await?.is_some() {
        return Ok(go(visit, path.connection));
    }
    let profile = load_profile(&state, visit, path).await?;
    let brand = Brand::load(&state, path.client, &profile, visit).await?;
    let back = way_back(&state, visit, (path, &profile), &brand).await?;
    Err(knock.refuse(&state, &attempts, Some(brand)).with_way_back(back))
}

/// Somebody with a link.
pub(super) struct Knock {
    company: Option<CompanyId>,
    connection: Option<ConnectionId>,
    link: Link,
    visit: Visit,
    headers: HeaderMap,
    /// Where it comes from. A request that came over no socket has no address, and nobody to share it with.
    address: Option<IpAddr>,
}

impl FromRequestParts<Shared> for Knock {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &Shared) -> Result<Self, Refusal> {
        let visit = Visit::read(parts);
        let path = Path::<(String, String)>::from_request_parts(parts, state).await;
        let (company, connection) = path.map(|Path(ids)| ids).unwrap_or_default();
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let peer = peer.map(|ConnectInfo(peer)| peer.ip());
        Ok(Self {
            company: CompanyId::parse(&company),
            connection: ConnectionId::parse(&connection),
            link: Link::read(parts.uri.query().unwrap_or_default()),
            visit,
            headers: parts.headers.clone(),
            address: told_address(state, &parts.headers).or(peer),
        })
    }
}

impl Knock {
    fn refuse(&self, state: &WebState, attempts: &Attempts, brand: Option<Brand>) -> Refusal {
        let count = |address| attempts.count_wrong(address, state.now());
        let too_often = self.address.is_some_and(count);
        let why = if too_often { Why::TooOften } else { Why::NoLink };
        Refusal::new(why, Frame::new(&self.visit, brand))
    }
}

/// What a link's query holds.
#[derive(Debug, PartialEq, Eq)]
struct Link {
    otp: String,
    parameters: Vec<(String, String)>,
}

impl Link {
    /// Programs that append to a link do not all look whether it has a query already: a question mark right behind the
    /// password, which has none, is taken as the sign that begins a parameter.
    fn read(query: &str) -> Self {
        let split = |pair: &str| {
            let is_otp = pair.starts_with("otp=");
            if is_otp { pair.replacen('?', "&", 1) } else { pair.to_owned() }
        };
        let query = query.split('&').map(split).collect::<Vec<_>>().join("&");
        let mut link = Self { otp: String::new(), parameters: Vec::new() };
        let mut chars: usize = 0;
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            chars = chars.saturating_add(name.len()).saturating_add(value.len());
            if name == OTP_PARAMETER {
                if link.otp.is_empty() {
                    link.otp = value.into_owned();
                }
            } else if chars <= PARAMETER_CHARS_MAX && link.parameters.len() < PARAMETERS_MAX {
                link.parameters.push((name.into_owned(), value.into_owned()));
            }
        }
        link
    }
}

async fn find_linked(state: &WebState, knock: &Knock) -> Result<Option<ConnectionPath>, Refusal> {
    let (Some(company), Some(connection)) = (knock.company, knock.connection) else {
        return Ok(None);
    };
    let found = state.store.find_linked(company, connection).await;
    found.map_err(|error| Refusal::fault(&knock.visit, None, &error))
}

/// A new visit, always: nobody can have chosen its secret for somebody else.
async fn open(
    state: &WebState,
    knock: &Knock,
    path: ConnectionPath,
) -> Result<Option<LinkSessionSecret>, Refusal> {
    let now = state.now();
    let Knock { link, visit, .. } = knock;
    let Some(otp) = state.otp.check(&link.otp, path.connection, now) else { return Ok(None) };
    let secret = LinkSessionSecret::generate(&*state.ids);
    let session = LinkSession {
        hash: secret.hash(),
        path,
        parameters: link.parameters.clone(),
        expires_at: now.saturating_add(LINK_SESSION_LIFE).unwrap_or(Timestamp::MAX),
    };
    let opened = state.store.open_link_session(&LinkOpening { session, otp }).await;
    match opened.map_err(|error| Refusal::fault(visit, None, &error))? {
        LinkOpened::Opened => Ok(Some(secret)),
        LinkOpened::Used | LinkOpened::Unknown => Ok(None),
    }
}

fn welcome(
    state: &WebState,
    visit: &Visit,
    connection: ConnectionId,
    secret: &LinkSessionSecret,
) -> Response {
    info!(connection.id = %connection, "a link was opened");
    let mut response = go(visit, connection);
    give_session(state, response.headers_mut(), connection, secret);
    response
}

fn go(visit: &Visit, connection: ConnectionId) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    let headers = response.headers_mut();
    if let Ok(home) = HeaderValue::try_from(link_home(connection)) {
        headers.insert(header::LOCATION, home);
    }
    visit.remember_locale(headers);
    response
}

/// The caller's address by the operator's proxy, whose own value is the last.
fn told_address(state: &WebState, headers: &HeaderMap) -> Option<IpAddr> {
    let name = state.address_header.as_ref()?;
    let value = headers.get_all(name).iter().next_back()?.to_str().ok()?;
    value.rsplit(',').next()?.trim().parse().ok()
}

async fn load_profile(
    state: &WebState,
    visit: &Visit,
    path: ConnectionPath,
) -> Result<Profile, Refusal> {
    let found = state.store.find_profile(path.client).await;
    let found = found.map_err(|error| Refusal::fault(visit, None, &error))?;
    found.ok_or_else(|| Refusal::new(Why::NoLink, Frame::new(visit, None)))
}

/// Nothing that the link's query says is passed on: it may come from anybody.
async fn way_back(
    state: &WebState,
    visit: &Visit,
    (path, profile): (ConnectionPath, &Profile),
    brand: &Brand,
) -> Result<Option<String>, Refusal> {
    if profile.redirect.is_none() {
        return Ok(None);
    }
    let fault = |error| Refusal::fault(visit, Some(brand.clone()), &error);
    let connection = state.store.find_connection(&path).await.map_err(fault)?;
    let company = state.store.find_company(path.client, path.company).await.map_err(fault)?;
    let (Some(connection), Some(company)) = (connection, company) else { return Ok(None) };
    let company_name = company.name.as_str();
    let ended = Ended { connection: &connection, company_name, end: End::Failed, parameters: &[] };
    Ok(destination(profile, &ended).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_appended_to_a_link_is_kept_in_whatever_way_it_is_appended() {
        let pairs = |query: &str| Link::read(query).parameters;
        let state = |value: &str| vec![("state".to_owned(), value.to_owned())];
        assert_eq!(Link::read("otp=0a&state=x").otp, "0a");
        assert_eq!(pairs("otp=0a&state=x"), state("x"));
        assert_eq!(Link::read("otp=0a?state=x").otp, "0a");
        assert_eq!(pairs("otp=0a?state=x"), state("x"));
        assert_eq!(pairs("state=a%26b+%C3%A9?&otp=0a"), state("a&b é?"));
        assert_eq!(Link::read("otp=0a&otp=0b").otp, "0a", "the first is ours");
        assert_eq!(pairs("otp=0a&otp=0b"), []);
        assert_eq!(pairs(""), []);
    }

    #[test]
    fn what_is_appended_has_an_end() {
        let many: Vec<_> = (0..100).map(|number| format!("p{number}=x")).collect();
        assert_eq!(Link::read(&many.join("&")).parameters.len(), PARAMETERS_MAX);
        let long = format!("a=1&b={}&c=2", "x".repeat(PARAMETER_CHARS_MAX));
        assert_eq!(Link::read(&long).parameters, [("a".to_owned(), "1".to_owned())]);
    }
}
