//! Xero's published contract, tightened, as a judge between a client and a Xero: a proxy that stops the calls and the
//! answers that break it. It knows bank feeds only, so everything else goes past it. Amounts pass through its floats, so
//! they must have no more digits than a double has.

use super::{Process, node_packages, tightened, xero_contract};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_LENGTH, HOST, TRANSFER_ENCODING};
use axum::response::Response;
use reqwest::Client;
use reqwest::redirect::Policy;
use serde_json::Value;
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

const FEEDS: &str = "/bankfeeds.xro/1.0";
/// What the judge's own refusals begin with.
const REFUSAL: &str = "https://stoplight.io/prism/errors#";
/// In which it tells of what it lets through.
const REMARKS: &str = "sl-violations";

/// A judge that is between; it ends when dropped.
pub(crate) struct Prism {
    /// Where clients find Xero, with all of its paths.
    pub(crate) url: String,
    desk: Arc<Desk>,
    _serving: JoinSet<()>,
    _judge: Process,
}

struct Desk {
    http: Client,
    judge: String,
    upstream: String,
    judged: Mutex<Vec<Judged>>,
}

/// A call of the bank feeds, and what the judge has against it or its answer.
#[derive(Clone, Debug)]
pub(crate) struct Judged {
    /// What was asked and answered: `POST /Statements 202`, `GET /Statements/{id} 404`.
    pub(crate) call: String,
    /// The judge's words; nothing when all is well.
    pub(crate) violation: Option<String>,
}

impl Prism {
    /// Puts a judge before the Xero at `upstream`; nothing where the contract is absent.
    pub(crate) async fn start(upstream: &str) -> Option<Self> {
        let contract = tightened(xero_contract()?).to_string();
        let packages = node_packages("xero");
        let program = format!("{packages}/@stoplight/prism-cli/dist/index.js");
        let folder = tempfile::TempDir::new().unwrap();
        let document = folder.path().join("contract.json");
        std::fs::write(&document, contract).unwrap();
        let target = format!("{upstream}{FEEDS}");
        let document = document.to_str().unwrap();
        let words =
            [&program, "proxy", document, &target, "--host=127.0.0.1", "--port=0", "--errors"];
        let mut judge = Process::start("node", &words);
        let judge_url = loop {
            let line = judge.hear().await;
            if let Some((_, url)) = line.split_once("Prism is listening on ") {
                break url.trim().to_owned();
            }
        };
        // The judge may close a connection at the moment in which it would be used again.
        let http = Client::builder().no_proxy().redirect(Policy::none()).pool_max_idle_per_host(0);
        let http = http.build().unwrap();
        let desk = Desk {
            http,
            judge: judge_url,
            upstream: upstream.to_owned(),
            judged: Mutex::default(),
        };
        let desk = Arc::new(desk);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(pass).with_state(desk.clone());
        let mut serving = JoinSet::new();
        serving.spawn(async move { axum::serve(listener, router).await.unwrap() });
        Some(Self { url, desk, _serving: serving, _judge: judge })
    }

    /// All calls of the bank feeds, in the order in which they were answered.
    pub(crate) fn judged(&self) -> Vec<Judged> {
        self.desk.judged.lock().unwrap().clone()
    }

    /// The judge has seen calls, and has nothing against any of them.
    #[track_caller]
    pub(crate) fn expect_no_violation(&self) {
        let mut judged = self.judged();
        assert!(!judged.is_empty(), "the judge has seen nothing");
        judged.retain(|call| call.violation.is_some());
        assert!(judged.is_empty(), "{judged:#?}");
    }
}

/// Hands a call on, to the judge or past it, and the answer back.
async fn pass(State(desk): State<Arc<Desk>>, request: Request) -> Response {
    let (mut parts, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    let judged = path.strip_prefix(FEEDS);
    let url = judged
        .map_or_else(|| format!("{}{path}", desk.upstream), |path| format!("{}{path}", desk.judge));
    for name in [HOST, CONTENT_LENGTH, TRANSFER_ENCODING] {
        parts.headers.remove(name);
    }
    let request = desk.http.request(parts.method.clone(), url).headers(parts.headers);
    let request = if body.is_empty() { request } else { request.body(body) };
    let answer = request.send().await.unwrap();
    let (status, mut headers) = (answer.status(), answer.headers().clone());
    let body = answer.bytes().await.unwrap();
    if let Some(path) = judged {
        let path = path.split('?').next().unwrap_or_default();
        let pieces = path.split('/').map(|piece| if is_id(piece) { "{id}" } else { piece });
        let path = pieces.collect::<Vec<_>>().join("/");
        let remarks = headers.get(REMARKS).map(|remarks| remarks.to_str().unwrap());
        desk.judged.lock().unwrap().push(Judged {
            call: format!("{} {path} {}", parts.method, status.as_u16()),
            violation: refusal(&body).or_else(|| remarked(remarks?)),
        });
    }
    for name in [CONTENT_LENGTH, TRANSFER_ENCODING] {
        headers.remove(name);
    }
    let mut answer = Response::new(Body::from(body));
    *answer.status_mut() = status;
    *answer.headers_mut() = headers;
    answer
}

fn is_id(piece: &str) -> bool {
    piece.len() == 36 && piece.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
}

/// The judge's words when it has stopped a call or an answer.
fn refusal(body: &[u8]) -> Option<String> {
    let body: Value = serde_json::from_slice(body).ok()?;
    let kind = body["type"].as_str()?.strip_prefix(REFUSAL)?;
    Some(format!("{kind}: {}", body["validation"]))
}

/// Its words when it has let pass what is no mere warning.
fn remarked(remarks: &str) -> Option<String> {
    let remarks: Value = serde_json::from_str(remarks).unwrap();
    let is_grave = |remark: &&Value| remark["severity"] != "Warning";
    let grave: Vec<_> = remarks.as_array().unwrap().iter().filter(is_grave).collect();
    (!grave.is_empty()).then(|| serde_json::json!(grave).to_string())
}
