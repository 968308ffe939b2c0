//! A query over the tags of a company, where every name is a property.

use std::collections::BTreeMap;
use std::fmt;

use super::error::QueryError;
use super::node::Node;
use super::parser;
use super::property::{Kind, Property};

/// Which tags a company must have. The names of tags are taken as written, case included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagFilter(Node);

impl TagFilter {
    /// Reads a query; tags are texts, so only `=`, `!=` and `~` apply.
    pub fn parse(text: &str) -> Result<Self, QueryError> {
        let mut node = parser::parse(text)?;
        node.try_each(&mut |clause| clause.check_kind(Kind::Text))?;
        Ok(Self(node))
    }

    /// Whether the tags are as wanted; a tag that is absent differs from every value.
    pub fn matches(&self, tags: &BTreeMap<String, String>) -> bool {
        self.0.holds(&|clause| {
            let tag = tags.get(clause.property.as_ref()).map(String::as_str);
            clause.holds(&Property::from(tag))
        })
    }
}

impl fmt::Display for TagFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.print())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_company_is_found_by_its_tags() {
        let tags = [("tier", "Gold"), ("desk", "london"), ("Note", "a && b")];
        let tags = tags.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        for (query, is_wanted) in [
            ("tier = gold && desk != paris", true),
            ("tier = gold && desk != London", false),
            ("tier ~ OL", true),
            ("owner != me", true),
            ("owner = me", false),
            ("owner ~ m", false),
            ("TIER = gold", false),
            ("Note = \"a && b\"", true),
            ("tier = silver || {desk = paris || desk ~ lon}", true),
            ("", true),
        ] {
            assert_eq!(TagFilter::parse(query).unwrap().matches(&tags), is_wanted, "{query}");
        }
    }

    #[test]
    fn tags_have_no_order() {
        for operator in [">", "<", ">=", "<="] {
            let error = TagFilter::parse(&format!("a = 1 && tier {operator} 3")).unwrap_err();
            assert_eq!(
                error.to_string(),
                format!(
                    "Error parsing query - Malformed query: operator {operator} does not apply to tier, a string"
                )
            );
        }
    }

    #[test]
    fn a_tag_filter_prints_as_a_query() {
        let filter = TagFilter::parse("tier = gold  &&  { a ~ b }").unwrap();
        assert_eq!(filter.to_string(), "tier=gold&&a~b");
        assert_eq!(TagFilter::parse(&filter.to_string()), Ok(filter));
    }
}
