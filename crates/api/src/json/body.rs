//! The bytes of a body: that they may be JSON, that they are not too many, and that they are JSON.

use super::fault::{Faults, Place};
use super::node::{Node, RawObject, Seed};
use crate::envelope::{Answer, ApiError};
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, header};
use serde::de::DeserializeSeed;
use std::future::poll_fn;
use std::pin::Pin;

/// What editors and some libraries put in front of UTF-8; RFC 8259 forbids it.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// The body of an operation that needs one.
#[derive(Debug)]
pub(crate) struct JsonBody(pub(crate) Bytes);

/// How long a body may be; a layer puts it into every request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BodyLimit(pub(crate) usize);

impl<S: Send + Sync> FromRequest<S> for JsonBody {
    type Rejection = ApiError;

    async fn from_request(request: Request, _state: &S) -> Result<Self, ApiError> {
        check_content_type(request.headers())?;
        read_whole(request).await.map(|(_, body)| Self(body))
    }
}

/// A request and its body, which is read within the limit.
pub(crate) async fn read_whole(request: Request) -> Answer<(Request<()>, Bytes)> {
    let limit = request.extensions().get::<BodyLimit>().copied();
    let limit = limit.ok_or_else(|| ApiError::internal("a route is without a body limit"))?;
    let (parts, body) = request.into_parts();
    Ok((Request::from_parts(parts, ()), read_limited(body, limit).await?))
}

/// Reads no further than the limit: what is left is leftover.rs's business.
async fn read_limited(mut body: Body, BodyLimit(bytes_max): BodyLimit) -> Answer<Bytes> {
    let told = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    if told > bytes_max {
        return Err(ApiError::too_large(bytes_max));
    }
    let mut bytes = Vec::with_capacity(told);
    while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        let frame = frame.map_err(|_broken| ApiError::refused("the body did not arrive whole"))?;
        let Ok(data) = frame.into_data() else { continue };
        if bytes.len().saturating_add(data.len()) > bytes_max {
            return Err(ApiError::too_large(bytes_max));
        }
        bytes.extend_from_slice(&data);
    }
    Ok(bytes.into())
}

/// A body without a type is taken for JSON.
fn check_content_type(headers: &HeaderMap) -> Answer<()> {
    let Some(value) = headers.get(header::CONTENT_TYPE) else { return Ok(()) };
    let text = String::from_utf8_lossy(value.as_bytes());
    let essence = text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let is_json = matches!(essence.as_str(), "" | "application/json" | "text/json");
    if is_json || essence.ends_with("+json") {
        return Ok(());
    }
    Err(ApiError::not_json_type(&essence))
}

/// Reads the shape of a body that holds what `validator` names.
pub(crate) fn parse<'a>(body: &'a [u8], seed: Seed, validator: &'static str) -> Answer<Node<'a>> {
    let refuse = |message: String| Err(Faults::of(validator).refuse(Place::Body, message));
    let text = match str::from_utf8(body) {
        Ok(text) => text,
        Err(error) => return refuse(format!("is not UTF-8 from byte {} on", error.valid_up_to())),
    };
    if text.trim_ascii().is_empty() {
        return refuse("is empty, JSON is needed".to_owned());
    }
    if text.starts_with(BYTE_ORDER_MARK) {
        return refuse("starts with a byte order mark: send JSON without it".to_owned());
    }
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let node = seed.deserialize(&mut deserializer);
    match node.and_then(|node| deserializer.end().map(|()| node)) {
        Ok(node) => Ok(node),
        Err(error) => refuse(format!("is not JSON: {error}")),
    }
}

/// Reads a body that must be one object.
pub(crate) fn parse_object<'a>(
    body: &'a [u8],
    seed: Seed,
    validator: &'static str,
) -> Answer<RawObject<'a>> {
    match parse(body, seed, validator)? {
        Node::Object(object) => Ok(object),
        other @ (Node::List(_) | Node::Other(_)) => {
            let message = format_args!("must be an object, not {}", other.kind());
            Err(Faults::of(validator).refuse(Place::Body, message))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[tokio::test]
    async fn a_body_is_read_up_to_its_limit() {
        let read = async |text: &'static str| read_limited(Body::from(text), BodyLimit(4)).await;
        assert_eq!(read("").await.unwrap(), "");
        assert_eq!(read("1234").await.unwrap(), "1234");
        assert!(read("12345").await.unwrap_err().into_text().contains("larger than 4 bytes"));
    }

    #[test]
    fn a_type_is_json_absent_or_refused() {
        let check = |kind: &'static str| {
            let header = (header::CONTENT_TYPE, HeaderValue::from_static(kind));
            check_content_type(&HeaderMap::from_iter([header])).is_ok()
        };
        assert!(check_content_type(&HeaderMap::new()).is_ok());
        for kind in
            ["application/json", "Application/JSON; charset=utf-8", "application/merge-patch+json"]
        {
            assert!(check(kind), "{kind}");
        }
        for kind in ["text/plain", "application/x-www-form-urlencoded", "application/jsonp"] {
            assert!(!check(kind), "{kind}");
        }
    }
}
