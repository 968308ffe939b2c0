//! Programs of other people, run in a home of their own and never for longer than a minute. Installing them is
//! `cargo xtask test`'s.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// Far more than any of them takes; GNU `timeout` ends what hangs.
const SECS_MAX: u32 = 60;
/// What `timeout` answers when it had to end the program.
const TIMED_OUT: i32 = 124;
/// What it answers when there is no such program.
const NOT_FOUND: i32 = 127;

/// A home folder for programs: they find nothing there, and leave everything there.
pub(crate) struct Sandbox {
    folder: TempDir,
    secs_max: u32,
    variables: Vec<(String, String)>,
}

/// What a program has said.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) succeeded: bool,
    pub(crate) output: Vec<u8>,
    pub(crate) errors: String,
}

impl Said {
    /// Its output, which must be text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.output.clone()).unwrap()
    }

    /// The same, of a program that must have succeeded.
    #[track_caller]
    pub(crate) fn expect_success(self) -> Self {
        let output = String::from_utf8_lossy(&self.output);
        assert!(self.succeeded, "{output}\n{}", self.errors);
        self
    }
}

impl Sandbox {
    /// An empty one.
    pub(crate) fn new() -> Self {
        let folder = TempDir::with_prefix("millrace-client-").unwrap();
        Self { folder, secs_max: SECS_MAX, variables: Vec::new() }
    }

    /// The same, with a variable in the environment of its programs.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The same, for a program that takes long.
    pub(crate) fn patient(self, secs_max: u32) -> Self {
        Self { secs_max, ..self }
    }

    /// Where a file of that name lies.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file, in folders that are made for it.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        path
    }

    /// Reads a file.
    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap_or_else(|error| panic!("{error}: {name}"))
    }

    /// Runs a program in this folder and waits for its end.
    #[track_caller]
    pub(crate) fn run(&self, program: impl AsRef<Path>, arguments: &[&str]) -> Said {
        let program = program.as_ref();
        let ended = self.command(program.as_os_str()).args(arguments).output().unwrap();
        let said = Said {
            succeeded: ended.status.success(),
            output: ended.stdout,
            errors: String::from_utf8_lossy(&ended.stderr).into_owned(),
        };
        let program = program.display();
        match ended.status.code() {
            Some(NOT_FOUND) => {
                panic!("{program} is not installed: run `cargo xtask test`, which installs it")
            }
            Some(_) if said.errors.contains("ModuleNotFoundError") => {
                panic!(
                    "{program} lacks a module: run `cargo xtask test`, which installs it: {}",
                    said.errors
                )
            }
            Some(TIMED_OUT) => {
                panic!("{program} was ended after {} s: {}", self.secs_max, said.errors)
            }
            _ => said,
        }
    }

    fn command(&self, program: &OsStr) -> Command {
        let home = self.folder.path();
        let mut command = Command::new("timeout");
        command
            .args(["--kill-after=5", &self.secs_max.to_string()])
            .arg(program)
            .env_clear()
            .current_dir(home);
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.envs([("LANG", "C.UTF-8"), ("TZ", "UTC")]).env("HOME", home);
        for name in ["CONFIG", "DATA", "CACHE", "STATE"] {
            command.env(format!("XDG_{name}_HOME"), home.join(name.to_lowercase()));
        }
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null());
        command
    }
}

/// The Python environment with `ofxget`.
pub(crate) fn ofxtools(program: &str) -> PathBuf {
    environment("ofx", program)
}

/// A program of the Python environment of that name.
pub(crate) fn environment(name: &str, program: &str) -> PathBuf {
    let variable = format!("MILLRACE_TEST_VENV_{}", name.to_uppercase().replace('-', "_"));
    let named = std::env::var_os(variable).map(PathBuf::from);
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folder = named.unwrap_or_else(|| root.join(format!(".cache/venv-{name}")));
    folder.join("bin").join(program)
}

/// Where Node finds the packages of the folder of that name: `sdk`, `xero` or `browser`.
pub(crate) fn node_packages(name: &str) -> String {
    let named = std::env::var_os(format!("MILLRACE_TEST_NODE_{}", name.to_uppercase()));
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folder = named.map_or_else(|| root.join(format!(".cache/node-{name}")), PathBuf::from);
    let folder = folder.join("node_modules");
    let place = folder.display();
    assert!(folder.is_dir(), "{place} is not there: run `cargo xtask test`, which installs it");
    place.to_string()
}

/// A file of the grammars of OFX.
pub(crate) fn grammar(name: &str) -> String {
    let named = std::env::var_os("MILLRACE_TEST_OFX_DTD").map(PathBuf::from);
    let folder = named.unwrap_or_else(|| PathBuf::from("/usr/share/libofx7/libofx/dtd"));
    let file = folder.join(name);
    assert!(
        file.is_file(),
        "{} is not there: run `cargo xtask test`, which installs it",
        file.display()
    );
    file.display().to_string()
}
