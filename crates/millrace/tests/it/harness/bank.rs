//! A bank that serves transactions over HTTP, on a port of its own.

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use tokio::sync::{Semaphore, mpsc};

/// What the bank wants to see, and tests must not find in a log.
pub(crate) const BANK_AUTHORIZATION: &str = "Bearer geheim-7f3a";

/// A running bank.
#[derive(Clone)]
pub(crate) struct Bank {
    url: String,
    desk: Arc<Desk>,
}

struct Desk {
    answers: Mutex<VecDeque<(u16, String)>>,
    asked: Mutex<Vec<String>>,
    /// As long as it has permits, answers leave.
    gate: Semaphore,
    knocks: mpsc::UnboundedSender<()>,
    heard: tokio::sync::Mutex<mpsc::UnboundedReceiver<()>>,
}

impl Bank {
    /// Opens one that has nothing to give.
    pub(crate) async fn open() -> Self {
        let (knocks, heard) = mpsc::unbounded_channel();
        let desk = Arc::new(Desk {
            answers: Mutex::default(),
            asked: Mutex::default(),
            gate: Semaphore::new(1),
            knocks,
            heard: tokio::sync::Mutex::new(heard),
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(answer).with_state(desk.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, desk }
    }

    /// Flags that make a server fetch from here.
    pub(crate) fn flags(&self) -> Vec<String> {
        let template = format!("{}/feeds/{{accountId}}?from={{from}}&to={{to}}", self.url);
        let set = |name: &str, value: &str| ["--set".to_owned(), format!("{name}={value}")];
        let mut flags = set("managed_feeds.url", &template).to_vec();
        flags.extend(set("managed_feeds.authorization", BANK_AUTHORIZATION));
        flags
    }

    /// The next answer is a page with these lines.
    pub(crate) fn gives(&self, lines: &[Value], next: Option<&str>) {
        self.answers(200, &json!({"transactions": lines, "next": next}).to_string());
    }

    /// The next answer.
    pub(crate) fn answers(&self, status: u16, body: &str) {
        self.desk.answers.lock().unwrap().push_back((status, body.to_owned()));
    }

    /// What it was asked so far: path and query.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.desk.asked.lock().unwrap().clone()
    }

    /// Holds its answers back until the gate is dropped.
    pub(crate) async fn closed(&self) -> impl Drop + '_ {
        self.desk.gate.acquire().await.unwrap()
    }

    /// Waits until somebody asks who was not heard yet.
    pub(crate) async fn knock(&self) {
        self.desk.heard.lock().await.recv().await.unwrap();
    }
}

async fn answer(State(desk): State<Arc<Desk>>, request: Request) -> Response {
    desk.asked.lock().unwrap().push(request.uri().to_string());
    desk.knocks.send(()).unwrap();
    drop(desk.gate.acquire().await.unwrap());
    let authorization = request.headers().get(header::AUTHORIZATION);
    if authorization.is_none_or(|found| found != BANK_AUTHORIZATION) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let planted = desk.answers.lock().unwrap().pop_front();
    let (status, body) = planted.unwrap_or_else(|| (200, json!({"transactions": []}).to_string()));
    let status = StatusCode::from_u16(status).unwrap();
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}
