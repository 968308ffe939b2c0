//! The statement cutter: every line is in exactly one statement, in its order; each statement opens as the one before
//! closed, adds up, and stays within its bounds; and cutting the rest again gives the rest.

use crate::supply::Supply;
use domain::dates::LineDate;
use domain::line::{Line, Text};
use domain::money::Amount;
use jiff::civil::Date;
use platforms::xero::cutting::{Bounds, bytes_asked, cut};
use platforms::{Cut, LinesToCut, Statement};

const FEED: &str = "d1f5dbb9-0f4e-4d0c-9f32-6d5e0f5d5ed1";
/// Xero's limits: digits before the point and behind it.
const SCALE_MAX: u32 = 4;
const AMOUNT_END: i64 = 1_000_000_000_000_000;
/// Enough to meet every bound several times.
const LINES_MAX: usize = 10;
/// What a statement has beside its lines takes less.
const BYTES_MAX_LEAST: u16 = 1_000;

/// Bounds, an opening balance, and lines until the bytes end.
pub(crate) fn check(bytes: &[u8]) {
    let mut supply = Supply::new(bytes);
    let bounds = Bounds {
        lines_max: usize::from(supply.byte() % 8).saturating_add(1),
        bytes_max: usize::from(u16::from_le_bytes(supply.array()) % 500 + BYTES_MAX_LEAST),
    };
    let opening = supplied_amount(&mut supply);
    let mut lines = Vec::new();
    while !supply.is_empty() && lines.len() < LINES_MAX {
        lines.push(supplied_line(&mut supply, lines.len()));
    }
    let request = LinesToCut { feed: FEED, opening, lines: &lines };
    match cut(request, bounds) {
        Ok(whole) => {
            check_statements(&whole.statements, request, bounds);
            check_warnings(&whole, &lines);
            check_rest(&whole, request, bounds);
        }
        Err(refused) => {
            let words = refused.to_string();
            assert!(words.contains("transactions["), "the place is told: {words}");
            assert!(may_lack_room(opening, &lines), "{words}: {lines:?}");
        }
    }
}

fn check_statements(statements: &[Statement], request: LinesToCut<'_>, bounds: Bounds) {
    let sent: Vec<&Line> = statements.iter().flat_map(|statement| &statement.lines).collect();
    assert_eq!(sent.len(), request.lines.len());
    for (sent, line) in sent.iter().zip(request.lines) {
        let as_sent = Line { amount: sent.amount, balance: sent.balance, ..line.clone() };
        assert_eq!(**sent, as_sent, "each line once, in its order");
        assert!(sent.amount.scale() <= SCALE_MAX);
        let lost = line.amount.checked_sub(sent.amount).unwrap();
        let half = Amount::from_parts(5, SCALE_MAX.saturating_add(1)).unwrap();
        assert!(lost <= half && lost >= half.neg(), "{} as {}", line.amount, sent.amount);
    }
    let mut before = None;
    for statement in statements {
        assert!(before.is_none_or(|closing| closing == statement.opening), "the chain is whole");
        let sum = statement.lines.iter().try_fold(statement.opening, |sum, line| {
            assert!(has_room(sum));
            sum.checked_add(line.amount)
        });
        assert_eq!(sum, Some(statement.closing), "a statement adds up");
        assert!(has_room(statement.closing));
        let days = || statement.lines.iter().map(|line| line.date.date());
        assert_eq!(
            (days().min(), days().max()),
            (Some(statement.starts_on), Some(statement.ends_on))
        );
        let count = statement.lines.len();
        assert!((1..=bounds.lines_max).contains(&count));
        let bytes = bytes_asked(statement).unwrap();
        assert!(count == 1 || bytes <= bounds.bytes_max, "{bytes} bytes in {bounds:?}");
        assert_eq!(statement.feed, request.feed);
        before = Some(statement.closing);
    }
    if let (Some(told), Some(first)) = (request.opening, statements.first())
        && told.scale() <= SCALE_MAX
    {
        assert_eq!(first.opening, told, "what is known from before is not changed");
    }
}

