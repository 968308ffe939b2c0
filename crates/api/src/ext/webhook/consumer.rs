//! Consumers with all that can be set of them.

use crate::auth::Caller;
use crate::envelope::{Answer, ApiError};
use crate::json::{ExactBody, Faults, Fields, JsonBody, Place, parse_object};
use crate::locate::ConsumerAt;
use crate::nouns::{TAG_LIMITS, TYPE_LIMITS, check_reach, consumer_properties};
use crate::sealing;
use crate::state::{ApiState, Shared};
use crate::surface::{Area, Operation, Surface, formats};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, header};
use domain::client_settings::{URL_CHARS_MAX, WebUrl};
use domain::dates::stamp;
use domain::webhook::{
    CompanyTag, Consumer, ConsumerChange, DisabledWhy, EventType, Format, Order,
    RATE_PER_SECOND_MAX, SecretsChange, SigningKey,
};
use jiff::SignedDuration;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use std::collections::BTreeMap;
use store::{ConsumerChanged, ConsumerSecrets};

const CONSUMERS: &str = "/ext/v1/webhooks";
const CONSUMER: &str = "/ext/v1/webhooks/{webhookId}";
const SECRET: &str = "/ext/v1/webhooks/{webhookId}/secret";

pub(super) fn surface() -> Surface {
    Surface::of(Area::Webhooks)
        .serve(
            Operation::get(CONSUMERS, "list-consumers", "Every consumer, with how it fares")
                .answers::<ConsumersShape>(),
            list_consumers,
        )
        .serve(
            Operation::get(CONSUMER, "get-consumer", "One consumer, with how it fares")
                .answers::<ConsumerShape>(),
            get_consumer,
        )
        .serve(
            Operation::patch(
                CONSUMER,
                "change-consumer",
                "Changes a consumer, or enables it again",
            )
            .body(change_schema)
            .answers::<ConsumerShape>(),
            change_consumer,
        )
        .serve(
            Operation::post(SECRET, "rotate-consumer-secret", "Makes a new signing secret")
                .answers::<SecretShape>()
                .holds_secret(),
            rotate_secret,
        )
}

const VALIDATOR: &str = "Webhooks";
const BODY: ExactBody = ExactBody {
    fields: &["url", "eventTypes", "disabled", "companyTags", "order", "ratePerSecond", "headers"],
    answered: &["id", "disabledReason", "format", "headerNames", "failingSince", "createdDate"],
};
/// While keys change, both sign.
const OVERLAP: SignedDuration = SignedDuration::from_hours(24);
const ORDER_CHARS_MAX: usize = 20;
const HEADERS_MAX: usize = 20;
const HEADER_BYTES_MAX: usize = 4_096;
/// What a message has by itself, or HTTP needs.
const RESERVED: [HeaderName; 6] = [
    header::CONTENT_TYPE,
    header::CONTENT_LENGTH,
    header::HOST,
    header::CONNECTION,
    header::TRANSFER_ENCODING,
    header::USER_AGENT,
];

