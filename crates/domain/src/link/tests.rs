//! Wishes, which accounts of the books may be chosen, what is due when, and how links end.

use super::*;
use crate::connection::{Connection, ConnectionStatus};
use crate::ids::{ClientId, CompanyId, ConnectionId, ConsentId};
use crate::money::CurrencyCode;
use crate::platform::XERO;
use crate::query::{Filter, OrderBy};
use crate::source_account::{AccountDetails, Shape};
use uuid::Uuid;

const NOON: Timestamp = Timestamp::constant(1_709_208_000, 0);
const LINKED: (ConnectionStatus, Timestamp) = (ConnectionStatus::Linked, NOON);

fn target(id: &str, kind: TargetKind, currency: &str) -> TargetAccount {
    let currency = CurrencyCode::parse(currency).unwrap();
    let (code, number) = (None, Some(format!("number of {id}")));
    TargetAccount { id: id.into(), name: format!("the {id}"), code, number, kind, currency }
}

fn fed(target: &str, feed: &str) -> FedTarget {
    FedTarget { target: target.into(), feed: feed.into(), token: None }
}

/// A link whose books have two accounts in pounds, a card and an account in euros, and one that a stranger's feed leads
/// to.
fn link() -> Link {
    let path = ConnectionPath {
        client: ClientId::new(Uuid::from_u128(1)),
        company: CompanyId::new(Uuid::from_u128(2)),
        connection: ConnectionId::new(Uuid::from_u128(3)),
    };
    let company =
        Company { name: "Demo".into(), base_currency: None, country: None, is_demo: true };
    let targets = vec![
        target("one", TargetKind::Bank, "GBP"),
        target("two", TargetKind::Bank, "GBP"),
        target("card", TargetKind::CreditCard, "GBP"),
        target("euros", TargetKind::Bank, "EUR"),
        target("theirs", TargetKind::Bank, "GBP"),
    ];
    let fed = vec![fed("theirs", "feed-of-a-stranger")];
    let (id, connection) = ("o-1".to_owned(), "c-1".to_owned());
    Link {
        organisation: Some(Organisation { id, connection, name: "Demo".to_owned() }),
        access_ends_at: Some(NOON),
        books: Some(Books { read_at: NOON, company, targets, fed }),
        ..Link::new(path, &XERO)
    }
}

fn account(id: &str) -> SourceAccount {
    SourceAccount {
        id: AccountId::parse(id).unwrap(),
        connection: ConnectionId::new(Uuid::from_u128(3)),
        shape: Shape::V1,
        details: AccountDetails {
            currency: CurrencyCode::parse("GBP").ok(),
            ..AccountDetails::default()
        },
        balance: None,
        status: AccountStatus::Pending,
        feed_start: None,
        public_number: "ABCD23456789".into(),
        created_at: NOON,
        modified_at: NOON,
        disconnected_at: None,
    }
}

fn to(account: &str, target: Option<&str>) -> Wish {
    let account = AccountId::parse(account).unwrap();
    Wish { account, target: target.map(str::to_owned), feed_start: None }
}

fn refusal(link: &mut Link, account: &SourceAccount, wish: Wish) -> String {
    link.wish(account, wish, LINKED).unwrap_err().to_string()
}

#[test]
fn an_account_may_be_chosen_once() {
    let mut link = link();
    let (first, second) = (account("a"), account("b"));
    let fitting = |link: &Link, account: &SourceAccount| -> Vec<String> {
        let books = link.books.clone().unwrap();
        let fit = books.targets.iter().filter(|target| link.unfit(account, target).is_none());
        fit.map(|target| target.id.clone()).collect()
    };
    assert_eq!(fitting(&link, &first), ["one", "two"]);
    link.wish(&first, to("a", Some("one")), LINKED).unwrap();
    // Before the books show it.
    assert_eq!(fitting(&link, &second), ["two"]);
    assert_eq!(fitting(&link, &first), ["one", "two"], "its own way is not in its way");
    assert_eq!(
        refusal(&mut link, &second, to("b", Some("one"))),
        "the one cannot be chosen: another feed leads to it: end that one first"
    );
    // One that the platform refused leads nowhere.
    link.feed_refused(&first.id, "no");
    assert_eq!(fitting(&link, &second), ["one", "two"]);
    // When the books show the account's own feed, it is still its own.
    link.wish(&first, to("a", Some("two")), LINKED).unwrap();
    link.feed_asked(&first.id, "feed-1", NOON);
    link.books.as_mut().unwrap().fed.push(fed("two", "feed-1"));
    assert_eq!((fitting(&link, &first).len(), fitting(&link, &second).len()), (2, 1));
    // Also one whose answer was lost: its token tells.
    let own = feed_token(&link.path, link.organisation.as_ref().unwrap(), &second.id);
    let lost = FedTarget { token: Some(own), ..fed("one", "lost") };
    link.books.as_mut().unwrap().fed.push(lost);
    assert_eq!(fitting(&link, &second), ["one"]);
    assert!(!fitting(&link, &account("c")).contains(&"one".to_owned()));
}

