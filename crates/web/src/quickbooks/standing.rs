//! How far a person has come: decided from what is kept, so that every reload tells the truth.

use crate::refusal::Refusal;
use crate::session::Session;
use crate::state::WebState;
use domain::connection::{Connection, ConnectionStatus};
use domain::credential::Credential;
use domain::source_account::{AccountStatus, SourceAccount};
use jiff::Timestamp;

/// How far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// There are no credentials yet.
    Fresh,
    /// QuickBooks had access and has it no more.
    Withdrawn,
    /// There are credentials, and QuickBooks has not signed on with any.
    Waiting,
    /// QuickBooks signed on; no account was chosen there.
    SignedOn {
        /// When it first did, with the newest credentials.
        at: Option<Timestamp>,
    },
    /// Accounts were chosen.
    Linked {
        /// What they are called.
        accounts: Vec<String>,
        /// When QuickBooks fetched last.
        fetched_at: Option<Timestamp>,
    },
}

/// Where a connection stands.
pub(super) async fn find(
    state: &WebState,
    session: &Session,
    connection: &Connection,
) -> Result<Standing, Refusal> {
    let (store, path) = (&state.store, &session.about);
    let newest = store.find_newest_credential(path).await.map_err(|error| session.fault(&error))?;
    let accounts = store.list_source_accounts(path).await.map_err(|error| session.fault(&error))?;
    Ok(Standing::of(connection, newest.as_ref(), &accounts.unwrap_or_default()))
}

impl Standing {
    fn of(
        connection: &Connection,
        newest: Option<&Credential>,
        accounts: &[SourceAccount],
    ) -> Self {
        match (connection.status, newest) {
            (ConnectionStatus::Linked, _) => {
                let chosen = |account: &&SourceAccount| account.status == AccountStatus::Connected;
                let chosen: Vec<_> = accounts.iter().filter(chosen).map(name).collect();
                if chosen.is_empty() {
                    let at = newest.and_then(|newest| newest.guard.signed_on_at);
                    return Self::SignedOn { at };
                }
                Self::Linked { accounts: chosen, fetched_at: connection.synced_at }
            }
            (_, Some(_)) => Self::Waiting,
            (ConnectionStatus::PendingAuth, None) => Self::Fresh,
            (ConnectionStatus::Unlinked | ConnectionStatus::Deauthorized, None) => Self::Withdrawn,
        }
    }

    /// Whether there is something that QuickBooks could sign on with, or has.
    pub(super) const fn has_access(&self) -> bool {
        matches!(self, Self::Waiting | Self::SignedOn { .. } | Self::Linked { .. })
    }

    /// Whether QuickBooks signed on: taking its access away ends something.
    pub(super) const fn is_signed_on(&self) -> bool {
        matches!(self, Self::SignedOn { .. } | Self::Linked { .. })
    }
}

fn name(account: &SourceAccount) -> String {
    account.details.name.clone().unwrap_or_else(|| account.id.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use testkit::{NOON, a_client, a_company, a_connection, a_credential, an_account};

    #[test]
    fn what_is_kept_tells_how_far_a_person_has_come() {
        use ConnectionStatus::{Deauthorized, Linked, PendingAuth, Unlinked};
        let linked = a_connection(&a_company(a_client().id));
        let chosen = an_account(&linked, "chosen");
        let other =
            SourceAccount { status: AccountStatus::Pending, ..an_account(&linked, "other") };
        let all = [chosen, other.clone()];
        let one = vec!["Current account".to_owned()];
        let mut credential = a_credential(linked.path());
        credential.guard = credential.guard.after_success(NOON);
        let signed_on = Standing::SignedOn { at: Some(NOON) };
        for (status, has_credentials, accounts, expected) in [
            (PendingAuth, false, &all[1..], Standing::Fresh),
            (PendingAuth, true, &all[1..], Standing::Waiting),
            (Linked, true, &[], signed_on.clone()),
            (Linked, true, &all[1..], signed_on),
            (Linked, true, &all[..], Standing::Linked { accounts: one, fetched_at: Some(NOON) }),
            (Unlinked, false, &all[..], Standing::Withdrawn),
            (Unlinked, true, &all[..], Standing::Waiting),
            (Deauthorized, false, &[], Standing::Withdrawn),
        ] {
            let connection = Connection { status, synced_at: Some(NOON), ..linked.clone() };
            let newest = has_credentials.then_some(&credential);
            let found = Standing::of(&connection, newest, accounts);
            assert_eq!(found, expected, "{status:?} {has_credentials}");
        }
    }
}
