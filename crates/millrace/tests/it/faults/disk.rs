//! A disk that is full, that takes no more bytes, that can only be read.

use super::scene::{Fault, Reads, Scene, on_sqlite};
use crate::harness::{Home, Server, ServerOptions};
use std::fs::File;
use std::io::{ErrorKind, Write as _};
use std::path::PathBuf;
use std::process::Command;
use tempfile::TempDir;

/// Room for a server and a story.
const DISK_BYTES: &str = "24m";

#[tokio::test]
async fn a_full_disk_is_told_and_got_over() {
    let home = on_sqlite();
    let disk = SmallDisk::mount(&home);
    let scene = Scene::open(home, &ServerOptions::default()).await;
    // Where no disk can be mounted, files that may not grow stand for a full one.
    match &disk {
        Some(disk) => scene.live_through(disk).await,
        None => scene.live_through(&NoMoreBytes).await,
    }
}

#[tokio::test]
async fn files_that_may_not_grow_are_told_and_got_over() {
    Scene::open(on_sqlite(), &ServerOptions::default()).await.live_through(&NoMoreBytes).await;
}

#[tokio::test]
async fn a_disk_that_can_only_be_read_is_told_and_got_over() {
    let home = on_sqlite();
    let disk = ReadOnly::new();
    let options = disk.options(&home);
    Scene::open(home, &options).await.live_through(&disk).await;
}

/// A server that cannot even begin says why, and does not stay.
#[tokio::test]
async fn a_disk_that_is_full_at_the_start_is_named() {
    let home = on_sqlite();
    let binary = env!("CARGO_BIN_EXE_millrace");
    let output = Command::new("prlimit")
        .args(["--fsize=0", binary, "serve", "--listen", "127.0.0.1:0"])
        .args(home.flags())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("the database's disk"), "{said}");
}

/// A disk in memory, as small as it may be; it goes with its handle.
struct SmallDisk {
    folder: PathBuf,
}

impl SmallDisk {
    /// Puts one where the server's home is, if this machine lets tests do so.
    fn mount(home: &Home) -> Option<Self> {
        let folder = home.folder().to_owned();
        let size = format!("size={DISK_BYTES},mode=700");
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(&folder);
        let is_mounted = mount.output().is_ok_and(|output| output.status.success());
        is_mounted.then_some(Self { folder })
    }

    fn ballast(&self) -> PathBuf {
        self.folder.join("ballast")
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: a server that is about to end may still have files open.
        drop(Command::new("umount").arg("--lazy").arg(&self.folder).status());
    }
}

impl Fault for SmallDisk {
    fn begin(&self, _server: &Server) {
        let mut ballast = File::create(self.ballast()).unwrap();
        let full = loop {
            if let Err(error) = ballast.write_all(&[7; 4_096]) {
                break error;
            }
        };
        assert_eq!(full.kind(), ErrorKind::StorageFull);
    }

    fn end(&self, _server: &Server) {
        std::fs::remove_file(self.ballast()).unwrap();
    }

    fn told(&self) -> &'static [&'static str] {
        &["the database's disk is full"]
    }

    fn reads(&self) -> Reads {
        Reads::GoOn
    }
}

/// The system refuses every byte that the process writes to a file.
struct NoMoreBytes;

impl NoMoreBytes {
    fn set(server: &Server, most: &str) {
        let process = server.process_id().to_string();
        let limit = format!("--fsize={most}:");
        let set = Command::new("prlimit").args(["--pid", &process, &limit]).status().unwrap();
        assert!(set.success(), "{set}");
    }
}

impl Fault for NoMoreBytes {
    fn begin(&self, server: &Server) {
        Self::set(server, "0");
    }

    fn end(&self, server: &Server) {
        Self::set(server, "unlimited");
    }

    fn told(&self) -> &'static [&'static str] {
        &["the database's disk is full"]
    }

    fn reads(&self) -> Reads {
        Reads::GoOn
    }
}

/// The system lets nobody write into the server's home, not even those who have files open there: what `read_only.c`
/// answers to a server that it is loaded into.
struct ReadOnly {
    folder: TempDir,
}

impl ReadOnly {
    /// Not yet in force.
    fn new() -> Self {
        let disk = Self { folder: TempDir::new().unwrap() };
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/faults/read_only.c");
        let mut compiler = Command::new("cc");
        compiler.args(["-shared", "-fPIC", source, "-o"]).arg(disk.library());
        let output = compiler.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        disk
    }

    fn library(&self) -> PathBuf {
        self.folder.path().join("read_only.so")
    }

    fn switch(&self) -> PathBuf {
        self.folder.path().join("switch")
    }

    /// A server that sees it.
    fn options(&self, home: &Home) -> ServerOptions {
        let variables = [
            ("LD_PRELOAD", self.library()),
            ("MILLRACE_TEST_READ_ONLY_FOLDER", home.folder().to_owned()),
            ("MILLRACE_TEST_READ_ONLY_SWITCH", self.switch()),
        ];
        let variables = variables.map(|(name, path)| (name.to_owned(), path.display().to_string()));
        ServerOptions { variables: variables.to_vec(), ..ServerOptions::default() }
    }
}

impl Fault for ReadOnly {
    fn begin(&self, _server: &Server) {
        File::create(self.switch()).unwrap();
    }

    fn end(&self, _server: &Server) {
        std::fs::remove_file(self.switch()).unwrap();
    }

    fn told(&self) -> &'static [&'static str] {
        &["the database can only be read"]
    }

    fn reads(&self) -> Reads {
        Reads::GoOn
    }
}
