//! What is left of a body when its answer is ready: nobody read all of it because the key was wrong, there is no such
//! route, or it is too long. A caller that is still sending when the connection closes sees a broken connection instead
//! of the answer, and would send again for an hour; so the rest is read and thrown away, within limits.

use crate::turn::note_answer;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use axum::http::header;
use axum::middleware::Next;
use axum::response::Response;
use http_body::{Frame, SizeHint};
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::timeout;

/// Three times the longest body that is taken by default; who sends more may see a broken connection.
const DISCARDED_BYTES_MAX: u64 = 32 * 1024 * 1024;
/// Long enough for so much on a slow line, short enough not to be held by a caller who stopped sending.
const DISCARD_WAIT_MAX: Duration = Duration::from_secs(10);
/// How long a caller at the way out is waited for: whatever it has sent by then is read.
const TURN_LASTS: Duration = Duration::from_millis(5);

/// Answers, and then reads what is left.
pub(crate) async fn discard_leftover(request: Request, next: Next) -> Response {
    if request.body().is_end_stream() {
        return next.run(request).await;
    }
    let waits_for_us = request.headers().contains_key(header::EXPECT);
    let (parts, body) = request.into_parts();
    let mut shared = SharedBody::of(body);
    let response = next.run(Request::from_parts(parts, Body::new(shared.clone()))).await;
    note_answer();
    // Who waits for leave to send has sent nothing yet: the answer alone tells not to.
    if shared.lock().has_begun || !waits_for_us {
        // Whether it took too long makes no difference to the answer.
        let _in_time = timeout(DISCARD_WAIT_MAX, shared.discard()).await.is_ok();
    }
    response
}

/// Reads and throws away the body of a request that nobody looked at, when it is its turn at the way out.
pub async fn discard_body(request: Request, way_out: &Semaphore) {
    let waits_for_us = request.headers().contains_key(header::EXPECT);
    let body = request.into_body();
    if body.is_end_stream() || waits_for_us {
        return;
    }
    let mut shared = SharedBody::of(body);
    let leave = async {
        // Whoever has sent nothing for a moment lets the next one pass.
        while let Ok(_turn) = way_out.acquire().await
            && timeout(TURN_LASTS, shared.discard()).await.is_err()
        {}
    };
    // Whether it took too long makes no difference to the answer.
    let _in_time = timeout(DISCARD_WAIT_MAX, leave).await.is_ok();
}

/// A body that its handler reads as its own, and that is still there afterwards.
#[derive(Clone, Debug)]
struct SharedBody(Arc<Mutex<Reading>>);

#[derive(Debug)]
struct Reading {
    body: Body,
    has_begun: bool,
    /// How much of it was thrown away.
    discarded: u64,
}

impl SharedBody {
    fn of(body: Body) -> Self {
        Self(Arc::new(Mutex::new(Reading { body, has_begun: false, discarded: 0 })))
    }

    /// A handler that panicked while reading leaves a body like any other.
    fn lock(&self) -> MutexGuard<'_, Reading> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn discard(&mut self) {
        if self.size_hint().lower() > DISCARDED_BYTES_MAX {
            return;
        }
        while self.lock().discarded <= DISCARDED_BYTES_MAX {
            let frame = poll_fn(|context| Pin::new(&mut *self).poll_frame(context)).await;
            let Some(Ok(frame)) = frame else { return };
            let length = frame.data_ref().map_or(0, Bytes::len);
            let length = u64::try_from(length).unwrap_or(u64::MAX);
            let mut reading = self.lock();
            reading.discarded = reading.discarded.saturating_add(length);
        }
    }
}

