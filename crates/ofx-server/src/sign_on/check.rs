//! Whether a name and a password belong together. A name that nobody has takes as long as a wrong password, and nothing
//! here tells the two apart.

use domain::credential::Credential;
use domain::password;
use jiff::Timestamp;
use ofx::{Secret, StatusCode};
use store::SignOn;
use tracing::warn;

use super::Refusal;
use crate::state::OfxState;

/// `USERID` has room for no more, and ours have 14 characters.
const USER_ID_CHARS_MAX: usize = 32;
/// The grammar's longest password in any version; hashing more would be work for a stranger.
const USER_PASS_BYTES_MAX: usize = 171;

/// The credential that the pair opens.
pub(super) async fn check_password(
    state: &OfxState,
    user_id: &str,
    user_pass: &Secret,
    now: Timestamp,
) -> Result<Credential, Refusal> {
    if user_pass.expose().len() > USER_PASS_BYTES_MAX {
        return Err(Refusal::INVALID);
    }
    let Some(credential) = find_credential(state, user_id).await? else {
        let nobody = state.hashing.run(user_pass, |password| {
            password::verify_nothing(password);
            false
        });
        nobody.await?;
        return Err(Refusal::INVALID);
    };
    // Before anything else: while a name is locked not even the right password opens it.
    if credential.guard.is_locked(now) {
        return Err(Refusal::Status(StatusCode::PasswordLockout));
    }
    if is_right(state, &credential, user_pass, now).await? {
        return welcome(state, credential, now).await;
    }
    let guard = state.store.record_sign_on(credential.id, SignOn::Wrong, now).await?;
    let locks_now = guard.is_locked(now);
    Err(if locks_now { Refusal::Status(StatusCode::PasswordLockout) } else { Refusal::INVALID })
}

async fn find_credential(state: &OfxState, user_id: &str) -> Result<Option<Credential>, Refusal> {
    // What cannot be a name of ours is not brought before the database, which may choke on it.
    let may_exist = (1..=USER_ID_CHARS_MAX).contains(&user_id.len())
        && user_id.bytes().all(|byte| byte.is_ascii_graphic());
    if !may_exist {
        return Ok(None);
    }
    Ok(state.store.find_credential(user_id).await?)
}

async fn is_right(
    state: &OfxState,
    credential: &Credential,
    user_pass: &Secret,
    now: Timestamp,
) -> Result<bool, Refusal> {
    if state.remembered.knows(credential, user_pass, now) {
        return Ok(true);
    }
    let hash = credential.password_hash.clone();
    let right =
        state.hashing.run(user_pass, move |password| password::verify(password, &hash)).await?;
    if right {
        state.remembered.remember(credential, user_pass, now);
    }
    Ok(right)
}

/// Forgets earlier failures, if there are any, and remembers the first success: a poll costs no write.
async fn welcome(
    state: &OfxState,
    credential: Credential,
    now: Timestamp,
) -> Result<Credential, Refusal> {
    let guard = credential.guard;
    if guard.after_success(now) == guard {
        return Ok(credential);
    }
    let recorded = state.store.record_sign_on(credential.id, SignOn::Right, now).await;
    match recorded {
        Err(error) if guard.failures > 0 => Err(error.into()),
        // The customer's page tells of it a little later: no reason to turn QuickBooks away.
        Err(error) => {
            warn!(credential.id = %credential.id, %error, "the first sign-on could not be noted");
            Ok(credential)
        }
        Ok(_) => Ok(credential),
    }
}
