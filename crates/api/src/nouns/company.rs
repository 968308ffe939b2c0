//! Companies.

use super::connection::{open_connection, parse_platform};
use crate::auth::Caller;
use crate::compat::Viewer;
use crate::envelope::{Answer, ApiError};
use crate::json::{Faults, Fields, JsonBody, Place, Seed, parse_object};
use crate::locate::CompanyAt;
use crate::paging::{Listed, PageShape, read_list_request};
use crate::query::Parameters;
use crate::state::Shared;
use crate::surface::{Area, LISTING, Operation, Parameter, Surface};
use crate::wire::{CompanyShape, Links};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use domain::company::{
    COMPANY_DESCRIPTION_CHARS_MAX, COMPANY_PROPERTIES, Company, CompanyChange, CompanyName,
    TAG_VALUE_CHARS_MAX, TAGS_MAX, Tags,
};
use domain::ids::{CompanyId, random_uuid};
use domain::platform::Platform;
use domain::query::TagFilter;
use schemars::{Schema, SchemaGenerator, json_schema};
use serde_json::json;
use std::collections::BTreeMap;

pub(super) fn surface() -> Surface {
    const COMPANY: &str = "/companies/{companyId}";
    Surface::of(Area::Companies)
        .serve(
            Operation::get("/companies", "list-companies", "The companies")
                .paged()
                .takes(LISTING)
                .takes(&[TAGS])
                .answers::<PageShape<CompanyShape>>(),
            list_companies,
        )
        .serve(
            Operation::post("/companies", "create-company", "Makes a company")
                .body(company_schema)
                .answers::<CompanyShape>(),
            create_company,
        )
        .serve(
            Operation::get(COMPANY, "get-company", "One company")
                .answers::<CompanyShape>()
                .open_to_tokens(),
            get_company,
        )
        .serve(
            Operation::put(
                COMPANY,
                "replace-company",
                "Replaces a company: what is absent is cleared",
            )
            .body(company_schema)
            .answers::<CompanyShape>(),
            replace_company,
        )
        .serve(
            Operation::patch(COMPANY, "update-company", "Changes a company: what is absent stays")
                .body(company_change_schema)
                .answers::<CompanyShape>(),
            update_company,
        )
        .serve(
            Operation::delete(COMPANY, "delete-company", "Deletes a company with all its data")
                .answers_empty(StatusCode::NO_CONTENT),
            delete_company,
        )
}

const TAGS: Parameter = Parameter::query(
    "tags",
    "A filter in the query language whose properties are the names of tags",
    || json_schema!({"type": "string"}),
);

fn company_schema(schemas: &mut SchemaGenerator) -> Schema {
    let mut schema = company_change_schema(schemas);
    schema.insert("required".to_owned(), json!(["name"]));
    schema
}

fn company_change_schema(_schemas: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "object",
        "properties": {
            "name": {"type": "string", "minLength": 1},
            "description": {"type": ["string", "null"], "maxLength": COMPANY_DESCRIPTION_CHARS_MAX},
            "tags": {
                "type": ["object", "null"],
                "maxProperties": TAGS_MAX,
                "additionalProperties": {"type": "string", "maxLength": TAG_VALUE_CHARS_MAX},
            },
        },
    })
}

const VALIDATOR: &str = "Companies";
const LISTED: Listed = Listed { type_name: "Company", properties: COMPANY_PROPERTIES };
const FIELDS: &[&str] = &["name", "description", "tags", "platformType"];
/// More than a name may keep, since what it may not keep is dropped silently.
const NAME_CHARS_READ_MAX: usize = 10_000;
/// Keys are far shorter; a longer text is not repeated in an error.
const PLATFORM_CHARS_MAX: usize = 50;

