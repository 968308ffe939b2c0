//! A bank's endpoint for webhooks, on a port of its own: keeps what it hears and answers as it is told.

use super::wait_for;
use axum::Router;
use axum::body::{Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use tokio::sync::Semaphore;

/// A running endpoint.
#[derive(Clone)]
pub(crate) struct Sink {
    pub(crate) url: String,
    desk: Arc<Desk>,
}

/// A status with headers.
type Planned = (u16, Vec<(&'static str, String)>);

struct Desk {
    /// What is answered when nothing else was planned.
    usual: Mutex<u16>,
    answers: Mutex<VecDeque<Planned>>,
    heard: Mutex<Vec<Heard>>,
    /// As long as it has permits, answers leave.
    gate: Semaphore,
}

/// One message that came in.
#[derive(Clone, Debug)]
pub(crate) struct Heard {
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Heard {
    /// The body as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// A header's text.
    pub(crate) fn header(&self, name: &str) -> String {
        self.headers[name].to_str().unwrap().to_owned()
    }

    /// Checks the signature with the published library.
    #[track_caller]
    pub(crate) fn verify(&self, secret: &str) {
        let webhook = standardwebhooks::Webhook::new(secret).unwrap();
        webhook.verify(&self.body, &self.headers).unwrap();
    }

    /// The same of a message that came longer ago than the library lets pass.
    #[track_caller]
    pub(crate) fn verify_late(&self, secret: &str) {
        let webhook = standardwebhooks::Webhook::new(secret).unwrap();
        let at = self.header("webhook-timestamp").parse().unwrap();
        let wanted = webhook.sign(&self.header("webhook-id"), at, &self.body).unwrap();
        let signatures = self.header("webhook-signature");
        assert!(signatures.split(' ').any(|one| one == wanted), "{signatures} is not {wanted}");
    }

    /// The event's name.
    pub(crate) fn event_type(&self) -> String {
        self.json()["eventType"].as_str().unwrap_or_default().to_owned()
    }
}

impl Sink {
    /// Opens one that answers 204.
    pub(crate) async fn open() -> Self {
        let desk = Arc::new(Desk {
            usual: Mutex::new(204),
            answers: Mutex::default(),
            heard: Mutex::default(),
            gate: Semaphore::new(Semaphore::MAX_PERMITS),
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(answer).with_state(desk.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, desk }
    }

    /// What it answers from now on.
    pub(crate) fn answers_always(&self, status: u16) {
        *self.desk.usual.lock().unwrap() = status;
    }

    /// The next answer.
    pub(crate) fn answers(&self, status: u16, headers: &[(&'static str, &str)]) {
        let headers = headers.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        self.desk.answers.lock().unwrap().push_back((status, headers));
    }

    /// Holds its answers back until it is opened again.
    pub(crate) fn close(&self) {
        self.desk.gate.forget_permits(Semaphore::MAX_PERMITS);
    }

    /// Everything so far.
    pub(crate) fn heard(&self) -> Vec<Heard> {
        self.desk.heard.lock().unwrap().clone()
    }

    /// Waits until it has heard so much.
    pub(crate) async fn hears(&self, count: usize) -> Vec<Heard> {
        wait_for(&format!("{count} messages"), || {
            let heard = self.heard();
            std::future::ready((heard.len() >= count).then_some(heard))
        })
        .await
    }
}

async fn answer(State(desk): State<Arc<Desk>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let path = parts.uri.path().to_owned();
    desk.heard.lock().unwrap().push(Heard { path, headers: parts.headers, body });
    let planned = desk.answers.lock().unwrap().pop_front();
    let (status, headers) = planned.unwrap_or_else(|| (*desk.usual.lock().unwrap(), Vec::new()));
    drop(desk.gate.acquire().await);
    let mut response = (StatusCode::from_u16(status).unwrap(), "so says the bank").into_response();
    for (name, value) in headers {
        response.headers_mut().insert(name, value.parse().unwrap());
    }
    response
}
