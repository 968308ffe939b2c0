//! So many requests are served at once; whoever finds no place is told at once to come again. What is let in is answered
//! soon, however many knock: a queue would only make all of them wait. Health is not behind it.

use super::arriving::Arriving;
use crate::world::SystemRandom;
use axum::Router;
use axum::body::{Body, HttpBody as _};
use axum::extract::{Request, State};
use axum::http::header;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;
use tracing::warn;

/// A request takes a place, and another one for every so many bytes of its body: a push of a thousand lines is more work
/// than a small one.
const BYTES_OF_A_PLACE: u64 = 64 * 1024;
/// What a body counts for that does not say how long it is.
const PLACES_OF_UNKNOWN: u32 = 8;
/// Of the places, while requests are turned away, only this part is given out: turning many away takes its share of the
/// machine, and what is let in is still to be answered soon.
const PART_IN_A_CROWD: u32 = 4;
/// A crowd has gone when nobody was turned away for as long as they are told to stay away.
const CROWD_LASTS: Duration = Duration::from_secs(1);
/// No request takes more than this part, or a long one would wait for an idle server.
const PART_OF_ONE: u32 = 8;
/// How often the log is told that requests are turned away.
const TOLD_EVERY: Duration = Duration::from_secs(10);

/// The gate in front of all doors.
#[derive(Clone, Debug)]
pub(crate) struct Gate {
    places: Arc<Semaphore>,
    count: u32,
    turned_away: Arc<Mutex<TurnedAway>>,
}

/// Those who found no place since the log was last told.
#[derive(Debug, Default)]
struct TurnedAway {
    count: u64,
    told_at: Option<Instant>,
    /// When the last of them was.
    last_at: Option<Instant>,
}

/// How a door says that there is no place.
type Refuse = fn(&Request) -> Response;

/// A gate with a way to say no.
#[derive(Clone)]
struct Guarded {
    gate: Gate,
    refuse: Refuse,
}

impl Gate {
    /// A gate with so many places.
    pub(crate) fn new(places: u32) -> Self {
        Self {
            places: Arc::new(Semaphore::new(usize::try_from(places).unwrap_or(usize::MAX))),
            count: places,
            turned_away: Arc::default(),
        }
    }

    /// Puts the gate in front of the JSON door.
    pub(crate) fn guard_api(&self, door: Router) -> Router {
        self.guard(door, |_request| api::turned_away(&SystemRandom))
    }

    /// The same for the pages.
    pub(crate) fn guard_web(&self, door: Router) -> Router {
        self.guard(door, |request| web::turned_away(request.uri(), request.headers()))
    }

    /// The same for the OFX door.
    pub(crate) fn guard_ofx(&self, door: Router) -> Router {
        self.guard(door, |_request| ofx_server::turned_away())
    }

    fn guard(&self, door: Router, refuse: Refuse) -> Router {
        door.layer(from_fn_with_state(Guarded { gate: self.clone(), refuse }, enter))
    }

    /// A place for the request, if there is one now. Nothing of its body has been read by then.
    fn admit(&self, request: &Request, now: Instant) -> Option<OwnedSemaphorePermit> {
        let wanted = places_of(request).min(self.count.div_ceil(PART_OF_ONE));
        let mut turned_away = self.turned_away.lock().unwrap_or_else(PoisonError::into_inner);
        let left = if turned_away.are_many(now) {
            self.count.saturating_sub(self.count.div_ceil(PART_IN_A_CROWD))
        } else {
            0
        };
        let needed = usize::try_from(wanted.saturating_add(left)).unwrap_or(usize::MAX);
        let has_room = self.places.available_permits() >= needed;
        let turn = has_room.then(|| Arc::clone(&self.places).try_acquire_many_owned(wanted).ok());
        let turn = turn.flatten();
        if turn.is_none() {
            turned_away.add_one(now);
        }
        turn
    }
}

impl TurnedAway {
    fn are_many(&self, now: Instant) -> bool {
        self.last_at.is_some_and(|at| now.duration_since(at) < CROWD_LASTS)
    }

