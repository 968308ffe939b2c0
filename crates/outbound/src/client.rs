//! The client and its bounds.

use crate::call::Call;
use crate::error::{CallError, ClientError, sentence};
use crate::reply::{Headers, Reply};
use crate::retry::RetryHint;
use bytes::Bytes;
use reqwest::header::RETRY_AFTER;
use reqwest::{Client, redirect};
use std::time::Duration;

/// What an answer may hold unless the caller says otherwise: a thousand lines are about half a megabyte.
const BODY_BYTES_MAX_DEFAULT: usize = 16 * 1_024 * 1_024;

/// The bounds of every call.
#[derive(Clone, Debug)]
pub struct OutboundOptions {
    /// How long a connection may take to be made.
    pub connect_timeout: Duration,
    /// How long a call may take from its first byte to the answer's last, unless it says otherwise.
    pub timeout: Duration,
    /// How much of an answer is taken; one that is larger is cut off and refused.
    pub body_bytes_max: usize,
    /// A proxy to go through. The environment is not asked.
    pub proxy: Option<String>,
}

impl Default for OutboundOptions {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(10),
            timeout: Duration::from_secs(30),
            body_bytes_max: BODY_BYTES_MAX_DEFAULT,
            proxy: None,
        }
    }
}

/// Makes calls. Cheap to clone; clones share their connections.
#[derive(Clone, Debug)]
pub struct Outbound {
    http: Client,
    body_bytes_max: usize,
}

impl Outbound {
    /// A client with these bounds.
    pub fn new(options: &OutboundOptions) -> Result<Self, ClientError> {
        let mut builder = Client::builder()
            // Called before a proxy is set, this keeps the environment's out.
            .no_proxy()
            // A redirect would take headers, and so secrets, to where nobody configured them to go.
            .redirect(redirect::Policy::none())
            // Whoever calls decides whether to try again.
            .retry(reqwest::retry::never())
            .connect_timeout(options.connect_timeout)
            .timeout(options.timeout)
            .user_agent(concat!("millrace/", env!("CARGO_PKG_VERSION")));
        if let Some(proxy) = &options.proxy {
            let proxy = reqwest::Proxy::all(proxy);
            builder = builder.proxy(proxy.map_err(|error| ClientError(sentence(&error)))?);
        }
        let http = builder.build().map_err(|error| ClientError(sentence(&error)))?;
        Ok(Self { http, body_bytes_max: options.body_bytes_max })
    }

    /// Makes a call and reads the whole answer.
    pub async fn send(&self, call: Call) -> Result<Reply, CallError> {
        let Call { method, target, headers, body, timeout } = call;
        let mut request = self.http.request(method, target.url().clone()).headers(headers);
        if let Some(body) = body {
            request = request.body(body);
        }
        if let Some(timeout) = timeout {
            request = request.timeout(timeout);
        }
        let mut answer = request.send().await.map_err(|error| unanswered(&error))?;
        let headers = Headers(std::mem::take(answer.headers_mut()));
        let retry = headers.0.get(RETRY_AFTER).and_then(|value| value.to_str().ok());
        let retry = retry.map_or(RetryHint::Unsaid, RetryHint::parse);
        let status = answer.status().as_u16();
        let body = self.read(&mut answer).await?;
        Ok(Reply { status, body, retry, headers })
    }

    async fn read(&self, answer: &mut reqwest::Response) -> Result<Bytes, CallError> {
        let too_large = || CallError::TooLarge { bytes_max: self.body_bytes_max };
        let fits = |count: usize| count <= self.body_bytes_max;
        let told = answer.content_length().unwrap_or(0);
        if !usize::try_from(told).is_ok_and(fits) {
            return Err(too_large());
        }
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|error| broken_off(&error))? {
            if !fits(body.len().saturating_add(chunk.len())) {
                return Err(too_large());
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body.into())
    }
}

fn unanswered(error: &reqwest::Error) -> CallError {
    if error.is_timeout() {
        CallError::TimedOut
    } else if error.is_builder() {
        CallError::Unsound(sentence(error))
    } else {
        CallError::Unreachable(sentence(error))
    }
}

fn broken_off(error: &reqwest::Error) -> CallError {
    if error.is_timeout() { CallError::TimedOut } else { CallError::BrokenOff(sentence(error)) }
}
