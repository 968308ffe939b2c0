//! Somebody with a link: what they want to open, and with what.

use crate::attempts::Attempts;
use crate::brand::Brand;
use crate::page::Frame;
use crate::refusal::{Refusal, Why};
use crate::state::{Shared, WebState};
use crate::visit::Visit;
use axum::extract::{ConnectInfo, FromRequestParts, RawPathParams};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use domain::ids::{CompanyId, ConnectionId};
use domain::link_session::LinkTarget;
use std::net::{IpAddr, SocketAddr};
use url::form_urlencoded;

/// As the JSON door writes them: that of a connection, and that of a company.
const OTP_PARAMETERS: [&str; 2] = ["otp", "link.otp"];
/// The page of the client's own that wants to show the pages, by its origin.
const EMBEDDER_PARAMETER: &str = "embedder";
/// More than any redirect has.
const PARAMETERS_MAX: usize = 50;
/// Longer than any URL that they could be written into.
const PARAMETER_CHARS_MAX: usize = 4_000;

/// Somebody with a link.
pub(super) struct Knock {
    company: Option<CompanyId>,
    connection: Option<ConnectionId>,
    /// Whether the link names no connection at all.
    is_to_company: bool,
    pub(super) link: Link,
    pub(super) visit: Visit,
    pub(super) headers: HeaderMap,
    /// Where it comes from. A request that came over no socket has no address, and nobody to share it with.
    address: Option<IpAddr>,
}

impl FromRequestParts<Shared> for Knock {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &Shared) -> Result<Self, Refusal> {
        let visit = Visit::read(parts);
        let named = RawPathParams::from_request_parts(parts, state).await;
        let named = named.map_err(|_no_parameters| Refusal::nobody(&visit))?;
        let find = |name| named.iter().find(|(known, _)| *known == name).map(|(_, value)| value);
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let peer = peer.map(|ConnectInfo(peer)| peer.ip());
        Ok(Self {
            company: find("companyId").and_then(CompanyId::parse),
            connection: find("connectionId").and_then(ConnectionId::parse),
            is_to_company: find("connectionId").is_none(),
            link: Link::read(parts.uri.query().unwrap_or_default()),
            visit,
            headers: parts.headers.clone(),
            address: told_address(state, &parts.headers).or(peer),
        })
    }
}

impl Knock {
    /// What the link leads to, if there is such a thing.
    pub(super) async fn find_target(
        &self,
        state: &WebState,
    ) -> Result<Option<LinkTarget>, Refusal> {
        let Some(company) = self.company else { return Ok(None) };
        let fault = |error| Refusal::fault(&self.visit, None, &error);
        if self.is_to_company {
            let found = state.store.find_linked_company(company).await.map_err(fault)?;
            return Ok(found.map(LinkTarget::Company));
        }
        let Some(connection) = self.connection else { return Ok(None) };
        let found = state.store.find_linked(company, connection).await.map_err(fault)?;
        Ok(found.map(LinkTarget::Connection))
    }

    /// A link that is not one of ours, or no longer good.
    pub(super) fn refuse(
        &self,
        state: &WebState,
        attempts: &Attempts,
        brand: Option<Brand>,
    ) -> Refusal {
        let count = |address| attempts.count_wrong(address, state.now());
        let too_often = self.address.is_some_and(count);
        let why = if too_often { Why::TooOften } else { Why::NoLink };
        Refusal::new(why, Frame::new(&self.visit, brand))
    }
}

/// What a link's query holds.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) otp: String,
    /// The origin of the page that wants to show the pages within itself.
    pub(super) embedder: Option<String>,
    /// What the client's own program appended.
    pub(super) parameters: Vec<(String, String)>,
}

impl Link {
    /// Programs that append to a link do not all look whether it has a query already: a question mark right behind the
    /// password, which has none, is taken as the sign that begins a parameter.
    fn read(query: &str) -> Self {
        let split = |pair: &str| {
            let name = pair.split('=').next().unwrap_or_default();
            let is_otp = OTP_PARAMETERS.contains(&name);
            if is_otp { pair.replacen('?', "&", 1) } else { pair.to_owned() }
        };
        let query = query.split('&').map(split).collect::<Vec<_>>().join("&");
        let mut link = Self { otp: String::new(), embedder: None, parameters: Vec::new() };
        let mut chars: usize = 0;
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            chars = chars.saturating_add(name.len()).saturating_add(value.len());
            if OTP_PARAMETERS.contains(&name.as_ref()) {
                if link.otp.is_empty() {
                    link.otp = value.into_owned();
                }
            } else if name == EMBEDDER_PARAMETER {
                link.embedder = Some(value.into_owned());
            } else if chars <= PARAMETER_CHARS_MAX && link.parameters.len() < PARAMETERS_MAX {
                link.parameters.push((name.into_owned(), value.into_owned()));
            }
        }
        link
    }
}

/// The caller's address by the operator's proxy, whose own value is the last.
fn told_address(state: &WebState, headers: &HeaderMap) -> Option<IpAddr> {
    let name = state.address_header.as_ref()?;
    let value = headers.get_all(name).iter().next_back()?.to_str().ok()?;
    value.rsplit(',').next()?.trim().parse().ok()
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
        assert_eq!(Link::read("link.otp=0a?state=x").otp, "0a");
        let framed = Link::read("link.otp=0a&embedder=https%3A%2F%2Fbank.example");
        assert_eq!(framed.embedder.as_deref(), Some("https://bank.example"));
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
