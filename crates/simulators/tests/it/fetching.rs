//! What is asked of a bank, and what of its answers reaches the books.

use crate::bank::{Bank, row};
use crate::{a_simulator, all_from};
use serde_json::Value;
use simulators::QuickBooks;
use simulators::quickbooks::{Choice, Chosen, Counters, Fault};

async fn books(simulator: &QuickBooks) -> Value {
    serde_json::to_value(simulator.books().await).unwrap()
}

async fn polled(simulator: &QuickBooks) -> (Counters, Option<String>) {
    let outcome = simulator.poll().await.unwrap().remove(0);
    (outcome.counters, outcome.error)
}

#[tokio::test]
async fn linking_asks_for_the_profile_as_nobody_first() {
    let bank = Bank::open("").await;
    let signed_in = a_simulator(&bank, None).link("c-1", "USER", "pw").await.unwrap();
    assert_eq!(signed_in.institution, "Corner Bank");
    assert_eq!(signed_in.offered[0].number, "MR-1");
    assert_eq!(bank.asked("USERID"), ["anonymous00000000000000000000000", "USER"]);
}

#[tokio::test]
async fn the_first_fetch_goes_back_90_days_at_most() {
    let bank = Bank::open("").await;
    let simulator = a_simulator(&bank, None);
    for (start, asked) in [("2024-02-22", "20240222"), ("2020-01-01", "20231201")] {
        simulator.link("c-1", "USER", "pw").await.unwrap();
        bank.asked("DTSTART");
        simulator.choose("c-1", &all_from(start)).await.unwrap();
        assert_eq!(bank.asked("DTSTART"), [asked]);
    }
}

#[tokio::test]
async fn later_fetches_overlap_the_last_good_answer_by_7_days() {
    let bank = Bank::open(&row("t-1", "-1.00")).await;
    let simulator = a_simulator(&bank, None);
    simulator.link("c-1", "USER", "pw").await.unwrap();
    simulator.choose("c-1", &all_from("2024-02-28")).await.unwrap();
    bank.asked("DTSTART");
    bank.set_rows(&[row("t-1", "-1.00"), row("t-2", "-2.00")].concat());
    let (counters, error) = polled(&simulator).await;
    assert_eq!((counters.imported, counters.seen_again, error), (1, 1, None));
    assert_eq!(bank.asked("DTSTART"), ["20240222"]);
    let account = &books(&simulator).await["customers"][0]["accounts"][0];
    assert_eq!((&account["imported"], &account["balance"]), (&2.into(), &"57.50".into()));
}

#[tokio::test]
async fn a_fetch_that_failed_is_told_and_changes_nothing() {
    let bank = Bank::open(&row("t-1", "-1.00")).await;
    let simulator = a_simulator(&bank, None);
    simulator.link("c-1", "USER", "pw").await.unwrap();
    simulator.choose("c-1", &all_from("2024-02-28")).await.unwrap();
    let before = books(&simulator).await["customers"].clone();
    bank.set_sign_on_code(15502);
    bank.set_rows(&row("t-2", "-2.00"));
    let (counters, error) = polled(&simulator).await;
    assert_eq!(counters, Counters::default());
    assert!(error.unwrap().contains("15502 (password lockout)"));
    let after = books(&simulator).await;
    assert_eq!(after["customers"], before);
    assert!(after["polls"][1]["error"].is_string());
    bank.set_sign_on_code(0);
    assert_eq!(polled(&simulator).await.0.imported, 1, "a lockout passes");
}

#[tokio::test]
async fn the_start_is_the_one_that_the_first_answer_stated() {
    let bank = Bank::open("").await;
    bank.set_start("20240226120000");
    let simulator = a_simulator(&bank, None);
    simulator.link("c-1", "USER", "pw").await.unwrap();
    simulator.choose("c-1", &all_from("2020-01-01")).await.unwrap();
    bank.set_start("20240101");
    simulator.poll().await.unwrap();
    let account = &books(&simulator).await["customers"][0]["accounts"][0];
    assert_eq!(account["startDate"], "2024-02-26");
}

#[tokio::test]
async fn a_sign_in_that_is_refused_is_told_once_and_mended_by_a_new_one() {
    let bank = Bank::open(&row("t-1", "-1.00")).await;
    let simulator = a_simulator(&bank, None);
    for connection in ["c-1", "c-2"] {
        simulator.link(connection, "USER", "pw").await.unwrap();
        simulator.choose(connection, &all_from("2024-02-28")).await.unwrap();
    }
    bank.set_sign_on_code(15500);
    let failed = simulator.poll().await.unwrap();
    let told = failed[0].error.clone().unwrap();
    assert!(told.contains("15500 (signon invalid); not asked again"), "{told}");
    bank.set_sign_on_code(0);
    assert_eq!((failed.len(), simulator.poll().await.unwrap()), (2, Vec::new()));
    simulator.link("c-1", "USER", "new").await.unwrap();
    let customers = books(&simulator).await["customers"].clone();
    assert_eq!(customers[0]["accounts"][0]["attention"], Value::Null);
    let attention = customers[1]["accounts"][0]["attention"].as_str().unwrap();
    assert!(attention.starts_with("signed out: "), "{attention}");
    bank.asked("USERPASS");
    assert_eq!(polled(&simulator).await, (Counters { seen_again: 1, ..Counters::default() }, None));
    assert_eq!(bank.asked("USERPASS"), ["new"]);
}

