//! Rules: how callers of 2023 asked for webhooks. A rule is a consumer of one event in the old format.

use super::consumers::{ConsumerWish, keep_consumer};
use crate::auth::Caller;
use crate::envelope::{Answer, ApiError};
use crate::json::{Faults, Fields, JsonBody, ListLimits, Node, Place, Seed, parse, parse_object};
use crate::locate::ConsumerAt;
use crate::paging::{Listed, PageShape, read_list_request};
use crate::query::Parameters;
use crate::state::{ApiState, Shared};
use crate::surface::{Area, LISTING, Operation, Surface, formats};
use axum::Json;
use axum::extract::State;
use domain::client_settings::{URL_CHARS_MAX, WebUrl};
use domain::ids::{ClientId, CompanyId};
use domain::page::Page;
use domain::webhook::{Consumer, EventType, Format, RULE_PROPERTIES};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use store::listing;

pub(super) fn surface() -> Surface {
    Surface::of(Area::Webhooks)
        .serve(
            Operation::get("/rules", "list-rules", "The rules")
                .paged()
                .takes(LISTING)
                .answers::<PageShape<RuleShape>>()
                .deprecated(),
            list_rules,
        )
        .serve(
            Operation::post("/rules", "create-rule", "Makes a rule")
                .body(rule_schema)
                .answers::<RuleShape>()
                .deprecated(),
            create_rule,
        )
        .serve(
            Operation::get("/rules/{ruleId}", "get-webhook", "One rule")
                .answers::<RuleShape>()
                .deprecated(),
            get_rule,
        )
}

const VALIDATOR: &str = "Rules";
const LISTED: Listed = Listed { type_name: "Rule", properties: RULE_PROPERTIES };
const FIELDS: &[&str] = &["type", "notifiers", "companyId"];
const NOTIFIER_FIELDS: &[&str] = &["emails", "webhook"];
const TEXT_CHARS_MAX: usize = 320;
/// Nobody is mailed, so a few addresses are kept as they were given, and no book of them.
const EMAIL_LIMITS: ListLimits = ListLimits { items: 20, chars: TEXT_CHARS_MAX };

fn rule_schema(_schemas: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "object",
        "required": ["type", "notifiers"],
        "properties": {
            "type": {"type": "string"},
            "notifiers": {
                "type": "object",
                "required": ["webhook"],
                "properties": {
                    "emails": {
                        "type": ["array", "null"],
                        "maxItems": EMAIL_LIMITS.items,
                        "items": {"type": "string", "maxLength": TEXT_CHARS_MAX},
                    },
                    "webhook": {"type": "string", "format": "uri", "maxLength": URL_CHARS_MAX},
                },
            },
            "companyId": {"type": ["string", "null"], "format": "uuid"},
        },
    })
}

/// The contract's `Rule`.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Rule")]
struct RuleShape {
    #[schemars(schema_with = "formats::uuid")]
    id: String,
    #[serde(rename = "type")]
    kind: String,
    notifiers: NotifiersShape,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "formats::uuid")]
    company_id: Option<String>,
}

/// Who is told.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "RuleNotifiers")]
struct NotifiersShape {
    emails: Vec<String>,
    #[schemars(schema_with = "formats::uri")]
    webhook: String,
}

impl RuleShape {
    /// Shows a consumer that is a rule.
    fn show(consumer: &Consumer) -> Option<Self> {
        let Format::Rule { company, emails } = &consumer.format else { return None };
        let kind = consumer.event_types.first().map(EventType::as_str).unwrap_or_default();
        Some(Self {
            id: consumer.id.to_string(),
            kind: kind.to_owned(),
            notifiers: NotifiersShape { emails: emails.clone(), webhook: consumer.url.to_string() },
            company_id: company.map(|company| company.to_string()),
        })
    }
}

async fn list_rules(
    State(state): State<Shared>,
    caller: Caller,
    parameters: Parameters,
) -> Answer<Json<PageShape<RuleShape>>> {
    let request = read_list_request(&parameters, LISTED)?;
    let mut consumers = state.store.list_consumers(caller.client).await?;
    consumers.retain(|consumer| matches!(consumer.format, Format::Rule { .. }));
    let Page { items, total } = listing::select(consumers, &request);
    let page = Page { items: items.iter().filter_map(RuleShape::show).collect(), total };
    let show = |rule| rule;
    Ok(Json(PageShape::show(page, request.page, &parameters, show)))
}

