//! Verbs about API keys.

use async_trait::async_trait;
use domain::api_key::{API_KEYS_MAX, ApiKey, ApiKeyHash, Revocation};
use domain::ids::{ApiKeyId, ClientId};
use store::{Answer, ApiKeys, KeyKept, LastKey};
use tokio_postgres::Row;

use crate::PostgresStore;
use crate::client::LOCK_CLIENT;
use crate::columns::{Columns, micros};
use crate::fault::{Attempt, damaged};
use crate::session::Session;
use crate::text::escaped;

const CREATE_API_KEY: &str = "\
-- create_api_key
insert into api_key (client_id, api_key_id, name, hash, hint, created_at)
values ($1, $2, $3, $4, $5, $6)";

const FIND_API_KEY: &str = "\
-- find_api_key
select client_id, api_key_id, name, hash, hint, created_at
from api_key
where hash = $1";

const LIST_API_KEYS: &str = "\
-- list_api_keys
select client_id, api_key_id, name, hash, hint, created_at
from api_key
where client_id = $1
order by created_at, api_key_no";

const DELETE_API_KEY: &str = "\
-- delete_api_key
delete from api_key
where client_id = $1 and api_key_id = $2";

fn key_of(row: &Row) -> Attempt<ApiKey> {
    let mut columns = Columns::of(row);
    Ok(ApiKey {
        client: columns.id(ClientId::new)?,
        id: columns.id(ApiKeyId::new)?,
        name: columns.text_maybe()?,
        hash: ApiKeyHash(
            <[u8; 32]>::try_from(columns.take::<&[u8]>()?)
                .map_err(|_length| damaged("a key's hash of another length"))?,
        ),
        hint: columns.text()?,
        created_at: columns.moment()?,
    })
}

async fn keys_locked(session: &Session, client: ClientId) -> Attempt<Vec<ApiKey>> {
    session.rows(LOCK_CLIENT, &[&client.uuid()]).await?;
    session.rows(LIST_API_KEYS, &[&client.uuid()]).await?.iter().map(key_of).collect()
}

#[async_trait]
impl ApiKeys for PostgresStore {
    async fn create_api_key(&self, key: &ApiKey) -> Answer<KeyKept> {
        self.transact(|session| async move {
            if keys_locked(&session, key.client).await?.len() >= API_KEYS_MAX {
                return Ok(KeyKept::TooMany);
            }
            let name = key.name.as_deref().map(escaped);
            let hash: &[u8] = &key.hash.0;
            session
                .run(
                    CREATE_API_KEY,
                    &[
                        &key.client.uuid(),
                        &key.id.uuid(),
                        &name,
                        &hash,
                        &escaped(&key.hint),
                        &micros(key.created_at),
                    ],
                )
                .await?;
            Ok(KeyKept::Kept)
        })
        .await
    }

    async fn find_api_key(&self, hash: &ApiKeyHash) -> Answer<Option<ApiKey>> {
        self.ask(|session| async move {
            let hash: &[u8] = &hash.0;
            session.row(FIND_API_KEY, &[&hash]).await?.as_ref().map(key_of).transpose()
        })
        .await
    }

    async fn list_api_keys(&self, client: ClientId) -> Answer<Vec<ApiKey>> {
        self.ask(|session| async move {
            session.rows(LIST_API_KEYS, &[&client.uuid()]).await?.iter().map(key_of).collect()
        })
        .await
    }

    async fn revoke_api_key(
        &self,
        client: ClientId,
        key: ApiKeyId,
        last: LastKey,
    ) -> Answer<Revocation> {
        self.transact(|session| async move {
            let keys = keys_locked(&session, client).await?;
            if !keys.iter().any(|kept| kept.id == key) {
                return Ok(Revocation::Unknown);
            }
            if keys.len() == 1 && last == LastKey::Keep {
                return Ok(Revocation::LastKey);
            }
            session.run(DELETE_API_KEY, &[&client.uuid(), &key.uuid()]).await?;
            Ok(Revocation::Revoked)
        })
        .await
    }
}
