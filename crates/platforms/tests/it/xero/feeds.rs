//! Feed connections: made, polled, adopted, ended.

use super::server::{Session, a_feed, fault};
use domain::money::CurrencyCode;
use platforms::{Feed, FeedDraft, FeedStage, FeedTarget, Platform, PlatformError, TargetKind};
use serde_json::json;

#[tokio::test]
async fn a_feed_is_pending_then_connected_then_gone() {
    let session = Session::open().await;
    let (server, feeds, access) = (&session.server, session.feeds(), session.access());
    let made = feeds.create_feed(access, &a_feed(), "1").await.unwrap();
    let token = Some("token-1".to_owned());
    assert_eq!((made.token, made.stage), (token.clone(), FeedStage::Pending));
    let find = async || feeds.find_feed(access, &made.id).await.unwrap();
    assert_eq!(find().await.unwrap().stage, FeedStage::Pending);
    server.wait(1);
    let account = server.books().await["accountId"].as_str().unwrap().to_owned();
    let connected = Feed { id: made.id.clone(), token, stage: FeedStage::Connected { account } };
    assert_eq!(find().await, Some(connected.clone()));
    assert_eq!(feeds.list_feeds(access).await.unwrap(), [connected]);
    server.order(fault("reset-after", "delete-feeds")).await;
    let lost = feeds.delete_feed(access, &made.id, "2").await.unwrap_err();
    assert!(matches!(lost, PlatformError::Unavailable { .. }), "it can be repeated: {lost}");
    for attempt in ["3", "4"] {
        feeds.delete_feed(access, &made.id, attempt).await.unwrap();
        server.wait(1);
    }
    assert_eq!(find().await, None);
    assert_eq!(feeds.list_feeds(access).await, Ok(Vec::new()));
    assert_eq!(feeds.find_feed(access, "no/such?feed").await, Ok(None));
}

#[tokio::test]
async fn a_feed_can_be_made_for_an_account_or_open_one() {
    let session = Session::open().await;
    let (server, feeds, access) = (&session.server, session.feeds(), session.access());
    let accounts = server.xero.accounts().unwrap().list_accounts(access).await.unwrap();
    let card = &accounts[3];
    let draft = FeedDraft {
        token: "card".to_owned(),
        target: FeedTarget::Existing(card.id.clone()),
        kind: TargetKind::CreditCard,
        currency: card.currency,
    };
    let made = feeds.create_feed(access, &draft, "1").await.unwrap();
    let new = FeedDraft {
        token: "new".to_owned(),
        target: FeedTarget::Numbered {
            number: "99999999".to_owned(),
            name: "A name of more than thirty characters".to_owned(),
        },
        ..a_feed()
    };
    feeds.create_feed(access, &new, "2").await.unwrap();
    server.wait(1);
    let found = feeds.find_feed(access, &made.id).await.unwrap().unwrap();
    assert_eq!(found.stage, FeedStage::Connected { account: card.id.clone() });
    let opened = server.xero.accounts().unwrap().list_accounts(access).await.unwrap();
    let opened = opened.last().unwrap();
    assert_eq!(opened.name, "A name of more than thirty cha");
    assert_eq!(opened.number.as_deref(), Some("99999999"));
}

#[tokio::test]
async fn a_feed_whose_answer_was_lost_is_adopted_though_one_was_rejected_before() {
    let session = Session::open().await;
    let (server, feeds, access) = (&session.server, session.feeds(), session.access());
    server.order(fault("rejected-late", "create-feeds")).await;
    let rejected = feeds.create_feed(access, &a_feed(), "1").await.unwrap();
    server.wait(1);
    server.order(fault("reset-after", "create-feeds")).await;
    feeds.create_feed(access, &a_feed(), "2").await.unwrap_err();
    let adopted = feeds.create_feed(access, &a_feed(), "3").await.unwrap();
    assert_eq!((adopted.stage, adopted.id == rejected.id), (FeedStage::Pending, false));
}

#[tokio::test]
async fn a_feed_whose_answer_was_lost_is_adopted_and_a_strange_one_is_not() {
    for lost in ["reset-after", "truncated-body", "internal-error-after"] {
        let session = Session::open().await;
        let (server, feeds, access) = (&session.server, session.feeds(), session.access());
        server.order(fault(lost, "create-feeds")).await;
        let error = feeds.create_feed(access, &a_feed(), "1").await.unwrap_err();
        assert!(matches!(error, PlatformError::Unknown { .. }), "{lost}: {error}");
        let adopted = feeds.create_feed(access, &a_feed(), "2").await.unwrap();
        let all = feeds.list_feeds(access).await.unwrap();
        assert_eq!(all.iter().map(|feed| &feed.id).collect::<Vec<_>>(), [&adopted.id], "{lost}");
        let other = FeedDraft { token: "token-2".to_owned(), ..a_feed() };
        let error = feeds.create_feed(access, &other, "3").await.unwrap_err();
        let PlatformError::Rejected { reasons } = &error else { panic!("{error}") };
        let code = Some("feed-already-connected-in-current-organisation");
        assert_eq!(reasons[0].code.as_deref(), code, "another token, the same account");
    }
}

#[tokio::test]
async fn what_xero_says_against_a_feed_is_passed_on() {
    let session = Session::open().await;
    let (server, feeds, access) = (&session.server, session.feeds(), session.access());
    let words = async |draft: &FeedDraft, attempt: &str| match feeds
        .create_feed(access, draft, attempt)
        .await
    {
        Err(PlatformError::Rejected { reasons }) => reasons[0].message.clone(),
        other => panic!("{other:?}"),
    };
    server.order(fault("feed-connected-elsewhere", "create-feeds")).await;
    let elsewhere = "The account token already has a feed in another organisation.";
    assert_eq!(words(&a_feed(), "1").await, elsewhere);
    server
        .order(json!({"fault": "some-rejected", "problem": "invalid-user-role",
        "operation": "create-feeds"}))
        .await;
    assert_eq!(words(&a_feed(), "2").await, "The user's role does not allow connecting feeds.");
    let yen = FeedDraft { currency: CurrencyCode::parse("JPY").unwrap(), ..a_feed() };
    assert_eq!(words(&yen, "3").await, "The organisation does not use this currency.");

    server.order(fault("rejected-late", "create-feeds")).await;
    let made = feeds.create_feed(access, &a_feed(), "4").await.unwrap();
    server.wait(1);
    let found = feeds.find_feed(access, &made.id).await.unwrap().unwrap();
    let FeedStage::Rejected { reasons } = found.stage else { panic!("{:?}", found.stage) };
    assert_eq!(reasons[0].code.as_deref(), Some("account-not-valid"));
}
