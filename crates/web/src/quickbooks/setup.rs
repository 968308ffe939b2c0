//! The way into QuickBooks, step by step, and how far it has been gone.

use super::standing::{self, Standing};
use super::{CREDENTIALS, load};
use crate::form::Form;
use crate::page::{Frame, Tone, page};
use crate::refusal::Refusal;
use crate::session::Session;
use crate::state::Shared;
use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::branding::Callout;
use domain::credential::Secrets;

/// Where a page says that something was just done.
pub(super) const REVOKED: &str = "done=revoked";
/// Where somebody wants the page to stay as it is.
const STOPPED: &str = "refresh=no";
/// QuickBooks signs on when its user has typed: no sooner than this matters to anybody.
pub(super) const REFRESH_SECS: u32 = 10;

/// The page, in all its states.
#[derive(Template)]
#[template(path = "quickbooks/setup.html")]
pub(super) struct Content<'a> {
    pub(super) frame: &'a Frame,
    pub(super) home: String,
    pub(super) standing: Standing,
    pub(super) form: Form,
    /// Shown this once.
    pub(super) secrets: Option<Secrets>,
}

impl Content<'_> {
    /// Whether the page stands still while something is to come.
    fn is_awaited(&self) -> bool {
        let waits = matches!(self.standing, Standing::Waiting | Standing::SignedOn { .. });
        waits && self.secrets.is_none() && self.frame.refresh_secs.is_none()
    }

    /// What the bank wants to say besides, and its language where that is not the page's.
    fn callout(&self) -> Option<(Option<&'static str>, &Callout)> {
        let wanted = self.frame.texts.locale().callout_language();
        let (language, callout) = self.frame.brand.as_ref()?.callouts.nearest(wanted)?;
        Some(((language != wanted).then(|| language.tag()), callout))
    }

    /// When QuickBooks fetched last.
    fn fetched_at(&self) -> Option<String> {
        let Standing::Linked { fetched_at, .. } = &self.standing else { return None };
        fetched_at.map(|at| self.frame.texts.time(at))
    }

    /// When QuickBooks signed on, where accounts are still to be chosen.
    fn signed_on_at(&self) -> Option<String> {
        let Standing::SignedOn { at } = &self.standing else { return None };
        at.map(|at| self.frame.texts.time(at))
    }

    /// The accounts that were chosen.
    fn accounts(&self) -> &[String] {
        match &self.standing {
            Standing::Linked { accounts, .. } => accounts,
            Standing::Fresh
            | Standing::Withdrawn
            | Standing::Waiting
            | Standing::SignedOn { .. } => &[],
        }
    }
}

/// Shows the page.
pub(super) async fn show(
    State(state): State<Shared>,
    session: Session,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let connection = load(&state, &session).await?;
    let standing = standing::find(&state, &session, &connection).await?;
    let frame = frame(session.frame_of(&connection), &standing, query.as_deref());
    let form = session.form(CREDENTIALS);
    let home = session.home();
    let content = Content { frame: &frame, home, standing, form, secrets: None };
    Ok(page(StatusCode::OK, &frame, &content))
}

/// Only while somebody waits for something, and only as long as they like, does the page ask for itself again.
fn frame(frame: Frame, standing: &Standing, query: Option<&str>) -> Frame {
    match standing {
        Standing::Waiting | Standing::SignedOn { .. } if query != Some(STOPPED) => {
            frame.refreshing(REFRESH_SECS)
        }
        Standing::Fresh | Standing::Withdrawn if query == Some(REVOKED) => {
            frame.with_notice(Tone::Good, "quickbooks-revoked")
        }
        Standing::Fresh
        | Standing::Withdrawn
        | Standing::Waiting
        | Standing::SignedOn { .. }
        | Standing::Linked { .. } => frame,
    }
}

#[cfg(test)]
#[path = "setup_tests.rs"]
mod tests;
