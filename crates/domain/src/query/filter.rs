//! A query over the properties of the things in a list.

use std::fmt;

use super::bounds::DateBounds;
use super::error::QueryError;
use super::node::Node;
use super::parser;
use super::property::{PropertySpec, Queryable};

/// Which things of a list are wanted. Prints as the shortest query that means the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter(Node);

impl Filter {
    /// Reads a query without knowing what it is about: [`check`](Self::check) it before use. An
    /// empty text asks for everything.
    pub fn parse(text: &str) -> Result<Self, QueryError> {
        Ok(Self(parser::parse(text)?))
    }

    /// Reads a query and checks it: both steps of every door.
    pub fn parse_for(
        text: &str,
        properties: &[PropertySpec],
        type_name: &str,
    ) -> Result<Self, QueryError> {
        let mut filter = Self::parse(text)?;
        filter.check(properties, type_name)?;
        Ok(filter)
    }

    /// Refuses unknown properties, and comparisons that their kinds do not know, even if the list
    /// turns out to be empty. Names, read in any case, take the spelling of the table.
    pub fn check(
        &mut self,
        properties: &[PropertySpec],
        type_name: &str,
    ) -> Result<(), QueryError> {
        self.0.try_each(&mut |clause| clause.check(properties, type_name))
    }

    /// Whether an item is wanted.
    pub fn matches<Q: Queryable + ?Sized>(&self, item: &Q) -> bool {
        self.0.holds(&|clause| clause.holds(&item.property(&clause.property)))
    }

    /// The days on which an item may be to be wanted. `names` are those under which an item's one date is known, which
    /// is a [`LocalDate`](super::Kind::LocalDate).
    pub fn date_bounds(&self, names: &[&str]) -> DateBounds {
        DateBounds::of(&self.0, names)
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.print())
    }
}

#[cfg(test)]
#[expect(clippy::arithmetic_side_effects, reason = "an overflow fails the test, as it should")]
mod tests {
    use proptest::prelude::*;

    use super::super::{Kind, Property};
    use super::*;
    use crate::dates::LineDate;
    use crate::money::Amount;

    const PROPERTIES: &[PropertySpec] = &[
        PropertySpec::new("id", Kind::Text),
        PropertySpec::new("description", Kind::Text),
        PropertySpec::new("counterparty.name", Kind::Text),
        PropertySpec::new("amount", Kind::Number),
        PropertySpec::new("reconciled", Kind::Bool),
        PropertySpec::new("modifiedDate", Kind::Moment),
        PropertySpec::new("date", Kind::LocalDate),
        PropertySpec::new("dataConnections.status", Kind::Text),
    ];

    struct Line {
        description: Option<&'static str>,
        amount: Amount,
        date: &'static str,
        statuses: Vec<&'static str>,
    }

