//! Verbs about connections.

use async_trait::async_trait;
use domain::connection::{Connection, ConnectionStatus};
use domain::event::{Event, EventKind};
use domain::ids::{ClientId, CompanyId, ConnectionId, ConnectionPath};
use domain::page::{ListRequest, Page};
use domain::platform;
use jiff::Timestamp;
use store::{Answer, Connections, Unlinking, link_text, listing};
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

use crate::PostgresStore;
use crate::columns::{Columns, micros, signed};
use crate::company;
use crate::event::{News, finish_with, see_detail};
use crate::fault::Attempt;
use crate::ledger;
use crate::link;
use crate::link_session::DELETE_LINK_SESSIONS;
use crate::session::{Session, Write, both};
use crate::source_account;
use crate::work;

const CREATE_CONNECTION: &str = "\
-- create_connection
insert into connection
    (client_id, connection_id, company_id, platform, status, created_at, synced_at)
values ($1, $2, $3, $4, $5, $6, $7)";

const FIND_CONNECTION: &str = "\
-- find_connection
select connection_id, client_id, company_id, platform, status, created_at, synced_at,
    trouble
from connection
where client_id = $1 and connection_id = $2 and company_id = $3";

/// Keeps a connection from being deleted while something is written below it.
const HOLD_CONNECTION: &str = "\
-- hold_connection
select connection_id, client_id, company_id, platform, status, created_at, synced_at,
    trouble
from connection
where client_id = $1 and connection_id = $2 and company_id = $3
for key share";

const LOCK_CONNECTION: &str = "\
-- lock_connection
select connection_id, client_id, company_id, platform, status, created_at, synced_at,
    trouble
from connection
where client_id = $1 and connection_id = $2 and company_id = $3
for no key update";

const LIST_OF_COMPANY: &str = "\
-- list_connections_of_company
select connection_id, client_id, company_id, platform, status, created_at, synced_at,
    trouble
from connection
where client_id = $1 and company_id = $2
order by created_at, connection_no
limit $3
offset $4";

const COUNT_OF_COMPANY: &str = "\
-- count_connections_of_company
select count(*)
from connection
where client_id = $1 and company_id = $2";

const LIST_OF_COMPANIES: &str = "\
-- list_connections_of_companies
select connection_id, client_id, company_id, platform, status, created_at, synced_at,
    trouble
from connection
where client_id = $1 and company_id = any($2)
order by created_at, connection_no";

const LIST_OF_CLIENT: &str = "\
-- list_connections_of_client
select connection_id, client_id, company_id, platform, status, created_at, synced_at,
    trouble
from connection
where client_id = $1
order by created_at, connection_no";

pub(crate) const SET_CONNECTION_STATUS: &str = "\
-- set_connection_status
update connection
set status = $3
where client_id = $1 and connection_id = $2";

const DELETE_CONNECTION: &str = "\
-- delete_connection
delete from connection
where client_id = $1 and connection_id = $2 and company_id = $3";

const DELETE_SOURCE_ACCOUNTS: &str = "\
-- delete_source_accounts_of_connection
delete from source_account
where client_id = $1 and connection_id = $2";

const DELETE_CREDENTIALS: &str = "\
-- delete_credentials_of_connection
delete from credential
where client_id = $1 and connection_id = $2";

pub(crate) fn connection_of(row: &Row) -> Attempt<Connection> {
    let mut columns = Columns::of(row);
    Ok(Connection {
        id: columns.id(ConnectionId::new)?,
        client: columns.id(ClientId::new)?,
        company: columns.id(CompanyId::new)?,
        platform: columns.parsed(platform::find)?,
        status: columns.parsed(ConnectionStatus::parse)?,
        created_at: columns.moment()?,
        synced_at: columns.moment_maybe()?,
        trouble: columns.parsed_maybe(link_text::read_trouble)?,
    })
}

/// One connection, as it is.
pub(crate) async fn see(session: &Session, path: &ConnectionPath) -> Attempt<Option<Connection>> {
    one(session, FIND_CONNECTION, path).await
}

/// One connection; it stays until the transaction ends.
pub(crate) async fn hold(session: &Session, path: &ConnectionPath) -> Attempt<Option<Connection>> {
    one(session, HOLD_CONNECTION, path).await
}

