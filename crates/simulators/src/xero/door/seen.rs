//! The calls that came, as the control API shows them: no tokens, no secrets.

use super::attend::Arrival;
use jiff::Timestamp;
use serde::Serialize;
use std::collections::VecDeque;

use crate::xero::operation::Service;

/// Enough to see what happened, not enough to fill a machine.
const CALLS_KEPT_MAX: usize = 1_000;
/// A body that is longer is cut.
const BODY_CHARS_MAX: usize = 16 * 1024;

/// One call.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Call {
    number: u64,
    at: String,
    operation: &'static str,
    method: String,
    path: String,
    tenant: Option<String>,
    idempotency_key: Option<String>,
    fault: Option<&'static str>,
    /// What was sent; never the forms of the identity pages, which hold secrets.
    body: Option<String>,
    /// None while the call is being handled.
    status: Option<u16>,
}

/// The latest calls, the oldest first.
#[derive(Default)]
pub(crate) struct Seen {
    numbered: u64,
    calls: VecDeque<Call>,
}

impl Call {
    /// The call that has just come.
    pub(super) fn of(arrival: &Arrival, now: Timestamp) -> Self {
        let header = |name: &str| {
            let value = arrival.parts.headers.get(name)?;
            Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
        };
        let has_secrets = arrival.operation.service() == Service::Identity;
        // The query of a consent holds nothing that the page does not show.
        let path = arrival.parts.uri.path_and_query().map(ToString::to_string);
        let body = String::from_utf8_lossy(&arrival.body);
        let body = body.chars().take(BODY_CHARS_MAX).collect::<String>();
        Self {
            number: 0,
            at: now.to_string(),
            operation: arrival.operation.name(),
            method: arrival.parts.method.to_string(),
            path: path.unwrap_or_default(),
            tenant: header("xero-tenant-id"),
            idempotency_key: header("idempotency-key"),
            fault: arrival.played.0.map(|order| order.fault.name()),
            body: (!has_secrets && !body.is_empty()).then_some(body),
            status: None,
        }
    }
}

impl Seen {
    /// Writes a call down and answers its number.
    pub(super) fn begin(&mut self, call: Call) -> u64 {
        self.numbered = self.numbered.saturating_add(1);
        self.calls.push_back(Call { number: self.numbered, ..call });
        if self.calls.len() > CALLS_KEPT_MAX {
            self.calls.pop_front();
        }
        self.numbered
    }

    /// Writes down what the call was answered.
    pub(super) fn end(&mut self, number: u64, status: u16) {
        if let Some(call) = self.calls.iter_mut().find(|call| call.number == number) {
            call.status = Some(status);
        }
    }

    /// The calls.
    pub(crate) const fn calls(&self) -> &VecDeque<Call> {
        &self.calls
    }
}
