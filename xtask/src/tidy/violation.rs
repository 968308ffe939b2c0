//! A broken rule, and where. How it is found is the rules' own matter.

use std::fmt;

/// One place that breaks a rule, with what to do about it.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Violation {
    path: String,
    line: usize,
    advice: String,
}

impl Violation {
    /// `line` counts from one; a rule about a whole file names its first line.
    pub(crate) fn new(path: &str, line: usize, advice: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line, advice: advice.into() }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.advice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_violation_reads_like_a_compiler_message() {
        let violation = Violation::new("crates/api/src/lib.rs", 3, "too long: split it");
        assert_eq!(violation.to_string(), "crates/api/src/lib.rs:3: too long: split it");
    }
}
