//! The words of every message, as receivers get them.

use super::*;
use crate::sample;
use domain::connection::{Connection, ConnectionStatus};
use domain::event::{About, ConsumerAbout, Event, EventKind, Example, PushAbout};
use domain::ids::PushKey;
use domain::push::PushStatus;
use domain::rate_limit::Quota;
use domain::webhook::DisabledWhy;
use jiff::SignedDuration;
use testkit::{NOON, an_account};
use uuid::Uuid;

fn messages() -> Messages {
    Messages { public_url: "https://feeds.bank.example".to_owned() }
}

fn kept(kind: EventKind, about: About) -> KeptEvent {
    let path = sample::path();
    let event = Event::of_company(path.client, path.company, kind, NOON).on(path.connection);
    KeptEvent { sequence: 7, event, about }
}

fn about() -> About {
    About { company: Some(sample::company(Vec::new())), ..About::default() }
}

fn pushed(kind: EventKind, status: PushStatus) -> KeptEvent {
    let push = PushAbout { status, requested_at: NOON, completed_at: Some(NOON) };
    let kept = kept(kind, About { push: Some(push), ..about() });
    let event = kept.event.for_account(sample::account_path().account);
    KeptEvent { event: event.for_push(PushKey::new(Uuid::from_u128(9))), ..kept }
}

fn written(kept: &KeptEvent, form: MessageForm) -> serde_json::Value {
    let consumer = ConsumerId::new(Uuid::from_u128(8));
    let receiver = Receiver { consumer, client_name: "default" };
    serde_json::from_str(&messages().write(kept, form, receiver)).unwrap()
}

#[test]
fn every_event_is_told_as_the_contract_has_it() {
    let status = ConnectionStatus::Linked;
    let connection = Some(Connection { status, ..sample::connection() });
    let account = Some(an_account(&sample::connection(), "cur-1"));
    let of_client = |kind, about| {
        let event = Event::of_client(sample::path().client, kind, NOON);
        KeptEvent { sequence: 7, event, about }
    };
    let quota =
        Quota { limit: 12_000, remaining: 0, resets_at: NOON + SignedDuration::from_hours(12) };
    let consumer = ConsumerAbout {
        id: ConsumerId::new(Uuid::from_u128(8)),
        url: "https://bank.example/hooks".to_owned(),
        why: DisabledWhy::Failing,
    };
    let example = Example { consumer: None, payload: r#"{"b":1.50,"a":[]}"#.to_owned() };
    let all = [
        kept(EventKind::CompanyDeleted, about()),
        kept(EventKind::ConnectionConnected, About { connection, ..about() }),
        kept(EventKind::AccountConnected, About { account, ..about() }),
        pushed(EventKind::WriteSuccessful, PushStatus::Success),
        of_client(EventKind::RateLimitReached, About { quota: Some(quota), ..About::default() }),
        of_client(
            EventKind::ConsumerDisabled,
            About { consumer: Some(consumer), ..About::default() },
        ),
        of_client(EventKind::CompanyCreated, About { example: Some(example), ..About::default() }),
        // Kept by a version that did not know what it was about.
        kept(EventKind::ConnectionDeleted, About::default()),
    ];
    let written: Vec<_> = all.iter().map(|kept| written(kept, MessageForm::Modern)).collect();
    insta::assert_json_snapshot!("modern", written);
}

#[test]
fn rules_are_told_as_they_were() {
    let rule = |kept: &KeptEvent, name| written(kept, MessageForm::Rule(name));
    let failed = pushed(EventKind::WriteUnsuccessful, PushStatus::TimedOut);
    let connection = Some(Connection { status: ConnectionStatus::Linked, ..sample::connection() });
    let linked = kept(EventKind::ConnectionConnected, About { connection, ..about() });
    let told = [
        rule(
            &pushed(EventKind::WriteSuccessful, PushStatus::Success),
            "Push Operation Status Changed",
        ),
        rule(&failed, "Push Operation Timed Out"),
        rule(&linked, "DataConnectionStatusChanged"),
    ];
    insta::assert_json_snapshot!("rule", told);
}
