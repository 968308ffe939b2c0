//! The page in all its states, as it is written.

use super::*;
use crate::brand::Brand;
use crate::page::tests::check_words;
use crate::texts::tests::pseudo;
use crate::visit::Visit;
use axum::http::HeaderMap;
use domain::branding::Callouts;
use testkit::NOON;

fn standings() -> [Standing; 5] {
    let accounts = vec!["12 <b>".to_owned(), "34".to_owned()];
    [
        Standing::Fresh,
        Standing::Withdrawn,
        Standing::Waiting,
        Standing::SignedOn { at: Some(NOON) },
        Standing::Linked { accounts, fetched_at: Some(NOON) },
    ]
}

fn a_frame(query: &str) -> Frame {
    let visit = Visit::of(&format!("/link/7/setup{query}").parse().unwrap(), &HeaderMap::new());
    let english = Some(Callout::parse("1 < 2", "3 & 4").unwrap());
    let callouts = Callouts { english, french: None };
    let brand = Brand { name: "Sunrise".to_owned(), callouts, ..Brand::default() };
    Frame::new(&visit, Some(brand))
}

fn write(frame: &Frame, standing: Standing, secrets: Option<Secrets>) -> String {
    let form = Form { action: "/link/7/credentials".to_owned(), token: "0a".to_owned() };
    let home = "/link/7".to_owned();
    Content { frame, home, standing, form, secrets }.render().unwrap()
}

fn secrets() -> Secrets {
    Secrets { username: "AAAA-BBBB-CCCC".to_owned(), password: "p<\"x".to_owned() }
}

#[test]
fn each_state_is_told_and_has_its_next_step() {
    let frame = a_frame("");
    for (standing, said, button) in [
        (Standing::Fresh, "keep this page open", "Get credentials"),
        (Standing::Withdrawn, "QuickBooks has no access any more", "Get credentials"),
        (Standing::Waiting, "Waiting for QuickBooks to sign in", "Make new credentials"),
        (
            Standing::SignedOn { at: Some(NOON) },
            "QuickBooks signed in at 12:00 UTC",
            "Revoke credentials",
        ),
        (standings()[4].clone(), "2 accounts are linked", "Finish"),
    ] {
        let html = write(&frame, standing, None);
        assert!(html.contains(said) && html.contains(button), "{said}: {html}");
        assert!(html.contains("1 &#60; 2") && html.contains("3 &#38; 4"), "{html}");
    }
    let html = write(&frame, standings()[4].clone(), None);
    assert!(html.contains("12 &#60;b&#62;") && html.contains("at 12:00 UTC"), "{html}");
}

#[test]
fn one_account_is_one() {
    let one = Standing::Linked { accounts: vec!["Current".to_owned()], fetched_at: None };
    for (locale, text) in
        [("en", "One account is linked"), ("fr-CA", "Un compte est lié"), ("fr", "Un compte est")]
    {
        let html = write(&a_frame(&format!("?locale={locale}")), one.clone(), None);
        assert!(html.contains(text), "{locale}: {html}");
    }
}

#[test]
fn secrets_are_fields_that_can_be_copied_on_a_page_that_stays() {
    let frame = a_frame("").refreshing(1).shown_once();
    let html = write(&frame, Standing::Waiting, Some(secrets()));
    assert!(html.contains("value=\"AAAA-BBBB-CCCC\" readonly"), "{html}");
    assert!(html.contains("value=\"p&#60;&#34;x\" readonly"), "{html}");
    assert!(!html.contains("refresh=no") && !html.contains("hreflang"), "{html}");
    assert!(html.contains("I have entered them") && !html.contains("refreshes itself"), "{html}");
}

#[test]
fn no_state_says_anything_that_is_in_no_catalogue() {
    let mut frame = a_frame("");
    (frame.texts, frame.brand) = (pseudo(Some("⟦Bank⟧")), None);
    for standing in standings() {
        frame.refresh_secs = frame.refresh_secs.xor(Some(1));
        let html = write(&frame, standing, None);
        // The bank's own words, and the accounts' names.
        let html =
            html.replace("12 &#60;b&#62;", "").replace("1 &#60; 2", "").replace("3 &#38; 4", "");
        check_words(&html);
    }
    let html = write(&frame, Standing::Waiting, Some(secrets()));
    check_words(&html.replace("1 &#60; 2", "").replace("3 &#38; 4", ""));
}
