//! Xero's published contract of bank feeds, and a stricter copy of it. It is not ours to keep: where it is absent, what
//! needs it says that it was skipped.

use super::{Sandbox, node_packages};
use serde_json::{Value, json};
use std::path::Path;

/// The contract as it is published; nothing where it is absent.
#[expect(clippy::print_stdout, reason = "a test that was skipped says so")]
pub(crate) fn xero_contract() -> Option<Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/openapi");
    let file = folder.join("xero-bankfeeds.yaml");
    if !file.exists() {
        println!("skipped: {} is absent", file.display());
        return None;
    }
    let file = file.canonicalize().unwrap();
    let program = format!("{}/tests/node/yaml_to_json.cjs", env!("CARGO_MANIFEST_DIR"));
    let sandbox = Sandbox::new().with("NODE_PATH", &node_packages("xero"));
    let said = sandbox.run("node", &[&program, file.to_str().unwrap()]).expect_success();
    Some(serde_json::from_slice(&said.output).unwrap())
}

/// What may be sent, under the name of its schema: the schema of what is shown, without what only Xero says, and what
/// must be there.
const ASKED: [(&str, &str, &[&str], &[&str]); 3] = [
    (
        "FeedConnectionAsked",
        "FeedConnection",
        &["id", "status", "error"],
        &["accountToken", "accountType", "currency"],
    ),
    (
        "FeedConnectionNamed",
        "FeedConnection",
        &[
            "accountToken",
            "accountNumber",
            "accountName",
            "accountId",
            "accountType",
            "currency",
            "country",
            "status",
            "error",
        ],
        &["id"],
    ),
    (
        "StatementAsked",
        "Statement",
        &["id", "status", "errors", "statementLineCount"],
        &[
            "feedConnectionId",
            "startDate",
            "endDate",
            "startBalance",
            "endBalance",
            "statementLines",
        ],
    ),
];

/// Which of them a path takes.
const TAKEN: [(&str, &str); 3] = [
    ("/FeedConnections", "FeedConnectionAsked"),
    ("/FeedConnections/DeleteRequests", "FeedConnectionNamed"),
    ("/Statements", "StatementAsked"),
];

/// What must be there in the rest, wherever it stands.
const REQUIRED: [(&str, &[&str]); 4] = [
    ("Statement", &["id", "feedConnectionId", "status"]),
    ("StartBalance", &["amount", "creditDebitIndicator"]),
    ("EndBalance", &["amount", "creditDebitIndicator"]),
    // The id is ours to leave out, but without it Xero cannot tell a duplicate.
    ("StatementLine", &["postedDate", "amount", "creditDebitIndicator", "transactionId"]),
];

/// The contract as its own text means it: the published one requires no field, allows unknown ones, and bounds text by a
/// word that bounds numbers.
pub(crate) fn tightened(mut contract: Value) -> Value {
    bound_text(&mut contract);
    let schemas = contract["components"]["schemas"].as_object_mut().unwrap();
    for (name, shown, left_out, required) in ASKED {
        let mut asked = schemas[shown].clone();
        let properties = asked["properties"].as_object_mut().unwrap();
        for property in left_out {
            assert!(properties.remove(*property).is_some(), "{shown} has no {property}");
        }
        asked["required"] = json!(required);
        schemas.insert(name.to_owned(), asked);
    }
    schemas["FeedConnectionAsked"]["allOf"] = json!([
        {"anyOf": [{"required": ["accountNumber"]}, {"required": ["accountId"]}]},
        {"anyOf": [
            {"properties": {"accountType": {"enum": ["BANK"]}}},
            {"properties": {"accountNumber": {"pattern": "^[0-9]{4}$"}}},
        ]},
    ]);
    for (name, required) in REQUIRED {
        schemas[name]["required"] = json!(required);
    }
    let closed = ASKED.iter().map(|(name, ..)| *name).chain(["FeedConnection"]);
    for name in closed.chain(REQUIRED.iter().map(|(name, _)| *name)) {
        schemas[name]["additionalProperties"] = json!(false);
        if let Some(amount) = schemas[name].pointer_mut("/properties/amount") {
            amount["minimum"] = json!(0);
        }
    }
    for (path, name) in TAKEN {
        let items = json!({"type": "array", "minItems": 1,
            "items": {"$ref": format!("#/components/schemas/{name}")}});
        let body = &mut contract["paths"][path]["post"]["requestBody"]["content"];
        body["application/json"]["schema"] = json!({"type": "object", "required": ["items"],
            "additionalProperties": false, "properties": {"items": items}});
    }
    let key = &mut contract["components"]["parameters"]["idempotencyKey"];
    key["required"] = json!(true);
    key["schema"] = json!({"type": "string", "minLength": 1, "maxLength": 128});
    contract
}

fn bound_text(schema: &mut Value) {
    match schema {
        Value::Object(fields) => {
            if fields.get("type") == Some(&json!("string"))
                && let Some(length) = fields.remove("maximum")
            {
                fields.insert("maxLength".to_owned(), length);
            }
            fields.values_mut().for_each(bound_text);
        }
        Value::Array(items) => items.iter_mut().for_each(bound_text),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
