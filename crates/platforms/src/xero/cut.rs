//! Cuts lines into statements whose balances are certain. Pure. The amounts decide: a statement opens where the one
//! before closed, and whatever the caller says of balances only begins the chain, or is warned of.

use super::map::{
    DESCRIPTION_CHARS_MAX, PAYEE_CHARS_MAX, REFERENCE_CHARS_MAX, fits, line_asked, rounded,
};
use crate::error::PlatformError;
use crate::statement::{Cut, LinesToCut, Statement};
use domain::line::Line;
use domain::money::Amount;
use domain::push::Remark;

/// How much goes into one statement.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Lines of one statement.
    pub lines_max: usize,
    /// Bytes of one statement as it is sent, unless a single line has more.
    pub bytes_max: usize,
}

/// Xero takes 3,000,000 bytes, and does not say how many lines; this is what a push has.
pub(super) const BOUNDS: Bounds = Bounds { lines_max: 1_000, bytes_max: 2_500_000 };

/// What a statement has beside its lines.
const ENVELOPE_BYTES_MAX: usize = 1_000;

/// Cuts.
pub fn cut(request: LinesToCut<'_>, bounds: Bounds) -> Result<Cut, PlatformError> {
    let lines: Vec<Line> = request.lines.iter().map(fitted).collect();
    let mut warnings = texts_cut(request.lines);
    warnings.extend(amounts_rounded(request.lines));
    let told = request.opening.map(rounded).or_else(|| told_opening(&lines));
    if told.is_none() && !lines.is_empty() {
        let words = "no line tells a balance and none is known from before: the first statement opens with 0";
        warnings.push(remark(0, "balance", words));
    }
    let opening = told.unwrap_or(Amount::ZERO);
    let balances = chain(opening, &lines)?;
    warnings.extend(balances_differ(&lines, &balances));
    let mut statements: Vec<Statement> = Vec::new();
    let (mut bytes, mut before) = (0, opening);
    for (line, after) in lines.into_iter().zip(balances) {
        let size = size_of_line(&line);
        let open = statements.last_mut().filter(|open| {
            open.lines.len() < bounds.lines_max && size.saturating_add(bytes) <= bounds.bytes_max
        });
        if let Some(open) = open {
            bytes = bytes.saturating_add(size);
            extend(open, line, after);
        } else {
            bytes = size.saturating_add(ENVELOPE_BYTES_MAX);
            statements.push(begin(request.feed, before, line, after));
        }
        before = after;
    }
    Ok(Cut { statements, warnings })
}

fn begin(feed: &str, opening: Amount, line: Line, closing: Amount) -> Statement {
    let day = line.date.date();
    Statement {
        feed: feed.to_owned(),
        starts_on: day,
        ends_on: day,
        opening,
        closing,
        lines: vec![line],
    }
}

fn extend(statement: &mut Statement, line: Line, closing: Amount) {
    let day = line.date.date();
    statement.starts_on = statement.starts_on.min(day);
    statement.ends_on = statement.ends_on.max(day);
    statement.closing = closing;
    statement.lines.push(line);
}

fn size_of_line(line: &Line) -> usize {
    let bytes = line_asked(line).and_then(|line| serde_json::to_vec(&line).ok());
    // And the comma behind it.
    bytes.map_or(0, |bytes| bytes.len().saturating_add(1))
}

fn fitted(line: &Line) -> Line {
    Line { amount: rounded(line.amount), balance: line.balance.map(rounded), ..line.clone() }
}

/// The balance before the first line, by the first line that tells one.
fn told_opening(lines: &[Line]) -> Option<Amount> {
    let mut moved = Amount::ZERO;
    for line in lines {
        moved = moved.checked_add(line.amount)?;
        if let Some(balance) = line.balance.filter(|balance| fits(*balance)) {
            return balance.checked_sub(moved).filter(|opening| fits(*opening));
        }
    }
    None
}