/// One connection; nobody else changes it until the transaction ends.
pub(crate) async fn lock(session: &Session, path: &ConnectionPath) -> Attempt<Option<Connection>> {
    one(session, LOCK_CONNECTION, path).await
}

async fn one(
    session: &Session,
    sql: &'static str,
    path: &ConnectionPath,
) -> Attempt<Option<Connection>> {
    let ids = ids(path);
    let row = session.row(sql, &[&ids.0, &ids.1, &ids.2]).await?;
    row.as_ref().map(connection_of).transpose()
}

fn ids(path: &ConnectionPath) -> (Uuid, Uuid, Uuid) {
    (path.client.uuid(), path.connection.uuid(), path.company.uuid())
}

pub(crate) async fn rows_of_company(
    session: &Session,
    client: ClientId,
    company: CompanyId,
) -> Attempt<Vec<Row>> {
    let all = None::<i64>;
    session.rows(LIST_OF_COMPANY, &[&client.uuid(), &company.uuid(), &all, &0_i64]).await
}

pub(crate) async fn rows_of_companies(
    session: &Session,
    client: Uuid,
    companies: &[Uuid],
) -> Attempt<Vec<Row>> {
    session.rows(LIST_OF_COMPANIES, &[&client, &companies]).await
}

pub(crate) async fn rows_of_client(session: &Session, client: ClientId) -> Attempt<Vec<Row>> {
    session.rows(LIST_OF_CLIENT, &[&client.uuid()]).await
}

/// An event about a connection.
pub(crate) fn event_on(path: &ConnectionPath, kind: EventKind, at: Timestamp) -> Event {
    Event::of_company(path.client, path.company, kind, at).on(path.connection)
}

/// What a connection that is not linked reports when it becomes so.
pub(crate) const fn linking(status: ConnectionStatus) -> Option<EventKind> {
    match status {
        ConnectionStatus::Linked => None,
        ConnectionStatus::PendingAuth => Some(EventKind::ConnectionConnected),
        ConnectionStatus::Unlinked | ConnectionStatus::Deauthorized => {
            Some(EventKind::ConnectionReconnected)
        }
    }
}

