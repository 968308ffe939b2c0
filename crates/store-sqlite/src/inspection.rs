//! What an inspection reads: rows as they are, each by itself, so that one that cannot be read hides no other.

use crate::row::{Fields, Put};
use crate::{Database, SqliteStore, delivery, event, row, sql};
use async_trait::async_trait;
use domain::ids::{ClientId, ConnectionPath};
use domain::push::LineSpan;
use domain::source_account::AccountPath;
use jiff::Timestamp;
use store::inspection::{
    EventSeries, LedgerMark, SeenChunk, SeenEvent, SeenIndex, SeenLedger, SeenPush, SeenStatement,
};
use store::ledger::{ChunkKind, ChunkNo, Head};
use store::{Answer, Inspections, Installation, StoreError};
use uuid::Uuid;

const FIND_INSTALLATION: &str = "
    -- find_installation_to_inspect
    select otp_key, created_at_us
    from installation";

const CHECK_INTEGRITY: &str = "
    -- check_integrity
    select integrity_check
    from pragma_integrity_check
    limit ?1";

const CHECK_REFERENCES: &str = "
    -- check_references
    select \"table\" || ' (row ' || coalesce(rowid, '?') || ') refers to a ' || parent || ' that is not there'
    from pragma_foreign_key_check
    limit ?1";

const SEE_LEDGERS: &str = "
    -- see_ledgers
    select source_account.account_no, company.client_id, company.company_id,
        connection.connection_id, source_account.account_id, ledger.head
    from source_account
    left join ledger on ledger.account_no = source_account.account_no
    left join connection on connection.connection_no = source_account.connection_no
    left join company on company.company_no = connection.company_no
    where source_account.account_no > ?1
    order by source_account.account_no
    limit ?2";

const SEE_HEAD: &str = "
    -- see_head
    select head
    from ledger
    where account_no = ?1";

const SEE_CHUNK: &str = "
    -- see_chunk
    select account_no, kind, bytes
    from chunk
    where chunk_no = ?1";

const SEE_PUSHES: &str = "
    -- see_pushes
    select push_key, first_line, line_count
    from push
    where company_no = (
            select company_no
            from source_account
            join connection on connection.connection_no = source_account.connection_no
            where source_account.account_no = ?1
        )
        and account_no = ?1 and line_count > 0 and first_line >= ?2
    order by first_line, push_key
    limit ?3";

const SEE_STATEMENTS: &str = "
    -- see_statements
    select push_key, number, feed, first_line, line_count, starts_on, ends_on, opening, closing,
        attempt, attempted_at_us, doubtful, statement_id, stage, stage_at_us
    from sent_statement
    where account_no = ?1 and first_line >= ?2 and first_line < ?3
    order by first_line, push_key, number";

const FIND_NEWEST: &str = "
    -- find_newest_sequence
    select seq
    from sqlite_sequence
    where name = 'event'";

const SEE_EVENTS: &str = "
    -- see_events
    select sequence, sequence, client_id, kind, at_us, company_id, connection_id, account_id,
        push_key, detail
    from event
    where sequence > ?1
    order by sequence
    limit ?2";

#[async_trait]
impl Inspections for SqliteStore {
    async fn database_time(&self) -> Answer<Option<Timestamp>> {
        Ok(None)
    }

    async fn find_installation(&self) -> Answer<Option<Installation>> {
        self.read(|database| {
            sql::one(database, FIND_INSTALLATION, &[], |row| {
                Ok(Installation { otp_salt: row.next()?, created_at: row.next()? })
            })
        })
        .await
    }

    async fn examine(&self, count: u32) -> Answer<Vec<String>> {
        self.read(move |database| {
            let mut faults = found(database, CHECK_INTEGRITY, count)?;
            faults.retain(|said| said != "ok");
            faults.extend(found(database, CHECK_REFERENCES, count)?);
            Ok(faults)
        })
        .await
    }

    async fn see_ledgers(&self, after: Option<LedgerMark>, count: u32) -> Answer<Vec<SeenLedger>> {
        let after = after.map_or(0, |mark| mark.account_no);
        self.read(move |database| sql::all(database, SEE_LEDGERS, &[&after, &count], ledger)).await
    }

    async fn see_head(&self, mark: LedgerMark) -> Answer<Option<Vec<u8>>> {
        self.read(move |database| head(database, mark)).await
    }

