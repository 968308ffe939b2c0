//! Which connections a call may use, chosen before it leaves.

use crate::client::OutboundOptions;
use crate::error::{CallError, ClientError, sentence};
use crate::guard::{Guard, Pass};
use crate::reach::{Bound, Reach, judge};
use reqwest::{Client, Url, redirect};
use std::sync::Arc;

/// The ways out of a client.
#[derive(Clone, Debug)]
pub(crate) enum Ways {
    /// One for every URL.
    Open(Client),
    /// One for each bound that a URL may have, for the connector sees neither scheme nor port.
    Guarded {
        public: Way,
        allowed: Way,
        /// It looks names up itself, so they are looked up before as well.
        is_proxied: bool,
    },
}

/// Connections that lead only where the guard lets them.
#[derive(Clone, Debug)]
pub(crate) struct Way {
    http: Client,
    guard: Guard,
}

/// What one call goes by.
#[derive(Debug)]
pub(crate) struct Chosen<'a> {
    pub(crate) http: &'a Client,
    /// Why it may lead to allowed subnets only, if so.
    pub(crate) why: Option<String>,
}

impl Ways {
    pub(crate) fn new(options: &OutboundOptions) -> Result<Self, ClientError> {
        let Reach::Public { also } = &options.reach else {
            return Ok(Self::Open(client(options, None)?));
        };
        let also: Arc<[_]> = also.as_slice().into();
        let way = |pass| {
            let resolver = options.resolver.clone();
            let guard = Guard { pass, also: also.clone(), resolver };
            Ok(Way { http: client(options, Some(&guard))?, guard })
        };
        let is_proxied = options.proxy.is_some();
        Ok(Self::Guarded { public: way(Pass::Public)?, allowed: way(Pass::Allowed)?, is_proxied })
    }

    /// The way for a URL, if there is one.
    pub(crate) async fn choose(&self, url: &Url) -> Result<Chosen<'_>, CallError> {
        let (public, allowed, is_proxied) = match self {
            Self::Open(http) => return Ok(Chosen { http, why: None }),
            Self::Guarded { public, allowed, is_proxied } => (public, allowed, *is_proxied),
        };
        let bound = judge(url, &public.guard.also).map_err(CallError::Refused)?;
        let (way, why) = match bound {
            Bound::Public => (public, None),
            Bound::Allowed(why) => (allowed, Some(why)),
        };
        let chosen = Chosen { http: &way.http, why };
        if let (true, Some(name)) = (is_proxied, url.domain()) {
            way.guard.check_all(name).await.map_err(|error| chosen.explain(error))?;
        }
        Ok(chosen)
    }
}

impl Chosen<'_> {
    /// Says why the address matters, where it does not by itself.
    pub(crate) fn explain(&self, error: CallError) -> CallError {
        match (error, &self.why) {
            (CallError::Refused(_), Some(why)) => CallError::Refused(why.clone()),
            (error, _) => error,
        }
    }
}

/// Whether it can be the address of a proxy that HTTP is spoken with.
pub fn is_proxy(text: &str) -> bool {
    let is_http = text.split_once("://").is_none_or(|(scheme, _)| {
        ["http", "https"].iter().any(|it| scheme.eq_ignore_ascii_case(it))
    });
    is_http && reqwest::Proxy::all(text).is_ok()
}

#[expect(clippy::disallowed_methods, reason = "this is the client that everything else asks")]
fn client(options: &OutboundOptions, guard: Option<&Guard>) -> Result<Client, ClientError> {
    let mut builder = Client::builder()
        // Called before a proxy is set, this keeps the environment's out.
        .no_proxy()
        // A redirect would take headers, and so secrets, to where nobody configured them to go.
        .redirect(redirect::Policy::none())
        // Whoever calls decides whether to try again.
        .retry(reqwest::retry::never())
        .connect_timeout(options.connect_timeout)
        .user_agent(concat!("millrace/", env!("CARGO_PKG_VERSION")));
    builder = match (&options.proxy, guard) {
        // The connector looks up the proxy's own name, which the operator chose.
        (Some(proxy), _) => {
            let proxy = reqwest::Proxy::all(proxy);
            builder.proxy(proxy.map_err(|error| ClientError(sentence(&error)))?)
        }
        (None, Some(guard)) => builder.dns_resolver(guard.clone()),
        (None, None) => builder,
    };
    builder.build().map_err(|error| ClientError(sentence(&error)))
}
