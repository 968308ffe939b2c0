//! A customer with Xero: lets us into the books, again whenever we are shut out, and says which account leads where.

use super::process::Process;
use super::setting::Setting;
use super::xero::{Back, CALLBACK, Tenant, allow};
use domain::clock::Clock as _;
use domain::connection::ConnectionStatus;
use domain::ids::{ConnectionPath, ConsentId, random_uuid};
use domain::link::{Consent, ConsentStage, Effects, Fingerprint, Link, MappingStage, Wish};
use domain::platform::XERO;
use domain::source_account::{AccountPath, AccountStatus};
use platforms::Platform as _;
use platforms::xero::Xero;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use store::link_secrets::{ConsentSecrets, LinkSecrets};
use store::{Answer, LinkChange, LinkChanged, Store};
use testkit::TODAY;

/// A customer with a connection of its own.
pub(crate) struct Customer {
    pub(crate) path: ConnectionPath,
    pub(crate) tenant: Tenant,
    pub(crate) wishes: Vec<(AccountPath, Wish)>,
    /// A page with a link back that nobody has followed yet, by its consent.
    later: Mutex<Option<Later>>,
    /// It does one thing at a time.
    is_busy: AtomicBool,
}

impl fmt::Debug for Customer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Customer").field("path", &self.path).finish_non_exhaustive()
    }
}

/// Comes back with this query, and what belongs to it.
type Later = (ConsentId, ConsentSecrets, String);

/// A wish for an account: a new account of the books, or that one.
pub(crate) fn a_wish(path: &AccountPath, target: Option<String>) -> Wish {
    Wish { account: path.account.clone(), target, feed_start: Some(TODAY) }
}

/// While it acts.
struct Busy(Arc<Customer>);

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.is_busy.store(false, Ordering::Relaxed);
    }
}

/// A customer before its pages.
struct Visit {
    setting: Arc<Setting>,
    store: Arc<dyn Store>,
    door: Arc<Xero>,
    customer: Arc<Customer>,
}

/// A customer does what only it can; whether it began to.
pub(crate) fn look_after(
    setting: &Arc<Setting>,
    customer: &Arc<Customer>,
    process: &Arc<Process>,
) -> bool {
    if customer.is_busy.swap(true, Ordering::Relaxed) {
        return false;
    }
    let busy = Busy(customer.clone());
    let (store, door) = (process.store.clone(), process.xero.clone());
    let visit = Visit { setting: setting.clone(), store, door, customer: customer.clone() };
    process.host(async move {
        // What fails it tries again another time.
        drop(visit.act().await);
        drop(busy);
    });
    true
}

impl Visit {
    async fn act(&self) -> Answer<()> {
        let Some(connection) = self.store.find_connection(&self.customer.path).await? else {
            return Ok(());
        };
        if connection.status == ConnectionStatus::Linked {
            return self.wish().await;
        }
        let link = self.store.find_link(&self.customer.path).await?;
        let is_under_way = link.is_some_and(|link| {
            let coming =
                |one: &Consent| matches!(one.stage, ConsentStage::Came | ConsentStage::Chosen(_));
            link.consents.iter().any(coming)
        });
        if is_under_way { Ok(()) } else { self.connect().await }
    }

    /// Through the platform's consent page.
    async fn connect(&self) -> Answer<()> {
        let ground = &self.setting.world.ground;
        let (ids, now) = (ground.ids.as_ref(), ground.clock.now());
        let asked = platforms::Consent::begin(ids, CALLBACK);
        let id = ConsentId::new(random_uuid(ids));
        let own = ConsentSecrets {
            state: asked.state.expose().to_owned(),
            verifier: asked.verifier.expose().to_owned(),
            ..ConsentSecrets::default()
        };
        let begun = Consent {
            id,
            state: Fingerprint::of(own.state.as_bytes()),
            session: Fingerprint::of(b"browser"),
            redirect_uri: CALLBACK.to_owned(),
            begun_at: now,
            stage: ConsentStage::Asked,
        };
        self.change(|link| {
            self.keep_secrets(link, id, own.clone());
            link.begin_consent(begun.clone());
            Effects::default()
        })
        .await?;
        let page = self.door.authorization().unwrap().consent_url(&asked);
        let query = match allow(&ground.outside, &page, &self.customer.tenant).await {
            Back::Now(query) => Some(query),
            Back::Later(query) => {
                *self.customer.later.lock().unwrap() = Some((id, own, query));
                return Ok(());
            }
            Back::Never => None,
        };
        let earlier = self.customer.later.lock().unwrap().take();
        self.come(id, &own, query).await?;
        if let Some((id, own, query)) = earlier {
            ground.stage.counts.count("browser back from an earlier consent");
            self.come(id, &own, Some(query)).await?;
        }
        Ok(())
    }

