//! The bytes of a request, within limits of size and time.

use std::future::poll_fn;
use std::pin::Pin;
use std::time::Duration;

use axum::body::{Body, HttpBody};
use axum::http::{HeaderMap, header};

/// A request fits in one round trip on any line; this is long enough for the worst of them.
const BODY_WAIT_MAX: Duration = Duration::from_secs(30);
/// Many clients read nothing before they have sent everything, so what is too long is read up to here and thrown away;
/// otherwise they would see a broken connection instead of the reason.
const DISCARDED_BYTES_MAX: usize = 8 * 1024 * 1024;

/// Why there is no body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BodyFault {
    /// Longer than allowed.
    TooLarge,
    /// It took too long to arrive.
    Slow,
    /// The connection broke.
    Broken,
}

/// Takes the whole body in, at most `bytes_max`.
pub(crate) async fn read_body(
    headers: &HeaderMap,
    body: Body,
    bytes_max: usize,
) -> Result<Vec<u8>, BodyFault> {
    let announced = announced_bytes(headers).unwrap_or(0);
    let waits_for_us = headers.contains_key(header::EXPECT);
    if announced > bytes_max && (waits_for_us || announced > DISCARDED_BYTES_MAX) {
        return Err(BodyFault::TooLarge);
    }
    within(BODY_WAIT_MAX, gather(body, bytes_max)).await
}

async fn within(
    wait_max: Duration,
    gathering: impl Future<Output = Result<Vec<u8>, BodyFault>>,
) -> Result<Vec<u8>, BodyFault> {
    tokio::time::timeout(wait_max, gathering).await.unwrap_or(Err(BodyFault::Slow))
}

fn announced_bytes(headers: &HeaderMap) -> Option<usize> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

async fn gather(mut body: Body, bytes_max: usize) -> Result<Vec<u8>, BodyFault> {
    let mut kept = Vec::new();
    let mut bytes: usize = 0;
    while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        let Ok(frame) = frame else { return Err(BodyFault::Broken) };
        let Ok(data) = frame.into_data() else { continue };
        bytes = bytes.saturating_add(data.len());
        if bytes > DISCARDED_BYTES_MAX {
            break;
        }
        if bytes <= bytes_max {
            kept.extend_from_slice(&data);
        }
    }
    if bytes > bytes_max { Err(BodyFault::TooLarge) } else { Ok(kept) }
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use super::*;

    #[tokio::test]
    async fn a_body_that_does_not_come_is_not_waited_for_for_ever() {
        assert_eq!(within(Duration::ZERO, pending()).await, Err(BodyFault::Slow));
    }

    #[tokio::test]
    async fn a_body_may_be_as_long_as_the_limit_and_no_longer() {
        let read = async |bytes: usize| {
            read_body(&HeaderMap::new(), Body::from(vec![b'x'; bytes]), 100).await
        };
        assert_eq!(read(0).await, Ok(Vec::new()));
        assert_eq!(read(100).await.map(|body| body.len()), Ok(100));
        for bytes in [101, DISCARDED_BYTES_MAX, DISCARDED_BYTES_MAX + 1] {
            assert_eq!(read(bytes).await, Err(BodyFault::TooLarge), "{bytes}");
        }
    }
}