async fn get_rule(
    State(state): State<Shared>,
    ConsumerAt { client, consumer }: ConsumerAt,
) -> Answer<Json<RuleShape>> {
    let found = state.store.find_consumer(client, consumer).await?;
    let rule = found.as_ref().and_then(RuleShape::show);
    rule.map(Json).ok_or_else(|| ApiError::no_such_rule(consumer))
}

async fn create_rule(
    State(state): State<Shared>,
    caller: Caller,
    JsonBody(body): JsonBody,
) -> Answer<Json<RuleShape>> {
    let (wish, company) = read_rule(&body)?;
    if let Some(company) = company {
        check_company(&state, caller.client, company).await?;
    }
    let (consumer, _key) = keep_consumer(&state, caller.client, wish).await?;
    let rule = RuleShape::show(&consumer);
    rule.map(Json).ok_or_else(|| ApiError::internal("a rule was kept that is none"))
}

async fn check_company(state: &ApiState, client: ClientId, company: CompanyId) -> Answer<()> {
    if state.store.find_company(client, company).await?.is_some() {
        return Ok(());
    }
    let place = Place::Field(&Place::Body, "companyId");
    let message = format_args!("is refused: there is no company {company}");
    Err(Faults::of(VALIDATOR).refuse(place, message))
}

fn read_rule(body: &[u8]) -> Answer<(ConsumerWish, Option<CompanyId>)> {
    let mut faults = Faults::of(VALIDATOR);
    let object = parse_object(body, Seed::object(FIELDS), VALIDATOR)?;
    let mut fields = Fields::new(&object, Place::Body, &mut faults);
    fields.require("type");
    fields.require("notifiers");
    let kind = fields.parsed("type", TEXT_CHARS_MAX, EventType::parse);
    let company = fields.parsed("companyId", TEXT_CHARS_MAX, |text| {
        CompanyId::parse(text).ok_or("it is not a UUID")
    });
    let notifiers = fields.raw("notifiers");
    let (url, emails) = match notifiers {
        Some(raw) => read_notifiers(raw.get(), &mut faults),
        None => (None, Vec::new()),
    };
    match (kind, url) {
        (Some(kind), Some(url)) if faults.is_empty() => {
            let format = Format::Rule { company, emails };
            let (disabled, company_tags) = (false, Vec::new());
            let wish =
                ConsumerWish { url, event_types: vec![kind], disabled, company_tags, format };
            Ok((wish, company))
        }
        _ => Err(faults.into_error()),
    }
}

fn read_notifiers(raw: &str, faults: &mut Faults) -> (Option<WebUrl>, Vec<String>) {
    let place = Place::Field(&Place::Body, "notifiers");
    let object = match parse(raw.as_bytes(), Seed::object(NOTIFIER_FIELDS), VALIDATOR) {
        Ok(Node::Object(object)) => object,
        Ok(other @ (Node::List(_) | Node::Other(_))) => {
            faults.add(place, format_args!("must be an object, not {}", other.kind()));
            return (None, Vec::new());
        }
        // The whole body was checked as JSON, so only a key with half of a surrogate pair gets here.
        Err(error) => {
            faults.add(place, error.into_text());
            return (None, Vec::new());
        }
    };
    let mut fields = Fields::new(&object, place, faults);
    if fields.raw("webhook").is_none() {
        fields.fault("webhook", "is missing: no mail is sent, so a rule needs a URL");
    }
    let url = fields.parsed("webhook", URL_CHARS_MAX, WebUrl::parse);
    let emails = fields.parsed_list("emails", EMAIL_LIMITS, |text| {
        if text.contains('@') { Ok(text.to_owned()) } else { Err("it is not a mail address") }
    });
    (url, emails.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_that_cannot_be_names_its_faults() {
        for (body, fault) in [
            ("{}", "type is missing (and 1 more"),
            (r#"{"type":"x","notifiers":{"webhook":"https://a.example"}}"#, "type is refused"),
            (
                r#"{"type":"PushOperationStatusChanged","notifiers":{"emails":["a@b.example"]}}"#,
                "notifiers.webhook is missing: no mail is sent",
            ),
            (
                r#"{"type":"PushOperationStatusChanged","notifiers":[]}"#,
                "notifiers must be an object, not a list",
            ),
            (
                r#"{"type":"PushOperationStatusChanged","notifiers":{"webhook":"x"},"companyId":"7"}"#,
                "companyId is refused: it is not a UUID (and 1 more",
            ),
        ] {
            let text = read_rule(body.as_bytes()).unwrap_err().into_text();
            assert!(text.starts_with(fault), "{text}");
        }
    }
}
