//! Whether the balances of what was sent are certain: a statement closes with its opening and the sum of its lines, and
//! opens where the one before it closed. What callers say of their lines' balances is theirs, and not checked.

use super::SeenStatement;
use domain::delivery::{SentStage, SentStatement};
use domain::line::KeptLine;
use domain::money::Amount;
use std::collections::HashMap;

/// Amounts with more places are sent rounded, by each platform's own rule.
const PLACES_CERTAIN_MAX: u32 = 2;

/// An account's statements on their way past.
#[derive(Debug, Default)]
pub(super) struct Statements {
    /// The one before, of each feed.
    before: HashMap<String, SeenStatement>,
}

impl Statements {
    /// What is wrong with the next statement. `lines` are those of the segment that it is a part of, if that could be
    /// read.
    pub(super) fn meet(
        &mut self,
        seen: SeenStatement,
        lines: Option<&[KeptLine]>,
    ) -> Option<String> {
        let statement = &seen.statement;
        let sum = lines.and_then(|lines| sum(statement, lines));
        let closing = sum.map(|sum| statement.opening.checked_add(sum));
        let is_wrong = closing.is_some_and(|closing| closing != Some(statement.closing));
        let fault = if is_wrong {
            Some(format!(
                "it opens with {} and closes with {}, which is not the sum of its lines",
                statement.opening, statement.closing
            ))
        } else {
            let before = self.before.get(&statement.feed);
            before.filter(|before| is_next(before, &seen)).and_then(|before| gap(before, &seen))
        };
        self.before.insert(statement.feed.clone(), seen);
        fault
    }
}

/// The sum of a statement's lines; nothing when they are not all here, or were perhaps rounded.
fn sum(statement: &SentStatement, lines: &[KeptLine]) -> Option<Amount> {
    let span = statement.lines;
    let within = || lines.iter().filter(|kept| span.contains(kept.position));
    if within().count() != usize::try_from(span.count).ok()? {
        return None;
    }
    within().try_fold(Amount::ZERO, |sum, kept| {
        let amount = kept.line.amount;
        sum.checked_add(amount).filter(|_| amount.scale() <= PLACES_CERTAIN_MAX)
    })
}

/// Whether a statement must open where that one closed: it was cut together with it, or once that was in the books.
fn is_next(before: &SeenStatement, seen: &SeenStatement) -> bool {
    let (earlier, later) = (&before.statement, &seen.statement);
    if before.push == seen.push {
        return earlier.number.checked_add(1) == Some(later.number);
    }
    let delivered = SentStage::Delivered;
    // A later attempt sends what an earlier one had cut, perhaps before the statement before was in the books.
    earlier.stage == delivered
        && later.stage == delivered
        && later.number == 0
        && later.attempt == 1
        && earlier.stage_at <= later.attempted_at
}

fn gap(before: &SeenStatement, seen: &SeenStatement) -> Option<String> {
    let (closed, opens) = (before.statement.closing, seen.statement.opening);
    let fault = || format!("it opens with {opens}, and the one before it closed with {closed}");
    (closed != opens).then(fault)
}
