//! How the database is reached: what an operator may say, and what the URL's TLS words mean here.

use std::path::PathBuf;

use store::StoreError;
use store::migration::Migrate;
use tokio_postgres::Config;
use tokio_postgres::config::SslMode;

use crate::fault::{failed, sentence};

/// Enough to keep a few cores of a server busy; ten processes still fit into PostgreSQL's usual hundred.
pub const CONNECTIONS_MAX_DEFAULT: usize = 10;

/// How to reach the database.
#[derive(Clone, Debug)]
pub struct PostgresOptions {
    /// As libpq's: `postgres://user:password@host:port/database?sslmode=…`. `sslmode` may be `disable`, `prefer` (the
    /// default: TLS if the server has it, its certificate unchecked, since plain text would do as well), `require` or
    /// `verify-full` (both: TLS, and the certificate must be for this host, from an authority that this machine trusts
    /// or that `sslrootcert=FILE` names). The schema is the URL's too, by `options=-c search_path=…`.
    pub url: String,
    /// Whether the schema may be changed.
    pub migrate: Migrate,
    /// How many connections this process may hold, beside one to listen on.
    pub connections_max: usize,
}

impl PostgresOptions {
    /// The usual bounds for the database at `url`.
    pub fn new(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            migrate: Migrate::Apply,
            connections_max: CONNECTIONS_MAX_DEFAULT,
        }
    }
}

/// What a URL says.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub(crate) config: Config,
    pub(crate) trust: Trust,
}

/// Which certificates a server may show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Trust {
    /// Any: the connection would do without TLS, too.
    Anything,
    /// From an authority that the machine trusts.
    Machine,
    /// From an authority in this file.
    File(PathBuf),
}

impl Target {
    /// Reads a URL, of which the client library does not know all words.
    pub(crate) fn parse(url: &str) -> Result<Self, StoreError> {
        let (base, query) = url.split_once('?').unwrap_or((url, ""));
        let mut root = None;
        let mut is_full = false;
        let mut kept = Vec::new();
        for word in query.split('&').filter(|word| !word.is_empty()) {
            match word.split_once('=') {
                Some(("sslrootcert", path)) => root = Some(PathBuf::from(unescaped(path))),
                Some(("sslmode", "verify-full")) => is_full = true,
                _ => kept.push(word),
            }
        }
        let known_words = format!("{base}?{}", kept.join("&"));
        let mut config: Config = known_words
            .parse()
            .map_err(|error| failed(format!("the database's URL: {}", sentence(&error))))?;
        if is_full {
            config.ssl_mode(SslMode::Require);
        }
        if config.get_application_name().is_none() {
            config.application_name("millrace");
        }
        let trust = match (config.get_ssl_mode(), root) {
            (_, Some(path)) => Trust::File(path),
            (SslMode::Require, None) => Trust::Machine,
            _ => Trust::Anything,
        };
        Ok(Self { config, trust })
    }
}

/// The text behind the `%2F`s of a URL; what is no escape stays.
fn unescaped(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let escape = (*first == b'%').then(|| after.split_at_checked(2)).flatten();
        let byte = escape.and_then(|(digits, after)| {
            let value = u8::from_str_radix(str::from_utf8(digits).ok()?, 16).ok()?;
            Some((value, after))
        });
        let (byte, after) = byte.unwrap_or((*first, after));
        bytes.push(byte);
        rest = after;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(query: &str) -> Target {
        Target::parse(&format!("postgres://me@db.example/books{query}")).unwrap()
    }

    #[test]
    fn whoever_demands_tls_gets_a_checked_certificate() {
        assert_eq!(target("").trust, Trust::Anything);
        assert_eq!(target("?sslmode=prefer").trust, Trust::Anything);
        assert_eq!(target("?sslmode=require").trust, Trust::Machine);
        let full = target("?sslmode=verify-full&connect_timeout=3");
        assert_eq!((full.trust, full.config.get_ssl_mode()), (Trust::Machine, SslMode::Require));
        let own = target("?sslrootcert=%2Fetc%2Fca%20of%20ours.pem&sslmode=require");
        assert_eq!(own.trust, Trust::File(PathBuf::from("/etc/ca of ours.pem")));
    }

    #[test]
    fn words_that_mean_nothing_are_refused() {
        let refused = |query| {
            Target::parse(&format!("postgres://db.example/books?{query}")).unwrap_err().to_string()
        };
        assert!(refused("sslmode=verify-ca").contains("sslmode"));
        assert!(refused("colour=red").contains("colour"));
    }
}
