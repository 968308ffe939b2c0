//! Ordering faults.

use super::refusal::{Refusal, read};
use crate::xero::Xero;
use crate::xero::faults::{Fault, Order};
use crate::xero::operation::Operation;
use crate::xero::problem::Kind;
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};

/// A fault is a moment's unless somebody says how long it takes.
const MILLIS: u64 = 250;
/// What `Retry-After` says unless somebody says otherwise.
const RETRY_AFTER_SECS: u32 = 30;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct OrderBody {
    fault: String,
    operation: Option<String>,
    calls: Option<u32>,
    secs: Option<u32>,
    percent: Option<u8>,
    millis: Option<u64>,
    retry_after_secs: Option<u32>,
    problem: Option<String>,
}

/// `POST /control/faults`.
pub(super) async fn order(State(xero): State<Xero>, body: Bytes) -> Result<Json<Value>, Refusal> {
    let body: OrderBody = read(&body)?;
    xero.change(|world, now| {
        let order = body.order(now)?;
        world.orders.add(order);
        Ok(Json(shown(&order)))
    })
}

/// `GET /control/faults`: what can be ordered, and what is.
pub(super) async fn list(State(xero): State<Xero>) -> Json<Value> {
    let names: Vec<_> = Fault::ALL.iter().map(|fault| fault.name()).collect();
    let operations: Vec<_> = Operation::ALL.iter().map(|operation| operation.name()).collect();
    Json(xero.change_still(|world| {
        let open: Vec<_> = world.orders.open().iter().map(shown).collect();
        json!({"faults": names, "operations": operations, "ordered": open})
    }))
}

/// `DELETE /control/faults`.
pub(super) async fn clear(State(xero): State<Xero>) -> Json<Value> {
    xero.change_still(|world| world.orders.clear());
    Json(json!({ "ordered": [] }))
}

impl OrderBody {
    fn order(&self, now: Timestamp) -> Result<Order, Refusal> {
        let unknown = |what: &str, name: &str, known: Vec<&str>| {
            Refusal::Body(format!("there is no {what} {name:?}; there are: {}", known.join(", ")))
        };
        let fault = Fault::find(&self.fault).ok_or_else(|| {
            unknown("fault", &self.fault, Fault::ALL.iter().map(|one| one.name()).collect())
        })?;
        let operation = self.operation.as_deref().map(|name| {
            Operation::find(name).ok_or_else(|| {
                unknown("operation", name, Operation::ALL.iter().map(|one| one.name()).collect())
            })
        });
        let operation = operation.transpose()?;
        if let Some(at) = operation.filter(|operation| !fault.fits(*operation)) {
            let words = format!("{} cannot happen at {}", fault.name(), at.name());
            return Err(Refusal::Body(words));
        }
        let problem = self.problem.as_deref().map(|name| {
            Kind::find(name).ok_or_else(|| {
                unknown("problem", name, Kind::ALL.iter().map(|one| one.name()).collect())
            })
        });
        let until = self
            .secs
            .map(|secs| now.saturating_add(SignedDuration::from_secs(secs.into())).unwrap_or(now));
        // Once, unless it is to last for a while.
        let calls_left = self.calls.or_else(|| until.is_none().then_some(1));
        Ok(Order {
            fault,
            operation,
            calls_left,
            until,
            percent: self.percent.unwrap_or(100),
            millis: self.millis.unwrap_or(MILLIS),
            retry_after_secs: self.retry_after_secs.unwrap_or(RETRY_AFTER_SECS),
            problem: problem.transpose()?,
        })
    }
}

fn shown(order: &Order) -> Value {
    json!({
        "fault": order.fault.name(),
        "operation": order.operation.map(Operation::name),
        "calls": order.calls_left,
        "until": order.until.map(|until| until.to_string()),
        "percent": order.percent,
        "millis": order.millis,
        "retryAfterSecs": order.retry_after_secs,
        "problem": order.problem.map(Kind::name),
    })
}
