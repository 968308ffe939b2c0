//! The `where` of the accounting API, as far as it is used here: fields equal to texts, joined by `&&` or `AND`.

use serde_json::{Map, Value};

/// Which fields of an account can be asked for.
const FIELDS: &[&str] = &[
    "Type",
    "Status",
    "Code",
    "Name",
    "BankAccountType",
    "BankAccountNumber",
    "CurrencyCode",
    "Class",
];

/// A condition on accounts.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Filter(Vec<(String, String)>);

impl Filter {
    /// The condition, or why it is none.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut rest = text.trim();
        let mut terms = Vec::new();
        while !rest.is_empty() {
            let (term, after) = term(rest).ok_or_else(|| format!("cannot read {rest:?}"))?;
            terms.push(term);
            let after = after.trim_start();
            let joined = after.strip_prefix("&&").or_else(|| after.strip_prefix("AND "));
            rest = match joined {
                Some(next) if !next.trim().is_empty() => next.trim_start(),
                None if after.is_empty() => after,
                Some(_) | None => return Err(format!("cannot read {after:?}")),
            };
        }
        let unknown = terms.iter().find(|(name, _)| !FIELDS.contains(&name.as_str()));
        if let Some((name, _)) = unknown {
            return Err(format!("No property or field '{name}' exists in type 'Account'"));
        }
        Ok(Self(terms))
    }

    /// Whether the condition holds.
    pub(super) fn holds(&self, account: &Map<String, Value>) -> bool {
        let is_equal = |(name, value): &(String, String)| {
            account.get(name).and_then(Value::as_str) == Some(value.as_str())
        };
        self.0.iter().all(is_equal)
    }
}

/// `Name=="value"`, and what comes after it.
fn term(text: &str) -> Option<((String, String), &str)> {
    let (name, rest) = text.split_once('=')?;
    let rest = rest.strip_prefix('=')?.trim_start().strip_prefix('"')?;
    let (value, rest) = rest.split_once('"')?;
    Some(((name.trim().to_owned(), value.to_owned()), rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn holds(filter: &str) -> Result<bool, String> {
        let account = json!({"Type": "BANK", "Status": "ACTIVE", "Name": "A && B"});
        Ok(Filter::parse(filter)?.holds(account.as_object().unwrap()))
    }

    #[test]
    fn all_terms_must_hold() {
        let cases = [
            ("", true),
            ("Type==\"BANK\"", true),
            ("Type == \"BANK\" && Status==\"ACTIVE\"", true),
            ("Type==\"BANK\" AND Status==\"ARCHIVED\"", false),
            ("Name==\"A && B\"", true),
            ("Code==\"090\"", false),
        ];
        for (filter, wanted) in cases {
            assert_eq!(holds(filter), Ok(wanted), "{filter}");
        }
    }

    #[test]
    fn what_is_no_condition_is_refused() {
        let filters = [
            "Type",
            "Type=\"BANK\"",
            "Type==BANK",
            "Type==\"BANK",
            "Type==\"BANK\"x",
            "Type==\"A\" &&",
        ];
        for filter in filters {
            assert!(holds(filter).unwrap_err().contains("cannot read"), "{filter}");
        }
        assert!(holds("Colour==\"red\"").unwrap_err().contains("No property or field 'Colour'"));
    }
}
