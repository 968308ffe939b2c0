//! A process: the doors and the workers over one handle of the store, until it dies.

use super::net::{Net, XERO_CLIENT_ID, XERO_CLIENT_SECRET, XERO_URL};
use super::stage::Life;
use super::words::Words;
use super::world::Ground;
use api::{ApiState, Messages};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use domain::call_budget::CallLimits;
use domain::link::Other;
use domain::link_otp::{OTP_KEY_BYTES, OtpSigner};
use domain::platform::{History, Profile, Profiles, QUICKBOOKS, QUICKBOOKS_HISTORY_DAYS_MAX, XERO};
use jiff::SignedDuration;
use ofx_server::{OfxOptions, OfxState};
use outbound::{Outbound, OutboundOptions, Reach};
use platforms::xero::{Xero, XeroOptions, XeroUrls};
use platforms::{Platforms, Secret};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;
use store::Store;
use store::migration::Migrate;
use store_sqlite::{SqliteOptions, SqliteStore};
use tokio::sync::oneshot;
use tokio::task::{AbortHandle, JoinSet};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt as _;
use worker::links::{LinkWorker, LinkWorkerOptions};
use worker::webhooks::{WebhookWorker, WebhookWorkerOptions};
use worker::{CountedGate, Desk, Housekeeper, Worker, WorkerOptions};

const PUBLIC_URL: &str = "https://feeds.bank.example";
const OTP_KEY: [u8; OTP_KEY_BYTES] = [7; OTP_KEY_BYTES];
const LIMITS: CallLimits = CallLimits { at_once: 5, minute: 60, day: 5_000 };
/// A year: what is asked again under its key finds its first answer, however the clock jumps.
const ANSWER_LIFE_MINUTES: u32 = 525_600;

/// What came back.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) retry_after: Option<String>,
    pub(crate) body: Vec<u8>,
}

/// A request that is being answered.
#[derive(Debug)]
pub(crate) struct Asked {
    answered: oneshot::Receiver<Reply>,
    task: AbortHandle,
}

impl Asked {
    /// Its answer, unless the process dies.
    pub(crate) async fn answer(mut self) -> Option<Reply> {
        (&mut self.answered).await.ok()
    }
}

impl Drop for Asked {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Who does what is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Job {
    Pushes,
    MorePushes,
    Links,
    Webhooks,
    House,
}

impl Job {
    pub(crate) const ALL: [Self; 5] =
        [Self::Pushes, Self::MorePushes, Self::Links, Self::Webhooks, Self::House];
}

#[derive(Debug)]
pub(crate) struct Process {
    pub(crate) life: Arc<Life>,
    pub(crate) store: Arc<dyn Store>,
    /// Made when somebody knocks: many a process dies before.
    doors: OnceLock<Doors>,
    api_state: ApiState,
    pushes: Worker,
    links: LinkWorker,
    webhooks: WebhookWorker,
    house: Housekeeper,
    /// The way to Xero's own pages.
    pub(crate) xero: Arc<Xero>,
    tasks: Mutex<JoinSet<()>>,
    /// What is being done, and how much the last round of each held.
    rounds: Arc<Mutex<BTreeMap<Job, Round>>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Round {
    UnderWay,
    Held(usize),
}

impl Process {
    pub(crate) fn start(ground: &Ground, life: &Arc<Life>) -> Arc<Self> {
        let options = SqliteOptions {
            path: ground.folder.database(),
            migrate: Migrate::Forbid,
            opened_at: ground.clock.moment(),
        };
        let store = SqliteStore::open_simulated(options, life.clone()).unwrap();
        let store: Arc<dyn Store> = Arc::new(store);
        let net = Arc::new(Net { life: life.clone(), outside: ground.outside.clone() });
        let outbound = Outbound::carried(&OutboundOptions::default(), net);
        let xero = Arc::new(xero(ground, &store, &outbound));
        let desk = Desk {
            store: store.clone(),
            clock: ground.clock.clone(),
            ids: ground.ids.clone(),
            vault: ground.vault.clone(),
            platforms: Platforms::new(vec![xero.clone()]),
            other: Other::Refuse,
        };
        let messages = Messages { public_url: PUBLIC_URL.to_owned() };
        let webhooks = WebhookWorker {
            store: store.clone(),
            clock: ground.clock.clone(),
            ids: ground.ids.clone(),
            outbound,
            vault: ground.vault.clone(),
            words: Arc::new(Words(messages)),
            options: WebhookWorkerOptions::default(),
        };
        let house = Housekeeper {
            store: store.clone(),
            clock: ground.clock.clone(),
            limits: None,
            keep_deliveries: SignedDuration::from_hours(24 * 400),
            pause: Duration::from_secs(5),
        };
        Arc::new(Self {
            life: life.clone(),
            doors: OnceLock::new(),
            api_state: api_state(ground, &store),
            store,
            pushes: Worker::new(desk.clone(), WorkerOptions::default()),
            links: LinkWorker { desk, options: LinkWorkerOptions::default() },
            webhooks,
            house,
            xero,
            tasks: Mutex::default(),
            rounds: Arc::default(),
        })
    }

