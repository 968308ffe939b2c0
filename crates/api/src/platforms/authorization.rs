//! What a platform's own page hands to a client's, to authorise a connection with: only Sage works so.

use super::not_in_this_version;
use crate::envelope::{Answer, ApiError};
use crate::json::{Faults, JsonBody, Node, Place, Seed, parse};
use crate::locate::ConnectionAt;
use crate::nouns::load_connection;
use crate::state::Shared;
use crate::surface::{Area, Operation, Surface};
use crate::wire::ConnectionShape;
use axum::Json;
use axum::extract::State;
use domain::platform::SAGE;
use schemars::{Schema, SchemaGenerator, json_schema};
use std::collections::BTreeMap;

pub(super) fn surface() -> Surface {
    const AUTHORIZATION: &str = "/companies/{companyId}/connections/{connectionId}/authorization";
    Surface::of(Area::Connections).serve(
        Operation::put(
            AUTHORIZATION,
            "update-connection-authorization",
            "Authorises a connection with what the platform's page handed over",
        )
        .body(authorization_schema)
        .answers::<ConnectionShape>(),
        update_authorization,
    )
}

const VALIDATOR: &str = "ConnectionAuthorization";

fn authorization_schema(_schemas: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": "object", "additionalProperties": {"type": "string"}})
}

async fn update_authorization(
    State(state): State<Shared>,
    ConnectionAt(path): ConnectionAt,
    JsonBody(body): JsonBody,
) -> Answer<Json<ConnectionShape>> {
    check_texts(&body)?;
    let platform = load_connection(&state, &path).await?.platform;
    Err(if platform.key == SAGE.key {
        not_in_this_version(platform, "authorise a connection to")
    } else {
        let name = platform.name;
        let advice = "send the customer to the connection's linkUrl";
        ApiError::refused(format!("{name} is not authorised by this operation: {advice}"))
    })
}

fn check_texts(body: &[u8]) -> Answer<()> {
    let refuse = |message: &str| Err(Faults::of(VALIDATOR).refuse(Place::Body, message));
    match parse(body, Seed::object(&[]), VALIDATOR)? {
        Node::Object(_) => match serde_json::from_slice::<BTreeMap<String, String>>(body) {
            Ok(_texts) => Ok(()),
            Err(_other) => refuse("must be an object of texts"),
        },
        Node::List(_) | Node::Other(_) => refuse("must be an object of texts"),
    }
}
