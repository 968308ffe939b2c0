//! Everything of one story: a database that outlives its processes, a clock, the books, the customers, the bank's pushes.

use super::bank::Planned;
use super::books::{Books, CLIENT_ID, CLIENT_SECRET};
use super::customer::{Customer, Desk, a_wish};
use super::process::{Process, World, soon};
use crate::harness::Database;
use domain::clock::Clock as _;
use domain::connection::{Connection, ConnectionStatus};
use domain::ids::{ClientId, PushKey, random_uuid};
use domain::line::KeptLine;
use domain::money::CurrencyCode;
use domain::platform::{Profiles, XERO};
use domain::push::{PushOperation, PushStatus};
use domain::source_account::{AccountDetails, AccountPath, AccountStatus, SourceAccount};
use jiff::SignedDuration;
use outbound::{Outbound, OutboundOptions};
use platforms::xero::{Xero, XeroOptions, XeroUrls};
use platforms::{Platform as _, Secret};
use std::sync::Arc;
use store::migration::Migrate;
use store::{AcceptedPush, OnExisting, PushIntake, Store};
use store_postgres::{PostgresOptions, PostgresStore};
use store_sqlite::{SqliteOptions, SqliteStore};
use tempfile::TempDir;
use testkit::Dice;
use testkit::{
    ManualClock, NOON, PostgresCluster, SeededIds, a_client, a_company, a_connection, an_account,
    an_account_path,
};
use tokio::task::JoinSet;
use vault::{Vault, VaultKey};

/// How much happens between two deaths.
const LIFE: (u64, u64) = (40, 700);
/// More rounds than anything needs at one instant.
const ROUNDS_MAX: usize = 300;
/// More often the clock need not be moved on until everything has ended.
const WAITS_MAX: usize = 4_000;
/// The longest that nobody looks whether something is due.
const STEP_SECS_MAX: i64 = 10 * 60;

pub(super) struct Scene {
    pub(super) store: Arc<dyn Store>,
    pub(super) world: World,
    pub(super) books: Books,
    pub(super) client: ClientId,
    pub(super) customers: Vec<Customer>,
    /// Of all customers, by the bank's numbers.
    pub(super) accounts: Vec<AccountPath>,
    /// Every push, as it was answered.
    pub(super) operations: Vec<PushOperation>,
    /// How often a process is still to die.
    pub(super) deaths_left: usize,
    place: Place,
    door: Xero,
    process: Option<Process>,
    pushing: JoinSet<Vec<PushOperation>>,
    fate: Dice,
    _folder: TempDir,
}

/// Where the database is.
enum Place {
    Sqlite(SqliteOptions),
    Postgres(PostgresOptions),
}

impl Place {
    async fn open(&self) -> Arc<dyn Store> {
        match self {
            Self::Sqlite(options) => Arc::new(SqliteStore::open(options.clone()).unwrap()),
            Self::Postgres(options) => {
                Arc::new(PostgresStore::connect(options.clone()).await.unwrap())
            }
        }
    }
}

impl Scene {
    /// At noon, with a customer for each number, which says how many accounts it has.
    pub(super) async fn open(database: Database, seed: u64, accounts: &[usize]) -> Self {
        let folder = TempDir::new().unwrap();
        let place = match database {
            Database::Sqlite => {
                let path = folder.path().join("millrace.db");
                Place::Sqlite(SqliteOptions { path, migrate: Migrate::Apply, opened_at: NOON })
            }
            Database::Postgres => {
                Place::Postgres(PostgresOptions::new(&PostgresCluster::shared().database()))
            }
        };
        let store = place.open().await;
        let world = World {
            clock: Arc::new(ManualClock::default()),
            ids: Arc::new(SeededIds::new(seed)),
            vault: Vault::new(VaultKey::new([7; 32]), Vec::new()),
            fuse: Arc::default(),
            turnstile: Arc::default(),
        };
        let books = Books::open(&world.clock, &world.fuse).await;
        let client = a_client();
        store.create_client(&client).await.unwrap();
        let mut customers = Vec::new();
        for (number, count) in accounts.iter().enumerate() {
            customers.push(customer(&store, &books, client.id, (number, *count)).await);
        }
        let wishes = customers.iter().flat_map(|customer| &customer.wishes);
        let accounts = wishes.map(|(path, _)| path.clone()).collect();
        let urls = XeroUrls::simulated(&books.url);
        let options = XeroOptions::new(CLIENT_ID, Secret::new(CLIENT_SECRET), urls);
        let outbound = Outbound::new(&OutboundOptions::default()).unwrap();
        let door = Xero::new(options, outbound, world.clock.clone()).unwrap();
        let process = Some(Process::start(&world, &store, &books));
        Self {
            store,
            world,
            books,
            client: client.id,
            customers,
            accounts,
            operations: Vec::new(),
            deaths_left: 0,
            place,
            door,
            process,
            pushing: JoinSet::new(),
            fate: Dice::of(seed, "fate"),
            _folder: folder,
        }
    }