    /// Sends a request in; whoever lets go of it has hung up.
    pub(crate) fn call(&self, request: Request<Body>) -> Asked {
        let doors = self.doors.get_or_init(|| Doors::open(&self.api_state));
        let router = if request.uri().path() == "/ofx" { &doors.ofx } else { &doors.api };
        let router = router.clone();
        let (answer, answered) = oneshot::channel();
        let task = self.spawn(async move {
            let response = router.oneshot(request).await.unwrap_or_else(|never| match never {});
            let (parts, body) = response.into_parts();
            let body = to_bytes(body, usize::MAX).await.unwrap().to_vec();
            let header = parts.headers.get("retry-after").and_then(|value| value.to_str().ok());
            let retry_after = header.map(str::to_owned);
            let _gone = answer.send(Reply { status: parts.status.as_u16(), retry_after, body });
        });
        Asked { answered, task }
    }

    /// Begins a round of a job, unless one is under way.
    pub(crate) fn begin(self: &Arc<Self>, job: Job) {
        let mut rounds = self.rounds.lock().unwrap();
        if rounds.insert(job, Round::UnderWay) == Some(Round::UnderWay) {
            return;
        }
        drop(rounds);
        let me = self.clone();
        let rounds = self.rounds.clone();
        self.spawn(async move {
            let held = match job {
                Job::Pushes | Job::MorePushes => me.pushes.step().await,
                Job::Links => me.links.step().await,
                Job::Webhooks => me.webhooks.step().await,
                Job::House => me.house.step().await.map(|()| 0),
            };
            // A round that fails is tried again by the next.
            let held = held.unwrap_or_else(|_failed| {
                me.life.stage.counts.count("worker's round that failed");
                1
            });
            rounds.lock().unwrap().insert(job, Round::Held(held));
        });
    }

    /// What rounds that are over held is not asked for any more.
    pub(crate) fn forget_rounds(&self) {
        self.rounds.lock().unwrap().retain(|_, round| *round == Round::UnderWay);
    }

    /// How much the latest rounds held; nothing while one is under way.
    pub(crate) fn held(&self) -> Option<usize> {
        let rounds = self.rounds.lock().unwrap();
        rounds.values().try_fold(0, |sum, round| match round {
            Round::UnderWay => None,
            Round::Held(count) => Some(sum + count),
        })
    }

    /// Does something for somebody, until it dies.
    pub(crate) fn host(&self, task: impl Future<Output = ()> + Send + 'static) {
        drop(self.spawn(task));
    }

    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) -> AbortHandle {
        let mut tasks = self.tasks.lock().unwrap();
        while let Some(ended) = tasks.try_join_next() {
            if let Err(error) = ended {
                assert!(!error.is_panic(), "{error}");
            }
        }
        tasks.spawn(task)
    }

    /// Everything that it was doing ends here.
    pub(crate) fn die(&self) {
        self.life.end();
        self.tasks.lock().unwrap().abort_all();
    }
}

/// What answers requests.
#[derive(Debug)]
struct Doors {
    api: Router,
    ofx: Router,
}

impl Doors {
    fn open(state: &ApiState) -> Self {
        let ApiState { store, clock, ids, .. } = state.clone();
        // When a hash on a thread of its own is done nobody could foretell.
        let options =
            OfxOptions { hashes_apart: false, ..OfxOptions::at(format!("{PUBLIC_URL}/ofx")) };
        let ofx = ofx_server::router(OfxState::new(store, clock, ids, options));
        Self { api: api::router(state.clone()), ofx }
    }
}

fn api_state(ground: &Ground, store: &Arc<dyn Store>) -> ApiState {
    ApiState {
        store: store.clone(),
        clock: ground.clock.clone(),
        ids: ground.ids.clone(),
        profiles: Arc::new(profiles()),
        otp: OtpSigner::new(&OTP_KEY),
        public_url: PUBLIC_URL.to_owned(),
        body_bytes_max: 1 << 20,
        answer_life_minutes: ANSWER_LIFE_MINUTES,
        has_bank: false,
        platforms: vec![&QUICKBOOKS, &XERO],
        limits: None,
        vault: ground.vault.clone(),
        reach: Reach::Anywhere,
        stopping: CancellationToken::new(),
        tasks: TaskTracker::new(),
    }
}

/// With a history that is longer than any world.
fn profiles() -> Profiles {
    let history = History::Days(QUICKBOOKS_HISTORY_DAYS_MAX);
    Profiles::standard().with(&QUICKBOOKS, Profile { history, ..QUICKBOOKS.profile })
}

/// The adapter, counting its calls in the store.
fn xero(ground: &Ground, store: &Arc<dyn Store>, outbound: &Outbound) -> Xero {
    let options = XeroOptions::new(
        XERO_CLIENT_ID,
        Secret::new(XERO_CLIENT_SECRET),
        XeroUrls::simulated(XERO_URL),
    );
    let gate = CountedGate {
        store: store.clone(),
        clock: ground.clock.clone(),
        ids: ground.ids.clone(),
        platform: XERO.key,
        limits: LIMITS,
    };
    Xero::new(options, outbound.clone(), ground.clock.clone()).unwrap().gated(Arc::new(gate))
}
