//! Connections, and the ways their status goes.

use crate::row::Fields;
use crate::writer::Writing;
use crate::{
    Database, SqliteStore, credential, event, ledger, link, path, source_account, sql, work,
};
use async_trait::async_trait;
use domain::connection::{Connection, ConnectionStatus};
use domain::event::{Event, EventKind};
use domain::ids::{ClientId, CompanyId, ConnectionPath};
use domain::page::{ListRequest, Page, PageRequest};
use jiff::Timestamp;
use store::{Answer, Connections, Unlinking, listing};

const CREATE_CONNECTION: &str = "
    -- create_connection
    insert into connection (company_no, connection_id, platform, status, created_at_us, synced_at_us)
    values (?1, ?2, ?3, ?4, ?5, ?6)";

const FIND_CONNECTION: &str = "
    -- find_connection
    select connection.connection_no, connection.connection_id, company.client_id,
        company.company_id, connection.platform, connection.status, connection.created_at_us,
        connection.synced_at_us, connection.trouble
    from company
    join connection on connection.company_no = company.company_no
    where company.client_id = ?1 and company.company_id = ?2 and connection.connection_id = ?3";

const COUNT_CONNECTIONS: &str = "
    -- count_connections
    select count(*)
    from connection
    where company_no = ?1";

const LIST_CONNECTIONS: &str = "
    -- list_connections
    select connection.connection_no, connection.connection_id, company.client_id,
        company.company_id, connection.platform, connection.status, connection.created_at_us,
        connection.synced_at_us, connection.trouble
    from company
    join connection on connection.company_no = company.company_no
    where company.company_no = ?1
    order by connection.created_at_us, connection.connection_no
    limit ?2 offset ?3";

const SET_CONNECTION_STATUS: &str = "
    -- set_connection_status
    update connection
    set status = ?2
    where connection_no = ?1";

const DELETE_CONNECTION: &str = "
    -- delete_connection
    delete from connection
    where connection_no = ?1";

#[async_trait]
impl Connections for SqliteStore {
    async fn create_connection(&self, connection: &Connection) -> Answer<bool> {
        let connection = connection.clone();
        self.write(move |writing| create_connection(writing.database, &connection)).await
    }

    async fn find_connection(&self, path: &ConnectionPath) -> Answer<Option<Connection>> {
        let path = *path;
        self.read(move |database| Ok(load(database, &path)?.map(|(_, found)| found))).await
    }

    async fn list_connections(
        &self,
        client: ClientId,
        company: CompanyId,
        request: &ListRequest,
    ) -> Answer<Option<Page<Connection>>> {
        let request = request.clone();
        self.read(move |database| {
            let company = path::company_no(database, client, company)?;
            company.map(|company_no| list_connections(database, company_no, &request)).transpose()
        })
        .await
    }

    async fn link_connection(
        &self,
        path: &ConnectionPath,
        now: Timestamp,
    ) -> Answer<Option<Connection>> {
        let path = *path;
        self.write(move |writing| {
            let found = load(writing.database, &path)?;
            found.map(|(no, found)| link(writing.database, no, found, now)).transpose()
        })
        .await
    }

    async fn unlink_connection(&self, path: &ConnectionPath, now: Timestamp) -> Answer<Unlinking> {
        let path = *path;
        self.write(move |writing| unlink_connection(writing.database, &path, now)).await
    }

    async fn delete_connection(&self, path: &ConnectionPath, now: Timestamp) -> Answer<bool> {
        let path = *path;
        let delete =
            move |writing: &mut Writing<'_>| delete_connection(writing.database, &path, now);
        self.delete_and_signal(delete).await
    }
}

/// A connection with its number.
pub(crate) fn load(
    database: &Database,
    path: &ConnectionPath,
) -> Answer<Option<(i64, Connection)>> {
    sql::one(
        database,
        FIND_CONNECTION,
        &[&path.client, &path.company, &path.connection],
        connection,
    )
}

/// A company's connections, oldest first.
pub(crate) fn all_of(database: &Database, company_no: i64) -> Answer<Vec<Connection>> {
    load_connections(database, company_no, u64::MAX, 0)
}

/// Makes a connection `Linked`, with its event, unless it is.
pub(crate) fn link(
    database: &Database,
    connection_no: i64,
    connection: Connection,
    now: Timestamp,
) -> Answer<Connection> {
    let kind = match connection.status {
        ConnectionStatus::Linked => return Ok(connection),
        ConnectionStatus::PendingAuth => EventKind::ConnectionConnected,
        ConnectionStatus::Unlinked | ConnectionStatus::Deauthorized => {
            EventKind::ConnectionReconnected
        }
    };
    set_status(database, connection_no, connection, (ConnectionStatus::Linked, kind), now)
}

