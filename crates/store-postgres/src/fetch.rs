//! Verbs about fetches.

use async_trait::async_trait;
use domain::connection::{Connection, ConnectionStatus};
use domain::event::EventKind;
use domain::fetch::Fetch;
use domain::ids::{ConnectionPath, CredentialId, FetchId};
use domain::source_account::{AccountPath, FeedDoor, SourceAccount};
use jiff::Timestamp;
use store::{Answer, Fetches, StatementOpened, StatementOpening};
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use crate::PostgresStore;
use crate::columns::{Columns, day, micros, signed};
use crate::connection::{self, SET_CONNECTION_STATUS, event_on, linking};
use crate::event::{News, finish_with};
use crate::fault::Attempt;
use crate::ledger;
use crate::session::{Session, Write, both};
use crate::source_account;
use crate::text::{escaped, unescaped};

/// A fetch of an account that was deleted meanwhile is kept nowhere. Whoever deletes an account, or looks which of its
/// lines were shown, locks its ledger first: so he sees this fetch, or it sees what he did.
const CREATE_FETCH: &str = "\
-- create_fetch
insert into statement_fetch
    (client_id, account_no, fetch_id, company_id, connection_id, credential_id, fetched_at,
     from_day, to_day, watermark, lines, bytes, user_agent)
select client_id, account_no, $4, company_id, connection_id, $5, $6, $7, $8, $9, $10, $11, $12
from source_account
join ledger using (client_id, account_no)
where client_id = $1 and connection_id = $2 and account_id = $3
for key share of ledger";

/// Locks the connection too, so that it is not deleted while its fetches are written.
const NOTE_SYNC: &str = "\
-- note_sync
update connection
set synced_at = greatest(synced_at, $4)
where client_id = $1 and connection_id = $2 and company_id = $3";

const LIST_FETCHES: &str = "\
-- list_fetches
select statement_fetch.fetch_id, statement_fetch.credential_id, statement_fetch.fetched_at, statement_fetch.from_day, statement_fetch.to_day,
    statement_fetch.watermark, statement_fetch.lines, statement_fetch.bytes, statement_fetch.user_agent
from source_account
join statement_fetch using (client_id, account_no)
where client_id = $1
    and source_account.connection_id = $2
    and source_account.company_id = $3
    and source_account.account_id = $4
    and statement_fetch.fetched_at >= $5
order by statement_fetch.fetched_at desc, statement_fetch.fetch_no desc
limit $6";

fn fetch_of(row: &Row, path: &AccountPath) -> Attempt<Fetch> {
    let mut columns = Columns::of(row);
    Ok(Fetch {
        id: columns.id(FetchId::new)?,
        account: path.clone(),
        credential: columns.id(CredentialId::new)?,
        at: columns.moment()?,
        from: columns.day()?,
        to: columns.day_maybe()?,
        watermark: columns.number()?,
        lines: columns.number()?,
        bytes: columns.number()?,
        user_agent: unescaped(columns.take()?),
    })
}

async fn create(session: &Session, path: &ConnectionPath, fetch: &Fetch) -> Attempt<()> {
    let values: [&(dyn ToSql + Sync); 12] = [
        &path.client.uuid(),
        &path.connection.uuid(),
        &fetch.account.account.as_str(),
        &fetch.id.uuid(),
        &fetch.credential.uuid(),
        &micros(fetch.at),
        &day(fetch.from),
        &fetch.to.map(day),
        &signed(fetch.watermark)?,
        &i64::from(fetch.lines),
        &signed(fetch.bytes)?,
        &escaped(&fetch.user_agent),
    ];
    session.run(CREATE_FETCH, &values).await?;
    Ok(())
}

/// What an opening finds.
enum Found {
    Unknown,
    Closed,
    /// Nothing is to be written.
    Open(SourceAccount, Connection),
    /// Something is.
    Opening(SourceAccount, Connection),
}

