//! The page itself: how the connection stands, and a card for each account.

use super::board::{Card, lay_out};
use super::entry::{Days, Entry, Fault};
use super::view::{View, Wrong};
use super::{CONNECT, DISCONNECT, is_home_of, list_accounts, step_of};
use crate::authorize::{self, AUTHORIZE};
use crate::form::Form;
use crate::linked::{await_link, find_link, keep_link};
use crate::page::{Frame, Tone, page};
use crate::refusal::Refusal;
use crate::session::Session;
use crate::state::WebState;
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use domain::connection::{Connection, Trouble, TroubleKind};
use domain::link::{Effects, Link};
use domain::source_account::{AccountId, SourceAccount};
use jiff::{SignedDuration, Timestamp};

/// Where a page says that something was just done.
pub(super) const DISCONNECTED: &str = "done=disconnected";
/// Where somebody wants the page to stay as it is.
const STOPPED: &str = "refresh=no";
/// A platform sets a feed up within seconds.
pub(super) const REFRESH_SECS: u32 = 3;
/// Older books are read again for whoever looks at them: they may have been changed for this very page.
const BOOKS_AGE_MAX: SignedDuration = SignedDuration::from_secs(60);

/// The page, in all its states.
#[derive(Template)]
#[template(path = "mapping/page.html")]
pub(super) struct Content<'a> {
    frame: &'a Frame,
    home: String,
    organisation: Option<&'a str>,
    /// What is wrong with the connection now.
    trouble: Option<&'a Trouble>,
    /// When the platform took lines last.
    synced_at: Option<Timestamp>,
    /// Signs in at the platform again.
    sign_in: Form,
    /// Nothing while the books have not been read.
    cards: Option<Vec<View<'a>>>,
}

/// What a page is written from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scene<'a> {
    pub(super) connection: &'a Connection,
    pub(super) link: &'a Link,
    pub(super) accounts: &'a [SourceAccount],
    pub(super) days: Days,
}

/// A form that is shown again, with what is wrong with it.
#[derive(Clone, Debug)]
pub(super) struct Retry {
    pub(super) account: AccountId,
    pub(super) entry: Entry,
    pub(super) faults: Vec<Fault>,
}

impl Content<'_> {
    /// Whether something comes by itself. Never while there is a form: what is typed into it would be lost.
    pub(super) fn is_awaited(&self) -> bool {
        let Some(cards) = &self.cards else { return true };
        cards.iter().any(View::is_connecting) && !cards.iter().any(View::is_open)
    }

    fn wrongs(&self) -> Vec<Wrong> {
        self.cards.iter().flatten().flat_map(View::wrongs).collect()
    }

    fn has_forms(&self) -> bool {
        self.cards.iter().flatten().any(View::is_open)
    }

    fn sent_at(&self) -> Option<String> {
        self.synced_at.map(|at| self.frame.texts.moment(at))
    }
}

impl<'a> Scene<'a> {
    /// Writes a page whose forms `form` makes, each for a step below `home`.
    pub(super) fn write(
        self,
        frame: &'a Frame,
        home: &str,
        form: impl Fn(&str) -> Form,
        mut retry: Option<Retry>,
    ) -> Content<'a> {
        let Self { connection, link, accounts, days } = self;
        let cards = link.books.as_ref().map(|books| lay_out(link, books, accounts));
        let view = |card: Card<'a>| {
            let account = card.account;
            let own = retry.take_if(|retry| retry.account == account.id);
            let (entry, faults) = own.map(|own| (own.entry, own.faults)).unzip();
            View {
                frame,
                connect: form(&step_of(account, CONNECT)),
                disconnect: format!("{home}/{}", step_of(account, DISCONNECT)),
                card,
                entry,
                faults: faults.unwrap_or_default(),
                days,
            }
        };
        let cards = cards.map(|cards| cards.into_iter().map(view).collect());
        Content {
            frame,
            home: home.to_owned(),
            organisation: link.organisation.as_ref().map(|one| one.name.as_str()),
            trouble: connection.trouble.as_ref().filter(|trouble| trouble.ended_at.is_none()),
            synced_at: connection.synced_at,
            sign_in: form(AUTHORIZE),
            cards,
        }
    }

    fn write_for(self, session: &Session, frame: &'a Frame, retry: Option<Retry>) -> Content<'a> {
        self.write(frame, &session.home(), |step| session.form(step), retry)
    }
}

/// Shows the page, with the books as they are now.
pub(crate) async fn show(
    state: &WebState,
    session: &Session,
    connection: &Connection,
    query: Option<&str>,
) -> Result<Response, Refusal> {
    let link = freshen(state, session, connection).await?;
    // Again: the platform may have said something meanwhile.
    let connection = &session.load_connection(state).await?;
    if !link.is_authorized() || !is_home_of(connection) {
        return authorize::show(state, session, connection).await;
    }
    let accounts = list_accounts(state, session).await?;
    let frame = authorize::leading_out(state, session, connection)?;
    let frame = match query {
        Some(DISCONNECTED) => frame.with_notice(Tone::Good, "mapping-disconnected"),
        Some(_) | None => frame,
    };
    let days = Days::of(connection.platform, state.now());
    let scene = Scene { connection, link: &link, accounts: &accounts, days };
    let content = scene.write_for(session, &frame, None);
    if query == Some(STOPPED) || !content.is_awaited() {
        return Ok(page(StatusCode::OK, &frame, &content));
    }
    let frame = frame.clone().refreshing(REFRESH_SECS);
    let content = scene.write_for(session, &frame, None);
    Ok(page(StatusCode::OK, &frame, &content))
}

/// Shows the page again with what was typed, and what is wrong with it.
pub(super) async fn show_faults(
    state: &WebState,
    session: &Session,
    connection: &Connection,
    retry: Retry,
) -> Result<Response, Refusal> {
    let link = find_link(state, session, connection).await?;
    let accounts = list_accounts(state, session).await?;
    let frame = authorize::leading_out(state, session, connection)?;
    let days = Days::of(connection.platform, state.now());
    let scene = Scene { connection, link: &link, accounts: &accounts, days };
    let content = scene.write_for(session, &frame, Some(retry));
    Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &frame, &content))
}

/// The link, with newer books than it had if those were old: asked for here, read by the worker.
async fn freshen(
    state: &WebState,
    session: &Session,
    connection: &Connection,
) -> Result<Link, Refusal> {
    loop {
        let mut link = find_link(state, session, connection).await?;
        let now = state.now();
        let is_old = |read_at: Timestamp| now.duration_since(read_at) > BOOKS_AGE_MAX;
        let is_wanting = link.books.as_ref().is_none_or(|books| is_old(books.read_at));
        if !link.is_authorized() || !is_wanting || link.books_wanted_at.is_some() {
            break;
        }
        link.want_books(now);
        if keep_link(state, session, link, Effects::default()).await? {
            break;
        }
    }
    // Whoever waits for a platform that does not answer, waits for nothing.
    let now = state.now();
    let is_read = |link: &Link| {
        link.books_wanted_at.is_none() || link.pause_until.is_some_and(|until| until > now)
    };
    await_link(state, session, connection, is_read).await
}
