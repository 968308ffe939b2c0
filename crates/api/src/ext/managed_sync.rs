//! Managed feeds as an operator looks at them: when an account is synced by itself, and how its syncs went.

use crate::envelope::{Answer, ApiError};
use crate::json::{ExactBody, Faults, Fields, JsonBody, Place, parse_object};
use crate::locate::{AccountAt, CompanyAt, missing_account};
use crate::paging::{Listed, PageShape, read_list_request};
use crate::query::Parameters;
use crate::state::{ApiState, Shared};
use crate::surface::{Area, LISTING, Operation, Surface, formats};
use crate::wire::SyncShape;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use domain::company::CompanyName;
use domain::dates::stamp;
use domain::managed_sync::{
    ManagedFeed, ManagedSync, SCHEDULE_CHARS_MAX, SYNC_PROPERTIES, Schedule, SyncCause,
};
use domain::source_account::AccountPath;
use jiff::Timestamp;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;

pub(super) fn surface() -> Surface {
    const FEED: &str = "/ext/v1/companies/{companyId}/connections/{connectionId}/accounts/{sourceAccountId}/managedFeed";
    const SYNCS: &str = "/ext/v1/companies/{companyId}/syncs";
    Surface::of(Area::ManagedFeeds)
        .serve(
            Operation::get(FEED, "get-managed-feed", "When an account is synced by itself")
                .answers::<FeedShape>(),
            get_feed,
        )
        .serve(
            Operation::put(FEED, "set-managed-feed", "Has an account synced by a cron expression")
                .body(feed_schema)
                .answers::<FeedShape>(),
            set_feed,
        )
        .serve(
            Operation::delete(FEED, "delete-managed-feed", "Ends an account's schedule")
                .answers_empty(StatusCode::NO_CONTENT),
            delete_feed,
        )
        .serve(
            Operation::get(SYNCS, "list-managed-bank-feed-syncs", "A company's syncs")
                .paged()
                .takes(LISTING)
                .answers::<PageShape<ListedSyncShape>>(),
            list_syncs,
        )
}

const VALIDATOR: &str = "ManagedFeed";
const BODY: ExactBody = ExactBody { fields: &["schedule", "enabled"], answered: &["nextRunUtc"] };
const LISTED: Listed = Listed { type_name: "ManagedSync", properties: SYNC_PROPERTIES };

fn feed_schema(_schemas: &mut SchemaGenerator) -> Schema {
    let schema = json_schema!({
        "type": "object",
        "required": ["schedule"],
        "properties": {
            "schedule": {
                "type": "string",
                "maxLength": SCHEDULE_CHARS_MAX,
                "examples": ["0 6 * * *", "30 6 * * 1-5 Europe/London"],
            },
            "enabled": {"type": ["boolean", "null"], "default": true},
        },
    });
    BODY.schema(schema)
}

/// An account's schedule.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "ManagedFeed")]
struct FeedShape {
    /// Minute, hour, day of the month, month, weekday, and a time zone if it is not UTC.
    schedule: String,
    enabled: bool,
    /// Absent while it is not enabled.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "formats::moment")]
    next_run_utc: Option<String>,
}

impl FeedShape {
    fn show(feed: &ManagedFeed) -> Self {
        Self {
            schedule: feed.schedule.to_string(),
            enabled: feed.enabled,
            next_run_utc: feed.next_due_at.map(stamp),
        }
    }
}

/// A sync with what the contract does not tell.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "ManagedSync")]
struct ListedSyncShape {
    #[serde(flatten)]
    sync: SyncShape,
    #[schemars(extend("enum" = formats::names(&SyncCause::ALL, SyncCause::name)))]
    cause: &'static str,
    /// How many transactions the bank gave.
    fetched_lines: u32,
    /// How many of them were not known before.
    new_lines: u32,
}

impl ListedSyncShape {
    fn show(sync: ManagedSync, company: &CompanyName) -> Self {
        let (cause, fetched_lines, new_lines) =
            (sync.cause.name(), sync.fetched_lines, sync.new_lines);
        Self { sync: SyncShape::show(sync, company), cause, fetched_lines, new_lines }
    }
}

async fn get_feed(
    State(state): State<Shared>,
    AccountAt(path): AccountAt,
) -> Answer<Json<FeedShape>> {
    match state.store.find_managed_feed(&path).await? {
        Some(feed) => Ok(Json(FeedShape::show(&feed))),
        None => Err(no_feed(&state, &path).await),
    }
}