    /// From now on the process dies so often.
    pub(super) fn doom(&mut self, deaths: usize) {
        self.deaths_left = deaths;
        self.set_fuse();
    }

    fn set_fuse(&self) {
        let length = self.fate.between(LIFE.0, LIFE.1);
        self.world.fuse.set(if self.deaths_left > 0 { length } else { 0 });
    }

    /// The bank's pushes are on their way, while everything else goes on.
    pub(super) fn push(&mut self, planned: Vec<Planned>) {
        let now = self.world.clock.now();
        let profiles = Arc::new(Profiles::standard());
        let intakes: Vec<_> = planned
            .into_iter()
            .map(|planned| PushIntake {
                key: PushKey::new(random_uuid(self.world.ids.as_ref())),
                account: self.accounts[planned.account].clone(),
                draft: planned.draft,
                timeout_minutes: planned.timeout_minutes,
                profiles: profiles.clone(),
                requested_at: now,
                sync: None,
            })
            .collect();
        let store = self.store.clone();
        self.pushing.spawn(async move {
            let mut accepted = Vec::new();
            for intake in intakes {
                let answer = store.accept_push(intake).await.unwrap();
                let AcceptedPush::Kept(operation) = answer else { panic!("{answer:?}") };
                accepted.push(operation);
            }
            accepted
        });
    }

    /// What is due at this instant is being done.
    pub(super) fn begin_work(&self) -> JoinSet<usize> {
        self.process.as_ref().unwrap().work()
    }

    /// Works until nothing is due at this instant, whatever dies meanwhile; whether anything was.
    pub(super) async fn work(&mut self) -> bool {
        for round in 0..ROUNDS_MAX {
            let mut tasks = self.begin_work();
            let mut held = 0;
            let died = loop {
                tokio::select! {
                    biased;
                    () = self.world.fuse.burnt() => break true,
                    ended = tasks.join_next() => match ended {
                        Some(count) => held += count.unwrap(),
                        None => break false,
                    },
                }
            };
            let pushed = self.finish_pushes().await;
            if died {
                self.restart(tasks).await;
            } else if held == 0 && !pushed {
                return round > 0;
            }
        }
        panic!("there is no end to what is due")
    }

    /// Takes in what the bank's pushes were answered; whether any came.
    pub(super) async fn finish_pushes(&mut self) -> bool {
        let before = self.operations.len();
        while let Some(accepted) = self.pushing.join_next().await {
            self.operations.extend(accepted.unwrap());
        }
        self.operations.len() > before
    }

    /// The process has died; another begins, sometimes on a database that was closed or only left.
    async fn restart(&mut self, tasks: JoinSet<usize>) {
        for _ in 0..self.fate.between(0, 12) {
            tokio::task::yield_now().await;
        }
        self.deaths_left -= 1;
        self.process.take().unwrap().die(tasks).await;
        soon("no call is under way", || self.books.is_quiet()).await;
        match self.fate.between(0, 3) {
            0 => {
                self.store.close().await;
                self.store = self.place.open().await;
            }
            1 => self.store = self.place.open().await,
            _ => {}
        }
        self.process = Some(Process::start(&self.world, &self.store, &self.books));
        self.set_fuse();
    }

