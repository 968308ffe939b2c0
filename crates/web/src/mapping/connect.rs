//! An account is to lead somewhere: what was typed is checked against the books as they are, then wished for.

use super::entry::{Days, Entry, Fault, Wanted};
use super::show::{Retry, show_faults};
use super::{anchor_of, find_account, is_home_of};
use crate::form::Posted;
use crate::linked::{await_link, find_link, keep_link};
use crate::refusal::Refusal;
use crate::session::Session;
use crate::state::{Shared, WebState};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use domain::connection::Connection;
use domain::link::{Link, Mapping, MappingStage, Wish, WishRefused};
use domain::source_account::SourceAccount;
use tracing::info;

/// Whoever asks for the address of a form's answer gets the page that has the form.
pub(super) async fn go_back(session: Session) -> Response {
    Redirect::to(&session.home()).into_response()
}

/// Connects an account, or says what keeps it from being connected.
pub(super) async fn connect(
    State(state): State<Shared>,
    Path((_, number)): Path<(String, String)>,
    posted: Posted,
) -> Result<Response, Refusal> {
    let session = &posted.session;
    let connection = session.load_connection(&state).await?;
    let account = find_account(&state, session, &number).await?;
    let Some(account) = account.filter(|_| is_home_of(&connection)) else {
        return Ok(Redirect::to(&session.home()).into_response());
    };
    let entry = Entry::read(&posted);
    let done = match entry.understand(&Days::of(connection.platform, state.now())) {
        Ok(wanted) => wish(&state, session, (&connection, &number), &wanted).await?,
        Err(faults) => Done::Wrong(faults),
    };
    match done {
        Done::Wished => {
            info!(connection.id = %connection.id, "an account is to be connected");
            settle(&state, session, &connection, &account).await
        }
        Done::Moot => Ok(Redirect::to(&session.home()).into_response()),
        Done::Wrong(faults) => {
            let retry = Retry { account: account.id, entry, faults };
            show_faults(&state, session, &connection, retry).await
        }
    }
}

/// What became of a wish.
enum Done {
    Wished,
    /// The connection stands otherwise by now: its home tells.
    Moot,
    Wrong(Vec<Fault>),
}

async fn wish(
    state: &WebState,
    session: &Session,
    (connection, number): (&Connection, &str),
    wanted: &Wanted,
) -> Result<Done, Refusal> {
    loop {
        let mut link = find_link(state, session, connection).await?;
        // Read behind the link: who changes them from now on makes a new version of it.
        let connection = session.load_connection(state).await?;
        let Some(account) = find_account(state, session, number).await? else {
            return Ok(Done::Moot);
        };
        let account = &account;
        // The domain takes a wish for a new account for any that is there; whoever chose wants to know.
        let standing = link.standing(account).filter(|own| !own.is_failed());
        let is_other = |own: &Mapping| own.wish.target != wanted.target;
        if standing.is_some_and(is_other) {
            return Ok(Done::Wrong(vec![Fault::Taken]));
        }
        let (account_id, target) = (account.id.clone(), wanted.target.clone());
        let wish = Wish { account: account_id, target, feed_start: Some(wanted.start) };
        let effects = match link.wish(account, wish, (connection.status, state.now())) {
            Ok(effects) => effects,
            Err(WishRefused::NotLinked(_) | WishRefused::NoBooks) => return Ok(Done::Moot),
            Err(WishRefused::Mapped(_)) => return Ok(Done::Wrong(vec![Fault::Taken])),
            Err(WishRefused::UnknownTarget(_)) => {
                return Ok(Done::Wrong(vec![Fault::UnknownTarget]));
            }
            Err(WishRefused::Unfit { .. }) => {
                let fault = why_unfit(&link, account, wanted).unwrap_or(Fault::Refused);
                return Ok(Done::Wrong(vec![fault]));
            }
        };
        if keep_link(state, session, link, effects).await? {
            return Ok(Done::Wished);
        }
    }
}

/// Why a target cannot be chosen, so that people can be told in their language.
fn why_unfit(link: &Link, account: &SourceAccount, wanted: &Wanted) -> Option<Fault> {
    let target = link.books.as_ref()?.target(wanted.target.as_deref()?)?;
    let why = link.unfit(account, target)?;
    Some(Fault::Unfit(target.clone(), why))
}

/// Waits a little for the worker, so that people mostly see how it came out.
async fn settle(
    state: &WebState,
    session: &Session,
    connection: &Connection,
    account: &SourceAccount,
) -> Result<Response, Refusal> {
    let is_under_way = |mapping: &Mapping| matches!(mapping.stage, MappingStage::Connecting { .. });
    let is_settled = |link: &Link| !link.mapping(&account.id).is_some_and(is_under_way);
    let link = await_link(state, session, connection, is_settled).await?;
    let home = session.home();
    // A page that refreshes itself must have no place in its address: browsers would only go to that place.
    if link.mappings.iter().any(is_under_way) {
        return Ok(Redirect::to(&home).into_response());
    }
    Ok(Redirect::to(&format!("{home}#{}", anchor_of(account))).into_response())
}
