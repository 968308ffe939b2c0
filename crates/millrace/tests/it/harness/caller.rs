//! A bank's engineer with an API key and an HTTP client.

use super::wait_for;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use reqwest::Method;
use reqwest::header::HeaderMap;
use serde_json::Value;
use std::sync::{Arc, Mutex};

/// Calls the API with one key.
#[derive(Clone)]
pub(crate) struct Caller {
    pub(crate) url: String,
    pub(crate) key: String,
    pub(super) http: reqwest::Client,
    /// The texts of all answers, if somebody wants them.
    answers: Option<Arc<Mutex<Vec<String>>>>,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Reply {
    /// The body as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text)
            .unwrap_or_else(|error| panic!("{error}: HTTP {} {}", self.status, self.text))
    }

    /// The same reply, which must have that status.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }

    /// The reply as an error of that status: the whole envelope is checked.
    #[track_caller]
    pub(crate) fn expect_error(self, status: u16) -> Value {
        let reply = self.expect(status);
        let body = reply.json();
        assert_eq!(body["statusCode"], status, "{body}");
        let id = body["correlationId"].as_str().unwrap();
        assert!(id.len() == 32 && id.bytes().all(|b| b.is_ascii_hexdigit()), "{id}");
        assert_eq!(reply.headers["x-correlation-id"], id);
        assert!(reply.headers["content-type"].to_str().unwrap().starts_with("application/json"));
        assert!(body["service"].is_string() && body["error"].is_string(), "{body}");
        assert!(matches!(body["canBeRetried"].as_str(), Some("True" | "False" | "Unknown")));
        assert_eq!(body["detailedErrorCode"], 0);
        assert!(body["validation"]["errors"].is_array(), "{body}");
        assert_eq!(body["validation"]["warnings"], serde_json::json!([]));
        body
    }
}

impl Caller {
    /// A caller with that key.
    pub(crate) fn new(url: &str, key: &str) -> Self {
        Self::trusting(url, key, None)
    }

    /// A caller who trusts the authority in `trusted`, if there is one.
    pub(crate) fn trusting(url: &str, key: &str, trusted: Option<&[u8]>) -> Self {
        let mut builder = reqwest::Client::builder().no_proxy();
        if let Some(pem) = trusted {
            builder = builder.tls_certs_only([reqwest::Certificate::from_pem(pem).unwrap()]);
        }
        let http = builder.build().unwrap();
        Self { url: url.to_owned(), key: key.to_owned(), http, answers: None }
    }

    /// The same, who keeps the text of every answer from now on.
    pub(crate) fn keeping_answers(self) -> Self {
        Self { answers: Some(Arc::default()), ..self }
    }

    /// What was kept.
    pub(crate) fn answers(&self) -> Vec<String> {
        self.answers.iter().flat_map(|kept| kept.lock().unwrap().clone()).collect()
    }

    /// The same caller at another server.
    pub(crate) fn at(&self, url: &str) -> Self {
        Self { url: url.to_owned(), ..self.clone() }
    }

    /// A request with the key, ready to be changed.
    pub(crate) fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let key = BASE64_STANDARD.encode(&self.key);
        self.http
            .request(method, format!("{}{path}", self.url))
            .header("Authorization", format!("Basic {key}"))
    }

    /// Sends a request.
    pub(crate) async fn send(request: reqwest::RequestBuilder) -> Reply {
        let answer = request.send().await.unwrap();
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        Reply { status, headers, text: answer.text().await.unwrap() }
    }

    /// The same, and keeps the answer if answers are kept.
    pub(crate) async fn exchange(&self, request: reqwest::RequestBuilder) -> Reply {
        let reply = Self::send(request).await;
        if let Some(kept) = &self.answers {
            kept.lock().unwrap().push(reply.text.clone());
        }
        reply
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.exchange(self.request(Method::GET, path)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Reply {
        self.exchange(self.request(Method::DELETE, path)).await
    }

    pub(crate) async fn post(&self, path: &str, body: impl Into<Body>) -> Reply {
        self.with_body(Method::POST, path, body.into()).await
    }

    pub(crate) async fn put(&self, path: &str, body: impl Into<Body>) -> Reply {
        self.with_body(Method::PUT, path, body.into()).await
    }

    pub(crate) async fn patch(&self, path: &str, body: impl Into<Body>) -> Reply {
        self.with_body(Method::PATCH, path, body.into()).await
    }

    async fn with_body(&self, method: Method, path: &str, body: Body) -> Reply {
        let request = self.request(method, path).header("Content-Type", "application/json");
        self.exchange(request.body(body.0)).await
    }

    /// Polls an operation until it has ended.
    pub(crate) async fn ended_push(&self, company: &str, key: &str) -> Value {
        let path = format!("/companies/{company}/push/{key}");
        wait_for("the push to end", || async {
            let operation = self.get(&path).await.expect(200).json();
            (operation["status"] != "Pending").then_some(operation)
        })
        .await
    }
}

/// A body: JSON, or bytes as they are.
pub(crate) struct Body(Vec<u8>);

impl From<Value> for Body {
    fn from(value: Value) -> Self {
        Self(value.to_string().into_bytes())
    }
}

impl From<&str> for Body {
    fn from(text: &str) -> Self {
        Self(text.as_bytes().to_vec())
    }
}

impl From<String> for Body {
    fn from(text: String) -> Self {
        Self(text.into_bytes())
    }
}

impl From<Vec<u8>> for Body {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}