fn change_schema(schemas: &mut SchemaGenerator) -> Schema {
    let mut schema = json_schema!({
        "type": "object",
        "properties": {
            "order": {"type": ["string", "null"], "enum": ["parallel", "fifo", null]},
            "ratePerSecond": {
                "type": ["integer", "null"],
                "minimum": 0,
                "maximum": RATE_PER_SECOND_MAX,
                "description": "At most so many messages a second; 0 for as many as there are",
            },
            "headers": {
                "type": ["object", "null"],
                "description": "Sent with every message, and never shown again; replaces those before",
                "additionalProperties": {"type": "string", "maxLength": HEADER_BYTES_MAX},
                "maxProperties": HEADERS_MAX,
            },
        },
    });
    let properties = schema.get_mut("properties").and_then(|properties| properties.as_object_mut());
    if let (Some(properties), Some(more)) = (properties, consumer_properties(schemas).as_object()) {
        properties.extend(more.clone());
    }
    BODY.schema(schema)
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Consumer")]
struct ConsumerShape {
    #[schemars(schema_with = "formats::uuid")]
    id: String,
    #[schemars(schema_with = "formats::uri")]
    url: String,
    event_types: Vec<String>,
    company_tags: Vec<String>,
    disabled: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("enum" = formats::names(&DisabledWhy::ALL, DisabledWhy::name)))]
    disabled_reason: Option<&'static str>,
    #[schemars(extend("enum" = ["modern", "rule"]))]
    format: &'static str,
    #[schemars(extend("enum" = formats::names(&Order::ALL, Order::name)))]
    order: &'static str,
    /// At most so many messages a second; absent without a limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    rate_per_second: Option<u32>,
    /// The names of the headers that it is sent; what they hold is not shown.
    header_names: Vec<String>,
    /// Since when no message has arrived; absent while they do.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "formats::moment")]
    failing_since: Option<String>,
    #[schemars(schema_with = "formats::moment")]
    created_date: String,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Consumers")]
struct ConsumersShape {
    results: Vec<ConsumerShape>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "ConsumerSecret")]
struct SecretShape {
    /// Shown this once.
    secret: String,
    /// Until then messages are signed with the secret before as well.
    #[schemars(schema_with = "formats::moment")]
    previous_until: String,
}

impl ConsumerShape {
    fn show(state: &ApiState, consumer: &Consumer) -> Answer<Self> {
        let secrets = sealing::open(state, consumer)?;
        let types = consumer.event_types.iter().map(EventType::as_str);
        let tags = consumer.company_tags.iter().map(CompanyTag::as_str);
        Ok(Self {
            id: consumer.id.to_string(),
            url: consumer.url.to_string(),
            event_types: types.map(str::to_owned).collect(),
            company_tags: tags.map(str::to_owned).collect(),
            disabled: consumer.disabled,
            disabled_reason: consumer.disabled_why.map(DisabledWhy::name),
            format: match consumer.format {
                Format::Modern => "modern",
                Format::Rule { .. } => "rule",
            },
            order: consumer.order.name(),
            rate_per_second: consumer.rate_per_second,
            header_names: secrets.headers.into_keys().collect(),
            failing_since: consumer.failing_since.map(stamp),
            created_date: stamp(consumer.created_at),
        })
    }
}

/// The consumer of a path.
pub(super) async fn load(state: &ApiState, at: ConsumerAt) -> Answer<Consumer> {
    let found = state.store.find_consumer(at.client, at.consumer).await?;
    found.ok_or_else(|| ApiError::no_such_consumer(at.consumer))
}

async fn list_consumers(
    State(state): State<Shared>,
    caller: Caller,
) -> Answer<Json<ConsumersShape>> {
    let consumers = state.store.list_consumers(caller.client).await?;
    let shown = consumers.iter().map(|consumer| ConsumerShape::show(&state, consumer));
    Ok(Json(ConsumersShape { results: shown.collect::<Answer<_>>()? }))
}

async fn get_consumer(State(state): State<Shared>, at: ConsumerAt) -> Answer<Json<ConsumerShape>> {
    let consumer = load(&state, at).await?;
    Ok(Json(ConsumerShape::show(&state, &consumer)?))
}

async fn change_consumer(
    State(state): State<Shared>,
    at: ConsumerAt,
    JsonBody(body): JsonBody,
) -> Answer<Json<ConsumerShape>> {
    let wish = read_change(&body)?;
    if let Some(url) = &wish.change.url {
        check_reach(&state, url)?;
    }
    let found = load(&state, at).await?;
    let secrets = match wish.headers {
        None => None,
        Some(headers) => {
            let secrets = ConsumerSecrets { headers, ..sealing::open(&state, &found)? };
            Some(reseal(&state, &found, &secrets)?)
        }
    };
    let change = ConsumerChange { secrets, ..wish.change };
    let consumer = keep(&state, at, &change).await?;
    Ok(Json(ConsumerShape::show(&state, &consumer)?))
}

