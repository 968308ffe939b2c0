//! The one shape of every error. A handler answers an [`ApiError`]; the outermost layer, which knows the request's
//! correlation id, turns it into the body and logs what the caller is not told.

use crate::json::Fault;
use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::query::QueryError;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use std::borrow::Cow;
use std::fmt::Display;
use std::sync::Arc;
use store::{Outage, StoreError};
use tracing::{error, warn};

/// How long a caller should wait when the database is overloaded: the next commit is milliseconds away.
const BUSY_RETRY_SECS: &str = "1";
/// The same when it is away: long enough for a restart, short enough that nobody waits much longer than the fault lasts.
const OUTAGE_RETRY_SECS: &str = "5";

/// Why a request is not answered as wished.
#[derive(Debug)]
pub(crate) struct ApiError {
    status: StatusCode,
    service: Service,
    error: Cow<'static, str>,
    faults: Vec<Fault>,
    /// For the log only.
    cause: Option<String>,
    /// Of a 503.
    retry_after_secs: &'static str,
}

/// The contract's name of the part that speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Service {
    Public,
    Clients,
}

impl Service {
    const fn name(self) -> &'static str {
        match self {
            Self::Public => "PublicApi",
            Self::Clients => "ClientsApi",
        }
    }
}

/// What every operation answers.
pub(crate) type Answer<T> = Result<T, ApiError>;

impl ApiError {
    fn new(status: StatusCode, error: impl Into<Cow<'static, str>>) -> Self {
        Self {
            status,
            service: Service::Public,
            error: error.into(),
            faults: Vec::new(),
            cause: None,
            retry_after_secs: BUSY_RETRY_SECS,
        }
    }

