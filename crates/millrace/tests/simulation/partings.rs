//! Who gives an account or a connection with Xero up while pushes are under way, and who makes an account anew. What a
//! customer links again is customer.rs; what QuickBooks was let into stays.

use super::client::{Answers, Errand};
use super::setting::{Account, Setting};
use axum::body::Body;
use axum::http::{Method, Request};
use domain::clock::Clock as _;
use domain::platform::Delivery;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;
use testkit::Dice;
use tokio::task::JoinSet;

/// In so many of a hundred worlds somebody parts.
const WORLDS: u64 = 30;
/// So often of a hundred times that something begins there.
const TIMES: u64 = 15;

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Parting {
    AccountDeleted,
    AccountDisconnected,
    AccountMade,
    ConnectionUnlinked,
    ConnectionDeleted,
}

/// How often each, of so many.
const PARTINGS: [Parting; 8] = [
    Parting::AccountDeleted,
    Parting::AccountDeleted,
    Parting::AccountDeleted,
    Parting::AccountDisconnected,
    Parting::AccountDisconnected,
    Parting::AccountMade,
    Parting::ConnectionUnlinked,
    Parting::ConnectionDeleted,
];

/// What was asked for of an account. Whether it was done is not always known.
#[derive(Debug, Default)]
pub(crate) struct Parted {
    ever: AtomicBool,
    may_be_stuck: AtomicBool,
    deletions: AtomicU64,
}

impl Parted {
    /// It may have been disconnected.
    pub(crate) fn part(&self) {
        self.ever.store(true, Ordering::Relaxed);
    }

    /// Its bank may have to disconnect it, or nothing comes of it any more.
    pub(crate) fn may_be_stuck(&self) {
        self.part();
        self.may_be_stuck.store(true, Ordering::Relaxed);
    }

    /// Whether its bank may have had to.
    pub(crate) fn was_stuck(&self) -> bool {
        self.may_be_stuck.load(Ordering::Relaxed)
    }

    fn delete(&self) {
        self.part();
        self.deletions.fetch_add(1, Ordering::Relaxed);
    }

    /// Whether there was a time when its lines flowed nowhere.
    pub(crate) fn ever(&self) -> bool {
        self.ever.load(Ordering::Relaxed)
    }

    /// How often it may have been deleted: so often the ids of its lines may have been forgotten.
    pub(crate) fn deletions(&self) -> usize {
        usize::try_from(self.deletions.load(Ordering::Relaxed)).unwrap()
    }
}

/// The partings of one world, drawn apart from everything else in it.
#[derive(Debug)]
pub(crate) struct Partings {
    dice: Option<Arc<Dice>>,
}

impl Partings {
    pub(crate) fn of(seed: u64) -> Self {
        let dice = Dice::of(seed, "partings");
        Self { dice: dice.percent(WORLDS).then(|| Arc::new(dice)) }
    }

    /// Sometimes somebody parts, mostly from what something is just on its way to.
    pub(crate) fn begin(
        &self,
        setting: &Arc<Setting>,
        answers: &Arc<Answers>,
        actors: &mut JoinSet<()>,
    ) {
        let Some(dice) = &self.dice else { return };
        let sent_to: Vec<_> =
            setting.accounts.iter().filter(|one| one.platform.delivery == Delivery::Sent).collect();
        if sent_to.is_empty() || !dice.percent(TIMES) {
            return;
        }
        let account: Arc<Account> = (*dice.pick(&sent_to)).clone();
        if dice.percent(75) {
            let errand = an_errand(setting, answers, &account, dice);
            actors.spawn(errand.run());
        }
        let wait = Duration::from_millis(dice.between(0, *dice.pick(&[1, 20, 80, 300])));
        let parting = *dice.pick(&PARTINGS);
        let is_made_anew = parting == Parting::AccountDeleted && dice.percent(60);
        let pause = Duration::from_millis(dice.between(0, 300));
        let (setting, dice) = (setting.clone(), dice.clone());
        actors.spawn(async move {
            tokio::time::sleep(wait).await;
            part(&setting, &account, parting, &dice).await;
            if is_made_anew {
                tokio::time::sleep(pause).await;
                part(&setting, &account, Parting::AccountMade, &dice).await;
            }
        });
    }
}

