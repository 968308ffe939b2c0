//! Results on stdout. A closed pipe (`millrace keys list | head -1`) is no failure: whoever reads decides when it is
//! enough.

use std::fmt::Display;
use std::io::{self, ErrorKind, Write as _};
use thiserror::Error;

/// Why a result was not written.
#[derive(Debug, Error)]
pub(crate) enum OutputError {
    /// Nobody reads any more.
    #[error("nobody reads the output any more")]
    Closed,
    /// Such as a full disk.
    #[error("the output cannot be written")]
    Failed(#[source] io::Error),
}

impl From<io::Error> for OutputError {
    fn from(error: io::Error) -> Self {
        if error.kind() == ErrorKind::BrokenPipe { Self::Closed } else { Self::Failed(error) }
    }
}

/// Writes one line of a command's result.
pub(crate) fn line(text: impl Display) -> Result<(), OutputError> {
    let mut out = io::stdout().lock();
    writeln!(out, "{text}")?;
    Ok(out.flush()?)
}

/// Whether a command ended because nobody reads its result any more.
pub(crate) fn nobody_reads(error: &anyhow::Error) -> bool {
    let mut causes = error.chain().filter_map(|cause| cause.downcast_ref());
    causes.any(|cause| matches!(cause, OutputError::Closed))
}

/// An error and its causes in one line. Some errors tell their cause themselves, which is not told twice.
pub(crate) fn told(error: &anyhow::Error) -> String {
    let mut told = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if !told.ends_with(&cause) {
            let joint = if told.is_empty() { "" } else { ": " };
            told = format!("{told}{joint}{cause}");
        }
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::anyhow;

    #[test]
    fn no_cause_is_told_twice() {
        let error = anyhow!("no colon").context("not a URL: no colon").context("--to");
        assert_eq!(told(&error), "--to: not a URL: no colon");
    }
}
