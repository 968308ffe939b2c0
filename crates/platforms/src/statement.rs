//! Statements: lines with the balances before and after them. How many go into one is the adapter's to know.

use crate::error::Reason;
use domain::line::Line;
use domain::money::Amount;
use domain::push::Remark;
use jiff::civil::Date;

/// Lines to be made statements of.
#[derive(Clone, Copy, Debug)]
pub struct LinesToCut<'a> {
    /// The platform's id of the feed.
    pub feed: &'a str,
    /// The closing balance of the statement before; nothing before the first.
    pub opening: Option<Amount>,
    /// In the order of the account.
    pub lines: &'a [Line],
}

/// What a cut brings. The same lines and the same opening are always cut alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cut {
    /// In the order in which they are to be sent; each opens as the one before closes.
    pub statements: Vec<Statement>,
    /// What had to be decided or changed, by the place of the line: `transactions[3].balance`.
    pub warnings: Vec<Remark>,
}

/// What is sent at once. The opening balance and all lines add up to the closing one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// The platform's id of the feed.
    pub feed: String,
    /// The earliest date of a line.
    pub starts_on: Date,
    /// The latest.
    pub ends_on: Date,
    /// The balance before the first line.
    pub opening: Amount,
    /// The balance after the last line.
    pub closing: Amount,
    /// The lines, never none.
    pub lines: Vec<Line>,
}

/// What a platform says of a statement that it has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The platform's id of the statement.
    pub id: String,
    /// How far it is.
    pub stage: StatementStage,
}

/// How far a statement is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StatementStage {
    /// Ask again later.
    Pending,
    /// In the books.
    Delivered,
    /// Not in the books.
    Rejected {
        /// The platform's words.
        reasons: Vec<Reason>,
    },
}
