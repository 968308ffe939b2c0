//! A request's place among those that are served at once, which whoever opens the doors hands out. A request that only
//! waits for something to happen gives its place back meanwhile.

use crate::access::{CORRELATION_HEADER, name};
use crate::envelope::{ApiError, finish};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use domain::ids::IdSource;
use std::cell::RefCell;
use tokio::sync::OwnedSemaphorePermit;

tokio::task_local! {
    static TURN: RefCell<Option<OwnedSemaphorePermit>>;
}

/// Serves a request, which has this place until it is answered or gives it back.
pub async fn with_turn<F: Future>(turn: OwnedSemaphorePermit, serving: F) -> F::Output {
    TURN.scope(RefCell::new(Some(turn)), serving).await
}

/// Gives the place of the request that is being served back, if it has one.
pub fn give_back() {
    // Without a place there is none to give back.
    let given = TURN.try_with(|turn| turn.borrow_mut().take());
    drop(given);
}

/// Gives the request that is being served a place again.
pub fn take_again(place: OwnedSemaphorePermit) {
    // Outside of a request there is nobody to have it.
    let taken = TURN.try_with(|turn| turn.borrow_mut().replace(place));
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