async fn set_feed(
    State(state): State<Shared>,
    AccountAt(path): AccountAt,
    JsonBody(body): JsonBody,
) -> Answer<Json<FeedShape>> {
    state.need_bank()?;
    let feed = read_feed(&body, state.now())?;
    if state.store.set_managed_feed(&path, &feed).await? {
        Ok(Json(FeedShape::show(&feed)))
    } else {
        Err(missing_account(&state, &path).await)
    }
}

async fn delete_feed(
    State(state): State<Shared>,
    AccountAt(path): AccountAt,
) -> Answer<StatusCode> {
    if state.store.delete_managed_feed(&path).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(no_feed(&state, &path).await)
    }
}

async fn list_syncs(
    State(state): State<Shared>,
    at: CompanyAt,
    parameters: Parameters,
) -> Answer<Json<PageShape<ListedSyncShape>>> {
    let request = read_list_request(&parameters, LISTED)?;
    let no_company = || ApiError::no_such_company(at.company);
    let company = state.store.find_company(at.client, at.company).await?.ok_or_else(no_company)?;
    let page = state.store.list_managed_syncs(at.client, at.company, &request).await?;
    let show = |sync| ListedSyncShape::show(sync, &company.name);
    let page = page.ok_or_else(no_company)?;
    Ok(Json(PageShape::show(page, request.page, &parameters, show)))
}

/// Why there is no schedule.
async fn no_feed(state: &ApiState, path: &AccountPath) -> ApiError {
    match state.store.find_source_account(path).await {
        Ok(Some(_)) => ApiError::no_such_feed(&path.account),
        Ok(None) => missing_account(state, path).await,
        Err(error) => error.into(),
    }
}

fn read_feed(body: &[u8], now: Timestamp) -> Answer<ManagedFeed> {
    let mut faults = Faults::of(VALIDATOR);
    let object = parse_object(body, BODY.seed(), VALIDATOR)?;
    let mut fields = Fields::new(&object, Place::Body, &mut faults);
    fields.require("schedule");
    let parse = |text: &str| Schedule::parse(text, now);
    let schedule = fields.parsed("schedule", SCHEDULE_CHARS_MAX, parse);
    let enabled = fields.flag("enabled").unwrap_or(true);
    faults.check()?;
    let schedule =
        schedule.ok_or_else(|| ApiError::internal("a feed without a schedule was read"))?;
    Ok(if enabled { ManagedFeed::in_force(schedule, now) } else { ManagedFeed::resting(schedule) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2024-02-29T12:00:00Z".parse().unwrap()
    }

    #[test]
    fn a_schedule_is_in_force_unless_the_body_says_otherwise() {
        let shown = |body: &str| {
            serde_json::to_string(&FeedShape::show(&read_feed(body.as_bytes(), now()).unwrap()))
                .unwrap()
        };
        assert_eq!(
            shown(r#"{"schedule":"0 6 * * *"}"#),
            r#"{"schedule":"0 6 * * *","enabled":true,"nextRunUtc":"2024-03-01T06:00:00Z"}"#
        );
        assert_eq!(
            shown(r#"{"schedule":" 0  6 * * * ","enabled":false}"#),
            r#"{"schedule":"0 6 * * *","enabled":false}"#
        );
    }

    #[test]
    fn an_answer_may_be_sent_back() {
        let schedule = Schedule::parse("0 6 * * *", now()).unwrap();
        let feed = ManagedFeed::in_force(schedule, now());
        let FeedShape { schedule, enabled, next_run_utc } = FeedShape::show(&feed);
        assert!(next_run_utc.is_some(), "all that it can have");
        let answer = serde_json::to_vec(&FeedShape { schedule, enabled, next_run_utc }).unwrap();
        assert_eq!(read_feed(&answer, now()).unwrap(), feed);
    }

    #[test]
    fn what_is_no_schedule_is_refused_with_its_reason() {
        let refusal = |body: &str| read_feed(body.as_bytes(), now()).unwrap_err().into_text();
        assert_eq!(refusal("{}"), "schedule is missing");
        assert!(refusal(r#"{"schedule":"daily"}"#).contains("malformed expression"));
        assert!(refusal(r#"{"schedule":"0 0 30 2 *"}"#).contains("does not come"));
        let both = refusal(r#"{"schedule":7,"enabled":"no"}"#);
        assert!(both.contains("(and 1 more, see validation)"), "{both}");
    }
}
