//! Connections.

use crate::compat::Viewer;
use crate::envelope::{Answer, ApiError};
use crate::json::{Faults, Fields, JsonBody, Place, Seed, parse_object};
use crate::locate::{CompanyAt, ConnectionAt, missing_connection};
use crate::paging::{Listed, PageShape, read_list_request};
use crate::query::Parameters;
use crate::state::{ApiState, Shared};
use crate::surface::{Area, LISTING, Operation, Surface};
use crate::wire::{ConnectionShape, Links};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use domain::connection::{CONNECTION_PROPERTIES, Connection, ConnectionStatus};
use domain::ids::{ConnectionId, ConnectionPath, random_uuid};
use domain::platform::{self, Platform};
use schemars::{Schema, SchemaGenerator, json_schema};
use store::Unlinking;

pub(super) fn surface() -> Surface {
    const CONNECTIONS: &str = "/companies/{companyId}/connections";
    const CONNECTION: &str = "/companies/{companyId}/connections/{connectionId}";
    Surface::of(Area::Connections)
        .serve(
            Operation::get(CONNECTIONS, "list-connections", "A company's connections")
                .paged()
                .takes(LISTING)
                .answers::<PageShape<ConnectionShape>>()
                .open_to_tokens(),
            list_connections,
        )
        .serve(
            Operation::post(CONNECTIONS, "create-connection", "Makes a connection to a platform")
                .body(platform_schema)
                .answers::<ConnectionShape>()
                .open_to_tokens(),
            create_connection,
        )
        .serve(
            Operation::get(CONNECTION, "get-connection", "One connection, with a fresh link")
                .answers::<ConnectionShape>()
                .open_to_tokens(),
            get_connection,
        )
        .serve(
            Operation::patch(CONNECTION, "unlink-connection", "Gives a linked connection up")
                .body(unlink_schema)
                .answers::<ConnectionShape>()
                .open_to_tokens(),
            unlink_connection,
        )
        .serve(
            Operation::delete(
                CONNECTION,
                "delete-connection",
                "Deletes a connection with its data",
            )
            .answers_empty(StatusCode::OK),
            delete_connection,
        )
}

fn platform_schema(_schemas: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "object",
        "required": ["platformKey"],
        "properties": {"platformKey": {"type": "string", "pattern": "^[a-z]{4}$"}},
    })
}

fn unlink_schema(_schemas: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "object",
        "required": ["status"],
        "properties": {"status": {"type": "string", "enum": ["Unlinked"]}},
    })
}

const VALIDATOR: &str = "Connections";
const LISTED: Listed = Listed { type_name: "Connection", properties: CONNECTION_PROPERTIES };
/// Keys and names of states are far shorter; a longer text is not repeated in an error.
const WORD_CHARS_MAX: usize = 50;

async fn create_connection(
    State(state): State<Shared>,
    viewer: Viewer,
    at: CompanyAt,
    JsonBody(body): JsonBody,
) -> Answer<Json<ConnectionShape>> {
    let platform = read_platform(&body, &state.platforms)?;
    let connection = open_connection(&state, at, platform).await?;
    Ok(Json(ConnectionShape::show(&connection, Links::new(&state), viewer)))
}

/// Keeps a new connection that the customer has yet to authorise.
pub(super) async fn open_connection(
    state: &ApiState,
    at: CompanyAt,
    platform: &'static Platform,
) -> Answer<Connection> {
    let connection = Connection {
        id: ConnectionId::new(random_uuid(&*state.ids)),
        client: at.client,
        company: at.company,
        platform,
        status: ConnectionStatus::PendingAuth,
        created_at: state.now(),
        synced_at: None,
        trouble: None,
    };
    if state.store.create_connection(&connection).await? {
        Ok(connection)
    } else {
        Err(ApiError::no_such_company(at.company))
    }
}

async fn list_connections(
    State(state): State<Shared>,
    viewer: Viewer,
    at: CompanyAt,
    parameters: Parameters,
) -> Answer<Json<PageShape<ConnectionShape>>> {
    let request = read_list_request(&parameters, LISTED)?;
    let page = state.store.list_connections(at.client, at.company, &request).await?;
    let page = page.ok_or_else(|| ApiError::no_such_company(at.company))?;
    let links = Links::new(&state);
    let show = |connection: Connection| ConnectionShape::show(&connection, links, viewer);
    Ok(Json(PageShape::show(page, request.page, &parameters, show)))
}

async fn get_connection(
    State(state): State<Shared>,
    viewer: Viewer,
    ConnectionAt(path): ConnectionAt,
) -> Answer<Json<ConnectionShape>> {
    let connection = load_connection(&state, &path).await?;
    Ok(Json(ConnectionShape::show(&connection, Links::new(&state), viewer)))
}

