//! Looks names up and lets through only addresses that may be called. It sits in the connector, so what it has checked
//! is what is connected to: where a name leads a moment later matters to the next connection only, which asks again.

use crate::address::inside;
use crate::error::CallError;
use crate::reach::is_allowed;
use crate::resolver::Resolver;
use crate::subnet::Subnet;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::error::Error;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use thiserror::Error;

/// Which addresses pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pass {
    /// Public ones, and those of allowed subnets.
    Public,
    /// Those of allowed subnets.
    Allowed,
}

/// Knows the addresses of a name, and which of them pass.
#[derive(Clone, Debug)]
pub(crate) struct Guard {
    pub(crate) pass: Pass,
    pub(crate) also: Arc<[Subnet]>,
    pub(crate) resolver: Arc<dyn Resolver>,
}

/// Why a name gives nothing to connect to.
#[derive(Debug, Error)]
enum Closed {
    #[error("{0}")]
    Unknown(#[from] io::Error),
    /// The address stays out: whoever chose the URL would learn by it how this network is laid out.
    #[error("{name} leads to {what}")]
    Forbidden { name: String, what: &'static str },
}

impl Guard {
    /// For a proxy, which looks the name up itself and takes whichever address it likes: all must pass.
    pub(crate) async fn check_all(&self, name: &str) -> Result<(), CallError> {
        let found = self.look_up(name).await.map_err(refused)?;
        let objection = found.into_iter().find_map(|address| self.objection(address));
        objection.map_or(Ok(()), |what| Err(refused(forbidden(name, what))))
    }

    /// Those addresses of a name that pass.
    async fn passing(&self, name: &str) -> Result<Vec<IpAddr>, Closed> {
        let mut found = self.look_up(name).await?;
        let objection = found.iter().find_map(|address| self.objection(*address));
        found.retain(|address| self.objection(*address).is_none());
        match objection {
            Some(what) if found.is_empty() => Err(forbidden(name, what)),
            _ => Ok(found),
        }
    }

    async fn look_up(&self, name: &str) -> Result<Vec<IpAddr>, Closed> {
        let found = self.resolver.look_up(name).await?;
        if found.is_empty() {
            return Err(io::Error::other("the name has no address").into());
        }
        Ok(found)
    }

    fn objection(&self, address: IpAddr) -> Option<&'static str> {
        match self.pass {
            _ if is_allowed(address, &self.also) => None,
            Pass::Public => inside(address),
            Pass::Allowed => Some("none of the allowed subnets"),
        }
    }
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = self.clone();
        Box::pin(async move {
            let passing = guard.passing(name.as_str()).await?;
            // Port 0 stands for the URL's.
            let addresses = passing.into_iter().map(|address| SocketAddr::new(address, 0));
            let addresses: Addrs = Box::new(addresses);
            Ok(addresses)
        })
    }
}

/// What the guard said, if it is among the causes of a connection's failure.
pub(crate) fn refusal_in(error: &reqwest::Error) -> Option<String> {
    let mut cause = error.source();
    while let Some(error) = cause {
        if let Some(closed @ Closed::Forbidden { .. }) = error.downcast_ref() {
            return Some(closed.to_string());
        }
        cause = error.source();
    }
    None
}

fn forbidden(name: &str, what: &'static str) -> Closed {
    Closed::Forbidden { name: name.to_owned(), what }
}

fn refused(closed: Closed) -> CallError {
    match closed {
        Closed::Unknown(error) => CallError::Unreachable(error.to_string()),
        Closed::Forbidden { .. } => CallError::Refused(closed.to_string()),
    }
}
