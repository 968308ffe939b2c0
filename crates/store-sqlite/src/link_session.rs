//! Visits to the pages of a connection.

use crate::row::{Fields, Put};
use crate::{Database, SqliteStore, json, path, sql};
use async_trait::async_trait;
use domain::ids::{CompanyId, ConnectionId, ConnectionPath};
use domain::link_session::{LinkOpening, LinkSession, LinkSessionHash};
use jiff::Timestamp;
use store::{Answer, LinkOpened, LinkSessions, StoreError};

const FIND_LINKED: &str = "
    -- find_linked
    select company.client_id, company.company_id, connection.connection_id
    from connection
    join company on company.company_no = connection.company_no
    where connection.connection_id = ?1 and company.company_id = ?2";

const USE_LINK: &str = "
    -- use_link
    insert into used_link (connection_no, nonce, expires_at_us)
    values (?1, ?2, ?3)
    on conflict do nothing";

const OPEN_LINK_SESSION: &str = "
    -- open_link_session
    insert into link_session (hash, connection_no, parameters, expires_at_us)
    values (?1, ?2, ?3, ?4)";

const FIND_LINK_SESSION: &str = "
    -- find_link_session
    select company.client_id, company.company_id, connection.connection_id,
        link_session.parameters, link_session.expires_at_us
    from link_session
    join connection on connection.connection_no = link_session.connection_no
    join company on company.company_no = connection.company_no
    where link_session.hash = ?1 and link_session.expires_at_us > ?2";

const FORGET_LINK_SESSIONS: &str = "
    -- forget_link_sessions
    delete from link_session
    where hash in (
        select hash
        from link_session
        where expires_at_us <= ?1
        order by expires_at_us
        limit ?2
    )";

const FORGET_USED_LINKS: &str = "
    -- forget_used_links
    delete from used_link
    where (connection_no, nonce) in (
        select connection_no, nonce
        from used_link
        where expires_at_us <= ?1
        order by expires_at_us
        limit ?2
    )";

#[async_trait]
impl LinkSessions for SqliteStore {
    async fn find_linked(
        &self,
        company: CompanyId,
        connection: ConnectionId,
    ) -> Answer<Option<ConnectionPath>> {
        self.read(move |database| {
            sql::one(database, FIND_LINKED, &[&connection, &company], connection_path)
        })
        .await
    }

    async fn open_link_session(&self, opening: &LinkOpening) -> Answer<LinkOpened> {
        let opening = opening.clone();
        self.write(move |writing| open_link_session(writing.database, &opening)).await
    }

    async fn find_link_session(
        &self,
        hash: &LinkSessionHash,
        now: Timestamp,
    ) -> Answer<Option<LinkSession>> {
        let hash = *hash;
        self.read(move |database| {
            let values: [&dyn Put; 2] = [&hash.0, &now];
            sql::one(database, FIND_LINK_SESSION, &values, |row| link_session(row, hash))
        })
        .await
    }

    async fn forget_link_sessions(&self, now: Timestamp, count: u32) -> Answer<u64> {
        self.write(move |writing| {
            let sessions = sql::execute(writing.database, FORGET_LINK_SESSIONS, &[&now, &count])?;
            let used = sql::execute(writing.database, FORGET_USED_LINKS, &[&now, &count])?;
            Ok(u64::try_from(sessions.saturating_add(used)).unwrap_or(u64::MAX))
        })
        .await
    }
}

fn open_link_session(database: &Database, opening: &LinkOpening) -> Answer<LinkOpened> {
    let LinkOpening { session, otp } = opening;
    let LinkSession { hash, path, parameters, expires_at } = session;
    let Some(connection_no) = path::connection_no(database, path)? else {
        return Ok(LinkOpened::Unknown);
    };
    let used: [&dyn Put; 3] = [&connection_no, &otp.nonce.0, &otp.expires_at];
    if sql::execute(database, USE_LINK, &used)? == 0 {
        return Ok(LinkOpened::Used);
    }
    let parameters = json::write_pairs(parameters);
    let values: [&dyn Put; 4] = [&hash.0, &connection_no, &parameters, expires_at];
    sql::execute(database, OPEN_LINK_SESSION, &values)?;
    Ok(LinkOpened::Opened)
}

fn connection_path(row: &mut Fields<'_>) -> Answer<ConnectionPath> {
    Ok(ConnectionPath { client: row.next()?, company: row.next()?, connection: row.next()? })
}

fn link_session(row: &mut Fields<'_>, hash: LinkSessionHash) -> Answer<LinkSession> {
    let path = connection_path(row)?;
    let parameters = json::read_pairs(&row.next::<String>()?)
        .ok_or_else(|| StoreError::Damaged("a visit's parameters".to_owned()))?;
    Ok(LinkSession { hash, path, parameters, expires_at: row.next()? })
}
