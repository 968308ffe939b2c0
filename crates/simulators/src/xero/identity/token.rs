//! The second half of the code flow: a code or a refresh token for new tokens, and taking them back.

use super::client::Client;
use super::form::Form;
use super::grant::{ACCESS_MINS, Access, Grant};
use super::jwt::{Audience, access_token, id_token};
use super::pkce;
use crate::xero::Xero;
use crate::xero::faults::{Fault, Played};
use crate::xero::world::World;
use axum::body::Bytes;
use axum::extract::{OriginalUri, State};
use axum::http::header::{CACHE_CONTROL, HOST};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde_json::{Value, json};

/// Why there are no tokens (RFC 6749, 5.2); Xero answers all of them by 400.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum NoToken {
    InvalidClient,
    InvalidGrant,
    InvalidRequest,
    UnsupportedGrantType,
}

#[derive(Serialize)]
struct Tokens {
    #[serde(skip_serializing_if = "Option::is_none")]
    id_token: Option<String>,
    access_token: String,
    expires_in: i64,
    token_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
    scope: String,
}

/// `POST connect/token`.
pub(crate) async fn token(
    State(xero): State<Xero>,
    Extension(played): Extension<Played>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let form = Form::read(&body);
    let Some(client) = Client::find(xero.app(), &headers, &form) else {
        return NoToken::InvalidClient.into_response();
    };
    let tokens = xero.change(|world, now| {
        let grant = match form.get("grant_type") {
            Some("authorization_code") => redeem(world, client, &form, now)?,
            Some("refresh_token") => refresh(world, client, &form, (played, now))?,
            Some(_) => return Err(NoToken::UnsupportedGrantType),
            None => return Err(NoToken::InvalidRequest),
        };
        Ok(issue(world, &xero.app().client_id, grant, now))
    });
    tokens.map(|tokens| ([(CACHE_CONTROL, "no-store")], Json(tokens))).into_response()
}

fn redeem(
    world: &mut World,
    client: Client,
    form: &Form,
    now: Timestamp,
) -> Result<Grant, NoToken> {
    let code = form.get("code").ok_or(NoToken::InvalidRequest)?;
    let code = world.grants.take_code(code, now).ok_or(NoToken::InvalidGrant)?;
    let verifier = form.get("code_verifier");
    let is_proven = match (&code.challenge, verifier) {
        (Some(challenge), Some(verifier)) => pkce::proves(verifier, challenge),
        // Without a secret nothing else proves who asks.
        (None, None) => client == Client::Confidential,
        (Some(_), None) | (None, Some(_)) => false,
    };
    if !is_proven || form.get("redirect_uri") != Some(&code.redirect_uri) {
        return Err(NoToken::InvalidGrant);
    }
    Ok(Grant { is_public: client == Client::Public, ..code.grant })
}

fn refresh(
    world: &mut World,
    client: Client,
    form: &Form,
    (played, now): (Played, Timestamp),
) -> Result<Grant, NoToken> {
    let token = form.get("refresh_token").ok_or(NoToken::InvalidRequest)?;
    if played.is(Fault::RefreshTokenReused) {
        world.grants.drop_refresh(token);
    }
    let grant = world.grants.use_refresh(token, now).ok_or(NoToken::InvalidGrant)?;
    if client == Client::Public && !grant.is_public {
        return Err(NoToken::InvalidClient);
    }
    Ok(grant)
}

fn issue(world: &mut World, client_id: &str, grant: Grant, now: Timestamp) -> Tokens {
    let lifetime = SignedDuration::from_mins(ACCESS_MINS);
    let until = now.saturating_add(lifetime).unwrap_or(now);
    let to = Audience { client_id, token_id: world.ids.secret() };
    let has = |wanted: &str| grant.scope.split_ascii_whitespace().any(|part| part == wanted);
    let access_token = access_token(&grant, &to, until);
    let id_token = has("openid").then(|| id_token(&grant, &to, until));
    let is_refreshable = has("offline_access");
    let (user, scope) = (grant.user.clone(), grant.scope.clone());
    world.grants.add_access(Access {
        token: access_token.clone(),
        user,
        scope: scope.clone(),
        expires_at: until,
    });
    let refresh_token =
        is_refreshable.then(|| world.grants.add_refresh(&mut world.ids, grant, now));
    let expires_in = lifetime.as_secs();
    Tokens { id_token, access_token, expires_in, token_type: "Bearer", refresh_token, scope }
}

/// `POST connect/revocation`: the user's tokens end, and all of the user's connections.
pub(crate) async fn revoke(State(xero): State<Xero>, headers: HeaderMap, body: Bytes) -> Response {
    let form = Form::read(&body);
    if Client::find(xero.app(), &headers, &form) != Some(Client::Confidential) {
        return NoToken::InvalidClient.into_response();
    }
    let Some(token) = form.get("token") else { return NoToken::InvalidRequest.into_response() };
    xero.change(|world, _| {
        // A token that nobody knows is as good as revoked.
        let Some(user) = world.grants.find_refresh_user(token) else { return };
        world.grants.revoke_user(&user);
        world.connections.retain(|connection| connection.user != user);
    });
    StatusCode::OK.into_response()
}

/// `GET .well-known/openid-configuration`.
pub(crate) async fn discovery(OriginalUri(uri): OriginalUri, headers: HeaderMap) -> Json<Value> {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    let (prefix, _) = uri.path().split_once("/.well-known").unwrap_or_default();
    let base = format!("http://{host}{prefix}");
    Json(json!({
        "issuer": base,
        "authorization_endpoint": format!("{base}/connect/authorize"),
        "token_endpoint": format!("{base}/connect/token"),
        "revocation_endpoint": format!("{base}/connect/revocation"),
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic"],
    }))
}

impl IntoResponse for NoToken {
    fn into_response(self) -> Response {
        let error = match self {
            Self::InvalidClient => "invalid_client",
            Self::InvalidGrant => "invalid_grant",
            Self::InvalidRequest => "invalid_request",
            Self::UnsupportedGrantType => "unsupported_grant_type",
        };
        (StatusCode::BAD_REQUEST, Json(json!({ "error": error }))).into_response()
    }
}
