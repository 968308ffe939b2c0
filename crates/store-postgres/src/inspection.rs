//! What an inspection reads: rows as they are, each by itself, so that one that cannot be read hides no other.

use async_trait::async_trait;
use domain::ids::{ClientId, CompanyId, ConnectionId, ConnectionPath, PushKey};
use domain::push::LineSpan;
use domain::source_account::{AccountId, AccountPath};
use jiff::Timestamp;
use store::inspection::{
    EventSeries, LedgerMark, SeenChunk, SeenEvent, SeenIndex, SeenLedger, SeenPush, SeenStatement,
};
use store::ledger::{ChunkKind, ChunkNo, Head};
use store::{Answer, Inspections, Installation, OTP_SALT_BYTES, StoreError};
use tokio_postgres::Row;
use uuid::Uuid;

use crate::PostgresStore;
use crate::columns::{Columns, signed};
use crate::delivery::statement_from;
use crate::event::event_of;
use crate::fault::{Attempt, Fault, damaged};
use crate::session::Session;

const FIND_TIME: &str = "\
-- find_time
select (extract(epoch from clock_timestamp()) * 1000000)::bigint";

const FIND_INSTALLATION: &str = "\
-- find_installation_to_inspect
select otp_key, created_at
from installation";

/// The server's own checksums, if it keeps them, and rows without what they belong to: nothing but the store keeps
/// them together.
const EXAMINE: &str = "\
-- examine
select what || ': ' || count
from (
    select 'pages whose checksum failed when the server read them' as what,
        coalesce(checksum_failures, 0) as count
    from pg_stat_database
    where datname = current_database()
    union all
    select 'accounts without a ledger', count(*)
    from source_account
    where not exists (
        select from ledger
        where ledger.client_id = source_account.client_id
            and ledger.account_no = source_account.account_no
    )
    union all
    select 'ledgers without an account', count(*)
    from ledger
    where not exists (
        select from source_account
        where source_account.client_id = ledger.client_id
            and source_account.account_no = ledger.account_no
    )
    union all
    select 'accounts without a connection', count(*)
    from source_account
    where not exists (
        select from connection
        where connection.client_id = source_account.client_id
            and connection.connection_id = source_account.connection_id
    )
    union all
    select 'connections without a company', count(*)
    from connection
    where not exists (
        select from company
        where company.client_id = connection.client_id
            and company.company_id = connection.company_id
    )
    union all
    select 'companies without a client', count(*)
    from company
    where not exists (select from client where client.client_id = company.client_id)
    union all
    select 'work without its operation', count(*)
    from work
    where not exists (
        select from push
        where push.client_id = work.client_id and push.push_key = work.push_key
    )
) as faults
where count > 0
limit $1";

const SEE_LEDGERS: &str = "\
-- see_ledgers
select ledger.client_id, ledger.account_no, company_id, connection_id, account_id, head
from ledger
left join source_account using (client_id, account_no)
where (ledger.client_id, ledger.account_no) > ($1, $2)
order by ledger.client_id, ledger.account_no
limit $3";

const SEE_HEAD: &str = "\
-- see_head
select head
from ledger
where client_id = $1 and account_no = $2";

const SEE_CHUNKS: &str = "\
-- see_chunks
select chunk_no, account_no, kind, bytes
from chunk
where client_id = $1 and chunk_no = any($2)";

const SEE_PUSHES: &str = "\
-- see_pushes
select push_key, first_line, line_count
from push
where client_id = $1
    and company_id = (
        select company_id from source_account where client_id = $1 and account_no = $2
    )
    and account_no = $2 and line_count > 0 and first_line >= $3
order by first_line, push_no
limit $4";

const SEE_STATEMENTS: &str = "\
-- see_statements
select push_key, number, feed, first_line, line_count, starts_on, ends_on, opening, closing, attempt,
    attempted_at, doubtful, statement_id, stage, stage_at
from sent_statement
where client_id = $1 and account_no = $2 and first_line >= $3 and first_line < $4
order by first_line, push_key, number";

