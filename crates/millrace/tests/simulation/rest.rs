//! When a world is at rest: nobody has anything left to do.

use super::customer;
use super::setting::Bank;
use super::story::Story;
use domain::ids::PushKey;
use domain::push::PushStatus;
use domain::webhook::ConsumerChange;
use jiff::Timestamp;
use testkit::NOON;

/// An operator had everything sent that had not arrived.
#[derive(Debug)]
pub(crate) struct Mend {
    /// How many messages had arrived.
    pub(crate) heard: usize,
    /// The newest event.
    pub(crate) latest: u64,
}

/// What is still to come; nothing when everything is at rest.
pub(crate) async fn unrest(tale: &Story) -> Option<String> {
    let store = tale.world.alive()[0].store.clone();
    let process = tale.world.alive()[0].clone();
    for customer in &tale.setting.customers {
        if !customer.is_content(&store).await {
            customer::look_after(&tale.setting, customer, &process);
            return Some(format!("{customer:?} is not content"));
        }
    }
    for told in tale.answers.unsettled() {
        let key = PushKey::new(told.operation.parse().unwrap());
        let at = told.account.path.connection;
        // One that is lost is a fault to be told later.
        let push = store.find_push(at.client, at.company, key).await.unwrap();
        if push.is_some_and(|push| push.status == PushStatus::Pending) {
            return Some(format!("{told:?} is pending"));
        }
        let sent = store.list_statements(at.client, key).await.unwrap();
        // What became of a statement nobody can ask whose feed is gone.
        let may_be_open = told.account.parted.ever();
        if !may_be_open && sent.iter().any(|statement| statement.stage.is_open()) {
            return Some(format!("{told:?} has {sent:?}"));
        }
        tale.answers.settle(&told.operation);
    }
    for bank in &tale.setting.banks {
        if mend(tale, bank).await {
            return Some(format!("{} was mended", bank.sink.url));
        }
    }
    if store.is_delivery_due(Timestamp::MAX).await.unwrap() {
        return Some("messages are due".to_owned());
    }
    None
}

/// A bank's operator sees that messages did not arrive; whether that was so.
async fn mend(tale: &Story, bank: &Bank) -> bool {
    let store = tale.world.alive()[0].store.clone();
    let (client, id, now) = (bank.id, bank.consumer, tale.world.ground.clock.moment());
    let consumer = store.find_consumer(client, id).await.unwrap().unwrap();
    let heard = bank.sink.taken.lock().unwrap().len();
    let latest = store.newest_event(client).await.unwrap();
    let mut mended = 0;
    if consumer.disabled {
        let change = ConsumerChange { disabled: Some(false), ..ConsumerChange::default() };
        store.change_consumer(client, id, &change, now).await.unwrap();
        mended += 1 + store.replay_events(client, id, NOON).await.unwrap().unwrap();
    }
    mended += store.recover_deliveries(client, id, NOON, now).await.unwrap().unwrap();
    if mended > 0 {
        bank.mends.lock().unwrap().push(Mend { heard, latest });
    }
    mended > 0
}

/// Customers' accounting software fetches, in peace.
pub(crate) async fn poll(tale: &Story) {
    for outcome in tale.quickbooks.poll().await.unwrap() {
        assert_eq!(outcome.error, None, "{outcome:?}");
    }
}