#[test]
fn a_wish_that_cannot_be_says_why() {
    let mut link = link();
    let one = account("a");
    for (target, why) in [
        ("none", "the books have no active bank account or card none"),
        ("card", "the card cannot be chosen: it is a credit card, the source account is not"),
        ("euros", "the euros cannot be chosen: it is kept in EUR, the source account in GBP"),
        ("theirs", "the theirs cannot be chosen: another feed leads to it: end that one first"),
    ] {
        assert_eq!(refusal(&mut link, &one, to("a", Some(target))), why);
    }
    link.wish(&one, to("a", Some("one")), LINKED).unwrap();
    assert_eq!(
        refusal(&mut link, &one, to("a", Some("two"))),
        "the account leads to one already: disconnect it first"
    );
    link.books = None;
    assert_eq!(link.wish(&account("b"), to("b", Some("two")), LINKED), Err(WishRefused::NoBooks));
}

#[test]
fn nobody_is_told_that_a_linked_connection_is_not_linked() {
    let mut link = link();
    let refused = |link: &mut Link, status| {
        link.wish(&account("a"), to("a", None), (status, NOON)).unwrap_err()
    };
    let pending = refused(&mut link, ConnectionStatus::PendingAuth);
    assert_eq!(pending, WishRefused::NotLinked("PendingAuth"));
    link.shut_out("revoked", NOON);
    let shut_out = refused(&mut link, ConnectionStatus::Linked);
    assert_eq!(shut_out, WishRefused::NotLinked("Deauthorized"));
}

#[test]
fn a_feed_that_nobody_wants_any_more_is_ended_once() {
    let mut link = link();
    link.wish(&account("a"), to("a", Some("one")), LINKED).unwrap();
    let asked = link.mapping(&account("a").id).unwrap().clone();
    assert!(asked.is_one_with(&Mapping {
        feed: Some("feed-1".into()),
        attempt: 7,
        ..asked.clone()
    }));
    let changed = to("a", Some("two"));
    assert!(!asked.is_one_with(&Mapping { wish: changed, ..asked.clone() }));
    for _ in 0..2 {
        link.feed_unwanted("feed-1", NOON);
        assert_eq!(link.endings.len(), 1);
    }
    link.feed_asked(&account("a").id, "feed-2", NOON);
    link.feed_unwanted("feed-2", NOON);
    assert_eq!(link.endings.len(), 1, "it is its mapping's");
}

#[test]
fn time_in_which_nobody_looks_does_not_make_a_feed_leave_long() {
    let after = |seconds| NOON + jiff::SignedDuration::from_secs(seconds);
    let ending = Ending { feed: "feed-1".into(), since: NOON, due_at: after(90) };
    for (looked_at, since) in [(90, 0), (89, 0), (-3_600, -3_600), (91, 1), (3_690, 3_600)] {
        assert_eq!(ending.waited_since(after(looked_at)), after(since), "{looked_at}");
    }
}

#[test]
fn what_an_account_led_to_before_does_not_bind_it() {
    let mapped = || {
        let mut link = link();
        link.wish(&account("a"), to("a", Some("one")), LINKED).unwrap();
        link.feed_asked(&account("a").id, "feed-1", NOON);
        link
    };
    let disconnected = SourceAccount { status: AccountStatus::Disconnected, ..account("a") };
    let later = NOON + jiff::SignedDuration::from_secs(1);
    let made_anew = SourceAccount { created_at: later, ..account("a") };
    // By a clock that was set back meanwhile.
    let earlier = NOON - jiff::SignedDuration::from_secs(1);
    let made_earlier = SourceAccount { created_at: earlier, ..account("a") };
    for account in [disconnected, made_anew, made_earlier] {
        let mut link = mapped();
        assert_eq!(link.standing(&account), None);
        link.wish(&account, to("a", Some("two")), (ConnectionStatus::Linked, later)).unwrap();
        assert_eq!(link.mapping(&account.id).and_then(Mapping::target), Some("two"));
        let endings: Vec<_> = link.endings.iter().map(|ending| ending.feed.as_str()).collect();
        assert_eq!(endings, ["feed-1"]);
    }
    let mut link = mapped();
    assert_eq!(link.standing(&account("a")), link.mapping(&account("a").id));
    assert_eq!(link.wish(&account("a"), to("a", Some("one")), LINKED), Ok(Effects::default()));
}

