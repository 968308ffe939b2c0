//! `/FeedConnections`: list, create, show, delete.

use super::feed::{Feed, Shown, Stage};
use super::feed_body::{FeedBody, FeedsBody};
use super::paging::page;
use crate::xero::Xero;
use crate::xero::door::Caller;
use crate::xero::faults::{Fault, Played};
use crate::xero::ids::Id;
use crate::xero::problem::{Kind, Problem};
use crate::xero::world::World;
use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

/// What became of one item of a request.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Outcome {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<Id>,
    #[serde(skip_serializing_if = "Option::is_none")]
    account_token: Option<String>,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Problem>,
}

#[derive(Serialize)]
struct Outcomes {
    items: Vec<Outcome>,
}

/// `GET /FeedConnections`. The contract says 202 here too.
pub(crate) async fn list_feeds(
    State(xero): State<Xero>,
    Extension(caller): Extension<Caller>,
    RawQuery(query): RawQuery,
) -> Response {
    let shown: Vec<Shown> = xero.change(|world, _| {
        let feeds = world.feeds.iter().filter(|feed| feed.tenant == caller.tenant);
        feeds.filter(|feed| feed.is_shown()).map(|feed| feed.shown(world)).collect()
    });
    (StatusCode::ACCEPTED, Json(page(shown, query.as_deref()))).into_response()
}

/// `GET /FeedConnections/{id}`. The contract knows no 404 here.
pub(crate) async fn get_feed(
    State(xero): State<Xero>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
) -> Response {
    let shown = xero.change(|world, _| {
        let feed = world.feed(Id::parse(&id)?)?;
        (feed.tenant == caller.tenant && feed.is_shown()).then(|| feed.shown(world))
    });
    match shown {
        Some(shown) => Json(shown).into_response(),
        None => Problem::from(Kind::BankFeedNotFound).answer(),
    }
}

/// `POST /FeedConnections`.
pub(crate) async fn create_feeds(
    State(xero): State<Xero>,
    Extension(caller): Extension<Caller>,
    Extension(played): Extension<Played>,
    body: Bytes,
) -> Response {
    let items = match FeedsBody::read(&body) {
        Ok(items) => items,
        Err(problem) => return problem.answer(),
    };
    let items: Vec<Outcome> = xero.change(|world, now| {
        let due = later(world, now);
        let each = items.iter().enumerate();
        each.map(|(place, item)| create(world, &caller, item, (played, place, due))).collect()
    });
    let is_any_accepted = items.iter().any(|item| item.error.is_none());
    let status = if is_any_accepted { StatusCode::ACCEPTED } else { StatusCode::BAD_REQUEST };
    (status, Json(Outcomes { items })).into_response()
}

fn create(
    world: &mut World,
    caller: &Caller,
    item: &FeedBody,
    (played, place, due): (Played, usize, Timestamp),
) -> Outcome {
    let account_token = item.token_shown();
    let ends = (!played.is(Fault::StaysPending)).then_some(due);
    let refused = refused_by_fault(played, place);
    let judged = refused.map_or_else(|| item.draft(), Err);
    match judged.and_then(|draft| world.judge_feed(caller.tenant, draft, ends)) {
        Ok(feed) => {
            let id = Some(feed.id);
            world.feeds.push(with_verdict(feed, played));
            Outcome { id, account_token, status: "PENDING", error: None }
        }
        Err(problem) => {
            Outcome { id: None, account_token, status: "REJECTED", error: Some(problem) }
        }
    }
}

fn refused_by_fault(played: Played, place: usize) -> Option<Problem> {
    if played.is(Fault::FeedConnectedElsewhere) {
        return Some(Kind::AlreadyConnectedThere.into());
    }
    let is_first = played.is(Fault::SomeRejected) && place == 0;
    is_first.then(|| reason(played).into())
}

fn with_verdict(mut feed: Feed, played: Played) -> Feed {
    if let Stage::Pending { verdict, .. } = &mut feed.stage
        && played.is(Fault::RejectedLate)
    {
        *verdict = Some(reason(played).into());
    }
    feed
}

fn reason(played: Played) -> Kind {
    played.0.and_then(|order| order.problem).unwrap_or(Kind::AccountNotValid)
}

/// `POST /FeedConnections/DeleteRequests`.
pub(crate) async fn delete_feeds(
    State(xero): State<Xero>,
    Extension(caller): Extension<Caller>,
    body: Bytes,
) -> Response {
    let items = match FeedsBody::read(&body) {
        Ok(items) => items,
        Err(problem) => return problem.answer(),
    };
    if items.iter().any(|item| item.id.is_none()) {
        return Problem::field("Id", "is missing").answer();
    }
    let items = xero.change(|world, now| {
        let due = later(world, now);
        items.iter().map(|item| delete(world, &caller, item, due)).collect()
    });
    (StatusCode::ACCEPTED, Json(Outcomes { items })).into_response()
}

fn delete(world: &mut World, caller: &Caller, item: &FeedBody, due: Timestamp) -> Outcome {
    let id = item.id.as_deref().and_then(Id::parse);
    match world.remove_feed(caller.tenant, id, due) {
        Ok(id) => Outcome { id: Some(id), account_token: None, status: "PENDING", error: None },
        Err(problem) => {
            Outcome { id, account_token: None, status: "REJECTED", error: Some(problem) }
        }
    }
}

fn later(world: &World, now: Timestamp) -> Timestamp {
    let delay = SignedDuration::from_secs(world.settings.feed_secs.into());
    now.saturating_add(delay).unwrap_or(now)
}
