//! A server whose surroundings fail for a while, and a bank that goes on pushing.

use crate::harness::{
    Books, Database, Home, OfxCaller, Reply, Server, ServerOptions, a_line, a_linked_account,
    days_ago, text, today, wait_for,
};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// Pushes that are under way together.
const AT_ONCE: usize = 8;
/// Nobody waits longer for a refusal.
const REFUSAL_MAX: Duration = Duration::from_secs(12);
/// Pushes are held for a second here, and messages to webhooks for four.
const OUTAGE_MIN: Duration = Duration::from_secs(5);
/// By then pushes are refused.
const OUTAGE_MAX: Duration = Duration::from_mins(1);
/// What a fault may cost the log beside a line for each request.
const LOG_LINES_MAX: usize = 60;

/// Something that goes wrong, and is mended.
pub(super) trait Fault {
    fn begin(&self, server: &Server);
    fn end(&self, server: &Server);
    /// What readiness says meanwhile.
    fn told(&self) -> &'static [&'static str];
    /// Whether what is kept can be read meanwhile.
    fn reads(&self) -> Reads;
}

/// What becomes of requests that only read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reads {
    GoOn,
    AreRefused,
}

/// The story.
pub(super) struct Scene {
    pub(super) server: Server,
    pub(super) books: Books,
    /// Ids of the lines that were acknowledged, and the operations that brought them.
    kept: BTreeSet<String>,
    keys: Vec<String>,
    pushes: usize,
}

impl Scene {
    pub(super) async fn open(home: Home, options: &ServerOptions) -> Self {
        let mut options = options.clone();
        // Work that was held when the fault began is soon done by another round.
        options.flags.extend(["--set", "worker.lease_secs=1"].map(str::to_owned));
        let server = Server::start_at(home, &options).await;
        let books = a_linked_account(&server.caller(), days_ago(5)).await;
        Self { server, books, kept: BTreeSet::new(), keys: Vec::new(), pushes: 0 }
    }

    /// The whole story of one fault.
    pub(super) async fn live_through(mut self, fault: &impl Fault) {
        assert_eq!(self.push_together().await, AT_ONCE);
        fault.begin(&self.server);
        self.is_told(fault.told()).await;
        self.refuses_pushes().await;
        self.serves_what_it_can(fault.reads()).await;
        fault.end(&self.server);
        self.is_ready().await;
        assert_eq!(self.push_together().await, AT_ONCE, "it goes on by itself");
        let noise = self.noise();
        assert!(noise.len() <= LOG_LINES_MAX, "{} lines: {noise:#?}", noise.len());
        self.nothing_is_lost().await;
    }

    /// Pushes a line each, all at once; answers how many were acknowledged. All others are refused as they should be.
    pub(super) async fn push_together(&mut self) -> usize {
        let mut pushes = JoinSet::new();
        for _ in 0..AT_ONCE {
            self.pushes += 1;
            let id = format!("p{}", self.pushes);
            let (caller, path) = (self.books.caller.clone(), self.books.push_path());
            let body = json!({"accountId": self.books.account, "transactions": [a_line(&id, today(), 1.0)]});
            pushes.spawn(async move {
                let began = Instant::now();
                let reply = caller.post(&path, body).await;
                assert!(began.elapsed() < REFUSAL_MAX, "{:?}: {}", began.elapsed(), reply.text);
                (id, reply)
            });
        }
        let mut kept = 0;
        while let Some(pushed) = pushes.join_next().await {
            let (id, reply) = pushed.unwrap();
            if reply.status == 200 {
                kept += 1;
                self.keys.push(text(&reply.json()["pushOperationKey"]));
                self.kept.insert(id);
            } else {
                expect_away(reply);
            }
        }
        kept
    }

