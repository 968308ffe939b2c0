//! Statements that go through, and such as Xero refuses.

use super::server::{Session, fault};
use domain::line::Line;
use platforms::{LinesToCut, PlatformError, Reason, ReasonKind, Statement, StatementStage};
use serde_json::{Value, json};
use testkit::{a_line, amount};

#[tokio::test]
async fn lines_come_into_the_books_in_order_with_sign_and_balance() {
    let session = Session::open().await;
    let (server, statements, access) = (&session.server, session.statements(), session.access());
    let feed = session.feed().await;
    let line = |id: &str, date: &str, value: &str, balance: &str| Line {
        balance: Some(amount(balance)),
        ..a_line(id, date, value)
    };
    let paid = Line {
        counterparty: Some("Corner Cafe".into()),
        reference: Some("R 7".into()),
        ..line("t-2", "2024-02-29T23:30:00-11:00", "-42.50", "-32.5")
    };
    let lines = [
        line("t-1", "2024-02-28", "10", "10"),
        paid,
        line("t-3", "2024-02-29", "0.0001", "-32.4999"),
    ];
    let request = LinesToCut { feed: &feed, opening: None, lines: &lines };
    let cut = statements.cut(request).unwrap();
    assert_eq!((cut.statements.len(), cut.warnings.len()), (1, 0));

    let sent = statements.send(access, &cut.statements[0], "1").await.unwrap();
    assert_eq!(sent.stage, StatementStage::Pending);
    let poll = async || statements.poll(access, &sent.id).await.unwrap();
    assert_eq!(poll().await, Some(StatementStage::Pending));
    assert_eq!(server.books().await["balance"], Value::Null, "nothing before it is delivered");
    server.wait(2);
    assert_eq!(poll().await, Some(StatementStage::Delivered));

    let books = server.books().await;
    let shown: Vec<_> = books["lines"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| {
            ["transactionId", "date", "amount", "balance"].map(|name| line[name].as_str().unwrap())
        })
        .collect();
    let wanted = [
        ["t-1", "2024-02-28", "10", "10"],
        ["t-2", "2024-02-29", "-42.50", "-32.50"],
        ["t-3", "2024-02-29", "0.0001", "-32.4999"],
    ];
    assert_eq!(shown, wanted);
    let told = ["description", "payeeName", "reference", "transactionType"]
        .map(|name| books["lines"][1][name].as_str().unwrap());
    assert_eq!(told, ["card payment t-2", "Corner Cafe", "R 7", "Debit"]);
    assert_eq!(books["balance"], "-32.4999");
    let statement = &books["statements"][0];
    assert_eq!(
        (&statement["startDate"], &statement["endDate"]),
        (&json!("2024-02-28"), &json!("2024-02-29"))
    );
}

#[tokio::test]
async fn a_long_push_arrives_whole_and_without_a_gap() {
    let session = Session::open().await;
    let (server, statements, access) = (&session.server, session.statements(), session.access());
    let feed = session.feed().await;
    let lines: Vec<_> = (0..1_500)
        .map(|id| Line { balance: None, ..a_line(&format!("t-{id}"), "2024-02-29", "-0.01") })
        .collect();
    let opening = Some(amount("100"));
    let cut = statements.cut(LinesToCut { feed: &feed, opening, lines: &lines }).unwrap();
    assert_eq!(cut.warnings.len(), 1, "no line told a balance");
    for (number, statement) in cut.statements.iter().enumerate() {
        let receipt = statements.send(access, statement, &number.to_string()).await.unwrap();
        server.wait(2);
        let stage = statements.poll(access, &receipt.id).await.unwrap();
        assert_eq!(stage, Some(StatementStage::Delivered));
    }
    let books = server.books().await;
    assert_eq!(books["lines"].as_array().unwrap().len(), 1_500);
    assert_eq!(books["lines"][1_499]["transactionId"], "t-1499");
    assert_eq!(
        (&books["balance"], &books["isContinuous"], &books["repeated"]),
        (&json!("85.00"), &json!(true), &json!(0))
    );
}