    /// Customers do what only they can; whether there was anything.
    pub(super) async fn customers_look(&mut self) -> bool {
        let desk = Desk {
            world: &self.world,
            store: &self.store,
            books: &self.books,
            door: self.door.authorization().unwrap(),
        };
        let mut acted = false;
        for customer in &self.customers {
            acted |= customer.look_after(&desk).await;
        }
        acted
    }

    /// Lets time pass, in longer and longer steps while nothing happens.
    pub(super) async fn pass(&mut self, secs: i64) {
        let end = self.world.clock.now() + SignedDuration::from_secs(secs);
        let mut step = 1;
        while self.world.clock.now() < end {
            let acted = self.work().await | self.customers_look().await;
            step = if acted { 1 } else { (step * 2).min(STEP_SECS_MAX) };
            let left = end.duration_since(self.world.clock.now());
            self.world.clock.advance(SignedDuration::from_secs(step).min(left));
        }
        self.work().await;
    }

    /// Lets time pass until `is_over` says so.
    pub(super) async fn pass_until(&mut self, what: &str, is_over: impl AsyncFn(&Self) -> bool) {
        let mut step = 1;
        for _ in 0..WAITS_MAX {
            let acted = self.work().await | self.customers_look().await;
            if !acted && is_over(self).await {
                return;
            }
            step = if acted { 1 } else { (step * 2).min(STEP_SECS_MAX) };
            self.world.clock.advance(SignedDuration::from_secs(step));
        }
        panic!("waited in vain until {what}")
    }

    /// Whether all customers have all accounts connected.
    pub(super) async fn is_linked(&self) -> bool {
        for customer in &self.customers {
            if !customer.is_content(&self.store).await {
                return false;
            }
        }
        true
    }

    /// The lines of a push that were not withdrawn.
    pub(super) async fn lines_of(&self, push: &PushOperation) -> Vec<KeptLine> {
        let path = AccountPath { connection: push.path, account: push.account.clone() };
        self.store.lines_at(&path, push.lines).await.unwrap()
    }

    /// A push as it stands.
    pub(super) async fn push_now(&self, operation: &PushOperation) -> PushOperation {
        let (key, path) = (operation.key, operation.path);
        self.store.find_push(path.client, path.company, key).await.unwrap().unwrap()
    }

    /// Whether every push has ended, and nobody wonders any more what became of its statements.
    pub(super) async fn is_settled(&self) -> bool {
        for operation in &self.operations {
            if self.push_now(operation).await.status == PushStatus::Pending {
                return false;
            }
            let sent = self.store.list_statements(self.client, operation.key).await.unwrap();
            if sent.iter().any(|statement| statement.stage.is_open()) {
                return false;
            }
        }
        true
    }
}

/// A customer with an organisation, a connection and accounts that lead nowhere yet.
async fn customer(
    store: &Arc<dyn Store>,
    books: &Books,
    client: ClientId,
    (number, count): (usize, usize),
) -> Customer {
    let existing = [("Current", "55500001"), ("Savings", "55500002")];
    let tenant = books.add_tenant(&format!("Tenant{number}"), &existing).await;
    let company = a_company(client);
    let status = ConnectionStatus::PendingAuth;
    let connection = Connection { platform: &XERO, status, ..a_connection(&company) };
    store.create_company(&company).await.unwrap();
    assert!(store.create_connection(&connection).await.unwrap());
    let path = connection.path();
    let mut accounts = Vec::new();
    let mut wishes = Vec::new();
    for place in 0..count {
        let id = format!("account-{number}-{place}");
        let found = an_account(&connection, &id);
        let details = AccountDetails {
            name: Some(format!("Account {number}/{place}")),
            number: Some(format!("77{number}0{place}")),
            currency: CurrencyCode::parse("GBP").ok(),
            ..found.details.clone()
        };
        accounts.push(SourceAccount { status: AccountStatus::Pending, details, ..found });
        let account = an_account_path(&connection, &id);
        let wish = a_wish(&account, tenant.accounts.get(place).cloned());
        wishes.push((account, wish));
    }
    let kept = store.create_source_accounts(&path, &accounts, OnExisting::Refuse).await.unwrap();
    assert_eq!(kept.unwrap().len(), count);
    Customer { path, tenant, wishes }
}
