//! The schema's versions, and how a database comes to the newest.

use crate::error::failed;
use crate::{Database, row, sql};
use jiff::Timestamp;
use rusqlite::TransactionBehavior;
use store::migration::{self, Migrate, Migration};
use store::{Answer, StoreError};

/// Every step, embedded in the program.
pub(crate) const MIGRATIONS: &[Migration] = &[
    Migration { version: 1, name: "first", sql: include_str!("../migrations/0001_first.sql") },
    Migration {
        version: 2,
        name: "client_settings",
        sql: include_str!("../migrations/0002_client_settings.sql"),
    },
    Migration {
        version: 3,
        name: "access_token",
        sql: include_str!("../migrations/0003_access_token.sql"),
    },
    Migration {
        version: 4,
        name: "idempotency",
        sql: include_str!("../migrations/0004_idempotency.sql"),
    },
    Migration {
        version: 5,
        name: "managed_sync",
        sql: include_str!("../migrations/0005_managed_sync.sql"),
    },
    Migration {
        version: 6,
        name: "webhook_consumer",
        sql: include_str!("../migrations/0006_webhook_consumer.sql"),
    },
    Migration {
        version: 7,
        name: "rate_limit",
        sql: include_str!("../migrations/0007_rate_limit.sql"),
    },
    Migration {
        version: 8,
        name: "webhook_delivery",
        sql: include_str!("../migrations/0008_webhook_delivery.sql"),
    },
    Migration { version: 9, name: "link", sql: include_str!("../migrations/0009_link.sql") },
    Migration {
        version: 10,
        name: "link_session",
        sql: include_str!("../migrations/0010_link_session.sql"),
    },
    Migration {
        version: 11,
        name: "branding",
        sql: include_str!("../migrations/0011_branding.sql"),
    },
    Migration {
        version: 12,
        name: "company_link",
        sql: include_str!("../migrations/0012_company_link.sql"),
    },
    Migration {
        version: 13,
        name: "first_sign_on",
        sql: include_str!("../migrations/0013_first_sign_on.sql"),
    },
    Migration {
        version: 14,
        name: "noted_time",
        sql: include_str!("../migrations/0014_noted_time.sql"),
    },
    Migration {
        version: 15,
        name: "set_back",
        sql: include_str!("../migrations/0015_set_back.sql"),
    },
    Migration { version: 16, name: "awaited", sql: include_str!("../migrations/0016_awaited.sql") },
    Migration { version: 17, name: "leap", sql: include_str!("../migrations/0017_leap.sql") },
    Migration {
        version: 18,
        name: "doubtful",
        sql: include_str!("../migrations/0018_doubtful.sql"),
    },
    Migration {
        version: 19,
        name: "sealed_answer",
        sql: include_str!("../migrations/0019_sealed_answer.sql"),
    },
];

const CREATE_SCHEMA_MIGRATION: &str = "
    -- create_schema_migration
    create table if not exists schema_migration (
        version integer primary key,
        name text not null,
        applied_at_us integer not null
    ) strict";

const FIND_TABLES: &str = "
    -- find_tables
    select count(*), coalesce(sum(name = 'schema_migration'), 0)
    from sqlite_schema
    where type = 'table'";

const FIND_SCHEMA_VERSION: &str = "
    -- find_schema_version
    select coalesce(max(version), 0)
    from schema_migration";

const RECORD_MIGRATION: &str = "
    -- record_migration
    insert into schema_migration (version, name, applied_at_us)
    values (?1, ?2, ?3)";

/// Brings the schema to the newest version, all steps or none. Two processes that start at once take turns: the second
/// finds nothing due.
pub(crate) fn migrate(database: &mut Database, migrate: Migrate, now: Timestamp) -> Answer<()> {
    if migration::due(version(database)?, MIGRATIONS, migrate)?.is_empty() {
        return Ok(());
    }
    let turn =
        database.transaction_with_behavior(TransactionBehavior::Exclusive).map_err(failed)?;
    turn.execute_batch(CREATE_SCHEMA_MIGRATION).map_err(failed)?;
    for step in migration::due(version(&turn)?, MIGRATIONS, migrate)? {
        turn.execute_batch(step.sql).map_err(failed)?;
        sql::execute(&turn, RECORD_MIGRATION, &[&step.version, &step.name, &now])?;
        tracing::info!(schema.version = step.version, "schema brought up to date");
    }
    turn.commit().map_err(failed)
}

/// The version of the schema; zero for an empty database.
pub(crate) fn version(database: &Database) -> Answer<u32> {
    let found = sql::one(database, FIND_TABLES, &[], |row| Ok((row.next()?, row.next()?)))?;
    match found.unwrap_or((0_u32, 0_u32)) {
        (0, _) => Ok(0),
        (_, 0) => Err(StoreError::Damaged("the file belongs to another program".to_owned())),
        (_, _) => Ok(sql::one(database, FIND_SCHEMA_VERSION, &[], row::only)?.unwrap_or(0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn migrations_are_numbered_without_gaps() {
        let versions: Vec<u32> = MIGRATIONS.iter().map(|step| step.version).collect();
        let expected: Vec<u32> = (1..).take(MIGRATIONS.len()).collect();
        assert_eq!(versions, expected);
    }

    #[test]
    fn the_event_table_keeps_its_events_and_their_numbers_when_it_is_made_anew() {
        let database = Database::open_in_memory().unwrap();
        let (before, after) = MIGRATIONS.split_at(6);
        let run = |steps: &[Migration]| {
            for step in steps {
                database.execute_batch(step.sql).unwrap();
            }
        };
        run(before);
        let event =
            "insert into event (client_id, kind, at_us, company_id) values (x'01', 'a', 7, x'02')";
        database.execute_batch(&format!("{event}; {event}; {event}")).unwrap();
        database.execute_batch("delete from event where sequence = 3").unwrap();
        run(after);
        database.execute_batch(event).unwrap();
        let kept = "select sequence from event where company_id = x'02' order by sequence";
        let kept = sql::all(&database, kept, &[], row::only::<i64>).unwrap();
        assert_eq!(kept, [1, 2, 4], "a number that was given is never given again");
    }

    #[test]
    fn a_file_of_another_program_is_left_alone() {
        let mut database = Database::open_in_memory().unwrap();
        database.execute_batch("create table theirs (a)").unwrap();
        let refusal = migrate(&mut database, Migrate::Apply, Timestamp::UNIX_EPOCH).unwrap_err();
        assert!(refusal.to_string().contains("another program"), "{refusal}");
    }

    #[test]
    fn every_foreign_key_can_be_followed_backwards_by_an_index() {
        let mut database = Database::open_in_memory().unwrap();
        migrate(&mut database, Migrate::Apply, Timestamp::UNIX_EPOCH).unwrap();
        let plan = "select t.name || '.' || f.\"from\"
            from sqlite_schema t, pragma_foreign_key_list(t.name) f
            where t.type = 'table'
              and not exists (
                  select 1
                  from pragma_index_list(t.name) i, pragma_index_info(i.name) c
                  where c.seqno = 0 and c.name = f.\"from\")
              and not exists (
                  select 1 from pragma_table_info(t.name) k where k.pk = 1 and k.name = f.\"from\")";
        let bare = sql::all(&database, plan, &[], row::only::<String>).unwrap();
        assert!(bare.is_empty(), "{bare:?}");
    }
}
