//! Commands that show events, and bring them.

use super::ServerArgs;
use clap::Args;
use domain::event::EventKind;
use domain::ids::CompanyId;

/// Which events, of whom.
#[derive(Clone, Debug, Args)]
pub(crate) struct FeedArgs {
    #[command(flatten)]
    pub(crate) server: ServerArgs,
    /// The client's API key
    #[arg(long, value_name = "KEY")]
    pub(crate) key: String,
    /// Begin after this event; 0 for all there are [default: what happens from now on]
    #[arg(long, value_name = "SEQUENCE")]
    pub(crate) after: Option<u64>,
    /// End after so many events
    #[arg(long, value_name = "N")]
    pub(crate) count: Option<u64>,
    /// End when there are no more, and fail where nobody answers, instead of waiting
    #[arg(long)]
    pub(crate) no_wait: bool,
}

/// Flags of `listen`.
#[derive(Clone, Debug, Args)]
pub(crate) struct ListenArgs {
    #[command(flatten)]
    pub(crate) feed: FeedArgs,
    /// Where the receiver listens, such as <http://localhost:3000/hooks>
    #[arg(long, value_name = "URL")]
    pub(crate) forward_to: String,
    /// Only events of this type; may be given several times
    #[arg(long = "event", value_name = "TYPE")]
    pub(crate) events: Vec<EventKind>,
    /// Sign with this secret [default: a new one, which is printed]
    #[arg(long, value_name = "whsec_…")]
    pub(crate) secret: Option<String>,
}

/// Flags of `tail`.
#[derive(Clone, Debug, Args)]
pub(crate) struct TailArgs {
    #[command(flatten)]
    pub(crate) feed: FeedArgs,
    /// Only of this company
    #[arg(long, value_name = "ID", value_parser = company)]
    pub(crate) company: Option<CompanyId>,
    /// As JSON, a line each
    #[arg(long)]
    pub(crate) json: bool,
}

/// Flags of `trigger`.
#[derive(Clone, Debug, Args)]
pub(crate) struct TriggerArgs {
    /// Its type, such as bankTransactions.write.successful
    #[arg(value_name = "EVENT")]
    pub(crate) event: String,
    #[command(flatten)]
    pub(crate) server: ServerArgs,
    /// The client's API key
    #[arg(long, value_name = "KEY")]
    pub(crate) key: String,
    /// Set something of its payload; may be given several times
    #[arg(long = "set", value_name = "PATH=VALUE")]
    pub(crate) sets: Vec<String>,
    /// Only for this webhook consumer, whatever it asked for
    #[arg(long, value_name = "ID")]
    pub(crate) webhook: Option<String>,
}

/// Flags of `replay`.
#[derive(Clone, Debug, Args)]
pub(crate) struct ReplayArgs {
    #[command(flatten)]
    pub(crate) server: ServerArgs,
    /// The client's API key
    #[arg(long, value_name = "KEY")]
    pub(crate) key: String,
    /// Which consumer
    #[arg(long, value_name = "ID")]
    pub(crate) webhook: String,
    /// How long ago, such as 2h or 3d, or a moment
    #[arg(long, value_name = "WHEN")]
    pub(crate) since: String,
    /// What was sent and given up, instead of what was never sent
    #[arg(long)]
    pub(crate) failed: bool,
}

fn company(id: &str) -> Result<CompanyId, String> {
    CompanyId::parse(id).ok_or_else(|| "a company's id is a UUID".to_owned())
}
