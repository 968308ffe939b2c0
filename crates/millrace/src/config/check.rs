//! Values checked and brought into their types, with errors that name the setting and where its value came from.

use super::settings::{
    Encryption, Log, LogFormat, ManagedFeeds, Mode, Place, QuickBooks, Server, Settings, Storage,
    Tls, Webhooks, Worker, Xero, XeroApp,
};
use super::sources::Values;
use anyhow::{Context as _, anyhow, bail};
use axum::http::HeaderName;
use domain::call_budget::{CallLimits, FREED_TOGETHER};
use domain::idempotency::ANSWER_LIFE_MINUTES_MAX;
use domain::link::Other;
use domain::platform::{QUICKBOOKS_HISTORY_DAYS_MAX, Strictness};
use domain::rate_limit::RateLimits;
use jiff::SignedDuration;
use outbound::{Plaintext, Target};
use platforms::Secret;
use platforms::xero::XeroUrls;
use std::str::FromStr;
use std::time::Duration;
use tracing_subscriber::EnvFilter;
use vault::VaultKey;

/// Of a process that died nobody waits much longer than for a restart.
const LEASE_SECS_MAX: u32 = 300;

impl Settings {
    /// Checks all values.
    pub(crate) fn check(values: &Values) -> anyhow::Result<Self> {
        let read = Reader(values);
        let mode = read.one_of(
            "mode",
            &[("evaluation", Mode::Evaluation), ("production", Mode::Production)],
        )?;
        let simulators = match read.text("simulators.enabled")? {
            "auto" => mode == Mode::Evaluation,
            _ => read.parsed("simulators.enabled", "true, false or auto")?,
        };
        if simulators && mode == Mode::Production {
            bail!(
                "{}: simulators play the part of real platforms and are refused in production mode",
                read.named("simulators.enabled")
            );
        }
        Ok(Self {
            mode,
            server: read.server()?,
            limits: read.limits()?,
            storage: read.storage()?,
            encryption: read.encryption()?,
            webhooks: read.webhooks()?,
            worker: Worker {
                enabled: read.truth("worker.enabled")?,
                lease: SignedDuration::from_secs(
                    read.within("worker.lease_secs", 1, LEASE_SECS_MAX)?.into(),
                ),
                poll: Duration::from_millis(read.within("worker.poll_ms", 10, 60_000)?.into()),
            },
            managed_feeds: read.managed_feeds()?,
            simulators,
            log: Log {
                format: read.one_of(
                    "log.format",
                    &[
                        ("auto", LogFormat::Auto),
                        ("text", LogFormat::Text),
                        ("json", LogFormat::Json),
                    ],
                )?,
                filter: read.log_filter()?,
            },
            quickbooks: read.quickbooks()?,
            xero: read.xero()?,
        })
    }
}

/// Reads typed values and says where a wrong one stands.
struct Reader<'a>(&'a Values);