async fn create_company(
    State(state): State<Shared>,
    caller: Caller,
    viewer: Viewer,
    JsonBody(body): JsonBody,
) -> Answer<Json<CompanyShape>> {
    let wish = CompanyBody::read(&body, Presence::New, &state.platforms)?;
    let name = wish.name.ok_or_else(|| ApiError::internal("a company without a name was read"))?;
    let mut company = Company {
        id: CompanyId::new(random_uuid(&*state.ids)),
        client: caller.client,
        name,
        description: wish.description.unwrap_or_default(),
        tags: wish.tags.unwrap_or_default(),
        created_at: state.now(),
        connections: Vec::new(),
    };
    state.store.create_company(&company).await?;
    if let Some(platform) = wish.platform {
        let at = CompanyAt { client: company.client, company: company.id };
        company.connections.push(open_connection(&state, at, platform).await?);
    }
    Ok(Json(CompanyShape::show(company, Links::new(&state), viewer)))
}

async fn list_companies(
    State(state): State<Shared>,
    caller: Caller,
    viewer: Viewer,
    parameters: Parameters,
) -> Answer<Json<PageShape<CompanyShape>>> {
    let request = read_list_request(&parameters, LISTED)?;
    let tags = parameters.get("tags").map(TagFilter::parse).transpose();
    let tags = tags.map_err(|error| ApiError::query(&error))?;
    let page = state.store.list_companies(caller.client, &request, tags.as_ref()).await?;
    let links = Links::new(&state);
    let show = |company| CompanyShape::show(company, links, viewer);
    Ok(Json(PageShape::show(page, request.page, &parameters, show)))
}

async fn get_company(
    State(state): State<Shared>,
    viewer: Viewer,
    at: CompanyAt,
) -> Answer<Json<CompanyShape>> {
    let company = state.store.find_company(at.client, at.company).await?;
    let company = company.ok_or_else(|| ApiError::no_such_company(at.company))?;
    Ok(Json(CompanyShape::show(company, Links::new(&state), viewer)))
}

/// What is absent is cleared.
async fn replace_company(
    State(state): State<Shared>,
    viewer: Viewer,
    at: CompanyAt,
    JsonBody(body): JsonBody,
) -> Answer<Json<CompanyShape>> {
    let wish = CompanyBody::read(&body, Presence::Whole, &state.platforms)?;
    let change = CompanyChange {
        name: wish.name,
        description: Some(wish.description.unwrap_or_default()),
        tags: Some(wish.tags.unwrap_or_default()),
    };
    change_company(&state, viewer, at, change).await
}

/// What is absent stays.
async fn update_company(
    State(state): State<Shared>,
    viewer: Viewer,
    at: CompanyAt,
    JsonBody(body): JsonBody,
) -> Answer<Json<CompanyShape>> {
    let wish = CompanyBody::read(&body, Presence::Partial, &state.platforms)?;
    let CompanyBody { name, description, tags, platform: _ } = wish;
    change_company(&state, viewer, at, CompanyChange { name, description, tags }).await
}

async fn change_company(
    state: &Shared,
    viewer: Viewer,
    at: CompanyAt,
    change: CompanyChange,
) -> Answer<Json<CompanyShape>> {
    let company = state.store.change_company(at.client, at.company, change).await?;
    let company = company.ok_or_else(|| ApiError::no_such_company(at.company))?;
    Ok(Json(CompanyShape::show(company, Links::new(state), viewer)))
}

async fn delete_company(State(state): State<Shared>, at: CompanyAt) -> Answer<StatusCode> {
    if state.store.delete_company(at.client, at.company, state.now()).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(ApiError::no_such_company(at.company))
    }
}

/// How much of a company a body must hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Presence {
    /// At least what every company has; with a platform, a connection is made as well.
    New,
    /// At least what every company has.
    Whole,
    /// Whatever is to change.
    Partial,
}

/// What a body says of a company.
#[derive(Debug, Default)]
struct CompanyBody {
    name: Option<CompanyName>,
    description: Option<String>,
    tags: Option<Tags>,
    platform: Option<&'static Platform>,
}

