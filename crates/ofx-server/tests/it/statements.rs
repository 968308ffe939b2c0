//! Statements: whose, with which lines, and what is recorded of them.

use domain::line::Line;
use domain::source_account::AccountStatus;
use jiff::civil::date;
use ofx::{Response, ResponseMessage, Statement};
use ofx_server::TestTransactions;
use testkit::{TODAY, a_line, amount};

use crate::house::{House, codes};
use crate::requests::{bank, bank_statement, between, card_statement, cards, file, since};

fn statements<'a>(response: &'a Response) -> Vec<&'a Statement> {
    let statement = |message: &'a ResponseMessage| -> &'a Statement {
        let ResponseMessage::Statement { statement, .. } = message else { panic!("{message:?}") };
        statement
    };
    response.messages.iter().map(statement).collect()
}

fn fit_ids(statement: &Statement) -> Vec<&str> {
    let list = statement.transactions.as_ref().unwrap();
    list.lines.iter().map(|line| line.fit_id.as_str()).collect()
}

#[tokio::test]
async fn the_first_statement_opens_the_feed_and_is_recorded_with_its_length() {
    let house = House::new();
    let account = house.add_account("ACCT1", "checking");
    house.add_line(&account, a_line("T-1", "2024-02-27", "-42.5"));
    house.add_line(&account, a_line("T-2", "2024-02-28T09:00:00", "10"));
    let request = file(
        crate::house::USER,
        crate::house::PASSWORD,
        &bank(&bank_statement("S1", " acct1 ", &since("20240201"))),
    );
    let reply = house.post(request).await;
    let answer = reply.ofx();
    let shown = statements(&answer)[0];
    assert_eq!(fit_ids(shown), ["T-1", "T-2"]);
    assert_eq!((shown.account.acct_id(), shown.currency.as_str()), ("ACCT1", "GBP"));
    assert_eq!(shown.ledger_balance.amount.to_string(), "100.00");
    assert_eq!(shown.ledger_balance.as_of.date(), date(2024, 2, 28));
    let opened = house.account(&account);
    assert_eq!(opened.status, AccountStatus::Connected);
    assert_eq!(opened.feed_start, Some(date(2024, 2, 1)));

    let books = house.store.books();
    let [fetch] = &*books.fetches else { panic!("{:?}", books.fetches) };
    assert_eq!(
        (fetch.account.account.as_str(), fetch.credential),
        ("acc-ACCT1", books.credentials[0].id)
    );
    assert_eq!((fetch.from, fetch.to), (date(2024, 2, 1), None));
    assert_eq!((fetch.watermark, fetch.lines), (2, 2));
    assert_eq!(fetch.bytes, u64::try_from(reply.bytes.len()).unwrap());
    assert_eq!(fetch.user_agent, "InetClntApp/3.0");
    assert!(books.lines.iter().all(|(_, line)| fetch.covers(line)));
}

#[tokio::test]
async fn statements_that_cannot_be_recorded_do_not_leave() {
    let house = House::new();
    let account = house.add_account("ACCT1", "checking");
    house.add_line(&account, a_line("SECRET-LINE", "2024-02-28", "1"));
    house.store.books().busy.insert("record_fetches");
    let sets = bank(&bank_statement("S1", "ACCT1", &since("20240201")));
    let reply = house.post(file(crate::house::USER, crate::house::PASSWORD, &sets)).await;
    assert_eq!(codes(&reply.ofx()), [0, 2000]);
    assert!(!reply.text().contains("SECRET-LINE"));
}

#[tokio::test]
async fn everything_in_a_file_is_answered_in_its_order() {
    let house = House::new();
    let current = house.add_account("ACCT1", "checking");
    let card = house.add_account("CARD1", "creditCard");
    house.add_line(&current, a_line("T-1", "2024-02-27", "1"));
    house.add_line(&card, a_line("T-2", "2024-02-28", "-2"));
    let window = since("20240201");
    let banks = [
        bank_statement("S1", "ACCT1", &window),
        bank_statement("S2", "NONE1", &window),
        bank_statement("S3", "ACCT1", &between("20240228", "20240228")),
        bank_statement("S4", "CARD1", &window),
    ];
    let card_statements =
        card_statement("C1", "ACCT1", &window) + &card_statement("C2", "CARD1", &window);
    let answer = house.ask(&(bank(&banks.concat()) + &cards(&card_statements))).await;
    assert_eq!(codes(&answer), [0, 0, 2003, 0, 2003, 2003, 0]);
    let ResponseMessage::Statement { statement, trn } = &answer.messages[2] else { panic!() };
    assert_eq!((trn.uid.as_str(), fit_ids(statement).len()), ("S3", 0));
    let books = house.store.books();
    assert_eq!((books.fetches.len(), books.listings), (3, 1));
    let sizes: Vec<_> = books.fetches.iter().map(|fetch| fetch.bytes).collect();
    assert!(sizes[0] > 0 && sizes.iter().all(|size| *size == sizes[0]), "{sizes:?}");
}

#[tokio::test]
async fn a_repeated_request_gets_the_same_answer() {
    let house = House::new();
    let account = house.add_account("ACCT1", "checking");
    house.add_line(&account, a_line("T-1", "2024-02-27", "1"));
    let sets = bank(&bank_statement("S1", "ACCT1", &since("20240201")));
    assert_eq!(house.ask(&sets).await, house.ask(&sets).await);
    assert_eq!(house.store.books().fetches.len(), 2);
}