    async fn is_told(&self, words: &[&str]) {
        let told = wait_for("readiness to say so", || async {
            let (status, body) = self.readiness().await;
            (status == 503).then_some(body)
        })
        .await;
        let database = text(&told["database"]);
        assert_eq!(told["ready"], false);
        assert!(words.iter().any(|words| database.contains(words)), "{database}");
    }

    /// Until none is taken, and until nobody holds any more what was held when the fault began.
    async fn refuses_pushes(&mut self) {
        let began = Instant::now();
        loop {
            let kept = self.push_together().await;
            if kept == 0 && began.elapsed() > OUTAGE_MIN {
                return;
            }
            assert!(began.elapsed() < OUTAGE_MAX, "it goes on taking pushes");
        }
    }

    async fn serves_what_it_can(&self, reads: Reads) {
        let caller = &self.books.caller;
        caller.get("/healthz").await.expect(200);
        let lines = caller.get(&self.books.lines_path()).await;
        if reads == Reads::GoOn {
            let total = lines.expect(200).json()["totalResults"].as_u64();
            assert_eq!(total, u64::try_from(self.kept.len()).ok());
        } else {
            expect_away(lines);
        }
        // What cannot be recorded as fetched is not given away; the client shows a general error and asks again.
        let statement = self.books.ofx.statement(&self.books.number, "").await;
        assert!(
            statement.contains("<CODE>2000") && !statement.contains("<STMTTRN>"),
            "{statement}"
        );
    }

    pub(super) async fn is_ready(&self) {
        wait_for("the server to be ready again", || async {
            (self.readiness().await.0 == 200).then_some(())
        })
        .await;
    }

    pub(super) async fn readiness(&self) -> (u16, Value) {
        self.books.caller.get("/healthz").await.expect(200);
        let reply = self.books.caller.get("/readyz?verbose").await;
        (reply.status, reply.json())
    }

    /// What was logged beside a line for each request.
    fn noise(&self) -> Vec<String> {
        let is_noise = |line: &String| {
            let is_loud = line.contains("\"WARN\"") || line.contains("\"ERROR\"");
            is_loud && !line.contains("a request was put off") && !line.contains("OFX")
        };
        self.server.log().into_iter().filter(is_noise).collect()
    }

    /// Every push that was acknowledged comes to its end, and its line is there once, also after a power cut.
    pub(super) async fn nothing_is_lost(self) {
        let Self { server, mut books, kept, keys, .. } = self;
        for key in &keys {
            let ended = books.caller.ended_push(&books.company, key).await;
            assert_eq!(ended["status"], "Success", "{ended}");
        }
        let server = Server::start_at(server.kill().await, &ServerOptions::default()).await;
        books.caller = books.caller.at(&server.url);
        books.ofx = OfxCaller::new(&books.caller, &books.ofx.username, &books.ofx.password);
        let path = format!("{}?pageSize=5000", books.lines_path());
        let listed = books.caller.get(&path).await.expect(200).json();
        let listed: Vec<_> =
            listed["results"].as_array().unwrap().iter().map(|line| text(&line["id"])).collect();
        let there: BTreeSet<_> = listed.iter().cloned().collect();
        assert_eq!(there.len(), listed.len(), "a line is there twice: {listed:?}");
        let lost: Vec<_> = kept.difference(&there).collect();
        assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
    }
}

/// Refused because the database is away: in the one shape of errors, with the reason, and when to come again.
#[track_caller]
pub(super) fn expect_away(reply: Reply) {
    let retry_after = reply.headers.get("retry-after").cloned();
    let body = reply.expect_error(503);
    assert_eq!((retry_after, &body["canBeRetried"]), (Some("5".parse().unwrap()), &"True".into()));
    assert!(text(&body["error"]).starts_with("the database"), "{body}");
}

/// A new home on that database.
pub(super) fn on(database: Database) -> Home {
    Home::new(database)
}

/// A new home on SQLite.
pub(super) fn on_sqlite() -> Home {
    on(Database::Sqlite)
}
