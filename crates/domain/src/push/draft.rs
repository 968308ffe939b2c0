//! What a caller sent: well-formed, but not judged yet.

use crate::dates::LineDate;
use crate::line::{Line, LineKind, LineRef, Text};
use crate::money::Amount;

/// A push as it was sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PushDraft {
    /// The lines, in the caller's order.
    pub lines: Vec<DraftLine>,
}

impl PushDraft {
    /// The ids that there are, in the lines' order.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.lines.iter().filter_map(|line| line.id.as_deref())
    }
}

/// A line as it was sent; which fields it needs is for the judge to say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DraftLine {
    /// The caller's id.
    pub id: Option<Text>,
    /// When it happened.
    pub date: Option<LineDate>,
    /// Money in is positive.
    pub amount: Option<Amount>,
    /// The account's balance after it.
    pub balance: Option<Amount>,
    /// What it was.
    pub description: Option<Text>,
    /// Who the other side was.
    pub counterparty: Option<Text>,
    /// The payment's reference.
    pub reference: Option<Text>,
    /// Whether the caller reconciled it.
    pub reconciled: Option<bool>,
    /// Its type.
    pub kind: Option<LineKind>,
}

impl DraftLine {
    /// The line as it is kept if it is new and the platform knows its type, or nothing when it lacks what every line
    /// needs.
    pub fn lent(&self) -> Option<LineRef<'_>> {
        Some(LineRef {
            id: self.id.as_deref()?,
            date: self.date?,
            amount: self.amount?,
            balance: self.balance,
            description: self.description.as_deref(),
            counterparty: self.counterparty.as_deref(),
            reference: self.reference.as_deref(),
            reconciled: Some(self.is_reconciled()),
            kind: self.kind,
        })
    }

    /// What is not told is not reconciled.
    fn is_reconciled(&self) -> bool {
        self.reconciled.unwrap_or(false)
    }

    /// The line with `kind` for its type, or nothing when it lacks what every line needs.
    pub(super) fn completed(self, kind: Option<LineKind>) -> Option<Line> {
        let reconciled = Some(self.is_reconciled());
        Some(Line {
            id: self.id?,
            date: self.date?,
            amount: self.amount?,
            balance: self.balance,
            description: self.description,
            counterparty: self.counterparty,
            reference: self.reference,
            reconciled,
            kind,
        })
    }
}

impl From<Line> for DraftLine {
    fn from(line: Line) -> Self {
        Self {
            id: Some(line.id),
            date: Some(line.date),
            amount: Some(line.amount),
            balance: line.balance,
            description: line.description,
            counterparty: line.counterparty,
            reference: line.reference,
            reconciled: line.reconciled,
            kind: line.kind,
        }
    }
}
