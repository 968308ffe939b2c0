//! Webhook consumers.

use crate::auth::Caller;
use crate::envelope::{Answer, ApiError};
use crate::json::{Faults, Fields, JsonBody, ListLimits, Place, Seed, parse_object};
use crate::locate::ConsumerAt;
use crate::sealing;
use crate::state::{ApiState, Shared};
use crate::surface::{Area, Operation, Surface, formats};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use domain::client_settings::{URL_CHARS_MAX, WebUrl};
use domain::ids::{ClientId, ConsumerId, random_uuid};
use domain::webhook::{
    COMPANY_TAG_CHARS_MAX, COMPANY_TAGS_MAX, CONSUMERS_MAX, CompanyTag, Consumer, DisabledWhy,
    EVENT_TYPES_MAX, EventType, Format, Order, SigningKey,
};
use outbound::{Plaintext, Target};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use store::{ConsumerKept, ConsumerSecrets};

pub(super) fn surface() -> Surface {
    Surface::of(Area::Webhooks)
        .serve(
            Operation::get("/webhooks", "list-webhook-consumers", "The webhook consumers")
                .answers::<ConsumersShape>(),
            list_consumers,
        )
        .serve(
            Operation::post("/webhooks", "create-webhook-consumer", "Makes a webhook consumer")
                .body(consumer_schema)
                .answers_with(StatusCode::CREATED, SchemaGenerator::subschema_for::<ConsumerShape>)
                .holds_secret(),
            create_consumer,
        )
        .serve(
            Operation::delete(
                "/webhooks/{webhookId}",
                "delete-webhook-consumer",
                "Deletes a webhook consumer",
            )
            .answers_empty(StatusCode::NO_CONTENT),
            delete_consumer,
        )
}

const VALIDATOR: &str = "Webhooks";
const FIELDS: &[&str] = &["url", "eventTypes", "disabled", "companyTags"];
/// More characters than any name of an event has.
const TYPE_CHARS_MAX: usize = 100;
pub(crate) const TYPE_LIMITS: ListLimits =
    ListLimits { items: EVENT_TYPES_MAX, chars: TYPE_CHARS_MAX };
pub(crate) const TAG_LIMITS: ListLimits =
    ListLimits { items: COMPANY_TAGS_MAX, chars: COMPANY_TAG_CHARS_MAX };

fn consumer_schema(schemas: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "object",
        "required": ["url", "eventTypes"],
        "properties": properties(schemas),
    })
}

/// The fields as they are published.
pub(crate) fn properties(_schemas: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "url": {"type": "string", "format": "uri", "maxLength": URL_CHARS_MAX},
        "eventTypes": {
            "type": "array",
            "minItems": 1,
            "maxItems": EVENT_TYPES_MAX,
            "items": {"type": "string"},
        },
        "disabled": {"type": ["boolean", "null"], "default": false},
        "companyTags": {
            "type": ["array", "null"],
            "maxItems": COMPANY_TAGS_MAX,
            "items": {
                "type": "string",
                "pattern": "^[^:]+:",
                "maxLength": COMPANY_TAG_CHARS_MAX,
            },
        },
    })
}

/// The contract's `WebhookConsumer`.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "WebhookConsumer")]
struct ConsumerShape {
    #[schemars(schema_with = "formats::uuid")]
    id: String,
    #[schemars(schema_with = "formats::uri")]
    url: String,
    disabled: bool,
    event_types: Vec<String>,
    company_tags: Vec<String>,
    /// Signs every message; shown this once.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
}

/// The contract's `WebhookConsumers`.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "WebhookConsumers")]
struct ConsumersShape {
    results: Vec<ConsumerShape>,
}

impl ConsumerShape {
    fn show(consumer: &Consumer) -> Self {
        let types = consumer.event_types.iter().map(EventType::as_str);
        let tags = consumer.company_tags.iter().map(CompanyTag::as_str);
        Self {
            id: consumer.id.to_string(),
            url: consumer.url.to_string(),
            disabled: consumer.disabled,
            event_types: types.map(str::to_owned).collect(),
            company_tags: tags.map(str::to_owned).collect(),
            secret: None,
        }
    }
}

/// What a body says of a consumer.
#[derive(Debug)]
pub(super) struct ConsumerWish {
    pub(super) url: WebUrl,
    pub(super) event_types: Vec<EventType>,
    pub(super) disabled: bool,
    pub(super) company_tags: Vec<CompanyTag>,
    pub(super) format: Format,
}

async fn list_consumers(
    State(state): State<Shared>,
    caller: Caller,
) -> Answer<Json<ConsumersShape>> {
    let consumers = state.store.list_consumers(caller.client).await?;
    Ok(Json(ConsumersShape { results: consumers.iter().map(ConsumerShape::show).collect() }))
}

