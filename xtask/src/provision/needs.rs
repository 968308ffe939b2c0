//! What the tests need, the Debian package that brings each thing, and how to see that it is here.

use std::path::Path;
use std::process::Command;

use super::postgres;
use crate::step::succeeds;

/// Debian's own Python: the packaged clients run under it, whatever `python3` is on the path.
pub(super) const PYTHON: &str = "/usr/bin/python3";
/// Where libofx keeps the grammars of OFX.
pub(super) const OFX_DTD_FOLDER: &str = "/usr/share/libofx7/libofx/dtd";

/// Something that tests need together: without it, whole groups of tests cannot run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    /// A PostgreSQL server, started by the tests in a folder of their own.
    Postgres,
    /// Grammars of OFX and the programs that check a document against them.
    OfxGrammar,
    /// Foreign programs that fetch statements from our OFX door.
    OfxClients,
    /// Published clients of the API, of several ages, and of the platforms that are simulated; judges of calls.
    Sdks,
    /// A browser that programs drive.
    Browser,
    /// What shows a program another time than the machine's.
    Clock,
}

/// A Debian package.
pub(super) struct Package {
    pub(super) name: &'static str,
    pub(super) need: Need,
    proof: Proof,
}

/// What is there once the package is installed.
enum Proof {
    /// A program of this name on the path.
    Program(&'static str),
    /// This file.
    File(&'static str),
    /// A module that Debian's Python can load.
    PythonModule(&'static str),
    /// The programs of a PostgreSQL server, which are not on the path.
    PostgresServer,
}

use Need::{Browser, Clock, OfxClients, OfxGrammar, Postgres, Sdks};
use Proof::{File, PostgresServer, Program, PythonModule};

pub(super) const PACKAGES: &[Package] = &[
    package("postgresql", Postgres, PostgresServer),
    package("opensp", OfxGrammar, Program("onsgmls")),
    package("libxml2-utils", OfxGrammar, Program("xmllint")),
    package("libofx-dev", OfxGrammar, File("/usr/share/libofx7/libofx/dtd/ofx160.dtd")),
    package("aqbanking-tools", OfxClients, Program("aqbanking-cli")),
    package("ofx", OfxClients, Program("ofxdump")),
    package("python3-ofxclient", OfxClients, PythonModule("ofxclient")),
    package("ledger-autosync", OfxClients, Program("ledger-autosync")),
    package("ledger", OfxClients, Program("ledger")),
    package("openssl", OfxClients, Program("openssl")),
    package("python3-venv", OfxClients, PythonModule("ensurepip")),
    package("python3-venv", Sdks, PythonModule("ensurepip")),
    package("nodejs", Sdks, Program("node")),
    package("nodejs", Browser, Program("node")),
    package("npm", Sdks, Program("npm")),
    package("npm", Browser, Program("npm")),
    package("chromium", Browser, Program("chromium")),
    package("faketime", Clock, Program("faketime")),
];

const fn package(name: &'static str, need: Need, proof: Proof) -> Package {
    Package { name, need, proof }
}

impl Package {
    pub(super) fn is_here(&self) -> bool {
        match self.proof {
            Program(name) => is_on_path(name),
            File(path) => Path::new(path).is_file(),
            PythonModule(name) => {
                succeeds(Command::new(PYTHON).args(["-c", &format!("import {name}")]))
            }
            PostgresServer => postgres::programs().is_some(),
        }
    }
}

fn is_on_path(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_is_here_when_its_proof_is() {
        assert!(package("dash", OfxClients, Program("sh")).is_here());
        assert!(package("base-files", OfxClients, File("/etc/passwd")).is_here());
        for proof in [Program("no-such-program"), File("/no/such/file"), PythonModule("no_such")] {
            assert!(!package("nothing", OfxClients, proof).is_here());
        }
    }

    #[test]
    fn every_need_has_a_package() {
        for need in [Postgres, OfxGrammar, OfxClients, Sdks, Browser, Clock] {
            assert!(PACKAGES.iter().any(|package| package.need == need), "{need:?}");
        }
    }
}
