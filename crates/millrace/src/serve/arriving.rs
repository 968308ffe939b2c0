//! A body on its way. Whoever sends it slowly gives the place at the gate back: a few callers who send nothing would keep
//! all others out.

use axum::body::{Body, Bytes, HttpBody};
use http_body::{Frame, SizeHint};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::time::{Sleep, sleep};

/// Long enough for any body on a good line. On a bad one the request goes on without a place.
const PATIENCE: Duration = Duration::from_secs(1);

/// A body whose request has a place.
pub(super) struct Arriving {
    body: Body,
    /// Nothing once it has ended.
    patience: Option<Pin<Box<Sleep>>>,
}

impl Arriving {
    pub(super) fn new(body: Body) -> Self {
        Self { body, patience: Some(Box::pin(sleep(PATIENCE))) }
    }
}

impl HttpBody for Arriving {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        let is_over = polled.is_pending()
            && self.patience.as_mut().is_some_and(|sleep| sleep.as_mut().poll(context).is_ready());
        if is_over {
            self.patience = None;
            api::give_back();
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
