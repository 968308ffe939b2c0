//! Visits to the pages of companies and of connections.

use crate::row::{Fields, Put};
use crate::{Database, SqliteStore, json, path, sql};
use async_trait::async_trait;
use domain::client_settings::Origin;
use domain::ids::{CompanyId, CompanyPath, ConnectionId, ConnectionPath};
use domain::link_session::{LinkOpening, LinkSession, LinkSessionHash, LinkTarget};
use jiff::Timestamp;
use store::{Answer, LinkOpened, LinkSessions, StoreError};

const FIND_LINKED: &str = "
    -- find_linked
    select company.client_id, company.company_id, connection.connection_id
    from connection
    join company on company.company_no = connection.company_no
    where connection.connection_id = ?1 and company.company_id = ?2";

const FIND_LINKED_COMPANY: &str = "
    -- find_linked_company
    select client_id, company_id
    from company
    where company_id = ?1";

const USE_LINK: &str = "
    -- use_link
    insert into used_link (company_no, nonce, expires_at_us)
    values (?1, ?2, ?3)
    on conflict do nothing";

const OPEN_LINK_SESSION: &str = "
    -- open_link_session
    insert into link_session (hash, company_no, connection_no, framed_by, parameters, expires_at_us)
    values (?1, ?2, ?3, ?4, ?5, ?6)";

const FIND_LINK_SESSION: &str = "
    -- find_link_session
    select company.client_id, company.company_id, connection.connection_id,
        link_session.framed_by, link_session.parameters, link_session.expires_at_us
    from link_session
    join company on company.company_no = link_session.company_no
    left join connection on connection.connection_no = link_session.connection_no
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
    where (company_no, nonce) in (
        select company_no, nonce
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

    async fn find_linked_company(&self, company: CompanyId) -> Answer<Option<CompanyPath>> {
        self.read(move |database| {
            sql::one(database, FIND_LINKED_COMPANY, &[&company], company_path)
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
    let LinkSession { hash, target, framed_by, parameters, expires_at } = session;
    let CompanyPath { client, company } = target.company();
    let Some(company_no) = path::company_no(database, client, company)? else {
        return Ok(LinkOpened::Unknown);
    };
    let connection_no = match target.connection() {
        None => None,
        Some(path) => match path::connection_no(database, &path)? {
            None => return Ok(LinkOpened::Unknown),
            known => known,
        },
    };
    let used: [&dyn Put; 3] = [&company_no, &otp.nonce.0, &otp.expires_at];
    if sql::execute(database, USE_LINK, &used)? == 0 {
        return Ok(LinkOpened::Used);
    }
    let framed_by = framed_by.as_ref().map(Origin::as_str);
    let parameters = json::write_pairs(parameters);
    let values: [&dyn Put; 6] =
        [&hash.0, &company_no, &connection_no, &framed_by, &parameters, expires_at];
    sql::execute(database, OPEN_LINK_SESSION, &values)?;
    Ok(LinkOpened::Opened)
}

fn company_path(row: &mut Fields<'_>) -> Answer<CompanyPath> {
    Ok(CompanyPath { client: row.next()?, company: row.next()? })
}

fn connection_path(row: &mut Fields<'_>) -> Answer<ConnectionPath> {
    let CompanyPath { client, company } = company_path(row)?;
    Ok(ConnectionPath { client, company, connection: row.next()? })
}

fn link_session(row: &mut Fields<'_>, hash: LinkSessionHash) -> Answer<LinkSession> {
    let of = company_path(row)?;
    let target = match row.next()? {
        None => LinkTarget::Company(of),
        Some(connection) => {
            let CompanyPath { client, company } = of;
            LinkTarget::Connection(ConnectionPath { client, company, connection })
        }
    };
    let framed_by = match row.next::<Option<String>>()? {
        None => None,
        Some(text) => Some(Origin::parse(&text).map_err(|_no_origin| damaged("origin"))?),
    };
    let parameters =
        json::read_pairs(&row.next::<String>()?).ok_or_else(|| damaged("parameters"))?;
    Ok(LinkSession { hash, target, framed_by, parameters, expires_at: row.next()? })
}

fn damaged(what: &str) -> StoreError {
    StoreError::Damaged(format!("a visit's {what}"))
}
