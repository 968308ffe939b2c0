//! Credentials of connections.

use crate::row::{Fields, Put};
use crate::{Database, SqliteStore, connection, path, source_account, sql};
use async_trait::async_trait;
use domain::credential::{Credential, SignOnGuard};
use domain::ids::{ConnectionPath, CredentialId};
use jiff::Timestamp;
use store::{Answer, Credentials, SignOn};

const CREATE_CREDENTIAL: &str = "
    -- create_credential
    insert into credential (
        credential_id, connection_no, username, password_hash, created_at_us, failures,
        window_opened_at_us, signed_on_at_us
    )
    values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";

const FIND_CREDENTIAL: &str = "
    -- find_credential
    select credential.credential_id, company.client_id, company.company_id,
        connection.connection_id, credential.username, credential.password_hash,
        credential.created_at_us, credential.failures, credential.window_opened_at_us,
        credential.signed_on_at_us
    from credential
    join connection on connection.connection_no = credential.connection_no
    join company on company.company_no = connection.company_no
    where credential.username = ?1";

const FIND_NEWEST_CREDENTIAL: &str = "
    -- find_newest_credential
    select credential.credential_id, company.client_id, company.company_id,
        connection.connection_id, credential.username, credential.password_hash,
        credential.created_at_us, credential.failures, credential.window_opened_at_us,
        credential.signed_on_at_us
    from company
    join connection on connection.company_no = company.company_no
    join credential on credential.connection_no = connection.connection_no
    where company.client_id = ?1 and company.company_id = ?2 and connection.connection_id = ?3
    order by credential.created_at_us desc, credential.credential_id desc
    limit 1";

const FIND_GUARD: &str = "
    -- find_guard
    select failures, window_opened_at_us, signed_on_at_us
    from credential
    where credential_id = ?1";

const SET_GUARD: &str = "
    -- set_guard
    update credential
    set failures = ?2, window_opened_at_us = ?3, signed_on_at_us = ?4
    where credential_id = ?1";

const REVOKE_CREDENTIALS: &str = "
    -- revoke_credentials
    delete from credential
    where connection_no = ?1";

#[async_trait]
impl Credentials for SqliteStore {
    async fn create_credential(&self, credential: &Credential) -> Answer<bool> {
        let credential = credential.clone();
        self.write(move |writing| create_credential(writing.database, &credential)).await
    }

    async fn find_credential(&self, username: &str) -> Answer<Option<Credential>> {
        let username = username.to_owned();
        self.read(move |database| sql::one(database, FIND_CREDENTIAL, &[&username], credential))
            .await
    }

    async fn find_newest_credential(&self, path: &ConnectionPath) -> Answer<Option<Credential>> {
        let path = *path;
        self.read(move |database| {
            let values: [&dyn Put; 3] = [&path.client, &path.company, &path.connection];
            sql::one(database, FIND_NEWEST_CREDENTIAL, &values, credential)
        })
        .await
    }

    async fn record_sign_on(
        &self,
        credential: CredentialId,
        sign_on: SignOn,
        now: Timestamp,
    ) -> Answer<SignOnGuard> {
        self.write(move |writing| record_sign_on(writing.database, credential, sign_on, now)).await
    }

    async fn revoke_credentials(
        &self,
        path: &ConnectionPath,
        now: Timestamp,
    ) -> Answer<Option<usize>> {
        let path = *path;
        self.write(move |writing| revoke_credentials(writing.database, &path, now)).await
    }
}

fn create_credential(database: &Database, credential: &Credential) -> Answer<bool> {
    let Credential { id, path, username, password_hash, created_at, guard } = credential;
    let Some(connection_no) = path::connection_no(database, path)? else { return Ok(false) };
    sql::execute(
        database,
        CREATE_CREDENTIAL,
        &[
            id,
            &connection_no,
            username,
            password_hash,
            created_at,
            &guard.failures,
            &guard.window_opened_at,
            &guard.signed_on_at,
        ],
    )?;
    Ok(true)
}

/// Writes only what changes: most sign-ons succeed after a success.
fn record_sign_on(
    database: &Database,
    credential: CredentialId,
    sign_on: SignOn,
    now: Timestamp,
) -> Answer<SignOnGuard> {
    let before = sql::one(database, FIND_GUARD, &[&credential], guard)?.unwrap_or_default();
    let after = match sign_on {
        SignOn::Right => before.after_success(now),
        SignOn::Wrong => before.after_failure(now),
    };
    if after != before {
        sql::execute(
            database,
            SET_GUARD,
            &[&credential, &after.failures, &after.window_opened_at, &after.signed_on_at],
        )?;
    }
    Ok(after)
}

/// Forgets every set of a connection; answers how many there were.
pub(crate) fn revoke_all(database: &Database, connection_no: i64) -> Answer<usize> {
    sql::execute(database, REVOKE_CREDENTIALS, &[&connection_no])
}

fn revoke_credentials(
    database: &Database,
    path: &ConnectionPath,
    now: Timestamp,
) -> Answer<Option<usize>> {
    let Some((connection_no, found)) = connection::load(database, path)? else {
        return Ok(None);
    };
    let count = revoke_all(database, connection_no)?;
    source_account::disconnect_all(database, connection_no, path, now)?;
    connection::unlink(database, connection_no, found, now)?;
    Ok(Some(count))
}

fn credential(row: &mut Fields<'_>) -> Answer<Credential> {
    Ok(Credential {
        id: row.next()?,
        path: ConnectionPath { client: row.next()?, company: row.next()?, connection: row.next()? },
        username: row.next()?,
        password_hash: row.next()?,
        created_at: row.next()?,
        guard: guard(row)?,
    })
}

fn guard(row: &mut Fields<'_>) -> Answer<SignOnGuard> {
    Ok(SignOnGuard {
        failures: row.next()?,
        window_opened_at: row.next()?,
        signed_on_at: row.next()?,
    })
}
