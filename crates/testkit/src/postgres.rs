//! A PostgreSQL of the tests' own, one for each run of tests: nothing is shared with a server that the machine may run.
//! Its data does not survive the run and is not meant to: `fsync` is off, but for benches.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::process::parent_id;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use tempfile::TempDir;

use crate::processes::{children, is_alive, wait_until};

const PROGRAMS_VARIABLE: &str = "MILLRACE_TEST_PG_BIN";
const VERSIONS: &str = "/usr/lib/postgresql";
/// PostgreSQL refuses to run as root; Debian's packages make this user.
const SERVER_USER: &str = "postgres";
const SUPERUSER: &str = "postgres";

/// Set by cargo-nextest, which runs each test in a process of its own.
const RUN_VARIABLE: &str = "NEXTEST_RUN_ID";

/// Starts the server, tells its parent, and waits for the end of whoever needs it, however that ends: of the process
/// that is named, or else of the parent, at whose end standard input closes. Then nothing is left behind.
const KEEPER: &str = r#"
trap '' INT TERM HUP
"$1/pg_ctl" --pgdata "$2/data" --log "$2/log" --wait --silent \
  -o "-k $2 -h '' $4" start \
  && echo ready
if [ -n "$3" ]; then
  while ps -p "$3" >/dev/null; do sleep 1; done
else
  cat >/dev/null
fi
"$1/pg_ctl" --pgdata "$2/data" --mode immediate --silent stop
rm -rf "$2"
"#;

/// What makes tests quick.
const QUICK: &str =
    "-c fsync=off -c full_page_writes=off -c shared_buffers=32MB -c max_connections=200";
/// As it comes, and with room for a bench's connections.
const DURABLE: &str = "-c max_connections=200";

/// A running server.
#[derive(Debug)]
pub struct PostgresCluster {
    programs: PathBuf,
    folder: PathBuf,
    /// Ends, and ends the server, when its standard input closes; nothing when that is another process's business.
    keeper: Option<Child>,
    options: &'static str,
    databases: AtomicU32,
}

impl PostgresCluster {
    /// The run's server, started by whoever asks first.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<PostgresCluster> = OnceLock::new();
        SHARED.get_or_init(|| match std::env::var_os(RUN_VARIABLE) {
            Some(run) => Self::of_run(&run),
            None => Self::start(),
        })
    }

    /// Starts a server, which stops when this is dropped.
    pub fn start() -> Self {
        let programs = programs_needed();
        let (keeper, folder) = keep(&programs, None);
        Self::of(programs, folder, Some(keeper), QUICK)
    }

    /// The same as PostgreSQL comes, which forgets nothing that it has said is kept: for benches.
    pub fn durable() -> Self {
        let programs = programs_needed();
        let folder = TempDir::with_prefix("millrace-pg-").unwrap().keep();
        hand_over(&folder);
        initialise(&programs, &folder.join("data"), &[]);
        let keeper = start(&programs, &folder, None, DURABLE);
        Self::of(programs, folder, Some(keeper), DURABLE)
    }

    fn of(
        programs: PathBuf,
        folder: PathBuf,
        keeper: Option<Child>,
        options: &'static str,
    ) -> Self {
        Self { programs, folder, keeper, options, databases: AtomicU32::new(0) }
    }

    /// The server of a run of many processes, which stops when their parent ends.
    fn of_run(run: &OsStr) -> Self {
        let programs = programs_needed();
        let mut name = OsStr::new("run-").to_owned();
        name.push(run);
        let notes = postgres_folder();
        let mut note = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(notes.join(name))
            .unwrap();
        // The first process starts the server, the others wait until it has noted where.
        note.lock().unwrap();
        let mut written = String::new();
        note.read_to_string(&mut written).unwrap();
        let folder = if written.is_empty() {
            remove_old_notes(&notes);
            let (_keeper, folder) = keep(&programs, Some(parent_id()));
            note.write_all(folder.to_str().unwrap().as_bytes()).unwrap();
            folder
        } else {
            PathBuf::from(written)
        };
        Self::of(programs, folder, None, QUICK)
    }

    /// Ends the server and all its processes at once and unprepared, by SIGKILL. [`Self::restart`] brings it back.
    pub fn kill(&self) {
        let all = self.signal("KILL");
        wait_until("the server has ended", || !all.iter().any(|process| is_alive(process)));
    }

    /// Starts the server again on what it has kept.
    pub fn restart(&self) {
        let options = format!("-k {} -h '' {}", self.folder.display(), self.options);
        // A process that was just being forked may hold on to the memory for a moment.
        wait_until("the server has started again", || {
            let mut command = as_server_user(self.programs.join("pg_ctl").to_str().unwrap());
            command.arg("--pgdata").arg(self.folder.join("data"));
            command.arg("--log").arg(self.folder.join("log"));
            command.args(["--wait", "--silent", "-o", &options, "start"]);
            // The server inherits what the command has: a pipe would never end.
            command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
            command.status().unwrap().success()
        });
    }

    /// Ends the server, and puts its data folder and its log into `folder`.
    pub fn keep_in(&self, folder: &Path) {
        self.kill();
        output_of(Command::new("cp").arg("-R").arg(self.folder.join("data")).arg(folder));
        output_of(Command::new("cp").arg(self.folder.join("log")).arg(folder.join("data/log")));
    }

    /// Sends all processes of the server a signal, such as `STOP` or `CONT`; which they are.
    pub fn signal(&self, name: &str) -> Vec<String> {
        let note = std::fs::read_to_string(self.folder.join("data/postmaster.pid")).unwrap();
        let server = note.lines().next().unwrap().trim().to_owned();
        let mut all = children(&server);
        all.push(server);
        // One may have ended by itself meanwhile.
        drop(Command::new("kill").args(["-s", name]).args(&all).output());
        all
    }

    /// The URL of a new, empty database.
    pub fn database(&self) -> String {
        let number = self.databases.fetch_add(1, Ordering::Relaxed);
        let name = format!("test_{}_{number}", std::process::id());
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
        if let Some(keeper) = &mut self.keeper {
            drop(keeper.stdin.take());
            keeper.wait().unwrap();
        }
    }
}