impl Reader<'_> {
    fn text(&self, path: &str) -> anyhow::Result<&str> {
        let found = self.0.get(path).map(|sourced| sourced.value.as_str());
        found.ok_or_else(|| anyhow!("the setting {path} is not in the table"))
    }

    fn named(&self, path: &str) -> String {
        let origin = self.0.get(path).map(|sourced| sourced.origin.to_string()).unwrap_or_default();
        format!("{path} (from {origin})")
    }

    fn parsed<T: FromStr>(&self, path: &str, wanted: &str) -> anyhow::Result<T> {
        let text = self.text(path)?;
        text.parse()
            .map_err(|_unparsable| anyhow!("{}: {text:?} is not {wanted}", self.named(path)))
    }

    fn truth(&self, path: &str) -> anyhow::Result<bool> {
        self.parsed(path, "true or false")
    }

    fn within(&self, path: &str, least: u32, most: u32) -> anyhow::Result<u32> {
        let wanted = format!("a whole number between {least} and {most}");
        let number: u32 = self.parsed(path, &wanted)?;
        if !(least..=most).contains(&number) {
            bail!("{}: {number} is not {wanted}", self.named(path));
        }
        Ok(number)
    }

    fn one_of<T: Copy>(&self, path: &str, choices: &[(&str, T)]) -> anyhow::Result<T> {
        let text = self.text(path)?;
        let names: Vec<_> = choices.iter().map(|(name, _)| *name).collect();
        let chosen = choices.iter().find(|(name, _)| *name == text);
        chosen.map(|(_, choice)| *choice).ok_or_else(|| {
            anyhow!("{}: {text:?} is none of {}", self.named(path), names.join(", "))
        })
    }

    fn optional(&self, path: &str) -> anyhow::Result<Option<&str>> {
        Ok(Some(self.text(path)?).filter(|text| !text.is_empty()))
    }

    fn log_filter(&self) -> anyhow::Result<String> {
        let text = self.text("log.filter")?;
        if EnvFilter::try_new(text).is_err() {
            bail!("{}: {text:?} is not a filter such as info,api=debug", self.named("log.filter"));
        }
        Ok(text.to_owned())
    }

    /// The value is not shown: it may hold a password.
    fn proxy(&self) -> anyhow::Result<Option<String>> {
        let proxy = self.optional("outbound.proxy")?;
        if proxy.is_some_and(|text| !outbound::is_proxy(text)) {
            bail!(
                "{}: not the address of an HTTP proxy, such as http://proxy:3128",
                self.named("outbound.proxy")
            );
        }
        Ok(proxy.map(str::to_owned))
    }

    fn server(&self) -> anyhow::Result<Server> {
        let certificate = self.optional("server.tls_certificate")?;
        let tls = match (certificate, self.optional("server.tls_key")?) {
            (Some(certificate), Some(key)) => {
                Some(Tls { certificate: certificate.into(), key: key.into() })
            }
            (None, None) => None,
            _ => {
                bail!("server.tls_certificate and server.tls_key go together: set both or neither")
            }
        };
        let public_url = self.optional("server.public_url")?;
        if let Some(url) = public_url {
            // As it stands it becomes the beginning of links.
            if !url.starts_with("http://") && !url.starts_with("https://") {
                bail!("{}: begin it with http:// or https://", self.named("server.public_url"));
            }
            // The value is not shown: it may hold a password.
            Target::parse(url, Plaintext::Anywhere)
                .with_context(|| self.named("server.public_url"))?;
        }
        let body_bytes_max = self.within("server.body_bytes_max", 65_536, 1_073_741_824)?;
        Ok(Server {
            listen: self.parsed("server.listen", "an address and port such as 127.0.0.1:8717")?,
            public_url: public_url.map(|url| url.trim_end_matches('/').to_owned()),
            tls,
            body_bytes_max: usize::try_from(body_bytes_max)?,
            places: self.within("server.places", 1, 100_000)?,
            answer_life_minutes: self.within("idempotency.minutes", 1, ANSWER_LIFE_MINUTES_MAX)?,
            drain: Duration::from_secs(self.within("server.drain_secs", 0, 3_600)?.into()),
        })
    }

    fn limits(&self) -> anyhow::Result<Option<api::Limits>> {
        let most = 1_000_000_000;
        let rates = RateLimits {
            per_company_day: self.within("limits.requests_per_company", 1, most)?,
            at_once_per_company: self.within("limits.at_once_per_company", 1, most)?,
            per_address_minute: self.within("limits.requests_per_address", 1, most)?,
        };
        let name = self.optional("limits.address_header")?;
        let address_header = name.map(HeaderName::try_from).transpose().with_context(|| {
            format!("{}: a header's name is needed", self.named("limits.address_header"))
        })?;
        let is_on = self.truth("limits.enabled")?;
        Ok(is_on.then_some(api::Limits { rates, address_header }))
    }

    fn storage(&self) -> anyhow::Result<Storage> {
        let place = match self.optional("storage.database")? {
            Some(url) if url.starts_with("postgres://") || url.starts_with("postgresql://") => {
                Place::Url(url.to_owned())
            }
            // The value is not shown: it may hold a password.
            Some(_) => {
                bail!("{}: a database URL begins with postgres://", self.named("storage.database"))
            }
            None => match self.optional("storage.data")? {
                Some(folder) => Place::Folder(folder.into()),
                None => bail!("{}: a folder is needed", self.named("storage.data")),
            },
        };
        Ok(Storage { place, migrate: self.truth("storage.migrate")? })
    }

    fn encryption(&self) -> anyhow::Result<Encryption> {
        let parse =
            |path: &str, text: &str| VaultKey::parse(text).with_context(|| self.named(path));
        let key = self.optional("encryption.key")?.map(|text| parse("encryption.key", text));
        let older = self.optional("encryption.older_keys")?.unwrap_or_default();
        let older = older.split(',').filter(|text| !text.trim().is_empty());
        let older = older.map(|text| parse("encryption.older_keys", text));
        Ok(Encryption { key: key.transpose()?, older: older.collect::<anyhow::Result<_>>()? })
    }

    fn webhooks(&self) -> anyhow::Result<Webhooks> {
        let subnets = self.optional("webhooks.allowed_subnets")?.unwrap_or_default();
        let subnets = subnets.split(',').map(str::trim).filter(|text| !text.is_empty());
        let parse = |text: &str| {
            text.parse().map_err(|error| {
                anyhow!("{}: {text:?}: {error}", self.named("webhooks.allowed_subnets"))
            })
        };
        Ok(Webhooks {
            allowed_subnets: subnets.map(parse).collect::<anyhow::Result<_>>()?,
            keep_days: self.within("webhooks.keep_days", 1, 3_650)?,
            proxy: self.proxy()?,
        })
    }

    fn managed_feeds(&self) -> anyhow::Result<Option<ManagedFeeds>> {
        let timeout_secs = self.within("managed_feeds.timeout_secs", 1, 200)?;
        let allow_http = self.truth("managed_feeds.allow_http")?;
        let authorization = self.optional("managed_feeds.authorization")?;
        let proxy = self.proxy()?;
        Ok(self.optional("managed_feeds.url")?.map(|url| ManagedFeeds {
            url: url.to_owned(),
            authorization: authorization.map(str::to_owned),
            timeout: Duration::from_secs(timeout_secs.into()),
            allow_http,
            proxy,
        }))
    }

    fn xero(&self) -> anyhow::Result<Xero> {
        let secret = self.optional("xero.client_secret")?;
        let app = match (self.optional("xero.client_id")?, secret) {
            (Some(id), Some(secret)) => {
                Some(XeroApp { client_id: id.to_owned(), client_secret: Secret::new(secret) })
            }
            (None, None) => None,
            _ => bail!("xero.client_id and xero.client_secret go together: set both or neither"),
        };
        let has_app = app.is_some();
        let url = |path: &str| {
            let text = self.text(path)?;
            // Nobody is called without an app.
            if has_app {
                Target::parse(text, Plaintext::Loopback).with_context(|| self.named(path))?;
            }
            anyhow::Ok(text.to_owned())
        };
        let most = 1_000_000;
        Ok(Xero {
            app,
            urls: XeroUrls {
                authorize: url("xero.authorize_url")?,
                token: url("xero.token_url")?,
                revoke: url("xero.revoke_url")?,
                api: url("xero.api_url")?,
            },
            limits: CallLimits {
                at_once: self.within("xero.calls_at_once", 1, most)?,
                minute: self.within("xero.calls_per_minute", FREED_TOGETHER, most)?,
                day: self.within("xero.calls_per_day", 1, most)?,
            },
            other_organisation: if self.truth("xero.allow_other_organisation")? {
                Other::Take
            } else {
                Other::Refuse
            },
            before_feed_start: self.one_of(
                "xero.before_feed_start",
                &[("warn", Strictness::Warn), ("refuse", Strictness::Refuse)],
            )?,
            proxy: self.proxy()?,
        })
    }

    fn quickbooks(&self) -> anyhow::Result<QuickBooks> {
        let bank_id = self.text("quickbooks.bank_id")?;
        if bank_id.is_empty()
            || bank_id.len() > 9
            || !bank_id.bytes().all(|b| b.is_ascii_alphanumeric())
        {
            bail!(
                "{}: {bank_id:?} is not 1 to 9 letters or digits",
                self.named("quickbooks.bank_id")
            );
        }
        Ok(QuickBooks {
            history_days: self.within("quickbooks.history_days", 1, QUICKBOOKS_HISTORY_DAYS_MAX)?,
            test_transactions: self
                .one_of("quickbooks.test_transactions", &[("on", true), ("off", false)])?,
            institution_name: self.text("quickbooks.institution_name")?.to_owned(),
            required_org: self.optional("quickbooks.required_org")?.map(str::to_owned),
            required_fid: self.optional("quickbooks.required_fid")?.map(str::to_owned),
            bank_id: bank_id.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::sources::merge;
    use worker::links::LinkWorkerOptions;
    use worker::managed_sync::SyncWorkerOptions;

    fn check(flags: &[(&str, &str)]) -> Result<Settings, String> {
        let flags: Vec<_> =
            flags.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let values = merge(None, &[], &flags).unwrap();
        Settings::check(&values).map_err(|error| format!("{error:#}"))
    }

    #[test]
    fn nothing_needs_to_be_set() {
        let settings = check(&[]).unwrap();
        assert!(settings.simulators && settings.worker.enabled && settings.storage.migrate);
        assert_eq!(settings.quickbooks.history_days, 7);
    }

    #[test]
    fn wrong_values_are_refused_by_name() {
        let cases = [
            (
                "server.listen",
                "8080",
                "server.listen (from command line): \"8080\" is not an address",
            ),
            ("quickbooks.history_days", "91", "91 is not a whole number between 1 and 90"),
            ("worker.lease_secs", "301", "301 is not a whole number between 1 and 300"),
            ("mode", "prod", "\"prod\" is none of evaluation, production"),
            ("quickbooks.bank_id", "1234567890", "1 to 9 letters or digits"),
            ("storage.database", "mysql://u:geheim@h/d", "begins with postgres://"),
            ("server.tls_key", "k.pem", "set both or neither"),
            ("xero.client_id", "an-app", "xero.client_id and xero.client_secret go together"),
            ("xero.calls_per_minute", "7", "7 is not a whole number between 8 and"),
            ("log.filter", "a=b=c", "\"a=b=c\" is not a filter such as info"),
            (
                "outbound.proxy",
                "u:geheim at proxy",
                "outbound.proxy (from command line): not the address of an HTTP proxy",
            ),
            ("outbound.proxy", "socks5://u:geheim@proxy", "not the address of an HTTP proxy"),
            ("server.public_url", "http://x y", "server.public_url (from command line): not a URL"),
            (
                "server.public_url",
                "HTTPS://feeds.bank.example",
                "begin it with http:// or https://",
            ),
            ("server.public_url", "https:feeds.bank.example", "begin it with http:// or https://"),
            ("server.public_url", "https://u:geheim@feeds.bank.example", "server.public_url (from"),
        ];
        for (path, value, text) in cases {
            let refusal = check(&[(path, value)]).unwrap_err();
            assert!(refusal.contains(text) && !refusal.contains("geheim"), "{refusal}");
        }
    }

    #[test]
    fn an_app_is_called_at_urls() {
        let app = [("xero.client_id", "an-app"), ("xero.client_secret", "geheim")];
        for (path, value, text) in [
            ("xero.api_url", "foo", "xero.api_url (from command line): not a URL"),
            ("xero.token_url", "http://xero.example", "xero.token_url (from command line): "),
        ] {
            assert!(check(&[(path, value)]).is_ok(), "nobody is called");
            let refusal = check(&[&app[..], &[(path, value)]].concat()).unwrap_err();
            assert!(refusal.starts_with(text), "{refusal}");
        }
        assert!(check(&[("outbound.proxy", "proxy.bank.example:3128")]).is_ok());
    }

    #[test]
    fn production_mode_refuses_simulators() {
        let refusal = check(&[("mode", "production"), ("simulators.enabled", "true")]).unwrap_err();
        assert!(refusal.contains("refused in production mode"));
        assert!(!check(&[("mode", "production")]).unwrap().simulators);
    }

    #[test]
    fn nothing_is_held_for_longer_than_a_clock_that_was_set_back_allows() {
        let lease = SignedDuration::from_secs(LEASE_SECS_MAX.into());
        let worker = Worker { enabled: true, lease, poll: Duration::ZERO };
        let (links, syncs) = (LinkWorkerOptions::default(), SyncWorkerOptions::default());
        for hold in [worker.lease, worker.message_lease(), links.lease, syncs.lease] {
            assert!(hold <= store::clock_watch::HOLD_MAX, "{hold:#}");
        }
    }
}