/// Makes a connection `Unlinked`, with its event, if it is `Linked`.
pub(crate) fn unlink(
    database: &Database,
    connection_no: i64,
    connection: Connection,
    now: Timestamp,
) -> Answer<Connection> {
    if connection.status != ConnectionStatus::Linked {
        return Ok(connection);
    }
    let end = (ConnectionStatus::Unlinked, EventKind::ConnectionDisconnected);
    set_status(database, connection_no, connection, end, now)
}

/// Makes a connection `Deauthorized`, with its event, if it is `Linked`.
pub(crate) fn deauthorize(
    database: &Database,
    connection_no: i64,
    connection: Connection,
    now: Timestamp,
) -> Answer<Connection> {
    if connection.status != ConnectionStatus::Linked {
        return Ok(connection);
    }
    let end = (ConnectionStatus::Deauthorized, EventKind::ConnectionDisconnected);
    set_status(database, connection_no, connection, end, now)
}

fn set_status(
    database: &Database,
    connection_no: i64,
    connection: Connection,
    (status, kind): (ConnectionStatus, EventKind),
    now: Timestamp,
) -> Answer<Connection> {
    sql::execute(database, SET_CONNECTION_STATUS, &[&connection_no, &status])?;
    let happened = Event::of_company(connection.client, connection.company, kind, now);
    event::record(database, &happened.on(connection.id))?;
    Ok(Connection { status, ..connection })
}

fn create_connection(database: &Database, connection: &Connection) -> Answer<bool> {
    let Connection { id, client, company, platform, status, created_at, synced_at, .. } =
        connection;
    let Some(company_no) = path::company_no(database, *client, *company)? else {
        return Ok(false);
    };
    sql::execute(
        database,
        CREATE_CONNECTION,
        &[&company_no, id, platform, status, created_at, synced_at],
    )?;
    let kind = EventKind::ConnectionCreated;
    event::record(database, &Event::of_company(*client, *company, kind, *created_at).on(*id))?;
    Ok(true)
}

fn list_connections(
    database: &Database,
    company_no: i64,
    request: &ListRequest,
) -> Answer<Page<Connection>> {
    if !listing::is_plain(request) {
        return Ok(listing::select(all_of(database, company_no)?, request));
    }
    let page: PageRequest = request.page;
    let total = sql::count(database, COUNT_CONNECTIONS, &[&company_no])?;
    let items = load_connections(database, company_no, page.items().into(), page.offset())?;
    Ok(Page { items, total })
}

fn load_connections(
    database: &Database,
    company_no: i64,
    limit: u64,
    offset: u64,
) -> Answer<Vec<Connection>> {
    sql::all(database, LIST_CONNECTIONS, &[&company_no, &limit, &offset], |row| {
        connection(row).map(|(_, connection)| connection)
    })
}

fn unlink_connection(
    database: &Database,
    path: &ConnectionPath,
    now: Timestamp,
) -> Answer<Unlinking> {
    let Some((connection_no, found)) = load(database, path)? else {
        return Ok(Unlinking::Unknown);
    };
    if found.status != ConnectionStatus::Linked {
        return Ok(Unlinking::NotLinked(found));
    }
    source_account::disconnect_all(database, connection_no, path, now)?;
    credential::revoke_all(database, connection_no)?;
    link::stir(database, path.client, path.connection)?;
    Ok(Unlinking::Unlinked(unlink(database, connection_no, found, now)?))
}

fn delete_connection(database: &Database, path: &ConnectionPath, now: Timestamp) -> Answer<bool> {
    let Some(connection_no) = path::connection_no(database, path)? else { return Ok(false) };
    for (account_no, _) in source_account::all_of(database, connection_no, path.connection)? {
        ledger::delete_chunks(database, account_no)?;
        work::hasten(database, account_no, now)?;
    }
    let kind = EventKind::ConnectionDeleted;
    let happened = Event::of_company(path.client, path.company, kind, now);
    // While there is something to tell of it.
    event::record(database, &happened.on(path.connection))?;
    link::stir(database, path.client, path.connection)?;
    sql::execute(database, DELETE_CONNECTION, &[&connection_no])?;
    Ok(true)
}

fn connection(row: &mut Fields<'_>) -> Answer<(i64, Connection)> {
    Ok((
        row.next()?,
        Connection {
            id: row.next()?,
            client: row.next()?,
            company: row.next()?,
            platform: row.next()?,
            status: row.next()?,
            created_at: row.next()?,
            synced_at: row.next()?,
            trouble: row.next()?,
        },
    ))
}
