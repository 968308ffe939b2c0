//! Cases about clients.

use crate::Backend;
use domain::client::{Client, ClientName};
use store::ClientKept;
use testkit::{a_client, noon_plus};
use tokio::task::JoinSet;

pub async fn a_client_is_found_by_its_name(backend: &dyn Backend) {
    let store = backend.open().await;
    let (client, other) = (a_client(), a_client());
    assert_eq!(store.create_client(&client).await.unwrap(), ClientKept::Kept);
    assert_eq!(store.create_client(&other).await.unwrap(), ClientKept::Kept);
    assert_eq!(store.find_client(&client.name).await.unwrap(), Some(client));
}

pub async fn an_unknown_name_finds_no_client(backend: &dyn Backend) {
    let store = backend.open().await;
    let name = ClientName::parse("nobody").unwrap();
    assert_eq!(store.find_client(&name).await.unwrap(), None);
    assert_eq!(store.list_clients().await.unwrap(), []);
}

pub async fn a_taken_name_is_refused_with_its_holder(backend: &dyn Backend) {
    let store = backend.open().await;
    let first = a_client();
    let second = Client { name: first.name.clone(), ..a_client() };
    store.create_client(&first).await.unwrap();
    let kept = store.create_client(&second).await.unwrap();
    assert_eq!(kept, ClientKept::NameTaken(first.clone()));
    assert_eq!(store.list_clients().await.unwrap(), [first]);
}

pub async fn clients_are_listed_oldest_first(backend: &dyn Backend) {
    let store = backend.open().await;
    let clients: Vec<_> =
        (0..6).map(|n| Client { created_at: noon_plus(n), ..a_client() }).collect();
    for client in &clients {
        store.create_client(client).await.unwrap();
    }
    assert_eq!(store.list_clients().await.unwrap(), clients);
}

pub async fn of_clients_made_at_once_under_one_name_one_is_kept(backend: &dyn Backend) {
    let store = backend.open().await;
    let name = a_client().name;
    let mut tasks = JoinSet::new();
    for _ in 0..8 {
        let (store, client) = (store.clone(), Client { name: name.clone(), ..a_client() });
        tasks.spawn(async move { store.create_client(&client).await.unwrap() });
    }
    let answers = tasks.join_all().await;
    assert_eq!(answers.iter().filter(|answer| **answer == ClientKept::Kept).count(), 1);
    assert_eq!(store.list_clients().await.unwrap().len(), 1);
}
