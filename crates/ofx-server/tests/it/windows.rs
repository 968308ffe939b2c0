//! Windows as clients see them; which days they come to is a table beside the code.

use jiff::civil::date;
use ofx::{Response, ResponseMessage};
use testkit::a_line;

use crate::house::{House, codes};
use crate::requests::{bank, bank_statement, between, since};

async fn ask(house: &House, window: &str) -> Response {
    house.ask(&bank(&bank_statement("S1", "ACCT1", window))).await
}

/// The window that an answer states.
fn stated(response: &Response) -> (String, String) {
    let ResponseMessage::Statement { statement, .. } = &response.messages[0] else {
        panic!("{response:?}");
    };
    let list = statement.transactions.as_ref().unwrap();
    (list.start.to_string(), list.end.to_string())
}

#[tokio::test]
async fn an_answer_states_the_window_that_was_served() {
    let house = House::new();
    let account = house.add_account("ACCT1", "checking");
    let window = stated(&ask(&house, &since("19900101")).await);
    assert_eq!(window, ("20231201000000[0:GMT]".to_owned(), "20231201120000[0:GMT]".to_owned()));
    house.add_line(&account, a_line("T-1", "2024-02-10", "1"));
    let window = stated(&ask(&house, &since("20240201")).await);
    assert_eq!(window, ("20240201000000[0:GMT]".to_owned(), "20240210120000[0:GMT]".to_owned()));
    let window = stated(&ask(&house, &between("20240101", "20240131")).await);
    assert_eq!(window, ("20240101000000[0:GMT]".to_owned(), "20240131120000[0:GMT]".to_owned()));
}

#[tokio::test]
async fn a_client_that_stayed_away_finds_what_it_missed() {
    let house = House::new();
    let account = house.add_account("ACCT1", "checking");
    ask(&house, &since("19900101")).await;
    house.set_feed_start(&account, date(2023, 1, 1));
    house.add_line(&account, a_line("T-1", "2023-11-01", "1"));
    let (start, end) = stated(&ask(&house, &since("19900101")).await);
    assert_eq!((start.as_str(), end.as_str()), ("20231101000000[0:GMT]", "20231101120000[0:GMT]"));
    let (start, _) = stated(&ask(&house, &since("19900101")).await);
    assert_eq!(start, "20231201000000[0:GMT]", "once shown, it need not be shown for ever");
}

#[tokio::test]
async fn a_feed_begins_where_its_first_statement_did() {
    let house = House::new();
    let account = house.add_account("ACCT1", "checking");
    ask(&house, &since("20240220")).await;
    ask(&house, &since("20240101")).await;
    assert_eq!(house.account(&account).feed_start, Some(date(2024, 2, 20)));
    let starts: Vec<_> = house.store.books().fetches.iter().map(|fetch| fetch.from).collect();
    assert_eq!(starts, [date(2024, 2, 20), date(2024, 2, 20)]);
}

#[tokio::test]
async fn dates_that_make_no_sense_are_refused_and_open_nothing() {
    let house = House::new();
    let account = house.add_account("ACCT1", "checking");
    assert_eq!(codes(&ask(&house, &since("soon")).await), [0, 2020]);
    assert_eq!(codes(&ask(&house, &since("20240302")).await), [0, 2027]);
    assert_eq!(codes(&ask(&house, &between("20240220", "20240219")).await), [0, 2027]);
    assert_eq!(house.account(&account).feed_start, None);
}

#[tokio::test]
async fn days_before_the_feed_are_empty_and_prove_nothing() {
    let house = House::new();
    let account = house.add_account("ACCT1", "checking");
    ask(&house, &since("20240220")).await;
    house.add_line(&account, a_line("T-1", "2024-02-10", "1"));
    let answer = ask(&house, &between("20240201", "20240215")).await;
    assert_eq!(codes(&answer), [0, 0]);
    assert_eq!(stated(&answer).1, "20240215120000[0:GMT]");
    let books = house.store.books();
    assert!(books.fetches.iter().all(|fetch| !fetch.covers(&books.lines[0].1)));
}
