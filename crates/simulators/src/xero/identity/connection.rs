//! Which organisations are connected to the app: `GET /connections`, `DELETE /connections/{id}`.

use crate::xero::Xero;
use crate::xero::door::Caller;
use crate::xero::ids::Id;
use crate::xero::world::World;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use jiff::Timestamp;
use serde::Serialize;

/// An organisation that is connected.
#[derive(Clone, Debug)]
pub(crate) struct Connection {
    pub(crate) id: Id,
    pub(crate) tenant: Id,
    /// Who connected it.
    pub(crate) user: String,
    /// The consent that connected it last.
    pub(crate) event: Id,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    id: Id,
    auth_event_id: Id,
    tenant_id: Id,
    tenant_type: &'static str,
    tenant_name: String,
    created_date_utc: String,
    updated_date_utc: String,
}

impl Connection {
    /// Connects an organisation; one that is connected keeps its connection.
    pub(super) fn connect(world: &mut World, tenant: Id, event: Id, now: Timestamp) {
        let user = world.organisation(tenant).map(|organisation| organisation.user.clone());
        let Some(user) = user else { return };
        let mut connections = world.connections.iter_mut();
        if let Some(known) = connections.find(|known| known.tenant == tenant) {
            known.event = event;
            known.updated_at = now;
            return;
        }
        let id = world.ids.id();
        let connection = Self { id, tenant, user, event, created_at: now, updated_at: now };
        world.connections.push(connection);
    }

    fn shown(&self, world: &World) -> Shown {
        let name = world.organisation(self.tenant).map(|organisation| organisation.name.clone());
        Shown {
            id: self.id,
            auth_event_id: self.event,
            tenant_id: self.tenant,
            tenant_type: "ORGANISATION",
            tenant_name: name.unwrap_or_default(),
            created_date_utc: utc(self.created_at),
            updated_date_utc: utc(self.updated_at),
        }
    }
}

/// The instant as Xero writes it here: without a zone.
fn utc(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.0000000").to_string()
}

/// The caller's organisations.
pub(crate) async fn list_connections(
    State(xero): State<Xero>,
    Extension(caller): Extension<Caller>,
    RawQuery(query): RawQuery,
) -> Response {
    let query = super::form::Form::read(query.unwrap_or_default().as_bytes());
    let event = query.get("authEventId").map(Id::parse);
    if event == Some(None) {
        return (StatusCode::BAD_REQUEST, "authEventId is no id").into_response();
    }
    let shown: Vec<Shown> = xero.change(|world, _| {
        let own = world.connections.iter().filter(|one| one.user == caller.user);
        let own = own.filter(|one| event.is_none_or(|event| event == Some(one.event)));
        own.map(|one| one.shown(world)).collect()
    });
    Json(shown).into_response()
}

/// Takes an organisation off the app.
pub(crate) async fn delete_connection(
    State(xero): State<Xero>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
) -> StatusCode {
    let id = Id::parse(&id);
    let is_meant = |one: &Connection| Some(one.id) == id && one.user == caller.user;
    let found = xero.change(|world, _| {
        let place = world.connections.iter().position(is_meant)?;
        Some(world.connections.remove(place))
    });
    if found.is_some() { StatusCode::NO_CONTENT } else { StatusCode::NOT_FOUND }
}
