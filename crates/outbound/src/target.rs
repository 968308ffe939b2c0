//! A URL that may be called.

use crate::error::TargetError;
use crate::reach::{Reach, judge};
use reqwest::Url;
use std::fmt;
use std::net::IpAddr;

/// Where plain http is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plaintext {
    /// On this machine only: nobody else can listen.
    Loopback,
    /// Anywhere: the operator knows the way, such as a private network.
    Anywhere,
}

/// A checked URL.
#[derive(Clone, PartialEq, Eq)]
pub struct Target(Url);

impl Target {
    /// Checks a URL.
    pub fn parse(text: &str, plaintext: Plaintext) -> Result<Self, TargetError> {
        let url = Url::parse(text).map_err(|error| TargetError::Malformed(error.to_string()))?;
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or(TargetError::NoHost)?;
        match (url.scheme(), plaintext) {
            ("https", _) | ("http", Plaintext::Anywhere) => {}
            ("http", Plaintext::Loopback) if is_loopback(host) => {}
            ("http", Plaintext::Loopback) => return Err(TargetError::Plaintext(host.to_owned())),
            (scheme, _) => return Err(TargetError::Scheme(scheme.to_owned())),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(TargetError::UserInfo);
        }
        Ok(Self(url))
    }

    /// Scheme, host and port, for messages and logs: what follows may hold a secret.
    pub fn origin(&self) -> String {
        self.0.origin().ascii_serialization()
    }

    /// Refuses a URL that cannot be within reach wherever its name leads. A name's addresses are looked up when it is
    /// called.
    pub fn check_reach(&self, reach: &Reach) -> Result<(), String> {
        match reach {
            Reach::Anywhere => Ok(()),
            Reach::Public { also } => judge(&self.0, also).map(|_bound| ()),
        }
    }

    pub(crate) fn url(&self) -> &Url {
        &self.0
    }
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Target({})", self.origin())
    }
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn https_is_needed_except_on_this_machine() {
        for sound in [
            "https://bank.example/a?b=c",
            "http://127.0.0.1:80/",
            "http://[::1]/",
            "http://LOCALHOST",
        ] {
            assert!(Target::parse(sound, Plaintext::Loopback).is_ok(), "{sound}");
        }
        let refused = |text| Target::parse(text, Plaintext::Loopback).unwrap_err();
        assert_eq!(refused("http://10.0.0.1/"), TargetError::Plaintext("10.0.0.1".to_owned()));
        assert!(matches!(refused("http://localhost.example/"), TargetError::Plaintext(_)));
        assert!(Target::parse("http://10.0.0.1/", Plaintext::Anywhere).is_ok());
    }

    #[test]
    fn what_cannot_be_called_is_refused_with_its_reason() {
        let refused = |text| Target::parse(text, Plaintext::Anywhere).unwrap_err();
        assert!(matches!(refused("bank"), TargetError::Malformed(_)));
        assert_eq!(refused("file:///etc/passwd"), TargetError::NoHost);
        assert_eq!(refused("ftp://bank.example/"), TargetError::Scheme("ftp".to_owned()));
        assert_eq!(refused("https://u:p@bank.example/"), TargetError::UserInfo);
    }

    #[test]
    fn only_the_origin_is_shown() {
        let target = Target::parse("https://bank.example/x?key=geheim", Plaintext::Loopback);
        assert_eq!(format!("{:?}", target.unwrap()), "Target(https://bank.example)");
    }
}
