//! The installation, health, and the end.

use crate::row::Put;
use crate::{Database, SqliteStore, call, health, link, sql};
use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use store::clock_watch::{self, CaughtUp, Noted};
use store::{Answer, Installation, Installations, LeaseRequest, WorkSignal};

const FIND_INSTALLATION: &str = "
    -- find_installation
    select otp_key, created_at_us
    from installation";

const CREATE_INSTALLATION: &str = "
    -- create_installation
    insert into installation (installation_no, otp_key, created_at_us)
    values (1, ?1, ?2)
    on conflict do nothing";

const FIND_NOTED_TIME: &str = "
    -- find_noted_time
    select noted_at_us, set_back_from_us, leapt_from_us
    from installation";

const NOTE_TIME: &str = "
    -- note_time
    update installation
    set noted_at_us = ?1, set_back_from_us = ?2, leapt_from_us = ?3";

/// Nothing gets due before now by it. Claims of keys are shortened when they are met; schedules stay: they are times of the
/// calendar.
const MOVE_BACK_DUE: [&str; 3] = [
    "
    -- move_back_due_work
    update work
    set due_at_us = max(?1, due_at_us - ?2)
    where due_at_us > ?1",
    "
    -- move_back_due_syncs
    update managed_sync
    set due_at_us = max(?1, due_at_us - ?2)
    where ended_at_us is null and due_at_us > ?1",
    "
    -- move_back_deliveries
    update webhook_delivery
    set due_at_us = max(?1, due_at_us - ?2)
    where lease_token is null and due_at_us > ?1",
];

/// Whoever began to hold since the clock was set back is still at work, and keeps what is theirs.
const MOVE_BACK_HELD: [&str; 4] = [
    "
    -- move_back_held_work
    update work
    set lease_until_us = max(?1, lease_until_us - ?2)
    where lease_until_us > ?3",
    "
    -- move_back_held_syncs
    update managed_sync
    set lease_until_us = max(?1, lease_until_us - ?2)
    where ended_at_us is null and lease_until_us > ?3",
    "
    -- move_back_held_deliveries
    update webhook_delivery
    set due_at_us = max(?1, due_at_us - ?2)
    where lease_token is not null and due_at_us > ?3",
    "
    -- move_back_held_links
    update link
    set lease_until_us = max(?1, lease_until_us - ?2)
    where lease_until_us > ?3",
];

#[async_trait]
impl Installations for SqliteStore {
    async fn ensure_installation(&self, proposed: &Installation) -> Answer<Installation> {
        let proposed = proposed.clone();
        self.write(move |writing| ensure_installation(writing.database, proposed)).await
    }

    async fn check_health(&self) -> Answer<()> {
        health::check(self).await
    }

    async fn note_time(&self, now: Timestamp) -> Answer<Option<SignedDuration>> {
        // Reading is cheap, and a note is a commit.
        let noted = self.read(find_noted_time).await?;
        if noted.after(now).is_none() {
            return Ok(None);
        }
        self.write(move |writing| note_time(writing.database, now)).await
    }

    async fn close(&self) {
        self.shut().await;
    }

    fn work_signal(&self) -> WorkSignal {
        self.work.clone()
    }
}

fn ensure_installation(database: &Database, proposed: Installation) -> Answer<Installation> {
    let values: [&dyn Put; 2] = [&proposed.otp_salt, &proposed.created_at];
    sql::execute(database, CREATE_INSTALLATION, &values)?;
    let kept = sql::one(database, FIND_INSTALLATION, &[], |row| {
        Ok(Installation { otp_salt: row.next()?, created_at: row.next()? })
    })?;
    Ok(kept.unwrap_or(proposed))
}

fn find_noted_time(database: &Database) -> Answer<Noted> {
    let noted = sql::one(database, FIND_NOTED_TIME, &[], |row| {
        Ok(Noted { at: row.next()?, set_back_from: row.next()?, leapt_from: row.next()? })
    })?;
    Ok(noted.unwrap_or_default())
}

/// See [`Noted::caught_up`].
pub(crate) fn caught_up(database: &Database, told: Timestamp) -> Answer<CaughtUp> {
    Ok(find_noted_time(database)?.caught_up(told))
}

/// The same for who wants to hold something.
pub(crate) fn caught_up_request(
    database: &Database,
    request: LeaseRequest,
) -> Answer<LeaseRequest> {
    Ok(LeaseRequest { now: caught_up(database, request.now)?.now, ..request })
}

fn note_time(database: &Database, now: Timestamp) -> Answer<Option<SignedDuration>> {
    // Another process may have been faster.
    let Some((known, back_by)) = find_noted_time(database)?.after(now) else { return Ok(None) };
    sql::execute(database, NOTE_TIME, &[&known.at, &known.set_back_from, &known.leapt_from])?;
    let Some(by) = back_by else { return Ok(None) };
    let micros = i64::try_from(by.as_micros()).unwrap_or(i64::MAX);
    link::move_back(database, by, now)?;
    for statement in MOVE_BACK_DUE {
        sql::execute(database, statement, &[&now, &micros])?;
    }
    let held_later = clock_watch::holds_end_by(now);
    for statement in MOVE_BACK_HELD {
        sql::execute(database, statement, &[&now, &micros, &held_later])?;
    }
    call::move_back(database, by, now)?;
    Ok(Some(by))
}