#[test]
fn the_books_accounts_are_filtered_and_ordered_by_what_they_show() {
    let listed = link().books.unwrap().listed();
    let matching = |query: &str| -> Vec<String> {
        let filter = Filter::parse_for(query, TARGET_PROPERTIES, "BankAccount").unwrap();
        let found = listed.iter().filter(|one| filter.matches(*one));
        found.map(|one| one.account.id.clone()).collect()
    };
    assert_eq!(matching("accountType=Credit"), ["card"]);
    assert_eq!(matching("currency=EUR"), ["euros"]);
    assert_eq!(matching("status=Active&&accountName~the t"), ["two", "theirs"]);
    assert_eq!(matching("modifiedDate>2024-02-29T12:00:00Z"), Vec::<String>::new());
    assert_eq!(matching("nominalCode!=090").len(), 5);
    let order = OrderBy::parse("-id", TARGET_PROPERTIES, "BankAccount").unwrap();
    let mut ordered = listed.clone();
    ordered.sort_by(|a, b| order.compare(a, b));
    assert_eq!(ordered[0].account.id, "two");
}

fn at(second: i64) -> Timestamp {
    NOON.checked_add(jiff::SignedDuration::from_secs(second)).unwrap()
}

/// A link whose account "a" is mapped, with its feed.
fn connected() -> Link {
    let mut link = link();
    let wished = (ConnectionStatus::Linked, NOON);
    link.wish(&account("a"), to("a", None), wished).unwrap();
    let id = AccountId::parse("a").unwrap();
    link.feed_asked(&id, "f-a", NOON);
    link.feed_connected(&id, "t-a", jiff::civil::date(2024, 2, 29));
    link
}

#[test]
fn what_a_customer_waits_for_comes_first_and_what_can_wait_waits() {
    let mut link = link();
    assert_eq!(link.next_errand(NOON), None, "its books are fresh");
    let id = ConsentId::new(Uuid::from_u128(9));
    let consent = Consent {
        id,
        state: Fingerprint([0; 32]),
        session: Fingerprint([0; 32]),
        redirect_uri: String::new(),
        begun_at: NOON,
        stage: ConsentStage::Asked,
    };
    link.begin_consent(consent);
    link.want_books(NOON);
    assert_eq!(link.next_errand(NOON), Some(Errand::ReadBooks));
    link.set_consent(id, ConsentStage::Came);
    assert_eq!(link.next_errand(NOON), Some(Errand::Redeem(id)));
    link.is_stirred = true;
    assert_eq!(link.next_errand(NOON), Some(Errand::LookAround));
    link.is_stirred = false;
    link.set_consent(id, ConsentStage::Failed("no".into()));
    link.failed("not there", None, (1_000, NOON));
    assert_eq!(link.next_errand(NOON), None);
    assert_eq!(link.due_at(), Some(at(1)));
    link.calm();
    link.failed("not there", Some(at(90)), (0, NOON));
    assert_eq!(link.due_at(), Some(at(90)), "the platform's word goes further");
    // A customer is not made to wait for that.
    link.set_consent(id, ConsentStage::Came);
    assert_eq!(link.next_errand(NOON), Some(Errand::Redeem(id)));
}

#[test]
fn books_are_read_again_after_a_day() {
    let link = link();
    let read_at = link.books.as_ref().unwrap().read_at;
    assert_eq!(link.due_at(), Some(read_at.checked_add(BOOKS_LIFE).unwrap()));
}

#[test]
fn who_is_shut_out_asks_nobody() {
    let mut link = connected();
    link.want_books(NOON);
    let effects = link.shut_out("no", NOON);
    assert_eq!(effects.connection, Some(ConnectionStatus::Deauthorized));
    assert_eq!((link.due_at(), link.is_authorized()), (None, false));
    assert_eq!(link.mappings.len(), 1, "it goes on where it stopped");
}

#[test]
fn another_organisation_is_refused_or_begins_anew() {
    let organisation = |id: &str| Organisation {
        id: id.to_owned(),
        connection: "c".to_owned(),
        name: format!("Organisation {id}"),
    };
    let sealed = || Sealed(vec![1]);
    let same = link().organisation.unwrap();
    let mut link = connected();
    link.shut_out("no", NOON);
    let why = link.join(organisation("other"), at(60), sealed(), (Other::Refuse, NOON));
    assert!(why.unwrap_err().contains("Organisation other was chosen"));
    assert!(!link.is_authorized());
    let effects = link.join(same, at(60), sealed(), (Other::Refuse, NOON)).unwrap();
    assert!(effects.resume && effects.accounts.is_empty());
    assert_eq!(link.mappings.len(), 1);
    let effects = link.join(organisation("other"), at(60), sealed(), (Other::Take, NOON)).unwrap();
    let id = AccountId::parse("a").unwrap();
    assert_eq!(effects.accounts, [(id, AccountStep::Disconnected)]);
    assert!(link.mappings.is_empty() && link.endings.is_empty() && link.books.is_none());
}