impl HttpBody for SharedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let mut reading = self.lock();
        reading.has_begun = true;
        Pin::new(&mut reading.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.lock().body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.lock().body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::Router;
    use axum::http::StatusCode;
    use axum::http::request::Builder;
    use axum::middleware::from_fn;
    use axum::routing::{any, post};
    use std::future::pending;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use tokio::task::JoinSet;
    use tokio::time::sleep;
    use tower::ServiceExt as _;

    const CHUNK: &[u8] = &[b'x'; 1 << 16];

    /// A body of so many chunks that counts those which were taken.
    struct Counted {
        left: usize,
        taken: Arc<AtomicUsize>,
    }

    impl HttpBody for Counted {
        type Data = Bytes;
        type Error = axum::Error;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            _context: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
            let Some(left) = self.left.checked_sub(1) else { return Poll::Ready(None) };
            self.left = left;
            self.taken.fetch_add(1, Ordering::SeqCst);
            Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(CHUNK)))))
        }
    }

    fn post_to(path: &str) -> Builder {
        Request::builder().method("POST").uri(path)
    }

    /// How many of `chunks` were taken by a route that reads nothing, or by one that reads everything.
    async fn taken(request: Builder, chunks: usize) -> usize {
        let read = |body: Bytes| async move { body.len().to_string() };
        let routes = Router::new()
            .route("/read", post(read))
            .route("/away", any(|| async { StatusCode::UNAUTHORIZED }))
            .layer(from_fn(discard_leftover));
        let taken = Arc::new(AtomicUsize::new(0));
        let body = Counted { left: chunks, taken: Arc::clone(&taken) };
        routes.oneshot(request.body(Body::new(body)).unwrap()).await.unwrap();
        taken.load(Ordering::SeqCst)
    }

    #[tokio::test]
    async fn what_nobody_read_is_read_up_to_a_limit() {
        assert_eq!(taken(post_to("/away"), 20).await, 20);
        let most = usize::try_from(DISCARDED_BYTES_MAX).unwrap() / CHUNK.len();
        assert_eq!(taken(post_to("/away"), 2 * most).await, most + 1);
        assert_eq!(taken(post_to("/read"), 20).await, 20);
    }

    #[tokio::test]
    async fn who_waits_for_leave_to_send_is_not_asked_to() {
        let waiting = |path| post_to(path).header(header::EXPECT, "100-continue");
        assert_eq!(taken(waiting("/away"), 20).await, 0);
        assert_eq!(taken(waiting("/read"), 20).await, 20);
    }

    /// A body that comes to a halt on its way.
    struct Halting {
        body: Counted,
        halts_before: usize,
        halt: Pin<Box<dyn Future<Output = ()> + Send>>,
    }

    impl HttpBody for Halting {
        type Data = Bytes;
        type Error = axum::Error;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            context: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
            if self.body.left == self.halts_before && self.halt.as_mut().poll(context).is_pending()
            {
                return Poll::Pending;
            }
            Pin::new(&mut self.body).poll_frame(context)
        }
    }

    #[tokio::test]
    async fn the_limit_is_that_of_all_turns_together() {
        let most = usize::try_from(DISCARDED_BYTES_MAX).unwrap() / CHUNK.len();
        let taken = Arc::new(AtomicUsize::new(0));
        let body = Halting {
            body: Counted { left: 2 * most, taken: Arc::clone(&taken) },
            halts_before: 2 * most - most / 2,
            halt: Box::pin(sleep(4 * TURN_LASTS)),
        };
        discard_body(Request::new(Body::new(body)), &Semaphore::new(1)).await;
        assert_eq!(taken.load(Ordering::SeqCst), most + 1);
    }

    #[tokio::test]
    async fn who_sends_nothing_lets_others_out() {
        let way_out = Arc::new(Semaphore::new(1));
        let leave = |body: Body| {
            let way_out = Arc::clone(&way_out);
            async move { discard_body(Request::new(body), &way_out).await }
        };
        let mut silent = JoinSet::new();
        for _ in 0..3 {
            let body = Counted { left: 1, taken: Arc::default() };
            let never = Halting { body, halts_before: 1, halt: Box::pin(pending()) };
            silent.spawn(leave(Body::new(never)));
        }
        tokio::task::yield_now().await;
        let sent = Arc::new(AtomicUsize::new(0));
        leave(Body::new(Counted { left: 20, taken: Arc::clone(&sent) })).await;
        assert_eq!(sent.load(Ordering::SeqCst), 20);
        assert!(silent.try_join_next().is_none(), "they still have time");
    }
}
