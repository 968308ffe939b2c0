//! Cases about webhook consumers.

use crate::Backend;
use domain::client_settings::WebUrl;
use domain::ids::{ClientId, CompanyId, ConsumerId};
use domain::sealed::Sealed;
use domain::webhook::{
    CONSUMERS_MAX, CompanyTag, Consumer, ConsumerChange, DisabledWhy, EventType, Format, Order,
    SecretsChange,
};
use std::sync::Arc;
use store::{ConsumerChanged, ConsumerKept, Store};
use testkit::{a_client, a_uuid, noon_plus};
use tokio::task::JoinSet;

async fn client_of(store: &Arc<dyn Store>) -> ClientId {
    let client = a_client();
    store.create_client(&client).await.unwrap();
    client.id
}

fn a_consumer(client: ClientId, minute: i64) -> Consumer {
    Consumer {
        id: ConsumerId::new(a_uuid()),
        client,
        url: WebUrl::parse("https://bank.example/hooks?x=\u{e9}").unwrap(),
        event_types: vec![
            EventType::parse("PushOperationStatusChanged").unwrap(),
            EventType::parse("company.created").unwrap(),
        ],
        company_tags: vec![CompanyTag::parse("tier:\"go\\ld\"").unwrap()],
        created_at: noon_plus(minute),
        ..testkit::a_consumer(client)
    }
}

pub async fn consumers_come_back_as_they_were_made(backend: &dyn Backend) {
    let store = backend.open().await;
    let (ours, theirs) = (client_of(&store).await, client_of(&store).await);
    let company = Some(CompanyId::new(a_uuid()));
    let emails = vec!["ops@bank.example".to_owned()];
    let consumers = vec![
        a_consumer(ours, 0),
        Consumer { disabled: true, company_tags: Vec::new(), ..a_consumer(ours, 1) },
        Consumer { format: Format::Rule { company, emails }, ..a_consumer(ours, 2) },
        Consumer {
            format: Format::Rule { company: None, emails: Vec::new() },
            ..a_consumer(ours, 3)
        },
        Consumer {
            order: Order::Fifo,
            rate_per_second: Some(7),
            secrets: None,
            failing_since: Some(noon_plus(1)),
            disabled_why: Some(DisabledWhy::Failing),
            ..a_consumer(ours, 4)
        },
    ];
    for consumer in &consumers {
        assert_eq!(store.create_consumer(consumer).await.unwrap(), ConsumerKept::Kept);
        let found = store.find_consumer(ours, consumer.id).await.unwrap();
        assert_eq!(found.as_ref(), Some(consumer));
        assert_eq!(store.find_consumer(theirs, consumer.id).await.unwrap(), None);
    }
    assert_eq!(store.list_consumers(ours).await.unwrap(), consumers);
    assert_eq!(store.list_consumers(theirs).await.unwrap(), []);
}

pub async fn a_deleted_consumer_is_gone_and_others_stay(backend: &dyn Backend) {
    let store = backend.open().await;
    let (ours, theirs) = (client_of(&store).await, client_of(&store).await);
    let (gone, stays) = (a_consumer(ours, 0), a_consumer(ours, 1));
    for consumer in [&gone, &stays] {
        store.create_consumer(consumer).await.unwrap();
    }
    assert!(!store.delete_consumer(theirs, gone.id).await.unwrap());
    assert!(store.delete_consumer(ours, gone.id).await.unwrap());
    assert!(!store.delete_consumer(ours, gone.id).await.unwrap());
    assert_eq!(store.list_consumers(ours).await.unwrap(), [stays]);
}

pub async fn consumers_made_at_once_keep_to_the_limit(backend: &dyn Backend) {
    let store = backend.open().await;
    let client = client_of(&store).await;
    let mut tasks = JoinSet::new();
    for _ in 0..CONSUMERS_MAX + 3 {
        let store = store.clone();
        tasks.spawn(async move { store.create_consumer(&a_consumer(client, 0)).await.unwrap() });
    }
    let answers = tasks.join_all().await;
    let kept = answers.iter().filter(|answer| **answer == ConsumerKept::Kept).count();
    assert_eq!((kept, store.list_consumers(client).await.unwrap().len()), (CONSUMERS_MAX, kept));
    let another = client_of(&store).await;
    let theirs = a_consumer(another, 0);
    assert_eq!(store.create_consumer(&theirs).await.unwrap(), ConsumerKept::Kept);
}

pub async fn a_change_changes_what_it_names(backend: &dyn Backend) {
    let store = backend.open().await;
    let (ours, theirs) = (client_of(&store).await, client_of(&store).await);
    let made = a_consumer(ours, 0);
    store.create_consumer(&made).await.unwrap();
    let change = async |client, change: &ConsumerChange| {
        store.change_consumer(client, made.id, change, noon_plus(1)).await.unwrap()
    };
    let url = WebUrl::parse("https://other.example/hooks").unwrap();
    let some = ConsumerChange {
        url: Some(url.clone()),
        order: Some(Order::Fifo),
        rate_per_second: Some(Some(3)),
        ..ConsumerChange::default()
    };
    assert_eq!(change(theirs, &some).await, ConsumerChanged::Unknown);
    let expected = Consumer { url, order: Order::Fifo, rate_per_second: Some(3), ..made.clone() };
    assert_eq!(change(ours, &some).await, ConsumerChanged::Changed(Box::new(expected.clone())));
    assert_eq!(store.find_consumer(ours, made.id).await.unwrap(), Some(expected.clone()));
    let off = ConsumerChange { disabled: Some(true), ..ConsumerChange::default() };
    let why = Some(DisabledWhy::Owner);
    let expected = Consumer { disabled: true, disabled_why: why, ..expected };
    assert_eq!(change(ours, &off).await, ConsumerChanged::Changed(Box::new(expected)));
}

pub async fn secrets_are_changed_only_from_what_they_are(backend: &dyn Backend) {
    let store = backend.open().await;
    let client = client_of(&store).await;
    let made = a_consumer(client, 0);
    store.create_consumer(&made).await.unwrap();
    let change = |from, to: u8| {
        let secrets = Some(SecretsChange { from, to: Sealed(vec![to]) });
        ConsumerChange { secrets, ..ConsumerChange::default() }
    };
    let first = change(made.secrets.clone(), 1);
    let done = store.change_consumer(client, made.id, &first, noon_plus(1)).await.unwrap();
    assert!(matches!(done, ConsumerChanged::Changed(now) if now.secrets == Some(Sealed(vec![1]))));
    for late in [first, change(None, 2)] {
        let done = store.change_consumer(client, made.id, &late, noon_plus(1)).await.unwrap();
        assert_eq!(done, ConsumerChanged::Outdated);
    }
}

pub async fn consumers_of_all_clients_are_walked_through(backend: &dyn Backend) {
    let store = backend.open().await;
    let mut made = Vec::new();
    for _ in 0..3 {
        let client = client_of(&store).await;
        for minute in 0..3 {
            let consumer = a_consumer(client, minute);
            store.create_consumer(&consumer).await.unwrap();
            made.push((client, consumer.id));
        }
    }
    let mut walked = Vec::new();
    loop {
        let some = store.list_all_consumers(walked.last().copied(), 2).await.unwrap();
        if some.is_empty() {
            break;
        }
        walked.extend(some.iter().map(|consumer| (consumer.client, consumer.id)));
    }
    walked.sort_unstable();
    made.sort_unstable();
    assert_eq!(walked, made);
}
