//! `millrace trigger`: makes an event that did not happen, to see how it arrives.

use crate::cli::TriggerArgs;
use crate::commands::remote::Remote;
use crate::output;
use anyhow::bail;
use serde_json::{Map, Value, json};

/// Makes the event.
pub(crate) async fn run(args: &TriggerArgs) -> anyhow::Result<()> {
    let mut payload = json!({"example": true});
    for assignment in &args.sets {
        set(&mut payload, assignment)?;
    }
    let body = json!({"eventType": args.event, "payload": payload}).to_string();
    let remote = Remote::at(&args.server.server)?;
    let answer = &match &args.webhook {
        Some(id) => remote.post(&args.key, &["ext", "v1", "webhooks", id, "test"], body).await?,
        None => remote.post(&args.key, &["ext", "v1", "events", "examples"], body).await?,
    };
    Ok(output::line(format_args!("event {}", answer["eventSequence"]))?)
}

/// Sets what `path.to.it=value` says; a value that is JSON is taken as such, any other as a text.
fn set(payload: &mut Value, assignment: &str) -> anyhow::Result<()> {
    let Some((path, value)) = assignment.split_once('=').filter(|(path, _)| !path.is_empty())
    else {
        bail!("--set {assignment:?}: write it as path.to.it=value");
    };
    let value = serde_json::from_str(value).unwrap_or_else(|_text| Value::String(value.to_owned()));
    put(payload, path, value);
    Ok(())
}

/// What stands in the way and is no object gives way.
fn put(place: &mut Value, path: &str, value: Value) {
    let mut object = match place.take() {
        Value::Object(object) => object,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            Map::new()
        }
    };
    match path.split_once('.') {
        None => {
            object.insert(path.to_owned(), value);
        }
        Some((name, rest)) => put(object.entry(name).or_insert(Value::Null), rest, value),
    }
    *place = Value::Object(object);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_set_where_the_path_says() {
        let mut payload = json!({"example": true});
        for assignment in ["status=Failed", "a.b=1.50", "a.c=[1]", "example.x=y=z"] {
            set(&mut payload, assignment).unwrap();
        }
        let expected =
            json!({"status": "Failed", "a": {"b": 1.5, "c": [1]}, "example": {"x": "y=z"}});
        assert_eq!(payload, expected);
        assert!(set(&mut payload, "status").unwrap_err().to_string().contains("path.to.it=value"));
    }
}