const SEE_EVENT_SERIES: &str = "\
-- see_event_series
select client_id, newest
from client_sequence
where client_id > $1
order by client_id
limit $2";

const SEE_EVENTS: &str = "\
-- see_events
select sequence, client_id, kind, happened_at, company_id, connection_id, account_id, push_key, detail
from event
where client_id = $1 and sequence > $2
order by sequence
limit $3";

#[async_trait]
impl Inspections for PostgresStore {
    async fn database_time(&self) -> Answer<Option<Timestamp>> {
        self.ask(|session| async move {
            let row = session.row(FIND_TIME, &[]).await?;
            row.map(|row| Columns::of(&row).moment()).transpose()
        })
        .await
    }

    async fn find_installation(&self) -> Answer<Option<Installation>> {
        self.ask(|session| async move {
            let Some(row) = session.row(FIND_INSTALLATION, &[]).await? else { return Ok(None) };
            let mut columns = Columns::of(&row);
            let otp_salt = <[u8; OTP_SALT_BYTES]>::try_from(columns.take::<&[u8]>()?)
                .map_err(|_length| damaged("a salt of another length"))?;
            Ok(Some(Installation { otp_salt, created_at: columns.moment()? }))
        })
        .await
    }

    async fn examine(&self, count: u32) -> Answer<Vec<String>> {
        self.ask(|session| async move {
            let rows = session.rows(EXAMINE, &[&i64::from(count)]).await?;
            rows.iter().map(|row| Columns::of(row).take()).collect()
        })
        .await
    }

    async fn see_ledgers(&self, after: Option<LedgerMark>, count: u32) -> Answer<Vec<SeenLedger>> {
        self.ask(|session| async move {
            let client = after.map_or(Uuid::nil(), |mark| mark.client.uuid());
            let account_no = after.map_or(Ok(-1), |mark| signed(mark.account_no))?;
            let values = (&client, &account_no, &i64::from(count));
            let rows = session.rows(SEE_LEDGERS, &[values.0, values.1, values.2]).await?;
            rows.iter().map(ledger_of).collect()
        })
        .await
    }

    async fn see_head(&self, mark: LedgerMark) -> Answer<Option<Vec<u8>>> {
        self.ask(|session| async move { head(&session, mark).await }).await
    }

    async fn see_chunks(
        &self,
        mark: LedgerMark,
        chunks: &[ChunkNo],
    ) -> Answer<Vec<Option<SeenChunk>>> {
        self.ask(|session| async move { load(&session, mark.client, chunks).await }).await
    }