/// A connection that must be there.
pub(crate) async fn load_connection(state: &ApiState, path: &ConnectionPath) -> Answer<Connection> {
    match state.store.find_connection(path).await? {
        Some(connection) => Ok(connection),
        None => Err(missing_connection(state, path).await),
    }
}

async fn unlink_connection(
    State(state): State<Shared>,
    viewer: Viewer,
    ConnectionAt(path): ConnectionAt,
    JsonBody(body): JsonBody,
) -> Answer<Json<ConnectionShape>> {
    read_wish_to_unlink(&body)?;
    match state.store.unlink_connection(&path, state.now()).await? {
        Unlinking::Unlinked(connection) => {
            Ok(Json(ConnectionShape::show(&connection, Links::new(&state), viewer)))
        }
        Unlinking::NotLinked(connection) => {
            let status = connection.status.name();
            Err(ApiError::refused(format!(
                "the connection is {status}: only a Linked one can be unlinked"
            )))
        }
        Unlinking::Unknown => Err(missing_connection(&state, &path).await),
    }
}

/// Answers 200 and nothing: every published library fails at 204 here.
async fn delete_connection(
    State(state): State<Shared>,
    ConnectionAt(path): ConnectionAt,
) -> Answer<StatusCode> {
    if state.store.delete_connection(&path, state.now()).await? {
        Ok(StatusCode::OK)
    } else {
        Err(missing_connection(&state, &path).await)
    }
}

fn read_platform(body: &[u8], offered: &[&'static Platform]) -> Answer<&'static Platform> {
    read_word(body, &["platformKey"], "platformKey", |key| parse_platform(key, offered))
}

/// The platform of a key, of those that this server can talk with.
pub(super) fn parse_platform(
    key: &str,
    offered: &[&'static Platform],
) -> Result<&'static Platform, String> {
    offered.iter().copied().find(|platform| platform.key == key).ok_or_else(|| {
        let all = offered.iter().map(|known| format!("{} ({})", known.key, known.name));
        let all = all.collect::<Vec<_>>().join(" or ");
        match platform::find(key) {
            Some(known) => {
                let name = known.name;
                format!("{name} is not set up on this server, which talks with {all}")
            }
            None => format!("there is no platform {key:?} here: use {all}"),
        }
    })
}

fn read_wish_to_unlink(body: &[u8]) -> Answer<()> {
    read_word(body, &["status"], "status", |status| match status {
        "Unlinked" => Ok(()),
        _ => Err("a connection can only be set to Unlinked"),
    })
}

/// Reads a body of one field that must be there.
fn read_word<T, E: std::fmt::Display>(
    body: &[u8],
    names: &'static [&'static str],
    name: &'static str,
    parse_word: impl FnOnce(&str) -> Result<T, E>,
) -> Answer<T> {
    let mut faults = Faults::of(VALIDATOR);
    let object = parse_object(body, Seed::object(names), VALIDATOR)?;
    let mut fields = Fields::new(&object, Place::Body, &mut faults);
    fields.require(name);
    let word = fields.parsed(name, WORD_CHARS_MAX, parse_word);
    match word {
        Some(word) if faults.is_empty() => Ok(word),
        Some(_) | None => Err(faults.into_error()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::platform::QUICKBOOKS;

    #[test]
    fn only_a_known_platform_is_connected() {
        assert_eq!(
            read_platform(br#"{"platformKey":"hcws"}"#, &[&QUICKBOOKS]).unwrap().key,
            "hcws"
        );
        let refusal =
            |body: &str| read_platform(body.as_bytes(), &[&QUICKBOOKS]).unwrap_err().into_text();
        assert_eq!(refusal("{}"), "platformKey is missing");
        assert!(refusal(r#"{"platformKey":"zzzz"}"#).ends_with(
            r#"there is no platform "zzzz" here: use hcws (QuickBooks Online Bank Feeds)"#
        ));
        assert!(refusal(r#"{"platformKey":"gbol"}"#).contains("Xero is not set up on this server"));
        assert!(refusal(r#"{"platformKey":7}"#).contains("must be a text, not a number"));
        assert!(refusal(r#""hcws""#).contains("must be an object"));
        assert!(refusal(r#"{"platformKey":"hcws","platformKey":"gbol"}"#).contains("twice"));
    }

    #[test]
    fn a_connection_can_only_be_set_to_unlinked() {
        read_wish_to_unlink(br#"{"status":"Unlinked"}"#).unwrap();
        assert!(read_wish_to_unlink(br#"{"status":"Linked"}"#).is_err());
        assert!(read_wish_to_unlink(b"{}").is_err());
    }
}
