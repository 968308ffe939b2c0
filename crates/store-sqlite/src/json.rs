//! Lists that stand inside one column, as JSON: nothing searches in them.

use domain::company::Tags;
use domain::push::{Remark, Validation};
use serde_json::{Value, json};

/// An object of texts.
pub(crate) fn write_tags(tags: &Tags) -> String {
    json!(tags.all()).to_string()
}

/// See [`write_tags`].
pub(crate) fn read_tags(text: &str) -> Option<Tags> {
    Tags::new(serde_json::from_str(text).ok()?).ok()
}

/// A list of texts.
pub(crate) fn write_texts<T: ToString>(texts: &[T]) -> String {
    json!(texts.iter().map(T::to_string).collect::<Vec<_>>()).to_string()
}

/// See [`write_texts`].
pub(crate) fn read_texts<T>(text: &str, parse: impl Fn(&str) -> Option<T>) -> Option<Vec<T>> {
    let texts: Vec<String> = serde_json::from_str(text).ok()?;
    texts.iter().map(|text| parse(text)).collect()
}

/// A list of pairs of texts.
pub(crate) fn write_pairs(pairs: &[(String, String)]) -> String {
    json!(pairs).to_string()
}

/// See [`write_pairs`].
pub(crate) fn read_pairs(text: &str) -> Option<Vec<(String, String)>> {
    serde_json::from_str(text).ok()
}

/// Errors, then warnings, each a list of pairs of path and message.
pub(crate) fn write_validation(validation: &Validation) -> String {
    json!([pairs(&validation.errors), pairs(&validation.warnings)]).to_string()
}

/// See [`write_validation`].
pub(crate) fn read_validation(text: &str) -> Option<Validation> {
    type Pairs = Vec<(String, String)>;
    let (errors, warnings): (Pairs, Pairs) = serde_json::from_str(text).ok()?;
    let remarks = |pairs: Pairs| {
        pairs.into_iter().map(|(path, message)| Remark { path, message }).collect::<Vec<_>>()
    };
    Some(Validation { errors: remarks(errors), warnings: remarks(warnings) })
}

fn pairs(remarks: &[Remark]) -> Vec<Value> {
    remarks.iter().map(|remark| json!([remark.path, remark.message])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn remark(path: &str, message: &str) -> Remark {
        Remark { path: path.to_owned(), message: message.to_owned() }
    }

    #[test]
    fn a_validation_comes_back_as_it_went() {
        let validation = Validation {
            errors: vec![remark("transactions[0].date", "\"é\" is no date"), remark("", "")],
            warnings: vec![remark("accountId", "line\nbreak")],
        };
        assert_eq!(read_validation(&write_validation(&validation)), Some(validation));
        assert_eq!(read_validation("[[],[]"), None);
    }

    #[test]
    fn tags_come_back_as_they_went() {
        let tags = [("tier", "Gold"), ("note", "a \"b\" \u{1F600}")];
        let tags = Tags::new(tags.map(|(k, v)| (k.to_owned(), v.to_owned())).into()).unwrap();
        assert_eq!(read_tags(&write_tags(&tags)), Some(tags));
    }
}
