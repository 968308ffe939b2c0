//! A client's endpoint for webhooks: up, down, slow or gone, as its mood is; and what it has taken.

use super::count::Counts;
use axum::http::HeaderMap;
use bytes::Bytes;
use domain::ids::ClientId;
use domain::webhook::SigningKey;
use outbound::{CallError, Carried, Reply};
use std::collections::BTreeSet;
use std::future::pending;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// How it answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mood {
    Well,
    Away,
    Failing,
    Busy,
    Slow,
    Silent,
    Gone,
}

impl Mood {
    pub(crate) const BAD: [Self; 6] =
        [Self::Away, Self::Failing, Self::Busy, Self::Slow, Self::Silent, Self::Gone];
}

#[derive(Debug)]
pub(crate) struct Sink {
    pub(crate) client: ClientId,
    pub(crate) url: String,
    pub(crate) secret: SigningKey,
    pub(crate) mood: Mutex<Mood>,
    /// The sequences of what it took, in the order in which they came for the first time.
    pub(crate) taken: Mutex<Vec<u64>>,
    seen: Mutex<BTreeSet<u64>>,
    /// Whether anything came that was not ours.
    pub(crate) is_fooled: AtomicBool,
}

impl Sink {
    pub(crate) fn open(client: ClientId, url: String, secret: SigningKey) -> Self {
        let mood = Mutex::new(Mood::Well);
        Self {
            client,
            url,
            secret,
            mood,
            taken: Mutex::default(),
            seen: Mutex::default(),
            is_fooled: AtomicBool::new(false),
        }
    }

    pub(crate) async fn hear(&self, call: Carried, counts: &Counts) -> Result<Reply, CallError> {
        let header = |name: &str| call.headers[name].to_str().unwrap();
        let webhook = standardwebhooks::Webhook::new(&self.secret.reveal()).unwrap();
        let at = header("webhook-timestamp").parse().unwrap();
        let signed = webhook.sign(header("webhook-id"), at, &call.body).unwrap();
        if header("webhook-signature") != signed {
            self.is_fooled.store(true, Ordering::Relaxed);
        }
        let mood = *self.mood.lock().unwrap();
        counts.count(format!("endpoint {mood:?}"));
        match mood {
            Mood::Away => return Err(CallError::Unreachable("connection refused".to_owned())),
            Mood::Silent => pending().await,
            Mood::Slow => tokio::time::sleep(Duration::from_secs(9)).await,
            Mood::Well | Mood::Failing | Mood::Busy | Mood::Gone => {}
        }
        let status = match mood {
            Mood::Failing => 500,
            Mood::Busy => 429,
            Mood::Gone => 410,
            Mood::Well | Mood::Away | Mood::Slow | Mood::Silent => 204,
        };
        if status == 204 {
            let sequence = header("webhook-sequence").parse().unwrap();
            if self.seen.lock().unwrap().insert(sequence) {
                self.taken.lock().unwrap().push(sequence);
                counts.count("message heard");
            } else {
                counts.count("message heard again");
            }
        }
        Ok(Reply::new(status, HeaderMap::default(), Bytes::default()))
    }
}
