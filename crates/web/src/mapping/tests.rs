//! The page in all its states, as it is written; and things to test with.

use super::entry::{Entry, Fault};
use super::sample::{self, Fate, NOON, Sample};
use super::show::Retry;
use crate::brand::Brand;
use crate::form::Form;
use crate::gallery;
use crate::page::Frame;
use crate::page::tests::check_words;
use crate::texts::tests::pseudo;
use crate::visit::Visit;
use askama::Template as _;
use axum::http::HeaderMap;
use domain::connection::{Trouble, TroubleKind};
use domain::link::{TargetAccount, TargetKind, Unfit};
use domain::money::CurrencyCode;
use domain::source_account::{AccountId, SourceAccount};

/// A pending account in pounds of that id, name and number.
pub(super) fn a_source(id: &str, name: &str, number: &str) -> SourceAccount {
    sample::source(id, name, number).unwrap()
}

/// A bank account in pounds.
pub(super) fn a_target(id: &str, name: &str, number: &str) -> TargetAccount {
    sample::target(id, name, number).unwrap()
}

fn a_frame(query: &str) -> Frame {
    let visit = Visit::of(&format!("/link/7{query}").parse().unwrap(), &HeaderMap::new());
    let brand = Brand { name: "Sunrise".to_owned(), ..Brand::default() };
    Frame::new(&visit, Some(brand)).about("Xero")
}

/// A connection with an organisation whose name is nobody's word.
fn a_sample(targets: &[TargetAccount], accounts: &[SourceAccount]) -> Sample {
    let mut sample = Sample::of(targets);
    sample.connection.synced_at = Some(NOON);
    if let Some(organisation) = &mut sample.link.organisation {
        "7 <b>".clone_into(&mut organisation.name);
    }
    Sample { accounts: accounts.to_vec(), ..sample }
}

fn write(sample: &Sample, frame: &Frame) -> String {
    write_with(sample, frame, None)
}

fn write_with(sample: &Sample, frame: &Frame, retry: Option<Retry>) -> String {
    let form = |step: &str| Form { action: format!("/link/7/{step}"), token: "0a".to_owned() };
    sample.scene().write(frame, "/link/7", form, retry).render().unwrap()
}

/// Typed for account `a`.
fn a_retry(entry: Entry, faults: Vec<Fault>) -> Retry {
    Retry { account: AccountId::parse("a").unwrap(), entry, faults }
}

fn trouble(kind: TroubleKind) -> Trouble {
    Trouble { kind, message: "503".to_owned(), since: NOON, ended_at: None }
}

/// Accounts in every state, with places that fit and that do not.
fn every_state() -> Sample {
    let targets = [
        a_target("t1", "1 <1>", "00001111"),
        a_target("t2", "22", "00002222"),
        TargetAccount { kind: TargetKind::CreditCard, ..a_target("t3", "33", "3") },
        TargetAccount {
            currency: CurrencyCode::parse("USD").unwrap(),
            ..a_target("t4", "44", "4")
        },
    ];
    let mut sample = a_sample(&targets, &[]);
    for (id, name, fate) in [
        ("a", "10 <1>", Fate::Open),
        ("b", "20", Fate::Fed("t2")),
        ("c", "30", Fate::Asked(None)),
        ("d", "40", Fate::Refused { target: None, words: "404 <i>" }),
        ("e", "50", Fate::Ended),
    ] {
        sample = sample.with(a_source(id, name, "GB 00 1111"), fate).unwrap();
    }
    sample
}

#[test]
fn each_account_is_told_and_has_its_next_step() {
    let html = write(&every_state(), &a_frame(""));
    for said in [
        "Connected to 7 &#60;b&#62;",
        "Transactions last sent: 29 February 2024, 12:00 UTC",
        "10 &#60;1&#62;",
        "Not connected",
        "Suggested: same last four digits",
        "1 &#60;1&#62;",
        "3 accounts can’t be used (why?)",
        "It is kept in USD, this account is not.",
        "It is a credit card, this account is not.",
        "Another account’s transactions already go there.",
        "min=\"2023-03-01\" max=\"2024-03-01\"",
        "value=\"2024-02-29\"",
        "Connected since 29 February 2024.",
        "Transactions from 1 February 2024 on are sent.",
        "Xero is setting this up.",
        "Look again",
        "404 &#60;i&#62;",
        "New transactions are no longer sent.",
        "100.00\u{a0}GBP",
        "Working",
    ] {
        assert!(html.contains(said), "{said}: {html}");
    }
    for (said, times) in [
        ("Connect this account", 3),
        ("Disconnect…", 2),
        ("Suggested:", 1),
        ("</span>Problem</p>", 1),
        ("class=\"button primary\" href", 0),
    ] {
        assert_eq!(html.matches(said).count(), times, "{said}: {html}");
    }
}

#[test]
fn a_page_waits_only_where_nothing_can_be_typed() {
    let mut sample = every_state();
    sample.accounts.truncate(3);
    let asks = |sample: &Sample| {
        let frame = a_frame("").refreshing(3);
        write(sample, &frame).contains("/link/7?refresh=no")
    };
    assert!(asks(&sample));
    let waits = |sample: &Sample| {
        let html = write(sample, &a_frame(""));
        html.contains("<p class=\"small\"><a href=\"/link/7\">Look again</a>")
    };
    assert!(!waits(&sample));
    sample.accounts.remove(0);
    assert!(waits(&sample));
    sample.link.books = None;
    assert!(waits(&sample) && write(&sample, &a_frame("")).contains("Reading the accounts"));
}

