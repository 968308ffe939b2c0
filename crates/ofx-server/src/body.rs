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
    let gathered = tokio::time::timeout(BODY_WAIT_MAX, gather(body, bytes_max)).await;
    gathered.unwrap_or(Err(BodyFault::Slow))
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
