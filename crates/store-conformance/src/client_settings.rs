//! Cases about what clients set for their pages.

use crate::Backend;
use domain::client_settings::{Origin, Profile, RedirectTemplate, WebUrl};
use domain::ids::ClientId;
use std::sync::Arc;
use store::Store;
use testkit::{a_client, a_uuid};

async fn client_of(store: &Arc<dyn Store>) -> ClientId {
    let client = a_client();
    store.create_client(&client).await.unwrap();
    client.id
}

fn a_profile() -> Profile {
    let url = |text: &str| WebUrl::parse(text).unwrap();
    Profile {
        name: "Bank & Söhne \u{1F600}".to_owned(),
        redirect: Some(RedirectTemplate::parse("https://bank.{tld}/{companyId}?a=b").unwrap()),
        logo_url: Some(url("https://bank.example/logo.png")),
        icon_url: None,
        white_list: vec![url("https://bank.example"), url("https://bank.test/x")],
    }
}

pub async fn a_new_client_s_profile_has_its_name_only(backend: &dyn Backend) {
    let store = backend.open().await;
    let client = a_client();
    store.create_client(&client).await.unwrap();
    let profile = store.find_profile(client.id).await.unwrap().unwrap();
    let name = client.name.as_str().to_owned();
    let nothing = (None, None, None, Vec::new());
    let (redirect, logo_url, icon_url, white_list) = nothing;
    assert_eq!(profile, Profile { name, redirect, logo_url, icon_url, white_list });
    assert_eq!(store.find_profile(ClientId::new(a_uuid())).await.unwrap(), None);
}

pub async fn a_profile_comes_back_as_it_was_set(backend: &dyn Backend) {
    let store = backend.open().await;
    let (ours, theirs) = (client_of(&store).await, client_of(&store).await);
    let before = store.find_profile(theirs).await.unwrap();
    let bare = Profile { redirect: None, white_list: Vec::new(), ..a_profile() };
    for profile in [a_profile(), bare] {
        store.replace_profile(ours, &profile).await.unwrap();
        assert_eq!(store.find_profile(ours).await.unwrap(), Some(profile));
    }
    assert_eq!(store.find_profile(theirs).await.unwrap(), before);
}

fn origins(texts: &[&str]) -> Vec<Origin> {
    texts.iter().map(|text| Origin::parse(text).unwrap()).collect()
}

pub async fn origins_come_back_in_their_order(backend: &dyn Backend) {
    let store = backend.open().await;
    let (ours, theirs) = (client_of(&store).await, client_of(&store).await);
    let first = origins(&["https://b.example", "https://a.example", "http://localhost:3000"]);
    let second = origins(&["https://a.example"]);
    for set in [first, second.clone(), Vec::new(), second.clone()] {
        store.replace_origins(ours, &set).await.unwrap();
        assert_eq!(store.list_origins(ours).await.unwrap(), set);
    }
    assert_eq!(store.list_origins(theirs).await.unwrap(), []);
    store.replace_origins(theirs, &[]).await.unwrap();
    assert_eq!(store.list_origins(ours).await.unwrap(), second);
}

pub async fn an_origin_is_known_if_any_client_allows_it(backend: &dyn Backend) {
    let store = backend.open().await;
    let (ours, theirs) = (client_of(&store).await, client_of(&store).await);
    let [origin] = <[Origin; 1]>::try_from(origins(&["https://a.example"])).unwrap();
    assert!(!store.is_origin_known(&origin).await.unwrap());
    for client in [ours, theirs] {
        store.replace_origins(client, std::slice::from_ref(&origin)).await.unwrap();
        assert!(store.is_origin_known(&origin).await.unwrap());
    }
    store.replace_origins(ours, &[]).await.unwrap();
    assert!(store.is_origin_known(&origin).await.unwrap(), "another client allows it still");
    store.replace_origins(theirs, &[]).await.unwrap();
    assert!(!store.is_origin_known(&origin).await.unwrap());
}
