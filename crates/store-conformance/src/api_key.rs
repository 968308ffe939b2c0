//! Cases about API keys.

use crate::Backend;
use domain::api_key::{API_KEYS_MAX, ApiKey, ApiKeyHash, Revocation};
use domain::client::Client;
use domain::ids::{ApiKeyId, ClientId};
use std::sync::Arc;
use store::{KeyKept, LastKey, Store};
use testkit::{a_client, a_uuid, an_api_key, noon_plus};
use tokio::task::JoinSet;

async fn client_of(store: &Arc<dyn Store>) -> ClientId {
    let client: Client = a_client();
    store.create_client(&client).await.unwrap();
    client.id
}

/// So many keys of one client, oldest first, all kept.
async fn keys_of(store: &Arc<dyn Store>, client: ClientId, count: usize) -> Vec<ApiKey> {
    let mut keys = Vec::new();
    for minute in (0..).take(count) {
        let key = ApiKey { created_at: noon_plus(minute), ..an_api_key(client) };
        assert_eq!(store.create_api_key(&key).await.unwrap(), KeyKept::Kept);
        keys.push(key);
    }
    keys
}

pub async fn a_key_is_found_by_its_hash_whoever_asks(backend: &dyn Backend) {
    let store = backend.open().await;
    for client in [client_of(&store).await, client_of(&store).await] {
        let named = an_api_key(client);
        let nameless = ApiKey { name: None, ..an_api_key(client) };
        for key in [named, nameless] {
            store.create_api_key(&key).await.unwrap();
            assert_eq!(store.find_api_key(&key.hash).await.unwrap(), Some(key));
        }
    }
}

pub async fn an_unknown_hash_finds_no_key(backend: &dyn Backend) {
    let store = backend.open().await;
    let client = client_of(&store).await;
    keys_of(&store, client, 1).await;
    assert_eq!(store.find_api_key(&ApiKeyHash::of("guess")).await.unwrap(), None);
}

pub async fn a_client_sees_its_own_keys_oldest_first(backend: &dyn Backend) {
    let store = backend.open().await;
    let (ours, theirs) = (client_of(&store).await, client_of(&store).await);
    let keys = keys_of(&store, ours, 5).await;
    keys_of(&store, theirs, 2).await;
    assert_eq!(store.list_api_keys(ours).await.unwrap(), keys);
    assert_eq!(store.list_api_keys(ClientId::new(a_uuid())).await.unwrap(), []);
}

pub async fn the_tenth_key_is_the_last_that_fits(backend: &dyn Backend) {
    let store = backend.open().await;
    let (ours, theirs) = (client_of(&store).await, client_of(&store).await);
    let keys = keys_of(&store, ours, API_KEYS_MAX).await;
    let eleventh = an_api_key(ours);
    assert_eq!(store.create_api_key(&eleventh).await.unwrap(), KeyKept::TooMany);
    assert_eq!(store.find_api_key(&eleventh.hash).await.unwrap(), None);
    assert_eq!(store.list_api_keys(ours).await.unwrap(), keys);
    // The limit is each client's own, and a key that goes makes room.
    keys_of(&store, theirs, 1).await;
    store.revoke_api_key(ours, keys[3].id, LastKey::Keep).await.unwrap();
    assert_eq!(store.create_api_key(&eleventh).await.unwrap(), KeyKept::Kept);
}

pub async fn keys_made_at_once_keep_to_the_limit(backend: &dyn Backend) {
    let store = backend.open().await;
    let client = client_of(&store).await;
    let mut tasks = JoinSet::new();
    for _ in 0..API_KEYS_MAX + 4 {
        let store = store.clone();
        tasks.spawn(async move { store.create_api_key(&an_api_key(client)).await.unwrap() });
    }
    let answers = tasks.join_all().await;
    let kept = answers.iter().filter(|answer| **answer == KeyKept::Kept).count();
    assert_eq!(kept, API_KEYS_MAX);
    assert_eq!(store.list_api_keys(client).await.unwrap().len(), API_KEYS_MAX);
}

pub async fn a_revoked_key_is_forgotten(backend: &dyn Backend) {
    let store = backend.open().await;
    let client = client_of(&store).await;
    let keys = keys_of(&store, client, 2).await;
    let revoke = |key| store.revoke_api_key(client, key, LastKey::Keep);
    assert_eq!(revoke(keys[0].id).await.unwrap(), Revocation::Revoked);
    assert_eq!(store.find_api_key(&keys[0].hash).await.unwrap(), None);
    assert_eq!(store.list_api_keys(client).await.unwrap(), keys[1..]);
    assert_eq!(revoke(keys[0].id).await.unwrap(), Revocation::Unknown);
}

pub async fn a_key_of_another_client_cannot_be_revoked(backend: &dyn Backend) {
    let store = backend.open().await;
    let (ours, theirs) = (client_of(&store).await, client_of(&store).await);
    keys_of(&store, ours, 2).await;
    let keys = keys_of(&store, theirs, 2).await;
    for key in [keys[0].id, ApiKeyId::new(a_uuid())] {
        let revocation = store.revoke_api_key(ours, key, LastKey::Revoke).await.unwrap();
        assert_eq!(revocation, Revocation::Unknown);
    }
    assert_eq!(store.list_api_keys(theirs).await.unwrap(), keys);
}

pub async fn the_last_key_goes_only_on_the_operators_word(backend: &dyn Backend) {
    let store = backend.open().await;
    let (ours, theirs) = (client_of(&store).await, client_of(&store).await);
    let key = keys_of(&store, ours, 1).await.remove(0);
    keys_of(&store, theirs, 2).await;
    let revoke = |last| store.revoke_api_key(ours, key.id, last);
    assert_eq!(revoke(LastKey::Keep).await.unwrap(), Revocation::LastKey);
    assert_eq!(store.find_api_key(&key.hash).await.unwrap().as_ref(), Some(&key));
    assert_eq!(revoke(LastKey::Revoke).await.unwrap(), Revocation::Revoked);
    assert_eq!(store.list_api_keys(ours).await.unwrap(), []);
}

pub async fn of_the_last_two_keys_revoked_at_once_one_stays(backend: &dyn Backend) {
    let store = backend.open().await;
    let client = client_of(&store).await;
    let keys = keys_of(&store, client, 2).await;
    let (one, other) = tokio::join!(
        store.revoke_api_key(client, keys[0].id, LastKey::Keep),
        store.revoke_api_key(client, keys[1].id, LastKey::Keep),
    );
    let mut answers = [one.unwrap(), other.unwrap()];
    answers.sort_by_key(|answer| *answer == Revocation::LastKey);
    assert_eq!(answers, [Revocation::Revoked, Revocation::LastKey]);
    assert_eq!(store.list_api_keys(client).await.unwrap().len(), 1);
}
