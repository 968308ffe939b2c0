//! A PostgreSQL of the tests' own, one for each test process: nothing is shared with another test binary, nor with a
//! server that the machine may run. Its data does not survive the process and is not meant to: `fsync` is off.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use tempfile::TempDir;

const PROGRAMS_VARIABLE: &str = "MILLRACE_TEST_PG_BIN";
const VERSIONS: &str = "/usr/lib/postgresql";
/// PostgreSQL refuses to run as root; Debian's packages make this user.
const SERVER_USER: &str = "postgres";
const SUPERUSER: &str = "postgres";

/// Starts the server, tells its parent, and waits for its parent's end: standard input closes when the parent lets go
/// of the cluster or dies, however it dies. Then nothing is left behind.
const KEEPER: &str = r#"
trap '' INT TERM HUP
"$1/pg_ctl" --pgdata "$2/data" --log "$2/log" --wait --silent \
  -o "-k $2 -h '' -c fsync=off -c full_page_writes=off -c shared_buffers=32MB -c max_connections=200" start \
  && echo ready
cat >/dev/null
"$1/pg_ctl" --pgdata "$2/data" --mode immediate --silent stop
rm -rf "$2"
"#;

/// A running server. It stops when this is dropped.
#[derive(Debug)]
pub struct PostgresCluster {
    programs: PathBuf,
    folder: PathBuf,
    /// Ends, and ends the server, when its standard input closes.
    keeper: Child,
    databases: AtomicU32,
}

impl PostgresCluster {
    /// This process's server, started by whoever asks first.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<PostgresCluster> = OnceLock::new();
        SHARED.get_or_init(Self::start)
    }

    /// Starts a server in a temporary folder.
    #[expect(clippy::panic, reason = "a test without its database must fail, and say what to do")]
    pub fn start() -> Self {
        let programs = programs().unwrap_or_else(|| {
            panic!(
                "these tests need PostgreSQL's server programs, and neither {PROGRAMS_VARIABLE} nor \
                 {VERSIONS} has them: run `cargo xtask test`, which installs them"
            )
        });
        // The keeper removes the folder, because it outlives this process.
        let folder = TempDir::with_prefix("millrace-pg-").unwrap().keep();
        copy(&template(&programs), &folder.join("data"));
        hand_over(&folder);
        let mut keeper = as_server_user("sh")
            .args(["-c", KEEPER, "keeper"])
            .args([&programs, &folder])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut answer = String::new();
        let output = keeper.stdout.take().unwrap();
        BufReader::new(output).read_line(&mut answer).unwrap();
        if answer.trim() != "ready" {
            let log = std::fs::read_to_string(folder.join("log")).unwrap_or_default();
            panic!("PostgreSQL did not start in {}: {log}", folder.display());
        }
        Self { programs, folder, keeper, databases: AtomicU32::new(0) }
    }

    /// The URL of a new, empty database.
    pub fn database(&self) -> String {
        let name = format!("test_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        self.sql("postgres", &format!("create database {name}"));
        format!("postgres:///{name}?host={}&user={SUPERUSER}", self.folder.display())
    }

    /// Deletes a database that [`Self::database`] made, whoever is connected to it. It would go away with the cluster
    /// anyway; but hundreds of tests in one process would fill a disk.
    pub fn drop_database(&self, url: &str) {
        self.sql("postgres", &format!("drop database {} with (force)", name_in(url)));
    }

    /// Runs SQL in the database of a URL that [`Self::database`] made, and answers what `psql` prints for it: columns
    /// between `|`, rows on lines.
    pub fn sql_at(&self, url: &str, sql: &str) -> String {
        self.sql(name_in(url), sql)
    }

    fn sql(&self, database: &str, sql: &str) -> String {
        let mut psql = Command::new(self.programs.join("psql"));
        psql.arg("--host").arg(&self.folder).args(["--username", SUPERUSER, "--dbname", database]);
        psql.args(["--no-psqlrc", "--quiet", "--no-align", "--tuples-only"]);
        output_of(psql.args(["--set", "ON_ERROR_STOP=1", "--command", sql])).trim().to_owned()
    }
}

impl Drop for PostgresCluster {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        self.keeper.wait().unwrap();
    }
}

/// The database's name.
fn name_in(url: &str) -> &str {
    url.trim_start_matches("postgres:///").split('?').next().unwrap()
}

