//! A bank that pushes: with a key or without, again when it does not know what became of it, until it knows.

use super::bank::Written;
use super::process::Reply;
use super::setting::{Account, Setting};
use super::stage::DENIED;
use axum::body::Body;
use axum::http::Request;
use domain::ids::random_uuid;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use testkit::Dice;

/// More often nobody need ask.
const TRIES_MAX: u64 = 300;

/// What a bank was told of one push.
#[derive(Clone)]
pub(crate) struct Told {
    pub(crate) account: Arc<Account>,
    pub(crate) written: Written,
    pub(crate) operation: String,
    pub(crate) is_refused: bool,
}

impl fmt::Debug for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { account, written, operation, is_refused } = self;
        let (number, window, is_wrong) = (&account.number, &written.window, written.is_wrong);
        write!(f, "{operation}: {window:?} to {number}, wrong: {is_wrong}, refused: {is_refused}")
    }
}

/// Everything that banks were told.
#[derive(Debug, Default)]
pub(crate) struct Answers {
    all: Mutex<Vec<Told>>,
    /// Operations that were seen to have ended: nobody need look again until the end.
    settled: Mutex<BTreeSet<String>>,
}

impl Answers {
    pub(crate) fn all(&self) -> Vec<Told> {
        self.all.lock().unwrap().clone()
    }

    pub(crate) fn unsettled(&self) -> Vec<Told> {
        let settled = self.settled.lock().unwrap();
        let all = self.all.lock().unwrap();
        all.iter().filter(|told| !settled.contains(&told.operation)).cloned().collect()
    }

    pub(crate) fn settle(&self, operation: &str) {
        self.settled.lock().unwrap().insert(operation.to_owned());
    }
}

/// One push, however often it takes.
#[derive(Clone)]
pub(crate) struct Errand {
    pub(crate) setting: Arc<Setting>,
    pub(crate) answers: Arc<Answers>,
    pub(crate) account: Arc<Account>,
    pub(crate) written: Written,
    pub(crate) key: Option<String>,
    pub(crate) timeout_minutes: Option<u64>,
    pub(crate) dice: Arc<Dice>,
}

impl Errand {
    /// With a key, or not.
    pub(crate) fn with_key(mut self) -> Self {
        self.key = Some(random_uuid(self.setting.world.ground.ids.as_ref()).to_string());
        self
    }

    pub(crate) async fn run(self) {
        let mut operation = None;
        for _ in 0..TRIES_MAX {
            let Some(reply) = self.ask().await else {
                self.count("push without an answer");
                self.wait().await;
                continue;
            };
            match reply.status {
                200 => {
                    let told = self.told(&reply);
                    if self.key.is_some() {
                        let first = operation.get_or_insert_with(|| told.operation.clone());
                        if *first != told.operation {
                            let excuse = self.excuse();
                            let excuse =
                                excuse.unwrap_or_else(|| panic!("one key led to two: {told:?}"));
                            self.count(&format!("push told twice: {excuse}"));
                        }
                    }
                    self.answers.all.lock().unwrap().push(told);
                    // Some send it again all the same.
                    if !self.dice.percent(15) {
                        return;
                    }
                    self.count("push asked again after its answer");
                }
                404 if self.account.parted.deletions() > 0 => {
                    self.count("push to an account that is gone");
                    return;
                }
                // Under way, says the key's other request.
                409 if self.key.is_some() => self.count("push while its key is in use"),
                503 => {
                    assert!(reply.retry_after.is_some(), "when to come again is not said");
                    self.count("push without room or disk");
                }
                _ => panic!("a push is answered {reply:?}"),
            }
            self.wait().await;
        }
        panic!("a push is never answered")
    }

    /// Why a key may be forgotten: what cannot be written down is not known again, and a claim ends by the clock.
    fn excuse(&self) -> Option<&'static str> {
        let counts = &self.setting.world.ground.stage.counts;
        let no_disk = ["commit on a full disk", "commit on a broken disk", DENIED];
        let wrong_clock = ["clock set ahead", "clock set back"];
        no_disk.into_iter().chain(wrong_clock).find(|what| counts.has(what))
    }

    fn count(&self, what: &str) {
        self.setting.world.ground.stage.counts.count(what);
    }

    async fn wait(&self) {
        let bound = *self.dice.pick(&[20, 200, 20_000, 60_000]);
        tokio::time::sleep(Duration::from_millis(self.dice.between(1, bound))).await;
    }

    /// Asks once; nothing when no answer came.
    async fn ask(&self) -> Option<Reply> {
        let world = &self.setting.world;
        let process = world.door(&self.dice)?;
        let asked = process.call(self.request());
        if !self.dice.percent(8) {
            return asked.answer().await;
        }
        // It loses patience.
        let patience = Duration::from_millis(self.dice.between(1, 30));
        let Ok(answer) = tokio::time::timeout(patience, asked.answer()).await else {
            self.count("push given up by its caller");
            return None;
        };
        answer
    }

    fn request(&self) -> Request<Body> {
        let path = &self.account.path;
        let (at, account) = (path.connection, path.account.as_str());
        let query = self.timeout_minutes.map(|minutes| format!("?timeoutInMinutes={minutes}"));
        let uri = format!(
            "/companies/{}/connections/{}/push/bankAccounts/{account}/bankTransactions{}",
            at.company,
            at.connection,
            query.unwrap_or_default()
        );
        let bank = &self.setting.banks[self.account.bank];
        let mut request = Request::post(uri)
            .header("Authorization", &bank.authorization)
            .header("Content-Type", "application/json");
        if let Some(key) = &self.key {
            request = request.header("Idempotency-Key", key);
        }
        request.body(Body::from(self.written.body.clone())).unwrap()
    }

    fn told(&self, reply: &Reply) -> Told {
        let shown: Value = serde_json::from_slice(&reply.body).unwrap();
        let status = shown["status"].as_str().unwrap();
        let is_refused = status == "Failed";
        let operation = shown["pushOperationKey"].as_str().unwrap().to_owned();
        self.setting.world.ground.stage.note(|| format!("told of {operation}: {status}"));
        if !is_refused {
            let mut ledger = self.account.ledger.lock().unwrap();
            ledger.taken = ledger.taken.max(self.written.window.end);
        }
        let (account, written) = (self.account.clone(), self.written.clone());
        Told { account, written, operation, is_refused }
    }
}
