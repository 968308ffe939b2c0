//! The OFX door through the real server: what it answers to whom. Real clients are in clients.

use crate::harness::{
    Database, OfxCaller, Server, a_line, a_linked_account, days_ago, on_both, statement, today,
    values,
};
use jiff::ToSpan as _;

on_both! {
    windows_are_clamped_and_wrong_ones_refused;
    whoever_signs_on_sees_only_their_connection;
    several_wrappers_in_one_file_are_all_answered;
    garbage_is_refused_and_nothing_breaks;
}

async fn windows_are_clamped_and_wrong_ones_refused(database: Database) {
    let server = Server::start(database).await;
    let books = a_linked_account(&server.caller(), days_ago(5)).await;
    books.push_to_end(&[a_line("a", days_ago(4), 1.0), a_line("b", today(), 2.0)]).await;
    let day = |date: jiff::civil::Date| date.strftime("%Y%m%d").to_string();
    let ids =
        async |window: &str| values(&books.ofx.statement(&books.number, window).await, "FITID");
    assert_eq!(ids("<DTSTART>19900101").await, ["a", "b"]);
    assert_eq!(ids(&format!("<DTSTART>{}", day(days_ago(1)))).await, ["b"]);
    assert_eq!(
        ids(&format!("<DTSTART>{}<DTEND>{}", day(days_ago(5)), day(days_ago(4)))).await,
        ["a"]
    );
    let code = async |window: &str| {
        values(&books.ofx.statement(&books.number, window).await, "CODE")[1].clone()
    };
    assert_eq!(code("<DTSTART>yesterday").await, "2020");
    let later = today().checked_add(5.days()).unwrap();
    assert_eq!(code(&format!("<DTSTART>{}", day(later))).await, "2027");
    assert_eq!(
        code(&format!("<DTSTART>{}<DTEND>{}", day(days_ago(1)), day(days_ago(3)))).await,
        "2027"
    );
}

async fn whoever_signs_on_sees_only_their_connection(database: Database) {
    let server = Server::start(database).await;
    let caller = server.caller();
    let mine = a_linked_account(&caller, days_ago(5)).await;
    let other = a_linked_account(&caller, days_ago(5)).await;
    assert_eq!(mine.ofx.numbers().await, std::slice::from_ref(&mine.number));
    let answer = mine.ofx.statement(&other.number, "").await;
    assert_eq!(values(&answer, "CODE"), ["0", "2003"]);
    assert!(!answer.contains("<STMTRS>"));
}

async fn several_wrappers_in_one_file_are_all_answered(database: Database) {
    let server = Server::start(database).await;
    let books = a_linked_account(&server.caller(), days_ago(5)).await;
    books.push_to_end(&[a_line("a", today(), 1.0)]).await;
    let one = statement(&books.number, "");
    let wrapper =
        one.strip_prefix("<BANKMSGSRQV1>").unwrap().strip_suffix("</BANKMSGSRQV1>").unwrap();
    let other =
        statement("NOBODY", "").replace("<BANKMSGSRQV1>", "").replace("</BANKMSGSRQV1>", "");
    let file = format!("<BANKMSGSRQV1>{wrapper}{other}{wrapper}</BANKMSGSRQV1>");
    let answer = books.ofx.send(books.ofx.file(&file)).await.expect(200).text;
    assert_eq!(values(&answer, "CODE"), ["0", "0", "2003", "0"]);
    assert_eq!(values(&answer, "FITID"), ["a", "a"]);
    let pin = "<SIGNONMSGSRQV1></SIGNONMSGSRQV1>";
    assert!(!answer.contains(pin));
}

async fn garbage_is_refused_and_nothing_breaks(database: Database) {
    let server = Server::start(database).await;
    let books = a_linked_account(&server.caller(), days_ago(5)).await;
    let whole = books.ofx.file(&statement(&books.number, ""));
    for body in [
        Vec::new(),
        b"hello".to_vec(),
        vec![0xff; 1000],
        whole.as_bytes()[..whole.len() / 2].to_vec(),
        format!("OFXHEADER:100\r\n\r\n{}", "<OFX>".repeat(50_000)).into_bytes(),
    ] {
        let reply = books.ofx.send(body).await;
        assert_eq!(reply.status, 400, "{}", reply.text);
        assert!(!reply.text.is_empty());
    }
    let nested = format!("OFXHEADER:100\r\n\r\n{}", "<OFX>".repeat(1_000_000));
    assert_eq!(books.ofx.send(nested).await.status, 413);
    assert_eq!(books.caller.get("/ofx").await.status, 405);
    let anonymous = OfxCaller::new(
        &books.caller,
        &format!("anonymous{}", "0".repeat(23)),
        &format!("anonymous{}", "0".repeat(23)),
    );
    assert_eq!(values(&anonymous.accounts().await, "CODE")[0], "15500");
    assert_eq!(books.ofx.numbers().await, std::slice::from_ref(&books.number));
}
