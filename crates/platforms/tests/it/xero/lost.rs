//! Answers that are lost: nothing is sent again before it was looked up, and each line is in the books once.

use super::server::{Session, fault};
use platforms::{PlatformError, ReasonKind, StatementStage};
use serde_json::json;

fn is_unknown(error: &PlatformError) -> bool {
    matches!(error, PlatformError::Unknown { .. })
}

#[tokio::test]
async fn an_answer_lost_after_it_was_handled_is_found_again() {
    for lost in ["reset-after", "truncated-body", "internal-error-after"] {
        let session = Session::open().await;
        let (server, statements, access) =
            (&session.server, session.statements(), session.access());
        let feed = session.feed().await;
        let statement = session.statement(&feed, "100", &[("t-1", "-42.50")]);
        server.order(fault(lost, "create-statements")).await;
        let error = statements.send(access, &statement, "1").await.unwrap_err();
        assert!(is_unknown(&error), "{lost}: {error}");
        let found = statements.look_up(access, &statement, &[]).await.unwrap().unwrap();
        assert_eq!(found.stage, StatementStage::Pending, "{lost}");
        server.wait(2);
        let found = statements.look_up(access, &statement, &[]).await.unwrap().unwrap();
        assert_eq!(found.stage, StatementStage::Delivered, "{lost}");
        assert_eq!(server.books().await["balance"], "57.50", "{lost}");
        assert_eq!(server.count("create-statements").await, 1, "{lost}");
    }
}

#[tokio::test]
async fn an_answer_lost_before_it_was_handled_is_not_found_and_sent_again() {
    for lost in ["reset-before", "internal-error", "internal-error-kept"] {
        let session = Session::open().await;
        let (server, statements, access) =
            (&session.server, session.statements(), session.access());
        let feed = session.feed().await;
        let statement = session.statement(&feed, "100", &[("t-1", "-42.50")]);
        server.order(fault(lost, "create-statements")).await;
        let error = statements.send(access, &statement, "1").await.unwrap_err();
        assert!(is_unknown(&error), "{lost}: {error}");
        assert_eq!(statements.look_up(access, &statement, &[]).await, Ok(None), "{lost}");
        statements.send(access, &statement, "2").await.unwrap();
        server.wait(2);
        let books = server.books().await;
        assert_eq!((&books["balance"], &books["repeated"]), (&json!("57.50"), &json!(0)), "{lost}");
        assert_eq!(books["lines"].as_array().unwrap().len(), 1, "{lost}");
    }
}

#[tokio::test]
async fn the_same_attempt_again_is_the_same_statement() {
    let session = Session::open().await;
    let (server, statements, access) = (&session.server, session.statements(), session.access());
    let feed = session.feed().await;
    let statement = session.statement(&feed, "100", &[("t-1", "-42.50")]);
    server.order(fault("reset-after", "create-statements")).await;
    assert!(is_unknown(&statements.send(access, &statement, "1").await.unwrap_err()));
    let repeated = statements.send(access, &statement, "1").await.unwrap();
    let found = statements.look_up(access, &statement, &[]).await.unwrap().unwrap();
    assert_eq!(repeated.id, found.id);
    server.wait(6 * 60);
    let late = statements.send(access, &statement, "1").await.unwrap_err();
    let PlatformError::Rejected { reasons } = late else { panic!("{late}") };
    assert_eq!(
        reasons[0].kind,
        ReasonKind::Duplicate,
        "the key is forgotten, the statement is not"
    );
    assert_eq!(server.books().await["lines"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_statement_that_looks_alike_is_not_taken_for_the_lost_one() {
    let session = Session::open().await;
    let (server, statements, access) = (&session.server, session.statements(), session.access());
    let feed = session.feed().await;
    let there_and_back = |one, other| session.statement(&feed, "100", &[(one, "5"), (other, "-5")]);
    let first = there_and_back("t-1", "t-2");
    let known = statements.send(access, &first, "1").await.unwrap().id;
    let second = there_and_back("t-3", "t-4");
    server.order(fault("reset-before", "create-statements")).await;
    assert!(is_unknown(&statements.send(access, &second, "1").await.unwrap_err()));
    let others = [known];
    assert_eq!(statements.look_up(access, &second, &others).await, Ok(None));
    statements.send(access, &second, "2").await.unwrap();
    let found = statements.look_up(access, &second, &others).await.unwrap().unwrap();
    assert!(!others.contains(&found.id));
    server.wait(2);
    assert_eq!(server.books().await["lines"].as_array().unwrap().len(), 4);
}

#[tokio::test]
async fn a_statement_is_found_on_later_pages() {
    let session = Session::open().await;
    let (server, statements, access) = (&session.server, session.statements(), session.access());
    let feed = session.feed().await;
    let limits = json!({"limits": {"minute": 1_000}});
    server.control(reqwest::Method::PATCH, "settings", limits).await;
    let mut sent = Vec::new();
    for number in 0..51 {
        let id = format!("t-{number}");
        let statement = session.statement(&feed, &number.to_string(), &[(&id, "1")]);
        let receipt = statements.send(access, &statement, "1").await.unwrap();
        sent.push((statement, receipt));
    }
    for (statement, receipt) in [&sent[0], &sent[50]] {
        let found = statements.look_up(access, statement, &[]).await.unwrap();
        assert_eq!(found.as_ref(), Some(receipt));
    }
    assert_eq!(
        server.count("list-statements").await,
        3,
        "two pages for the oldest, one for the newest"
    );
}
