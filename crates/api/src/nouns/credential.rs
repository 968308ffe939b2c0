//! Credentials that a customer types into QuickBooks, and the proxy operation by which old tutorials ask for them.

use super::connection::load_connection;
use crate::envelope::{Answer, ApiError};
use crate::locate::{ConnectionAt, missing_connection};
use crate::query::Parameters;
use crate::state::{ApiState, Shared};
use crate::surface::{Area, Operation, Parameter, Surface};
use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use domain::credential::Secrets;
use domain::ids::{ConnectionId, ConnectionPath};
use domain::platform::Delivery;
use schemars::{JsonSchema, json_schema};
use serde::Serialize;
use store::{IssueError, issue_credential};

pub(super) fn surface() -> Surface {
    const CREDENTIALS: &str = "/companies/{companyId}/connections/{connectionId}/connectionInfo/bankFeedAccounts/credentials";
    const PROXY: &str = "/companies/{companyId}/connections/{connectionId}/data/proxy";
    Surface::of(Area::SourceAccounts)
        .serve(
            Operation::post(CREDENTIALS, "generate-credentials", "Makes a pair to sign on with")
                .optional_body(|_| json_schema!(true))
                .answers::<SecretsShape>()
                .holds_secret()
                .open_to_tokens(),
            generate_credentials,
        )
        .serve(
            Operation::delete(
                CREDENTIALS,
                "delete-bank-feed-credentials",
                "Revokes every pair of the connection",
            )
            .answers_empty(StatusCode::NO_CONTENT),
            revoke_credentials,
        )
        .serve(
            Operation::get(PROXY, "proxy", "Makes a pair, as tutorials of 2023 ask for it")
                .takes(&[ENDPOINT])
                .answers::<SecretsShape>()
                .deprecated(),
            call_proxy,
        )
        .serve(
            Operation::post(PROXY, "post-proxy", "The same, as other versions ask for it")
                .takes(&[ENDPOINT])
                .answers::<SecretsShape>()
                .holds_secret()
                .deprecated(),
            call_proxy,
        )
}

const ENDPOINT: Parameter = Parameter::query(
    "endpoint",
    "generatecredentials?dataconnectionid={connectionId}",
    || json_schema!({"type": "string"}),
);

/// A new pair, shown this once.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "BankAccountCredentials")]
struct SecretsShape {
    username: String,
    password: String,
}

/// The body is not read: no published library sends there what the contract says.
async fn generate_credentials(
    State(state): State<Shared>,
    ConnectionAt(path): ConnectionAt,
) -> Answer<Json<SecretsShape>> {
    issue(&state, &path).await
}

async fn revoke_credentials(
    State(state): State<Shared>,
    ConnectionAt(path): ConnectionAt,
) -> Answer<StatusCode> {
    match state.store.revoke_credentials(&path, state.now()).await? {
        Some(_count) => Ok(StatusCode::NO_CONTENT),
        None => Err(missing_connection(&state, &path).await),
    }
}

async fn call_proxy(
    State(state): State<Shared>,
    ConnectionAt(path): ConnectionAt,
    parameters: Parameters,
) -> Answer<Json<SecretsShape>> {
    let endpoint = parameters.get("endpoint").unwrap_or_default();
    if !asks_credentials(endpoint, path.connection) {
        return Err(ApiError::refused(format!(
            "endpoint must be generatecredentials?dataconnectionid={}",
            path.connection
        )));
    }
    issue(&state, &path).await
}

/// Whether an endpoint asks credentials for this connection. The tutorial's own code leaves its placeholder unfilled and
/// sends `{connection_id}`; the path has told which one is meant.
fn asks_credentials(endpoint: &str, connection: ConnectionId) -> bool {
    let Some((name, query)) = endpoint.trim_start_matches('/').split_once('?') else {
        return false;
    };
    let named = || {
        let uri: Uri = format!("/?{query}").parse().ok()?;
        let parameters = Parameters::of_uri(&uri).ok()?;
        let text = parameters.get("dataconnectionid")?;
        let is_placeholder = text.starts_with('{') && text.ends_with('}');
        if is_placeholder { Some(connection) } else { ConnectionId::parse(text) }
    };
    name.eq_ignore_ascii_case("generatecredentials") && named() == Some(connection)
}

async fn issue(state: &ApiState, path: &ConnectionPath) -> Answer<Json<SecretsShape>> {
    let connection = load_connection(state, path).await?;
    if connection.platform.delivery != Delivery::Pulled {
        let name = connection.platform.name;
        return Err(ApiError::refused(format!(
            "{name} takes no credentials: only platforms that fetch do"
        )));
    }
    let issued = issue_credential(&*state.store, &state.ids, path, state.now()).await;
    match issued.map_err(not_issued)? {
        Some(Secrets { username, password }) => Ok(Json(SecretsShape { username, password })),
        None => Err(missing_connection(state, path).await),
    }
}

fn not_issued(error: IssueError) -> ApiError {
    match error {
        IssueError::Store(error) => error.into(),
        IssueError::Hash(_) => ApiError::internal(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_one_endpoint_is_proxied() {
        let id = "6b113e06-e818-45d7-977b-8e6bb3d01269";
        let connection = ConnectionId::parse(id).unwrap();
        for endpoint in [
            format!("generatecredentials?dataconnectionid={id}"),
            format!("/GenerateCredentials?dataConnectionId={id}"),
            "generatecredentials?dataconnectionid={connection_id}".to_owned(),
        ] {
            assert!(asks_credentials(&endpoint, connection), "{endpoint}");
        }
        for endpoint in [
            "",
            "generatecredentials",
            "generatecredentials?x=1",
            "generatecredentials?dataconnectionid=7",
            "generatecredentials?dataconnectionid=00000000-0000-4000-8000-000000000000",
            &format!("accounts?dataconnectionid={id}"),
        ] {
            assert!(!asks_credentials(endpoint, connection), "{endpoint}");
        }
    }
}
