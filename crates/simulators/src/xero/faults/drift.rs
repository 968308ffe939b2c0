//! Answers in a shape that drifted away from the contract. Digits of numbers stay as they are.

use super::Fault;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// How an answer drifted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Drift {
    /// Every object has a field more.
    ExtraFields,
    /// Every number is text.
    StringsForNumbers,
}

impl Drift {
    /// The drift that a fault is, if it is one.
    pub(crate) fn of(fault: Fault) -> Option<Self> {
        if fault == Fault::ExtraFields {
            return Some(Self::ExtraFields);
        }
        (fault == Fault::StringsForNumbers).then_some(Self::StringsForNumbers)
    }
}

/// The JSON `text`, drifted; anything else unchanged.
pub(crate) fn drifted(text: &str, drift: Drift) -> String {
    let raw: Result<&RawValue, _> = serde_json::from_str(text);
    raw.map_or_else(|_not_json| text.to_owned(), |raw| reshape(raw.get(), drift))
}

fn reshape(text: &str, drift: Drift) -> String {
    let text = text.trim();
    if let Ok(fields) = serde_json::from_str::<BTreeMap<String, &RawValue>>(text) {
        return reshape_object(&fields, drift);
    }
    if let Ok(items) = serde_json::from_str::<Vec<&RawValue>>(text) {
        let items: Vec<_> = items.iter().map(|item| reshape(item.get(), drift)).collect();
        return format!("[{}]", items.join(","));
    }
    let is_number = text.starts_with(|first: char| first == '-' || first.is_ascii_digit());
    if is_number && drift == Drift::StringsForNumbers {
        return format!("\"{text}\"");
    }
    text.to_owned()
}

fn reshape_object(fields: &BTreeMap<String, &RawValue>, drift: Drift) -> String {
    let field = |(name, value): (&String, &&RawValue)| {
        format!("{}:{}", serde_json::Value::from(name.as_str()), reshape(value.get(), drift))
    };
    let mut fields: Vec<_> = fields.iter().map(field).collect();
    if drift == Drift::ExtraFields {
        fields.push("\"xeroAddedThisYesterday\":{\"nested\":[1,null,\"text\"]}".to_owned());
    }
    format!("{{{}}}", fields.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_become_text_with_all_their_digits() {
        let text = r#"{"items":[{"amount":-100.0000,"name":"a \"b\"","n":null}]}"#;
        let wanted = r#"{"items":[{"amount":"-100.0000","n":null,"name":"a \"b\""}]}"#;
        assert_eq!(drifted(text, Drift::StringsForNumbers), wanted);
    }

    #[test]
    fn every_object_gets_a_field_more() {
        let extra = r#""xeroAddedThisYesterday":{"nested":[1,null,"text"]}"#;
        let wanted = format!(r#"{{"a":[{{{extra}}},1],{extra}}}"#);
        assert_eq!(drifted(r#"{"a":[{},1]}"#, Drift::ExtraFields), wanted);
    }

    #[test]
    fn what_is_not_json_stays() {
        assert_eq!(drifted("<html>", Drift::ExtraFields), "<html>");
    }
}
