//! The page in all its states, as it is written; and things to test with.

use super::board::lay_out;
use super::entry::{Days, Entry, Fault};
use super::show::Content;
use super::view::View;
use crate::brand::Brand;
use crate::form::Form;
use crate::page::Frame;
use crate::page::tests::check_words;
use crate::texts::tests::pseudo;
use crate::visit::Visit;
use askama::Template as _;
use axum::http::HeaderMap;
use domain::connection::{Connection, ConnectionStatus, Trouble, TroubleKind};
use domain::link::{Books, Company, Link, Organisation, TargetAccount, TargetKind, Unfit, Wish};
use domain::money::CurrencyCode;
use domain::platform::XERO;
use domain::source_account::{AccountDetails, AccountStatus, SourceAccount};
use testkit::{NOON, a_client, a_company, a_connection, an_account};

fn connection() -> Connection {
    Connection { platform: &XERO, ..a_connection(&a_company(a_client().id)) }
}

/// A pending account in pounds of that id, name and number.
pub(super) fn a_source(id: &str, name: &str, number: &str) -> SourceAccount {
    let account = an_account(&connection(), id);
    let details = AccountDetails {
        name: Some(name.to_owned()),
        number: Some(number.to_owned()),
        ..account.details.clone()
    };
    SourceAccount { details, status: AccountStatus::Pending, ..account }
}

/// A bank account in pounds.
pub(super) fn a_target(id: &str, name: &str, number: &str) -> TargetAccount {
    TargetAccount {
        id: id.to_owned(),
        name: name.to_owned(),
        code: None,
        number: Some(number.to_owned()),
        kind: TargetKind::Bank,
        currency: CurrencyCode::parse("GBP").unwrap(),
    }
}

/// A link with an organisation that has these accounts.
pub(super) fn a_link(targets: &[TargetAccount]) -> Link {
    let company = Company {
        name: "Demo".to_owned(),
        base_currency: CurrencyCode::parse("GBP").ok(),
        country: None,
        is_demo: true,
    };
    let books = Books { read_at: NOON, company, targets: targets.to_vec(), fed: Vec::new() };
    let organisation =
        Organisation { id: "o".to_owned(), connection: "c".to_owned(), name: "7 <b>".to_owned() };
    Link {
        access_ends_at: Some(NOON),
        organisation: Some(organisation),
        books: Some(books),
        ..Link::new(connection().path(), &XERO)
    }
}

fn a_frame(query: &str) -> Frame {
    let visit = Visit::of(&format!("/link/7{query}").parse().unwrap(), &HeaderMap::new());
    let brand = Brand { name: "Sunrise".to_owned(), ..Brand::default() };
    Frame::new(&visit, Some(brand)).about("Xero")
}

/// What a page is written from.
struct Scene {
    link: Link,
    accounts: Vec<SourceAccount>,
    trouble: Option<Trouble>,
}

impl Scene {
    fn new(targets: &[TargetAccount], accounts: &[SourceAccount]) -> Self {
        Self { link: a_link(targets), accounts: accounts.to_vec(), trouble: None }
    }

    fn write(&self, frame: &Frame) -> String {
        self.write_with(frame, None)
    }

    fn write_with(&self, frame: &Frame, typed: Option<&(Entry, Vec<Fault>)>) -> String {
        let form = |step: &str| Form { action: format!("/link/7/{step}"), token: "0a".to_owned() };
        let cards = self.link.books.as_ref().map(|books| {
            let cards = lay_out(&self.link, books, &self.accounts).into_iter();
            let view = |card| View {
                frame,
                card,
                connect: form("accounts/9/connect"),
                disconnect: "/link/7/accounts/9/disconnect".to_owned(),
                entry: typed.map(|(entry, _)| entry.clone()),
                faults: typed.map(|(_, faults)| faults.clone()).unwrap_or_default(),
                days: Days::of(&XERO, NOON),
            };
            cards.map(view).collect()
        });
        let content = Content {
            frame,
            home: "/link/7".to_owned(),
            organisation: self.link.organisation.as_ref().map(|one| one.name.as_str()),
            trouble: self.trouble.as_ref(),
            synced_at: Some(NOON),
            sign_in: form("authorize"),
            cards,
        };
        content.render().unwrap()
    }
}

fn trouble(kind: TroubleKind) -> Trouble {
    Trouble { kind, message: "503".to_owned(), since: NOON, ended_at: None }
}

