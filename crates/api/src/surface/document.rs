//! The OpenAPI documents, written from the table: one of what the contract has, one of what is ours. Showing them to
//! people is page/.

use super::operation::{Access, Area, Body, Operation, Success};
use super::parameter::{Parameter, Place};
use crate::envelope::error_schema;
use axum::http::{Method, StatusCode};
use schemars::generate::SchemaSettings;
use schemars::{Schema, SchemaGenerator};
use serde_json::{Map, Value, json};

/// Where everything of ours stands.
const EXT: &str = "/ext/";
const KEY_SCHEME: &str = "apiKey";
const TOKEN_SCHEME: &str = "companyAccessToken";

/// Which operations a document describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edition {
    /// Those of the contract.
    Compatible,
    /// Ours, under /ext/v1.
    Ext,
}

impl Edition {
    fn holds(self, operation: &Operation) -> bool {
        (self == Self::Ext) == operation.path.starts_with(EXT)
    }

    const fn title(self) -> &'static str {
        match self {
            Self::Compatible => "Millrace",
            Self::Ext => "Millrace: what is ours",
        }
    }

    const fn about(self) -> &'static str {
        match self {
            Self::Compatible => {
                "Bank feeds: companies, their connections to accounting software, source accounts, and the \
                 transactions pushed to them. Compatible with Codat's Bank Feeds API."
            }
            Self::Ext => {
                "What Millrace tells and does beside the contract, such as what became of each line."
            }
        }
    }
}

/// Describes those operations of the table that the edition holds.
pub(crate) fn describe(operations: &[(Area, Operation)], edition: Edition) -> Value {
    let mut schemas = SchemaSettings::draft2020_12()
        .with(|settings| {
            settings.definitions_path = "/components/schemas".into();
            settings.meta_schema = None;
        })
        .for_serialize()
        .into_generator();
    let error = error_schema(&mut schemas);
    let mut paths = Map::new();
    let mut areas: Vec<Area> = Vec::new();
    for (area, operation) in operations.iter().filter(|(_, operation)| edition.holds(operation)) {
        if !areas.contains(area) {
            areas.push(*area);
        }
        let path = paths.entry(operation.path).or_insert_with(|| json!({}));
        if let Some(path) = path.as_object_mut() {
            let method = operation.method.as_str().to_ascii_lowercase();
            path.insert(method, describe_operation(*area, operation, &mut schemas));
        }
    }
    let mut components = schemas.take_definitions(true);
    components.values_mut().for_each(forbid_absent_nulls);
    components.insert("ErrorMessage".to_owned(), error.to_value());
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": edition.title(),
            "description": edition.about(),
            "version": env!("CARGO_PKG_VERSION"),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": areas.iter().map(|area| json!({"name": area.name()})).collect::<Value>(),
        "security": [{KEY_SCHEME: []}],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": security_schemes(),
        },
    })
}

/// What an answer does not have it leaves out: only a field that is always there may be null.
fn forbid_absent_nulls(schema: &mut Value) {
    let required = schema.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
    let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) else {
        return;
    };
    for (name, property) in properties {
        if !required.iter().any(|required| required == name) {
            forbid_null(property);
        }
    }
}

fn forbid_null(property: &mut Value) {
    if let Some(types) = property.get_mut("type") {
        let others = types.as_array().map(|types| types.iter().filter(|kind| *kind != "null"));
        let others: Vec<Value> = others.into_iter().flatten().cloned().collect();
        if let [only] = others.as_slice() {
            *types = only.clone();
        }
    }
    if let Some(choices) = property.get_mut("anyOf").and_then(Value::as_array_mut) {
        choices.retain(|choice| choice != &json!({"type": "null"}));
    }
}

fn security_schemes() -> Value {
    json!({
        KEY_SCHEME: {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "Basic, and the API key alone in base64",
        },
        TOKEN_SCHEME: {
            "type": "http",
            "scheme": "bearer",
            "description": "A company's access token: for that company only, and for a day",
        },
    })
}

