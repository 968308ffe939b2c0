//! What a client sets for its pages: the profile that its customers see, and the origins of pages that may call.

use crate::auth::Caller;
use crate::envelope::{Answer, ApiError};
use crate::json::{Faults, Fields, JsonBody, ListLimits, Place, Seed, parse_object};
use crate::state::Shared;
use crate::surface::{Area, Operation, Surface};
use axum::Json;
use axum::extract::State;
use domain::client_settings::{
    ORIGINS_MAX, Origin, PROFILE_NAME_CHARS_MAX, Profile, RedirectTemplate, URL_CHARS_MAX,
    WHITE_LIST_MAX, WebUrl,
};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;

pub(super) fn surface() -> Surface {
    Surface::of(Area::Settings)
        .serve(
            Operation::get("/profile", "get-profile", "How the client shows itself")
                .answers::<ProfileShape>(),
            get_profile,
        )
        .serve(
            Operation::put("/profile", "update-profile", "Replaces the profile")
                .body(profile_schema)
                .answers::<ProfileShape>(),
            replace_profile,
        )
        .serve(
            Operation::get(
                "/corsSettings",
                "get-cors-settings",
                "The origins of pages that may call",
            )
            .answers::<OriginsShape>(),
            get_origins,
        )
        .serve(
            Operation::post("/corsSettings", "set-cors-settings", "Replaces these origins")
                .body(origins_schema)
                .answers::<OriginsShape>(),
            replace_origins,
        )
        .serve(
            Operation::get(
                OLD_CORS,
                "get-connection-management-cors-settings",
                "The same under its old name",
            )
            .answers::<OriginsShape>()
            .deprecated(),
            get_origins,
        )
        .serve(
            Operation::post(
                OLD_CORS,
                "set-connection-management-cors-settings",
                "The same under its old name",
            )
            .body(origins_schema)
            .answers::<OriginsShape>()
            .deprecated(),
            replace_origins,
        )
}

/// The published packages of the platform still call it.
const OLD_CORS: &str = "/connectionManagement/corsSettings";
const VALIDATOR: &str = "Settings";
const PROFILE_FIELDS: &[&str] = &["name", "redirectUrl", "logoUrl", "iconUrl", "whiteListUrls"];
const ORIGIN_FIELDS: &[&str] = &["allowedOrigins"];
const WHITE_LIST_LIMITS: ListLimits = ListLimits { items: WHITE_LIST_MAX, chars: URL_CHARS_MAX };
const ORIGIN_LIMITS: ListLimits = ListLimits { items: ORIGINS_MAX, chars: URL_CHARS_MAX };

fn profile_schema(_schemas: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "object",
        "required": ["name", "redirectUrl"],
        "properties": {
            "name": {"type": "string", "minLength": 1, "maxLength": PROFILE_NAME_CHARS_MAX},
            "redirectUrl": {"type": "string", "maxLength": URL_CHARS_MAX},
            "logoUrl": {"type": ["string", "null"], "maxLength": URL_CHARS_MAX},
            "iconUrl": {"type": ["string", "null"], "maxLength": URL_CHARS_MAX},
            "whiteListUrls": {
                "type": ["array", "null"],
                "maxItems": WHITE_LIST_MAX,
                "items": {"type": "string", "format": "uri", "maxLength": URL_CHARS_MAX},
            },
        },
    })
}

fn origins_schema(_schemas: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "object",
        "required": ["allowedOrigins"],
        "properties": {
            "allowedOrigins": {
                "type": "array",
                "maxItems": ORIGINS_MAX,
                "items": {"type": "string", "format": "uri", "maxLength": URL_CHARS_MAX},
            },
        },
    })
}

/// The contract's `Profile`.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Profile")]
struct ProfileShape {
    name: String,
    /// Empty when customers end on a page of ours.
    redirect_url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    logo_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    icon_url: Option<String>,
    white_list_urls: Vec<String>,
}

/// The contract's `ConnectionManagementAllowedOrigins`.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "ConnectionManagementAllowedOrigins")]
struct OriginsShape {
    allowed_origins: Vec<String>,
}

impl ProfileShape {
    fn show(profile: &Profile) -> Self {
        Self {
            name: profile.name.clone(),
            redirect_url: profile.redirect.as_ref().map(ToString::to_string).unwrap_or_default(),
            logo_url: profile.logo_url.as_ref().map(ToString::to_string),
            icon_url: profile.icon_url.as_ref().map(ToString::to_string),
            white_list_urls: profile.white_list.iter().map(ToString::to_string).collect(),
        }
    }
}

impl OriginsShape {
    fn show(origins: &[Origin]) -> Self {
        Self { allowed_origins: origins.iter().map(ToString::to_string).collect() }
    }
}

async fn get_profile(State(state): State<Shared>, caller: Caller) -> Answer<Json<ProfileShape>> {
    let profile = state.store.find_profile(caller.client).await?;
    let profile = profile.ok_or_else(|| ApiError::internal("a client with a key is not there"))?;
    Ok(Json(ProfileShape::show(&profile)))
}

