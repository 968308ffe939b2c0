//! A feed connection and its life: PENDING, then connected to a bank account or REJECTED, at last gone.

use crate::xero::ids::Id;
use crate::xero::organisation::{BankKind, BankSide};
use crate::xero::problem::Problem;
use crate::xero::world::World;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

/// A feed connection.
#[derive(Clone, Debug)]
pub(crate) struct Feed {
    pub(super) id: Id,
    pub(crate) tenant: Id,
    /// The bank's own identifier of the account.
    pub(super) token: String,
    pub(super) number: Option<String>,
    pub(super) name: Option<String>,
    pub(super) kind: BankKind,
    pub(super) currency: String,
    pub(super) country: Option<String>,
    /// The bank account in Xero, once there is one; a new one is opened at the end of PENDING.
    pub(super) account: Option<Id>,
    pub(super) stage: Stage,
}

/// Where a feed connection stands.
#[derive(Clone, Debug)]
pub(super) enum Stage {
    /// In Xero's hands: until when, and what becomes of it. Without an end it stays so.
    Pending { due: Option<Timestamp>, verdict: Option<Problem> },
    /// Statements can come.
    Connected,
    /// It never came to be.
    Rejected(Problem),
    /// Asked to go.
    Leaving { due: Timestamp },
    /// Deleted, or switched off by the user.
    Gone,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Shown {
    id: Id,
    account_token: String,
    account_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    account_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    account_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    account_id: Option<Id>,
    currency: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    country: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Problem>,
}

impl Feed {
    /// Whether it takes its account token and its bank account.
    pub(super) const fn is_live(&self) -> bool {
        matches!(self.stage, Stage::Pending { .. } | Stage::Connected | Stage::Leaving { .. })
    }

    /// Whether statements can come.
    pub(super) const fn is_connected(&self) -> bool {
        matches!(self.stage, Stage::Connected)
    }

    /// Whether anybody can still see it.
    pub(super) const fn is_shown(&self) -> bool {
        !matches!(self.stage, Stage::Gone)
    }

    /// What of a bank account it knows.
    pub(super) fn bank_side(&self) -> BankSide {
        BankSide {
            number: self.number.clone().unwrap_or_default(),
            kind: self.kind,
            currency: self.currency.clone(),
        }
    }

    /// As the control API shows it.
    pub(crate) fn summary(&self) -> Value {
        let stage = match self.stage {
            Stage::Pending { .. } => "pending",
            Stage::Connected => "connected",
            Stage::Rejected(_) => "rejected",
            Stage::Leaving { .. } => "leaving",
            Stage::Gone => "gone",
        };
        json!({"id": self.id, "accountToken": self.token, "accountId": self.account, "stage": stage})
    }

    /// As the API shows it.
    pub(super) fn shown(&self, world: &World) -> Shown {
        let organisation = world.organisation(self.tenant);
        let is_pending = matches!(self.stage, Stage::Pending { .. });
        // A feed says which account it has when it has it, not before.
        let account_id = self.account.filter(|_| self.is_live() && !is_pending);
        let account = account_id.and_then(|id| organisation?.account(id));
        let (status, error) = match &self.stage {
            Stage::Pending { .. } => (Some("PENDING"), None),
            Stage::Rejected(problem) => (Some("REJECTED"), Some(problem.clone())),
            Stage::Connected | Stage::Leaving { .. } | Stage::Gone => (None, None),
        };
        let number = account.and_then(|account| account.bank.as_ref());
        Shown {
            id: self.id,
            account_token: self.token.clone(),
            account_type: self.kind.name(),
            account_number: number.map(|bank| bank.number.clone()).or_else(|| self.number.clone()),
            account_name: account.map(|one| one.name.clone()).or_else(|| self.name.clone()),
            account_id,
            currency: self.currency.clone(),
            country: self.country.clone().or_else(|| organisation.map(|one| one.country.clone())),
            status,
            error,
        }
    }
}

impl World {
    /// Connects, rejects and removes the feeds whose time has come.
    pub(crate) fn settle_feeds(&mut self, now: Timestamp) {
        for feed in &mut self.feeds {
            match &feed.stage {
                Stage::Pending { due: Some(due), verdict } if *due <= now => {
                    feed.stage = verdict.clone().map_or(Stage::Connected, Stage::Rejected);
                }
                Stage::Leaving { due } if *due <= now => feed.stage = Stage::Gone,
                Stage::Pending { .. }
                | Stage::Connected
                | Stage::Rejected(_)
                | Stage::Leaving { .. }
                | Stage::Gone => continue,
            }
            if !feed.is_connected() || feed.account.is_some() {
                continue;
            }
            let organisations = &mut self.organisations;
            let organisation = organisations.iter_mut().find(|one| one.id == feed.tenant);
            if let Some(organisation) = organisation {
                let name = feed.name.clone().unwrap_or_default();
                let bank = feed.bank_side();
                feed.account = Some(organisation.open_account(&mut self.ids, &name, bank));
            }
        }
    }

    /// A feed by its id.
    pub(super) fn feed(&self, id: Id) -> Option<&Feed> {
        self.feeds.iter().find(|feed| feed.id == id)
    }

    /// The user switches a feed off; whether there was one.
    pub(crate) fn switch_off_feed(&mut self, id: Id) -> bool {
        let feed = self.feeds.iter_mut().find(|feed| feed.id == id && feed.is_live());
        feed.map(|feed| feed.stage = Stage::Gone).is_some()
    }
}