async fn find(session: &Session, opening: &StatementOpening) -> Attempt<Found> {
    let path = &opening.account;
    let (connection, account) =
        both(connection::see(session, &path.connection), source_account::find(session, path))
            .await?;
    let (Some(connection), Some(account)) = (connection, account) else {
        return Ok(Found::Unknown);
    };
    Ok(match account.feed_door(opening.credentials_made_at) {
        FeedDoor::Closed => Found::Closed,
        FeedDoor::Open => Found::Open(account, connection),
        FeedDoor::Opens => Found::Opening(account, connection),
    })
}

/// Connects an account and links its connection, both locked and as they are.
async fn open(
    session: &Session,
    opening: &StatementOpening,
    account: SourceAccount,
    connection: Connection,
) -> Attempt<StatementOpened> {
    let path = &opening.account.connection;
    source_account::set_connected(session, &opening.account, opening.feed_start).await?;
    let connected = event_on(path, EventKind::AccountConnected, opening.now);
    let mut events = vec![connected.for_account(account.id.clone())];
    let linked = ConnectionStatus::Linked;
    let ids: [&(dyn ToSql + Sync); 3] =
        [&path.client.uuid(), &path.connection.uuid(), &linked.name()];
    let mut writes = Vec::new();
    if let Some(kind) = linking(connection.status) {
        events.push(event_on(path, kind, opening.now));
        writes.push(Write::new(SET_CONNECTION_STATUS, &ids));
    }
    finish_with(session, &writes, &News::of(path.client, &events)).await?;
    let account = account.connected(opening.feed_start);
    Ok(StatementOpened::Open(Box::new((account, Connection { status: linked, ..connection }))))
}

#[async_trait]
impl Fetches for PostgresStore {
    async fn open_statement(&self, opening: &StatementOpening) -> Answer<StatementOpened> {
        let path = &opening.account;
        // Nearly every opening finds an open account, and locks nothing.
        let found = self.look(|session| async move { find(&session, opening).await }).await?;
        match found {
            Found::Unknown => return Ok(StatementOpened::Unknown),
            Found::Closed => return Ok(StatementOpened::Closed),
            Found::Open(account, connection) => {
                return Ok(StatementOpened::Open(Box::new((account, connection))));
            }
            Found::Opening(..) => {}
        }
        self.transact(|session| async move {
            connection::lock(&session, &path.connection).await?;
            ledger::lock(&session, path).await?;
            match find(&session, opening).await? {
                Found::Unknown => Ok(StatementOpened::Unknown),
                Found::Closed => Ok(StatementOpened::Closed),
                Found::Open(account, connection) => {
                    Ok(StatementOpened::Open(Box::new((account, connection))))
                }
                Found::Opening(account, connection) => {
                    open(&session, opening, account, connection).await
                }
            }
        })
        .await
    }

    async fn record_fetches(&self, path: &ConnectionPath, fetches: &[Fetch]) -> Answer<()> {
        let Some(newest) = fetches.iter().map(|fetch| micros(fetch.at)).max() else {
            return Ok(());
        };
        self.transact(|session| async move {
            let ids = (path.client.uuid(), path.connection.uuid(), path.company.uuid());
            if session.run(NOTE_SYNC, &[&ids.0, &ids.1, &ids.2, &newest]).await? == 0 {
                return Ok(());
            }
            for fetch in fetches {
                create(&session, path, fetch).await?;
            }
            Ok(())
        })
        .await
    }

    async fn list_fetches(
        &self,
        path: &AccountPath,
        since: Timestamp,
        count: u32,
    ) -> Answer<Vec<Fetch>> {
        self.ask(|session| async move {
            let ConnectionPath { client, company, connection } = path.connection;
            let ids = (client.uuid(), connection.uuid(), company.uuid());
            let (account, since, count) = (path.account.as_str(), micros(since), i64::from(count));
            let values: [&(dyn ToSql + Sync); 6] =
                [&ids.0, &ids.1, &ids.2, &account, &since, &count];
            let rows = session.rows(LIST_FETCHES, &values).await?;
            rows.iter().map(|row| fetch_of(row, path)).collect()
        })
        .await
    }
}
