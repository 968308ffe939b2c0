//! What was sent to a consumer, and how each attempt went.

use super::consumer::load;
use crate::envelope::{Answer, ApiError};
use crate::locate::{ConsumerAt, DeliveryAt};
use crate::paging::{Listed, PageShape, read_list_request};
use crate::query::Parameters;
use crate::state::{ApiState, Shared};
use crate::surface::{Area, LISTING, Operation, Surface, formats};
use axum::Json;
use axum::extract::State;
use domain::dates::stamp;
use domain::webhook::{Attempt, DELIVERY_PROPERTIES, Delivery, DeliveryStatus};
use schemars::JsonSchema;
use serde::Serialize;

const DELIVERIES: &str = "/ext/v1/webhooks/{webhookId}/deliveries";
const DELIVERY: &str = "/ext/v1/webhooks/{webhookId}/deliveries/{eventSequence}";
const RESEND: &str = "/ext/v1/webhooks/{webhookId}/deliveries/{eventSequence}/resend";

pub(super) fn surface() -> Surface {
    Surface::of(Area::Webhooks)
        .serve(
            Operation::get(DELIVERIES, "list-deliveries", "What was sent to a consumer")
                .paged()
                .takes(LISTING)
                .answers::<PageShape<DeliveryShape>>(),
            list_deliveries,
        )
        .serve(
            Operation::get(DELIVERY, "get-delivery", "One message, with every attempt")
                .answers::<WholeDeliveryShape>(),
            get_delivery,
        )
        .serve(
            Operation::post(RESEND, "resend-delivery", "Sends a message again")
                .answers::<WholeDeliveryShape>(),
            resend_delivery,
        )
}

const LISTED: Listed = Listed { type_name: "Delivery", properties: DELIVERY_PROPERTIES };

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Delivery")]
struct DeliveryShape {
    event_sequence: u64,
    /// The header `webhook-id` of every attempt.
    message_id: String,
    event_type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "formats::uuid")]
    company_id: Option<String>,
    #[schemars(extend("enum" = formats::names(&DeliveryStatus::ALL, DeliveryStatus::name)))]
    status: &'static str,
    attempts: u32,
    /// When it is tried next; absent when it has ended, or waits for another message or for the consumer.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "formats::moment")]
    next_attempt: Option<String>,
    #[schemars(schema_with = "formats::moment")]
    created_date: String,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "WholeDelivery")]
struct WholeDeliveryShape {
    #[serde(flatten)]
    delivery: DeliveryShape,
    /// The bytes that were signed and sent.
    body: String,
    history: Vec<AttemptShape>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "DeliveryAttempt")]
struct AttemptShape {
    number: u32,
    #[schemars(schema_with = "formats::moment")]
    at: String,
    /// Of the answer; absent without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    http_status: Option<u16>,
    /// Why it was no success.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    /// The beginning of the answer.
    answer: String,
    duration_ms: u64,
}

impl DeliveryShape {
    fn show(delivery: Delivery) -> Self {
        Self {
            event_sequence: delivery.message.sequence,
            message_id: delivery.message_id().to_string(),
            company_id: delivery.message.company.map(|id| id.to_string()),
            status: delivery.status.name(),
            attempts: delivery.attempts,
            next_attempt: delivery.due_at.map(stamp),
            created_date: stamp(delivery.created_at),
            event_type: delivery.message.event_type,
        }
    }
}

impl AttemptShape {
    fn show(attempt: Attempt) -> Self {
        let Attempt { number, at, sent } = attempt;
        Self {
            number,
            at: stamp(at),
            http_status: sent.status,
            error: sent.error,
            answer: sent.answer,
            duration_ms: u64::try_from(sent.took.as_millis()).unwrap_or_default(),
        }
    }
}

async fn list_deliveries(
    State(state): State<Shared>,
    at: ConsumerAt,
    parameters: Parameters,
) -> Answer<Json<PageShape<DeliveryShape>>> {
    let request = read_list_request(&parameters, LISTED)?;
    let page = state.store.list_deliveries(at.client, at.consumer, &request).await?;
    let page = page.ok_or_else(|| ApiError::no_such_consumer(at.consumer))?;
    Ok(Json(PageShape::show(page, request.page, &parameters, DeliveryShape::show)))
}

async fn get_delivery(
    State(state): State<Shared>,
    at: DeliveryAt,
) -> Answer<Json<WholeDeliveryShape>> {
    Ok(Json(show(&state, at).await?))
}

async fn resend_delivery(
    State(state): State<Shared>,
    at: DeliveryAt,
) -> Answer<Json<WholeDeliveryShape>> {
    let DeliveryAt { consumer, sequence } = at;
    if load(&state, consumer).await?.disabled {
        let error = "the consumer is disabled: enable it first, and what is open is sent by itself";
        return Err(ApiError::conflict(error));
    }
    let ConsumerAt { client, consumer: id } = consumer;
    if !state.store.resend_delivery(client, id, sequence, state.now()).await? {
        return Err(ApiError::no_such_delivery(sequence));
    }
    Ok(Json(show(&state, at).await?))
}

async fn show(state: &ApiState, at: DeliveryAt) -> Answer<WholeDeliveryShape> {
    let DeliveryAt { consumer: ConsumerAt { client, consumer }, sequence } = at;
    let found = state.store.find_delivery(client, consumer, sequence).await?;
    let delivery = found.ok_or_else(|| ApiError::no_such_delivery(sequence))?;
    let attempts = state.store.list_attempts(client, consumer, sequence).await?;
    Ok(WholeDeliveryShape {
        body: delivery.message.body.clone(),
        delivery: DeliveryShape::show(delivery),
        history: attempts.into_iter().map(AttemptShape::show).collect(),
    })
}
