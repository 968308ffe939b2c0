//! How much may be asked for, when the operator limits it: by address before anything is looked up, by client once it is
//! known who calls. What was counted lies in the store, so the limits hold across processes. Without limits every
//! request passes, and no answer speaks of them.

use crate::auth::Caller;
use crate::envelope::{Answer, ApiError};
use crate::state::Shared;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use domain::ids::{ClientId, RequestId, random_uuid};
use domain::rate_limit::{
    Admission, CallerAddress, Knock, Quota, RateLimits, next_minute, seconds_until,
};
use jiff::Timestamp;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use tracing::warn;

const LIMIT_HEADER: HeaderName = HeaderName::from_static("x-rate-limit-limit");
const REMAINING_HEADER: HeaderName = HeaderName::from_static("x-rate-limit-remaining");
const RESET_HEADER: HeaderName = HeaderName::from_static("x-rate-limit-reset");
/// Requests end within a second as a rule.
const BUSY_RETRY_SECS: i64 = 1;

/// What is allowed, and how a caller's address is known.
#[derive(Clone, Debug)]
pub struct Limits {
    /// The figures.
    pub rates: RateLimits,
    /// The header in which the operator's proxy names who called it; its last value counts, which is the proxy's own.
    pub address_header: Option<HeaderName>,
}

/// Lets an address ask so many times a minute, with or without a key.
pub(crate) async fn limit_address(
    State(state): State<Shared>,
    request: Request,
    next: Next,
) -> Response {
    let Some(limits) = &state.limits else { return next.run(request).await };
    // A request that came over no socket has no address, and nobody to share it with.
    let Some(address) = find_address(limits, &request) else { return next.run(request).await };
    match count_address(&state, limits, address).await {
        Ok(None) => next.run(request).await,
        Ok(Some(refused)) => refused,
        Err(error) => error.into_response(),
    }
}

async fn count_address(
    state: &Shared,
    limits: &Limits,
    address: IpAddr,
) -> Answer<Option<Response>> {
    let now = state.now();
    let count = state.store.count_address(CallerAddress::of(address), now).await?;
    let most = limits.rates.per_address_minute;
    if count <= most.into() {
        return Ok(None);
    }
    let error = format!(
        "this address has sent more than {most} requests in a minute: wait for the next one"
    );
    Ok(Some(refuse(error, seconds_until(next_minute(now), now))))
}

fn find_address(limits: &Limits, request: &Request) -> Option<IpAddr> {
    let told =
        limits.address_header.as_ref().and_then(|name| told_address(request.headers(), name));
    told.or_else(|| {
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
        peer.map(|ConnectInfo(peer)| peer.ip())
    })
}

fn told_address(headers: &HeaderMap, name: &HeaderName) -> Option<IpAddr> {
    let value = headers.get_all(name).iter().next_back()?.to_str().ok()?;
    value.rsplit(',').next()?.trim().parse().ok()
}

/// Lets a client ask so many times a day, and so many times at once.
pub(crate) async fn limit_client(
    State(state): State<Shared>,
    caller: Caller,
    request: Request,
    next: Next,
) -> Response {
    let Some(limits) = &state.limits else { return next.run(request).await };
    let knock = Knock {
        id: RequestId::new(random_uuid(&*state.ids)),
        client: caller.client,
        at: state.now(),
        limits: limits.rates,
    };
    match state.store.admit_request(&knock).await {
        Ok(Admission::Admitted(quota)) => {
            let under_way = UnderWay::begin(&state, &knock);
            let response = next.run(request).await;
            // Ended before it is answered: a caller that sends one after the other is never told that it sent two.
            under_way.end().await;
            tell(response, &quota)
        }
        Ok(Admission::UsedUp(quota)) => {
            let error = format!("the {} requests of this day (UTC) are used up", quota.limit);
            let wait = seconds_until(quota.resets_at, knock.at);
            tell(refuse(error, wait), &quota)
        }
        Ok(Admission::TooMany { quota, at_once }) => {
            let error = format!("more than {at_once} requests at once: send fewer at a time");
            tell(refuse(error, BUSY_RETRY_SECS), &quota)
        }
        Err(error) => ApiError::from(error).into_response(),
    }
}

/// A request that was let in. It ends in the store also when its caller hangs up and nobody waits for the answer.
struct UnderWay {
    state: Shared,
    client: ClientId,
    id: Option<RequestId>,
}

impl UnderWay {
    fn begin(state: &Shared, knock: &Knock) -> Self {
        Self { state: Arc::clone(state), client: knock.client, id: Some(knock.id) }
    }

    async fn end(mut self) {
        if let Some(id) = self.id.take() {
            end(&self.state, self.client, id).await;
        }
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        if let Some(id) = self.id.take() {
            let (state, client) = (Arc::clone(&self.state), self.client);
            self.state.tasks.spawn(async move { end(&state, client, id).await });
        }
    }
}

async fn end(state: &Shared, client: ClientId, id: RequestId) {
    if let Err(error) = state.store.end_request(client, id).await {
        warn!(%error, "a request counts as under way until it ends by itself");
    }
}

fn refuse(error: String, wait: i64) -> Response {
    let mut response = ApiError::too_many(error).into_response();
    response.headers_mut().insert(header::RETRY_AFTER, wait.into());
    response
}

fn tell(mut response: Response, quota: &Quota) -> Response {
    let headers = response.headers_mut();
    headers.insert(LIMIT_HEADER, quota.limit.into());
    headers.insert(REMAINING_HEADER, quota.remaining.into());
    headers.insert(RESET_HEADER, moment(quota.resets_at));
    response
}

fn moment(at: Timestamp) -> HeaderValue {
    // Digits, colons and letters: always a header's value.
    HeaderValue::try_from(at.to_string()).unwrap_or_else(|_unsendable| HeaderValue::from_static(""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;

    #[test]
    fn only_the_last_address_that_the_proxy_told_counts() {
        let limits = |name: Option<&'static str>| Limits {
            rates: RateLimits { per_company_day: 1, at_once_per_company: 1, per_address_minute: 1 },
            address_header: name.map(HeaderName::from_static),
        };
        let peer: SocketAddr = "192.0.2.1:4000".parse().unwrap();
        let from = |values: &[&str], name| {
            let mut request = Request::new(Body::empty());
            request.extensions_mut().insert(ConnectInfo(peer));
            for value in values {
                request.headers_mut().append("x-forwarded-for", value.parse().unwrap());
            }
            find_address(&limits(name), &request).unwrap().to_string()
        };
        let name = Some("x-forwarded-for");
        assert_eq!(from(&["198.51.100.7, 203.0.113.9"], name), "203.0.113.9");
        assert_eq!(from(&["203.0.113.9", "2001:db8::1"], name), "2001:db8::1");
        assert_eq!(from(&["unknown"], name), "192.0.2.1");
        assert_eq!(from(&[], name), "192.0.2.1");
        assert_eq!(from(&["198.51.100.7"], None), "192.0.2.1", "nobody may choose an address");
    }
}