    impl Queryable for Line {
        fn property(&self, path: &str) -> Property<'_> {
            match path {
                "id" => format!("line-{}", self.amount).into(),
                "description" => self.description.into(),
                "counterparty.name" => Property::Missing,
                "amount" => self.amount.into(),
                "reconciled" => true.into(),
                "modifiedDate" => {
                    "2024-05-01T00:00:00Z".parse().map_or(Property::Missing, Property::Moment)
                }
                "date" => LineDate::parse(self.date).ok().into(),
                "dataConnections.status" => self.statuses.iter().copied().collect(),
                _ => Property::Unknown,
            }
        }
    }

    fn a_line() -> Line {
        Line {
            description: Some("Café au Lait & Cake"),
            amount: Amount::parse("41.20").unwrap(),
            date: "2024-05-01T10:21:00-05:00",
            statuses: vec!["Linked", "PendingAuth"],
        }
    }

    fn wants(query: &str, line: &Line) -> bool {
        Filter::parse_for(query, PROPERTIES, "BankTransaction").unwrap().matches(line)
    }

    #[test]
    fn comparisons_follow_the_kind_of_the_property() {
        for (query, is_wanted) in [
            ("", true),
            ("id = LINE-41.20", true),
            ("description = café au lait & cake", true),
            ("description = CAFÉ AU LAIT & CAKE", true),
            ("description ~ LAIT", true),
            ("description ~ tea", false),
            ("description != tea", true),
            ("DESCRIPTION ~ cake", true),
            ("amount = 41.2", true),
            ("amount = 4.12e1", true),
            ("amount != 41.200", false),
            ("amount > 41.2", false),
            ("amount >= 41.2", true),
            ("amount < 100", true),
            ("amount > -7", true),
            ("reconciled = TRUE", true),
            ("reconciled != true", false),
            ("modifiedDate = 2024-05-01", true),
            ("modifiedDate = 2024-05-01T02:00:00+02:00", true),
            ("modifiedDate = 2024-04-30T19:00-05", true),
            ("modifiedDate > 2024-05-01", false),
            ("modifiedDate <= 2024-05-01T00:00:00.0000001", true),
            ("modifiedDate > 2024-04-30T23:59:59.999Z", true),
            ("date > 2024-05-01", true),
            ("date < 2024-05-02", true),
            ("date = 2024-05-01T10:21", true),
            ("date = 2024-05-01T10:21:00+09:00", true),
            ("date >= 2024-05-01T10:22:00Z", false),
        ] {
            assert_eq!(wants(query, &a_line()), is_wanted, "{query}");
        }
    }

    #[test]
    fn a_missing_value_only_differs() {
        let line = Line { description: None, ..a_line() };
        for name in ["description", "counterparty.name"] {
            assert!(wants(&format!("{name} != x"), &line));
            assert!(wants(&format!("{name} != \"\""), &line));
            assert!(!wants(&format!("{name} = x"), &line));
            assert!(!wants(&format!("{name} = \"\""), &line));
            assert!(!wants(&format!("{name} ~ \"\""), &line));
        }
    }

    #[test]
    fn a_list_within_an_item_has_a_value_or_has_it_nowhere() {
        let status = "dataConnections.status";
        let none = "dataConnections.status!=Linked&&dataConnections.status!=PendingAuth";
        for (query, statuses, is_wanted) in [
            (format!("{status}=linked"), vec!["PendingAuth", "Linked"], true),
            (format!("{status}!=linked"), vec!["PendingAuth", "Linked"], false),
            (format!("{status}=unlinked"), vec!["PendingAuth", "Linked"], false),
            (format!("{status}!=unlinked"), vec!["PendingAuth", "Linked"], true),
            (format!("{status}~auth"), vec!["PendingAuth", "Linked"], true),
            (format!("{status}=linked"), vec![], false),
            (format!("{status}~linked"), vec![], false),
            (none.to_owned(), vec![], true),
            (none.to_owned(), vec!["Linked"], false),
        ] {
            let line = Line { statuses, ..a_line() };
            assert_eq!(wants(&query, &line), is_wanted, "{query} {:?}", line.statuses);
        }
    }

    #[test]
    fn a_date_without_a_time_counts_as_midnight() {
        let line = Line { date: "2024-05-01", ..a_line() };
        assert!(wants("date = 2024-05-01 && date = 2024-05-01T00:00Z", &line));
        assert!(!wants("date > 2024-05-01", &line));
        assert!(wants("date > 2024-04-30T23:59:59", &line));
    }

    #[test]
    fn what_cannot_be_compared_is_refused_before_any_item_is_seen() {
        let malformed = "Malformed query: ";
        for (query, message) in [
            ("amout = 1", "Could not resolve property amout on BankTransaction"),
            ("id = 1 || {a.b != 2}", "Could not resolve property a.b on BankTransaction"),
            ("amount ~ 1", "operator ~ does not apply to amount, a number"),
            ("description > a", "operator > does not apply to description, a string"),
            ("Reconciled >= true", "operator >= does not apply to reconciled, a boolean"),
            ("date ~ 2024", "operator ~ does not apply to date, a date"),
            ("amount > ten", "\"ten\" is not a number, as amount is"),
            ("reconciled = yes", "\"yes\" is not a boolean, as reconciled is"),
            ("modifiedDate > 2024-02-30", "\"2024-02-30\" is not a date, as modifiedDate is"),
            ("date > yesterday", "\"yesterday\" is not a date, as date is"),
        ] {
            let error = Filter::parse_for(query, PROPERTIES, "BankTransaction").unwrap_err();
            let detail = if message.starts_with("Could") { "" } else { malformed };
            let expected = format!("Error parsing query - {detail}{message}");
            assert!(error.to_string().starts_with(&expected), "{error}");
        }
        let error = Filter::parse("amount").unwrap_err();
        assert_eq!(
            error.to_string(),
            "Error parsing query - Malformed query: no operator in \"amount\""
        );
    }

    #[test]
    fn an_unknown_property_is_never_as_wanted() {
        for query in ["nothing = 1", "nothing != 1"] {
            assert!(!Filter::parse(query).unwrap().matches(&a_line()));
        }
    }

    #[test]
    fn every_property_of_the_table_is_known() {
        for property in PROPERTIES {
            assert_ne!(a_line().property(property.path), Property::Unknown, "{}", property.path);
        }
    }

    proptest! {
        #[test]
        fn a_present_value_is_equal_or_different(
            value in "[-a-zA-Z0-9.:]{1,12}",
            name in prop::sample::select(vec!["id", "description", "amount", "reconciled", "modifiedDate", "date"]),
        ) {
            let matches = |operator| {
                Filter::parse(&format!("{name}{operator}{value}")).unwrap().matches(&a_line())
            };
            prop_assert!(matches("=") ^ matches("!="));
        }

        #[test]
        fn a_number_is_less_equal_or_greater(value in -5_000..5_000_i64, amount in -50..50_i64) {
            let line = Line { amount: Amount::from(amount), ..a_line() };
            let [less, equal, greater, at_most, at_least] = ["<", "=", ">", "<=", ">="]
                .map(|operator| wants(&format!("amount {operator} {value}e-2"), &line));
            prop_assert_eq!([less, equal, greater].into_iter().filter(|is| *is).count(), 1);
            prop_assert_eq!((at_most, at_least), (less || equal, greater || equal));
            prop_assert_eq!(less, i128::from(amount) * 100 < i128::from(value));
        }

        #[test]
        fn the_opposite_of_both_is_one_or_the_other(left in "[abc]", right in "[abc]", text in prop::sample::select(vec!["a", "b", "abc"])) {
            let line = Line { description: Some(text), ..a_line() };
            let both = wants(&format!("description={left} && id={right}"), &line);
            let neither = wants(&format!("description!={left} || id!={right}"), &line);
            prop_assert_eq!(both, !neither);
        }
    }
}
