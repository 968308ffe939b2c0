//! What there is at the start: two clients with companies, connections and accounts that are named alike, and endpoints
//! that hear of them.

use super::bank::Ledger;
use super::clock::{ClockElsewhere, WorldClock};
use super::customer::{Customer, a_wish};
use super::disk::Folder;
use super::net::{Outside, XERO_CLIENT_ID, XERO_CLIENT_SECRET};
use super::partings::Parted;
use super::rest::Mend;
use super::sink::Sink;
use super::stage::Stage;
use super::world::{Ground, World};
use super::xero;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use domain::api_key::{ApiKey, ApiKeyHash};
use domain::client::{Client, ClientName};
use domain::client_settings::WebUrl;
use domain::company::Company;
use domain::connection::{Connection, ConnectionStatus};
use domain::credential::Credential;
use domain::ids::{
    ApiKeyId, ClientId, CompanyId, ConnectionId, ConnectionPath, ConsumerId, CredentialId,
    random_uuid,
};
use domain::platform::{Delivery, Platform, QUICKBOOKS, XERO};
use domain::sealed::Sealed;
use domain::source_account::{AccountDetails, AccountPath, AccountStatus, SourceAccount};
use domain::webhook::{Consumer, EventType, Order, SigningKey};
use std::path::PathBuf;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, LazyLock, Mutex};
use store::migration::Migrate;
use store::{
    ConsumerSecrets, Installation, Installations as _, OTP_SALT_BYTES, OnExisting, SECRETS_COLUMN,
    SECRETS_TABLE, Store, secrets_row,
};
use store_sqlite::{SqliteOptions, SqliteStore};
use tempfile::TempDir;
use testkit::{
    Dice, NOON, SeededIds, a_client, a_company, a_connection, a_consumer, a_credential, an_account,
    an_account_path, an_api_key,
};
use uuid::Uuid;
use vault::{Binding, Vault, VaultKey};

/// What a customer of QuickBooks types in.
pub(crate) const PASSWORD: &str = "sim-pass";
/// Of that, as cheap as the hash gets: its cost is not what a world is about.
const PASSWORD_HASH: &str =
    "$argon2id$v=19$m=8,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg$r5ZiYcLIkxnqVt3pp8qp532NsHGUkZ5L23BH5gO3Bf0";
/// Often two, so that something could cross from one to the other.
const BANKS_MAX: usize = 2;
const EVENTS: [&str; 6] = [
    "company.created",
    "bankFeeds.sourceAccount.connected",
    "bankFeeds.sourceAccount.disconnected",
    "bankTransactions.write.successful",
    "bankTransactions.write.unsuccessful",
    "webhook.consumer.disabled",
];

/// A client of ours, which is a bank.
#[derive(Debug)]
pub(crate) struct Bank {
    pub(crate) id: ClientId,
    /// What it shows.
    pub(crate) authorization: String,
    pub(crate) consumer: ConsumerId,
    pub(crate) sink: Arc<Sink>,
    /// When its operator set its endpoint right.
    pub(crate) mends: Mutex<Vec<Mend>>,
}

/// An account of a bank's customer.
#[derive(Debug)]
pub(crate) struct Account {
    pub(crate) bank: usize,
    pub(crate) path: AccountPath,
    pub(crate) platform: &'static Platform,
    /// How it is named in QuickBooks.
    pub(crate) number: String,
    /// What its bank says its number is.
    pub(crate) said_number: String,
    pub(crate) parted: Parted,
    pub(crate) ledger: Mutex<Ledger>,
}

/// Everything that is there.
#[derive(Debug)]
pub(crate) struct Setting {
    pub(crate) world: Arc<World>,
    pub(crate) banks: Vec<Bank>,
    pub(crate) accounts: Vec<Arc<Account>>,
    /// Who fetches: a name of each connection.
    pub(crate) fetched: Vec<(String, String)>,
    /// Whose books are in Xero.
    pub(crate) customers: Vec<Arc<Customer>>,
}

