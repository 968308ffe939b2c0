//! Turning knobs: settings, time, tokens, and back to the beginning.

use super::refusal::{Refusal, read};
use crate::xero::Xero;
use crate::xero::settings::Settings;
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use jiff::SignedDuration;
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// `GET /control/settings`.
pub(super) async fn settings(State(xero): State<Xero>) -> Json<Settings> {
    Json(xero.change_still(|world| world.settings.clone()))
}

/// `PATCH /control/settings`: what is not named stays.
pub(super) async fn change_settings(
    State(xero): State<Xero>,
    body: Bytes,
) -> Result<Json<Settings>, Refusal> {
    let changes: Map<String, Value> = read(&body)?;
    xero.change(|world, _| {
        let refused = |error: serde_json::Error| Refusal::Body(error.to_string());
        let mut merged = serde_json::to_value(&world.settings).map_err(refused)?;
        merge(&mut merged, Value::Object(changes));
        world.settings = serde_json::from_value(merged).map_err(refused)?;
        Ok(Json(world.settings.clone()))
    })
}

fn merge(into: &mut Value, changes: Value) {
    match (into, changes) {
        (Value::Object(fields), Value::Object(changes)) => {
            for (name, change) in changes {
                merge(fields.entry(name).or_insert(Value::Null), change);
            }
        }
        (into, change) => *into = change,
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct TimeBody {
    advance_secs: u32,
}

/// `GET /control/time`.
pub(super) async fn time(State(xero): State<Xero>) -> Json<Value> {
    Json(xero.change(|_, now| json!({ "now": now.to_string() })))
}

/// `POST /control/time`: the simulator's time runs ahead of its clock.
pub(super) async fn advance(State(xero): State<Xero>, body: Bytes) -> Result<Json<Value>, Refusal> {
    let body: TimeBody = read(&body)?;
    xero.change_still(|world| {
        let length = SignedDuration::from_secs(body.advance_secs.into());
        world.ahead = world.ahead.saturating_add(length);
    });
    Ok(time(State(xero)).await)
}

/// `POST /control/tokens/expire`: access tokens end, refresh tokens stay.
pub(super) async fn expire_tokens(State(xero): State<Xero>) -> Json<Value> {
    xero.change(|world, now| world.grants.expire_access(now));
    Json(json!({}))
}

/// `POST /control/tokens/revoke`: no token works any more; organisations stay connected.
pub(super) async fn revoke_tokens(State(xero): State<Xero>) -> Json<Value> {
    xero.change(|world, _| world.grants.revoke_all());
    Json(json!({}))
}

/// `POST /control/reset`: one organisation, and nothing has happened yet. Ids go on where they were.
pub(super) async fn reset(State(xero): State<Xero>) -> Json<Value> {
    xero.change_still(crate::xero::world::World::reset);
    Json(json!({}))
}