/// Banks disconnect what nothing comes of any more.
pub(crate) fn disconnect_what_is_stuck(
    setting: &Arc<Setting>,
    dice: &Arc<Dice>,
    actors: &mut JoinSet<()>,
) {
    for account in setting.accounts.iter().filter(|account| account.parted.was_stuck()) {
        let (setting, account, dice) = (setting.clone(), account.clone(), dice.clone());
        actors.spawn(async move {
            part(&setting, &account, Parting::AccountDisconnected, &dice).await;
        });
    }
}

fn an_errand(
    setting: &Arc<Setting>,
    answers: &Arc<Answers>,
    account: &Arc<Account>,
    dice: &Arc<Dice>,
) -> Errand {
    let now = setting.world.ground.clock.now();
    let written = account.ledger.lock().unwrap().write(account.path.account.as_str(), dice, now);
    let (setting, answers) = (setting.clone(), answers.clone());
    let (account, dice) = (account.clone(), dice.clone());
    Errand { setting, answers, account, written, key: None, timeout_minutes: None, dice }
}

/// Asks once: what became of it nobody knows where no answer comes.
async fn part(setting: &Setting, account: &Account, parting: Parting, dice: &Dice) {
    let Some(process) = setting.world.door(dice) else { return };
    let at = account.path.connection;
    let beside = setting.accounts.iter().filter(|one| one.path.connection == at);
    match parting {
        Parting::AccountDeleted => account.parted.delete(),
        Parting::AccountDisconnected => account.parted.part(),
        Parting::AccountMade => {}
        Parting::ConnectionUnlinked => beside.for_each(|one| one.parted.part()),
        Parting::ConnectionDeleted => beside.for_each(|one| one.parted.delete()),
    }
    let connection = format!("/companies/{}/connections/{}", at.company, at.connection);
    let accounts = format!("{connection}/connectionInfo/bankFeedAccounts");
    let of_it = format!("{accounts}/{}", account.path.account.as_str());
    let (method, path, body) = match parting {
        Parting::AccountDeleted => (Method::DELETE, of_it, Value::Null),
        Parting::AccountDisconnected => (Method::PATCH, of_it, json!({"status": "disconnected"})),
        Parting::AccountMade => (Method::POST, accounts, account.told_anew()),
        Parting::ConnectionUnlinked => (Method::PATCH, connection, json!({"status": "Unlinked"})),
        Parting::ConnectionDeleted => (Method::DELETE, connection, Value::Null),
    };
    let authorization = &setting.banks[account.bank].authorization;
    let request = Request::builder().method(method).uri(path);
    let request = request.header("Authorization", authorization);
    let request = request.header("Content-Type", "application/json");
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let asked = process.call(request.body(Body::from(body)).unwrap());
    let answer = asked.answer().await;
    let stage = &setting.world.ground.stage;
    let status = answer.as_ref().map(|reply| reply.status);
    stage.note(|| format!("{parting:?} of {}: {status:?}", account.number));
    match status {
        Some(200 | 204) => stage.counts.count(format!("parting {parting:?}")),
        // It is not there, or is there already, or nobody could write it down.
        Some(400 | 404 | 409 | 503) | None => {}
        Some(_) => panic!("{parting:?} is answered {answer:?}"),
    }
}

impl Account {
    /// As its bank makes it once more.
    fn told_anew(&self) -> Value {
        let id = self.path.account.as_str();
        json!({
            "id": id, "accountName": format!("Anew {id}"), "accountType": "Debit", "currency": "GBP",
            "accountNumber": self.said_number, "sortCode": "10-20-30", "balance": 100,
        })
    }
}
