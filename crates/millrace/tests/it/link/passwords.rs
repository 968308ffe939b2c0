//! What a link's password hangs on: the encryption key and the database, never on one of them alone.

use super::browser::Browser;
use super::scene::Scene;
use crate::harness::{Database, Server, ServerOptions, on_both};

on_both! {
    whoever_has_the_database_alone_signs_no_link;
    links_that_were_handed_out_open_after_the_key_is_changed;
}

fn under(key: &str, more: &[&str]) -> ServerOptions {
    let key = format!("encryption.key={}", key.repeat(32));
    ServerOptions::flags(&[&["--set", &key], more].concat())
}

/// What a link answers at that server, whichever handed it out.
async fn opened_at(server: &Server, link: &str) -> u16 {
    let (_, path) = link.split_once("/companies/").unwrap();
    Browser::new(&server.url).get(&format!("/companies/{path}")).await.status
}

async fn whoever_has_the_database_alone_signs_no_link(database: Database) {
    let server = Server::start_with(database, &under("11", &[])).await;
    let scene = Scene::with_quickbooks(&server).await;
    // A thief with a copy of the database has a key of their own for it.
    let thief = Server::start_at(server.stop().await, &under("22", &[])).await;
    let (tried, forged) = (scene.at(&thief).link().await, scene.at(&thief).link().await);
    assert_eq!(opened_at(&thief, &tried).await, 303, "theirs are good where they were made");
    let server = Server::start_at(thief.stop().await, &under("11", &[])).await;
    assert_eq!(opened_at(&server, &forged).await, 401);
    assert_eq!(opened_at(&server, &scene.at(&server).link().await).await, 303);
}

async fn links_that_were_handed_out_open_after_the_key_is_changed(database: Database) {
    let server = Server::start_with(database, &under("11", &[])).await;
    let scene = Scene::with_quickbooks(&server).await;
    let (first, second) = (scene.link().await, scene.link().await);
    let older = format!("encryption.older_keys={}", "11".repeat(32));
    let with_older = under("22", &["--set", &older]);
    let server = Server::start_at(server.stop().await, &with_older).await;
    assert_eq!(opened_at(&server, &first).await, 303);
    let newer = scene.at(&server).link().await;
    let server = Server::start_at(server.stop().await, &under("22", &[])).await;
    assert_eq!(opened_at(&server, &second).await, 401, "the older key is gone");
    assert_eq!(opened_at(&server, &newer).await, 303, "the newer key had signed it");
}

/// Every process on one PostgreSQL comes to the same key, with an encryption key and in an evaluation without.
#[tokio::test]
async fn a_link_of_one_process_opens_at_another() {
    for options in [under("11", &[]), ServerOptions::default()] {
        let one = Server::start_with(Database::Postgres, &options).await;
        let other = Server::start_at(one.home.clone(), &options).await;
        let link = Scene::with_quickbooks(&one).await.link().await;
        assert_eq!(opened_at(&other, &link).await, 303);
        assert_eq!(opened_at(&one, &link).await, 401, "once, at whichever");
    }
}
