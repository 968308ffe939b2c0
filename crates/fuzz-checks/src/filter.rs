//! The filter language: a query prints as the shortest one that means the same, whatever is asked for is found within the
//! bounds that the query promises, and an order is one.

use domain::dates::LineDate;
use domain::line::{KeptLine, LINE_PROPERTIES, Line, LineKind};
use domain::money::Amount;
use domain::query::{Filter, OrderBy, QUERY_CHARS_MAX, TagFilter};
use std::sync::LazyLock;

const TYPE_NAME: &str = "BankTransaction";
/// The names of a line's one date.
const DATES: &[&str] = &["date", "clearedOnDate"];

/// A query, and behind a line break an order.
pub(crate) fn check(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    let (query, order) = text.split_once('\n').unwrap_or((text, ""));
    check_query(query);
    check_tags(query);
    check_order(order);
}

fn check_query(query: &str) {
    let checked = Filter::parse_for(query, LINE_PROPERTIES, TYPE_NAME);
    let Ok(filter) = Filter::parse(query) else {
        return assert!(checked.is_err(), "what cannot be read is not checked");
    };
    assert!(query.chars().count() <= QUERY_CHARS_MAX);
    let printed = filter.to_string();
    assert!(printed.len() <= query.len(), "{printed:?} is longer than {query:?}");
    assert_eq!(Filter::parse(&printed).as_ref(), Ok(&filter), "{printed:?}");
    let Ok(checked) = checked else { return };
    let printed = checked.to_string();
    assert!(printed.eq_ignore_ascii_case(&filter.to_string()), "only names change, and their case");
    assert_eq!(Filter::parse_for(&printed, LINE_PROPERTIES, TYPE_NAME).as_ref(), Ok(&checked));
    let bounds = checked.date_bounds(DATES);
    // Both joints, with a clause and its opposite: what is left of them is the query.
    let joined = format!("{{{printed}}}&&id=a||{{{printed}}}&&id!=a");
    let joined = Filter::parse_for(&joined, LINE_PROPERTIES, TYPE_NAME);
    for kept in LINES.iter() {
        let (day, is_wanted) = (kept.line.date.date(), checked.matches(kept));
        assert!(!is_wanted || bounds.contain(day), "{printed:?} {day}");
        // Unless it has become too long or too deep, or the query was empty.
        if let Ok(joined) = &joined {
            assert_eq!(joined.matches(kept), is_wanted, "{printed:?}");
        }
    }
}

fn check_tags(query: &str) {
    let Ok(filter) = TagFilter::parse(query) else { return };
    assert_eq!(TagFilter::parse(&filter.to_string()).as_ref(), Ok(&filter));
    let tags = [("tier", "Gold"), ("a", "é && {b}")];
    let tags = tags.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    let again = TagFilter::parse(&filter.to_string()).map(|again| again.matches(&tags));
    assert_eq!(again, Ok(filter.matches(&tags)));
}

fn check_order(text: &str) {
    let Ok(order) = OrderBy::parse(text, LINE_PROPERTIES, TYPE_NAME) else { return };
    assert_eq!(OrderBy::parse(&order.to_string(), LINE_PROPERTIES, TYPE_NAME), Ok(order));
    for pair in LINES.windows(2) {
        let [left, right] = pair else { continue };
        assert_eq!(order.compare(left, right), order.compare(right, left).reverse());
        assert!(order.compare(left, left).is_eq());
    }
}

/// A line for each way in which lines differ.
static LINES: LazyLock<Vec<KeptLine>> = LazyLock::new(|| {
    let rows = [
        ("a", "2024-02-29", "-12.50", None, None),
        ("A", "2024-02-29T23:59:59-11:00", "0.00", Some("Café & Cake"), Some(true)),
        ("é{}", "2024-03-01T00:00:00Z", "1e20", Some(""), Some(false)),
        ("a && b", "0001-01-01", "100", Some("\"quoted\""), None),
        ("42", "9999-12-31T00:00", "1", Some("true"), Some(true)),
    ];
    let each = (0_u64..).zip(rows);
    each.map(|(position, (id, date, amount, text, reconciled))| KeptLine {
        position,
        accepted_at: "2024-02-29T12:00:00.5Z".parse().unwrap(),
        line: Line {
            id: id.into(),
            date: LineDate::parse(date).unwrap(),
            amount: Amount::parse(amount).unwrap(),
            balance: (position > 2).then_some(Amount::ZERO),
            description: text.map(Into::into),
            counterparty: None,
            reference: text.map(Into::into),
            reconciled,
            kind: (position > 1).then_some(LineKind::Credit),
        },
    })
    .collect()
});
