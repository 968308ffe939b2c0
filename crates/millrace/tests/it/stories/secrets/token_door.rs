//! Stands before Xero's token endpoint, where the secrets of a consent pass.

use super::search::Secrets;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use reqwest::Client;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

/// Passes everything on, and writes down every secret that passes.
pub(super) struct Listener {
    pub(super) url: String,
    _serving: JoinSet<()>,
}

impl Listener {
    pub(super) async fn open(token_url: String, secrets: Secrets) -> Self {
        let http = Client::builder().no_proxy().build().unwrap();
        let router =
            Router::new().route("/token", post(pass)).with_state((token_url, http, secrets));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/token", listener.local_addr().unwrap());
        let mut serving = JoinSet::new();
        serving.spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, _serving: serving }
    }
}

async fn pass(
    State((token_url, http, secrets)): State<(String, Client, Secrets)>,
    headers: HeaderMap,
    body: Bytes,
) -> (StatusCode, String) {
    let form = String::from_utf8(body.to_vec()).unwrap();
    secrets.add_fields(&form, &["code", "code_verifier", "refresh_token"]);
    let authorization = headers["authorization"].to_str().unwrap();
    secrets.add("authorization", authorization.trim_start_matches("Basic "));
    let request = http.post(token_url).header("authorization", authorization);
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    let answer = request.body(form).send().await.unwrap();
    let status = answer.status();
    let answer = answer.text().await.unwrap();
    let told: Value = serde_json::from_str(&answer).unwrap();
    for name in ["access_token", "refresh_token", "id_token"] {
        if let Some(token) = told[name].as_str() {
            secrets.add(name, token);
        }
    }
    (status, answer)
}