/// The balance after each line.
fn chain(opening: Amount, lines: &[Line]) -> Result<Vec<Amount>, PlatformError> {
    let too_large = |index: usize| {
        PlatformError::rejected(format!(
            "transactions[{index}].amount: Xero takes amounts and balances of 15 digits before the point"
        ))
    };
    let mut balance = Some(opening).filter(|opening| fits(*opening)).ok_or_else(|| too_large(0))?;
    let after = |(index, line): (usize, &Line)| {
        let sum = balance.checked_add(line.amount).filter(|sum| fits(*sum) && fits(line.amount));
        balance = sum.ok_or_else(|| too_large(index))?;
        Ok(balance)
    };
    lines.iter().enumerate().map(after).collect()
}

fn texts_cut(lines: &[Line]) -> Vec<Remark> {
    let mut warnings = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let texts = [
            ("description", &line.description, DESCRIPTION_CHARS_MAX),
            ("counterparty", &line.counterparty, PAYEE_CHARS_MAX),
            ("reference", &line.reference, REFERENCE_CHARS_MAX),
        ];
        for (name, text, chars_max) in texts {
            if text.as_ref().is_some_and(|text| text.chars().count() > chars_max) {
                let words = format!("Xero is sent the first {chars_max} characters");
                warnings.push(remark(index, name, words));
            }
        }
    }
    warnings
}

fn amounts_rounded(lines: &[Line]) -> Vec<Remark> {
    let each = lines.iter().enumerate().filter(|(_, line)| rounded(line.amount) != line.amount);
    let words = |line: &Line| {
        format!("{} is sent as {}: Xero takes four decimals", line.amount, rounded(line.amount))
    };
    each.map(|(index, line)| remark(index, "amount", words(line))).collect()
}

/// Balances that were not told, and such as contradict the amounts; one warning for each kind, at the first line.
fn balances_differ(lines: &[Line], balances: &[Amount]) -> Vec<Remark> {
    let each = || lines.iter().zip(balances).enumerate();
    let silent = each().filter(|(_, (line, _))| line.balance.is_none()).count();
    let is_wrong = |line: &Line, sum: Amount| line.balance.is_some_and(|told| told != sum);
    let wrong = each().filter(|(_, (line, sum))| is_wrong(line, **sum)).count();
    let mut warnings = Vec::new();
    if let Some((index, _)) = each().find(|(_, (line, _))| line.balance.is_none()) {
        let words =
            format!("{silent} of {} lines tell no balance: the amounts are added up", lines.len());
        warnings.push(remark(index, "balance", words));
    }
    if let Some((index, (line, sum))) = each().find(|(_, (line, sum))| is_wrong(line, **sum)) {
        let told = line.balance.unwrap_or(Amount::ZERO);
        let words = format!(
            "{told} is told where the amounts add up to {sum}; so it is with {wrong} of {} lines, and Xero is sent the sums",
            lines.len()
        );
        warnings.push(remark(index, "balance", words));
    }
    warnings
}

