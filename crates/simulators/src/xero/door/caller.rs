//! Who calls: the access token, the tenant and the scope, and what Xero says when one of them is missing.

use crate::xero::faults::{Fault, Played};
use crate::xero::ids::Id;
use crate::xero::operation::Service;
use crate::xero::problem::{Kind, Problem, problem_answer};
use crate::xero::world::World;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use jiff::Timestamp;
use serde_json::json;

/// Who calls, and for which organisation.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    /// The user whose token it is.
    pub(crate) user: String,
    /// The organisation; the nil id where none is asked for.
    pub(crate) tenant: Id,
}

/// Why a call is not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Denied {
    NoToken,
    TokenExpired,
    NoTenant,
    NoScope,
}

impl Caller {
    /// The caller that the headers name.
    pub(super) fn find(
        world: &mut World,
        headers: &HeaderMap,
        service: Service,
        (played, now): (Played, Timestamp),
    ) -> Result<Self, Denied> {
        let token = bearer(headers).ok_or(Denied::NoToken)?;
        if played.is(Fault::TokensRevoked) {
            world.grants.revoke_like(token);
        }
        let access = world.grants.find_access(token).ok_or(Denied::NoToken)?.clone();
        if access.expires_at <= now || played.is(Fault::TokenExpired) {
            return Err(Denied::TokenExpired);
        }
        if service == Service::Connections {
            return Ok(Self { user: access.user, tenant: Id::NIL });
        }
        let tenant = headers.get("xero-tenant-id").and_then(|id| id.to_str().ok());
        let tenant = tenant.and_then(Id::parse).ok_or(Denied::NoTenant)?;
        if played.is(Fault::UserDisconnects) {
            world.connections.retain(|connection| connection.tenant != tenant);
        }
        let is_connected = |user: &str| {
            world.connections.iter().any(|one| one.tenant == tenant && one.user == user)
        };
        if !is_connected(&access.user) {
            return Err(Denied::NoTenant);
        }
        if played.is(Fault::PermissionLost) || !is_in_scope(&access.scope, service) {
            return Err(Denied::NoScope);
        }
        Ok(Self { user: access.user, tenant })
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token)
}

fn is_in_scope(scope: &str, service: Service) -> bool {
    let wanted: &[&str] = match service {
        Service::BankFeeds => &["bankfeeds"],
        Service::Accounting => &["accounting.settings", "accounting.settings.read"],
        Service::Identity | Service::Connections => return true,
    };
    scope.split_ascii_whitespace().any(|part| wanted.contains(&part))
}

impl Denied {
    /// What `service` says to it. The bank feeds' contract has one type for all errors.
    pub(super) fn answer(self, service: Service) -> Response {
        let (status, title, detail) = match self {
            Self::NoToken => (401, "Unauthorized", "AuthenticationUnsuccessful"),
            Self::TokenExpired => (401, "Unauthorized", "TokenExpired"),
            Self::NoTenant => (403, "Forbidden", "AuthenticationUnsuccessful"),
            Self::NoScope if service == Service::BankFeeds => {
                return Problem::from(Kind::InvalidApplication).answer();
            }
            Self::NoScope => (403, "Forbidden", "AuthorizationUnsuccessful"),
        };
        let body = json!({"Type": null, "Title": title, "Status": status,
            "Detail": detail, "Instance": null, "Extensions": {}});
        let mut answer = problem_answer(status, &body);
        if service != Service::BankFeeds {
            let json = HeaderValue::from_static("application/json");
            answer.headers_mut().insert(CONTENT_TYPE, json);
        }
        answer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_accounts_needs_the_read_scope_only() {
        let cases = [
            ("openid accounting.settings.read", Service::Accounting, true),
            ("accounting.settings", Service::Accounting, true),
            ("bankfeeds", Service::Accounting, false),
            ("bankfeeds", Service::BankFeeds, true),
            ("bankfeeds.read", Service::BankFeeds, false),
            ("", Service::Connections, true),
        ];
        for (scope, service, wanted) in cases {
            assert_eq!(is_in_scope(scope, service), wanted, "{scope} {service:?}");
        }
    }

    #[test]
    fn only_a_bearer_token_is_one() {
        let of = |value: &str| {
            let headers = HeaderMap::from_iter([(AUTHORIZATION, value.parse().unwrap())]);
            bearer(&headers).map(str::to_owned)
        };
        assert_eq!(of("bearer abc").as_deref(), Some("abc"));
        assert_eq!(of("Basic abc"), None);
        assert_eq!(of("abc"), None);
    }
}