async fn replace_profile(
    State(state): State<Shared>,
    caller: Caller,
    JsonBody(body): JsonBody,
) -> Answer<Json<ProfileShape>> {
    let profile = read_profile(&body)?;
    state.store.replace_profile(caller.client, &profile).await?;
    Ok(Json(ProfileShape::show(&profile)))
}

async fn get_origins(State(state): State<Shared>, caller: Caller) -> Answer<Json<OriginsShape>> {
    let origins = state.store.list_origins(caller.client).await?;
    Ok(Json(OriginsShape::show(&origins)))
}

async fn replace_origins(
    State(state): State<Shared>,
    caller: Caller,
    JsonBody(body): JsonBody,
) -> Answer<Json<OriginsShape>> {
    let origins = read_origins(&body)?;
    state.store.replace_origins(caller.client, &origins).await?;
    Ok(Json(OriginsShape::show(&origins)))
}

fn read_profile(body: &[u8]) -> Answer<Profile> {
    let mut faults = Faults::of(VALIDATOR);
    let object = parse_object(body, Seed::object(PROFILE_FIELDS), VALIDATOR)?;
    let mut fields = Fields::new(&object, Place::Body, &mut faults);
    fields.require("name");
    fields.require("redirectUrl");
    let name = fields.text("name", PROFILE_NAME_CHARS_MAX).unwrap_or_default();
    if fields.raw("name").is_some_and(|raw| raw.get() == "\"\"") {
        fields.fault("name", "is empty: it stands on the pages that customers see");
    }
    let redirect = optional(&mut fields, "redirectUrl", RedirectTemplate::parse);
    let logo_url = optional(&mut fields, "logoUrl", WebUrl::parse);
    let icon_url = optional(&mut fields, "iconUrl", WebUrl::parse);
    let white_list = fields.parsed_list("whiteListUrls", WHITE_LIST_LIMITS, WebUrl::parse);
    let white_list = white_list.unwrap_or_default();
    let in_host = redirect.as_ref().map(RedirectTemplate::host_parameters).unwrap_or_default();
    if let (Some(parameter), true) = (in_host.first(), white_list.is_empty()) {
        let advice = "list in whiteListUrls where it may lead";
        fields.fault("redirectUrl", format_args!("has {{{parameter}}} in its host: {advice}"));
    }
    faults.check()?;
    Ok(Profile { name, redirect, logo_url, icon_url, white_list })
}

/// An empty text is as none.
fn optional<T, E: std::fmt::Display>(
    fields: &mut Fields<'_, '_>,
    name: &str,
    parse: impl Fn(&str) -> Result<T, E>,
) -> Option<T> {
    let parse = |text: &str| if text.is_empty() { Ok(None) } else { parse(text).map(Some) };
    fields.parsed(name, URL_CHARS_MAX, parse).flatten()
}

fn read_origins(body: &[u8]) -> Answer<Vec<Origin>> {
    let mut faults = Faults::of(VALIDATOR);
    let object = parse_object(body, Seed::object(ORIGIN_FIELDS), VALIDATOR)?;
    let mut fields = Fields::new(&object, Place::Body, &mut faults);
    fields.require("allowedOrigins");
    let origins = fields.parsed_list("allowedOrigins", ORIGIN_LIMITS, Origin::parse);
    faults.check()?;
    Ok(origins.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_is_read_and_shown_again() {
        let body = r#"{"name":"Bank","redirectUrl":"https://bank.{tld}/{companyId}","logoUrl":"",
            "whiteListUrls":["https://bank.example"],"confirmCompanyName":true,"apiKey":"x"}"#;
        let profile = read_profile(body.as_bytes()).unwrap();
        insta::assert_json_snapshot!(ProfileShape::show(&profile));
    }

    #[test]
    fn a_profile_that_cannot_be_names_its_faults() {
        let refusal = |body: &str| read_profile(body.as_bytes()).unwrap_err().into_text();
        assert_eq!(refusal("{}"), "name is missing (and 1 more, see validation)");
        assert!(refusal(r#"{"name":"","redirectUrl":""}"#).starts_with("name is empty"));
        let host = r#"{"name":"a","redirectUrl":"https://{tenant}.example"}"#;
        assert!(refusal(host).starts_with("redirectUrl has {tenant} in its host"));
        let list = r#"{"name":"a","redirectUrl":"","whiteListUrls":["x",7]}"#;
        assert!(refusal(list).starts_with("whiteListUrls[0] is refused: it is not a URL"));
    }

    #[test]
    fn origins_are_kept_as_browsers_write_them() {
        let read = read_origins(br#"{"allowedOrigins":["https://Bank.example/"]}"#).unwrap();
        assert_eq!(OriginsShape::show(&read).allowed_origins, ["https://bank.example"]);
        for (body, fault) in [
            ("{}", "allowedOrigins is missing"),
            (r#"{"allowedOrigins":"*"}"#, "allowedOrigins must be a list of texts, not a text"),
            (r#"{"allowedOrigins":["*"]}"#, "allowedOrigins[0] is refused: it is not a URL"),
        ] {
            let text = read_origins(body.as_bytes()).unwrap_err().into_text();
            assert!(text.starts_with(fault), "{text}");
        }
    }
}
