//! The ledgers of accounts: locking them, reading where their segments are, and deleting them with all that hangs on
//! them. What a head and its chunks say is encoded in `store::ledger`.

use domain::ids::{ClientId, CompanyId, ConnectionPath};
use domain::source_account::AccountPath;
use store::ledger::{Directory, Head, SegmentEntry};
use tokio_postgres::Row;

use crate::chunk;
use crate::columns::{Columns, signed};
use crate::fault::Attempt;
use crate::managed_sync;
use crate::session::Session;

const LOCK_LEDGER: &str = "\
-- lock_ledger
select ledger.account_no, ledger.head
from source_account
join ledger using (client_id, account_no)
where client_id = $1 and connection_id = $2 and company_id = $3 and account_id = $4
for update of ledger";

const LOCK_LEDGERS_OF_CONNECTION: &str = "\
-- lock_ledgers_of_connection
select ledger.account_no, ledger.head
from source_account
join ledger using (client_id, account_no)
where client_id = $1 and connection_id = $2
order by ledger.account_no
for update of ledger";

const LOCK_LEDGERS_OF_COMPANY: &str = "\
-- lock_ledgers_of_company
select ledger.account_no, ledger.head
from source_account
join ledger using (client_id, account_no)
where client_id = $1 and company_id = $2
order by ledger.account_no
for update of ledger";

const SEE_LEDGER: &str = "\
-- see_ledger
select ledger.account_no, ledger.head
from source_account
join ledger using (client_id, account_no)
where client_id = $1 and connection_id = $2 and company_id = $3 and account_id = $4";

const DELETE_LEDGERS: &str = "\
-- delete_ledgers
delete from ledger
where client_id = $1 and account_no = any($2)";

const DELETE_FETCHES: &str = "\
-- delete_fetches
delete from statement_fetch
where client_id = $1 and account_no = any($2)";

/// An account's ledger.
#[derive(Debug)]
pub(crate) struct Ledger {
    pub(crate) account_no: i64,
    pub(crate) head: Head,
}

fn ledger_of(row: &Row) -> Attempt<Ledger> {
    let mut columns = Columns::of(row);
    Ok(Ledger { account_no: columns.take()?, head: Head::decode(columns.take()?)? })
}

/// The ledger of an account. Until the transaction ends, nobody pushes to the account or changes its standing.
pub(crate) async fn lock(session: &Session, path: &AccountPath) -> Attempt<Option<Ledger>> {
    of_account(session, LOCK_LEDGER, path).await
}

/// The ledger of an account, as it is.
pub(crate) async fn see(session: &Session, path: &AccountPath) -> Attempt<Option<Ledger>> {
    of_account(session, SEE_LEDGER, path).await
}

async fn of_account(
    session: &Session,
    sql: &'static str,
    path: &AccountPath,
) -> Attempt<Option<Ledger>> {
    let ConnectionPath { client, company, connection } = path.connection;
    let account = path.account.as_str();
    let row =
        session.row(sql, &[&client.uuid(), &connection.uuid(), &company.uuid(), &account]).await?;
    row.as_ref().map(ledger_of).transpose()
}

/// The numbers of their accounts.
pub(crate) fn numbers(ledgers: &[Ledger]) -> Vec<i64> {
    ledgers.iter().map(|ledger| ledger.account_no).collect()
}

/// The ledgers of a connection's accounts, locked in the order of their making.
pub(crate) async fn lock_of_connection(
    session: &Session,
    path: &ConnectionPath,
) -> Attempt<Vec<Ledger>> {
    let ids = (path.client.uuid(), path.connection.uuid());
    let rows = session.rows(LOCK_LEDGERS_OF_CONNECTION, &[&ids.0, &ids.1]).await?;
    rows.iter().map(ledger_of).collect()
}

/// The ledgers of a company's accounts, locked in the order of their making.
pub(crate) async fn lock_of_company(
    session: &Session,
    client: ClientId,
    company: CompanyId,
) -> Attempt<Vec<Ledger>> {
    let rows = session.rows(LOCK_LEDGERS_OF_COMPANY, &[&client.uuid(), &company.uuid()]).await?;
    rows.iter().map(ledger_of).collect()
}

/// Where all lines of an account are, in the order of their positions.
pub(crate) async fn segments(
    session: &Session,
    client: ClientId,
    head: &Head,
) -> Attempt<Vec<SegmentEntry>> {
    let mut entries: Vec<SegmentEntry> = head.recent_segments().to_vec();
    for (_, directory) in directories(session, client, head).await? {
        entries.extend(directory.segments);
    }
    entries.sort_by_key(|entry| entry.span.first);
    Ok(entries)
}

/// Where the lines from `position` on are, and perhaps some before.
pub(crate) async fn segments_from(
    session: &Session,
    client: ClientId,
    head: &Head,
    position: u64,
) -> Attempt<Vec<SegmentEntry>> {
    let recent = head.recent_segments();
    if recent.first().is_some_and(|entry| entry.span.first <= position) {
        return Ok(recent.to_vec());
    }
    segments(session, client, head).await
}

/// Every directory, with the number of its chunk.
async fn directories(
    session: &Session,
    client: ClientId,
    head: &Head,
) -> Attempt<Vec<(u64, Directory)>> {
    let mut wanted = head.directory_chunks().to_vec();
    let mut found = Vec::new();
    while !wanted.is_empty() {
        let chunks = chunk::load(session, client, &wanted).await?;
        wanted.clear();
        for (number, bytes) in chunks {
            let directory = Directory::decode(&bytes)?;
            wanted.extend(&directory.older);
            found.push((number, directory));
        }
    }
    Ok(found)
}

/// Deletes locked ledgers with their lines, fetches and syncs.
pub(crate) async fn forget(session: &Session, client: ClientId, ledgers: &[Ledger]) -> Attempt<()> {
    for ledger in ledgers {
        // By number, so that no index by account has to be kept for the sake of deletions.
        let mut chunks = ledger.head.run_chunks();
        chunks.extend(ledger.head.recent_segments().iter().map(|entry| entry.chunk));
        for (number, directory) in directories(session, client, &ledger.head).await? {
            chunks.push(number);
            chunks.extend(directory.segments.iter().map(|entry| entry.chunk));
        }
        let chunks = chunks.into_iter().map(signed).collect::<Attempt<Vec<i64>>>()?;
        chunk::delete(session, client, &chunks).await?;
    }
    let numbers: Vec<i64> = ledgers.iter().map(|ledger| ledger.account_no).collect();
    session.run(DELETE_FETCHES, &[&client.uuid(), &numbers]).await?;
    managed_sync::forget(session, client, &numbers).await?;
    session.run(DELETE_LEDGERS, &[&client.uuid(), &numbers]).await?;
    Ok(())
}
