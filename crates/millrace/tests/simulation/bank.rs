//! What the banks have to push: for each account a ledger that grows, in windows that overlap or come again.

use domain::clock::{days_before, utc_date};
use domain::line::Line;
use domain::money::Amount;
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Value, value::RawValue};
use std::ops::Range;
use testkit::{Dice, a_line, amount};

/// What a bank has of one account.
#[derive(Debug)]
pub(crate) struct Ledger {
    /// Tells the two clients' lines apart, which are named alike.
    salt: u64,
    pub(crate) lines: Vec<Line>,
    /// Up to here the bank knows that lines were taken.
    pub(crate) taken: usize,
}

/// A push as the bank writes it.
#[derive(Clone, Debug)]
pub(crate) struct Written {
    pub(crate) window: Range<usize>,
    pub(crate) body: String,
    /// Whether the bank has made a mistake in it.
    pub(crate) is_wrong: bool,
}

impl Ledger {
    pub(crate) fn new(salt: u64) -> Self {
        Self { salt, lines: Vec::new(), taken: 0 }
    }

    /// Some lines more than the bank knows to be taken, and some before.
    pub(crate) fn write(&mut self, account: &str, dice: &Dice, now: Timestamp) -> Written {
        let known = self.lines.len();
        if known == self.taken || dice.percent(60) {
            for _ in 0..dice.between(1, 4) {
                self.add(dice, now);
            }
        }
        let back = if dice.percent(30) { index(dice.between(1, 5)) } else { 0 };
        let first = self.taken.saturating_sub(back);
        let is_wrong = dice.percent(8);
        self.window(account, first..self.lines.len(), is_wrong.then(|| dice.between(0, 2)))
    }

    /// Everything once more.
    pub(crate) fn write_all(&self, account: &str) -> Written {
        self.window(account, 0..self.lines.len(), None)
    }

    fn window(&self, account: &str, window: Range<usize>, mistake: Option<u64>) -> Written {
        let mut lines: Vec<_> = self.lines[window.clone()].iter().map(written).collect();
        match mistake {
            Some(0) => lines.push(r#"{"id":"no-date","amount":1}"#.to_owned()),
            Some(1) => lines.push(
                r#"{"id":"too-late","date":"2039-01-01","amount":1,"balance":1,"description":"x"}"#
                    .to_owned(),
            ),
            Some(_) => lines.extend(lines.first().cloned()),
            None => {}
        }
        let body = format!(r#"{{"accountId":"{account}","transactions":[{}]}}"#, lines.join(","));
        Written { window, body, is_wrong: mistake.is_some() }
    }

    fn add(&mut self, dice: &Dice, now: Timestamp) {
        let size = i128::from(dice.between(1, 99_999)) * 2 + i128::from(self.salt % 2);
        let size = if dice.percent(55) { -size } else { size };
        let value = Amount::from_parts(size, u32::try_from(dice.between(0, 3)).unwrap()).unwrap();
        let last = self.lines.last();
        let before = last.and_then(|line| line.balance).unwrap_or_else(|| amount("2500.00"));
        let day = days_before(utc_date(now), u32::try_from(dice.between(1, 2)).unwrap());
        let day = last.map_or(day, |line| day.max(line.date.date())).max(FIRST_DAY);
        let id = format!("t-{:04}", self.lines.len());
        let line = a_line(&id, &day.to_string(), &value.to_string());
        self.lines.push(Line { balance: before.checked_add(value), ..line });
    }
}

const FIRST_DAY: Date = Date::constant(2024, 2, 26);

fn index(number: u64) -> usize {
    usize::try_from(number).unwrap()
}

/// A line as JSON, with every digit.
fn written(line: &Line) -> String {
    let text = |text: &str| Value::from(text).to_string();
    let balance = line.balance.unwrap().to_string();
    let sound = |number: String| RawValue::from_string(number).unwrap().get().to_owned();
    format!(
        r#"{{"id":{},"date":{},"amount":{},"balance":{},"description":{}}}"#,
        text(&line.id),
        text(&line.date.to_string()),
        sound(line.amount.to_string()),
        sound(balance),
        text(line.description.as_deref().unwrap_or_default())
    )
}
