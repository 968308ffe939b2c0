//! Verbs about visits to the pages of companies and of connections.

use async_trait::async_trait;
use domain::client_settings::Origin;
use domain::ids::{ClientId, CompanyId, CompanyPath, ConnectionId, ConnectionPath};
use domain::link_session::{LinkOpening, LinkSession, LinkSessionHash, LinkTarget};
use jiff::Timestamp;
use store::{Answer, LinkOpened, LinkSessions};
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

use crate::PostgresStore;
use crate::columns::{Columns, micros};
use crate::fault::{Attempt, failed};
use crate::session::Session;
use crate::{company, connection};

const FIND_LINKED: &str = "\
-- find_linked
select client_id, company_id, connection_id
from connection
where connection_id = $1 and company_id = $2";

const FIND_LINKED_COMPANY: &str = "\
-- find_linked_company
select client_id, company_id
from company
where company_id = $1";

const USE_LINK: &str = "\
-- use_link
insert into used_link (client_id, company_id, nonce, expires_at)
values ($1, $2, $3, $4)
on conflict do nothing";

const OPEN_LINK_SESSION: &str = "\
-- open_link_session
insert into link_session
    (hash, client_id, company_id, connection_id, framed_by, parameters, expires_at)
values ($1, $2, $3, $4, $5, $6, $7)";

const FIND_LINK_SESSION: &str = "\
-- find_link_session
select client_id, company_id, connection_id, framed_by, parameters, expires_at
from link_session
where hash = $1 and expires_at > $2";

const FORGET_LINK_SESSIONS: &str = "\
-- forget_link_sessions
with ended as (
    select hash
    from link_session
    where expires_at <= $1
    order by expires_at
    limit $2
    for update skip locked
)
delete from link_session
using ended
where link_session.hash = ended.hash";

const FORGET_USED_LINKS: &str = "\
-- forget_used_links
with ended as (
    select client_id, company_id, nonce
    from used_link
    where expires_at <= $1
    order by expires_at
    limit $2
    for update skip locked
)
delete from used_link
using ended
where used_link.client_id = ended.client_id
    and used_link.company_id = ended.company_id
    and used_link.nonce = ended.nonce";

/// For the deletion of a connection.
pub(crate) const DELETE_LINK_SESSIONS: &str = "\
-- delete_link_sessions_of_connection
delete from link_session
where client_id = $1 and connection_id = $2";

/// For the deletion of a company.
pub(crate) const DELETE_LINK_SESSIONS_OF_COMPANY: &str = "\
-- delete_link_sessions_of_company
delete from link_session
where client_id = $1 and company_id = $2";

/// For the deletion of a company.
pub(crate) const DELETE_USED_LINKS_OF_COMPANY: &str = "\
-- delete_used_links_of_company
delete from used_link
where client_id = $1 and company_id = $2";

fn company_of(columns: &mut Columns<'_>) -> Attempt<CompanyPath> {
    Ok(CompanyPath { client: columns.id(ClientId::new)?, company: columns.id(CompanyId::new)? })
}

fn connection_of(
    columns: &mut Columns<'_>,
    CompanyPath { client, company }: CompanyPath,
) -> Attempt<ConnectionPath> {
    Ok(ConnectionPath { client, company, connection: columns.id(ConnectionId::new)? })
}

fn found_connection(row: &Row) -> Attempt<ConnectionPath> {
    let mut columns = Columns::of(row);
    let company = company_of(&mut columns)?;
    connection_of(&mut columns, company)
}

fn session_of(row: &Row, hash: LinkSessionHash) -> Attempt<LinkSession> {
    let mut columns = Columns::of(row);
    let CompanyPath { client, company } = company_of(&mut columns)?;
    let connection = columns.take::<Option<Uuid>>()?.map(ConnectionId::new);
    let target = match connection {
        None => LinkTarget::Company(CompanyPath { client, company }),
        Some(connection) => LinkTarget::Connection(ConnectionPath { client, company, connection }),
    };
    Ok(LinkSession {
        hash,
        target,
        framed_by: columns.parsed_maybe(|text| Origin::parse(text).ok())?,
        parameters: columns.parsed(|text| serde_json::from_str(text).ok())?,
        expires_at: columns.moment()?,
    })
}

/// Whether the target is there; it stays until the transaction ends.
async fn hold(session: &Session, target: &LinkTarget) -> Attempt<bool> {
    match target {
        LinkTarget::Company(path) => company::hold(session, path.client, path.company).await,
        LinkTarget::Connection(path) => Ok(connection::hold(session, path).await?.is_some()),
    }
}

async fn open(session: &Session, opening: &LinkOpening) -> Attempt<LinkOpened> {
    let LinkOpening { session: visit, otp } = opening;
    if !hold(session, &visit.target).await? {
        return Ok(LinkOpened::Unknown);
    }
    let CompanyPath { client, company } = visit.target.company();
    let (client, company) = (client.uuid(), company.uuid());
    let nonce: &[u8] = &otp.nonce.0;
    let used: [&(dyn ToSql + Sync); 4] = [&client, &company, &nonce, &micros(otp.expires_at)];
    if session.run(USE_LINK, &used).await? == 0 {
        return Ok(LinkOpened::Used);
    }
    let hash: &[u8] = &visit.hash.0;
    let connection = visit.target.connection().map(|path| path.connection.uuid());
    let framed_by = visit.framed_by.as_ref().map(Origin::as_str);
    // As JSON, which writes control characters as escapes: no column holds what it cannot.
    let parameters = serde_json::to_string(&visit.parameters).map_err(failed)?;
    let expires_at = micros(visit.expires_at);
    let values: [&(dyn ToSql + Sync); 7] =
        [&hash, &client, &company, &connection, &framed_by, &parameters, &expires_at];
    session.run(OPEN_LINK_SESSION, &values).await?;
    Ok(LinkOpened::Opened)
}

#[async_trait]
impl LinkSessions for PostgresStore {
    async fn find_linked(
        &self,
        company: CompanyId,
        connection: ConnectionId,
    ) -> Answer<Option<ConnectionPath>> {
        self.ask(|session| async move {
            let row = session.row(FIND_LINKED, &[&connection.uuid(), &company.uuid()]).await?;
            row.as_ref().map(found_connection).transpose()
        })
        .await
    }

    async fn find_linked_company(&self, company: CompanyId) -> Answer<Option<CompanyPath>> {
        self.ask(|session| async move {
            let row = session.row(FIND_LINKED_COMPANY, &[&company.uuid()]).await?;
            row.as_ref().map(|row| company_of(&mut Columns::of(row))).transpose()
        })
        .await
    }

    async fn open_link_session(&self, opening: &LinkOpening) -> Answer<LinkOpened> {
        self.transact(|session| async move { open(&session, opening).await }).await
    }

    async fn find_link_session(
        &self,
        hash: &LinkSessionHash,
        now: Timestamp,
    ) -> Answer<Option<LinkSession>> {
        self.ask(|session| async move {
            let bytes: &[u8] = &hash.0;
            let row = session.row(FIND_LINK_SESSION, &[&bytes, &micros(now)]).await?;
            row.as_ref().map(|row| session_of(row, *hash)).transpose()
        })
        .await
    }

    async fn forget_link_sessions(&self, now: Timestamp, count: u32) -> Answer<u64> {
        self.transact(|session| async move {
            let (now, count) = (micros(now), i64::from(count));
            let sessions = session.run(FORGET_LINK_SESSIONS, &[&now, &count]).await?;
            let used = session.run(FORGET_USED_LINKS, &[&now, &count]).await?;
            Ok(sessions.saturating_add(used))
        })
        .await
    }
}