/// The folder with the server's programs: the one that is named, or that of the newest version installed.
fn programs() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os(PROGRAMS_VARIABLE) {
        return Some(PathBuf::from(named)).filter(|folder| folder.join("initdb").is_file());
    }
    let versions = std::fs::read_dir(VERSIONS).ok()?.flatten().filter_map(|entry| {
        let version: u32 = entry.file_name().to_str()?.parse().ok()?;
        let folder = entry.path().join("bin");
        folder.join("initdb").is_file().then_some((version, folder))
    });
    versions.max().map(|(_, folder)| folder)
}

/// A fresh data folder, made once and kept in cargo's target folder: copying it takes a tenth of the time.
fn template(programs: &Path) -> PathBuf {
    let version = output_of(Command::new(programs.join("initdb")).arg("--version"));
    let version = version.split_whitespace().nth(2).unwrap().to_owned();
    let template = target_folder().join("millrace-postgres").join(version);
    if template.is_dir() {
        return template;
    }
    let workshop = TempDir::with_prefix("millrace-initdb-").unwrap();
    hand_over(workshop.path());
    let made = workshop.path().join("data");
    output_of(
        as_server_user(programs.join("initdb").to_str().unwrap())
            .arg("--pgdata")
            .arg(&made)
            .args(["--username", SUPERUSER, "--auth", "trust", "--encoding", "UTF8"])
            .args(["--locale", "C", "--wal-segsize", "1", "--no-sync", "--no-instructions"]),
    );
    let parent = template.parent().unwrap();
    std::fs::create_dir_all(parent).unwrap();
    let beside = TempDir::with_prefix_in("new-", parent).unwrap();
    let copied = beside.path().join("data");
    copy(&made, &copied);
    // Another process may have been quicker; then its template is as good.
    let renamed = std::fs::rename(&copied, &template);
    assert!(template.is_dir(), "cannot keep {}: {renamed:?}", template.display());
    template
}

/// Cargo's target folder, which this test binary is in.
fn target_folder() -> PathBuf {
    let binary = std::env::current_exe().unwrap();
    let is_target = |folder: &&Path| folder.join("CACHEDIR.TAG").is_file();
    binary.ancestors().skip(1).find(is_target).map_or_else(std::env::temp_dir, Path::to_owned)
}

fn copy(from: &Path, to: &Path) {
    output_of(Command::new("cp").arg("-R").arg(from).arg(to));
    output_of(Command::new("chmod").arg("700").arg(to));
}

/// Lets the server's user have a folder, when that is another user.
fn hand_over(folder: &Path) {
    if is_root() {
        output_of(Command::new("chown").arg("-R").arg(SERVER_USER).arg(folder));
    }
}

/// A command of a group of its own, so that a terminal's interrupt does not reach it, run by a user who may run a
/// server.
fn as_server_user(program: &str) -> Command {
    use std::os::unix::process::CommandExt;
    let mut command = if is_root() {
        let mut command = Command::new("setpriv");
        let user = format!("--reuid={SERVER_USER}");
        let group = format!("--regid={SERVER_USER}");
        command.args([&user, &group, "--init-groups", "--", program]);
        command
    } else {
        Command::new(program)
    };
    command.process_group(0).current_dir("/");
    command
}

fn is_root() -> bool {
    static IS_ROOT: OnceLock<bool> = OnceLock::new();
    *IS_ROOT.get_or_init(|| output_of(Command::new("id").arg("-u")).trim() == "0")
}

#[expect(clippy::panic, reason = "a test without its database must fail, and say why")]
fn output_of(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {errors}");
    String::from_utf8(output.stdout).unwrap()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_database_is_new_and_the_server_goes_away_with_its_handle() {
        let cluster = PostgresCluster::start();
        let folder = cluster.folder.clone();
        let [first, second] = [cluster.database(), cluster.database()];
        assert_ne!(first, second);
        cluster.sql_at(&first, "create table only_here (id int)");
        assert_eq!(cluster.sql_at(&first, "select to_regclass('only_here')"), "only_here");
        assert_eq!(cluster.sql_at(&second, "select to_regclass('only_here')"), "");
        drop(cluster);
        assert!(!folder.exists(), "{} was left behind", folder.display());
    }
}
