//! Verbs about the credentials of connections.

use async_trait::async_trait;
use domain::credential::{Credential, SignOnGuard};
use domain::ids::{ClientId, CompanyId, ConnectionId, ConnectionPath, CredentialId};
use jiff::Timestamp;
use store::{Answer, Credentials, SignOn};
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use crate::PostgresStore;
use crate::columns::{Columns, micros};
use crate::connection;
use crate::fault::Attempt;
use crate::session::Write;
use crate::text::escaped;

const CREATE_CREDENTIAL: &str = "\
-- create_credential
insert into credential
    (client_id, credential_id, company_id, connection_id, username, password_hash, created_at,
     failures, window_opened_at, signed_on_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

const FIND_CREDENTIAL: &str = "\
-- find_credential
select credential_id, client_id, company_id, connection_id, username, password_hash, created_at,
    failures, window_opened_at, signed_on_at
from credential
where username = $1";

const FIND_NEWEST_CREDENTIAL: &str = "\
-- find_newest_credential
select credential_id, client_id, company_id, connection_id, username, password_hash, created_at,
    failures, window_opened_at, signed_on_at
from credential
where client_id = $1 and connection_id = $2 and company_id = $3
order by created_at desc, credential_id desc
limit 1";

const LOCK_GUARD: &str = "\
-- lock_sign_on_guard
select failures, window_opened_at, signed_on_at
from credential
where credential_id = $1
for no key update";

const CHANGE_GUARD: &str = "\
-- change_sign_on_guard
update credential
set failures = $2, window_opened_at = $3, signed_on_at = $4
where credential_id = $1";

const COUNT_CREDENTIALS: &str = "\
-- count_credentials
select count(*)
from credential
where client_id = $1 and connection_id = $2";

const DELETE_CREDENTIALS: &str = "\
-- delete_credentials
delete from credential
where client_id = $1 and connection_id = $2";

fn credential_of(row: &Row) -> Attempt<Credential> {
    let mut columns = Columns::of(row);
    Ok(Credential {
        id: columns.id(CredentialId::new)?,
        path: ConnectionPath {
            client: columns.id(ClientId::new)?,
            company: columns.id(CompanyId::new)?,
            connection: columns.id(ConnectionId::new)?,
        },
        username: columns.text()?,
        password_hash: columns.text()?,
        created_at: columns.moment()?,
        guard: guard_of(&mut columns)?,
    })
}

fn guard_of(columns: &mut Columns<'_>) -> Attempt<SignOnGuard> {
    Ok(SignOnGuard {
        failures: columns.number()?,
        window_opened_at: columns.moment_maybe()?,
        signed_on_at: columns.moment_maybe()?,
    })
}

#[async_trait]
impl Credentials for PostgresStore {
    async fn create_credential(&self, credential: &Credential) -> Answer<bool> {
        self.transact(|session| async move {
            let path = &credential.path;
            if connection::hold(&session, path).await?.is_none() {
                return Ok(false);
            }
            let values: [&(dyn ToSql + Sync); 10] = [
                &path.client.uuid(),
                &credential.id.uuid(),
                &path.company.uuid(),
                &path.connection.uuid(),
                &escaped(&credential.username),
                &escaped(&credential.password_hash),
                &micros(credential.created_at),
                &i64::from(credential.guard.failures),
                &credential.guard.window_opened_at.map(micros),
                &credential.guard.signed_on_at.map(micros),
            ];
            session.finish(&[Write::new(CREATE_CREDENTIAL, &values)]).await?;
            Ok(true)
        })
        .await
    }

    async fn find_credential(&self, username: &str) -> Answer<Option<Credential>> {
        self.ask(|session| async move {
            let row = session.row(FIND_CREDENTIAL, &[&escaped(username)]).await?;
            row.as_ref().map(credential_of).transpose()
        })
        .await
    }

    async fn find_newest_credential(&self, path: &ConnectionPath) -> Answer<Option<Credential>> {
        self.ask(|session| async move {
            let (client, connection) = (path.client.uuid(), path.connection.uuid());
            let ids: [&(dyn ToSql + Sync); 3] = [&client, &connection, &path.company.uuid()];
            let row = session.row(FIND_NEWEST_CREDENTIAL, &ids).await?;
            row.as_ref().map(credential_of).transpose()
        })
        .await
    }

    async fn record_sign_on(
        &self,
        credential: CredentialId,
        sign_on: SignOn,
        now: Timestamp,
    ) -> Answer<SignOnGuard> {
        self.transact(|session| async move {
            let id = credential.uuid();
            let Some(row) = session.row(LOCK_GUARD, &[&id]).await? else {
                // Revoked while the password was compared: there is nothing left to guard.
                return Ok(SignOnGuard::default());
            };
            let before = guard_of(&mut Columns::of(&row))?;
            let guard = match sign_on {
                SignOn::Right => before.after_success(now),
                SignOn::Wrong => before.after_failure(now),
            };
            if guard != before {
                let values: [&(dyn ToSql + Sync); 4] = [
                    &id,
                    &i64::from(guard.failures),
                    &guard.window_opened_at.map(micros),
                    &guard.signed_on_at.map(micros),
                ];
                session.finish(&[Write::new(CHANGE_GUARD, &values)]).await?;
            }
            Ok(guard)
        })
        .await
    }

    async fn revoke_credentials(
        &self,
        path: &ConnectionPath,
        now: Timestamp,
    ) -> Answer<Option<usize>> {
        self.transact(|session| async move {
            let Some(connection) = connection::lock(&session, path).await? else {
                return Ok(None);
            };
            let ids: [&(dyn ToSql + Sync); 2] = [&path.client.uuid(), &path.connection.uuid()];
            let row = session.row(COUNT_CREDENTIALS, &ids).await?;
            let count = row.map_or(Ok(0), |row| Columns::of(&row).number())?;
            let delete = Write::new(DELETE_CREDENTIALS, &ids);
            connection::give_up(&session, connection, &[delete], now).await?;
            Ok(Some(count))
        })
        .await
    }
}
