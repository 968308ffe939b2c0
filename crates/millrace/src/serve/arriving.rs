//! A body on its way. Whoever sends it slowly gives the place at the gate back: a few callers who send nothing would keep
//! all others out. When it is there, it waits for a place again, or many that were slow together would be served at once.

use axum::body::{Body, Bytes, HttpBody};
use http_body::{Frame, SizeHint};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::sync::{AcquireError, OwnedSemaphorePermit, Semaphore};
use tokio::time::{Sleep, sleep};

/// Long enough for any body on a good line.
const PATIENCE: Duration = Duration::from_secs(1);

type Returning = dyn Future<Output = Result<OwnedSemaphorePermit, AcquireError>> + Send;

/// A body whose request has a place.
pub(super) struct Arriving {
    body: Body,
    places: Arc<Semaphore>,
    /// So many are its request's.
    taken: u32,
    stage: Stage,
}

/// Where it is.
enum Stage {
    /// Its request has its place until then.
    Awaited(Pin<Box<Sleep>>),
    /// Its request has given its place back.
    Late,
    /// All of it is there, and its request waits for a place.
    Returning(Pin<Box<Returning>>),
    /// Nothing more is to be done about it.
    There,
}

impl Arriving {
    pub(super) fn new(body: Body, places: Arc<Semaphore>, taken: u32) -> Self {
        Self { body, places, taken, stage: Stage::Awaited(Box::pin(sleep(PATIENCE))) }
    }
}

impl HttpBody for Arriving {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if api::is_answered() {
            self.stage = Stage::There;
        }
        if let Stage::Returning(turn) = &mut self.stage {
            // Nobody closes it.
            if let Ok(turn) = ready!(turn.as_mut().poll(context)) {
                api::take_again(turn);
            }
            self.stage = Stage::There;
        }
        let polled = Pin::new(&mut self.body).poll_frame(context);
        match &mut self.stage {
            Stage::Awaited(patience) if polled.is_pending() => {
                if patience.as_mut().poll(context).is_ready() {
                    api::give_back();
                    self.stage = Stage::Late;
                }
            }
            Stage::Late if matches!(polled, Poll::Ready(None)) => {
                let turn = Arc::clone(&self.places).acquire_many_owned(self.taken);
                self.stage = Stage::Returning(Box::pin(turn));
                return self.poll_frame(context);
            }
            Stage::Awaited(_) | Stage::Late | Stage::Returning(_) | Stage::There => {}
        }
        polled
    }

    /// A late one has a place to wait for behind its last bytes.
    fn is_end_stream(&self) -> bool {
        !matches!(self.stage, Stage::Late | Stage::Returning(_)) && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::to_bytes;
    use std::convert::Infallible;
    use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

    /// What comes through a channel, until that is closed.
    struct Pieces(UnboundedReceiver<&'static str>);

    impl HttpBody for Pieces {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            context: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
            let piece = ready!(self.0.poll_recv(context));
            Poll::Ready(piece.map(|piece| Ok(Frame::data(Bytes::from_static(piece.as_bytes())))))
        }
    }

    #[tokio::test]
    async fn a_late_body_is_served_in_its_turn() {
        let places = Arc::new(Semaphore::new(2));
        let (pieces, receiver) = unbounded_channel();
        let turn = Arc::clone(&places).try_acquire_many_owned(2).unwrap();
        let late = Arriving::new(Body::new(Pieces(receiver)), Arc::clone(&places), 2);
        let mut serving =
            Box::pin(api::with_turn(turn, async { to_bytes(Body::new(late), 10).await }));
        pieces.send("sl").unwrap();
        let other = tokio::select! {
            _ = &mut serving => panic!("its end is not there"),
            other = places.acquire() => other.unwrap(),
        };
        pieces.send("ow").unwrap();
        drop(pieces);
        let is_early = tokio::select! {
            biased;
            _ = &mut serving => true,
            () = tokio::task::yield_now() => false,
        };
        assert!(!is_early, "another has the places that it needs");
        drop(other);
        assert_eq!(serving.await.unwrap(), "slow");
        assert_eq!(places.available_permits(), 2, "served");
    }
}
