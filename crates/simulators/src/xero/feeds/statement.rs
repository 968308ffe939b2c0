//! A statement and its life: PENDING, then DELIVERED into a bank account or REJECTED.

use crate::xero::amount::{self, Direction};
use crate::xero::ids::Id;
use crate::xero::problem::{Kind, Problem};
use crate::xero::world::World;
use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

/// A statement that was taken.
#[derive(Clone, Debug)]
pub(crate) struct Statement {
    pub(super) id: Id,
    pub(crate) tenant: Id,
    pub(super) content: Content,
    /// Of the content; a duplicate has the same.
    pub(super) fingerprint: [u8; 32],
    pub(super) stage: Stage,
}

/// What a statement says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Content {
    pub(super) feed: Id,
    pub(super) start: Date,
    pub(super) end: Date,
    /// Signed, as all amounts here.
    pub(super) start_balance: Decimal,
    pub(super) end_balance: Decimal,
    pub(super) lines: Vec<Line>,
}

/// One line of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) posted: Date,
    pub(super) amount: Decimal,
    pub(super) transaction_id: Option<String>,
    pub(super) description: Option<String>,
    pub(super) payee: Option<String>,
    pub(super) reference: Option<String>,
    pub(super) cheque: Option<String>,
    pub(super) kind: Option<String>,
}

/// Where a statement stands.
#[derive(Clone, Debug)]
pub(super) enum Stage {
    /// In Xero's hands: until when, and what becomes of it. Without an end it stays so.
    Pending { due: Option<Timestamp>, verdict: Option<Problem> },
    /// In the books of this account, as the so-many-th statement of all.
    Delivered { account: Id, number: u64 },
    /// Not in the books.
    Rejected(Problem),
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Shown {
    id: Id,
    feed_connection_id: Id,
    status: &'static str,
    start_date: String,
    end_date: String,
    start_balance: Balance,
    end_balance: Balance,
    statement_line_count: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    errors: Option<[Problem; 1]>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Balance {
    amount: Option<Box<RawValue>>,
    credit_debit_indicator: Direction,
}

impl Content {
    /// Whether the balances and the lines add up.
    pub(super) fn adds_up(&self) -> bool {
        let sum = self
            .lines
            .iter()
            .try_fold(self.start_balance, |sum, line| sum.checked_add(line.amount));
        sum == Some(self.end_balance)
    }

    /// The same for two statements that say the same.
    pub(super) fn fingerprint(&self) -> [u8; 32] {
        let balances = (self.start_balance.normalize(), self.end_balance.normalize());
        let mut digest = Sha256::new();
        digest.update(format!("{} {} {} {balances:?}", self.feed, self.start, self.end));
        for line in &self.lines {
            let words = (&line.transaction_id, &line.description, &line.payee, &line.reference);
            let amount = line.amount.normalize();
            digest.update(format!("{} {amount} {words:?} {:?}", line.posted, line.cheque));
        }
        digest.finalize().into()
    }
}

impl Statement {
    /// As the API shows it: without its lines.
    pub(super) fn shown(&self) -> Shown {
        let balance = |signed| Balance {
            amount: amount::shown(signed),
            credit_debit_indicator: Direction::of(signed),
        };
        let (status, errors) = match &self.stage {
            Stage::Pending { .. } => ("PENDING", None),
            Stage::Delivered { .. } => ("DELIVERED", None),
            Stage::Rejected(problem) => ("REJECTED", Some([problem.clone()])),
        };
        Shown {
            id: self.id,
            feed_connection_id: self.content.feed,
            status,
            start_date: self.content.start.to_string(),
            end_date: self.content.end.to_string(),
            start_balance: balance(self.content.start_balance),
            end_balance: balance(self.content.end_balance),
            statement_line_count: self.content.lines.len(),
            errors,
        }
    }

    /// Whether Xero still has it in hand.
    pub(crate) const fn is_pending(&self) -> bool {
        matches!(self.stage, Stage::Pending { .. })
    }

    const fn is_rejected(&self) -> bool {
        matches!(self.stage, Stage::Rejected(_))
    }

    const fn is_delivered(&self) -> bool {
        matches!(self.stage, Stage::Delivered { .. })
    }
}

impl World {
    /// Delivers or rejects the statements whose time has come, in the order in which they came.
    pub(crate) fn settle_statements(&mut self, now: Timestamp) {
        for place in 0..self.statements.len() {
            let Some(statement) = self.statements.get(place) else { return };
            let Stage::Pending { due: Some(due), verdict } = &statement.stage else { continue };
            if *due > now {
                continue;
            }
            let verdict = verdict.clone().map_or_else(|| self.deliver_to(statement), Err);
            let stage = match verdict {
                Ok(account) => {
                    self.deliveries = self.deliveries.saturating_add(1);
                    Stage::Delivered { account, number: self.deliveries }
                }
                Err(problem) => Stage::Rejected(problem),
            };
            if let Some(statement) = self.statements.get_mut(place) {
                statement.stage = stage;
            }
        }
    }

    /// The account into which a statement goes, or why it goes nowhere.
    fn deliver_to(&self, statement: &Statement) -> Result<Id, Problem> {
        let feed = self.feed(statement.content.feed).filter(|feed| feed.is_connected());
        let account = feed.and_then(|feed| feed.account).ok_or(Kind::InvalidFeedConnection)?;
        let twins = self.statements.iter().filter(|one| one.fingerprint == statement.fingerprint);
        if twins.into_iter().any(Statement::is_delivered) {
            return Err(Kind::DuplicateStatement.into());
        }
        Ok(account)
    }

    /// Whether a statement of this fingerprint was taken before.
    pub(super) fn is_known(&self, fingerprint: &[u8; 32]) -> bool {
        let mut taken = self.statements.iter().filter(|statement| !statement.is_rejected());
        taken.any(|statement| statement.fingerprint == *fingerprint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content() -> Content {
        let line = |amount: &str| Line {
            posted: Date::constant(2024, 2, 28),
            amount: amount.parse().unwrap(),
            transaction_id: Some("t-1".to_owned()),
            description: None,
            payee: None,
            reference: None,
            cheque: None,
            kind: None,
        };
        Content {
            feed: Id::NIL,
            start: Date::constant(2024, 2, 27),
            end: Date::constant(2024, 2, 28),
            start_balance: "10".parse().unwrap(),
            end_balance: "-2.5".parse().unwrap(),
            lines: vec![line("-12.60"), line("0.1")],
        }
    }

    #[test]
    fn balances_and_lines_add_up_to_the_last_digit() {
        assert!(content().adds_up());
        let off = Content { end_balance: "-2.5001".parse().unwrap(), ..content() };
        assert!(!off.adds_up());
        let empty =
            Content { lines: Vec::new(), end_balance: "10.00".parse().unwrap(), ..content() };
        assert!(empty.adds_up());
    }

    #[test]
    fn a_duplicate_says_the_same_in_whatever_digits() {
        let same = Content { start_balance: "10.00".parse().unwrap(), ..content() };
        assert_eq!(content().fingerprint(), same.fingerprint());
        let mut others = [content(), content(), content()];
        others[0].lines[0].transaction_id = Some("t-2".to_owned());
        others[1].end = Date::constant(2024, 2, 29);
        others[2].lines.swap(0, 1);
        for other in others {
            assert_ne!(content().fingerprint(), other.fingerprint(), "{other:?}");
        }
    }
}