    async fn see_chunks(
        &self,
        _mark: LedgerMark,
        chunks: &[ChunkNo],
    ) -> Answer<Vec<Option<SeenChunk>>> {
        let chunks = chunks.to_vec();
        self.read(move |database| chunks.iter().map(|number| chunk(database, *number)).collect())
            .await
    }

    async fn see_index(&self, mark: LedgerMark, position: u64) -> Answer<Option<SeenIndex>> {
        self.read(move |database| {
            let Some(head) = head(database, mark)? else { return Ok(None) };
            let place = Head::decode(&head)?.index_place(position);
            let run = place.and_then(|place| place.run);
            let run = run.map(|number| chunk(database, number)).transpose()?.flatten();
            Ok(Some(SeenIndex { head, run }))
        })
        .await
    }

    async fn see_pushes(
        &self,
        mark: LedgerMark,
        position: u64,
        count: u32,
    ) -> Answer<Vec<SeenPush>> {
        self.read(move |database| {
            let values: [&dyn Put; 3] = [&mark.account_no, &position, &count];
            sql::all(database, SEE_PUSHES, &values, |row| {
                let key = row.next()?;
                Ok(SeenPush { key, lines: LineSpan { first: row.next()?, count: row.next()? } })
            })
        })
        .await
    }

    async fn see_statements(
        &self,
        mark: LedgerMark,
        first: u64,
        end: u64,
    ) -> Answer<Vec<SeenStatement>> {
        self.read(move |database| {
            let values: [&dyn Put; 3] = [&mark.account_no, &first, &end];
            sql::all(database, SEE_STATEMENTS, &values, |row| {
                Ok(SeenStatement { push: row.next()?, statement: delivery::statement(row)? })
            })
        })
        .await
    }

    async fn see_event_series(
        &self,
        after: Option<ClientId>,
        _count: u32,
    ) -> Answer<Vec<EventSeries>> {
        // All clients share one numbering.
        if after.is_some() {
            return Ok(Vec::new());
        }
        let newest = self.read(|database| sql::count(database, FIND_NEWEST, &[])).await?;
        Ok(vec![EventSeries { client: None, newest }])
    }

    async fn see_events(
        &self,
        _series: EventSeries,
        sequence: u64,
        count: u32,
    ) -> Answer<Vec<SeenEvent>> {
        self.read(move |database| {
            sql::all(database, SEE_EVENTS, &[&sequence, &count], |row| {
                let sequence = row.next()?;
                let fault = match event::kept_event(row) {
                    Err(StoreError::Damaged(what)) => Some(what),
                    read => read.map(|_event| None)?,
                };
                Ok(SeenEvent { sequence, fault })
            })
        })
        .await
    }
}

/// What a check of the database's own says. One that cannot even be made has found something.
fn found(database: &Database, sql: &str, count: u32) -> Answer<Vec<String>> {
    match sql::all(database, sql, &[&count], row::only) {
        Err(StoreError::Damaged(what)) => Ok(vec![what]),
        answer => answer,
    }
}

fn ledger(row: &mut Fields<'_>) -> Answer<SeenLedger> {
    let account_no = row.next()?;
    // Every column is taken, whatever those before it hold.
    let (client, company, connection) = (row.next().ok(), row.next().ok(), row.next().ok());
    let (account, head) = (row.next().ok(), row.next::<Vec<u8>>().ok());
    let names = client.zip(company).zip(connection).zip(account);
    let account = names.map(|(((client, company), connection), account)| AccountPath {
        connection: ConnectionPath { client, company, connection },
        account,
    });
    let client = client.unwrap_or_else(|| ClientId::new(Uuid::nil()));
    Ok(SeenLedger { mark: LedgerMark { client, account_no }, account, head })
}

fn head(database: &Database, mark: LedgerMark) -> Answer<Option<Vec<u8>>> {
    sql::one(database, SEE_HEAD, &[&mark.account_no], row::only)
}

fn chunk(database: &Database, number: ChunkNo) -> Answer<Option<SeenChunk>> {
    sql::one(database, SEE_CHUNK, &[&number], |row| {
        let account_no = row.next()?;
        let kind = row.next().ok().and_then(ChunkKind::from_code);
        Ok(SeenChunk { account_no, kind, bytes: row.next()? })
    })
}
