//! Answers that break off or crawl: bodies that do on purpose what no decent server does.

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use http_body::{Frame, SizeHint};
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::time::Sleep;

/// In how many pieces a slow answer comes.
const DRIPS: usize = 16;

/// An answer of which not one byte arrives.
pub(crate) fn dropped() -> Response {
    Response::new(Body::new(Broken { first: None, length: 1, flushed: true }))
}

/// `head` with the first half of `body`, announced as the whole.
pub(crate) fn truncated(answer: Response, body: &Bytes) -> Response {
    let first = body.slice(..body.len() / 2);
    let length = u64::try_from(body.len()).unwrap_or(u64::MAX).max(1);
    answer.map(|_whole| Body::new(Broken { first: Some(first), length, flushed: false }))
}

/// `head` with `body` in small pieces and a wait before each.
pub(crate) fn dripping(answer: Response, body: Bytes, wait: Duration) -> Response {
    answer.map(|_whole| Body::new(Dripping { rest: body, wait, pause: None }))
}

/// Ends with an error, so that the connection is dropped.
struct Broken {
    first: Option<Bytes>,
    length: u64,
    flushed: bool,
}

impl http_body::Body for Broken {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if let Some(first) = self.first.take() {
            return Poll::Ready(Some(Ok(Frame::data(first))));
        }
        if !self.flushed {
            // The server sends what it has whenever it has to wait: without this the first half would never leave.
            self.flushed = true;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(Some(Err(io::ErrorKind::ConnectionReset.into())))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.length)
    }
}

/// Comes in small pieces.
struct Dripping {
    rest: Bytes,
    wait: Duration,
    pause: Option<Pin<Box<Sleep>>>,
}

impl http_body::Body for Dripping {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if self.rest.is_empty() {
            return Poll::Ready(None);
        }
        let wait = self.wait;
        let pause = self.pause.get_or_insert_with(|| Box::pin(tokio::time::sleep(wait)));
        ready!(pause.as_mut().poll(context));
        self.pause = None;
        let length = (self.rest.len() / DRIPS).max(1);
        let piece = self.rest.split_to(length);
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(u64::try_from(self.rest.len()).unwrap_or(u64::MAX))
    }
}
