//! Who is let in, and what happens to those who are not.

use domain::credential::SIGN_ON_WINDOW;
use ofx::Fi;
use store::SignOn;

use crate::house::{House, PASSWORD, USER, codes};
use crate::requests::{
    ACCOUNTS, bank, bank_statement, bare_file, card_statement, cards, profile, sign_on,
};

/// One of everything.
fn all_sets() -> String {
    let statements = bank_statement("S1", "ACCT1", "") + &bank_statement("S2", "ACCT1", "");
    let card = cards(&card_statement("C1", "CARD1", ""));
    format!("{}{}{card}{ACCOUNTS}", profile("19900101"), bank(&statements))
}

#[tokio::test]
async fn a_sign_on_alone_checks_the_password() {
    let house = House::new();
    assert_eq!(codes(&house.ask("").await), [0]);
    assert_eq!(codes(&house.ask_as(USER, "wrong", "").await), [15500]);
    assert_eq!(codes(&house.ask_as(USER, &PASSWORD.to_lowercase(), "").await), [15500]);
    assert_eq!(codes(&house.ask_as(USER, "", "").await), [15500]);
}

#[tokio::test]
async fn a_wrong_password_is_answered_everywhere_and_a_wrong_name_alike() {
    let house = House::new();
    house.add_account("ACCT1", "checking");
    house.add_account("CARD1", "creditCard");
    let wrong = house.ask_as(USER, "wrong", &all_sets()).await;
    assert_eq!(codes(&wrong), [15500; 6]);
    for name in ["NOBO-DYAT-HOME", "ünknown", "x", &"x".repeat(200)] {
        assert_eq!(house.ask_as(name, PASSWORD, &all_sets()).await, wrong, "{name}");
    }
    let books = house.store.books();
    assert_eq!(books.sign_ons, [SignOn::Wrong]);
    assert_eq!((books.links, books.fetches.len(), books.listings), (0, 0, 0));
}

#[tokio::test]
async fn a_file_without_a_sign_on_is_refused() {
    let house = House::new();
    assert_eq!(codes(&house.ask_file(&bare_file(ACCOUNTS)).await), [15500, 15500]);
    assert_eq!(codes(&house.ask_file(&bare_file("")).await), [15500]);
    let with_key = bare_file(&format!("{}{ACCOUNTS}", sign_on("<USERKEY>1234")));
    assert_eq!(codes(&house.ask_file(&with_key).await), [15500, 15500]);
}

#[tokio::test]
async fn ten_wrong_passwords_lock_the_name_for_a_while() {
    let house = House::new();
    for _ in 0..9 {
        assert_eq!(codes(&house.ask_as(USER, "wrong", ACCOUNTS).await), [15500, 15500]);
    }
    assert_eq!(codes(&house.ask_as(USER, "wrong", ACCOUNTS).await), [15502, 15500]);
    assert_eq!(codes(&house.ask(ACCOUNTS).await), [15502, 15500]);
    assert_eq!(house.store.books().sign_ons.len(), 10, "a locked name counts nothing");
    house.clock.advance(SIGN_ON_WINDOW);
    assert_eq!(codes(&house.ask("").await), [0]);
}

#[tokio::test]
async fn a_lock_holds_even_for_a_password_that_was_right_a_moment_ago() {
    let house = House::new();
    assert_eq!(codes(&house.ask("").await), [0]);
    for _ in 0..10 {
        house.ask_as(USER, "wrong", "").await;
    }
    assert_eq!(codes(&house.ask("").await), [15502]);
}

#[tokio::test]
async fn a_right_password_is_only_written_down_the_first_time_and_after_wrong_ones() {
    let house = House::new();
    for _ in 0..3 {
        house.ask("").await;
    }
    assert_eq!(house.store.books().sign_ons, [SignOn::Right]);
    house.ask_as(USER, "wrong", "").await;
    house.ask("").await;
    house.ask("").await;
    let expected = [SignOn::Right, SignOn::Wrong, SignOn::Right];
    assert_eq!(house.store.books().sign_ons, expected);
}

#[tokio::test]
async fn revoked_credentials_are_wrong_at_once() {
    let house = House::new();
    assert_eq!(codes(&house.ask("").await), [0]);
    house.store.books().credentials.clear();
    assert_eq!(codes(&house.ask(ACCOUNTS).await), [15500, 15500]);
}

#[tokio::test]
async fn a_store_that_cannot_answer_makes_no_password_wrong() {
    let house = House::new();
    house.store.books().busy.insert("find_credential");
    assert_eq!(codes(&house.ask(ACCOUNTS).await), [2000, 2000]);
    house.store.books().busy.clear();
    // A failure that cannot be counted is no answer to a guess.
    house.store.books().busy.insert("record_sign_on");
    assert_eq!(codes(&house.ask_as(USER, "wrong", ACCOUNTS).await), [2000, 2000]);
    assert_eq!(codes(&house.ask("").await), [0]);
}

#[tokio::test]
async fn any_institution_is_accepted_unless_one_is_required() {
    let required = |org: &str| {
        let fi = Fi { org: org.to_owned(), fid: Some("9999".to_owned()) };
        House::with(|options| options.required_fi = Some(fi))
    };
    let answer = required("BANK").ask(ACCOUNTS).await;
    assert_eq!(codes(&answer), [0, 0]);
    assert_eq!(answer.sign_on.fi.map(|fi| fi.org).as_deref(), Some("BANK"));
    assert_eq!(codes(&required("OTHER").ask(ACCOUNTS).await), [13504, 15500]);
}
