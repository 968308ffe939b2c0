//! API keys.

use crate::row::Fields;
use crate::{Database, SqliteStore, sql};
use async_trait::async_trait;
use domain::api_key::{API_KEYS_MAX, ApiKey, ApiKeyHash, Revocation};
use domain::ids::{ApiKeyId, ClientId};
use store::{Answer, ApiKeys, KeyKept, LastKey};

const COUNT_API_KEYS: &str = "
    -- count_api_keys
    select count(*)
    from api_key
    where client_id = ?1";

const CREATE_API_KEY: &str = "
    -- create_api_key
    insert into api_key (client_id, api_key_id, name, hash, hint, created_at_us)
    values (?1, ?2, ?3, ?4, ?5, ?6)";

const FIND_API_KEY: &str = "
    -- find_api_key
    select client_id, api_key_id, name, hash, hint, created_at_us
    from api_key
    where hash = ?1";

const LIST_API_KEYS: &str = "
    -- list_api_keys
    select client_id, api_key_id, name, hash, hint, created_at_us
    from api_key
    where client_id = ?1
    order by created_at_us, api_key_id";

const HAS_API_KEY: &str = "
    -- has_api_key
    select 1
    from api_key
    where client_id = ?1 and api_key_id = ?2";

const REVOKE_API_KEY: &str = "
    -- revoke_api_key
    delete from api_key
    where client_id = ?1 and api_key_id = ?2";

#[async_trait]
impl ApiKeys for SqliteStore {
    async fn create_api_key(&self, key: &ApiKey) -> Answer<KeyKept> {
        let key = key.clone();
        self.write(move |writing| create_api_key(writing.database, &key)).await
    }

    async fn find_api_key(&self, hash: &ApiKeyHash) -> Answer<Option<ApiKey>> {
        let hash = *hash;
        self.read_here(move |database| sql::one(database, FIND_API_KEY, &[&hash], api_key)).await
    }

    async fn list_api_keys(&self, client: ClientId) -> Answer<Vec<ApiKey>> {
        self.read(move |database| sql::all(database, LIST_API_KEYS, &[&client], api_key)).await
    }

    async fn revoke_api_key(
        &self,
        client: ClientId,
        key: ApiKeyId,
        last: LastKey,
    ) -> Answer<Revocation> {
        self.write(move |writing| revoke_api_key(writing.database, client, key, last)).await
    }
}

fn create_api_key(database: &Database, key: &ApiKey) -> Answer<KeyKept> {
    let limit = u64::try_from(API_KEYS_MAX).unwrap_or(u64::MAX);
    if sql::count(database, COUNT_API_KEYS, &[&key.client])? >= limit {
        return Ok(KeyKept::TooMany);
    }
    sql::execute(
        database,
        CREATE_API_KEY,
        &[&key.client, &key.id, &key.name, &key.hash, &key.hint, &key.created_at],
    )?;
    Ok(KeyKept::Kept)
}

fn revoke_api_key(
    database: &Database,
    client: ClientId,
    key: ApiKeyId,
    last: LastKey,
) -> Answer<Revocation> {
    if !sql::exists(database, HAS_API_KEY, &[&client, &key])? {
        return Ok(Revocation::Unknown);
    }
    if last == LastKey::Keep && sql::count(database, COUNT_API_KEYS, &[&client])? == 1 {
        return Ok(Revocation::LastKey);
    }
    sql::execute(database, REVOKE_API_KEY, &[&client, &key])?;
    Ok(Revocation::Revoked)
}

fn api_key(row: &mut Fields<'_>) -> Answer<ApiKey> {
    Ok(ApiKey {
        client: row.next()?,
        id: row.next()?,
        name: row.next()?,
        hash: row.next()?,
        hint: row.next()?,
        created_at: row.next()?,
    })
}