#[tokio::test]
async fn without_transactions_only_the_balance_is_told_and_nothing_is_opened_or_recorded() {
    let house = House::new();
    let account = house.add_account("ACCT1", "checking");
    house.add_line(&account, a_line("T-1", "2024-02-27", "1"));
    let not_included = "<INCTRAN><DTSTART>nonsense<INCLUDE>N</INCTRAN>";
    let sets = bank_statement("S1", "ACCT1", "") + &bank_statement("S2", "ACCT1", not_included);
    let answer = house.ask(&bank(&sets)).await;
    for shown in statements(&answer) {
        assert_eq!(shown.transactions, None);
        assert_eq!(shown.ledger_balance.amount.to_string(), "100.00");
    }
    assert_eq!(house.account(&account).status, AccountStatus::Pending);
    assert!(house.store.books().fetches.is_empty());
}

#[tokio::test]
async fn a_disconnected_account_is_not_authorized() {
    let house = House::new();
    let account = house.add_account("ACCT1", "checking");
    house.set_status(&account, AccountStatus::Disconnected);
    let sets =
        bank_statement("S1", "ACCT1", "") + &bank_statement("S2", "ACCT1", &since("20240201"));
    assert_eq!(codes(&house.ask(&bank(&sets)).await), [0, 2005, 2005]);
}

#[tokio::test]
async fn one_statement_that_fails_spoils_no_other() {
    let house = House::new();
    house.add_account("ACCT1", "checking");
    house.store.books().busy.insert("statement_lines");
    let sets =
        bank_statement("S1", "ACCT1", &since("20240201")) + &bank_statement("S2", "ACCT1", "");
    assert_eq!(codes(&house.ask(&bank(&sets)).await), [0, 2000, 0]);
}

#[tokio::test]
async fn an_account_that_tells_no_balance_has_nothing() {
    let house = House::new();
    house.add_account("CARD1", "creditCard");
    house.store.books().accounts[0].balance = None;
    house.store.books().accounts[0].details.currency = None;
    let answer = house.ask(&cards(&card_statement("C1", "CARD1", ""))).await;
    let shown = statements(&answer)[0];
    assert_eq!(shown.ledger_balance.amount.to_string(), "0.00");
    assert_eq!(shown.currency, "USD");
}

#[tokio::test]
async fn text_of_strangers_cannot_break_the_answer() {
    let house = House::new();
    let account = house.add_account("ACCT1", "checking");
    let description = Some("</OFX><STMTTRN>\r\n\u{0} & Søns 日本".into());
    house.add_line(&account, Line { description, ..a_line("a b", "2024-02-27", "1") });
    let answer = house.ask(&bank(&bank_statement("S1", "ACCT1", &since("20240201")))).await;
    let shown = statements(&answer)[0];
    assert!(fit_ids(shown)[0].starts_with("SHA256-"));
    let name = shown.transactions.as_ref().unwrap().lines[0].name.clone().unwrap();
    assert_eq!(name, "</OFX><STMTTRN>   & Søns ??");
}

#[tokio::test]
async fn an_account_without_lines_shows_test_transactions_where_they_are_wanted() {
    let house = House::with(|options| options.test_transactions = TestTransactions::On);
    let account = house.add_account("ACCT1", "checking");
    let ask = |window: &str| bank(&bank_statement("S1", "ACCT1", window));
    let first = house.ask(&ask(&since("20240229"))).await;
    let list = statements(&first)[0].transactions.clone().unwrap();
    let sum: Vec<_> = list.lines.iter().map(|line| line.amount.to_string()).collect();
    assert_eq!(
        (sum, list.lines[0].posted_on),
        (vec!["1.00".to_owned(), "-1.00".to_owned()], TODAY)
    );
    assert_eq!(house.store.books().fetches[0].lines, 0, "they are not the account's");
    let again = house.ask(&ask(&since("20240101"))).await;
    assert_eq!(fit_ids(statements(&again)[0]), fit_ids(statements(&first)[0]));
    let later = house.ask(&ask(&since("20240301"))).await;
    assert!(fit_ids(statements(&later)[0]).is_empty());

    house.add_line(&account, a_line("T-1", "2024-02-29", "1"));
    let real = house.ask(&ask(&since("20240229"))).await;
    assert_eq!(fit_ids(statements(&real)[0]), ["T-1"]);
}

#[tokio::test]
async fn nothing_is_invented_by_default() {
    let house = House::new();
    house.add_account("ACCT1", "checking");
    let answer = house.ask(&bank(&bank_statement("S1", "ACCT1", &since("20240229")))).await;
    assert!(fit_ids(statements(&answer)[0]).is_empty());
}

#[tokio::test]
async fn the_balance_is_that_of_the_moment_of_the_lines() {
    let house = House::new();
    house.add_account("ACCT1", "checking");
    house.store.books().accounts[0].balance = Some(amount("-7.5"));
    let answer = house.ask(&bank(&bank_statement("S1", "ACCT1", &since("20240229")))).await;
    let balance = statements(&answer)[0].ledger_balance;
    assert_eq!(balance.amount.to_string(), "-7.50");
    assert_eq!(balance.as_of.timestamp(), testkit::NOON);
}

#[tokio::test]
async fn a_file_cannot_ask_for_any_number_of_statements() {
    let house = House::new();
    house.add_account("ACCT1", "checking");
    let many: String = (0..501).map(|n| bank_statement(&n.to_string(), "ACCT1", "")).collect();
    let codes = codes(&house.ask(&bank(&many)).await);
    assert_eq!((codes.len(), codes[500], codes[501]), (502, 0, 2000));
}
