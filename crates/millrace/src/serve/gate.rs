//! So many requests are served at once; whoever finds no place is told to come again. What is let in is answered
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
const PLACES_OF_UNKNOWN: u32 = 2;
/// Of the places, for a while after they ran out, only this part is given out: turning many away takes its share of the
/// machine, and what is let in is still to be answered soon.
const PART_IN_A_CROWD: u32 = 8;
/// The while. If they run out again soon afterwards, it was too short, and the next is twice as long; whoever is turned
/// away meanwhile does not make it longer, or a crowd would last for as long as it is larger than that part. At the end of
/// each all places are taken at once, and whoever has one then is answered late: that must be rare.
const CROWD_LASTS: Duration = Duration::from_secs(4);
const CROWD_LASTS_MAX: Duration = Duration::from_secs(32);
/// No request takes more than this part, or a long one would wait for an idle server.
const PART_OF_ONE: u32 = 16;
/// So many of those who are turned away may have their bodies read at a time. The others wait for that, and take nothing
/// from what is served: reading what is thrown away is most of the work that they make.
const LEAVING_AT_ONCE: usize = 1;
/// How often the log is told that requests are turned away.
const TOLD_EVERY: Duration = Duration::from_secs(10);

/// The gate in front of all doors.
#[derive(Clone, Debug)]
pub(crate) struct Gate {
    places: Arc<Semaphore>,
    count: u32,
    way_out: Arc<Semaphore>,
    turned_away: Arc<Mutex<TurnedAway>>,
}

/// Those who found no place.
#[derive(Debug, Default)]
struct TurnedAway {
    /// Since the log was last told.
    count: u64,
    told_at: Option<Instant>,
    crowd: Option<Crowd>,
}

/// A while of fewer places, which may be over.
#[derive(Clone, Copy, Debug)]
struct Crowd {
    ends_at: Instant,
    lasts: Duration,
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
            way_out: Arc::new(Semaphore::new(LEAVING_AT_ONCE)),
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
        let is_crowded = turned_away.crowd.is_some_and(|crowd| now < crowd.ends_at);
        let part = self.count.div_ceil(if is_crowded { PART_IN_A_CROWD } else { 1 });
        // In a crowd small ones take each place that becomes free: a long one that waited for several would wait for ever.
        let free = if is_crowded { 1 } else { wanted };
        let needed = self.count.saturating_sub(part).saturating_add(free);
        let has_room =
            self.places.available_permits() >= usize::try_from(needed).unwrap_or(usize::MAX);
        let turn = has_room.then(|| Arc::clone(&self.places).try_acquire_many_owned(wanted).ok());
        let turn = turn.flatten();
        if turn.is_none() {
            if !is_crowded {
                turned_away.crowd = Some(Crowd::after(turned_away.crowd, now));
            }
            turned_away.add_one(now);
        }
        turn
    }
}

impl Crowd {
    /// The places have run out, perhaps soon after another crowd.
    fn after(before: Option<Self>, now: Instant) -> Self {
        let again = before.filter(|before| now.duration_since(before.ends_at) < before.lasts);
        let lasts = again.map_or(CROWD_LASTS, |before| before.lasts.saturating_mul(2));
        let lasts = lasts.min(CROWD_LASTS_MAX);
        Self { ends_at: now.checked_add(lasts).unwrap_or(now), lasts }
    }
}

impl TurnedAway {
    fn add_one(&mut self, now: Instant) {
        self.count = self.count.saturating_add(1);
        if self.told_at.is_some_and(|at| now.duration_since(at) < TOLD_EVERY) {
            return;
        }
        warn!(
            requests = self.count,
            "more is asked than can be served in good time: requests are turned away"
        );
        (self.count, self.told_at) = (0, Some(now));
    }
}

async fn enter(State(guarded): State<Guarded>, request: Request, next: Next) -> Response {
    if let Some(turn) = guarded.gate.admit(&request, Instant::now()) {
        let request = if request.body().is_end_stream() {
            request
        } else {
            let places = Arc::clone(&guarded.gate.places);
            let taken = u32::try_from(turn.num_permits()).unwrap_or(u32::MAX);
            request.map(|body| Body::new(Arriving::new(body, places, taken)))
        };
        return api::with_turn(turn, next.run(request)).await;
    }
    let refusal = (guarded.refuse)(&request);
    // A caller that is still sending would see a broken connection instead of the answer.
    api::discard_body(request, &guarded.gate.way_out).await;
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
        let gate = Gate::new(20);
        let long = gate.admit(&request(Some(8_000_000)), Instant::now()).unwrap();
        assert_eq!(long.num_permits(), 2);
        assert!(gate.admit(&request(Some(100)), Instant::now()).is_some());
    }

    #[test]
    fn whoever_finds_no_place_is_not_let_in_until_somebody_has_left() {
        let gate = Gate::new(16);
        let began = Instant::now();
        let enter = |millis| gate.admit(&request(Some(1)), began + Duration::from_millis(millis));
        let mut inside: Vec<_> = (0..16).map(|_| enter(0).unwrap()).collect();
        assert!(enter(0).is_none());
        inside.pop();
        assert!(enter(0).is_none(), "in a crowd an eighth of the places is given out");
        inside.truncate(1);
        inside.push(enter(3_999).unwrap());
        assert!(enter(3_999).is_none());
        inside.push(enter(4_000).unwrap());
        assert_eq!(inside.len(), 3, "those who were turned away meanwhile made it no longer");
    }

    #[test]
    fn a_crowd_leaves_room_for_a_long_body_beside_small_ones() {
        let gate = Gate::new(64);
        let now = Instant::now();
        let small = || gate.admit(&request(Some(1)), now);
        let mut inside: Vec<_> = (0..64).map(|_| small().unwrap()).collect();
        assert!(small().is_none());
        inside.truncate(7);
        let long = gate.admit(&request(Some(8_000_000)), now).unwrap();
        assert!(small().is_none());
        drop(long);
        assert!(small().is_some());
    }

    #[test]
    fn a_crowd_that_comes_back_at_once_is_met_with_fewer_places_for_longer() {
        let gate = Gate::new(4);
        let began = Instant::now();
        let enter = |secs| gate.admit(&request(Some(1)), began + Duration::from_secs(secs));
        let run_out = |secs| {
            let inside: Vec<_> = (0..4).map(|_| enter(secs).unwrap()).collect();
            assert!(enter(secs).is_none());
            drop(inside);
        };
        let has_two = |secs| enter(secs).is_some_and(|_first| enter(secs).is_some());
        run_out(0);
        assert_eq!([3, 4].map(has_two), [false, true]);
        run_out(4);
        assert_eq!([11, 12].map(has_two), [false, true]);
        run_out(12);
        assert_eq!([27, 28].map(has_two), [false, true]);
        run_out(28);
        assert_eq!([59, 60].map(has_two), [false, true]);
        run_out(60);
        assert_eq!([91, 92].map(has_two), [false, true], "no while is longer");
        run_out(600);
        assert_eq!([603, 604].map(has_two), [false, true], "that was another crowd");
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
