//! Lines and drafts to test with: such as every platform accepts at noon of the leap day.

use crate::builders::amount;
use domain::dates::LineDate;
use domain::line::{Line, LineKind};
use domain::push::PushDraft;

/// A line that says no more than most banks do; `date` and `value` are as on the wire.
pub fn a_line(id: &str, date: &str, value: &str) -> Line {
    let value = amount(value);
    Line {
        id: id.into(),
        date: LineDate::parse(date).unwrap(),
        amount: value,
        balance: Some(amount("1000.00")),
        description: Some(format!("card payment {id}").into()),
        counterparty: None,
        reference: None,
        reconciled: Some(false),
        kind: Some(if value.is_negative() { LineKind::Debit } else { LineKind::Credit }),
    }
}

/// `count` lines of the leap day, in order, named `line-0` and so on.
pub fn a_draft(count: usize) -> PushDraft {
    let id = |n: usize| format!("line-{n}");
    a_draft_of((0..count).map(|n| a_line(&id(n), "2024-02-29", "-12.50")))
}

/// These lines on their way.
pub fn a_draft_of(lines: impl IntoIterator<Item = Line>) -> PushDraft {
    PushDraft { lines: lines.into_iter().map(Into::into).collect() }
}
