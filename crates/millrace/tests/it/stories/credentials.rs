//! Credentials: several at once, revoked together, locked after too many failures, and never in a log.

use crate::harness::{
    Database, OfxCaller, Server, a_line, a_linked_account, days_ago, on_both, text, today, values,
};
use serde_json::json;

on_both! {
    several_sets_are_valid_until_all_are_revoked;
    too_many_failures_lock_a_name_even_for_the_right_password;
    secrets_reach_no_log;
}

async fn several_sets_are_valid_until_all_are_revoked(database: Database) {
    let server = Server::start(database).await;
    let books = a_linked_account(&server.caller(), days_ago(5)).await;
    let path = format!("{}/connectionInfo/bankFeedAccounts", books.path());
    for body in ["", "\"\"", "\"{}\"", "\"e30=\"", "{}", "not json"] {
        let second =
            books.caller.post(&format!("{path}/credentials"), body).await.expect(200).json();
        let ofx =
            OfxCaller::new(&books.caller, &text(&second["username"]), &text(&second["password"]));
        assert_eq!(ofx.numbers().await, std::slice::from_ref(&books.number));
    }
    assert_eq!(
        books.ofx.numbers().await,
        std::slice::from_ref(&books.number),
        "the first set is still good"
    );
    books.caller.delete(&format!("{path}/credentials")).await.expect(204);
    assert_eq!(values(&books.ofx.accounts().await, "CODE")[0], "15500");
    let account = &books.caller.get(&path).await.expect(200).json()[0];
    assert_eq!(account["status"], "disconnected");
    assert_eq!(books.caller.get(&books.path()).await.expect(200).json()["status"], "Unlinked");
    let refused = books.push(&[a_line("a", today(), 1.0)]).await;
    assert_eq!(refused["status"], "Failed");
}

async fn too_many_failures_lock_a_name_even_for_the_right_password(database: Database) {
    let server = Server::start(database).await;
    let books = a_linked_account(&server.caller(), days_ago(5)).await;
    let wrong = OfxCaller { password: "wrong".to_owned(), ..books.ofx.clone() };
    for _ in 0..9 {
        assert_eq!(values(&wrong.accounts().await, "CODE"), ["15500", "15500"]);
    }
    assert_eq!(values(&wrong.accounts().await, "CODE")[0], "15502", "the tenth failure locks");
    assert_eq!(values(&books.ofx.accounts().await, "CODE")[0], "15502");
    let nobody = OfxCaller { username: "AAAA-BBBB-CCCC".to_owned(), ..books.ofx.clone() };
    assert_eq!(values(&nobody.accounts().await, "CODE")[0], "15500");
}

async fn secrets_reach_no_log(database: Database) {
    let options = crate::harness::ServerOptions::flags(&["--set", "log.filter=trace"]);
    let server = Server::start_with(database, &options).await;
    let books = a_linked_account(&server.caller(), days_ago(5)).await;
    let secret = json!({"id": "l", "date": today().to_string(), "amount": 1, "description": "Quite-Private-Purchase"});
    books.push_to_end(&[secret]).await;
    books.ofx.statement(&books.number, "").await;
    books
        .ofx
        .send("OFXHEADER:100\r\n\r\n<OFX><SIGNONMSGSRQV1><SONRQ><USERID>u<USERPASS>hunter22")
        .await;
    let broken = OfxCaller { password: "hunter23".to_owned(), ..books.ofx.clone() };
    broken.accounts().await;
    let log = server.log().join("\n");
    assert!(log.contains("listening"));
    for word in [&books.ofx.password, &books.caller.key, "hunter22", "hunter23", "Quite-Private"] {
        assert!(!log.contains(word), "{word} is in the log");
    }
}
