//! The link of a visit's connection: how it stands, keeping what somebody wants of it, and waiting a little for the
//! worker, who does it. What a link means is the domain's.

use crate::refusal::{Refusal, Why};
use crate::session::Session;
use crate::state::WebState;
use domain::connection::Connection;
use domain::link::{Effects, Link};
use std::time::Duration;
use store::{LinkChange, LinkChanged};
use tokio::time::{Instant, sleep};

/// So long a page waits for the worker before it is shown and asks again by itself.
const WORKER_WAIT: Duration = Duration::from_secs(3);
const LOOK_PAUSE: Duration = Duration::from_millis(50);

/// The connection's link, or a new one.
pub(crate) async fn find_link(
    state: &WebState,
    session: &Session,
    connection: &Connection,
) -> Result<Link, Refusal> {
    let found = state.store.find_link(&session.about).await;
    let found = found.map_err(|error| session.fault(&error))?;
    Ok(found.unwrap_or_else(|| Link::new(session.about, connection.platform)))
}

/// Keeps a link as it was changed; `false` when others changed it first: then it is to be found and changed again.
pub(crate) async fn keep_link(
    state: &WebState,
    session: &Session,
    link: Link,
    effects: Effects,
) -> Result<bool, Refusal> {
    let change = LinkChange { link, effects, held_by: None, now: state.now() };
    let changed = state.store.change_link(&change).await;
    match changed.map_err(|error| session.fault(&error))? {
        LinkChanged::Changed => Ok(true),
        LinkChanged::Outdated | LinkChanged::LeaseLost => Ok(false),
        LinkChanged::Gone => Err(session.refuse(Why::Gone)),
    }
}

/// The link once the worker has done its part, or after a while as it is.
pub(crate) async fn await_link(
    state: &WebState,
    session: &Session,
    connection: &Connection,
    is_done: impl Fn(&Link) -> bool + Send,
) -> Result<Link, Refusal> {
    let until = Instant::now() + WORKER_WAIT;
    loop {
        let link = find_link(state, session, connection).await?;
        if is_done(&link) || Instant::now() >= until {
            return Ok(link);
        }
        sleep(LOOK_PAUSE).await;
    }
}
