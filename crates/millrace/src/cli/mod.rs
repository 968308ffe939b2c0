//! The command line: commands and flags. What they do is in commands/.

mod events;
mod play;

pub(crate) use events::{FeedArgs, ListenArgs, ReplayArgs, TailArgs, TriggerArgs};
pub(crate) use play::{DemoCommand, FaultArgs, LinkArgs, SimulateCommand, SimulatedPlatform};

use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;

/// A self-hosted bank-feeds platform.
#[derive(Debug, Parser)]
#[command(name = "millrace", version, about, arg_required_else_help = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve the API and the OFX door, and settle pushes
    Serve(ServeArgs),
    /// Only settle pushes, beside other processes that serve
    Worker(ConfigArgs),
    /// Bring the database's schema up to date, and exit
    Migrate(ConfigArgs),
    /// API keys: create, list, revoke
    #[command(subcommand)]
    Keys(KeysCommand),
    /// Clients (tenants): create, list
    #[command(subcommand)]
    Clients(ClientsCommand),
    /// How the pages look that a client's customers see: show it, set it, try it on
    #[command(subcommand)]
    Branding(BrandingCommand),
    /// An account's lines, straight from the database
    Lines(LinesArgs),
    /// Look whether settings and database are sound, and say what to do where they are not
    Doctor(DoctorArgs),
    /// Settings: check them, or show them with where they come from
    #[command(subcommand)]
    Config(ConfigCommand),
    /// The OpenAPI document of this version
    #[command(name = "openapi")]
    OpenApi(OpenApiArgs),
    /// Watch a story from the bank to the books in this terminal
    #[command(subcommand)]
    Demo(DemoCommand),
    /// Play the customer's and the platform's part on a server whose simulators are on
    #[command(subcommand)]
    Simulate(SimulateCommand),
    /// Bring this client's events to a receiver on this machine, signed like webhooks
    Listen(ListenArgs),
    /// Show what happens, as it happens
    Tail(TailArgs),
    /// Make an event that did not happen, to see how it arrives
    Trigger(TriggerArgs),
    /// Send a webhook consumer again what it did not get
    Replay(ReplayArgs),
}

/// Flags of `openapi`.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct OpenApiArgs {
    /// Our own operations under /ext/v1 instead of the compatible ones
    #[arg(long)]
    pub(crate) ext: bool,
}

/// Flags of every command that uses settings.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct ConfigArgs {
    /// Settings file [default: millrace.toml, if it is there]
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Folder for everything that is kept (storage.data)
    #[arg(long, value_name = "DIR", conflicts_with = "database")]
    pub(crate) data: Option<String>,
    /// Use this PostgreSQL database instead (storage.database)
    #[arg(long, value_name = "URL")]
    pub(crate) database: Option<String>,
    /// Any other setting, as in `millrace.toml`; may be given several times
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = parse_pair)]
    pub(crate) sets: Vec<(String, String)>,
}

/// Flags of `serve`.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct ServeArgs {
    #[command(flatten)]
    pub(crate) config: ConfigArgs,
    /// Address and port to listen on (server.listen)
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub(crate) listen: Option<String>,
    /// How customers reach this server: the start of every link that is shown
    #[arg(long, value_name = "URL")]
    pub(crate) public_url: Option<String>,
    /// Do not change the database's schema (storage.migrate=false)
    #[arg(long)]
    pub(crate) no_migrate: bool,
    /// Leave settling to other processes (worker.enabled=false)
    #[arg(long)]
    pub(crate) no_worker: bool,
}

/// What to do with keys.
#[derive(Debug, Subcommand)]
pub(crate) enum KeysCommand {
    /// Make a key and print it, once
    Create {
        #[command(flatten)]
        config: ConfigArgs,
        /// Whose key
        #[arg(long, value_name = "NAME", default_value = domain::client::CLIENT_NAME_DEFAULT)]
        client: String,
        /// What to call it
        #[arg(long, value_name = "TEXT")]
        name: Option<String>,
    },
    /// Show keys, without the keys themselves
    List {
        #[command(flatten)]
        config: ConfigArgs,
        /// Whose keys
        #[arg(long, value_name = "NAME", default_value = domain::client::CLIENT_NAME_DEFAULT)]
        client: String,
    },
    /// Revoke a key
    Revoke {
        #[command(flatten)]
        config: ConfigArgs,
        /// Whose key
        #[arg(long, value_name = "NAME", default_value = domain::client::CLIENT_NAME_DEFAULT)]
        client: String,
        /// The id that `keys list` shows
        id: String,
        /// Revoke it even if it is the client's last one
        #[arg(long)]
        force: bool,
    },
    /// Print a new key for encryption.key
    NewEncryptionKey,
    /// Seal anew, with the current encryption key, all secrets that older ones sealed
    RotateEncryption {
        #[command(flatten)]
        config: ConfigArgs,
    },
}

/// What to do with clients.
#[derive(Debug, Subcommand)]
pub(crate) enum ClientsCommand {
    /// Make a client and print its id
    Create {
        #[command(flatten)]
        config: ConfigArgs,
        /// Its name
        name: String,
    },
    /// Show all clients
    List {
        #[command(flatten)]
        config: ConfigArgs,
    },
}