/// A database that nothing is in, made once.
static TEMPLATE: LazyLock<(TempDir, PathBuf)> = LazyLock::new(|| {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("millrace.db");
    let options = SqliteOptions { path: path.clone(), migrate: Migrate::Apply, opened_at: NOON };
    // Whoever is first may be on a thread that already has a runtime.
    let made = std::thread::spawn(move || {
        let store = SqliteStore::open(options).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let installation = Installation { otp_salt: [7; OTP_SALT_BYTES], created_at: NOON };
        runtime.block_on(store.ensure_installation(&installation)).unwrap();
        runtime.block_on(store.close());
    });
    made.join().unwrap();
    (folder, path)
});

/// The same seed, the same setting.
pub(crate) async fn set(seed: u64) -> Setting {
    let dice = Dice::of(seed, "setting");
    let ids = Arc::new(SeededIds::new(seed));
    let clock = Arc::new(WorldClock::begin());
    let vault = Vault::new(VaultKey::new([7; 32]), Vec::new());
    let banks = if dice.percent(40) { 1 } else { BANKS_MAX };
    let sinks = (0..banks).map(|number| {
        let client = ClientId::new(random_uuid(ids.as_ref()));
        let secret = SigningKey::generate(ids.as_ref());
        Arc::new(Sink::open(client, format!("https://bank-{number}.example/hooks"), secret))
    });
    let sinks: Vec<_> = sinks.collect();
    let elsewhere = Arc::new(ClockElsewhere(clock.clone()));
    let xero = simulators::Xero::new(elsewhere, XERO_CLIENT_ID, XERO_CLIENT_SECRET);
    let outside = Arc::new(Outside {
        xero: simulators::xero::router(xero),
        sinks: sinks.clone(),
        dice: Dice::of(seed, "net"),
        loss: AtomicU64::new(0),
        late: AtomicU64::new(0),
        late_dice: Dice::of(seed, "on the way"),
    });
    let folder = Arc::new(Folder::open(&TEMPLATE.1, seed));
    let stage = Stage::of(seed);
    let ground = Ground { seed, clock, ids, vault, folder, stage, outside };
    let world = World::begin(ground);
    let store = world.alive()[0].store.clone();
    let (accounts, fetched, customers) = (Vec::new(), Vec::new(), Vec::new());
    let mut builder = Builder { world: &world, store, dice, accounts, fetched, customers };
    let mut banks = Vec::new();
    for (number, sink) in sinks.into_iter().enumerate() {
        banks.push(builder.bank(number, sink).await);
    }
    let Builder { accounts, fetched, customers, .. } = builder;
    Setting { world, banks, accounts, fetched, customers }
}

struct Builder<'w> {
    world: &'w Arc<World>,
    store: Arc<dyn Store>,
    dice: Dice,
    accounts: Vec<Arc<Account>>,
    fetched: Vec<(String, String)>,
    customers: Vec<Arc<Customer>>,
}

