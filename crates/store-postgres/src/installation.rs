//! Verbs about the database as a whole.

use async_trait::async_trait;
use domain::link_otp::OTP_KEY_BYTES;
use store::{Answer, Installation, Installations, StoreError, WorkSignal};

use crate::PostgresStore;
use crate::columns::{Columns, micros};
use crate::fault::damaged;
use crate::migrate::{CHECK_VERSION, MIGRATIONS};
use crate::session::Write;

const CREATE_INSTALLATION: &str = "\
-- create_installation
insert into installation (only_row, otp_key, created_at)
values (true, $1, $2)
on conflict (only_row) do nothing";

const FIND_INSTALLATION: &str = "\
-- find_installation
select otp_key, created_at
from installation
where only_row";

const TOUCH_INSTALLATION: &str = "\
-- touch_installation
update installation
set created_at = created_at
where only_row";

#[async_trait]
impl Installations for PostgresStore {
    async fn ensure_installation(&self, proposed: &Installation) -> Answer<Installation> {
        self.transact(|session| async move {
            let key: &[u8] = &proposed.otp_key;
            session.run(CREATE_INSTALLATION, &[&key, &micros(proposed.created_at)]).await?;
            let row = session.row(FIND_INSTALLATION, &[]).await?;
            let row = row.ok_or_else(|| damaged("an installation that is not there"))?;
            let mut columns = Columns::of(&row);
            let otp_key = <[u8; OTP_KEY_BYTES]>::try_from(columns.take::<&[u8]>()?)
                .map_err(|_length| damaged("a signing key of another length"))?;
            Ok(Installation { otp_key, created_at: columns.moment()? })
        })
        .await
    }

    async fn check_health(&self) -> Answer<()> {
        let found: u32 = self
            .ask(|session| async move {
                let row = session.row(CHECK_VERSION, &[]).await?;
                row.map_or(Ok(0), |row| Columns::of(&row).number())
            })
            .await?;
        let known = MIGRATIONS.last().map_or(0, |migration| migration.version);
        if found > known {
            return Err(StoreError::SchemaTooNew { found, known });
        }
        if found < known {
            return Err(StoreError::SchemaTooOld { found, needed: known });
        }
        // A server that stands by, or whose disk is full, reads as ever.
        self.transact(|session| async move {
            session.finish(&[Write::new(TOUCH_INSTALLATION, &[])]).await
        })
        .await
    }

    async fn close(&self) {
        self.shut().await;
    }

    fn work_signal(&self) -> WorkSignal {
        self.signal()
    }
}
