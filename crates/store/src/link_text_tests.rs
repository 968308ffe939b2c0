//! A link's text, there and back.

use super::*;
use domain::ids::{ClientId, CompanyId, ConnectionId};
use domain::platform::XERO;
use uuid::Uuid;

fn columns() -> LinkColumns {
    let id = Uuid::from_u128(7);
    let path = ConnectionPath {
        client: ClientId::new(id),
        company: CompanyId::new(id),
        connection: ConnectionId::new(id),
    };
    LinkColumns { path, platform: &XERO, version: 3, secrets: None, is_stirred: true }
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_709_208_000 + second).unwrap()
}

fn mapping(account: &str, stage: MappingStage) -> Mapping {
    let account = AccountId::parse(account).unwrap();
    let feed_start = Some(jiff::civil::date(2024, 2, 29));
    let wish = Wish { account, target: Some("t-1".into()), feed_start };
    let (wished_at, account_made_at) = (at(3), Some(at(2)));
    Mapping { wish, wished_at, account_made_at, attempt: 2, feed: Some("f-1".into()), stage }
}

fn a_full_link() -> Link {
    let organisation =
        Organisation { id: "o-1".into(), connection: "c-1".into(), name: "Caf\u{e9} \u{0}".into() };
    let consent = |stage| Consent {
        id: ConsentId::new(Uuid::from_u128(9)),
        state: Fingerprint([1; 32]),
        session: Fingerprint([2; 32]),
        redirect_uri: "http://localhost/link/callback".into(),
        begun_at: at(1),
        stage,
    };
    let target = TargetAccount {
        id: "t-1".into(),
        name: "Current".into(),
        code: None,
        number: Some("12345678".into()),
        kind: TargetKind::Bank,
        currency: CurrencyCode::parse("GBP").unwrap(),
    };
    let company = Company {
        name: "Demo".into(),
        base_currency: CurrencyCode::parse("GBP").ok(),
        country: Some("GB".into()),
        is_demo: true,
    };
    let fed =
        vec![FedTarget { target: "t-1".into(), feed: "f-1".into(), token: Some("mr-1".into()) }];
    let LinkColumns { path, platform, version, is_stirred, .. } = columns();
    Link {
        version,
        is_stirred,
        access_ends_at: Some(at(0)),
        organisation: Some(organisation.clone()),
        consents: vec![
            consent(ConsentStage::Asked),
            consent(ConsentStage::Came),
            consent(ConsentStage::Choose(vec![organisation.clone()])),
            consent(ConsentStage::Chosen(organisation)),
            consent(ConsentStage::Done),
            consent(ConsentStage::Failed("no".into())),
        ],
        books: Some(Books { read_at: at(2), company, targets: vec![target], fed }),
        books_wanted_at: Some(at(4)),
        mappings: vec![
            mapping("a", MappingStage::Connecting { due_at: at(5) }),
            mapping("b", MappingStage::Connected { target: "t-1".into() }),
            mapping("c", MappingStage::Failed { error: "no".into() }),
        ],
        endings: vec![Ending { feed: "f-2".into(), since: at(6), due_at: at(8) }],
        failures: 3,
        pause_until: Some(at(7)),
        is_given_up: true,
        ..Link::new(path, platform)
    }
}

#[test]
fn a_link_comes_back_as_it_went() {
    let link = a_full_link();
    assert_eq!(read(columns(), &write(&link).unwrap()).unwrap(), link);
    let LinkColumns { path, platform, version, is_stirred, .. } = columns();
    let bare = Link { version, is_stirred, ..Link::new(path, platform) };
    assert_eq!(read(columns(), &write(&bare).unwrap()).unwrap(), bare);
    assert!(read(columns(), "{}").is_err());
}

#[test]
fn a_link_is_read_that_was_written_before_feeds_had_tokens_and_mappings_an_age() {
    let mut link = a_full_link();
    let text = write(&link).unwrap();
    let older = text.replace(r#","mr-1"]"#, "]").replace(r#""made":1709208002000000,"#, "");
    assert!(!older.contains("mr-1") && !older.contains("made"), "{older}");
    link.books.iter_mut().flat_map(|books| &mut books.fed).for_each(|fed| fed.token = None);
    link.mappings.iter_mut().for_each(|mapping| mapping.account_made_at = None);
    assert_eq!(read(columns(), &older).unwrap(), link);
}

#[test]
fn trouble_comes_back_as_it_went() {
    let trouble = Trouble {
        kind: TroubleKind::NotAuthorized,
        message: "say \"yes\"".into(),
        since: at(0),
        ended_at: Some(at(1)),
    };
    assert_eq!(read_trouble(&write_trouble(&trouble).unwrap()), Some(trouble));
    assert_eq!(read_trouble("[]"), None);
}
