//! The doors of one server, each with what it needs.

use super::gate::Gate;
use super::health::{self, Health};
use crate::adapters::{self, SIMULATED_CLIENT_ID, SIMULATED_CLIENT_SECRET, SIMULATED_XERO};
use crate::config::{Place, Settings};
use crate::wire_up;
use anyhow::Context as _;
use api::ApiState;
use axum::Router;
use domain::clock::Clock;
use domain::ids::IdSource;
use domain::link_otp::OtpSigner;
use ofx::Fi;
use ofx_server::{BankId, Institution, OfxOptions, OfxState, TestTransactions};
use platforms::Platforms;
use simulators::QuickBooks;
use std::path::PathBuf;
use std::sync::Arc;
use store::Store;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::info;
use vault::Vault;
use web::WebState;

/// Where the simulated books are kept, in the data folder.
const SIMULATED_BOOKS_FILE: &str = "simulated-quickbooks.json";

/// What doors are made from.
pub(crate) struct Doors<'a> {
    pub(crate) settings: &'a Settings,
    pub(crate) store: &'a Arc<dyn Store>,
    /// The listening address as a URL.
    pub(crate) url: &'a str,
    /// Knows the passwords of links.
    pub(crate) otp: &'a OtpSigner,
    pub(crate) vault: &'a Vault,
    pub(crate) platforms: &'a Platforms,
    /// Cancelled when the process is to end.
    pub(crate) stopping: &'a CancellationToken,
    /// What must end before the process does.
    pub(crate) tasks: &'a TaskTracker,
}

impl Doors<'_> {
    /// All doors on one router. The JSON door answers whatever no other door knows.
    pub(crate) fn router(
        &self,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn IdSource>,
    ) -> anyhow::Result<Router> {
        let settings = self.settings;
        let public_url = settings.server.public_url.as_deref().unwrap_or(self.url);
        let api = api::router(ApiState {
            store: self.store.clone(),
            clock: clock.clone(),
            ids: ids.clone(),
            profiles: Arc::new(wire_up::profiles(settings)),
            otp: self.otp.clone(),
            public_url: public_url.to_owned(),
            body_bytes_max: settings.server.body_bytes_max,
            answer_life_minutes: settings.server.answer_life_minutes,
            has_bank: settings.managed_feeds.is_some(),
            platforms: adapters::offered(settings),
            limits: settings.limits.clone(),
            vault: self.vault.clone(),
            reach: wire_up::webhook_reach(settings),
            stopping: self.stopping.clone(),
            tasks: self.tasks.clone(),
        });
        let callback_url = adapters::callback_url(public_url);
        if settings.xero.app.is_some() {
            info!(
                redirect_uri = callback_url,
                "Xero sends customers back here: it must be one of the app's redirect URIs"
            );
        }
        let web = web::router(WebState {
            store: self.store.clone(),
            clock: clock.clone(),
            ids: ids.clone(),
            otp: self.otp.clone(),
            public_url: public_url.to_owned(),
            callback_url,
            offered: adapters::offered(settings),
            platforms: self.platforms.clone(),
            vault: self.vault.clone(),
            address_header: settings
                .limits
                .as_ref()
                .and_then(|limits| limits.address_header.clone()),
        });
        let ofx = ofx_server::router(OfxState::new(
            self.store.clone(),
            clock.clone(),
            ids,
            self.ofx_options(public_url)?,
        ));
        let gate = Gate::new(settings.server.places);
        let mut router = gate
            .guard_api(api)
            .merge(gate.guard_web(web))
            .merge(gate.guard_ofx(ofx))
            .merge(health::router(self.health()));
        if settings.simulators {
            let books =
                QuickBooks::open(&format!("{}/ofx", self.url), self.books_file(), clock.clone())?;
            router = router.merge(simulators::router(Arc::new(books)));
        }
        if adapters::simulates_xero(settings) {
            let (id, secret) = (SIMULATED_CLIENT_ID, SIMULATED_CLIENT_SECRET);
            let xero = simulators::xero::router(simulators::Xero::new(clock, id, secret));
            router = router.nest(SIMULATED_XERO, xero);
        }
        Ok(router)
    }

    fn ofx_options(&self, public_url: &str) -> anyhow::Result<OfxOptions> {
        let quickbooks = &self.settings.quickbooks;
        let name = quickbooks.institution_name.clone();
        Ok(OfxOptions {
            bank_id: BankId::parse(&quickbooks.bank_id).context("quickbooks.bank_id")?,
            institution: Institution { name, ..Institution::default() },
            required_fi: quickbooks
                .required_org
                .clone()
                .map(|org| Fi { org, fid: quickbooks.required_fid.clone() }),
            history_days: quickbooks.history_days,
            test_transactions: if quickbooks.test_transactions {
                TestTransactions::On
            } else {
                TestTransactions::Off
            },
            ..OfxOptions::at(format!("{public_url}/ofx"))
        })
    }

    fn health(&self) -> Health {
        Health {
            store: self.store.clone(),
            simulators: self.settings.simulators,
            worker: self.settings.worker.enabled,
            storage: match self.settings.storage.place {
                Place::Folder(_) => "sqlite",
                Place::Url(_) => "postgresql",
            },
            looked: Arc::default(),
        }
    }

    /// With PostgreSQL there is no data folder: the simulated books live as long as the process.
    fn books_file(&self) -> Option<PathBuf> {
        match &self.settings.storage.place {
            Place::Folder(folder) => Some(folder.join(SIMULATED_BOOKS_FILE)),
            Place::Url(_) => None,
        }
    }
}
