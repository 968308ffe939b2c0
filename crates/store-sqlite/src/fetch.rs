//! Fetches: statements that a platform takes from us.

use crate::row::{Fields, Put};
use crate::{Database, SqliteStore, connection, path, source_account, sql};
use async_trait::async_trait;
use domain::event::EventKind;
use domain::fetch::Fetch;
use domain::ids::ConnectionPath;
use domain::source_account::{AccountPath, FeedDoor};
use jiff::Timestamp;
use store::{Answer, Fetches, StatementOpened, StatementOpening};

const RECORD_FETCH: &str = "
    -- record_fetch
    insert into fetch (
        account_no, fetch_id, credential_id, at_us, from_day, to_day, watermark, line_count,
        byte_count, user_agent
    )
    values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";

const NOTE_SYNC: &str = "
    -- note_sync
    update connection
    set synced_at_us = max(coalesce(synced_at_us, ?2), ?2)
    where connection_no = ?1";

const LIST_FETCHES: &str = "
    -- list_fetches
    select fetch_id, credential_id, at_us, from_day, to_day, watermark, line_count, byte_count,
        user_agent
    from fetch
    where account_no = ?1 and at_us >= ?2
    order by at_us desc, fetch_no desc
    limit ?3";

const WAS_SHOWN: &str = "
    -- was_shown
    select 1
    from fetch
    where account_no = ?1 and watermark > ?2
    limit 1";

#[async_trait]
impl Fetches for SqliteStore {
    async fn open_statement(&self, opening: &StatementOpening) -> Answer<StatementOpened> {
        let opening = opening.clone();
        self.write(move |writing| open_statement(writing.database, &opening)).await
    }

    async fn record_fetches(&self, path: &ConnectionPath, fetches: &[Fetch]) -> Answer<()> {
        let (path, fetches) = (*path, fetches.to_vec());
        self.write(move |writing| record_fetches(writing.database, &path, &fetches)).await
    }

    async fn list_fetches(
        &self,
        path: &AccountPath,
        since: Timestamp,
        count: u32,
    ) -> Answer<Vec<Fetch>> {
        let path = path.clone();
        self.read(move |database| {
            let Some(account_no) = path::account_no(database, &path)? else {
                return Ok(Vec::new());
            };
            let values: [&dyn Put; 3] = [&account_no, &since, &count];
            sql::all(database, LIST_FETCHES, &values, |row| fetch(row, &path))
        })
        .await
    }
}

/// Whether a statement of the account was made when the line at `position` was there.
pub(crate) fn was_shown(database: &Database, account_no: i64, position: u64) -> Answer<bool> {
    sql::exists(database, WAS_SHOWN, &[&account_no, &position])
}

fn open_statement(database: &Database, opening: &StatementOpening) -> Answer<StatementOpened> {
    let path = &opening.account;
    let Some(found) = source_account::load(database, path)? else {
        return Ok(StatementOpened::Unknown);
    };
    let Some((connection_no, connection)) = connection::load(database, &path.connection)? else {
        return Ok(StatementOpened::Unknown);
    };
    match found.account.feed_door(opening.credentials_made_at) {
        FeedDoor::Closed => Ok(StatementOpened::Closed),
        FeedDoor::Open => Ok(StatementOpened::Open(Box::new((found.account, connection)))),
        FeedDoor::Opens => {
            let account = found.account.connected(opening.feed_start);
            source_account::rewrite(database, found.account_no, &account)?;
            let (kind, id) = (EventKind::AccountConnected, account.id.clone());
            source_account::record(database, &path.connection, id, kind, opening.now)?;
            let connection = connection::link(database, connection_no, connection, opening.now)?;
            Ok(StatementOpened::Open(Box::new((account, connection))))
        }
    }
}

/// An account that was deleted meanwhile has no fetches any more.
fn record_fetches(database: &Database, path: &ConnectionPath, fetches: &[Fetch]) -> Answer<()> {
    for fetch in fetches {
        let Some(account_no) = path::account_no(database, &fetch.account)? else { continue };
        sql::execute(
            database,
            RECORD_FETCH,
            &[
                &account_no,
                &fetch.id,
                &fetch.credential,
                &fetch.at,
                &fetch.from,
                &fetch.to,
                &fetch.watermark,
                &fetch.lines,
                &fetch.bytes,
                &fetch.user_agent,
            ],
        )?;
    }
    let newest = fetches.iter().map(|fetch| fetch.at).max();
    let connection_no = path::connection_no(database, path)?;
    if let Some((connection_no, newest)) = connection_no.zip(newest) {
        sql::execute(database, NOTE_SYNC, &[&connection_no, &newest])?;
    }
    Ok(())
}

fn fetch(row: &mut Fields<'_>, path: &AccountPath) -> Answer<Fetch> {
    Ok(Fetch {
        account: path.clone(),
        id: row.next()?,
        credential: row.next()?,
        at: row.next()?,
        from: row.next()?,
        to: row.next()?,
        watermark: row.next()?,
        lines: row.next()?,
        bytes: row.next()?,
        user_agent: row.next()?,
    })
}
