//! One-time passwords that a customer types into Sage.

use super::not_in_this_version;
use crate::envelope::{Answer, ApiError};
use crate::locate::ConnectionAt;
use crate::nouns::load_connection;
use crate::state::Shared;
use crate::surface::{Area, Operation, Surface, formats};
use axum::Json;
use axum::extract::State;
use domain::platform::SAGE;
use schemars::JsonSchema;
use serde::Serialize;

pub(super) fn surface() -> Surface {
    const OTP: &str = "/companies/{companyId}/connections/{connectionId}/bankFeeds/otp";
    Surface::of(Area::SourceAccounts).serve(
        Operation::post(OTP, "generate-otp", "Makes a one-time password for Sage's own page")
            .answers::<OtpShape>()
            .holds_secret(),
        generate_otp,
    )
}

/// The contract's `GenerateOtpResponse`.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "GenerateOtpResponse")]
struct OtpShape {
    otp: String,
    #[schemars(schema_with = "formats::moment")]
    expiry: String,
}

async fn generate_otp(
    State(state): State<Shared>,
    ConnectionAt(path): ConnectionAt,
) -> Answer<Json<OtpShape>> {
    let platform = load_connection(&state, &path).await?.platform;
    Err(if platform.key == SAGE.key {
        not_in_this_version(platform, "make one-time passwords for")
    } else {
        ApiError::refused(format!(
            "{} asks for no one-time password: only Sage does",
            platform.name
        ))
    })
}
