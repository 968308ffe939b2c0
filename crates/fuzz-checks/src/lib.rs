//! What must hold of every reader for any bytes at all. The fuzzer's targets in `fuzz/` call these checks with what it
//! invents, the tests here with the corpora that are kept beside the targets. A check that fails panics.
#![expect(clippy::unwrap_used, reason = "a check that cannot be made is one that fails")]

mod basic;
mod dates;
mod filter;
mod money;
mod ofx_file;
mod push_body;
mod signature;
mod statements;
mod supply;

/// A reader, and what must hold of it.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// The name of the fuzzer's target and of its corpus.
    pub name: &'static str,
    /// Panics if something does not hold of these bytes.
    pub check: fn(&[u8]),
}

/// Every target, by its name.
pub const TARGETS: &[Target] = &[
    Target { name: "basic", check: basic::check },
    Target { name: "dates", check: dates::check },
    Target { name: "filter", check: filter::check },
    Target { name: "money", check: money::check },
    Target { name: "ofx", check: ofx_file::check },
    Target { name: "push_body", check: push_body::check },
    Target { name: "signature", check: signature::check },
    Target { name: "statements", check: statements::check },
];

/// Checks `bytes` against the target of that name.
pub fn check(name: &str, bytes: &[u8]) {
    let target = TARGETS.iter().find(|target| target.name == name);
    (target.unwrap().check)(bytes);
}