    /// 400: what is asked for cannot be.
    pub(crate) fn refused(error: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, error)
    }

    /// 400: the request is not formed as it must be; all that is wrong with it, at least one thing.
    pub(crate) fn malformed(faults: Vec<Fault>) -> Self {
        let first =
            faults.first().map_or_else(|| "the request is malformed".to_owned(), Fault::sentence);
        let error = match faults.len() {
            0 | 1 => first,
            count => format!("{first} (and {} more, see validation)", count.saturating_sub(1)),
        };
        Self { faults, ..Self::refused(error) }
    }

    /// 400: a query that cannot be read.
    pub(crate) fn query(error: &QueryError) -> Self {
        Self { service: Service::Clients, ..Self::refused(error.to_string()) }
    }

    /// 401: no key, or not one of ours.
    pub(crate) fn unauthorized(error: &'static str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, error)
    }

    /// 404: no such operation.
    pub(crate) fn no_such_route() -> Self {
        Self::new(StatusCode::NOT_FOUND, "NotFound")
    }

    /// 404: no such company.
    pub(crate) fn no_such_company(id: impl Display) -> Self {
        let error = format!("Company {id} not found");
        Self { service: Service::Clients, ..Self::new(StatusCode::NOT_FOUND, error) }
    }

    /// 403: whoever calls may not.
    pub(crate) fn forbidden(error: &'static str) -> Self {
        Self::new(StatusCode::FORBIDDEN, error)
    }

    /// 409: it cannot be as things are now.
    pub(crate) fn conflict(error: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::CONFLICT, error)
    }

    /// 422: understood, and not to be done.
    pub(crate) fn unprocessable(error: &'static str) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, error)
    }

    /// 404: there is no such platform.
    pub(crate) fn no_such_platform(key: impl Display) -> Self {
        Self::new(StatusCode::NOT_FOUND, format!("Integration {key} not found"))
    }

    /// 404: the platform takes nothing of the kind.
    pub(crate) fn no_such_data_type(name: &str) -> Self {
        let error = format!("Data type {name} is not supported by the platform");
        Self::new(StatusCode::NOT_FOUND, error)
    }

    /// 404: the client has no such consumer.
    pub(crate) fn no_such_consumer(id: impl Display) -> Self {
        Self::new(StatusCode::NOT_FOUND, format!("Webhook consumer {id} not found"))
    }

    /// 404: the consumer was sent no such message.
    pub(crate) fn no_such_delivery(sequence: u64) -> Self {
        let error = format!("the consumer was sent no message about event {sequence}");
        Self::new(StatusCode::NOT_FOUND, error)
    }

    /// 404: the client has no such rule.
    pub(crate) fn no_such_rule(id: impl Display) -> Self {
        Self::new(StatusCode::NOT_FOUND, format!("Rule {id} not found"))
    }

    /// 404: the client has no such key.
    pub(crate) fn no_such_api_key(id: impl Display) -> Self {
        Self::new(StatusCode::NOT_FOUND, format!("API key {id} not found"))
    }

    /// 404: the company has no such connection.
    pub(crate) fn no_such_connection(id: impl Display) -> Self {
        Self::new(StatusCode::NOT_FOUND, format!("Data connection {id} not found"))
    }

    /// 404: the connection has no such account.
    pub(crate) fn no_such_account(id: impl Display) -> Self {
        Self::new(StatusCode::NOT_FOUND, format!("Source account {id} not found"))
    }

    /// 404: the account has no such sync.
    pub(crate) fn no_such_sync(id: impl Display) -> Self {
        Self::new(StatusCode::NOT_FOUND, format!("Sync {id} not found"))
    }

    /// 404: the account has no schedule.
    pub(crate) fn no_such_feed(account: impl Display) -> Self {
        let error = format!("Source account {account} has no schedule");
        Self::new(StatusCode::NOT_FOUND, error)
    }

    /// 404: the company has no such push.
    pub(crate) fn no_such_push(key: impl Display) -> Self {
        Self::new(StatusCode::NOT_FOUND, format!("Push operation {key} not found"))
    }

    /// 404: no image of that name can be set.
    pub(crate) fn no_such_image(name: &str) -> Self {
        let error = format!("there is no image {name:?}: it is logo, icon or hero");
        Self::new(StatusCode::NOT_FOUND, error)
    }

    /// 404: the image was never set.
    pub(crate) fn no_image_there(name: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, format!("no {name} is set: there is nothing to remove"))
    }

    /// 405: the path is known, the method is not.
    pub(crate) fn no_such_method() -> Self {
        let error = "MethodNotAllowed: the header Allow names the methods of this path";
        Self::new(StatusCode::METHOD_NOT_ALLOWED, error)
    }

    /// 413: more bytes than the operator allows.
    pub(crate) fn too_large(bytes_max: usize) -> Self {
        let error = format!("the body is larger than {bytes_max} bytes: send less at a time");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, error)
    }

    /// The same error; a 413 in words of whoever read the body.
    pub(crate) fn or_too_large(self, words: impl Display) -> Self {
        if self.status == StatusCode::PAYLOAD_TOO_LARGE {
            Self::new(self.status, words.to_string())
        } else {
            self
        }
    }

    /// 415: the body says it is not JSON.
    pub(crate) fn not_json_type(found: &str) -> Self {
        let error = format!("the Content-Type {found:?} is not understood: send application/json");
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, error)
    }

    /// 429: later, gladly; the caller is told when.
    pub(crate) fn too_many(error: String) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, error)
    }

    /// 500: what is kept cannot be read back, so nothing of it is shown.
    fn damaged(cause: impl Display) -> Self {
        let error = "what is kept of this is damaged, and nothing of it is shown: the operator finds the place with \
                     `millrace doctor --deep`";
        Self { error: error.into(), ..Self::internal(cause) }
    }

    /// 500: our fault; `cause` goes to the log.
    pub(crate) fn internal(cause: impl Display) -> Self {
        let error =
            "something went wrong here: the operator finds it in the log by the correlation id";
        let internal = Self::new(StatusCode::INTERNAL_SERVER_ERROR, error);
        Self { cause: Some(cause.to_string()), ..internal }
    }

    /// 503: call again.
    fn busy(cause: impl Display) -> Self {
        let busy = Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "the server is busy: call again in a moment",
        );
        Self { cause: Some(cause.to_string()), ..busy }
    }

    /// 503: more is under way than can be served in good time.
    pub(crate) fn overloaded() -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "the server has too much to do: call again in a moment",
        )
    }

    /// 503: the database is away; the caller is told why, and nothing of where it is.
    fn unavailable(outage: Outage, cause: impl Display) -> Self {
        let error = format!("{}: call again in a while", outage.words());
        let unavailable = Self::new(StatusCode::SERVICE_UNAVAILABLE, error);
        let cause = Some(cause.to_string());
        Self { cause, retry_after_secs: OUTAGE_RETRY_SECS, ..unavailable }
    }

    /// In words, for a place that has no envelope of its own.
    pub(crate) fn into_text(self) -> String {
        self.error.into_owned()
    }

    /// All that is wrong.
    pub(crate) fn into_faults(self) -> Vec<Fault> {
        self.faults
    }

    /// Whether the same request may succeed later. A failure of ours may be of either sort.
    const fn can_be_retried(&self) -> &'static str {
        match self.status {
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS => "True",
            StatusCode::INTERNAL_SERVER_ERROR => "Unknown",
            _ => "False",
        }
    }

    fn body(&self, correlation_id: &str) -> String {
        let envelope = Envelope {
            status_code: self.status.as_u16(),
            service: self.service.name(),
            error: &self.error,
            correlation_id,
            validation: ValidationShape::of(&self.faults),
            can_be_retried: self.can_be_retried(),
            detailed_error_code: 0,
        };
        // Texts and numbers only: nothing in it can fail to be written.
        serde_json::to_string(&envelope).unwrap_or_default()
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match &error {
            StoreError::Busy(_) => Self::busy(error),
            StoreError::Unavailable { outage, .. } => Self::unavailable(*outage, error),
            StoreError::Damaged(_) => Self::damaged(error),
            StoreError::SchemaTooNew { .. }
            | StoreError::SchemaTooOld { .. }
            | StoreError::Failed(_) => Self::internal(error),
        }
    }
}