async fn rotate_secret(State(state): State<Shared>, at: ConsumerAt) -> Answer<Json<SecretShape>> {
    let found = load(&state, at).await?;
    let key = SigningKey::generate(&*state.ids);
    let until = state.now().saturating_add(OVERLAP).map_err(ApiError::internal)?;
    let before = sealing::open(&state, &found)?;
    let (secret, previous) = (key.reveal(), Some((before.key, until)));
    let secrets = ConsumerSecrets { key, previous, headers: before.headers };
    let secrets = Some(reseal(&state, &found, &secrets)?);
    keep(&state, at, &ConsumerChange { secrets, ..ConsumerChange::default() }).await?;
    Ok(Json(SecretShape { secret, previous_until: stamp(until) }))
}

fn reseal(state: &ApiState, found: &Consumer, secrets: &ConsumerSecrets) -> Answer<SecretsChange> {
    let to = sealing::seal(state, (found.client, found.id), secrets)?;
    Ok(SecretsChange { from: found.secrets.clone(), to })
}

async fn keep(state: &ApiState, at: ConsumerAt, change: &ConsumerChange) -> Answer<Consumer> {
    match state.store.change_consumer(at.client, at.consumer, change, state.now()).await? {
        ConsumerChanged::Changed(consumer) => Ok(*consumer),
        ConsumerChanged::Unknown => Err(ApiError::no_such_consumer(at.consumer)),
        ConsumerChanged::Outdated => Err(ApiError::conflict(
            "somebody else changed the consumer's secret or headers at the same moment: look again, and repeat the \
             change if it is still wanted",
        )),
    }
}

/// What a body wants changed.
#[derive(Debug)]
struct Wish {
    change: ConsumerChange,
    headers: Option<BTreeMap<String, String>>,
}

fn read_change(body: &[u8]) -> Answer<Wish> {
    let mut faults = Faults::of(VALIDATOR);
    let object = parse_object(body, BODY.seed(), VALIDATOR)?;
    let mut fields = Fields::new(&object, Place::Body, &mut faults);
    let url = fields.parsed("url", URL_CHARS_MAX, WebUrl::parse);
    let event_types = fields.parsed_list("eventTypes", TYPE_LIMITS, EventType::parse);
    if fields.raw("eventTypes").is_some_and(|raw| raw.get() == "[]") {
        fields.fault("eventTypes", "is empty: name at least one event");
    }
    let company_tags = fields.parsed_list("companyTags", TAG_LIMITS, CompanyTag::parse);
    let disabled = fields.flag("disabled");
    let order = fields.parsed("order", ORDER_CHARS_MAX, |text| {
        Order::parse(text).ok_or("it is parallel or fifo")
    });
    let rate_per_second = read_rate(&mut fields);
    let headers = read_headers(&mut fields);
    faults.check()?;
    let secrets = None;
    let change = ConsumerChange {
        url,
        event_types,
        company_tags,
        disabled,
        order,
        rate_per_second,
        secrets,
    };
    Ok(Wish { change, headers })
}

#[expect(clippy::option_option, reason = "left out, lifted and set are three wishes")]
fn read_rate(fields: &mut Fields<'_, '_>) -> Option<Option<u32>> {
    let raw = fields.raw("ratePerSecond")?.get();
    match raw.parse() {
        Ok(0) => Some(None),
        Ok(rate) if rate <= RATE_PER_SECOND_MAX => Some(Some(rate)),
        _ => {
            let wanted = format!("must be a whole number from 0 to {RATE_PER_SECOND_MAX}");
            fields.fault("ratePerSecond", wanted);
            None
        }
    }
}