fn describe_operation(area: Area, operation: &Operation, schemas: &mut SchemaGenerator) -> Value {
    let mut described = Map::new();
    described.insert("operationId".to_owned(), operation.id.into());
    described.insert("summary".to_owned(), operation.summary.into());
    described.insert("tags".to_owned(), json!([area.name()]));
    let parameters: Vec<Value> = path_parameters(operation.path)
        .chain(operation.parameters.iter().copied())
        .chain(idempotency_key(&operation.method))
        .map(describe_parameter)
        .collect();
    if !parameters.is_empty() {
        described.insert("parameters".to_owned(), parameters.into());
    }
    if let Some(Body { schema, required, content_type }) = operation.body {
        let content = json!({content_type: {"schema": schema(schemas)}});
        described
            .insert("requestBody".to_owned(), json!({"required": required, "content": content}));
    }
    described.insert("responses".to_owned(), describe_answers(operation, schemas));
    if operation.access == Access::KeyOrToken {
        described.insert("security".to_owned(), json!([{KEY_SCHEME: []}, {TOKEN_SCHEME: []}]));
    }
    if operation.deprecated {
        described.insert("deprecated".to_owned(), true.into());
    }
    described.into()
}

/// The parameters that stand in a path.
fn path_parameters(path: &'static str) -> impl Iterator<Item = Parameter> {
    let pieces = path.split('/').filter_map(|piece| piece.strip_prefix('{')?.strip_suffix('}'));
    pieces.map(Parameter::of_path)
}

/// Every operation that makes or changes something takes it.
fn idempotency_key(method: &Method) -> Option<Parameter> {
    let takes = *method == Method::POST || *method == Method::PATCH;
    takes.then(Parameter::idempotency_key)
}

fn describe_parameter(parameter: Parameter) -> Value {
    json!({
        "name": parameter.name,
        "in": parameter.place.name(),
        "description": parameter.about,
        "required": parameter.place == Place::Path,
        "schema": (parameter.schema)(),
    })
}

fn content(schema: &Schema) -> Value {
    json!({"application/json": {"schema": schema}})
}

fn describe_answers(operation: &Operation, schemas: &mut SchemaGenerator) -> Value {
    let mut answers = Map::new();
    for status in refusals(operation) {
        let answer = json!({
            "description": status.canonical_reason().unwrap_or_default(),
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorMessage"}}},
        });
        answers.insert(status.as_u16().to_string(), answer);
    }
    for Success { status, schema } in &operation.successes {
        let mut answer = Map::new();
        let about = status.canonical_reason().unwrap_or_default();
        answer.insert("description".to_owned(), about.into());
        if let Some(schema) = schema {
            answer.insert("content".to_owned(), content(&schema(schemas)));
        }
        answers.insert(status.as_u16().to_string(), answer.into());
    }
    answers.into()
}

/// The errors that may come from any operation, and those that its method and its body bring with them.
fn refusals(operation: &Operation) -> Vec<StatusCode> {
    let mut refusals = vec![
        StatusCode::BAD_REQUEST,
        StatusCode::UNAUTHORIZED,
        StatusCode::PAYMENT_REQUIRED,
        StatusCode::FORBIDDEN,
        StatusCode::NOT_FOUND,
        StatusCode::TOO_MANY_REQUESTS,
        StatusCode::INTERNAL_SERVER_ERROR,
        StatusCode::SERVICE_UNAVAILABLE,
    ];
    if operation.body.is_some() {
        refusals.extend([StatusCode::PAYLOAD_TOO_LARGE, StatusCode::UNSUPPORTED_MEDIA_TYPE]);
    }
    if idempotency_key(&operation.method).is_some() {
        refusals.extend([StatusCode::CONFLICT, StatusCode::UNPROCESSABLE_ENTITY]);
    }
    refusals.extend_from_slice(&operation.refusals);
    refusals
}
