//! The books behind a connection, as they were read last. No door calls a platform: whoever wants newer books says so in
//! the link, a worker reads them, and a later look finds them. Which accounts fit is the domain's.

use crate::envelope::{Answer, ApiError};
use crate::state::ApiState;
use crate::turn;
use domain::connection::{Connection, ConnectionStatus};
use domain::ids::ConnectionPath;
use domain::link::{Books, Effects, Link, WishRefused};
use jiff::{SignedDuration, Timestamp};
use std::time::Duration;
use store::{LinkChange, LinkChanged};

/// Older books are shown, and read again: somebody may just have opened an account in them.
const BOOKS_AGE_MAX: SignedDuration = SignedDuration::from_secs(60);
/// So long a caller waits for the first books of a connection that was just linked: reading them takes three calls.
const FIRST_BOOKS_WAIT: Duration = Duration::from_secs(5);
/// Another process may read them, so nothing here tells when they are there.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// A connection's link with what is known of the books; nothing of a connection that nobody has tried to link. Where the
/// platform lets us in, books that have aged are asked for again, and the first ones are waited for.
pub(crate) async fn load_books(state: &ApiState, connection: &Connection) -> Answer<Option<Link>> {
    let path = connection.path();
    let Some(link) = state.store.find_link(&path).await? else { return Ok(None) };
    if connection.status != ConnectionStatus::Linked || !link.is_authorized() {
        return Ok(Some(link));
    }
    match &link.books {
        None => wait_for_books(state, &path).await,
        Some(books) if is_aged(books, state.now()) => want_books(state, link).await,
        Some(_) => Ok(Some(link)),
    }
}

/// 409, or what else there is to do about books that nobody has read yet.
pub(crate) fn no_books(connection: &Connection) -> ApiError {
    match connection.status {
        ConnectionStatus::Linked => ApiError::conflict(WishRefused::NoBooks.to_string()),
        status @ (ConnectionStatus::PendingAuth
        | ConnectionStatus::Unlinked
        | ConnectionStatus::Deauthorized) => {
            ApiError::conflict(WishRefused::NotLinked(status.name()).to_string())
        }
    }
}

fn is_aged(books: &Books, now: Timestamp) -> bool {
    now.duration_since(books.read_at) > BOOKS_AGE_MAX
}

/// Has the books read again, unless somebody has done so already; answers the link as it is then.
async fn want_books(state: &ApiState, mut link: Link) -> Answer<Option<Link>> {
    let path = link.path;
    while link.books_wanted_at.is_none() {
        let now = state.now();
        link.want_books(now);
        let change = LinkChange { link, effects: Effects::default(), held_by: None, now };
        let changed = state.store.change_link(&change).await?;
        let Some(found) = state.store.find_link(&path).await? else { return Ok(None) };
        if changed == LinkChanged::Changed {
            return Ok(Some(found));
        }
        link = found;
    }
    Ok(Some(link))
}

async fn wait_for_books(state: &ApiState, path: &ConnectionPath) -> Answer<Option<Link>> {
    let until = tokio::time::Instant::now() + FIRST_BOOKS_WAIT;
    loop {
        let link = state.store.find_link(path).await?;
        let may_come =
            link.as_ref().is_some_and(|link| link.books.is_none() && link.is_authorized());
        let is_late = tokio::time::Instant::now() >= until;
        if !may_come || is_late || state.stopping.is_cancelled() {
            return Ok(link);
        }
        turn::give_back();
        tokio::select! {
            () = tokio::time::sleep(LOOK_AGAIN) => {}
            () = state.stopping.cancelled() => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;
    use testkit::{NOON, noon_plus};

    #[test]
    fn books_age_within_a_minute() {
        let books = sample::books(Vec::new());
        assert_eq!((books.read_at, is_aged(&books, NOON)), (NOON, false));
        assert!(!is_aged(&books, noon_plus(1)) && is_aged(&books, noon_plus(2)));
    }

    #[test]
    fn who_has_no_books_is_told_what_to_wait_for() {
        let pending = sample::connection();
        let text = no_books(&pending).into_text();
        assert!(text.starts_with("the connection is PendingAuth, not Linked"), "{text}");
        let linked = Connection { status: ConnectionStatus::Linked, ..pending };
        assert!(no_books(&linked).into_text().ends_with("try again in a moment"));
    }
}
