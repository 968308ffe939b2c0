//! Consent, tokens, organisations and their accounts.

use super::server::{CALLBACK, Server, Session, fault};
use jiff::SignedDuration;
use platforms::{
    Access, CallbackError, Company, Consent, Platform, PlatformError, Remedy, Secret, TargetKind,
};
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{NOON, noon_plus};

fn needs(error: &PlatformError) -> Option<Remedy> {
    let PlatformError::NotAuthorized { remedy, .. } = error else { return None };
    Some(*remedy)
}

#[tokio::test]
async fn a_consent_becomes_tokens_once() {
    let server = Server::open().await;
    let consent = server.consent();
    let code = consent.read_callback(&server.press(&consent, "allow").await).unwrap();
    let other = Consent { verifier: server.consent().verifier, ..consent.clone() };
    let stolen = server.authorization().redeem(&other, &code).await.unwrap_err();
    assert_eq!(needs(&stolen), Some(Remedy::Reconnect), "another verifier: {stolen}");

    let code = consent.read_callback(&server.press(&consent, "allow").await).unwrap();
    let tokens = server.authorization().redeem(&consent, &code).await.unwrap();
    assert_eq!(tokens.access_ends_at, noon_plus(30));
    let again = server.authorization().redeem(&consent, &code).await.unwrap_err();
    assert_eq!(needs(&again), Some(Remedy::Reconnect), "{again}");
}

#[tokio::test]
async fn a_no_and_a_strange_browser_bring_no_code() {
    let server = Server::open().await;
    let consent = server.consent();
    let no = consent.read_callback(&server.press(&consent, "deny").await).unwrap_err();
    assert_eq!(no, CallbackError::Denied("The user did not allow access.".to_owned()));
    server.order(fault("wrong-state", "consent")).await;
    let strange = consent.read_callback(&server.press(&consent, "allow").await);
    assert_eq!(strange, Err(CallbackError::WrongState));
    let url = server.authorization().consent_url(&consent);
    for part in ["scope=offline_access+openid", "bankfeeds", "code_challenge_method=S256"] {
        assert!(url.contains(part), "{part}");
    }
    assert!(!url.contains(consent.verifier.expose()) && consent.redirect_uri == CALLBACK);
}

#[tokio::test]
async fn a_refresh_replaces_both_tokens_and_the_old_one_has_half_an_hour() {
    let session = Session::open().await;
    let server = &session.server;
    let first = &session.tokens;
    server.wait(29 * 60);
    let second = server.authorization().refresh(&first.refresh).await.unwrap();
    assert_ne!(second.access, first.access);
    assert_ne!(second.refresh, first.refresh);
    assert_eq!(second.access_ends_at, noon_plus(59));
    server.wait(29 * 60);
    let repeated = server.authorization().refresh(&first.refresh).await.unwrap();
    assert_ne!(repeated.refresh, second.refresh, "as after an answer that was lost");
    server.wait(60);
    let late = server.authorization().refresh(&first.refresh).await.unwrap_err();
    assert_eq!(needs(&late), Some(Remedy::Reconnect), "{late}");
    server.authorization().refresh(&second.refresh).await.unwrap();
}

#[tokio::test]
async fn a_lost_refresh_can_be_repeated() {
    for lost in ["reset-before", "reset-after", "truncated-body", "internal-error"] {
        let session = Session::open().await;
        let server = &session.server;
        server.order(fault(lost, "token")).await;
        let error = server.authorization().refresh(&session.tokens.refresh).await.unwrap_err();
        assert!(matches!(error, PlatformError::Unavailable { .. }), "{lost}: {error}");
        server.authorization().refresh(&session.tokens.refresh).await.unwrap();
    }
}

#[tokio::test]
async fn only_a_grant_that_is_over_sends_the_user_back() {
    let session = Session::open().await;
    let server = &session.server;
    let wrong = server.adapter_with("not-the-secret");
    let refresh = &session.tokens.refresh;
    let error = wrong.authorization().unwrap().refresh(refresh).await.unwrap_err();
    assert!(matches!(error, PlatformError::Unavailable { .. }), "{error}");
    assert!(error.to_string().contains("see the app's client id and secret"), "{error}");
    assert!(!error.to_string().contains("not-the-secret"), "{error}");

    server.order(fault("refresh-token-reused", "token")).await;
    let error = server.authorization().refresh(refresh).await.unwrap_err();
    assert_eq!(needs(&error), Some(Remedy::Reconnect), "{error}");
}

