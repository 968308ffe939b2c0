//! Bringing the schema to this version. Which steps are due is decided in `store::migration`.

use store::StoreError;
use store::migration::{Migrate, Migration, due};
use tokio_postgres::{Client, Config};
use tokio_postgres_rustls::MakeRustlsConnect;
use tracing::info;

use crate::fault::{Attempt, Fault, damaged};

/// Every step, oldest first.
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

/// Two processes that start at once must not both migrate. Any number does that nothing else in the database uses.
const LOCK: i64 = 0x6d69_6c6c_7261_6365;

const FIND_VERSION_TABLE: &str = "\
-- find_version_table
select to_regclass('schema_migration') is not null";

const CREATE_VERSION_TABLE: &str = "\
-- create_version_table
create table schema_migration (
    version     bigint       primary key,
    name        text         not null,
    applied_at  timestamptz  not null default now()
)";

const FIND_VERSION: &str = "\
-- find_version
select coalesce(max(version), 0)
from schema_migration";

const RECORD_VERSION: &str = "\
-- record_version
insert into schema_migration (version, name)
values ($1, $2)";

/// Runs what is due on a connection of its own, which is closed afterwards.
pub(crate) async fn run(
    config: &Config,
    connector: MakeRustlsConnect,
    migrate: Migrate,
) -> Result<(), StoreError> {
    let (mut client, connection) = config.connect(connector).await.map_err(Fault::from)?;
    let steps = async {
        let outcome = run_due(&mut client, migrate).await;
        // The connection ends when nobody can ask it any more; its lock ends with it.
        drop(client);
        outcome
    };
    let (outcome, connected) = tokio::join!(steps, connection);
    outcome?;
    Ok(connected.map_err(Fault::from)?)
}

async fn run_due(client: &mut Client, migrate: Migrate) -> Attempt<()> {
    client.execute("select pg_advisory_lock($1)", &[&LOCK]).await?;
    let found = version(client).await?;
    for step in due(found, MIGRATIONS, migrate)? {
        let transaction = client.transaction().await?;
        if step.version == 1 && !has_version_table(transaction.client()).await? {
            transaction.batch_execute(CREATE_VERSION_TABLE).await?;
        }
        transaction.batch_execute(step.sql).await?;
        transaction.execute(RECORD_VERSION, &[&i64::from(step.version), &step.name]).await?;
        transaction.commit().await?;
        info!(version = step.version, name = step.name, "schema migrated");
    }
    Ok(())
}

/// Zero for a database without a schema.
async fn version(client: &Client) -> Attempt<u32> {
    if !has_version_table(client).await? {
        return Ok(0);
    }
    let version: i64 = client.query_one(FIND_VERSION, &[]).await?.try_get(0)?;
    u32::try_from(version).map_err(|_too_large| damaged(format!("schema version {version}")))
}

async fn has_version_table(client: &Client) -> Attempt<bool> {
    Ok(client.query_one(FIND_VERSION_TABLE, &[]).await?.try_get(0)?)
}

/// What a health check asks.
pub(crate) const CHECK_VERSION: &str = FIND_VERSION;
