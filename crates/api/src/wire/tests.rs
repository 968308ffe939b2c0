//! The shapes as callers get them.

use super::*;
use crate::compat::Viewer;
use crate::sample;
use domain::connection::{Connection, ConnectionStatus, Trouble, TroubleKind};
use domain::link_otp::{OTP_KEY_BYTES, OtpSigner};
use domain::money::{Amount, CurrencyCode};
use domain::push::{DraftLine, PushDraft, PushOperation, PushStatus, Remark, Validation};
use domain::source_account::{
    AccountDetails, AccountInfo, AccountStatus, RoutingInfo, Shape, SourceAccount,
};
use jiff::civil::date;
use serde::Serialize;
use testkit::{NOON, SeededIds, noon_plus};

fn pretty(shape: &impl Serialize) -> String {
    serde_json::to_string_pretty(shape).unwrap()
}

fn with_links(show: impl FnOnce(Links<'_>) -> String) -> String {
    let otp = OtpSigner::new(&[7; OTP_KEY_BYTES]);
    show(Links {
        public_url: "https://feeds.example",
        otp: &otp,
        ids: &SeededIds::new(7),
        now: NOON,
    })
}

#[test]
fn a_new_company_has_no_connections_and_no_sync() {
    let company = sample::company(Vec::new());
    let show = |links: Links<'_>| pretty(&CompanyShape::show(company, links, Viewer::default()));
    insta::assert_snapshot!(with_links(show));
}

#[test]
fn a_company_shows_its_connections_and_their_newest_sync() {
    let synced_at = Some(NOON);
    let linked = Connection { status: ConnectionStatus::Linked, synced_at, ..sample::connection() };
    let company = sample::company(vec![sample::connection(), linked]);
    let show = |links: Links<'_>| pretty(&CompanyShape::show(company, links, Viewer::default()));
    insta::assert_snapshot!(with_links(show));
}

#[test]
fn a_connection_shows_what_is_wrong_with_it_and_what_was() {
    let shown = |kind, ended_at| {
        let message = "unauthorized_client: link the connection again".to_owned();
        let trouble = Some(Trouble { kind, message, since: NOON, ended_at });
        let connection = Connection { trouble, ..sample::connection() };
        let show = |links: Links<'_>| ConnectionShape::show(&connection, links, Viewer::default());
        let shown = with_links(|links| serde_json::to_string(&show(links)).unwrap());
        let errors = shown.split_once(r#""dataConnectionErrors":"#).unwrap().1;
        errors.strip_suffix('}').unwrap().to_owned()
    };
    assert_eq!(
        shown(TroubleKind::NotAuthorized, None),
        r#"[{"statusCode":"401","statusText":"NotAuthorized","errorMessage":"unauthorized_client: link the connection again","erroredOnUtc":"2024-02-29T12:00:00Z","status":"Active"}]"#
    );
    assert_eq!(
        shown(TroubleKind::Unavailable, Some(noon_plus(5))),
        r#"[{"statusCode":"503","statusText":"Unavailable","errorMessage":"unauthorized_client: link the connection again","erroredOnUtc":"2024-02-29T12:00:00Z","status":"Resolved","resolvedOnUtc":"2024-02-29T12:05:00Z"}]"#
    );
}

#[test]
fn a_link_carries_a_password_that_its_connection_accepts_for_an_hour() {
    let connection = sample::connection();
    let url = with_links(|links| links.connection(&connection));
    let otp = url.split_once("?otp=").unwrap().1;
    let signer = OtpSigner::new(&[7; OTP_KEY_BYTES]);
    assert!(signer.check(otp, connection.id, noon_plus(59)).is_some());
    assert!(signer.check(otp, connection.id, noon_plus(60)).is_none());
}

fn account(shape: Shape) -> SourceAccount {
    SourceAccount {
        id: sample::account_path().account,
        connection: sample::path().connection,
        shape,
        details: AccountDetails {
            account_type: Some("checking".to_owned()),
            currency: Some(CurrencyCode::parse("EUR").unwrap()),
            ..AccountDetails::default()
        },
        balance: None,
        status: AccountStatus::Connected,
        feed_start: Some(date(2025, 3, 1)),
        public_number: "ABCD23456789".to_owned(),
        created_at: NOON,
        modified_at: NOON,
        disconnected_at: None,
    }
}

#[test]
fn an_account_of_the_first_shape_has_a_null_balance_rather_than_none() {
    insta::assert_snapshot!(pretty(&AccountShape::show(account(Shape::V1))));
}

#[test]
fn an_account_of_the_second_shape_shows_all_it_was_told() {
    let mut account = account(Shape::V2);
    account.balance = Some(Amount::parse("12.50").unwrap());
    account.details.routing =
        Some(RoutingInfo { bank_code: Some("1".to_owned()), kind: Some("iban".to_owned()) });
    account.details.info = Some(AccountInfo {
        opened_on: Some(date(2020, 2, 29)),
        available_balance: Some(Amount::parse("1e2").unwrap()),
        ..AccountInfo::default()
    });
    insta::assert_snapshot!(pretty(&AccountShape::show(account)));
}

#[test]
fn only_a_connected_account_shows_a_first_day() {
    let disconnected = SourceAccount { status: AccountStatus::Disconnected, ..account(Shape::V2) };
    assert!(!pretty(&AccountShape::show(disconnected)).contains("feedStartDate"));
}

#[test]
fn a_pending_push_echoes_its_lines_with_what_was_left_out_filled_in() {
    let draft = PushDraft { lines: vec![sample::line("2025-03-04").into(), DraftLine::default()] };
    let account = sample::account_path().account;
    let echo = Echo::of_lines(&account, &draft, 0).unwrap();
    let shown = echo.answer(&OperationShape::show(sample::push(PushStatus::Pending))).unwrap();
    let shown = String::from_utf8(shown).unwrap();
    assert!(shown.contains(r#""amount":-41.20"#), "digits are kept: {shown}");
    insta::assert_snapshot!(shown);
}

#[test]
fn a_failed_push_tells_why_and_shows_no_change_and_no_lines() {
    let remark = |path: &str| Remark { path: path.to_owned(), message: "is odd".to_owned() };
    let failed = PushOperation {
        completed_at: Some(NOON),
        error: Some("see validation".to_owned()),
        validation: Validation {
            errors: vec![remark("transactions[3].date")],
            warnings: vec![remark("transactions[4].amount")],
        },
        timeout_minutes: Some(5),
        ..sample::push(PushStatus::Failed)
    };
    insta::assert_snapshot!(pretty(&OperationShape::show(failed)));
}

#[test]
fn a_kept_line_is_flat() {
    let line = LineShape::show(
        sample::kept_line(0, "2025-03-04T08:30:00.000+01:00"),
        &sample::account_path().account,
    );
    insta::assert_snapshot!(serde_json::to_string(&line).unwrap());
}