impl Builder<'_> {
    fn uuid(&self) -> Uuid {
        random_uuid(self.world.ground.ids.as_ref())
    }

    async fn bank(&mut self, number: usize, sink: Arc<Sink>) -> Bank {
        let name = ClientName::parse(&format!("bank-{number}")).unwrap();
        let id = sink.client;
        let client = Client { id, name, ..a_client() };
        self.store.create_client(&client).await.unwrap();
        let secret = self.uuid().to_string();
        let key = ApiKey {
            id: ApiKeyId::new(self.uuid()),
            hash: ApiKeyHash::of(&secret),
            ..an_api_key(id)
        };
        self.store.create_api_key(&key).await.unwrap();
        let authorization = format!("Basic {}", BASE64_STANDARD.encode(secret));
        let order = if self.dice.percent(50) { Order::Fifo } else { Order::Parallel };
        let consumer = self.consumer(&sink, order).await;
        let path = self.customer(number, &client, &QUICKBOOKS).await;
        self.let_fetch(number, path).await;
        if self.dice.percent(if number == 0 { 65 } else { 25 }) {
            let path = self.customer(number, &client, &XERO).await;
            self.let_in(number, path).await;
        }
        Bank { id, authorization, consumer, sink, mends: Mutex::default() }
    }

    async fn consumer(&self, sink: &Sink, order: Order) -> ConsumerId {
        let id = ConsumerId::new(self.uuid());
        let row = secrets_row(sink.client, id);
        let binding = Binding { table: SECRETS_TABLE, column: SECRETS_COLUMN, row: &row };
        let secrets = ConsumerSecrets::new(sink.secret.clone()).write().unwrap();
        let consumer = Consumer {
            id,
            url: WebUrl::parse(&sink.url).unwrap(),
            event_types: EVENTS.map(|name| EventType::parse(name).unwrap()).into(),
            order,
            secrets: Some(Sealed(self.world.ground.vault.seal(&binding, &secrets, [9; 24]))),
            ..a_consumer(sink.client)
        };
        self.store.create_consumer(&consumer).await.unwrap();
        id
    }

    /// A company with a connection and one or two accounts.
    async fn customer(
        &mut self,
        bank: usize,
        client: &Client,
        platform: &'static Platform,
    ) -> ConnectionPath {
        let company = Company { id: CompanyId::new(self.uuid()), ..a_company(client.id) };
        self.store.create_company(&company).await.unwrap();
        let id = ConnectionId::new(self.uuid());
        let (connected, linked) = match platform.delivery {
            Delivery::Pulled => (AccountStatus::Connected, ConnectionStatus::Linked),
            Delivery::Sent => (AccountStatus::Pending, ConnectionStatus::PendingAuth),
        };
        let connection = Connection { id, platform, status: linked, ..a_connection(&company) };
        assert!(self.store.create_connection(&connection).await.unwrap());
        let mut made = Vec::new();
        for place in 0..self.dice.between(1, 2) {
            let name = format!("account-{place}");
            let number = format!("MR{bank}{place}{}", platform.key).to_uppercase();
            let found = an_account(&connection, &name);
            let said_number = format!("77{bank}0{place}");
            let details = AccountDetails {
                name: Some(format!("Account {place}")),
                number: Some(said_number.clone()),
                ..found.details.clone()
            };
            let (public_number, status) = (number.clone(), connected);
            made.push(SourceAccount { public_number, status, details, ..found });
            self.accounts.push(Arc::new(Account {
                bank,
                path: an_account_path(&connection, &name),
                platform,
                number,
                said_number,
                parted: Parted::default(),
                ledger: Mutex::new(Ledger::new(u64::try_from(bank).unwrap())),
            }));
        }
        let path = connection.path();
        let kept = self.store.create_source_accounts(&path, &made, OnExisting::Refuse).await;
        assert_eq!(kept.unwrap().unwrap().len(), made.len());
        path
    }

    /// A customer of QuickBooks gets a password.
    async fn let_fetch(&mut self, bank: usize, path: ConnectionPath) {
        let username = format!("SIM{bank}");
        let credential = Credential {
            id: CredentialId::new(self.uuid()),
            username: username.clone(),
            password_hash: PASSWORD_HASH.to_owned(),
            ..a_credential(path)
        };
        assert!(self.store.create_credential(&credential).await.unwrap());
        self.fetched.push((path.connection.to_string(), username));
    }

    /// A customer has an organisation with Xero, and will let us in.
    async fn let_in(&mut self, bank: usize, path: ConnectionPath) {
        let tenant = xero::add_tenant(&self.world.ground.outside, &format!("Tenant{bank}")).await;
        let accounts = self.accounts.iter().filter(|account| account.path.connection == path);
        let existing =
            std::iter::once(Some(tenant.existing.clone())).chain(std::iter::repeat(None));
        let wishes = accounts
            .zip(existing)
            .map(|(account, target)| (account.path.clone(), a_wish(&account.path, target)));
        let wishes = wishes.collect();
        self.customers.push(Arc::new(Customer::new(path, tenant, wishes)));
    }
}