/// Disconnects the connected accounts of a locked connection and unlinks it if it is linked, with all their events;
/// answers the connection as it is then. The transaction is finished by it.
pub(crate) async fn give_up(
    session: &Session,
    connection: Connection,
    writes: &[Write<'_>],
    now: Timestamp,
) -> Attempt<Connection> {
    let path = connection.path();
    // The ledgers come first: a push is judged before or after all of this, but not in between.
    let ledgers = ledger::lock_of_connection(session, &path).await?;
    let mut events = source_account::disconnect_all(session, &path, now).await?;
    let is_linked = connection.status == ConnectionStatus::Linked;
    let status = if is_linked { ConnectionStatus::Unlinked } else { connection.status };
    if is_linked {
        events.push(event_on(&path, EventKind::ConnectionDisconnected, now));
    }
    let ids: [&(dyn ToSql + Sync); 3] =
        [&path.client.uuid(), &path.connection.uuid(), &status.name()];
    let mut all = writes.to_vec();
    all.push(Write::new(SET_CONNECTION_STATUS, &ids));
    let stirred: [&(dyn ToSql + Sync); 2] = [&path.client.uuid(), &path.connection.uuid()];
    all.push(Write::new(link::STIR_LINK, &stirred));
    let (numbers, now) = (ledger::numbers(&ledgers), micros(now));
    let hastened: [&(dyn ToSql + Sync); 3] = [&path.client.uuid(), &numbers, &now];
    all.push(Write::new(work::HASTEN_WORK, &hastened));
    finish_with(session, &all, &News::of(path.client, &events)).await?;
    Ok(Connection { status, ..connection })
}

#[async_trait]
impl Connections for PostgresStore {
    async fn create_connection(&self, connection: &Connection) -> Answer<bool> {
        self.transact(|session| async move {
            let path = connection.path();
            if !company::hold(&session, path.client, path.company).await? {
                return Ok(false);
            }
            let values: [&(dyn ToSql + Sync); 7] = [
                &path.client.uuid(),
                &path.connection.uuid(),
                &path.company.uuid(),
                &connection.platform.key,
                &connection.status.name(),
                &micros(connection.created_at),
                &connection.synced_at.map(micros),
            ];
            let event = event_on(&path, EventKind::ConnectionCreated, connection.created_at);
            let news = News::of(path.client, &[event]);
            finish_with(&session, &[Write::new(CREATE_CONNECTION, &values)], &news).await?;
            Ok(true)
        })
        .await
    }

    async fn find_connection(&self, path: &ConnectionPath) -> Answer<Option<Connection>> {
        self.ask(|session| async move { see(&session, path).await }).await
    }

    async fn list_connections(
        &self,
        client: ClientId,
        company: CompanyId,
        request: &ListRequest,
    ) -> Answer<Option<Page<Connection>>> {
        self.look(|session| async move {
            if !company::exists(&session, client, company).await? {
                return Ok(None);
            }
            if !listing::is_plain(request) {
                let rows = rows_of_company(&session, client, company).await?;
                let all = rows.iter().map(connection_of).collect::<Attempt<Vec<_>>>()?;
                return Ok(Some(listing::select(all, request)));
            }
            let (client, company) = (client.uuid(), company.uuid());
            let (count, offset) = (i64::from(request.page.items()), signed(request.page.offset())?);
            let (total, rows) = both(
                session.rows(COUNT_OF_COMPANY, &[&client, &company]),
                session.rows(LIST_OF_COMPANY, &[&client, &company, &Some(count), &offset]),
            )
            .await?;
            let total = total.first().map_or(Ok(0), |row| Columns::of(row).number())?;
            let items = rows.iter().map(connection_of).collect::<Attempt<Vec<_>>>()?;
            Ok(Some(Page { items, total }))
        })
        .await
    }

    async fn link_connection(
        &self,
        path: &ConnectionPath,
        now: Timestamp,
    ) -> Answer<Option<Connection>> {
        self.transact(|session| async move {
            let Some(connection) = lock(&session, path).await? else { return Ok(None) };
            let Some(kind) = linking(connection.status) else { return Ok(Some(connection)) };
            let status = ConnectionStatus::Linked;
            let ids: [&(dyn ToSql + Sync); 3] =
                [&path.client.uuid(), &path.connection.uuid(), &status.name()];
            let news = News::of(path.client, &[event_on(path, kind, now)]);
            finish_with(&session, &[Write::new(SET_CONNECTION_STATUS, &ids)], &news).await?;
            Ok(Some(Connection { status, ..connection }))
        })
        .await
    }

    async fn unlink_connection(&self, path: &ConnectionPath, now: Timestamp) -> Answer<Unlinking> {
        self.transact(|session| async move {
            let Some(connection) = lock(&session, path).await? else {
                return Ok(Unlinking::Unknown);
            };
            if connection.status != ConnectionStatus::Linked {
                return Ok(Unlinking::NotLinked(connection));
            }
            let ids: [&(dyn ToSql + Sync); 2] = [&path.client.uuid(), &path.connection.uuid()];
            let revoke = Write::new(DELETE_CREDENTIALS, &ids);
            Ok(Unlinking::Unlinked(give_up(&session, connection, &[revoke], now).await?))
        })
        .await
    }

    async fn delete_connection(&self, path: &ConnectionPath, now: Timestamp) -> Answer<bool> {
        let delete = self.transact(|session| async move {
            let ids = ids(path);
            let ConnectionPath { client, company, connection } = *path;
            let detail = see_detail(&session, client, company, Some(connection)).await?;
            if session.run(DELETE_CONNECTION, &[&ids.0, &ids.1, &ids.2]).await? == 0 {
                return Ok(false);
            }
            let (client, connection) = (path.client.uuid(), path.connection.uuid());
            let ledgers = ledger::lock_of_connection(&session, path).await?;
            ledger::forget(&session, path.client, &ledgers).await?;
            session.run(DELETE_SOURCE_ACCOUNTS, &[&client, &connection]).await?;
            session.run(DELETE_CREDENTIALS, &[&client, &connection]).await?;
            link::stir(&session, path).await?;
            work::hasten(&session, path.client, &ledgers, now).await?;
            session.run(DELETE_LINK_SESSIONS, &[&client, &connection]).await?;
            let event = event_on(path, EventKind::ConnectionDeleted, now);
            finish_with(&session, &[], &News::with_detail(path.client, &[event], &detail)).await?;
            Ok(true)
        });
        let was_there = delete.await?;
        if was_there {
            self.tell_of_work();
        }
        Ok(was_there)
    }
}