/// Starts a server and its keeper, who stops it at the end of process `until`, or else of this one; answers where.
fn keep(programs: &Path, until: Option<u32>) -> (Child, PathBuf) {
    // The keeper removes the folder, because it outlives this process.
    let folder = TempDir::with_prefix("millrace-pg-").unwrap().keep();
    copy(&template(programs), &folder.join("data"));
    hand_over(&folder);
    (start(programs, &folder, until, QUICK), folder)
}

/// Starts the server of a folder, with its keeper.
fn start(programs: &Path, folder: &Path, until: Option<u32>, options: &str) -> Child {
    let mut keeper = as_server_user("sh")
        .args(["-c", KEEPER, "keeper"])
        .args([programs, folder])
        .arg(until.map(|process| process.to_string()).unwrap_or_default())
        .arg(options)
        .stdin(if until.is_some() { Stdio::null() } else { Stdio::piped() })
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut answer = String::new();
    BufReader::new(keeper.stdout.take().unwrap()).read_line(&mut answer).unwrap();
    let log = std::fs::read_to_string(folder.join("log")).unwrap_or_default();
    assert_eq!(answer.trim(), "ready", "PostgreSQL did not start in {}: {log}", folder.display());
    keeper
}

/// Where the template is, and where runs note their servers.
fn postgres_folder() -> PathBuf {
    let folder = target_folder().join("millrace-postgres");
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// Removes the notes of runs whose servers are gone.
fn remove_old_notes(notes: &Path) {
    for entry in std::fs::read_dir(notes).unwrap().flatten() {
        let is_note = entry.file_name().to_str().is_some_and(|name| name.starts_with("run-"));
        let server = std::fs::read_to_string(entry.path()).unwrap_or_default();
        if is_note && !server.is_empty() && !Path::new(&server).exists() {
            std::fs::remove_file(entry.path()).unwrap();
        }
    }
}

/// The database's name.
fn name_in(url: &str) -> &str {
    url.trim_start_matches("postgres:///").split('?').next().unwrap()
}

/// The folder with the server's programs, without which no test can pass.
#[expect(clippy::panic, reason = "a test without its database must fail, and say what to do")]
fn programs_needed() -> PathBuf {
    programs().unwrap_or_else(|| {
        panic!(
            "these tests need PostgreSQL's server programs, and neither {PROGRAMS_VARIABLE} nor \
             {VERSIONS} has them: run `cargo xtask test`, which installs them"
        )
    })
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
    let template = postgres_folder().join(version);
    if template.is_dir() {
        return template;
    }
    let workshop = TempDir::with_prefix("millrace-initdb-").unwrap();
    hand_over(workshop.path());
    let made = workshop.path().join("data");
    initialise(programs, &made, &["--wal-segsize", "1"]);
    let beside = TempDir::with_prefix_in("new-", template.parent().unwrap()).unwrap();
    let copied = beside.path().join("data");
    copy(&made, &copied);
    // Another process may have been quicker; then its template is as good.
    let renamed = std::fs::rename(&copied, &template);
    assert!(template.is_dir(), "cannot keep {}: {renamed:?}", template.display());
    template
}

/// Makes a data folder.
fn initialise(programs: &Path, data: &Path, more: &[&str]) {
    output_of(
        as_server_user(programs.join("initdb").to_str().unwrap())
            .arg("--pgdata")
            .arg(data)
            .args(["--username", SUPERUSER, "--auth", "trust", "--encoding", "UTF8"])
            .args(["--locale", "C", "--no-sync", "--no-instructions"])
            .args(more),
    );
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
    fn a_server_that_was_killed_comes_back_with_what_it_has_kept() {
        let cluster = PostgresCluster::start();
        let url = cluster.database();
        cluster.sql_at(&url, "create table kept (id int)");
        cluster.sql_at(&url, "insert into kept values (7)");
        cluster.kill();
        cluster.restart();
        assert_eq!(cluster.sql_at(&url, "select id from kept"), "7");
        let folder = TempDir::new().unwrap();
        cluster.keep_in(folder.path());
        assert!(folder.path().join("data/PG_VERSION").is_file());
    }

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