/// Accounts in every state, with places that fit and that do not.
fn every_state() -> Scene {
    let targets = [
        a_target("t1", "1 <1>", "00001111"),
        a_target("t2", "22", "00002222"),
        TargetAccount { kind: TargetKind::CreditCard, ..a_target("t3", "33", "3") },
        TargetAccount {
            currency: CurrencyCode::parse("USD").unwrap(),
            ..a_target("t4", "44", "4")
        },
    ];
    let names = [("a", "10 <1>"), ("b", "20"), ("c", "30"), ("d", "40"), ("e", "50")];
    let accounts = names.map(|(id, name)| a_source(id, name, "GB 00 1111"));
    let mut scene = Scene::new(&targets, &accounts);
    for (index, target) in [(1, Some("t2")), (2, None), (3, None)] {
        let account = &accounts[index];
        let target = target.map(str::to_owned);
        let wish = Wish { account: account.id.clone(), target, feed_start: None };
        scene.link.wish(account, wish, (ConnectionStatus::Linked, NOON)).unwrap();
    }
    scene.link.feed_connected(&accounts[1].id, "t2", "2024-02-01".parse().unwrap());
    scene.link.feed_refused(&accounts[3].id, "404 <i>");
    scene.accounts[1].status = AccountStatus::Connected;
    scene.accounts[1].feed_start = "2024-02-01".parse().ok();
    scene.accounts[2].status = AccountStatus::Connecting;
    scene.accounts[4].status = AccountStatus::Disconnected;
    scene
}

#[test]
fn each_account_is_told_and_has_its_next_step() {
    let html = every_state().write(&a_frame(""));
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
    let mut scene = every_state();
    scene.accounts.truncate(3);
    let asks = |scene: &Scene| {
        let frame = a_frame("").refreshing(3);
        scene.write(&frame).contains("/link/7?refresh=no")
    };
    assert!(asks(&scene));
    let waits = |scene: &Scene| {
        let html = scene.write(&a_frame(""));
        html.contains("<p class=\"small\"><a href=\"/link/7\">Look again</a>")
    };
    assert!(!waits(&scene));
    scene.accounts.remove(0);
    assert!(waits(&scene));
    scene.link.books = None;
    assert!(waits(&scene) && scene.write(&a_frame("")).contains("Reading the accounts"));
}

#[test]
fn who_has_no_accounts_is_told_so() {
    let html = Scene::new(&[], &[]).write(&a_frame(""));
    assert!(html.contains("No accounts yet") && html.contains("class=\"button primary\" href"));
}

#[test]
fn what_is_wrong_with_the_connection_is_told_in_two_languages() {
    let mut scene = Scene::new(&[], &[]);
    scene.trouble = Some(trouble(TroubleKind::Unavailable));
    let html = scene.write(&a_frame("?locale=fr"));
    assert!(html.contains("</span>Problème</span>") && html.contains("<q lang=\"en\">503</q>"));
    assert!(!html.contains("Fonctionne"), "{html}");
}

#[test]
fn more_than_eight_places_are_a_list() {
    let target = |index: usize| a_target(&format!("t{index}"), &format!("Place {index}"), "777");
    let targets: Vec<_> = (0..9).map(target).collect();
    let accounts = [a_source("a", "Place 3", "1")];
    let html = Scene::new(&targets, &accounts).write(&a_frame(""));
    assert!(html.contains("<option value=\"account:t3\" selected>Place 3 GBP</option>"), "{html}");
    assert!(html.contains("Suggested: same name (Place 3)"), "{html}");
    assert!(html.contains("named “Place 3”") && !html.contains("type=\"radio\""), "{html}");
    let html = Scene::new(&targets[..8], &accounts).write(&a_frame(""));
    assert_eq!(html.matches("type=\"radio\"").count(), 9);
    let html = Scene::new(&[], &accounts).write(&a_frame(""));
    assert!(html.contains("value=\"new\" required checked"), "{html}");
}

#[test]
fn faults_stand_on_top_and_at_their_field_and_nothing_typed_is_lost() {
    let accounts = [a_source("a", "Current", "1111")];
    let scene = Scene::new(&[a_target("t1", "Main", "1111")], &accounts);
    let entry = Entry { target: Some("new".to_owned()), start: "2031-01-02".to_owned() };
    let faults = vec![Fault::Unfit(a_target("t9", "Old", "9"), Unfit::Fed), Fault::DayOutside];
    let html = scene.write_with(&a_frame(""), Some(&(entry, faults)));
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
    let mut scene = every_state();
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
        scene.trouble = Some(trouble(kind));
        check(scene.write(&frame));
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
        check(scene.write_with(&frame, Some(&(Entry::default(), vec![fault]))));
    }
    scene.link.books = None;
    check(scene.write(&frame));
    check(Scene::new(&[], &[]).write(&frame));
}
