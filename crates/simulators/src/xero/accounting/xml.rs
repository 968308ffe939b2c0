//! The same answer in XML, which is what the accounting API speaks to whoever does not ask for JSON.

use serde_json::Value;

/// The answer `value` in XML.
pub(super) fn xml(value: &Value) -> String {
    format!("<Response>{}</Response>", inner(value, "Item"))
}

fn inner(value: &Value, name_in_list: &str) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::String(text) => escape(text),
        Value::Array(items) => items.iter().map(|item| element(name_in_list, item)).collect(),
        Value::Object(fields) => fields.iter().map(|(name, value)| element(name, value)).collect(),
    }
}

fn element(name: &str, value: &Value) -> String {
    // A list is called like its items, with an s.
    format!("<{name}>{}</{name}>", inner(value, name.strip_suffix('s').unwrap_or(name)))
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_have_items_of_their_name() {
        let value = serde_json::json!({"Accounts": [{"Name": "A & B", "Open": true}]});
        let wanted = "<Response><Accounts><Account><Name>A &amp; B</Name><Open>true</Open>\
            </Account></Accounts></Response>";
        assert_eq!(xml(&value), wanted);
    }
}
