//! The order of a list: one property, up or down.

use std::cmp::Ordering;
use std::fmt;

use super::error::QueryError;
use super::property::{PropertySpec, Queryable};

/// What a list is sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrderBy {
    path: &'static str,
    is_descending: bool,
}

impl OrderBy {
    /// From the smallest, what is missing first.
    pub const fn ascending(path: &'static str) -> Self {
        Self { path, is_descending: false }
    }

    /// From the greatest, what is missing last.
    pub const fn descending(path: &'static str) -> Self {
        Self { path, is_descending: true }
    }

    /// Reads a property's name, with a `-` before it for descending order.
    pub fn parse(
        text: &str,
        properties: &[PropertySpec],
        type_name: &str,
    ) -> Result<Self, QueryError> {
        let text = text.trim();
        let (name, is_descending) = match text.strip_prefix('-') {
            Some(name) => (name, true),
            None => (text, false),
        };
        let property = PropertySpec::find(properties, name, type_name)?;
        Ok(Self { path: property.path, is_descending })
    }

    /// The property, spelt as in the table.
    pub const fn path(self) -> &'static str {
        self.path
    }

    /// Whether the greatest comes first.
    pub const fn is_descending(self) -> bool {
        self.is_descending
    }

    /// Which of two items comes first. Equal items keep their places in a stable sort.
    pub fn compare<Q: Queryable + ?Sized>(self, left: &Q, right: &Q) -> Ordering {
        let ascending = left.property(self.path).order(&right.property(self.path));
        if self.is_descending { ascending.reverse() } else { ascending }
    }
}

impl fmt::Display for OrderBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.is_descending { "-" } else { "" };
        write!(f, "{sign}{}", self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Kind, Property};
    use super::*;
    use crate::money::Amount;

    const PROPERTIES: &[PropertySpec] =
        &[PropertySpec::new("name", Kind::Text), PropertySpec::new("amount", Kind::Number)];

    #[derive(Clone, Copy, Debug, PartialEq)]
    struct Item(Option<&'static str>, i64);

    impl Queryable for Item {
        fn property(&self, path: &str) -> Property<'_> {
            match path {
                "name" => self.0.into(),
                "amount" => Amount::from(self.1).into(),
                _ => Property::Unknown,
            }
        }
    }

    fn sorted(order: &str) -> Vec<i64> {
        let order = OrderBy::parse(order, PROPERTIES, "Item").unwrap();
        let mut items = [
            Item(Some("beta"), 10),
            Item(None, 2),
            Item(Some("Alpha"), -1),
            Item(Some("alpha"), 100),
            Item(Some("GAMMA"), 9),
        ];
        items.sort_by(|left, right| order.compare(left, right));
        items.iter().map(|item| item.1).collect()
    }

    #[test]
    fn items_are_sorted_by_value_with_the_missing_first() {
        assert_eq!(sorted("name"), [2, -1, 100, 10, 9]);
        assert_eq!(sorted("-name"), [9, 10, 100, -1, 2]);
        assert_eq!(sorted("amount"), [-1, 2, 9, 10, 100]);
        assert_eq!(sorted(" -AMOUNT "), [100, 10, 9, 2, -1]);
    }

    #[test]
    fn an_order_by_something_unknown_is_refused() {
        for (text, name) in
            [("created", "created"), ("-created", "created"), ("--name", "-name"), ("", "")]
        {
            let error = OrderBy::parse(text, PROPERTIES, "Item").unwrap_err();
            assert_eq!(
                error.to_string(),
                format!(
                    "Error parsing query - Could not resolve property {name} on Item: it has name, amount"
                )
            );
        }
    }

    #[test]
    fn an_order_prints_as_it_is_asked_for() {
        for text in ["name", "-amount"] {
            assert_eq!(OrderBy::parse(text, PROPERTIES, "Item").unwrap().to_string(), text);
        }
        assert_eq!(OrderBy::descending("amount").to_string(), "-amount");
        assert_eq!(OrderBy::parse("NAME", PROPERTIES, "Item"), Ok(OrderBy::ascending("name")));
    }
}