#[test]
fn whatever_feeds_nothing_has_its_feed_ended() {
    let linked = |status| Connection {
        id: link().path.connection,
        client: link().path.client,
        company: link().path.company,
        platform: &XERO,
        status,
        created_at: NOON,
        synced_at: None,
        trouble: None,
    };
    let there = SourceAccount { status: AccountStatus::Connected, ..account("a") };
    let cut = there.clone().disconnected(NOON);
    let anew = SourceAccount { created_at: at(1), ..there.clone() };
    let status = ConnectionStatus::Linked;
    for (connection, accounts, ends) in [
        (Some(linked(status)), vec![there.clone()], false),
        (Some(linked(ConnectionStatus::Deauthorized)), vec![there.clone()], false),
        (Some(linked(status)), vec![cut], true),
        (Some(linked(status)), vec![], true),
        (Some(linked(status)), vec![anew], true),
        (Some(linked(ConnectionStatus::Unlinked)), vec![there.clone()], true),
        (None, vec![there], true),
    ] {
        let mut link = Link { is_stirred: true, ..connected() };
        link.look_around(connection.as_ref(), &accounts, NOON);
        assert!(!link.is_stirred);
        let feeds: Vec<_> = link.endings.iter().map(|ending| ending.feed.as_str()).collect();
        assert_eq!(feeds.as_slice() == ["f-a"], ends, "{connection:?} {accounts:?}");
        assert_eq!(link.mappings.is_empty(), ends);
        let given_up = connection.is_none_or(|one| one.status == ConnectionStatus::Unlinked);
        if given_up {
            assert_eq!(link.next_errand(NOON), Some(Errand::EndFeed("f-a".to_owned())));
            link.feed_ended("f-a");
            assert_eq!(link.next_errand(NOON), Some(Errand::Leave));
        }
    }
}

#[test]
fn steps_are_taken_only_by_accounts_that_are_ready() {
    let day = jiff::civil::date(2024, 2, 29);
    let of = |status| SourceAccount { status, ..account("a") };
    let all = AccountStatus::ALL.map(of);
    let taken = |step: AccountStep| {
        all.each_ref().map(|one| step.taken_by(one, NOON).map(|after| after.status.name()))
    };
    let connecting = Some("connecting");
    assert_eq!(taken(AccountStep::Connecting), [connecting, connecting, None, connecting]);
    assert_eq!(taken(AccountStep::Connected(day)), [None, Some("connected"), None, None]);
    assert_eq!(taken(AccountStep::Failed), [None, Some("pending"), None, None]);
    let disconnected = Some("disconnected");
    let all = [disconnected, disconnected, disconnected, None];
    assert_eq!(taken(AccountStep::Disconnected), all);
}

#[test]
fn consents_end_and_make_room() {
    let mut link = link();
    for number in 0..20 {
        link.begin_consent(Consent {
            id: ConsentId::new(Uuid::from_u128(number)),
            state: Fingerprint([0; 32]),
            session: Fingerprint([0; 32]),
            redirect_uri: String::new(),
            begun_at: at(i64::try_from(number).unwrap()),
            stage: ConsentStage::Asked,
        });
    }
    assert_eq!(link.consents.len(), CONSENTS_MAX);
    let newest = ConsentId::new(Uuid::from_u128(19));
    assert!(link.consent(newest, at(19 + 3_600)).is_some());
    assert!(link.consent(newest, at(19 + 3_601)).is_none());
}

#[test]
fn a_clock_that_is_set_back_takes_every_moment_of_a_link_with_it() {
    let at = |hours: i64| NOON + jiff::SignedDuration::from_hours(hours);
    let mut link = link();
    for (id, target) in [("a", "one"), ("b", "two")] {
        link.wish(&account(id), to(id, Some(target)), LINKED).unwrap();
    }
    link.mappings[0].stage = MappingStage::Connecting { due_at: at(30) };
    link.mappings[1].stage = MappingStage::Connected { target: "two".into() };
    let ending = |due_at| Ending { feed: "feed-1".into(), since: at(20), due_at };
    link.endings = vec![ending(at(23)), ending(at(26))];
    link.access_ends_at = Some(at(25));
    link.books_wanted_at = Some(at(40));
    link.pause_until = Some(at(-1));
    link.books.as_mut().unwrap().read_at = at(24);
    // It showed noon of the next day, and shows noon.
    let mut moved = link.clone();
    moved.move_back(jiff::SignedDuration::from_hours(24), NOON);
    let mut expected = link.clone();
    expected.mappings[0].stage = MappingStage::Connecting { due_at: at(6) };
    expected.endings = vec![ending(NOON), ending(at(2))];
    expected.access_ends_at = Some(at(1));
    expected.books_wanted_at = Some(at(16));
    expected.books.as_mut().unwrap().read_at = NOON;
    assert_eq!(moved, expected);
}
