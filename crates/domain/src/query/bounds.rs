//! What a query tells about the days of its items before any is seen, so that whoever keeps items by date reads fewer
//! of them. It never tells too much: an item that matches lies within; one that lies within need not match.

use jiff::civil::Date;

use super::clause::{Clause, Operator};
use super::node::Node;

/// Days, both ends included; nothing where there is no end. The default is every day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DateBounds {
    /// The first day.
    pub from: Option<Date>,
    /// The last day.
    pub to: Option<Date>,
}

impl DateBounds {
    /// Whether some day of those from `oldest` to `newest` lies within.
    pub fn overlap(self, oldest: Date, newest: Date) -> bool {
        self.from.is_none_or(|from| from <= newest) && self.to.is_none_or(|to| oldest <= to)
    }

    /// Whether `day` lies within.
    pub fn contain(self, day: Date) -> bool {
        self.overlap(day, day)
    }

    /// The bounds of an item for which `node` holds and whose date has every one of `names`.
    pub(super) fn of(node: &Node, names: &[&str]) -> Self {
        match node {
            Node::Clause(clause) if names.contains(&clause.property.as_ref()) => {
                Self::of_clause(clause)
            }
            Node::Clause(_) => Self::default(),
            Node::All(nodes) => {
                let each = nodes.iter().map(|node| Self::of(node, names));
                each.reduce(Self::and).unwrap_or_default()
            }
            Node::Any(nodes) => {
                let each = nodes.iter().map(|node| Self::of(node, names));
                each.reduce(Self::or).unwrap_or_default()
            }
        }
    }

    // The day of the value itself always counts: there may be an earlier or a later time on it.
    fn of_clause(clause: &Clause) -> Self {
        let day = clause.value.day();
        match clause.operator {
            Operator::Equal => Self { from: day, to: day },
            Operator::Greater | Operator::GreaterOrEqual => Self { from: day, to: None },
            Operator::Less | Operator::LessOrEqual => Self { from: None, to: day },
            Operator::NotEqual | Operator::Contains => Self::default(),
        }
    }

    fn and(self, other: Self) -> Self {
        // Nothing is less than any day, as it should be for the greater one; for the smaller one it must not be.
        let to = self.to.zip(other.to).map(|(mine, theirs)| mine.min(theirs));
        Self { from: self.from.max(other.from), to: to.or(self.to).or(other.to) }
    }

    fn or(self, other: Self) -> Self {
        let to = self.to.zip(other.to).map(|(mine, theirs)| mine.max(theirs));
        Self { from: self.from.min(other.from), to }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{Filter, Kind, Property, PropertySpec, Queryable};
    use super::*;
    use crate::dates::LineDate;
    use crate::money::Amount;

    const PROPERTIES: &[PropertySpec] = &[
        PropertySpec::new("date", Kind::LocalDate),
        PropertySpec::new("clearedOnDate", Kind::LocalDate),
        PropertySpec::new("amount", Kind::Number),
    ];

    struct Item {
        date: LineDate,
        amount: i64,
    }

    impl Queryable for Item {
        fn property(&self, path: &str) -> Property<'_> {
            match path {
                "date" | "clearedOnDate" => self.date.into(),
                "amount" => Amount::from(self.amount).into(),
                _ => Property::Unknown,
            }
        }
    }

    fn filter(query: &str) -> Filter {
        Filter::parse_for(query, PROPERTIES, "Item").unwrap()
    }

    fn bounds(query: &str) -> DateBounds {
        filter(query).date_bounds(&["date", "clearedOnDate"])
    }