#[tokio::test]
async fn revoking_ends_everything_and_may_be_repeated() {
    let session = Session::open().await;
    let (server, tokens) = (&session.server, &session.tokens);
    for _ in 0..2 {
        server.authorization().revoke(&tokens.refresh).await.unwrap();
    }
    let error = server.authorization().refresh(&tokens.refresh).await.unwrap_err();
    assert_eq!(needs(&error), Some(Remedy::Reconnect));
    let list = server.xero.organisations().unwrap().list_organisations(&tokens.access).await;
    assert_eq!(needs(&list.unwrap_err()), Some(Remedy::Refresh), "401: new tokens are tried once");
}

#[tokio::test]
async fn organisations_are_listed_described_and_let_go() {
    let session = Session::open().await;
    let (server, token) = (&session.server, &session.tokens.access);
    let organisations = server.xero.organisations().unwrap();
    let listed = organisations.list_organisations(token).await.unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].name, "Demo Company");
    assert_ne!(listed[0].id, listed[0].connection);
    let company = organisations.describe(session.access()).await.unwrap();
    let wanted = Company {
        name: "Demo Company".to_owned(),
        base_currency: domain::money::CurrencyCode::parse("GBP").ok(),
        country: Some("GB".to_owned()),
        is_demo: true,
    };
    assert_eq!(company, wanted);
    for _ in 0..2 {
        organisations.disconnect(token, &listed[0].connection).await.unwrap();
    }
    assert_eq!(organisations.list_organisations(token).await, Ok(Vec::new()));
    let error = organisations.describe(session.access()).await.unwrap_err();
    assert_eq!(needs(&error), Some(Remedy::Reconnect), "{error}");
}

#[tokio::test]
async fn accounts_have_their_kind_and_currency() {
    let session = Session::open().await;
    let server = &session.server;
    let archived = json!({"name": "Old", "number": "1", "active": false});
    let path = format!("organisations/{}/accounts", session.tenant);
    server.control(Method::POST, &path, archived).await;
    let accounts = server.xero.accounts().unwrap().list_accounts(session.access()).await.unwrap();
    let shown: Vec<_> =
        accounts.iter().map(|account| (account.kind, account.currency.as_str())).collect();
    let bank = |currency| (TargetKind::Bank, currency);
    assert_eq!(shown, [bank("GBP"), bank("USD"), bank("EUR"), (TargetKind::CreditCard, "GBP")]);
    assert_eq!(accounts[0].number.as_deref(), Some("12345678"));
    let books = server.books().await;
    assert_eq!(books["accountId"], accounts[0].id.as_str());
    assert_eq!(books["name"], accounts[0].name.as_str());
}

#[tokio::test]
async fn a_token_that_ended_asks_for_new_ones_and_a_lost_permission_for_the_user() {
    let session = Session::open().await;
    let server = &session.server;
    let accounts = server.xero.accounts().unwrap();
    let refused = async || needs(&accounts.list_accounts(session.access()).await.unwrap_err());
    server.order(fault("permission-lost", "list-accounts")).await;
    assert_eq!(refused().await, Some(Remedy::Reconnect));
    server.order(fault("token-expired", "list-accounts")).await;
    assert_eq!(refused().await, Some(Remedy::Refresh));
    server.clock.set(NOON + SignedDuration::from_mins(30));
    assert_eq!(refused().await, Some(Remedy::Refresh));
    let tokens = server.authorization().refresh(&session.tokens.refresh).await.unwrap();
    let access = Access { token: &tokens.access, organisation: &session.tenant };
    assert_eq!(accounts.list_accounts(access).await.map(|accounts| accounts.len()), Ok(4));
    let strange = Access { token: &Secret::new("not one"), ..access };
    let error = accounts.list_accounts(strange).await.unwrap_err();
    assert_eq!(needs(&error), Some(Remedy::Refresh));
    server.control(Method::POST, "tokens/revoke", Value::Null).await;
    assert_eq!(refused().await, Some(Remedy::Refresh));
}