fn remark(index: usize, field: &str, message: impl Into<String>) -> Remark {
    Remark { path: format!("transactions[{index}].{field}"), message: message.into() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::vec;
    use proptest::option;
    use proptest::prelude::*;
    use testkit::{a_line, amount};

    /// The opening from before, lines, what is sent, the place of each warning.
    type Case<'a> = (Option<&'a str>, &'a [(&'a str, &'a str)], (&'a str, &'a str), &'a [&'a str]);

    /// A line by amount and, where it is told, balance.
    fn line(id: usize, value: &str, balance: &str) -> Line {
        let balance = (!balance.is_empty()).then(|| amount(balance));
        Line { balance, ..a_line(&format!("t-{id}"), "2024-02-29", value) }
    }

    fn lines(pairs: &[(&str, &str)]) -> Vec<Line> {
        let each = pairs.iter().enumerate();
        each.map(|(id, (value, balance))| line(id, value, balance)).collect()
    }

    fn cut_with(opening: Option<&str>, lines: &[Line], bounds: Bounds) -> Cut {
        let opening = opening.map(amount);
        cut(LinesToCut { feed: "f", opening, lines }, bounds).unwrap()
    }

    fn balances(cut: &Cut) -> Vec<(String, String)> {
        let each = cut.statements.iter();
        each.map(|one| (one.opening.to_string(), one.closing.to_string())).collect()
    }

    #[test]
    fn balances_are_decided_whatever_the_caller_says_of_them() {
        let pair = |opening: &str, closing: &str| vec![(opening.to_owned(), closing.to_owned())];
        let cases: &[Case<'_>] = &[
            (None, &[("-10.00", "90.00"), ("5.00", "95.00")], ("100.00", "95.00"), &[]),
            (Some("100.00"), &[("-10.00", "90.00")], ("100.00", "90.00"), &[]),
            (None, &[("-10.00", ""), ("5.00", "95.00")], ("100.00", "95.00"), &["0.balance"]),
            (None, &[("-10.00", ""), ("5.00", "")], ("0", "-5.00"), &["0.balance", "0.balance"]),
            (Some("7"), &[("1.00", "")], ("7", "8.00"), &["0.balance"]),
            (Some("7"), &[("1.00", "9.00")], ("7", "8.00"), &["0.balance"]),
            (None, &[("1.00", "9.00"), ("1.00", "9.50")], ("8.00", "10.00"), &["1.balance"]),
            (None, &[("1.00", "1e20"), ("1.00", "9.00")], ("7.00", "9.00"), &["0.balance"]),
            (None, &[("1.123456", "9")], ("7.8765", "9.0000"), &["0.amount"]),
            (None, &[("-1.00", "-5.00")], ("-4.00", "-5.00"), &[]),
        ];
        for (opening, given, (from, to), warned) in cases {
            let cut = cut_with(*opening, &lines(given), BOUNDS);
            assert_eq!(balances(&cut), pair(from, to), "{given:?}");
            let paths: Vec<_> = cut.warnings.iter().map(|warning| warning.path.clone()).collect();
            let wanted: Vec<_> = warned
                .iter()
                .map(|place| format!("transactions[{}", place.replace('.', "].")))
                .collect();
            assert_eq!(paths, wanted, "{given:?}");
        }
    }

    #[test]
    fn every_warning_says_what_is_sent() {
        let mut given = lines(&[("1.00", "9.00"), ("0.00005", "8.00"), ("1.00", "")]);
        given[1].counterparty = Some("x".repeat(256).into());
        let cut = cut_with(None, &given, BOUNDS);
        let words: Vec<_> = cut.warnings.iter().map(|warning| warning.message.as_str()).collect();
        let wanted = [
            "Xero is sent the first 255 characters",
            "0.00005 is sent as 0.0000: Xero takes four decimals",
            "1 of 3 lines tell no balance: the amounts are added up",
            "8.00 is told where the amounts add up to 9.0000; so it is with 1 of 3 lines, and Xero is sent the sums",
        ];
        assert_eq!(words, wanted);
    }

    #[test]
    fn each_statement_opens_where_the_one_before_closed() {
        let given = lines(&[("-1.00", "99.00"); 5]);
        let cut = cut_with(Some("100.00"), &given, Bounds { lines_max: 2, ..BOUNDS });
        let pairs = [("100.00", "98.00"), ("98.00", "96.00"), ("96.00", "95.00")];
        assert_eq!(balances(&cut), pairs.map(|(from, to)| (from.to_owned(), to.to_owned())));
        let sent: Vec<_> = cut.statements.iter().flat_map(|one| &one.lines).collect();
        assert_eq!(sent, given.iter().collect::<Vec<_>>(), "all lines, once, in order");
    }

    #[test]
    fn a_thousand_long_lines_are_cut_by_their_bytes() {
        let long =
            |id| Line { description: Some("\u{1}".repeat(2_000).into()), ..line(id, "1.00", "") };
        let given: Vec<_> = (0..1_000).map(long).collect();
        let cut = cut_with(Some("0"), &given, BOUNDS);
        let counts: Vec<_> = cut.statements.iter().map(|one| one.lines.len()).collect();
        assert_eq!(counts.iter().sum::<usize>(), 1_000);
        assert!(counts.len() == 5, "{counts:?}");
        for statement in &cut.statements {
            let asked = super::super::map::statement_asked(statement).unwrap();
            let bytes = serde_json::to_vec(&asked).unwrap().len();
            assert!(bytes <= BOUNDS.bytes_max, "{bytes}");
        }
        let short: Vec<_> = (0..1_001).map(|id| line(id, "1.00", "")).collect();
        let counts = cut_with(Some("0"), &short, BOUNDS).statements;
        assert_eq!(counts.iter().map(|one| one.lines.len()).collect::<Vec<_>>(), [1_000, 1]);
    }

    #[test]
    fn dates_span_the_lines_in_whatever_order() {
        let days = ["2024-02-28T23:00-05:00", "2024-02-27", "2024-02-29"];
        let given: Vec<_> = days.iter().map(|day| a_line(day, day, "1.00")).collect();
        let cut = cut_with(None, &given, BOUNDS);
        let span = (cut.statements[0].starts_on.to_string(), cut.statements[0].ends_on.to_string());
        assert_eq!(span, ("2024-02-27".to_owned(), "2024-02-29".to_owned()));
    }

    #[test]
    fn only_what_xero_has_no_room_for_is_refused() {
        let refused = |opening: Option<&str>, value: &str| {
            let lines = lines(&[("1.00", ""), (value, "")]);
            let opening = opening.map(amount);
            let error = cut(LinesToCut { feed: "f", opening, lines: &lines }, BOUNDS).unwrap_err();
            error.to_string()
        };
        let words = "the platform refused: transactions[1].amount: Xero takes amounts";
        assert!(refused(None, "1e15").starts_with(words));
        assert!(refused(Some("999999999999990"), "10").starts_with(words));
        let words = words.replace('1', "0");
        assert!(refused(Some("1000000000000000"), "-10").starts_with(&words));
    }

    #[test]
    fn no_lines_make_no_statement() {
        let cut = cut_with(None, &[], BOUNDS);
        assert_eq!(cut, Cut { statements: Vec::new(), warnings: Vec::new() });
    }

    fn any_amount() -> impl Strategy<Value = Amount> {
        (-10_i128.pow(12)..10_i128.pow(12), 0..8_u32)
            .prop_map(|(mantissa, scale)| Amount::from_parts(mantissa, scale).unwrap())
    }

    proptest! {
        #[test]
        fn whatever_is_told_every_statement_adds_up_and_follows_the_last(
            opening in option::of(any_amount()),
            told in vec((any_amount(), option::of(any_amount()), 1..29_i8), 0..30),
            lines_max in 1..10_usize,
        ) {
            let line = |(id, (amount, balance, day)): (usize, &(Amount, Option<Amount>, i8))| Line {
                amount: *amount,
                balance: *balance,
                ..a_line(&format!("t-{id}"), &format!("2024-02-{day:02}"), "1")
            };
            let lines: Vec<_> = told.iter().enumerate().map(line).collect();
            let request = LinesToCut { feed: "f", opening, lines: &lines };
            let [first, again] =
                [(); 2].map(|()| cut(request, Bounds { lines_max, ..BOUNDS }).unwrap());
            let mut balance = opening.map(rounded);
            for statement in &first.statements {
                prop_assert!(balance.is_none_or(|balance| balance == statement.opening));
                let sum = statement.lines.iter().try_fold(statement.opening, |sum, line| {
                    sum.checked_add(line.amount)
                });
                prop_assert_eq!(sum, Some(statement.closing));
                prop_assert!(statement.lines.len() <= lines_max);
                let days = || statement.lines.iter().map(|line| line.date.date());
                prop_assert_eq!(days().min(), Some(statement.starts_on));
                prop_assert_eq!(days().max(), Some(statement.ends_on));
                balance = Some(statement.closing);
            }
            let sent = first.statements.iter().flat_map(|one| &one.lines);
            let sent: Vec<_> = sent.map(|line| &line.id).collect();
            prop_assert_eq!(sent, lines.iter().map(|line| &line.id).collect::<Vec<_>>());
            prop_assert_eq!(first, again);
        }
    }
}
