//! Every setting: its name, what it means, its default. Their typed form is settings.rs.

/// One setting.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Key {
    /// Its name in a file; in the environment `MILLRACE_`, upper case, `__` for the dot.
    pub(crate) path: &'static str,
    /// What it is.
    pub(crate) help: &'static str,
    /// Its value when nobody sets it; empty means "not set".
    pub(crate) default: &'static str,
    /// Whether it must not be shown.
    pub(crate) secret: bool,
}

impl Key {
    /// Its section of a settings file, and its name there.
    pub(crate) fn section_and_name(&self) -> (&'static str, &'static str) {
        self.path.split_once('.').unwrap_or(("", self.path))
    }
}

const fn key(path: &'static str, default: &'static str, help: &'static str) -> Key {
    Key { path, help, default, secret: false }
}

const fn secret(path: &'static str, help: &'static str) -> Key {
    Key { path, help, default: "", secret: true }
}

/// All of them, in the order in which they are shown: as in a settings file, each section stands once.
pub(crate) const KEYS: &[Key] = &[
    key(
        "mode",
        "evaluation",
        "`evaluation`, or `production`, which refuses simulators and first-start keys",
    ),
    key(
        "server.listen",
        "127.0.0.1:8717",
        "address and port to listen on; port 0 takes a free one",
    ),
    key(
        "server.public_url",
        "",
        "how customers reach this server; the listening address by default",
    ),
    key(
        "server.tls_certificate",
        "",
        "PEM file with the certificate chain; TLS is on when it is set",
    ),
    key("server.tls_key", "", "PEM file with the certificate's private key"),
    key("server.body_bytes_max", "8388608", "largest request body"),
    key(
        "server.places",
        "64",
        "requests served at once, of which each takes a place more for every 64 KiB of its body; whoever finds none is told to come again",
    ),
    key("server.drain_secs", "20", "how long a shutdown waits for requests and work under way"),
    key(
        "idempotency.minutes",
        "90",
        "how long the answer to a request with an Idempotency-Key is given again",
    ),
    key("limits.enabled", "false", "limit how much clients and addresses may ask for"),
    key(
        "limits.requests_per_company",
        "1000",
        "requests a client has in a day (UTC), times its companies with a linked connection plus one",
    ),
    key(
        "limits.at_once_per_company",
        "10",
        "requests that a client may have under way, times those companies",
    ),
    key("limits.requests_per_address", "1000", "requests that an address may send in a minute"),
    key(
        "limits.address_header",
        "",
        "the header in which a proxy in front names the caller's address, such as X-Forwarded-For",
    ),
    key(
        "storage.data",
        "data",
        "folder for everything that is kept, unless storage.database is set",
    ),
    secret("storage.database", "a PostgreSQL URL, to use it instead of SQLite in storage.data"),
    key("storage.migrate", "true", "bring the schema up to date at start"),
    secret(
        "encryption.key",
        "what secrets are kept under: 32 bytes in base64 or hex; also the systemd credential millrace-encryption-key. \
         With SQLite one is made in storage.data; with PostgreSQL it must be set unless simulators are on",
    ),
    secret(
        "encryption.older_keys",
        "keys that only open what they sealed or signed, with commas between them",
    ),
    key(
        "webhooks.allowed_subnets",
        "",
        "subnets that webhooks may reach besides the public internet, such as 10.1.0.0/16,fd00::/8",
    ),
    key("webhooks.keep_days", "30", "how long is kept what was sent to webhook consumers"),
    key("worker.enabled", "true", "settle pushes in this process"),
    key("worker.lease_secs", "15", "how long a worker may hold a piece of work"),
    key("worker.poll_ms", "500", "how often a worker looks for work that other processes wrote"),
    key(
        "managed_feeds.url",
        "",
        "where the bank serves an account's transactions, see docs/managed-feeds.md; off by default",
    ),
    secret("managed_feeds.authorization", "what the bank wants in the header Authorization"),
    key("managed_feeds.timeout_secs", "30", "how long the bank may take for one answer"),
    key(
        "managed_feeds.allow_http",
        "false",
        "call the bank without TLS beyond this machine too, such as in a private network",
    ),
    secret(
        "outbound.proxy",
        "a proxy for every call that leaves the house; the environment's is not used",
    ),
    key("simulators.enabled", "auto", "`true`, `false`, or `auto`: on in evaluation mode"),
    key("log.format", "auto", "`text`, `json`, or `auto`: text on a terminal"),
    key("log.filter", "info", "what to log, such as `info` or `warn,api=debug`"),
    key("quickbooks.history_days", "7", "how many days back QuickBooks is served, up to 90"),
    key(
        "quickbooks.test_transactions",
        "on",
        "`on`: two test transactions while nothing was pushed; `off`",
    ),
    key("quickbooks.institution_name", "Millrace", "the bank's name as OFX clients show it"),
    key("quickbooks.required_org", "", "the ORG that OFX clients must send; any by default"),
    key("quickbooks.required_fid", "", "the FID that must go with it"),
    key("quickbooks.bank_id", "999000001", "the BANKID in OFX, at most 9 characters"),
    key(
        "xero.client_id",
        "",
        "of the bank's app at Xero; without it the simulator plays Xero, or nobody does",
    ),
    secret("xero.client_secret", "of the same app"),
    key(
        "xero.authorize_url",
        "https://login.xero.com/identity/connect/authorize",
        "where customers give their consent",
    ),
    key(
        "xero.token_url",
        "https://identity.xero.com/connect/token",
        "where codes and refresh tokens become tokens",
    ),
    key("xero.revoke_url", "https://identity.xero.com/connect/revocation", "where tokens end"),
    key("xero.api_url", "https://api.xero.com", "what the paths of Xero's API begin with"),
    key("xero.calls_at_once", "5", "calls of one organisation at once"),
    key("xero.calls_per_minute", "60", "calls of one organisation within a minute"),
    key("xero.calls_per_day", "5000", "calls of one organisation within a day"),
    key(
        "xero.allow_other_organisation",
        "false",
        "let a customer who connects again choose another organisation; its accounts are mapped anew",
    ),
    key(
        "xero.before_feed_start",
        "warn",
        "`warn` of transactions before the feed's first day, or `refuse` them",
    ),
];

