//! The events themselves, in their order, for those who would rather ask than be told: whoever knows the last number that
//! it saw misses nothing. A question may wait for the next event.

use super::mend::{ExampleShape, example_schema, read_example};
use crate::auth::Caller;
use crate::envelope::{Answer, ApiError};
use crate::json::JsonBody;
use crate::messages::EventShape;
use crate::query::Parameters;
use crate::state::{ApiState, Shared};
use crate::surface::{Area, Operation, Parameter, Surface, formats};
use crate::turn;
use axum::Json;
use axum::extract::State;
use domain::event::{Event, Example, KeptEvent};
use domain::ids::ClientId;
use schemars::{JsonSchema, json_schema};
use serde::Serialize;
use std::time::Duration;

pub(super) fn surface() -> Surface {
    const EVENTS: &str = "/ext/v1/events";
    const EXAMPLES: &str = "/ext/v1/events/examples";
    Surface::of(Area::Webhooks)
        .serve(
            Operation::get(EVENTS, "list-events", "What happened, in order")
                .takes(PARAMETERS)
                .answers::<EventsShape>(),
            list_events,
        )
        .serve(
            Operation::post(EXAMPLES, "make-example-event", "Makes an event that did not happen")
                .body(example_schema)
                .answers::<ExampleShape>(),
            make_example,
        )
}

/// Less than proxies let a request wait.
const WAIT_SECS_MAX: u64 = 50;
const EVENTS_MAX: u32 = 1_000;
const EVENTS_DEFAULT: u32 = 100;
/// Events of other processes raise no signal in this one.
const LOOK_AGAIN: Duration = Duration::from_millis(500);
/// Shorter than anybody notices.
const GATHER: Duration = Duration::from_millis(10);

const PARAMETERS: &[Parameter] = &[
    Parameter::query(
        "after",
        "The number of the last event that is known",
        || json_schema!({"type": "integer", "minimum": 0, "default": 0}),
    ),
    Parameter::query(
        "wait",
        "So many seconds to wait for an event",
        || json_schema!({"type": "integer", "minimum": 0, "maximum": WAIT_SECS_MAX, "default": 0}),
    ),
    Parameter::query("count", "At most so many events", || {
        json_schema!({
            "type": "integer", "minimum": 1, "maximum": EVENTS_MAX, "default": EVENTS_DEFAULT,
        })
    }),
];

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Events")]
struct EventsShape {
    results: Vec<KeptShape>,
    /// To ask after next time.
    last: u64,
    /// The number of the newest event there is.
    newest: u64,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "KeptEvent")]
struct KeptShape {
    sequence: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "formats::uuid")]
    company_id: Option<String>,
    /// Whether it did not happen.
    example: bool,
    /// As webhooks tell it.
    event: EventShape,
}

impl KeptShape {
    fn show(kept: &KeptEvent, public_url: &str) -> Self {
        Self {
            sequence: kept.sequence,
            company_id: kept.event.company.map(|id| id.to_string()),
            example: kept.about.example.is_some(),
            event: EventShape::show(kept, public_url),
        }
    }
}

async fn list_events(
    State(state): State<Shared>,
    caller: Caller,
    parameters: Parameters,
) -> Answer<Json<EventsShape>> {
    let after = read(&parameters, "after", 0, i64::MAX.unsigned_abs())?.unwrap_or(0);
    let wait = read(&parameters, "wait", 0, WAIT_SECS_MAX)?.unwrap_or(0);
    let count = read(&parameters, "count", 1, EVENTS_MAX.into())?;
    let count = count.and_then(|count| u32::try_from(count).ok()).unwrap_or(EVENTS_DEFAULT);
    let events = wait_for(&state, caller.client, after, count, Duration::from_secs(wait)).await?;
    let newest = state.store.newest_event(caller.client).await?;
    Ok(Json(EventsShape {
        newest,
        last: events.last().map_or(after, |kept| kept.sequence),
        results: events.iter().map(|kept| KeptShape::show(kept, &state.public_url)).collect(),
    }))
}

/// The events, at once if there are any, or as soon as there is one.
async fn wait_for(
    state: &ApiState,
    client: ClientId,
    after: u64,
    count: u32,
    wait: Duration,
) -> Answer<Vec<KeptEvent>> {
    // Before the first look: nothing that is written between the look and the wait is missed.
    let mut news = state.store.event_signal().listen();
    let until = tokio::time::Instant::now() + wait;
    loop {
        let events = state.store.list_events(client, after, count).await?;
        let left = until.saturating_duration_since(tokio::time::Instant::now());
        if !events.is_empty() || left.is_zero() || state.stopping.is_cancelled() {
            return Ok(events);
        }
        turn::give_back();
        tokio::select! {
            // Every commit raises it: those that come together are looked at once.
            () = news.raised() => tokio::time::sleep(GATHER).await,
            () = tokio::time::sleep(left.min(LOOK_AGAIN)) => {}
            () = state.stopping.cancelled() => {}
        }
    }
}

async fn make_example(
    State(state): State<Shared>,
    caller: Caller,
    JsonBody(body): JsonBody,
) -> Answer<Json<ExampleShape>> {
    let (kind, payload) = read_example(&body)?;
    let event = Event::of_client(caller.client, kind, state.now());
    let example = Example { consumer: None, payload };
    let event_sequence = state.store.record_example(&event, &example).await?;
    Ok(Json(ExampleShape { event_sequence }))
}

fn read(parameters: &Parameters, name: &str, least: u64, most: u64) -> Answer<Option<u64>> {
    let Some(text) = parameters.get(name) else { return Ok(None) };
    match text.parse() {
        Ok(number) if (least..=most).contains(&number) => Ok(Some(number)),
        _ => {
            Err(ApiError::refused(format!("{name} must be a whole number from {least} to {most}")))
        }
    }
}