fn check_warnings(whole: &Cut, lines: &[Line]) {
    for warning in &whole.warnings {
        let place = warning.path.strip_prefix("transactions[").unwrap();
        let (index, _field) = place.split_once("].").unwrap();
        assert!(index.parse::<usize>().is_ok_and(|index| index < lines.len()), "{warning:?}");
        assert!(!warning.message.is_empty());
    }
    let sent = whole.statements.iter().flat_map(|statement| &statement.lines);
    let rounded =
        sent.zip(lines).enumerate().filter(|(_, (sent, line))| sent.amount != line.amount);
    let rounded: Vec<_> =
        rounded.map(|(index, _)| format!("transactions[{index}].amount")).collect();
    let paths = whole.warnings.iter().map(|warning| &warning.path);
    let told: Vec<_> = paths.filter(|path| path.ends_with("].amount")).cloned().collect();
    assert_eq!(told, rounded, "what is rounded is told, and only that");
}

/// After a crash the lines that were not sent are cut again, from the balance that was reached.
fn check_rest(whole: &Cut, request: LinesToCut<'_>, bounds: Bounds) {
    let Some((first, rest)) = whole.statements.split_first() else { return };
    let (_sent, lines) = request.lines.split_at(first.lines.len());
    let again = cut(LinesToCut { opening: Some(first.closing), lines, ..request }, bounds);
    assert_eq!(again.unwrap().statements, rest);
}

fn has_room(amount: Amount) -> bool {
    let end = Amount::from(AMOUNT_END);
    amount < end && amount > end.neg() && amount.scale() <= SCALE_MAX
}

/// Whether figures are so large that some balance might be. Told balances count, for they may begin the chain.
fn may_lack_room(opening: Option<Amount>, lines: &[Line]) -> bool {
    let figures = lines.iter().flat_map(|line| [Some(line.amount), line.balance]).chain([opening]);
    let size = |amount: Amount| if amount.is_negative() { amount.neg() } else { amount };
    let sum = figures.flatten().map(size).try_fold(Amount::ZERO, Amount::checked_add);
    // Rounding may add a little.
    sum.is_none_or(|sum| sum > Amount::from(AMOUNT_END.saturating_sub(1)))
}

fn supplied_line(supply: &mut Supply<'_>, index: usize) -> Line {
    let amount = supplied_amount(supply).unwrap_or(Amount::ZERO);
    let balance = supplied_amount(supply);
    let [days, length, letter] = supply.array();
    let letters = ["x", "é", "\u{1}", "\"", "\\", "\u{1f600}"];
    let letter = letters.get(usize::from(letter) % letters.len()).copied().unwrap();
    let text =
        |factor: usize| Text::from(letter.repeat(usize::from(length % 32).saturating_mul(factor)));
    let day = Date::constant(2024, 2, 15).checked_add(jiff::Span::new().days(i64::from(days) % 32));
    Line {
        id: format!("t-{index}").into(),
        date: LineDate::parse(&day.unwrap().to_string()).unwrap(),
        amount,
        balance,
        description: Some(text(1)),
        counterparty: (length > 250).then(|| text(9)),
        reference: None,
        reconciled: None,
        kind: None,
    }
}

/// No amount, or one of cents, of many digits, or near the end of Xero's room.
fn supplied_amount(supply: &mut Supply<'_>) -> Option<Amount> {
    let kind = supply.byte();
    let (mantissa, scale) = match kind % 8 {
        0 => return None,
        1..=4 => (i128::from(i16::from_le_bytes(supply.array())), 2),
        5 => (i128::from(i64::from_le_bytes(supply.array())), u32::from(kind / 8) % 21),
        6 => (i128::from(i32::from_le_bytes(supply.array())), u32::from(kind / 8) % 9),
        _ => {
            let nudge = i128::from(i16::from_le_bytes(supply.array()));
            let end = i128::from(AMOUNT_END).saturating_mul(10_000);
            (if kind < 128 { end } else { end.saturating_neg() }.saturating_add(nudge), 4)
        }
    };
    Amount::from_parts(mantissa, scale).ok()
}