/// What to do with the look of a client's pages.
#[derive(Debug, Subcommand)]
pub(crate) enum BrandingCommand {
    /// Show what is set, and how well its colours can be read
    Show {
        #[command(flatten)]
        config: ConfigArgs,
        /// Whose pages
        #[arg(long, value_name = "NAME", default_value = domain::client::CLIENT_NAME_DEFAULT)]
        client: String,
    },
    /// Set what is given, and leave the rest
    Set {
        #[command(flatten)]
        config: ConfigArgs,
        /// Whose pages
        #[arg(long, value_name = "NAME", default_value = domain::client::CLIENT_NAME_DEFAULT)]
        client: String,
        #[command(flatten)]
        look: LookArgs,
    },
    /// Put an image in its place
    SetImage {
        #[command(flatten)]
        config: ConfigArgs,
        /// Whose pages
        #[arg(long, value_name = "NAME", default_value = domain::client::CLIENT_NAME_DEFAULT)]
        client: String,
        /// logo (PNG, JPEG, SVG, GIF), icon (ICO) or hero (PNG, JPEG)
        image: String,
        /// The image
        file: PathBuf,
    },
    /// Remove an image
    RemoveImage {
        #[command(flatten)]
        config: ConfigArgs,
        /// Whose pages
        #[arg(long, value_name = "NAME", default_value = domain::client::CLIENT_NAME_DEFAULT)]
        client: String,
        /// logo, icon or hero
        image: String,
    },
    /// Write sample pages as files that a browser opens
    Preview {
        #[command(flatten)]
        config: ConfigArgs,
        /// Whose pages
        #[arg(long, value_name = "NAME", default_value = domain::client::CLIENT_NAME_DEFAULT)]
        client: String,
        /// Where to
        folder: PathBuf,
        /// Every page in every state and language, not only two
        #[arg(long)]
        all: bool,
    },
}

/// Flags of `branding set`. An empty value takes away what is set.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct LookArgs {
    /// The name on the pages
    #[arg(long, value_name = "TEXT")]
    pub(crate) name: Option<String>,
    /// Of the main button, of focus and of choices
    #[arg(long, value_name = "#RRGGBB")]
    pub(crate) primary_color: Option<String>,
    /// Of links and of the other buttons
    #[arg(long, value_name = "#RRGGBB")]
    pub(crate) secondary_color: Option<String>,
    /// Take colours that are too pale for text: they only decorate
    #[arg(long)]
    pub(crate) as_decoration: bool,
    /// A few words on the QuickBooks page, in English
    #[arg(long, value_name = "TITLE|BODY")]
    pub(crate) callout_en: Option<String>,
    /// The same in French
    #[arg(long, value_name = "TITLE|BODY")]
    pub(crate) callout_fr: Option<String>,
}

/// Flags of `lines`.
#[derive(Debug, Args)]
pub(crate) struct LinesArgs {
    #[command(flatten)]
    pub(crate) config: ConfigArgs,
    /// Whose company
    #[arg(long, value_name = "NAME", default_value = domain::client::CLIENT_NAME_DEFAULT)]
    pub(crate) client: String,
    /// Whose account
    #[arg(long, value_name = "ID")]
    pub(crate) company: String,
    /// The account's connection
    #[arg(long, value_name = "ID")]
    pub(crate) connection: String,
    /// The account
    #[arg(long, value_name = "ID")]
    pub(crate) account: String,
    /// Only lines that match, as in the API's `query`
    #[arg(long, value_name = "QUERY")]
    pub(crate) query: Option<String>,
}

/// Flags of `doctor`.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct DoctorArgs {
    #[command(flatten)]
    pub(crate) config: ConfigArgs,
    /// Read everything that is kept again, and check what must agree; servers may run meanwhile
    #[arg(long)]
    pub(crate) deep: bool,
    /// One JSON object a line
    #[arg(long)]
    pub(crate) json: bool,
}

/// What to do with settings.
#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Say whether the settings are right
    Check(ConfigArgs),
    /// Show every setting, its value and where it comes from; secrets are hidden
    Dump(ConfigArgs),
}

/// Which server.
#[derive(Clone, Debug, Args)]
pub(crate) struct ServerArgs {
    /// Its URL
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8717")]
    pub(crate) server: String,
}

impl ConfigArgs {
    /// The settings that these flags set.
    pub(crate) fn pairs(&self) -> Vec<(String, String)> {
        let mut pairs = self.sets.clone();
        // A folder on the command line wins over a database that a file or the environment names.
        if let Some(folder) = &self.data {
            pairs.push(("storage.database".to_owned(), String::new()));
            pairs.push(("storage.data".to_owned(), folder.clone()));
        }
        pairs.extend(self.database.clone().map(|url| ("storage.database".to_owned(), url)));
        pairs
    }
}

impl ServeArgs {
    /// The settings that these flags set.
    pub(crate) fn pairs(&self) -> Vec<(String, String)> {
        let mut pairs = self.config.pairs();
        let mut set = |path: &str, value: Option<String>| {
            pairs.extend(value.map(|value| (path.to_owned(), value)));
        };
        set("server.listen", self.listen.clone());
        set("server.public_url", self.public_url.clone());
        set("storage.migrate", self.no_migrate.then(|| false.to_string()));
        set("worker.enabled", self.no_worker.then(|| false.to_string()));
        pairs
    }
}

fn parse_pair(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or("write it as KEY=VALUE")?;
    Ok((key.trim().to_owned(), value.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