#[tokio::test]
async fn an_account_that_is_gone_comes_back_when_it_is_chosen_again() {
    for (code, words) in [(2003, "not found"), (2004, "closed"), (2005, "not authorized")] {
        let bank = Bank::open(&row("t-1", "-1.00")).await;
        let simulator = a_simulator(&bank, None);
        simulator.link("c-1", "USER", "pw").await.unwrap();
        simulator.choose("c-1", &all_from("2024-02-28")).await.unwrap();
        bank.set_statement_code(code);
        let told = polled(&simulator).await.1.unwrap();
        assert!(told.contains(&format!("{code} (account {words})")), "{told}");
        bank.set_statement_code(0);
        simulator.link("c-1", "USER", "new").await.unwrap();
        assert_eq!(simulator.poll().await.unwrap(), [], "a sign-in alone chooses nothing");
        let account = books(&simulator).await["customers"][0]["accounts"][0].clone();
        assert!(account["attention"].as_str().unwrap().starts_with("gone: "), "{account}");
        simulator.choose("c-1", &all_from("2024-02-28")).await.unwrap();
        assert_eq!(polled(&simulator).await.0.seen_again, 1);
    }
}

#[tokio::test]
async fn a_disconnected_account_is_not_asked_for() {
    let bank = Bank::open("").await;
    let simulator = a_simulator(&bank, None);
    simulator.link("c-1", "USER", "pw").await.unwrap();
    simulator.choose("c-1", &all_from("2024-02-28")).await.unwrap();
    simulator.disconnect("c-1", "acc-1").await.unwrap();
    assert_eq!(simulator.poll().await.unwrap(), []);
    assert!(simulator.disconnect("c-1", "acc-2").await.unwrap_err().to_string().contains("acc-1"));
}

#[tokio::test]
async fn books_survive_a_restart_and_requests_stay_unique() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("books.json");
    let bank = Bank::open(&row("t-1", "-1.00")).await;
    let simulator = a_simulator(&bank, Some(file.clone()));
    simulator.link("c-1", "USER", "pw").await.unwrap();
    simulator.choose("c-1", &all_from("2024-02-28")).await.unwrap();
    let mut asked = bank.asked("TRNUID");
    let before = books(&simulator).await;
    drop(simulator);
    let simulator = a_simulator(&bank, Some(file));
    assert_eq!(books(&simulator).await, before);
    assert_eq!(polled(&simulator).await.0.seen_again, 1);
    asked.extend(bank.asked("TRNUID"));
    let count = asked.len();
    asked.sort_unstable();
    asked.dedup();
    assert_eq!((asked.len(), count), (4, 4));
}

#[tokio::test]
async fn a_storm_of_fetches_imports_each_row_once() {
    let bank = Bank::open(&row("t-1", "-1.00")).await;
    let simulator = a_simulator(&bank, None);
    simulator.link("c-1", "USER", "pw").await.unwrap();
    simulator.choose("c-1", &all_from("2024-02-28")).await.unwrap();
    bank.set_rows(&[row("t-1", "-1.00"), row("t-2", "-2.00")].concat());
    let report = simulator.play(Fault::PollStorm, None).await.unwrap();
    assert!(report.exchanges.iter().all(|exchange| exchange.status == Some(200)), "{report:?}");
    let account = &books(&simulator).await["customers"][0]["accounts"][0];
    assert_eq!(account["imported"], 2);
    assert_eq!(account["seenAgain"], 2 * report.exchanges.len() - 1);
}

#[tokio::test]
async fn a_dropped_answer_is_asked_for_again_under_the_same_number() {
    let bank = Bank::open("").await;
    let simulator = a_simulator(&bank, None);
    simulator.link("c-1", "USER", "pw").await.unwrap();
    simulator.choose("c-1", &all_from("2024-02-28")).await.unwrap();
    bank.asked("TRNUID");
    let report = simulator.play(Fault::DroppedAnswer, Some("c-1")).await.unwrap();
    assert!(!report.exchanges[0].first_bytes.contains("</OFX>"), "{report:?}");
    assert_eq!(report.exchanges[1].codes, [0, 0]);
    let asked = bank.asked("TRNUID");
    assert_eq!((asked.len(), &asked[0]), (2, &asked[1]));
}

#[tokio::test]
async fn an_account_that_was_not_offered_cannot_be_chosen() {
    let bank = Bank::open("").await;
    let simulator = a_simulator(&bank, None);
    simulator.link("c-1", "USER", "pw").await.unwrap();
    let accounts = Chosen::Numbers(vec!["MR-2".to_owned()]);
    let choice = Choice { accounts, ..Choice::default() };
    let error = simulator.choose("c-1", &choice).await.unwrap_err().to_string();
    assert_eq!(error, "there is no account \"MR-2\"; there are: MR-1");
    let error = simulator.choose("c-2", &choice).await.unwrap_err().to_string();
    assert!(error.contains("nobody has linked the connection \"c-2\""));
}
