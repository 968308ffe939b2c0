//! Who asks. A name and a password that belong together are a customer of one connection; whoever shows neither may
//! only read the profile.

mod check;
mod hashing;
mod remembered;

use domain::credential::Credential;
use jiff::Timestamp;
use ofx::{Credentials, Fi, Request, RequestMessage, SignOn, StatusCode};
use store::StoreError;

use crate::state::OfxState;
use check::check_password;

pub(crate) use hashing::Hashing;
pub(crate) use remembered::RememberedPasswords;

/// Who asks.
#[derive(Debug)]
pub(crate) enum Caller {
    /// The customer of a connection.
    Customer(Box<Credential>),
    /// Somebody who wants to know what this server can do.
    Stranger,
}

/// Why nobody is let in.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    /// The answer to the sign-on says why.
    #[error("{}", .0.text())]
    Status(StatusCode),
    /// Too many passwords wait to be hashed: come again later.
    #[error("too many sign-ons at once")]
    Overloaded,
    /// It is not known whether the password is right, or its failure could not be counted.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Refusal {
    const INVALID: Self = Self::Status(StatusCode::SignOnInvalid);
}

/// Finds out who asks.
pub(crate) async fn sign_on(
    state: &OfxState,
    request: &Request,
    now: Timestamp,
) -> Result<Caller, Refusal> {
    // One client leaves the sign-on out when it has no password at hand.
    let Some(sign_on) = &request.sign_on else { return Err(Refusal::INVALID) };
    if !names_required_fi(sign_on, state.options.required_fi.as_ref()) {
        return Err(Refusal::Status(StatusCode::FiMissingOrInvalid));
    }
    match &sign_on.credentials {
        Credentials::Anonymous if is_open_to_strangers(&request.messages) => Ok(Caller::Stranger),
        Credentials::Password { user_id, user_pass } => {
            let credential = check_password(state, user_id, user_pass, now).await?;
            Ok(Caller::Customer(Box::new(credential)))
        }
        // Nobody was ever given a key.
        Credentials::Anonymous | Credentials::UserKey(_) | Credentials::Absent => {
            Err(Refusal::INVALID)
        }
    }
}

fn names_required_fi(sign_on: &SignOn, required: Option<&Fi>) -> bool {
    let Some(required) = required else { return true };
    let same_fid = |fi: &Fi| required.fid.is_none() || fi.fid == required.fid;
    sign_on.fi.as_ref().is_some_and(|fi| fi.org == required.org && same_fid(fi))
}

/// The profile, and whatever is refused to everybody. A file without any request checks credentials, and strangers have
/// none.
fn is_open_to_strangers(messages: &[RequestMessage]) -> bool {
    let is_open = |message: &RequestMessage| match message {
        RequestMessage::Profile { .. }
        | RequestMessage::Unsupported { .. }
        | RequestMessage::Sync(_) => true,
        RequestMessage::AccountInfo { .. } | RequestMessage::Statement { .. } => false,
    };
    !messages.is_empty() && messages.iter().all(is_open)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ofx::Trn;

    fn trn() -> Trn {
        Trn { uid: "1".to_owned(), client_cookie: None }
    }

    #[test]
    fn strangers_may_read_the_profile_and_nothing_beside_it() {
        let profile = || RequestMessage::Profile { trn: trn(), dt_profile_up: None };
        let accounts = || RequestMessage::AccountInfo { trn: trn(), dt_acct_up: None };
        assert!(is_open_to_strangers(&[profile()]));
        assert!(is_open_to_strangers(&[profile(), profile()]));
        assert!(!is_open_to_strangers(&[]));
        assert!(!is_open_to_strangers(&[accounts()]));
        assert!(!is_open_to_strangers(&[profile(), accounts()]));
    }

    #[test]
    fn a_required_institution_is_named_with_its_number_if_it_has_one() {
        let fi = |org: &str, fid: Option<&str>| Fi {
            org: org.to_owned(),
            fid: fid.map(ToOwned::to_owned),
        };
        let named = |sent: Option<Fi>, required: Option<Fi>| {
            let sign_on = SignOn {
                credentials: Credentials::Absent,
                dt_client: None,
                language: "ENG".to_owned(),
                fi: sent,
                app_id: None,
                app_ver: None,
                client_uid: None,
                extras: Vec::new(),
            };
            names_required_fi(&sign_on, required.as_ref())
        };
        assert!(named(None, None) && named(Some(fi("B", None)), None));
        assert!(named(Some(fi("B", Some("1"))), Some(fi("B", Some("1")))));
        assert!(named(Some(fi("B", Some("2"))), Some(fi("B", None))));
        assert!(!named(None, Some(fi("B", None))));
        assert!(!named(Some(fi("C", Some("1"))), Some(fi("B", Some("1")))));
        assert!(!named(Some(fi("B", Some("2"))), Some(fi("B", Some("1")))));
        assert!(!named(Some(fi("B", None)), Some(fi("B", Some("1")))));
    }
}
