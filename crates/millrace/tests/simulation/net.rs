//! The network between a process and whoever it calls: Xero, and its clients' endpoints for webhooks. What gets lost on
//! the way is drawn here; what goes wrong on the other side is theirs.

use super::sink::Sink;
use super::stage::Life;
use async_trait::async_trait;
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request};
use axum::response::Response;
use bytes::Bytes;
use http_body::Body as _;
use outbound::{CallError, Carried, Carrier, Reply};
use std::future::{pending, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use testkit::Dice;
use tower::ServiceExt as _;

pub(crate) const XERO_CLIENT_ID: &str = "app-id";
pub(crate) const XERO_CLIENT_SECRET: &str = "app-secret";
pub(crate) const XERO_URL: &str = "http://localhost:8718";

/// What makes something at Xero.
const WORK: [&str; 2] = ["/Statements", "/FeedConnections"];
/// So many of a hundred such calls go well although one is to be late.
const LATE_NOT_YET: u64 = 40;
/// Such a call is on its way for no longer: by the end of a statement's hold it has arrived, or never does.
const LATE_MAX_MILLIS: u64 = 19_000;

/// Everybody outside.
#[derive(Debug)]
pub(crate) struct Outside {
    pub(crate) xero: Router,
    pub(crate) sinks: Vec<Arc<Sink>>,
    pub(crate) dice: Dice,
    /// How many of a hundred calls get lost.
    pub(crate) loss: AtomicU64,
    /// How many statements and feeds will arrive after their sender has given them up.
    pub(crate) late: AtomicU64,
    pub(crate) late_dice: Dice,
}

impl Outside {
    fn luck(&self, call: &Carried) -> Luck {
        let is_lost = self.dice.percent(self.loss.load(Ordering::Relaxed));
        let luck = if is_lost { *self.dice.pick(&LUCK) } else { Luck::Good };
        let late = self.late.load(Ordering::Relaxed);
        if late == 0 || !is_work(call) || self.late_dice.percent(LATE_NOT_YET) {
            return luck;
        }
        self.late.store(late - 1, Ordering::Relaxed);
        Luck::Late
    }

    async fn hold_up(&self) {
        let millis = self.late_dice.between(1, LATE_MAX_MILLIS);
        tokio::time::sleep(Duration::from_millis(millis)).await;
    }
}

/// A statement, or a feed to be made.
fn is_work(call: &Carried) -> bool {
    call.method == "POST" && WORK.iter().any(|path| call.url.ends_with(path))
}

/// The way of one life's calls.
#[derive(Debug)]
pub(crate) struct Net {
    pub(crate) life: Arc<Life>,
    pub(crate) outside: Arc<Outside>,
}

/// What happens to a call on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Luck {
    Good,
    Late,
    LostBefore,
    LostAfter,
    Unanswered,
    Truncated,
}

const LUCK: [Luck; 4] = [Luck::LostBefore, Luck::LostAfter, Luck::Unanswered, Luck::Truncated];

#[async_trait]
impl Carrier for Net {
    async fn carry(&self, call: Carried) -> Result<Reply, CallError> {
        self.life.pass("calls").await;
        let outside = &self.outside;
        let luck = outside.luck(&call);
        let lost = |what: &str| Err(CallError::Unreachable(what.to_owned()));
        if luck != Luck::Good {
            self.life.stage.counts.count(format!("network {luck:?}"));
        }
        if luck == Luck::LostBefore {
            self.life.stage.note(|| "lost on its way".to_owned());
            return lost("connection refused");
        }
        let path = call.url.strip_prefix(XERO_URL).map(str::to_owned);
        let name = path.clone().unwrap_or_else(|| call.url.clone());
        let (stage, method) = (self.life.stage.clone(), call.method.clone());
        // On a task of its own: whoever calls may be gone before the other side has done it.
        let sink = outside.sinks.iter().find(|sink| sink.url == call.url).cloned();
        let exchange = match (path, sink) {
            (Some(path), _) if luck == Luck::Late => {
                let outside = outside.clone();
                tokio::spawn(async move {
                    outside.hold_up().await;
                    let answer = ask(outside.xero.clone(), call, path).await;
                    let status = answer.map_or(0, |answer| answer.status);
                    stage.note(|| format!("{method} {name} is late: {status}"));
                });
                return lost("connection reset");
            }
            (Some(path), _) => tokio::spawn(ask(outside.xero.clone(), call, path)),
            (None, Some(sink)) => {
                let stage = stage.clone();
                tokio::spawn(async move { sink.hear(call, &stage.counts).await })
            }
            (None, None) => return lost("no such host"),
        };
        let answer = exchange.await.map_err(|error| CallError::Unreachable(error.to_string()))?;
        stage.note(|| {
            let status = answer.as_ref().map_or(0, |answer| answer.status);
            format!("{method} {name}: {status} {luck:?}")
        });
        self.life.pass("is answered").await;
        match luck {
            Luck::Good | Luck::LostBefore => answer,
            Luck::LostAfter | Luck::Late => lost("connection reset"),
            Luck::Unanswered => pending().await,
            Luck::Truncated => Err(CallError::BrokenOff("unexpected end of file".to_owned())),
        }
    }
}

/// Asks a router.
async fn ask(router: Router, call: Carried, path: String) -> Result<Reply, CallError> {
    let mut request = Request::builder().method(call.method.as_str()).uri(path);
    *request.headers_mut().unwrap() = call.headers;
    let request = request.body(Body::from(call.body)).unwrap();
    let response = router.oneshot(request).await.unwrap_or_else(|never| match never {});
    let (parts, body) = response.into_parts();
    let body = collect(body).await?;
    Ok(Reply::new(parts.status.as_u16(), parts.headers, body))
}

/// The whole of a body; one that breaks off before its first byte is no answer at all.
async fn collect(mut body: Body) -> Result<Bytes, CallError> {
    let mut whole = Vec::new();
    while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        match frame {
            Ok(frame) => whole.extend(frame.into_data().unwrap_or_default()),
            Err(error) if whole.is_empty() => {
                return Err(CallError::Unreachable(error.to_string()));
            }
            Err(error) => return Err(CallError::BrokenOff(error.to_string())),
        }
    }
    Ok(whole.into())
}

/// What a browser or a script gets from a router.
pub(crate) async fn browse(
    router: &Router,
    method: &str,
    path: &str,
    body: String,
) -> (u16, HeaderMap, Option<String>) {
    let request = Request::builder().method(method).uri(path).body(Body::from(body)).unwrap();
    let answer = router.clone().oneshot(request).await;
    let response: Response = answer.unwrap_or_else(|never| match never {});
    let (parts, body) = response.into_parts();
    let body = collect(body).await.ok().map(|body| String::from_utf8(body.to_vec()).unwrap());
    (parts.status.as_u16(), parts.headers, body)
}
