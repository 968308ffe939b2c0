//! When messages did not arrive: sending again what was given up, looking again at what was never sent, and trying how
//! a message arrives at all.

use super::consumer::load;
use crate::envelope::{Answer, ApiError};
use crate::json::{ExactBody, Faults, Fields, JsonBody, Place, parse_object};
use crate::locate::ConsumerAt;
use crate::state::Shared;
use crate::surface::{Area, Operation, Surface};
use axum::Json;
use axum::extract::State;
use domain::event::{Event, EventKind, Example};
use domain::ids::ConsumerId;
use jiff::Timestamp;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;

pub(super) fn surface() -> Surface {
    const RECOVER: &str = "/ext/v1/webhooks/{webhookId}/recover";
    const REPLAY: &str = "/ext/v1/webhooks/{webhookId}/replay";
    const TEST: &str = "/ext/v1/webhooks/{webhookId}/test";
    Surface::of(Area::Webhooks)
        .serve(
            Operation::post(RECOVER, "recover-deliveries", "Sends again what was given up")
                .body(since_schema)
                .answers::<CountShape>(),
            recover,
        )
        .serve(
            Operation::post(REPLAY, "replay-events", "Sends what a consumer was never sent")
                .body(since_schema)
                .answers::<CountShape>(),
            replay,
        )
        .serve(
            Operation::post(TEST, "test-consumer", "Sends an example to one consumer")
                .body(example_schema)
                .answers::<ExampleShape>(),
            test,
        )
}

const VALIDATOR: &str = "Webhooks";
const SINCE: ExactBody = ExactBody::of(&["since"]);
const EXAMPLE: ExactBody = ExactBody::of(&["eventType", "payload"]);
const MOMENT_CHARS_MAX: usize = 40;
const TYPE_CHARS_MAX: usize = 100;

fn since_schema(_schemas: &mut SchemaGenerator) -> Schema {
    let schema = json_schema!({
        "type": "object",
        "required": ["since"],
        "properties": {"since": {"type": "string", "format": "date-time"}},
    });
    SINCE.schema(schema)
}

/// The body of an example.
pub(super) fn example_schema(_schemas: &mut SchemaGenerator) -> Schema {
    let names: Vec<_> = EventKind::ALL.iter().map(|kind| kind.name()).collect();
    let schema = json_schema!({
        "type": "object",
        "required": ["eventType"],
        "properties": {
            "eventType": {"type": "string", "enum": names},
            "payload": {"type": ["object", "null"]},
        },
    });
    EXAMPLE.schema(schema)
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "MendedCount")]
struct CountShape {
    count: u64,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "ExampleEvent")]
pub(super) struct ExampleShape {
    pub(super) event_sequence: u64,
}

async fn recover(
    State(state): State<Shared>,
    at: ConsumerAt,
    JsonBody(body): JsonBody,
) -> Answer<Json<CountShape>> {
    let since = read_since(&body)?;
    let ConsumerAt { client, consumer } = at;
    let count = state.store.recover_deliveries(client, consumer, since, state.now()).await?;
    counted(count, consumer)
}

async fn replay(
    State(state): State<Shared>,
    at: ConsumerAt,
    JsonBody(body): JsonBody,
) -> Answer<Json<CountShape>> {
    let since = read_since(&body)?;
    let ConsumerAt { client, consumer } = at;
    counted(state.store.replay_events(client, consumer, since).await?, consumer)
}

fn counted(count: Option<u64>, consumer: ConsumerId) -> Answer<Json<CountShape>> {
    let count = count.ok_or_else(|| ApiError::no_such_consumer(consumer))?;
    Ok(Json(CountShape { count }))
}

async fn test(
    State(state): State<Shared>,
    at: ConsumerAt,
    JsonBody(body): JsonBody,
) -> Answer<Json<ExampleShape>> {
    let (kind, payload) = read_example(&body)?;
    if load(&state, at).await?.disabled {
        return Err(ApiError::conflict("the consumer is disabled: enable it first"));
    }
    let event = Event::of_client(at.client, kind, state.now());
    let example = Example { consumer: Some(at.consumer), payload };
    let event_sequence = state.store.record_example(&event, &example).await?;
    Ok(Json(ExampleShape { event_sequence }))
}

fn read_since(body: &[u8]) -> Answer<Timestamp> {
    let mut faults = Faults::of(VALIDATOR);
    let object = parse_object(body, SINCE.seed(), VALIDATOR)?;
    let mut fields = Fields::new(&object, Place::Body, &mut faults);
    fields.require("since");
    let since = fields.parsed("since", MOMENT_CHARS_MAX, |text| {
        text.parse::<Timestamp>()
            .map_err(|_unreadable| "it is a moment such as 2025-03-04T12:00:00Z")
    });
    faults.check()?;
    since.ok_or_else(|| ApiError::internal("a moment that is neither read nor at fault"))
}

/// Which event, and what it says; an example of ours when the body says nothing.
pub(super) fn read_example(body: &[u8]) -> Answer<(EventKind, String)> {
    let mut faults = Faults::of(VALIDATOR);
    let object = parse_object(body, EXAMPLE.seed(), VALIDATOR)?;
    let mut fields = Fields::new(&object, Place::Body, &mut faults);
    fields.require("eventType");
    let kind = fields.parsed("eventType", TYPE_CHARS_MAX, str::parse);
    let payload = fields.raw("payload").map(|raw| raw.get().to_owned());
    if payload.as_ref().is_some_and(|payload| !payload.starts_with('{')) {
        fields.fault("payload", "must be an object");
    }
    faults.check()?;
    let kind =
        kind.ok_or_else(|| ApiError::internal("an event that is neither read nor at fault"))?;
    Ok((kind, payload.unwrap_or_else(|| "{\"example\":true}".to_owned())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_and_examples_are_read_or_refused_with_their_place() {
        assert_eq!(
            read_since(br#"{"since":"1970-01-01T01:00:00+01:00"}"#).unwrap(),
            Timestamp::UNIX_EPOCH
        );
        let refusal = |body: &str| read_since(body.as_bytes()).unwrap_err().into_text();
        assert_eq!(refusal("{}"), "since is missing");
        assert!(
            refusal(r#"{"since":"yesterday"}"#).starts_with("since is refused: it is a moment")
        );
        let (kind, payload) =
            read_example(br#"{"eventType":"company.created","payload":{"a":1.50}}"#).unwrap();
        assert_eq!((kind, payload.as_str()), (EventKind::CompanyCreated, r#"{"a":1.50}"#));
        let refusal = |body: &str| read_example(body.as_bytes()).unwrap_err().into_text();
        assert!(refusal(r#"{"eventType":"lunch"}"#).contains("use company.created, "));
        assert_eq!(
            refusal(r#"{"eventType":"company.created","payload":7}"#),
            "payload must be an object"
        );
    }
}