    async fn see_index(&self, mark: LedgerMark, position: u64) -> Answer<Option<SeenIndex>> {
        self.look(|session| async move {
            let Some(head) = head(&session, mark).await? else { return Ok(None) };
            let place = Head::decode(&head)?.index_place(position);
            let wanted: Vec<ChunkNo> = place.and_then(|place| place.run).into_iter().collect();
            let run = load(&session, mark.client, &wanted).await?.pop().flatten();
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
        self.ask(|session| async move {
            let (account_no, first) = (signed(mark.account_no)?, signed(position)?);
            let client = mark.client.uuid();
            let count = i64::from(count);
            let rows = session.rows(SEE_PUSHES, &[&client, &account_no, &first, &count]).await?;
            rows.iter().map(push_of).collect()
        })
        .await
    }

    async fn see_statements(
        &self,
        mark: LedgerMark,
        first: u64,
        end: u64,
    ) -> Answer<Vec<SeenStatement>> {
        self.ask(|session| async move {
            let account_no = signed(mark.account_no)?;
            let (first, end) = (signed(first)?, signed(end)?);
            let client = mark.client.uuid();
            let rows = session.rows(SEE_STATEMENTS, &[&client, &account_no, &first, &end]).await?;
            rows.iter().map(sent_of).collect()
        })
        .await
    }

    async fn see_event_series(
        &self,
        after: Option<ClientId>,
        count: u32,
    ) -> Answer<Vec<EventSeries>> {
        self.ask(|session| async move {
            let after = after.map_or(Uuid::nil(), ClientId::uuid);
            let rows = session.rows(SEE_EVENT_SERIES, &[&after, &i64::from(count)]).await?;
            rows.iter().map(series_of).collect()
        })
        .await
    }

    async fn see_events(
        &self,
        series: EventSeries,
        sequence: u64,
        count: u32,
    ) -> Answer<Vec<SeenEvent>> {
        self.ask(|session| async move {
            let client = series.client.map_or(Uuid::nil(), ClientId::uuid);
            let (after, count) = (signed(sequence)?, i64::from(count));
            let rows = session.rows(SEE_EVENTS, &[&client, &after, &count]).await?;
            rows.iter().map(seen_event).collect()
        })
        .await
    }
}

fn ledger_of(row: &Row) -> Attempt<SeenLedger> {
    let mut columns = Columns::of(row);
    let (client, account_no) = (columns.id(ClientId::new)?, columns.number()?);
    let company = columns.take::<Option<Uuid>>()?.map(CompanyId::new);
    let connection = columns.take::<Option<Uuid>>()?.map(ConnectionId::new);
    let account = columns.parsed_maybe(|text| AccountId::parse(text).ok()).ok().flatten();
    let names = company.zip(connection).zip(account);
    let account = names.map(|((company, connection), account)| AccountPath {
        connection: ConnectionPath { client, company, connection },
        account,
    });
    Ok(SeenLedger { mark: LedgerMark { client, account_no }, account, head: columns.take()? })
}

fn push_of(row: &Row) -> Attempt<SeenPush> {
    let mut columns = Columns::of(row);
    let key = columns.id(PushKey::new)?;
    Ok(SeenPush { key, lines: LineSpan { first: columns.number()?, count: columns.number()? } })
}

fn sent_of(row: &Row) -> Attempt<SeenStatement> {
    let mut columns = Columns::of(row);
    let push = columns.id(PushKey::new)?;
    Ok(SeenStatement { push, statement: statement_from(&mut columns)? })
}

fn series_of(row: &Row) -> Attempt<EventSeries> {
    let mut columns = Columns::of(row);
    Ok(EventSeries { client: Some(columns.id(ClientId::new)?), newest: columns.number()? })
}

fn seen_event(row: &Row) -> Attempt<SeenEvent> {
    let sequence = Columns::of(row).number()?;
    let fault = match event_of(row) {
        Err(Fault::Store(StoreError::Damaged(what))) => Some(what),
        read => read.map(|_event| None)?,
    };
    Ok(SeenEvent { sequence, fault })
}

async fn head(session: &Session, mark: LedgerMark) -> Attempt<Option<Vec<u8>>> {
    let account_no = signed(mark.account_no)?;
    let row = session.row(SEE_HEAD, &[&mark.client.uuid(), &account_no]).await?;
    row.map(|row| Columns::of(&row).take()).transpose()
}

async fn load(
    session: &Session,
    client: ClientId,
    chunks: &[ChunkNo],
) -> Attempt<Vec<Option<SeenChunk>>> {
    // A number that is too great for the table is not there.
    let wanted: Vec<i64> = chunks.iter().filter_map(|number| i64::try_from(*number).ok()).collect();
    let rows = session.rows(SEE_CHUNKS, &[&client.uuid(), &wanted]).await?;
    let mut found = vec![None; chunks.len()];
    for row in rows {
        let mut columns = Columns::of(&row);
        let number: ChunkNo = columns.number()?;
        let account_no = columns.number()?;
        let kind = u8::try_from(columns.take::<i16>()?).ok().and_then(ChunkKind::from_code);
        let seen = SeenChunk { account_no, kind, bytes: columns.take()? };
        for (_, place) in chunks.iter().zip(&mut found).filter(|(wanted, _)| **wanted == number) {
            *place = Some(seen.clone());
        }
    }
    Ok(found)
}
