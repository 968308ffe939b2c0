//! Access tokens: what a client's own page carries instead of an API key.

use crate::envelope::{Answer, ApiError};
use crate::locate::CompanyAt;
use crate::state::Shared;
use crate::surface::{Area, Operation, Surface};
use axum::Json;
use axum::extract::State;
use domain::access_token::{ACCESS_TOKEN_LIFE, AccessToken, AccessTokenSecret};
use schemars::JsonSchema;
use serde::Serialize;

pub(super) fn surface() -> Surface {
    const TOKEN: &str = "/companies/{companyId}/accessToken";
    /// The published packages of the platform still call it.
    const OLD_TOKEN: &str = "/companies/{companyId}/connectionManagement/accessToken";
    Surface::of(Area::Companies)
        .serve(
            Operation::get(
                TOKEN,
                "get-company-access-token",
                "Makes a token with which a page may act for this company for a day",
            )
            .answers::<TokenShape>(),
            get_access_token,
        )
        .serve(
            Operation::get(
                OLD_TOKEN,
                "get-connection-management-access-token",
                "The same under its old name",
            )
            .answers::<TokenShape>()
            .deprecated(),
            get_access_token,
        )
}

/// The contract's `CompanyAccessToken`.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "CompanyAccessToken")]
struct TokenShape {
    /// In seconds.
    expires_in: i64,
    access_token: String,
    token_type: &'static str,
}

async fn get_access_token(State(state): State<Shared>, at: CompanyAt) -> Answer<Json<TokenShape>> {
    let now = state.now();
    let secret = AccessTokenSecret::generate(&*state.ids);
    let token = AccessToken {
        client: at.client,
        company: at.company,
        hash: secret.hash(),
        expires_at: now.checked_add(ACCESS_TOKEN_LIFE).map_err(ApiError::internal)?,
    };
    if !state.store.create_access_token(&token, now).await? {
        return Err(ApiError::no_such_company(at.company));
    }
    Ok(Json(TokenShape {
        expires_in: ACCESS_TOKEN_LIFE.as_secs(),
        access_token: secret.reveal().to_owned(),
        token_type: "Bearer",
    }))
}
