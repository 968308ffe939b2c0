//! The client and its bounds.

use crate::call::Call;
use crate::error::{CallError, ClientError, sentence};
use crate::guard::refusal_in;
use crate::reach::Reach;
use crate::reply::Reply;
use crate::resolver::{Resolver, SystemResolver};
use crate::way::Ways;
use async_trait::async_trait;
use bytes::Bytes;
use reqwest::header::HeaderMap;
use std::fmt;
use std::sync::Arc;
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
    /// Whom calls may reach. Through a proxy a name is checked before the call, but the proxy looks it up again: one that
    /// serves URLs of API callers must itself keep them out of private networks.
    pub reach: Reach,
    /// Who looks names up where not everybody may be reached.
    pub resolver: Arc<dyn Resolver>,
}

impl Default for OutboundOptions {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(10),
            timeout: Duration::from_secs(30),
            body_bytes_max: BODY_BYTES_MAX_DEFAULT,
            proxy: None,
            reach: Reach::Anywhere,
            resolver: Arc::new(SystemResolver),
        }
    }
}

/// Takes calls in the place of the network, bounds and all: a simulation's.
#[async_trait]
pub trait Carrier: fmt::Debug + Send + Sync {
    /// Brings a call to whom it is for, and what is answered back.
    async fn carry(&self, call: Carried) -> Result<Reply, CallError>;
}

/// A call as a carrier sees it.
#[derive(Clone)]
pub struct Carried {
    /// `GET`, `POST` and so on.
    pub method: String,
    /// Where to; with what may be a secret.
    pub url: String,
    /// Names and values.
    pub headers: HeaderMap,
    /// What it brings.
    pub body: Bytes,
}

/// Header values and the body stay out: they hold secrets.
impl fmt::Debug for Carried {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Carried").field("method", &self.method).finish_non_exhaustive()
    }
}

/// Makes calls. Cheap to clone; clones share their connections.
#[derive(Clone, Debug)]
pub struct Outbound {
    by: By,
    timeout: Duration,
    body_bytes_max: usize,
}

/// What calls go by.
#[derive(Clone, Debug)]
enum By {
    Network(Ways),
    Carrier(Arc<dyn Carrier>),
}

impl Outbound {
    /// A client whose calls never reach the network: a carrier takes them. Its time limits hold as always.
    pub fn carried(options: &OutboundOptions, carrier: Arc<dyn Carrier>) -> Self {
        let OutboundOptions { timeout, body_bytes_max, .. } = *options;
        Self { by: By::Carrier(carrier), timeout, body_bytes_max }
    }

    /// A client with these bounds.
    pub fn new(options: &OutboundOptions) -> Result<Self, ClientError> {
        let OutboundOptions { timeout, body_bytes_max, .. } = *options;
        Ok(Self { by: By::Network(Ways::new(options)?), timeout, body_bytes_max })
    }

    /// Makes a call and reads the whole answer.
    pub async fn send(&self, call: Call) -> Result<Reply, CallError> {
        let timeout = call.timeout.unwrap_or(self.timeout);
        // Around everything: looking a name up takes time as well.
        tokio::time::timeout(timeout, self.exchange(call)).await.unwrap_or(Err(CallError::TimedOut))
    }

    async fn exchange(&self, call: Call) -> Result<Reply, CallError> {
        let Call { method, target, headers, body, timeout: _ } = call;
        let ways = match &self.by {
            By::Network(ways) => ways,
            By::Carrier(carrier) => {
                let (method, url) = (method.to_string(), target.url().to_string());
                let body = body.unwrap_or_default();
                return carrier.carry(Carried { method, url, headers, body }).await;
            }
        };
        let chosen = ways.choose(target.url()).await?;
        let mut request = chosen.http.request(method, target.url().clone()).headers(headers);
        if let Some(body) = body {
            request = request.body(body);
        }
        let answer = request.send().await;
        let mut answer = answer.map_err(|error| chosen.explain(unanswered(&error)))?;
        let headers = std::mem::take(answer.headers_mut());
        let status = answer.status().as_u16();
        let body = self.read(&mut answer).await?;
        Ok(Reply::new(status, headers, body))
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
    if let Some(why) = refusal_in(error) {
        CallError::Refused(why)
    } else if error.is_timeout() {
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