fn read_headers(fields: &mut Fields<'_, '_>) -> Option<BTreeMap<String, String>> {
    let raw = fields.raw("headers")?.get();
    let Ok(headers) = serde_json::from_str::<BTreeMap<String, String>>(raw) else {
        fields.fault("headers", "must be an object of texts, such as {\"Authorization\": \"…\"}");
        return None;
    };
    if headers.len() > HEADERS_MAX {
        fields.fault(
            "headers",
            format!("holds {} headers, at most {HEADERS_MAX} are taken", headers.len()),
        );
    }
    for (name, value) in &headers {
        // The value is not repeated: it may be a secret.
        if let Some(why) = fault_of(name, value) {
            fields.fault("headers", format!("holds {name:?}, which {why}"));
        }
    }
    Some(headers)
}

fn fault_of(name: &str, value: &str) -> Option<&'static str> {
    let Ok(parsed) = HeaderName::try_from(name) else { return Some("is no header's name") };
    if RESERVED.contains(&parsed) || parsed.as_str().starts_with("webhook-") {
        return Some("every message has by itself");
    }
    if value.len() > HEADER_BYTES_MAX || HeaderValue::try_from(value).is_err() {
        return Some("has a value that no header can have");
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_read_with_what_it_leaves_out() {
        let wish = read_change(br#"{"order":"fifo","ratePerSecond":7,"headers":{"X-Key":"k"}}"#);
        let wish = wish.unwrap();
        assert_eq!(
            (wish.change.order, wish.change.rate_per_second),
            (Some(Order::Fifo), Some(Some(7)))
        );
        assert_eq!(wish.headers.unwrap()["X-Key"], "k");
        assert_eq!((wish.change.url, wish.change.disabled), (None, None));
        let none = read_change(br#"{"ratePerSecond":0}"#).unwrap().change.rate_per_second;
        assert_eq!(none, Some(None));
    }

    #[test]
    fn an_answer_may_be_sent_back() {
        let moment = || "2024-02-29T12:00:00Z".to_owned();
        // All that it can have.
        let answer = ConsumerShape {
            id: "an id".to_owned(),
            url: "https://bank.example/hook".to_owned(),
            event_types: vec!["company.created".to_owned()],
            company_tags: vec!["a:b".to_owned()],
            disabled: true,
            disabled_reason: Some(DisabledWhy::ALL[0].name()),
            format: "modern",
            order: "fifo",
            rate_per_second: Some(7),
            header_names: vec!["x-key".to_owned()],
            failing_since: Some(moment()),
            created_date: moment(),
        };
        let wish = read_change(&serde_json::to_vec(&answer).unwrap()).unwrap();
        assert_eq!(wish.change.url.map(|url| url.to_string()), Some(answer.url));
        assert_eq!(
            (wish.change.disabled, wish.change.order, wish.change.rate_per_second),
            (Some(true), Some(Order::Fifo), Some(answer.rate_per_second))
        );
        assert!(wish.headers.is_none() && wish.change.event_types.is_some());
    }

    #[test]
    fn a_change_that_cannot_be_names_its_faults_and_no_secret() {
        for (body, fault) in [
            (r#"{"order":"lifo"}"#, "order is refused: it is parallel or fifo"),
            (r#"{"ratePerSecond":1.5}"#, "ratePerSecond must be a whole number from 0 to 10000"),
            (r#"{"ratePerSecond":-1}"#, "ratePerSecond must be"),
            (r#"{"headers":["x"]}"#, "headers must be an object of texts"),
            (r#"{"headers":{"a b":"geheim"}}"#, "headers holds \"a b\", which is no header's name"),
            (
                r#"{"headers":{"Webhook-Id":"x"}}"#,
                "headers holds \"Webhook-Id\", which every message",
            ),
            (
                r#"{"headers":{"X-A":"geheim\n"}}"#,
                "headers holds \"X-A\", which has a value that no",
            ),
            (r#"{"eventTypes":[]}"#, "eventTypes is empty"),
        ] {
            let text = read_change(body.as_bytes()).unwrap_err().into_text();
            assert!(text.starts_with(fault) && !text.contains("geheim"), "{text}");
        }
    }
}
