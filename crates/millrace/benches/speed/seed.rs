//! A store with a client, a key, a linked connection and accounts, as it would be after years: written straight into the
//! database, before any server opens it.

use crate::body::account_id;
use domain::api_key::{ApiKey, ApiKeyHash};
use domain::ids::ConnectionPath;
use store::{OnExisting, Store};
use testkit::{a_client, a_company, a_connection, an_account, an_api_key};

/// The only key there is. Nobody but this bench can reach the server.
pub(crate) const KEY: &str = "bench-bench-bench-bench-bench-bench-benc";
/// So many are written at once.
const ACCOUNTS_AT_ONCE: u64 = 1_000;

/// Fills an empty store; the connection.
pub(crate) async fn seed(store: &dyn Store, accounts: u64) -> ConnectionPath {
    let client = a_client();
    store.create_client(&client).await.unwrap();
    let key = ApiKey { hash: ApiKeyHash::of(KEY), ..an_api_key(client.id) };
    store.create_api_key(&key).await.unwrap();
    let company = a_company(client.id);
    store.create_company(&company).await.unwrap();
    let connection = a_connection(&company);
    assert!(store.create_connection(&connection).await.unwrap());
    for first in (0..accounts).step_by(ACCOUNTS_AT_ONCE as usize) {
        let last = accounts.min(first + ACCOUNTS_AT_ONCE);
        let some: Vec<_> =
            (first..last).map(|number| an_account(&connection, &account_id(number))).collect();
        let path = connection.path();
        let kept = store.create_source_accounts(&path, &some, OnExisting::Refuse).await.unwrap();
        assert_eq!(kept.unwrap().len(), some.len());
    }
    connection.path()
}
