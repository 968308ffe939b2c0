//! The settings in their types. How they are read and checked is in check.rs.

use domain::call_budget::CallLimits;
use domain::link::Other;
use domain::platform::Strictness;
use jiff::SignedDuration;
use outbound::Subnet;
use platforms::Secret;
use platforms::xero::XeroUrls;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;
use vault::VaultKey;

/// Everything that can be set.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) mode: Mode,
    pub(crate) server: Server,
    pub(crate) limits: Option<api::Limits>,
    pub(crate) storage: Storage,
    pub(crate) encryption: Encryption,
    pub(crate) webhooks: Webhooks,
    pub(crate) worker: Worker,
    pub(crate) managed_feeds: Option<ManagedFeeds>,
    pub(crate) simulators: bool,
    pub(crate) log: Log,
    pub(crate) quickbooks: QuickBooks,
    pub(crate) xero: Xero,
}

/// What the server is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    Evaluation,
    Production,
}

/// How requests come in.
#[derive(Clone, Debug)]
pub(crate) struct Server {
    pub(crate) listen: SocketAddr,
    pub(crate) public_url: Option<String>,
    pub(crate) tls: Option<Tls>,
    pub(crate) body_bytes_max: usize,
    pub(crate) places: u32,
    pub(crate) answer_life_minutes: u32,
    pub(crate) drain: Duration,
}

/// The files of a certificate.
#[derive(Clone, Debug)]
pub(crate) struct Tls {
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
}

/// Where everything is kept.
#[derive(Clone, Debug)]
pub(crate) struct Storage {
    pub(crate) place: Place,
    pub(crate) migrate: bool,
}

/// Which database.
#[derive(Clone)]
pub(crate) enum Place {
    /// SQLite in this folder.
    Folder(PathBuf),
    /// PostgreSQL at this URL, which may hold a password.
    Url(String),
}

impl std::fmt::Debug for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Folder(path) => write!(f, "{}", path.display()),
            Self::Url(_) => f.write_str("PostgreSQL"),
        }
    }
}

/// What secrets are kept under.
#[derive(Clone, Debug)]
pub(crate) struct Encryption {
    /// Seals; nothing when nobody set one.
    pub(crate) key: Option<VaultKey>,
    /// Only open.
    pub(crate) older: Vec<VaultKey>,
}

/// How webhooks are sent.
#[derive(Clone, Debug)]
pub(crate) struct Webhooks {
    pub(crate) allowed_subnets: Vec<Subnet>,
    pub(crate) keep_days: u32,
    pub(crate) proxy: Option<String>,
}

/// How pushes are settled.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Worker {
    pub(crate) enabled: bool,
    pub(crate) lease: SignedDuration,
    pub(crate) poll: Duration,
}

impl Worker {
    /// How long messages to webhook consumers are held: an attempt at one may take longer than the settling of a push.
    pub(crate) fn message_lease(&self) -> SignedDuration {
        self.lease.saturating_mul(4)
    }
}

/// Where the bank is that syncs ask.
#[derive(Clone)]
pub(crate) struct ManagedFeeds {
    pub(crate) url: String,
    pub(crate) authorization: Option<String>,
    pub(crate) timeout: Duration,
    pub(crate) allow_http: bool,
    pub(crate) proxy: Option<String>,
}

impl std::fmt::Debug for ManagedFeeds {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a bank")
    }
}

/// What is logged, and how.
#[derive(Clone, Debug)]
pub(crate) struct Log {
    pub(crate) format: LogFormat,
    pub(crate) filter: String,
}

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LogFormat {
    Auto,
    Text,
    Json,
}

/// How QuickBooks is served.
#[derive(Clone, Debug)]
pub(crate) struct QuickBooks {
    pub(crate) history_days: u32,
    pub(crate) test_transactions: bool,
    pub(crate) institution_name: String,
    pub(crate) required_org: Option<String>,
    pub(crate) required_fid: Option<String>,
    pub(crate) bank_id: String,
}

/// How Xero is reached.
#[derive(Clone, Debug)]
pub(crate) struct Xero {
    /// The bank's app; without it, there is only the simulator.
    pub(crate) app: Option<XeroApp>,
    pub(crate) urls: XeroUrls,
    pub(crate) limits: CallLimits,
    pub(crate) other_organisation: Other,
    pub(crate) before_feed_start: Strictness,
    pub(crate) proxy: Option<String>,
}

/// The bank's app at Xero.
#[derive(Clone, Debug)]
pub(crate) struct XeroApp {
    pub(crate) client_id: String,
    pub(crate) client_secret: Secret,
}
