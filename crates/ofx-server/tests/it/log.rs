//! What the log says, and what it must not say.

use std::io;
use std::sync::{Arc, Mutex};

use tracing::Level;
use tracing_subscriber::fmt::MakeWriter;

use crate::house::{House, PASSWORD, USER};
use crate::requests::{ACCOUNTS, bank, bank_statement, file, since};
use testkit::a_line;

#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl io::Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Captured {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// Everything that is logged while `visit` runs.
fn logged(visit: impl AsyncFnOnce()) -> String {
    let captured = Captured::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(Level::TRACE)
        .with_ansi(false)
        .with_writer(captured.clone())
        .finish();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    tracing::subscriber::with_default(subscriber, || runtime.block_on(visit()));
    let bytes = captured.0.lock().unwrap().clone();
    String::from_utf8(bytes).unwrap()
}

#[test]
fn no_password_reaches_the_log() {
    let log = logged(async || {
        let house = House::new();
        let account = house.add_account("ACCT1", "checking");
        house.add_line(&account, a_line("T-1", "2024-02-28", "1"));
        let sets =
            format!("{ACCOUNTS}{}", bank(&bank_statement("S1", "ACCT1", &since("20240201"))));
        house.ask(&sets).await;
        house.ask_as(USER, "Wrong9Guess8", &sets).await;
        // Some people type their password where the name belongs.
        house.ask_as("Typed7InName", PASSWORD, &sets).await;
        // An unescaped bracket makes the file unreadable right in the password.
        house.post(file(USER, "Half<Pass5Word", &sets)).await;
        for verb in ["find_credential", "record_sign_on", "list_source_accounts", "record_fetches"]
        {
            house.store.books().busy = [verb].into();
            house.ask(&sets).await;
            house.ask_as(USER, "Wrong9Guess8", &sets).await;
        }
    });
    for secret in [PASSWORD, "Wrong9Guess8", "Typed7InName", "Pass5Word", "ACCT1", "T-1"] {
        assert!(!log.contains(secret), "{secret} is in the log:\n{log}");
    }
    assert!(log.contains(USER) && log.contains("QWIN"), "{log}");
}

#[test]
fn the_log_tells_who_asked_for_what_and_how_it_went() {
    let log = logged(async || {
        let house = House::new();
        house.add_account("ACCT1", "checking");
        let statements = bank_statement("S1", "ACCT1", &since("20240201"))
            + &bank_statement("S2", "NONE1", &since("20240201"));
        house.ask(&format!("{ACCOUNTS}{}", bank(&statements))).await;
    });
    let line = log.lines().find(|line| line.contains("an OFX request was answered")).unwrap();
    for part in [
        "user=\"ABCD-EFGH-JKMN\"",
        "answers=\"ACCTINFO 0, STMT 0, STMT 2003\"",
        "user_agent=\"InetClntApp/3.0\"",
        "app=\"QWIN\"",
        "app_version=\"2700\"",
    ] {
        assert!(line.contains(part), "{part} is not in {line}");
    }
}

#[test]
fn a_poll_of_many_accounts_costs_one_slow_hash() {
    let hashes = |log: &str| log.matches("a password is hashed").count();
    let log = logged(async || {
        let house = House::new();
        for _ in 0..5 {
            house.ask(ACCOUNTS).await;
        }
    });
    assert_eq!(hashes(&log), 1);
    let log = logged(async || {
        let house = House::new();
        house.ask(ACCOUNTS).await;
        house.clock.advance(jiff::SignedDuration::from_hours(1));
        house.ask(ACCOUNTS).await;
    });
    assert_eq!(hashes(&log), 2);
}

#[test]
fn a_name_that_nobody_has_costs_a_hash_as_well() {
    let log = logged(async || {
        let house = House::new();
        for name in ["NOBO-DYAT-HOME", "two words", &"x".repeat(99)] {
            house.ask_as(name, PASSWORD, "").await;
        }
    });
    assert_eq!(log.matches("a password is hashed").count(), 3);
}