#[tokio::test]
async fn a_rejected_statement_has_xeros_words() {
    let session = Session::open().await;
    let (server, statements, access) = (&session.server, session.statements(), session.access());
    let feed = session.feed().await;
    let statement = session.statement(&feed, "100", &[("t-1", "-42.50")]);
    server.order(json!({"fault": "rejected-late", "problem": "invalid-end-balance"})).await;
    let sent = statements.send(access, &statement, "1").await.unwrap();
    server.wait(2);
    let stage = statements.poll(access, &sent.id).await.unwrap();
    let reason = Reason {
        kind: ReasonKind::Other,
        code: Some("invalid-end-balance".to_owned()),
        message: "The start balance and the statement lines do not add up to the end balance."
            .to_owned(),
    };
    assert_eq!(stage, Some(StatementStage::Rejected { reasons: vec![reason] }));
    assert_eq!(server.books().await["lines"], json!([]));

    // What was rejected is not there, and is not found.
    assert_eq!(statements.look_up(access, &statement, &[]).await, Ok(None));
    statements.send(access, &statement, "2").await.unwrap();
    server.wait(2);
    assert_eq!(server.books().await["lines"].as_array().unwrap().len(), 1);
    assert_eq!(statements.poll(access, "no-such-id").await, Ok(None));
}

#[tokio::test]
async fn a_refusal_says_what_it_means() {
    let session = Session::open().await;
    let (server, statements, access) = (&session.server, session.statements(), session.access());
    let feed = session.feed().await;
    let statement = session.statement(&feed, "100", &[("t-1", "-42.50")]);
    let refused =
        async |statement, attempt: &str| match statements.send(access, statement, attempt).await {
            Err(PlatformError::Rejected { reasons }) => {
                (reasons[0].kind, reasons[0].code.clone().unwrap_or_default())
            }
            other => panic!("{other:?}"),
        };
    statements.send(access, &statement, "1").await.unwrap();
    let duplicate = (ReasonKind::Duplicate, "duplicate-statement".to_owned());
    assert_eq!(refused(&statement, "2").await, duplicate);

    let mut wrong = session.statement(&feed, "57.50", &[("t-2", "1")]);
    wrong.closing = amount("58.51");
    let code = |code: &str| (ReasonKind::Other, code.to_owned());
    assert_eq!(refused(&wrong, "3").await, code("invalid-end-balance"));
    let early = Statement { starts_on: "2020-01-01".parse().unwrap(), ..wrong.clone() };
    assert_eq!(refused(&early, "4").await, code("invalid-start-date"));

    server.order(fault("feed-switched-off", "create-statements")).await;
    let next = session.statement(&feed, "57.50", &[("t-3", "1")]);
    let gone = (ReasonKind::FeedGone, "invalid-feed-connection".to_owned());
    assert_eq!(refused(&next, "5").await, gone);
    assert_eq!(refused(&next, "6").await, gone);
}

#[tokio::test]
async fn what_drifts_from_the_contract_is_still_understood() {
    let session = Session::open().await;
    let (server, statements, access) = (&session.server, session.statements(), session.access());
    let feed = session.feed().await;
    for (number, drift) in ["strings-for-numbers", "extra-fields"].into_iter().enumerate() {
        let opening = number.to_string();
        let statement = session.statement(&feed, &opening, &[(drift, "1")]);
        server.order(fault(drift, "create-statements")).await;
        let sent = statements.send(access, &statement, "1").await.unwrap();
        server.order(fault(drift, "list-statements")).await;
        let found = statements.look_up(access, &statement, &[]).await.unwrap().unwrap();
        assert_eq!(found, sent);
        server.wait(2);
        server.order(fault(drift, "get-statement")).await;
        let stage = statements.poll(access, &sent.id).await.unwrap();
        assert_eq!(stage, Some(StatementStage::Delivered), "{drift}");
    }
    server.order(fault("stays-pending", "create-statements")).await;
    let statement = session.statement(&feed, "2", &[("late", "1")]);
    let sent = statements.send(access, &statement, "1").await.unwrap();
    server.wait(20 * 60);
    assert_eq!(statements.poll(access, &sent.id).await, Ok(Some(StatementStage::Pending)));
}
