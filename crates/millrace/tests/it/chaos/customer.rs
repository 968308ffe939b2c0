//! A customer: lets us into the books, again whenever we are shut out, and says which account leads where.

use super::books::{Books, CALLBACK, Tenant};
use super::process::World;
use domain::clock::Clock as _;
use domain::connection::ConnectionStatus;
use domain::ids::{ConnectionPath, ConsentId, random_uuid};
use domain::link::{Consent, ConsentStage, Effects, Fingerprint, Link, MappingStage, Wish};
use domain::platform::XERO;
use domain::source_account::{AccountPath, AccountStatus};
use platforms::Authorizes;
use std::sync::Arc;
use store::link_secrets::{ConsentSecrets, LinkSecrets};
use store::{LinkChange, LinkChanged, Store};
use testkit::TODAY;

/// A customer with a connection of its own.
pub(super) struct Customer {
    pub(super) path: ConnectionPath,
    pub(super) tenant: Tenant,
    pub(super) wishes: Vec<(AccountPath, Wish)>,
}

/// What a customer looks at.
pub(super) struct Desk<'a> {
    pub(super) world: &'a World,
    pub(super) store: &'a Arc<dyn Store>,
    pub(super) books: &'a Books,
    pub(super) door: &'a dyn Authorizes,
}

impl Customer {
    /// Does what only a customer can; whether there was anything.
    pub(super) async fn look_after(&self, desk: &Desk<'_>) -> bool {
        let connection = desk.store.find_connection(&self.path).await.unwrap().unwrap();
        if connection.status == ConnectionStatus::Linked {
            return self.wish(desk).await;
        }
        let link = desk.store.find_link(&self.path).await.unwrap();
        let is_under_way = link.is_some_and(|link| {
            let coming =
                |one: &Consent| matches!(one.stage, ConsentStage::Came | ConsentStage::Chosen(_));
            link.consents.iter().any(coming)
        });
        if is_under_way {
            return false;
        }
        self.connect(desk).await;
        true
    }

    /// Through the platform's consent page.
    async fn connect(&self, desk: &Desk<'_>) {
        let (ids, now) = (desk.world.ids.as_ref(), desk.world.clock.now());
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
        self.change(desk, |link| {
            self.keep_secrets(desk, link, id, own.clone());
            link.begin_consent(begun.clone());
            Effects::default()
        })
        .await;
        let page = desk.door.consent_url(&asked);
        let query = desk.books.allow(&page, &self.tenant).await;
        self.change(desk, |link| {
            self.keep_secrets(
                desk,
                link,
                id,
                ConsentSecrets { query: query.clone(), ..own.clone() },
            );
            assert!(link.set_consent(id, ConsentStage::Came));
            Effects::default()
        })
        .await;
    }

    fn keep_secrets(&self, desk: &Desk<'_>, link: &mut Link, id: ConsentId, own: ConsentSecrets) {
        let vault = &desk.world.vault;
        let mut secrets = LinkSecrets::open(vault, link).unwrap();
        secrets.put_consent(id, own);
        link.secrets = Some(secrets.seal(vault, desk.world.ids.as_ref(), &self.path).unwrap());
    }

    /// Maps the accounts that lead nowhere yet.
    async fn wish(&self, desk: &Desk<'_>) -> bool {
        let accounts = desk.store.list_source_accounts(&self.path).await.unwrap().unwrap();
        let mut wished = false;
        for account in accounts.iter().filter(|one| one.status != AccountStatus::Connected) {
            let (_, wish) =
                self.wishes.iter().find(|(path, _)| path.account == account.id).unwrap();
            let link = desk.store.find_link(&self.path).await.unwrap().unwrap();
            let stage = link.mapping(&account.id).map(|mapping| &mapping.stage);
            let leads = stage.is_some_and(|stage| !matches!(stage, MappingStage::Failed { .. }));
            let is_told = link.books.is_some() || wish.target.is_none();
            if leads || !is_told {
                continue;
            }
            let now = desk.world.clock.now();
            wished = true;
            self.change(desk, |link| {
                let seen = (ConnectionStatus::Linked, now);
                link.wish(account, wish.clone(), seen).unwrap_or_else(|_refused| {
                    // The page has old books read anew for whoever looks at it.
                    link.want_books(now);
                    Effects::default()
                })
            })
            .await;
        }
        wished
    }

    /// Changes the link from how it stands.
    async fn change(&self, desk: &Desk<'_>, mut alter: impl FnMut(&mut Link) -> Effects) {
        loop {
            let found = desk.store.find_link(&self.path).await.unwrap();
            let mut link = found.unwrap_or_else(|| Link::new(self.path, &XERO));
            let effects = alter(&mut link);
            let now = desk.world.clock.now();
            let change = LinkChange { link, effects, held_by: None, now };
            match desk.store.change_link(&change).await.unwrap() {
                LinkChanged::Changed => return,
                LinkChanged::Outdated => {}
                lost @ (LinkChanged::LeaseLost | LinkChanged::Gone) => panic!("{lost:?}"),
            }
        }
    }

    /// Whether all of its accounts lead into the books.
    pub(super) async fn is_content(&self, store: &Arc<dyn Store>) -> bool {
        let connection = store.find_connection(&self.path).await.unwrap().unwrap();
        let accounts = store.list_source_accounts(&self.path).await.unwrap().unwrap();
        connection.status == ConnectionStatus::Linked
            && accounts.iter().all(|account| account.status == AccountStatus::Connected)
    }
}

/// A wish for an account: a new account of the books, or that one.
pub(super) fn a_wish(path: &AccountPath, target: Option<String>) -> Wish {
    Wish { account: path.account.clone(), target, feed_start: Some(TODAY) }
}
