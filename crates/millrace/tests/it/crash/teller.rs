//! Who pushes an account's lines: window after window, some overlapping, some again, some twice at once. Whoever gets no
//! answer sends the very same push again until there is one.

use super::bank::{Acknowledged, Bank, Side};
use super::tally::Tally;
use crate::harness::{Caller, text};
use domain::ids::random_uuid;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;
use testkit::Dice;
use testkit::SeededIds;
use tokio::task::JoinSet;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

/// At the pace of the pauses, longer than a server may be away, and than a dead process's claim on a key lives. Tries are
/// counted and not the time: a machine that stands still for a while is nobody's fault.
const TRIES_MAX: usize = 3_000;
/// Of one try: whoever hears nothing for so long asks again.
const TRY_MAX: Duration = Duration::from_secs(20);
/// Before the same is sent again.
const AGAIN_MILLIS: (u64, u64) = (20, 120);
/// Between two pushes of an account. Xero has them one after the other, each for a second at least.
const FETCHED_PAUSE_MILLIS: (u64, u64) = (30, 250);
const SENT_PAUSE_MILLIS: (u64, u64) = (100, 2_500);
/// Lines of a window: new ones, and how many before them come again.
const NEW_LINES: (u64, u64) = (1, 8);
const MANY_LINES: (u64, u64) = (60, 200);
const BACK_LINES: (u64, u64) = (1, 6);

/// One account's.
pub(super) struct Teller {
    pub(super) client: Client,
    pub(super) account: usize,
    pub(super) dice: Dice,
    pub(super) ids: SeededIds,
    next: u32,
    latest: Range<u32>,
}

/// Sends pushes, and remembers what was acknowledged.
#[derive(Clone)]
pub(super) struct Client {
    pub(super) bank: Arc<Bank>,
    pub(super) tally: Arc<Tally>,
    /// One for each process.
    pub(super) callers: Vec<Caller>,
    pub(super) keyed_percent: u64,
}

/// What is sent, however often.
#[derive(Clone)]
struct Push {
    account: usize,
    lines: Range<u32>,
    idempotency_key: Option<String>,
    body: Arc<[u8]>,
}

impl Teller {
    pub(super) fn new(client: Client, account: usize, seed: u64) -> Self {
        let dice = Dice::of(seed, &format!("teller {account}"));
        let ids = SeededIds::new(dice.between(0, u64::MAX - 1));
        Self { client, account, dice, ids, next: 0, latest: 0..0 }
    }

    /// Pushes until `stop`, and then until everything is answered.
    pub(super) async fn run(mut self, stop: CancellationToken) {
        let mut patient = JoinSet::new();
        let pause_millis = match self.client.bank.accounts[self.account].side {
            Side::QuickBooks => FETCHED_PAUSE_MILLIS,
            Side::Xero => SENT_PAUSE_MILLIS,
        };
        while !stop.is_cancelled() {
            let push = self.plan();
            if self.dice.percent(8) {
                patient.spawn(self.client.clone().deliver(push.clone()));
            }
            // A key may be taken by a process that is dead: whoever waits for it does other things meanwhile.
            if push.idempotency_key.is_none() {
                self.client.clone().deliver(push).await;
            } else if !self.client.send(&push, 0).await {
                patient.spawn(self.client.clone().deliver(push));
            }
            pause(&self.dice, pause_millis).await;
        }
        while let Some(ended) = patient.join_next().await {
            ended.unwrap();
        }
    }

    fn plan(&mut self) -> Push {
        let dice = &self.dice;
        let number = |bounds: (u64, u64)| u32::try_from(dice.between(bounds.0, bounds.1)).unwrap();
        let new = number(if dice.percent(3) { MANY_LINES } else { NEW_LINES });
        let lines = match dice.between(1, 100) {
            1..=12 if !self.latest.is_empty() => self.latest.clone(),
            13..=40 => self.next.saturating_sub(number(BACK_LINES))..self.next + new,
            41..=48 if self.next > 0 => {
                let first = number((0, u64::from(self.next) - 1));
                first..self.next.min(first + number(NEW_LINES))
            }
            _ => self.next..self.next + new,
        };
        let key =
            dice.percent(self.client.keyed_percent).then(|| random_uuid(&self.ids).to_string());
        self.next = self.next.max(lines.end);
        self.latest = lines.clone();
        self.client.push_of(self.account, lines, key)
    }
}

impl Client {
    fn push_of(&self, account: usize, lines: Range<u32>, idempotency_key: Option<String>) -> Push {
        let all: Vec<_> = lines.clone().map(|number| self.bank.line(account, number)).collect();
        let body = json!({"accountId": self.bank.accounts[account].id, "transactions": all});
        Push { account, lines, idempotency_key, body: body.to_string().into_bytes().into() }
    }

    /// Sends it until it is answered.
    async fn deliver(self, push: Push) {
        let dice = Dice::of(u64::from(push.lines.start), "again");
        for place in 0..TRIES_MAX {
            if self.send(&push, place).await {
                return;
            }
            pause(&dice, AGAIN_MILLIS).await;
        }
        let (lines, account) = (&push.lines, &self.bank.accounts[push.account].id);
        panic!("nobody answers the push of lines {lines:?} to {account}");
    }

    /// Sends it once; whether it was acknowledged. Any answer but a yes or "later" is a fault.
    async fn send(&self, push: &Push, place: usize) -> bool {
        let path = self.bank.accounts[push.account].push_path();
        let caller = &self.callers[place % self.callers.len()];
        let mut request = caller.request(Method::POST, &path).timeout(TRY_MAX);
        request = request.header("Content-Type", "application/json").body(push.body.to_vec());
        if let Some(key) = &push.idempotency_key {
            request = request.header("Idempotency-Key", key);
        }
        let Ok(answer) = request.send().await else { return false };
        let status = answer.status();
        let Ok(said) = answer.text().await else { return false };
        match status {
            StatusCode::OK => {}
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS => return false,
            StatusCode::CONFLICT if push.idempotency_key.is_some() => return false,
            other => panic!("{path}: lines {:?} were answered {other}: {said}", push.lines),
        }
        let operation: Value = serde_json::from_str(&said).unwrap();
        assert_ne!(operation["status"], "Failed", "{path}: lines {:?}: {said}", push.lines);
        let key = text(&operation["pushOperationKey"]);
        let lines = push.lines.clone();
        self.bank.acknowledge(Acknowledged { account: push.account, key, lines });
        self.tally.pushes.add(1);
        true
    }
}

pub(super) async fn pause(dice: &Dice, (least, most): (u64, u64)) {
    sleep(Duration::from_millis(dice.between(least, most))).await;
}
