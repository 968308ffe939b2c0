//! Why a database is away although it and this program are sound. It comes back when an operator, or time, has mended the
//! cause; nothing need be restarted.

use std::io::{Error, ErrorKind};

/// What keeps a database from answering.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outage {
    /// There is no room for what is to be kept.
    DiskFull,
    /// It may be read, and not written.
    ReadOnly,
    /// The disk reads or writes with errors.
    DiskFails,
    /// A file of it cannot be opened: this process has too many open, as a rule.
    CannotOpen,
    /// Its server does not answer, stops or starts.
    Unreachable,
}

impl Outage {
    /// In words that any caller may read: they name no file and no host.
    pub const fn words(self) -> &'static str {
        match self {
            Self::DiskFull => "the database's disk is full",
            Self::ReadOnly => "the database can only be read",
            Self::DiskFails => "the database's disk does not take or give its bytes",
            Self::CannotOpen => "the database's files cannot be opened",
            Self::Unreachable => "the database's server cannot be reached",
        }
    }

    /// What a file's error means for the database that the file is of.
    pub fn of_file(error: &Error) -> Self {
        #[expect(
            clippy::wildcard_enum_match_arm,
            reason = "the standard library's list of errors grows"
        )]
        match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
                Self::DiskFull
            }
            ErrorKind::ReadOnlyFilesystem | ErrorKind::PermissionDenied => Self::ReadOnly,
            ErrorKind::NotFound => Self::CannotOpen,
            _ if has_too_many(error) => Self::CannotOpen,
            _ => Self::DiskFails,
        }
    }
}

/// Too many open files, of this process or of the machine: the standard library has no name for it.
fn has_too_many(error: &Error) -> bool {
    const ENFILE: i32 = 23;
    const EMFILE: i32 = 24;
    matches!(error.raw_os_error(), Some(ENFILE | EMFILE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_files_error_tells_what_is_wrong_with_the_database() {
        let (no_space, too_large, read_only) = (28, 27, 30);
        let (not_permitted, too_many, failing) = (1, 24, 5);
        for (number, outage) in [
            (no_space, Outage::DiskFull),
            (too_large, Outage::DiskFull),
            (read_only, Outage::ReadOnly),
            (not_permitted, Outage::ReadOnly),
            (too_many, Outage::CannotOpen),
            (failing, Outage::DiskFails),
        ] {
            assert_eq!(Outage::of_file(&Error::from_raw_os_error(number)), outage, "{number}");
        }
    }
}