    fn add_one(&mut self, now: Instant) {
        self.count = self.count.saturating_add(1);
        self.last_at = Some(now);
        if self.told_at.is_some_and(|at| now.duration_since(at) < TOLD_EVERY) {
            return;
        }
        warn!(
            requests = self.count,
            "more is asked than can be served in good time: requests are turned away"
        );
        (self.count, self.told_at) = (0, self.last_at);
    }
}

async fn enter(State(guarded): State<Guarded>, request: Request, next: Next) -> Response {
    if let Some(turn) = guarded.gate.admit(&request, Instant::now()) {
        let request = if request.body().is_end_stream() {
            request
        } else {
            request.map(|body| Body::new(Arriving::new(body)))
        };
        return api::with_turn(turn, next.run(request)).await;
    }
    let refusal = (guarded.refuse)(&request);
    // A caller that is still sending would see a broken connection instead of the answer.
    api::discard_body(request).await;
    refusal
}

fn places_of(request: &Request) -> u32 {
    if request.body().is_end_stream() {
        return 1;
    }
    let length = request.headers().get(header::CONTENT_LENGTH);
    let length = length.and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    length.map_or(PLACES_OF_UNKNOWN, |bytes| {
        u32::try_from(bytes / BYTES_OF_A_PLACE).unwrap_or(u32::MAX).saturating_add(1)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::StatusCode;
    use axum::routing::post;
    use tower::ServiceExt as _;

    fn request(bytes: Option<usize>) -> Request {
        let mut request = Request::new(Body::from("x"));
        if let Some(bytes) = bytes {
            request.headers_mut().insert(header::CONTENT_LENGTH, bytes.into());
        }
        request
    }

    #[test]
    fn a_long_body_takes_more_places_but_never_all() {
        assert_eq!(places_of(&Request::new(Body::empty())), 1);
        assert_eq!(places_of(&request(Some(100))), 1);
        assert_eq!(places_of(&request(Some(160_000))), 3);
        assert_eq!(places_of(&request(None)), PLACES_OF_UNKNOWN);
        let gate = Gate::new(10);
        let long = gate.admit(&request(Some(8_000_000)), Instant::now()).unwrap();
        assert_eq!(long.num_permits(), 2);
        assert!(gate.admit(&request(Some(100)), Instant::now()).is_some());
    }

    #[test]
    fn whoever_finds_no_place_is_not_let_in_until_somebody_has_left() {
        let gate = Gate::new(8);
        let mut now = Instant::now();
        let enter = |now| gate.admit(&request(Some(1)), now);
        let mut inside: Vec<_> = (0..8).map(|_| enter(now).unwrap()).collect();
        assert!(enter(now).is_none());
        inside.pop();
        assert!(enter(now).is_none(), "in a crowd a quarter of the places is given out");
        inside.truncate(1);
        inside.push(enter(now).unwrap());
        assert!(enter(now).is_none());
        now += CROWD_LASTS;
        inside.extend((0..6).map(|_| enter(now).unwrap()));
        assert!(enter(now).is_none(), "nobody was turned away for a while, so all are given out");
    }

    #[tokio::test]
    async fn every_door_says_in_its_own_way_that_there_is_no_place() {
        let gate = Gate::new(1);
        let door = || Router::new().route("/", post(|body: String| async move { body }));
        for (door, kind, secs) in [
            (gate.guard_api(door()), "application/json", "1"),
            (gate.guard_web(door()), "text/html; charset=utf-8", "1"),
            (gate.guard_ofx(door()), "text/plain; charset=utf-8", "5"),
        ] {
            let ask = || {
                let ask = Request::builder().method("POST").uri("/").body(Body::from("x"));
                door.clone().oneshot(ask.unwrap())
            };
            assert_eq!(ask().await.unwrap().status(), StatusCode::OK);
            let taken = gate.admit(&Request::new(Body::empty()), Instant::now());
            let refusal = ask().await.unwrap();
            assert_eq!(refusal.status(), StatusCode::SERVICE_UNAVAILABLE);
            assert_eq!(refusal.headers()[header::CONTENT_TYPE], kind);
            assert_eq!(refusal.headers()[header::RETRY_AFTER], secs);
            drop(taken);
            assert_eq!(ask().await.unwrap().status(), StatusCode::OK);
        }
    }
}
