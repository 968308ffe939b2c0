//! Cases about webhook consumers.

use crate::Backend;
use domain::client_settings::WebUrl;
use domain::ids::{ClientId, CompanyId, ConsumerId};
use domain::webhook::{CONSUMERS_MAX, CompanyTag, Consumer, EventType, Format};
use std::sync::Arc;
use store::{ConsumerKept, Store};
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
        disabled: false,
        company_tags: vec![CompanyTag::parse("tier:\"go\\ld\"").unwrap()],
        format: Format::Modern,
        created_at: noon_plus(minute),
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
