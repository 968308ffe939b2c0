//! The installation, health, and the end.

use crate::row::Put;
use crate::{Database, SqliteStore, health, sql};
use async_trait::async_trait;
use store::{Answer, Installation, Installations, WorkSignal};

const FIND_INSTALLATION: &str = "
    -- find_installation
    select otp_key, created_at_us
    from installation";

const CREATE_INSTALLATION: &str = "
    -- create_installation
    insert into installation (installation_no, otp_key, created_at_us)
    values (1, ?1, ?2)
    on conflict do nothing";

#[async_trait]
impl Installations for SqliteStore {
    async fn ensure_installation(&self, proposed: &Installation) -> Answer<Installation> {
        let proposed = proposed.clone();
        self.write(move |writing| ensure_installation(writing.database, proposed)).await
    }

    async fn check_health(&self) -> Answer<()> {
        health::check(self).await
    }

    async fn close(&self) {
        self.shut().await;
    }

    fn work_signal(&self) -> WorkSignal {
        self.work.clone()
    }
}

fn ensure_installation(database: &Database, proposed: Installation) -> Answer<Installation> {
    let values: [&dyn Put; 2] = [&proposed.otp_key, &proposed.created_at];
    sql::execute(database, CREATE_INSTALLATION, &values)?;
    let kept = sql::one(database, FIND_INSTALLATION, &[], |row| {
        Ok(Installation { otp_key: row.next()?, created_at: row.next()? })
    })?;
    Ok(kept.unwrap_or(proposed))
}
