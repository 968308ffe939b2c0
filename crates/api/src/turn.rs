//! A request's place among those that are served at once, which whoever opens the doors hands out. A request that only
//! waits for something to happen gives its place back meanwhile.

use crate::access::{CORRELATION_HEADER, name};
use crate::envelope::{ApiError, finish};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use domain::ids::IdSource;
use std::cell::{Cell, RefCell};
use tokio::sync::OwnedSemaphorePermit;

tokio::task_local! {
    static TURN: Turn;
}

/// What a request has.
#[derive(Default)]
struct Turn {
    place: RefCell<Option<OwnedSemaphorePermit>>,
    is_answered: Cell<bool>,
}

/// Serves a request, which has this place until it is answered or gives it back.
pub async fn with_turn<F: Future>(turn: OwnedSemaphorePermit, serving: F) -> F::Output {
    let turn = Turn { place: RefCell::new(Some(turn)), ..Turn::default() };
    TURN.scope(turn, serving).await
}

/// Gives the place of the request that is being served back, if it has one.
pub fn give_back() {
    // Without a place there is none to give back.
    let given = TURN.try_with(|turn| turn.place.borrow_mut().take());
    drop(given);
}

/// Notes that the request has its answer: what is left of its body is nobody's work.
pub(crate) fn note_answer() {
    // Without a place there is nothing to note.
    let _noted = TURN.try_with(|turn| turn.is_answered.set(true)).is_ok();
}

/// Whether the request that is being served has its answer.
pub fn is_answered() -> bool {
    TURN.try_with(|turn| turn.is_answered.get()).unwrap_or(false)
}

/// Gives the request that is being served a place again.
pub fn take_again(place: OwnedSemaphorePermit) {
    // Outside of a request there is nobody to have it.
    let taken = TURN.try_with(|turn| turn.place.borrow_mut().replace(place));
    drop(taken);
}

/// What a request is answered that there is no place for.
pub fn turned_away(ids: &dyn IdSource) -> Response {
    let correlation_id = name(ids);
    let mut response = finish(ApiError::overloaded().into_response(), &correlation_id);
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(&correlation_id) {
        headers.insert(CORRELATION_HEADER, value);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
