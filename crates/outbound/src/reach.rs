//! Whom a client may call. What can be said of a URL without asking for its name's addresses is said here; the
//! addresses are guard.rs.

use crate::address::inside;
use crate::subnet::Subnet;
use reqwest::Url;
use std::net::IpAddr;
use url::Host;

/// Whom a client may call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Reach {
    /// Whomever its URL names: for URLs that the operator configured.
    #[default]
    Anywhere,
    /// The public internet, by https: for URLs that callers of the API choose.
    Public {
        /// Where the operator lets them lead as well, by any port and by http.
        also: Vec<Subnet>,
    },
}

/// Last labels of names that mean something else inside each house.
const NAMES_INSIDE: &[&str] = &["localhost", "local", "internal"];
/// Ports of web servers. Those below the next constant belong to services that must not be spoken to by accident.
const WEB_PORTS: &[u16] = &[443, 80];
/// From here on anybody may have put a web server.
const FREE_PORT_MIN: u16 = 1_024;

/// Where the address behind a URL must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Bound {
    /// In public, or in a subnet that the operator allows.
    Public,
    /// In a subnet that the operator allows, and why nowhere else.
    Allowed(String),
}

/// Refuses what no address could make right; otherwise tells where the address must be.
pub(crate) fn judge(url: &Url, also: &[Subnet]) -> Result<Bound, String> {
    match url.host() {
        None => Err("there is no host".to_owned()),
        Some(Host::Ipv4(address)) => judge_address(url, address.into(), also),
        Some(Host::Ipv6(address)) => judge_address(url, address.into(), also),
        Some(Host::Domain(name)) => match oddity(url).or_else(|| inside_name(name)) {
            None => Ok(Bound::Public),
            Some(why) if also.is_empty() => Err(why),
            Some(why) => Ok(Bound::Allowed(why)),
        },
    }
}

fn judge_address(url: &Url, address: IpAddr, also: &[Subnet]) -> Result<Bound, String> {
    let why = inside(address).map(|what| format!("{address} is {what}")).or_else(|| oddity(url));
    match why {
        None => Ok(Bound::Public),
        Some(why) if is_allowed(address, also) => Ok(Bound::Allowed(why)),
        Some(why) => Err(why),
    }
}

/// What only an allowed subnet excuses.
fn oddity(url: &Url) -> Option<String> {
    let scheme = url.scheme();
    if scheme != "https" {
        return Some(format!("{scheme} could be read on its way: use https"));
    }
    let port = url.port_or_known_default()?;
    let is_usual = WEB_PORTS.contains(&port) || port >= FREE_PORT_MIN;
    (!is_usual).then(|| format!("port {port} is not for web servers: use 443, or 1024 and above"))
}

fn inside_name(name: &str) -> Option<String> {
    // The name from the root, with a dot at its end, is the same name.
    let last = name.trim_end_matches('.').rsplit('.').next()?;
    let is_inside = NAMES_INSIDE.iter().any(|label| label.eq_ignore_ascii_case(last));
    is_inside.then(|| format!("{name} is a name inside this network"))
}

pub(crate) fn is_allowed(address: IpAddr, also: &[Subnet]) -> bool {
    also.iter().any(|subnet| subnet.contains(address))
}