    #[test]
    fn only_what_every_match_must_fulfil_is_a_bound() {
        for (query, from, to) in [
            ("", "", ""),
            ("amount=1", "", ""),
            ("date=2024-02-05", "05", "05"),
            ("DATE > 2024-02-05", "05", ""),
            ("date>=2024-02-05T23:59:59+14:00", "05", ""),
            ("date<2024-02-05", "", "05"),
            ("clearedOnDate<=2024-02-05T00:00Z", "", "05"),
            ("date!=2024-02-05", "", ""),
            ("date>=2024-02-05&&clearedOnDate<2024-02-08&&amount>3", "05", "08"),
            ("date>=2024-02-05&&date>2024-02-07&&date<2024-02-09&&date<2024-02-08", "07", "08"),
            ("date>2024-02-08&&date<2024-02-03", "08", "03"),
            ("date=2024-02-05||amount=1", "", ""),
            ("date=2024-02-05||clearedOnDate=2024-02-08", "05", "08"),
            ("date>=2024-02-05||date<=2024-02-08", "", ""),
            ("{date>=2024-02-05||amount=1}&&date<=2024-02-08", "", "08"),
            ("date>=2024-02-05&&date<=2024-02-06||date>=2024-02-03&&date<2024-02-04", "03", "06"),
            (
                "{date=2024-02-05||date=2024-02-07&&{date>2024-02-06||amount=2}}&&amount=1",
                "05",
                "07",
            ),
        ] {
            let day =
                |day: &str| (!day.is_empty()).then(|| format!("2024-02-{day}").parse().unwrap());
            assert_eq!(bounds(query), DateBounds { from: day(from), to: day(to) }, "{query}");
        }
    }

    #[test]
    fn dates_of_other_names_bound_nothing() {
        let filter = filter("date>2024-02-05&&clearedOnDate<2024-02-09");
        let from = Some(jiff::civil::date(2024, 2, 5));
        assert_eq!(filter.date_bounds(&["date"]), DateBounds { from, to: None });
        assert_eq!(filter.date_bounds(&[]), DateBounds::default());
    }

    #[test]
    fn bounds_overlap_with_days_that_they_share() {
        let [first, second, third] = [1, 2, 3].map(|day| jiff::civil::date(2024, 2, day));
        let of = |from, to| DateBounds { from, to };
        assert!(of(None, None).overlap(Date::MIN, Date::MIN));
        assert!(of(Some(second), None).overlap(first, second));
        assert!(!of(Some(third), None).overlap(first, second));
        assert!(of(None, Some(second)).overlap(second, third));
        assert!(!of(None, Some(first)).overlap(second, third));
        assert!(of(Some(second), Some(second)).overlap(first, third));
        assert!(of(Some(second), Some(second)).contain(second));
        assert!(!of(Some(second), Some(second)).contain(third));
        assert!(!of(Some(third), Some(first)).contain(second));
    }

    fn any_date() -> impl Strategy<Value = String> {
        let time = prop::sample::select(vec!["", "T00:00", "T00:00:00.001Z", "T23:59:59-05:00"]);
        (1..8_u8, time).prop_map(|(day, time)| format!("2024-02-{day:02}{time}"))
    }

    fn any_query() -> impl Strategy<Value = String> {
        let name = prop::sample::select(vec!["date", "clearedOnDate"]);
        let operator = prop::sample::select(vec!["=", "!=", ">", ">=", "<", "<="]);
        let by_date = (name, operator.clone(), any_date())
            .prop_map(|(name, operator, date)| format!("{name}{operator}{date}"));
        let by_amount =
            (operator, 0..3_i64).prop_map(|(operator, amount)| format!("amount{operator}{amount}"));
        prop_oneof![3 => by_date, 1 => by_amount].prop_recursive(3, 12, 3, |query| {
            let joint = prop::sample::select(vec!["&&", "||"]);
            (prop::collection::vec(query, 1..4), joint)
                .prop_map(|(queries, joint)| format!("{{{}}}", queries.join(joint)))
        })
    }

    proptest! {
        #[test]
        fn an_item_that_matches_lies_within_the_bounds(
            query in any_query(), date in any_date(), amount in 0..3_i64,
        ) {
            let date = LineDate::parse(&date).unwrap();
            if filter(&query).matches(&Item { date, amount }) {
                prop_assert!(bounds(&query).contain(date.date()), "{:?}", bounds(&query));
            }
        }
    }
}
