//! Schema versions: which migrations are due. Running them is the backend's business.

use crate::StoreError;

/// One step of the schema, embedded in the program; steps only go forward.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Migration {
    /// From one, without gaps.
    pub version: u32,
    /// Of its file, without the number.
    pub name: &'static str,
    /// What to run.
    pub sql: &'static str,
}

/// Whether a start may change the schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Migrate {
    /// Run what is due.
    Apply,
    /// Refuse to start when something is due.
    Forbid,
}

/// The steps that a database of version `found` lacks; zero is an empty one.
pub fn due(
    found: u32,
    all: &'static [Migration],
    migrate: Migrate,
) -> Result<&'static [Migration], StoreError> {
    let known = all.last().map_or(0, |migration| migration.version);
    if found > known {
        return Err(StoreError::SchemaTooNew { found, known });
    }
    let start = all.iter().position(|migration| migration.version > found).unwrap_or(all.len());
    let due = all.get(start..).unwrap_or_default();
    if !due.is_empty() && migrate == Migrate::Forbid {
        return Err(StoreError::SchemaTooOld { found, needed: known });
    }
    Ok(due)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: &[Migration] = &[
        Migration { version: 1, name: "first", sql: "" },
        Migration { version: 2, name: "second", sql: "" },
    ];

    #[test]
    fn what_is_due_begins_after_what_is_there() {
        let versions = |found| -> Vec<u32> {
            due(found, ALL, Migrate::Apply).unwrap().iter().map(|m| m.version).collect()
        };
        assert_eq!((versions(0), versions(1), versions(2)), (vec![1, 2], vec![2], vec![]));
    }

    #[test]
    fn a_newer_schema_is_refused_and_an_older_one_only_when_forbidden() {
        let refusal = |found, migrate| due(found, ALL, migrate).unwrap_err().to_string();
        assert!(refusal(3, Migrate::Apply).contains("version 3"));
        assert!(refusal(1, Migrate::Forbid).contains("millrace migrate"));
        assert!(due(2, ALL, Migrate::Forbid).unwrap().is_empty());
    }
}
