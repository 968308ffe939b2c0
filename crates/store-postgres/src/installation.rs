//! Verbs about the database as a whole.

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use store::clock_watch::{self, CaughtUp, Noted};
use store::{
    Answer, Installation, Installations, LeaseRequest, OTP_SALT_BYTES, StoreError, WorkSignal,
};

use crate::columns::{Columns, micros};
use crate::fault::{Attempt, damaged};
use crate::migrate::{CHECK_VERSION, MIGRATIONS};
use crate::session::{Session, Write};
use crate::{PostgresStore, call, link};

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

const FIND_NOTED_TIME: &str = "\
-- find_noted_time
select noted_at, set_back_from, leapt_from
from installation
where only_row";

const LOCK_NOTED_TIME: &str = "\
-- lock_noted_time
select noted_at, set_back_from, leapt_from
from installation
where only_row
for update";

const NOTE_TIME: &str = "\
-- note_time
update installation
set noted_at = $1, set_back_from = $2, leapt_from = $3
where only_row";

/// Nothing gets due before now by it. Claims of keys are shortened when they are met; schedules stay: they are times of the
/// calendar.
const MOVE_BACK_DUE: [&str; 3] = [
    "\
-- move_back_due_work
update work
set due_at = greatest($1, due_at - $2)
where due_at > $1",
    "\
-- move_back_due_syncs
update managed_sync
set due_at = greatest($1, due_at - $2)
where ended_at is null and due_at > $1",
    "\
-- move_back_deliveries
update webhook_delivery
set due_at = greatest($1, due_at - $2)
where lease_token is null and due_at > $1",
];

/// Whoever began to hold since the clock was set back is still at work, and keeps what is theirs.
const MOVE_BACK_HELD: [&str; 4] = [
    "\
-- move_back_held_work
update work
set lease_until = greatest($1, lease_until - $2)
where lease_until > $3",
    "\
-- move_back_held_syncs
update managed_sync
set lease_until = greatest($1, lease_until - $2)
where ended_at is null and lease_until > $3",
    "\
-- move_back_held_deliveries
update webhook_delivery
set due_at = greatest($1, due_at - $2)
where lease_token is not null and due_at > $3",
    "\
-- move_back_held_links
update link
set lease_until = greatest($1, lease_until - $2)
where lease_until > $3",
];

#[async_trait]
impl Installations for PostgresStore {
    async fn ensure_installation(&self, proposed: &Installation) -> Answer<Installation> {
        self.transact(|session| async move {
            let salt: &[u8] = &proposed.otp_salt;
            session.run(CREATE_INSTALLATION, &[&salt, &micros(proposed.created_at)]).await?;
            let row = session.row(FIND_INSTALLATION, &[]).await?;
            let row = row.ok_or_else(|| damaged("an installation that is not there"))?;
            let mut columns = Columns::of(&row);
            let otp_salt = <[u8; OTP_SALT_BYTES]>::try_from(columns.take::<&[u8]>()?)
                .map_err(|_length| damaged("a salt of another length"))?;
            Ok(Installation { otp_salt, created_at: columns.moment()? })
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

    async fn note_time(&self, now: Timestamp) -> Answer<Option<SignedDuration>> {
        // Reading is cheap, and a note is a commit.
        let noted = self.ask(|session| async move { noted(&session, FIND_NOTED_TIME).await });
        if noted.await?.after(now).is_none() {
            return Ok(None);
        }
        self.transact(|session| async move { note_time(&session, now).await }).await
    }

    async fn close(&self) {
        self.shut().await;
    }

    fn work_signal(&self) -> WorkSignal {
        self.signal()
    }
}

async fn noted(session: &Session, sql: &'static str) -> Attempt<Noted> {
    let Some(row) = session.row(sql, &[]).await? else { return Ok(Noted::default()) };
    let mut columns = Columns::of(&row);
    Ok(Noted {
        at: columns.moment_maybe()?,
        set_back_from: columns.moment_maybe()?,
        leapt_from: columns.moment_maybe()?,
    })
}

/// See [`Noted::caught_up`].
pub(crate) async fn caught_up(session: &Session, told: Timestamp) -> Attempt<CaughtUp> {
    Ok(noted(session, FIND_NOTED_TIME).await?.caught_up(told))
}

/// The same for who wants to hold something.
pub(crate) async fn caught_up_request(
    session: &Session,
    request: &LeaseRequest,
) -> Attempt<LeaseRequest> {
    Ok(LeaseRequest { now: caught_up(session, request.now).await?.now, ..*request })
}

async fn note_time(session: &Session, now: Timestamp) -> Attempt<Option<SignedDuration>> {
    // Another process may have been faster.
    let noted = noted(session, LOCK_NOTED_TIME).await?;
    let Some((known, back_by)) = noted.after(now) else { return Ok(None) };
    let [noted_at, set_back_from, leapt_from] =
        [known.at, known.set_back_from, known.leapt_from].map(|moment| moment.map(micros));
    session.run(NOTE_TIME, &[&noted_at, &set_back_from, &leapt_from]).await?;
    let at = micros(now);
    let Some(by) = back_by else { return Ok(None) };
    let length = i64::try_from(by.as_micros()).unwrap_or(i64::MAX);
    // Links first: whoever changes one locks it before its work.
    link::move_back(session, by, now).await?;
    for statement in MOVE_BACK_DUE {
        session.run(statement, &[&at, &length]).await?;
    }
    let held_later = micros(clock_watch::holds_end_by(now));
    for statement in MOVE_BACK_HELD {
        session.run(statement, &[&at, &length, &held_later]).await?;
    }
    call::move_back(session, by, now).await?;
    Ok(Some(by))
}