impl CompanyBody {
    fn read(body: &[u8], presence: Presence, offered: &[&'static Platform]) -> Answer<Self> {
        let mut faults = Faults::of(VALIDATOR);
        let object = parse_object(body, Seed::object(FIELDS), VALIDATOR)?;
        let mut fields = Fields::new(&object, Place::Body, &mut faults);
        if presence != Presence::Partial {
            fields.require("name");
        }
        let read = Self {
            name: fields.parsed("name", NAME_CHARS_READ_MAX, CompanyName::clean),
            description: fields.text("description", COMPANY_DESCRIPTION_CHARS_MAX),
            tags: read_tags(&mut fields),
            platform: if presence == Presence::New {
                read_platform(&mut fields, offered)
            } else {
                None
            },
        };
        faults.check()?;
        Ok(read)
    }
}

fn read_platform(
    fields: &mut Fields<'_, '_>,
    offered: &[&'static Platform],
) -> Option<&'static Platform> {
    fields.parsed("platformType", PLATFORM_CHARS_MAX, |key| parse_platform(key, offered))
}

fn read_tags(fields: &mut Fields<'_, '_>) -> Option<Tags> {
    let raw = fields.raw("tags")?;
    // Which tag it was is not told: the place that the parser knows is one within the tags alone.
    let Ok(read) = serde_json::from_str::<BTreeMap<String, String>>(raw.get()) else {
        fields.fault("tags", "must be an object of texts");
        return None;
    };
    if read.iter().any(|(key, value)| key.contains('\0') || value.contains('\0')) {
        fields.fault("tags", "holds the character NUL");
        return None;
    }
    Tags::new(read).map_err(|error| fields.fault("tags", format_args!("are refused: {error}"))).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::platform::QUICKBOOKS;

    fn refusal(body: &str) -> String {
        CompanyBody::read(body.as_bytes(), Presence::New, &[&QUICKBOOKS]).unwrap_err().into_text()
    }

    #[test]
    fn a_company_is_read_with_what_is_unknown_left_out() {
        let body = r#"{"name":"A (B[1])","tags":{"tier":"gold"},"x":{"y":[1]},"description":null}"#;
        let read = CompanyBody::read(body.as_bytes(), Presence::New, &[&QUICKBOOKS]).unwrap();
        assert_eq!(read.name.unwrap().as_str(), "A B1");
        assert_eq!(read.description, None);
        assert_eq!(read.tags.unwrap().all().get("tier").map(String::as_str), Some("gold"));
    }

    #[test]
    fn a_body_that_is_no_company_is_refused_with_its_faults() {
        assert_eq!(refusal("{}"), "name is missing");
        assert!(refusal(r#"{"name":"[]"}"#).starts_with("name is refused: name has no allowed"));
        assert!(
            refusal(r#"{"name":1,"description":[]}"#).ends_with("(and 1 more, see validation)")
        );
        assert!(refusal("[1]").contains("not a list"));
        assert!(
            refusal(r#"{"name":"a","tags":{"a":1}}"#)
                .starts_with("tags must be an object of texts")
        );
        assert!(refusal(r#"{"name":"a","platformType":"zzzz"}"#).contains("no platform \"zzzz\""));
        let tags: Vec<_> = (0..11).map(|n| format!("\"{n}\":\"v\"")).collect();
        assert!(
            refusal(&format!(r#"{{"name":"a","tags":{{{}}}}}"#, tags.join(",")))
                .contains("11 tags are given")
        );
    }

    #[test]
    fn a_change_may_leave_everything_out() {
        let body = br#"{"platformType":"zzzz"}"#;
        let read = CompanyBody::read(body, Presence::Partial, &[&QUICKBOOKS]).unwrap();
        assert!(read.name.is_none() && read.tags.is_none() && read.description.is_none());
    }
}
