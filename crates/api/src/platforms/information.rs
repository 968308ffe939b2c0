//! What a platform tells of the organisation behind a connection.

use super::not_in_this_version;
use crate::envelope::{Answer, ApiError};
use crate::locate::ConnectionAt;
use crate::nouns::load_connection;
use crate::state::Shared;
use crate::surface::{Area, Operation, Surface};
use axum::Json;
use axum::extract::State;
use domain::platform::AccountMapping;
use schemars::JsonSchema;
use serde::Serialize;

pub(super) fn surface() -> Surface {
    const INFORMATION: &str = "/companies/{companyId}/connections/{connectionId}/bankFeeds/info";
    Surface::of(Area::Connections).serve(
        Operation::get(
            INFORMATION,
            "get-company-information",
            "The organisation in the books, where the platform tells of it",
        )
        .answers::<InformationShape>()
        .open_to_tokens(),
        get_information,
    )
}

/// The contract's `CompanyInformation`.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "CompanyInformation")]
struct InformationShape {
    company_name: String,
    base_currency: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    plan_type: Option<String>,
    multicurrency_enabled: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    currencies: Option<Vec<String>>,
}

async fn get_information(
    State(state): State<Shared>,
    ConnectionAt(path): ConnectionAt,
) -> Answer<Json<InformationShape>> {
    let platform = load_connection(&state, &path).await?.platform;
    Err(match platform.mapping {
        AccountMapping::ByApi { with_information: true } => {
            not_in_this_version(platform, "ask for the organisation in")
        }
        AccountMapping::Inside | AccountMapping::ByApi { with_information: false } => {
            ApiError::refused(format!("{} tells nothing of the organisation", platform.name))
        }
    })
}