impl IntoResponse for ApiError {
    /// Only the status: the body is written by [`finish`].
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}

/// The schema of every error.
pub(crate) fn error_schema(schemas: &mut SchemaGenerator) -> Schema {
    Envelope::json_schema(schemas)
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Envelope<'a> {
    status_code: u16,
    service: &'a str,
    error: &'a str,
    correlation_id: &'a str,
    /// Always there: version 6 of the Python library cannot read an error without it.
    validation: ValidationShape<'a>,
    #[schemars(extend("enum" = ["True", "False", "Unknown"]))]
    can_be_retried: &'a str,
    detailed_error_code: u8,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ErrorValidation")]
struct ValidationShape<'a> {
    errors: Vec<ItemShape<'a>>,
    warnings: Vec<ItemShape<'a>>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "ErrorValidationItem")]
struct ItemShape<'a> {
    item_id: &'a str,
    message: &'a str,
    validator_name: &'a str,
}

impl<'a> ValidationShape<'a> {
    fn of(faults: &'a [Fault]) -> Self {
        let item = |fault: &'a Fault| ItemShape {
            item_id: &fault.path,
            message: &fault.message,
            validator_name: fault.validator,
        };
        Self { errors: faults.iter().map(item).collect(), warnings: Vec::new() }
    }
}

/// Gives an error its body, and logs its cause. An answer that is an error without being ours (a layer's own) gets an
/// envelope too.
pub(crate) fn finish(mut response: Response, correlation_id: &str) -> Response {
    let ours = response.extensions_mut().remove::<Arc<ApiError>>();
    let error = match ours {
        Some(error) => error,
        None if is_foreign_error(&response) => {
            Arc::new(ApiError::new(response.status(), response.status().to_string()))
        }
        None => return response,
    };
    match &error.cause {
        Some(cause) if error.status == StatusCode::SERVICE_UNAVAILABLE => {
            warn!(correlation.id = correlation_id, cause, "a request was put off");
        }
        Some(cause) => error!(correlation.id = correlation_id, cause, "a request failed"),
        None => {}
    }
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.remove(header::CONTENT_LENGTH);
    if error.status == StatusCode::UNAUTHORIZED {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Basic"));
    }
    if error.status == StatusCode::SERVICE_UNAVAILABLE {
        headers.insert(header::RETRY_AFTER, HeaderValue::from_static(error.retry_after_secs));
    }
    *response.body_mut() = Body::from(error.body(correlation_id));
    response
}

fn is_foreign_error(response: &Response) -> bool {
    let status = response.status();
    let is_json =
        response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind == "application/json");
    (status.is_client_error() || status.is_server_error()) && !is_json
}
