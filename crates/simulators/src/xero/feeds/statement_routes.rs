//! `/Statements`: list, create, show.

use super::paging::page;
use super::statement::{Content, Shown, Stage, Statement};
use super::statement_body::{StatementBody, StatementsBody};
use crate::xero::Xero;
use crate::xero::door::Caller;
use crate::xero::faults::{Fault, Played};
use crate::xero::ids::Id;
use crate::xero::problem::{Kind, Problem, problem_answer};
use crate::xero::settings::Duplicates;
use crate::xero::world::World;
use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

/// What Xero takes in one request.
const REQUEST_BYTES_MAX: usize = 3_000_000;

/// What became of one item of a request.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Outcome {
    id: Id,
    feed_connection_id: Id,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    errors: Option<[Problem; 1]>,
}

#[derive(Serialize)]
struct Outcomes {
    items: Vec<Outcome>,
}

/// `GET /Statements`, the newest first.
pub(crate) async fn list_statements(
    State(xero): State<Xero>,
    Extension(caller): Extension<Caller>,
    RawQuery(query): RawQuery,
) -> Response {
    let shown: Vec<Shown> = xero.change(|world, _| {
        let own = world.statements.iter().rev().filter(|one| one.tenant == caller.tenant);
        own.map(Statement::shown).collect()
    });
    Json(page(shown, query.as_deref())).into_response()
}

/// `GET /Statements/{id}`.
pub(crate) async fn get_statement(
    State(xero): State<Xero>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
) -> Response {
    let id = Id::parse(&id);
    let shown = xero.change(|world, _| {
        let mut own = world.statements.iter().filter(|one| one.tenant == caller.tenant);
        own.find(|one| Some(one.id) == id).map(Statement::shown)
    });
    match shown {
        Some(shown) => Json(shown).into_response(),
        None => Problem::from(Kind::StatementNotFound).answer(),
    }
}

/// `POST /Statements`: all items are well-formed, or nothing is done.
pub(crate) async fn create_statements(
    State(xero): State<Xero>,
    Extension(caller): Extension<Caller>,
    Extension(played): Extension<Played>,
    body: Bytes,
) -> Response {
    if let Some(problem) = too_large(body.len()) {
        return problem.answer();
    }
    let created = StatementsBody::read(&body)
        .and_then(|items| xero.change(|world, now| create(world, &caller, &items, (played, now))));
    let items = match created {
        Ok(items) => items,
        Err(problem) => return problem.answer(),
    };
    // With one item taken the request is a success; the others say for themselves what they are.
    let first = items.iter().filter_map(|item| item.errors.as_ref()).flatten().next();
    let refused = first.filter(|_| items.iter().all(|item| item.errors.is_some()));
    match refused.map(|problem| problem.status) {
        Some(status) => problem_answer(status, &Outcomes { items }),
        None => (StatusCode::ACCEPTED, Json(Outcomes { items })).into_response(),
    }
}

fn too_large(bytes: usize) -> Option<Problem> {
    let detail =
        format!("Request size of {bytes} bytes exceeds the limit of {REQUEST_BYTES_MAX} bytes.");
    let problem = Problem { title: "Request too large", status: 413, ..Problem::request(detail) };
    (bytes > REQUEST_BYTES_MAX).then_some(problem)
}

fn create(
    world: &mut World,
    caller: &Caller,
    items: &[StatementBody],
    (played, now): (Played, Timestamp),
) -> Result<Vec<Outcome>, Problem> {
    let contents = items.iter().map(|item| item.content(now)).collect::<Result<Vec<_>, _>>()?;
    if played.is(Fault::FeedSwitchedOff) {
        for content in &contents {
            world.switch_off_feed(content.feed);
        }
    }
    for content in &contents {
        check_feed(world, caller.tenant, content.feed)?;
        if !content.adds_up() {
            return Err(Kind::InvalidEndBalance.into());
        }
    }
    let each = contents.into_iter().enumerate();
    Ok(each.map(|(place, content)| accept(world, caller, content, (played, place, now))).collect())
}

fn check_feed(world: &World, tenant: Id, feed: Id) -> Result<(), Problem> {
    match world.feed(feed) {
        Some(feed) if feed.tenant != tenant => Err(Kind::FeedOfAnotherOrganisation.into()),
        Some(feed) if feed.is_connected() => Ok(()),
        Some(_) | None => Err(Kind::InvalidFeedConnection.into()),
    }
}

fn accept(
    world: &mut World,
    caller: &Caller,
    content: Content,
    (played, place, now): (Played, usize, Timestamp),
) -> Outcome {
    let (id, feed_connection_id) = (world.ids.id(), content.feed);
    let reason = played.0.and_then(|order| order.problem).unwrap_or(Kind::DuplicateStatement);
    let fingerprint = content.fingerprint();
    let is_duplicate =
        world.settings.duplicates == Duplicates::Immediate && world.is_known(&fingerprint);
    let refused = if is_duplicate {
        Some(Kind::DuplicateStatement)
    } else {
        (played.is(Fault::SomeRejected) && place == 0).then_some(reason)
    };
    let stage = match refused {
        Some(kind) => Stage::Rejected(kind.into()),
        None => pending(world, (played, reason), now),
    };
    let (status, errors) = match &stage {
        Stage::Rejected(problem) => ("REJECTED", Some([problem.clone()])),
        Stage::Pending { .. } | Stage::Delivered { .. } => ("PENDING", None),
    };
    world.statements.push(Statement { id, tenant: caller.tenant, content, fingerprint, stage });
    Outcome { id, feed_connection_id, status, errors }
}

fn pending(world: &World, (played, reason): (Played, Kind), now: Timestamp) -> Stage {
    let delay = SignedDuration::from_secs(world.settings.delivery_secs.into());
    let due = now.saturating_add(delay).unwrap_or(now);
    Stage::Pending {
        due: (!played.is(Fault::StaysPending)).then_some(due),
        verdict: played.is(Fault::RejectedLate).then(|| reason.into()),
    }
}