/// The setting of that name.
pub(crate) fn find(path: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.path == path)
}

/// The setting whose name is most like `path`, if one is: half of the letters must be right.
pub(crate) fn nearest(path: &str) -> Option<&'static str> {
    let alike = |key: &'static Key| {
        let whole = strsim::damerau_levenshtein(key.path, path);
        let last = key.path.rsplit('.').next().unwrap_or(key.path);
        (whole.min(strsim::damerau_levenshtein(last, path)), key.path)
    };
    let (slips, nearest) = KEYS.iter().map(alike).min_by_key(|(slips, _)| *slips)?;
    (slips.saturating_mul(2) <= path.chars().count()).then_some(nearest)
}

/// Its name in the environment.
pub(crate) fn variable(key: &Key) -> String {
    format!("MILLRACE_{}", key.path.to_uppercase().replace('.', "__"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn a_section_stands_once() {
        let mut sections: Vec<_> = KEYS.iter().map(|key| key.section_and_name().0).collect();
        sections.dedup();
        let unique: HashSet<_> = sections.iter().collect();
        assert_eq!((sections[0], sections.len()), ("", unique.len()), "{sections:?}");
    }

    #[test]
    fn a_slip_finds_the_key_that_was_meant() {
        assert_eq!(nearest("server.lisen"), Some("server.listen"));
        assert_eq!(nearest("quickbooks.historydays"), Some("quickbooks.history_days"));
        assert_eq!(nearest("listen"), Some("server.listen"));
        assert_eq!(nearest("server"), None);
        assert_eq!(nearest("x"), None);
    }
}