    /// The browser is back.
    async fn come(&self, id: ConsentId, own: &ConsentSecrets, query: Option<String>) -> Answer<()> {
        let now = self.setting.world.ground.clock.now();
        self.change(|link| {
            let known = link.consent(id, now).map(|consent| &consent.stage);
            if known == Some(&ConsentStage::Asked) {
                let came = ConsentSecrets { query: query.clone(), ..own.clone() };
                self.keep_secrets(link, id, came);
                link.set_consent(id, ConsentStage::Came);
            }
            Effects::default()
        })
        .await
    }

    fn keep_secrets(&self, link: &mut Link, id: ConsentId, own: ConsentSecrets) {
        let ground = &self.setting.world.ground;
        let mut secrets = LinkSecrets::open(&ground.vault, link).unwrap();
        secrets.put_consent(id, own);
        let sealed = secrets.seal(&ground.vault, ground.ids.as_ref(), &self.customer.path);
        link.secrets = Some(sealed.unwrap());
    }

    /// Maps the accounts that lead nowhere yet.
    async fn wish(&self) -> Answer<()> {
        let customer = &self.customer;
        let accounts = self.store.list_source_accounts(&customer.path).await?.unwrap_or_default();
        for account in accounts.iter().filter(|one| one.status != AccountStatus::Connected) {
            let mut wishes = customer.wishes.iter();
            let (_, wish) = wishes.find(|(path, _)| path.account == account.id).unwrap();
            let Some(link) = self.store.find_link(&customer.path).await? else { return Ok(()) };
            let stage = link.mapping(&account.id).map(|mapping| &mapping.stage);
            let leads = stage.is_some_and(|stage| !matches!(stage, MappingStage::Failed { .. }));
            let is_told = link.books.is_some() || wish.target.is_none();
            if leads || !is_told {
                continue;
            }
            let now = self.setting.world.ground.clock.now();
            self.change(|link| {
                let seen = (ConnectionStatus::Linked, now);
                link.wish(account, wish.clone(), seen).unwrap_or_else(|_refused| {
                    // The page has old books read anew for whoever looks at it.
                    link.want_books(now);
                    Effects::default()
                })
            })
            .await?;
        }
        Ok(())
    }

    /// Changes the link from how it stands.
    async fn change(&self, mut alter: impl FnMut(&mut Link) -> Effects) -> Answer<()> {
        let path = self.customer.path;
        loop {
            let found = self.store.find_link(&path).await?;
            let mut link = found.unwrap_or_else(|| Link::new(path, &XERO));
            let effects = alter(&mut link);
            let now = self.setting.world.ground.clock.now();
            let change = LinkChange { link, effects, held_by: None, now };
            match self.store.change_link(&change).await? {
                // The connection may have been deleted meanwhile.
                LinkChanged::Changed | LinkChanged::Gone => return Ok(()),
                LinkChanged::Outdated => {}
                LinkChanged::LeaseLost => panic!("nothing is held"),
            }
        }
    }
}

impl Customer {
    pub(crate) fn new(
        path: ConnectionPath,
        tenant: Tenant,
        wishes: Vec<(AccountPath, Wish)>,
    ) -> Self {
        let (later, is_busy) = (Mutex::default(), AtomicBool::new(false));
        Self { path, tenant, wishes, later, is_busy }
    }

    /// Whether all of its accounts lead into the books, as far as they are there.
    pub(crate) async fn is_content(&self, store: &Arc<dyn Store>) -> bool {
        let Some(connection) = store.find_connection(&self.path).await.unwrap() else {
            return true;
        };
        let accounts = store.list_source_accounts(&self.path).await.unwrap().unwrap_or_default();
        connection.status == ConnectionStatus::Linked
            && accounts.iter().all(|account| account.status == AccountStatus::Connected)
    }
}