#[test]
fn who_has_no_accounts_is_told_so() {
    let html = write(&a_sample(&[], &[]), &a_frame(""));
    assert!(html.contains("No accounts yet") && html.contains("class=\"button primary\" href"));
}

#[test]
fn what_is_wrong_with_the_connection_is_told_in_two_languages() {
    let mut sample = a_sample(&[], &[]);
    sample.connection.trouble = Some(trouble(TroubleKind::Unavailable));
    let html = write(&sample, &a_frame("?locale=fr"));
    assert!(html.contains("</span>Problème</span>") && html.contains("<q lang=\"en\">503</q>"));
    assert!(!html.contains("Fonctionne"), "{html}");
}

#[test]
fn more_than_eight_places_are_a_list() {
    let target = |index: usize| a_target(&format!("t{index}"), &format!("Place {index}"), "777");
    let targets: Vec<_> = (0..9).map(target).collect();
    let accounts = [a_source("a", "Place 3", "1")];
    let html = write(&a_sample(&targets, &accounts), &a_frame(""));
    assert!(html.contains("<option value=\"account:t3\" selected>Place 3 GBP</option>"), "{html}");
    assert!(html.contains("Suggested: same name (Place 3)"), "{html}");
    assert!(html.contains("named “Place 3”") && !html.contains("type=\"radio\""), "{html}");
    let html = write(&a_sample(&targets[..8], &accounts), &a_frame(""));
    assert_eq!(html.matches("type=\"radio\"").count(), 9);
    let html = write(&a_sample(&[], &accounts), &a_frame(""));
    assert!(html.contains("value=\"new\" required checked"), "{html}");
}

#[test]
fn faults_stand_on_top_and_at_their_field_and_nothing_typed_is_lost() {
    let accounts = [a_source("a", "Current", "1111")];
    let sample = a_sample(&[a_target("t1", "Main", "1111")], &accounts);
    let entry = Entry { target: Some("new".to_owned()), start: "2031-01-02".to_owned() };
    let faults = vec![Fault::Unfit(a_target("t9", "Old", "9"), Unfit::Fed), Fault::DayOutside];
    let html = write_with(&sample, &a_frame(""), Some(a_retry(entry, faults)));
    let number = &accounts[0].public_number;
    let title = "<title>Please check what you entered – Connect your accounts to Xero";
    let day = "Choose a day from 1 March 2023 to 1 March 2024.";
    let old = "Old cannot be used. Another account’s transactions already go there.";
    for said in [
        title.to_owned(),
        format!("<a href=\"#start-{number}\">Current: {day}</a>"),
        format!("<a href=\"#target-{number}\">Current: {old}</a>"),
        format!("id=\"target-{number}\""),
        format!("aria-describedby=\"target-{number}-fault\""),
        format!(
            "aria-invalid=\"true\" aria-describedby=\"start-{number}-hint start-{number}-fault\""
        ),
        "value=\"2031-01-02\"".to_owned(),
        "value=\"new\" required checked".to_owned(),
    ] {
        assert!(html.contains(&said), "{said}: {html}");
    }
    assert_eq!(html.matches(" checked").count(), 1);
    assert_eq!(html.matches(day).count(), 2);
}

#[test]
fn no_state_says_anything_that_is_in_no_catalogue() {
    let mut frame = a_frame("");
    frame.texts = pseudo(Some("⟦Bank⟧")).about("⟦Xero⟧");
    frame.brand = None;
    let mut sample = every_state();
    // Names and currencies are nobody's words.
    let check = |html: String| {
        check_words(
            &html
                .replace("USD", "")
                .replace("GBP", "")
                .replace("&#60;i&#62;", "")
                .replace("&#60;b&#62;", ""),
        );
    };
    for kind in TroubleKind::ALL {
        sample.connection.trouble = Some(trouble(kind));
        check(write(&sample, &frame));
    }
    let faults = [
        Fault::NothingChosen,
        Fault::UnknownTarget,
        Fault::Unfit(a_target("t9", "9", "9"), Unfit::Kind),
        Fault::Refused,
        Fault::NoDay,
        Fault::DayOutside,
        Fault::Taken,
    ];
    for fault in faults {
        let retry = a_retry(Entry::default(), vec![fault]);
        check(write_with(&sample, &frame, Some(retry)));
    }
    sample.link.books = None;
    check(write(&sample, &frame));
    check(write(&a_sample(&[], &[]), &frame));
}

#[test]
fn every_text_of_the_page_is_seen_in_the_gallery() {
    let pictures = gallery::tests::pictures();
    let english = pictures.iter().filter(|picture| picture.language == "en");
    let seen: String = english.map(|picture| picture.html.as_str()).collect();
    let lines = include_str!("../../locales/en/mapping.ftl").lines();
    let texts: Vec<_> = lines.filter_map(|line| line.split_once(" = ")).collect();
    assert!(texts.len() > 50, "{texts:?}");
    for (key, text) in texts {
        // What stands between names; a text that depends on a number stands on lines of its own.
        let pieces = text.split('{').map(|piece| piece.split('}').next_back().unwrap());
        let longest = pieces.max_by_key(|piece| piece.len()).unwrap().trim();
        assert!(longest.ends_with("->") || seen.contains(longest), "{key}: {longest}");
    }
}
