//! The list of accounts, and what asking for it does.

use domain::connection::ConnectionStatus;
use domain::source_account::AccountStatus;
use ofx::{AccountFrom, AccountInfo, Response, ResponseMessage, ServiceStatus};

use crate::house::{House, codes};
use crate::requests::ACCOUNTS;

fn info(response: &Response) -> &AccountInfo {
    let [ResponseMessage::AccountInfo { trn, info }] = &*response.messages else {
        panic!("{response:?}");
    };
    assert_eq!((trn.uid.as_str(), trn.client_cookie.as_deref()), ("A1", Some("4")));
    info
}

#[tokio::test]
async fn accounts_are_listed_and_disconnected_ones_are_not() {
    let house = House::new();
    house.add_account("ACCT1", "checking");
    let gone = house.add_account("GONE1", "checking");
    house.set_status(&gone, AccountStatus::Disconnected);
    house.add_account("CARD1", "creditCard");
    let answer = house.ask(ACCOUNTS).await;
    let shown = &info(&answer).accounts;
    let numbers: Vec<_> = shown.iter().map(|entry| entry.account.acct_id()).collect();
    assert_eq!(numbers, ["ACCT1", "CARD1"]);
    assert!(matches!(shown[0].account, AccountFrom::Bank { .. }));
    assert!(matches!(shown[1].account, AccountFrom::Card { .. }));
    assert_eq!(shown[0].description.as_deref(), Some("Current account ...3040"));
    assert_eq!(shown[0].service, ServiceStatus::Active);
}

#[tokio::test]
async fn asking_for_accounts_links_the_connection_once() {
    let house = House::new();
    assert!(info(&house.ask(ACCOUNTS).await).accounts.is_empty());
    house.ask(ACCOUNTS).await;
    let books = house.store.books();
    assert_eq!((books.links, books.connection.status), (1, ConnectionStatus::Linked));
}

#[tokio::test]
async fn a_link_that_cannot_be_kept_is_not_acknowledged() {
    let house = House::new();
    house.store.books().busy.insert("link_connection");
    assert_eq!(codes(&house.ask(ACCOUNTS).await), [0, 2000]);
    assert_eq!(house.store.books().links, 0);
}
