//! Commands that show the product, and play the others' part.

use super::ServerArgs;
use clap::{Args, Subcommand, ValueEnum};

/// Which story to watch.
#[derive(Debug, Subcommand)]
pub(crate) enum DemoCommand {
    /// Lines travel from a bank into QuickBooks
    Quickbooks {
        /// Leave the server running afterwards
        #[arg(long)]
        keep: bool,
    },
    /// Lines travel from a bank into Xero, through lost answers and refusals
    Xero {
        /// Leave the server running afterwards
        #[arg(long)]
        keep: bool,
    },
}

/// Which part to play.
#[derive(Debug, Subcommand)]
pub(crate) enum SimulateCommand {
    /// The customer links the accounting software and chooses accounts
    Link(LinkArgs),
    /// QuickBooks fetches now
    Poll {
        #[command(flatten)]
        server: ServerArgs,
    },
    /// Show what stands in the simulated books
    Books {
        #[command(flatten)]
        server: ServerArgs,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Something goes wrong at a platform; a name that there is not is answered with all that there are
    Fault(FaultArgs),
}

/// Flags of `simulate fault`.
#[derive(Clone, Debug, Args)]
pub(crate) struct FaultArgs {
    #[command(flatten)]
    pub(crate) server: ServerArgs,
    /// Where
    #[arg(value_enum)]
    pub(crate) platform: SimulatedPlatform,
    /// What
    #[arg(value_name = "FAULT")]
    pub(crate) name: String,
    /// For so many calls; QuickBooks plays it once, now
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) calls: u32,
    /// Only at this operation of Xero's, such as create-statements
    #[arg(long, value_name = "OPERATION")]
    pub(crate) at: Option<String>,
}

/// A platform that is simulated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SimulatedPlatform {
    /// Xero
    Xero,
    /// QuickBooks
    Quickbooks,
}

/// Flags of `simulate link`.
#[derive(Clone, Debug, Args)]
pub(crate) struct LinkArgs {
    #[command(flatten)]
    pub(crate) server: ServerArgs,
    /// The client's API key
    #[arg(long, value_name = "KEY")]
    pub(crate) key: String,
    /// Whose books
    #[arg(long, value_name = "ID")]
    pub(crate) company: String,
    /// Which connection
    #[arg(long, value_name = "ID")]
    pub(crate) connection: String,
    /// A source account to choose; may be given several times. Without any the connection becomes Linked, no more
    #[arg(long = "account", value_name = "ID", conflicts_with = "all")]
    pub(crate) accounts: Vec<String>,
    /// Choose every account
    #[arg(long)]
    pub(crate) all: bool,
    /// The first day that the customer wants in the books
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(crate) start: Option<String>,
}