async fn create_consumer(
    State(state): State<Shared>,
    caller: Caller,
    JsonBody(body): JsonBody,
) -> Answer<(StatusCode, Json<ConsumerShape>)> {
    let (consumer, key) = keep_consumer(&state, caller.client, read_consumer(&body)?).await?;
    let shown = ConsumerShape { secret: Some(key.reveal()), ..ConsumerShape::show(&consumer) };
    Ok((StatusCode::CREATED, Json(shown)))
}

/// Keeps a new consumer, with a key of its own.
pub(super) async fn keep_consumer(
    state: &ApiState,
    client: ClientId,
    wish: ConsumerWish,
) -> Answer<(Consumer, SigningKey)> {
    check_reach(state, &wish.url)?;
    let id = ConsumerId::new(random_uuid(&*state.ids));
    let key = SigningKey::generate(&*state.ids);
    let secrets = sealing::seal(state, (client, id), &ConsumerSecrets::new(key.clone()))?;
    let ConsumerWish { url, event_types, disabled, company_tags, format } = wish;
    let consumer = Consumer {
        id,
        client,
        url,
        event_types,
        disabled,
        company_tags,
        format,
        order: Order::Parallel,
        rate_per_second: None,
        secrets: Some(secrets),
        failing_since: None,
        disabled_why: disabled.then_some(DisabledWhy::Owner),
        created_at: state.now(),
    };
    match state.store.create_consumer(&consumer).await? {
        ConsumerKept::Kept => Ok((consumer, key)),
        ConsumerKept::TooMany => Err(ApiError::refused(format!(
            "there are {CONSUMERS_MAX} webhook consumers, which is the most: delete one first"
        ))),
    }
}

/// Refuses a URL that nothing is ever sent to. Where a name leads is seen when something is sent.
pub(crate) fn check_reach(state: &ApiState, url: &WebUrl) -> Answer<()> {
    let target = Target::parse(url.as_str(), Plaintext::Anywhere);
    let refused = match target {
        Ok(target) => target.check_reach(&state.reach),
        Err(error) => Err(error.to_string()),
    };
    refused.map_err(|why| {
        let mut faults = Faults::of(VALIDATOR);
        faults.add(Place::Field(&Place::Body, "url"), format_args!("is refused: {why}"));
        faults.into_error()
    })
}

async fn delete_consumer(
    State(state): State<Shared>,
    ConsumerAt { client, consumer }: ConsumerAt,
) -> Answer<StatusCode> {
    if state.store.delete_consumer(client, consumer).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(ApiError::no_such_consumer(consumer))
    }
}

fn read_consumer(body: &[u8]) -> Answer<ConsumerWish> {
    let mut faults = Faults::of(VALIDATOR);
    let object = parse_object(body, Seed::object(FIELDS), VALIDATOR)?;
    let mut fields = Fields::new(&object, Place::Body, &mut faults);
    fields.require("url");
    fields.require("eventTypes");
    let url = fields.parsed("url", URL_CHARS_MAX, WebUrl::parse);
    let event_types = fields.parsed_list("eventTypes", TYPE_LIMITS, EventType::parse);
    if fields.raw("eventTypes").is_some_and(|raw| raw.get() == "[]") {
        fields.fault("eventTypes", "is empty: name at least one event");
    }
    let disabled = fields.flag("disabled").unwrap_or(false);
    let company_tags = fields.parsed_list("companyTags", TAG_LIMITS, CompanyTag::parse);
    let company_tags = company_tags.unwrap_or_default();
    match (url, event_types) {
        (Some(url), Some(event_types)) if faults.is_empty() => {
            let format = Format::Modern;
            Ok(ConsumerWish { url, event_types, disabled, company_tags, format })
        }
        _ => Err(faults.into_error()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_consumer_is_read_with_what_it_may_leave_out() {
        let body = br#"{"url":"https://bank.example/hook","eventTypes":["company.created"],
            "disabled":null,"companyTags":["tier:gold"]}"#;
        let wish = read_consumer(body).unwrap();
        assert_eq!((wish.disabled, wish.company_tags.len()), (false, 1));
    }

    #[test]
    fn a_consumer_that_cannot_be_names_its_faults() {
        for (body, fault) in [
            ("{}", "url is missing (and 1 more"),
            (
                r#"{"url":"ftp://x","eventTypes":["company.created"]}"#,
                "url is refused: it must begin",
            ),
            (r#"{"url":"https://x.example","eventTypes":[]}"#, "eventTypes is empty"),
            (
                r#"{"url":"https://x.example","eventTypes":["company.created","lunch"]}"#,
                "eventTypes[1] is refused: there is no event of that name: use bankFeeds.",
            ),
            (
                r#"{"url":"https://x.example","eventTypes":["company.created"],"companyTags":["x"]}"#,
                "companyTags[0] is refused: a tag is written key:value",
            ),
        ] {
            let text = read_consumer(body.as_bytes()).unwrap_err().into_text();
            assert!(text.starts_with(fault), "{text}");
        }
    }
}
