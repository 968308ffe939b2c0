//! API keys. Only their hashes are kept, so a list shows stars and the last four characters where the contract shows the
//! key.

use crate::auth::Caller;
use crate::envelope::{Answer, ApiError};
use crate::json::{Faults, Fields, JsonBody, Place, Seed, parse_object};
use crate::locate::ApiKeyAt;
use crate::state::Shared;
use crate::surface::{Area, Operation, Surface, formats};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use domain::api_key::{
    API_KEY_CHARS, API_KEY_NAME_CHARS_MAX, API_KEYS_MAX, ApiKey, ApiKeySecret, Revocation,
};
use domain::dates::stamp;
use domain::ids::{ApiKeyId, random_uuid};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use store::{KeyKept, LastKey};

pub(super) fn surface() -> Surface {
    Surface::of(Area::Settings)
        .serve(
            Operation::get("/apiKeys", "list-api-keys", "The API keys, masked")
                .answers::<KeysShape>(),
            list_api_keys,
        )
        .serve(
            Operation::post("/apiKeys", "create-api-key", "Makes an API key, shown this once")
                .body(key_schema)
                .answers_with(StatusCode::CREATED, SchemaGenerator::subschema_for::<KeyShape>)
                .holds_secret(),
            create_api_key,
        )
        .serve(
            Operation::delete("/apiKeys/{apiKeyId}", "delete-api-key", "Revokes an API key")
                .answers_empty(StatusCode::NO_CONTENT)
                .refuses(StatusCode::CONFLICT),
            delete_api_key,
        )
}

const VALIDATOR: &str = "ApiKeys";
const FIELDS: &[&str] = &["name"];

fn key_schema(_schemas: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "object",
        "properties": {"name": {"type": ["string", "null"], "maxLength": API_KEY_NAME_CHARS_MAX}},
    })
}

/// The contract's `ApiKeys`.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ApiKeys")]
struct KeysShape {
    results: Vec<KeyShape>,
}

/// The contract's `ApiKeyDetails`.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "ApiKeyDetails")]
struct KeyShape {
    #[schemars(schema_with = "formats::uuid")]
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// Whole only in the answer that made it.
    api_key: String,
    #[schemars(schema_with = "formats::moment")]
    created_date: String,
}

impl KeyShape {
    fn show(key: ApiKey, api_key: String) -> Self {
        let created_date = stamp(key.created_at);
        Self { id: key.id.to_string(), name: key.name, api_key, created_date }
    }

    fn masked(key: ApiKey) -> Self {
        let stars = API_KEY_CHARS.saturating_sub(key.hint.chars().count());
        let masked = format!("{}{}", "*".repeat(stars), key.hint);
        Self::show(key, masked)
    }
}

async fn list_api_keys(State(state): State<Shared>, caller: Caller) -> Answer<Json<KeysShape>> {
    let keys = state.store.list_api_keys(caller.client).await?;
    Ok(Json(KeysShape { results: keys.into_iter().map(KeyShape::masked).collect() }))
}

async fn create_api_key(
    State(state): State<Shared>,
    caller: Caller,
    JsonBody(body): JsonBody,
) -> Answer<(StatusCode, Json<KeyShape>)> {
    let name = read_name(&body)?;
    let secret = ApiKeySecret::generate(&*state.ids);
    let key = ApiKey {
        id: ApiKeyId::new(random_uuid(&*state.ids)),
        client: caller.client,
        name,
        hash: secret.hash(),
        hint: secret.hint(),
        created_at: state.now(),
    };
    match state.store.create_api_key(&key).await? {
        KeyKept::Kept => {
            Ok((StatusCode::CREATED, Json(KeyShape::show(key, secret.reveal().to_owned()))))
        }
        KeyKept::TooMany => Err(ApiError::conflict(format!(
            "there are {API_KEYS_MAX} API keys, which is the most: delete one first"
        ))),
    }
}

async fn delete_api_key(
    State(state): State<Shared>,
    ApiKeyAt { client, key }: ApiKeyAt,
) -> Answer<StatusCode> {
    match state.store.revoke_api_key(client, key, LastKey::Keep).await? {
        Revocation::Revoked => Ok(StatusCode::NO_CONTENT),
        Revocation::Unknown => Err(ApiError::no_such_api_key(key)),
        Revocation::LastKey => Err(ApiError::conflict(
            "this is the last API key, and without one nobody could make another: make the next one first, \
             or revoke it with `millrace keys revoke`",
        )),
    }
}

fn read_name(body: &[u8]) -> Answer<Option<String>> {
    let mut faults = Faults::of(VALIDATOR);
    let object = parse_object(body, Seed::object(FIELDS), VALIDATOR)?;
    let name = Fields::new(&object, Place::Body, &mut faults).text("name", API_KEY_NAME_CHARS_MAX);
    faults.check()?;
    Ok(name.filter(|name| !name.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::ids::ClientId;
    use testkit::an_api_key;
    use uuid::Uuid;

    #[test]
    fn a_listed_key_shows_only_its_end() {
        let key = an_api_key(ClientId::new(Uuid::from_u128(1)));
        let hint = key.hint.clone();
        let shown = KeyShape::masked(key).api_key;
        assert_eq!((shown.len(), shown.ends_with(&hint)), (API_KEY_CHARS, true));
        assert!(shown.starts_with("****"), "{shown}");
    }

    #[test]
    fn a_name_may_be_absent_and_not_too_long() {
        assert_eq!(read_name(b"{}").unwrap(), None);
        assert_eq!(read_name(br#"{"name":"ci"}"#).unwrap().as_deref(), Some("ci"));
        let long = format!(r#"{{"name":"{}"}}"#, "x".repeat(51));
        let refusal = read_name(long.as_bytes()).unwrap_err().into_text();
        assert_eq!(refusal, "name has more than 50 characters");
    }
}
