//! What the simulator takes from an answer: accounts on offer, and statements. Finding tags is tags.rs.

use super::books::{Day, Line};
use super::tags::{need, section, sections, unreadable, value};
use super::{AccountKind, Offer, QuickBooksError};
use jiff::civil::Date;
use rust_decimal::Decimal;

/// A statement as it came.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Statement {
    /// The first day that the answer covers, if it says so.
    pub(super) start: Option<Day>,
    /// The last day that the answer covers; none without lines.
    pub(super) end: Option<Day>,
    pub(super) balance: String,
    pub(super) lines: Vec<Line>,
}

/// Reads one `ACCTINFO`.
pub(super) fn read_offer(info: &str) -> Result<Offer, QuickBooksError> {
    let (from, kind) = match section(info, "BANKACCTFROM") {
        Ok(from) => (from, AccountKind::Bank),
        Err(_not_a_bank) => (section(info, "CCACCTFROM")?, AccountKind::Card),
    };
    let number = need(from, "ACCTID")?;
    let (bank_id, account_type) = match kind {
        AccountKind::Bank => (need(from, "BANKID")?, need(from, "ACCTTYPE")?),
        AccountKind::Card => (String::new(), String::new()),
    };
    let name = value(info, "DESC").unwrap_or_else(|| number.clone());
    Ok(Offer { number, name, kind, bank_id, account_type })
}

/// Reads the inside of a statement's wrapper.
pub(super) fn read_statement(inner: &str, of: &Offer) -> Result<Statement, QuickBooksError> {
    let (statement, from) = match of.kind {
        AccountKind::Bank => ("STMTRS", "BANKACCTFROM"),
        AccountKind::Card => ("CCSTMTRS", "CCACCTFROM"),
    };
    let statement = section(inner, statement)?;
    let number = need(section(statement, from)?, "ACCTID")?;
    if number != of.number {
        return Err(unreadable(format!("it is of account {number:?}, not {:?}", of.number)));
    }
    let balance = amount(&need(section(statement, "LEDGERBAL")?, "BALAMT")?)?;
    let Some(list) = sections(statement, "BANKTRANLIST").next() else {
        return Ok(Statement { start: None, end: None, balance, lines: Vec::new() });
    };
    let start = value(list, "DTSTART").map(|start| day(&start)).transpose()?;
    let end = Some(day(&need(list, "DTEND")?)?);
    let lines = sections(list, "STMTTRN").map(read_line).collect::<Result<_, _>>()?;
    Ok(Statement { start, end, balance, lines })
}

fn read_line(line: &str) -> Result<Line, QuickBooksError> {
    Ok(Line {
        fit_id: need(line, "FITID")?,
        date: day(&need(line, "DTPOSTED")?)?,
        amount: amount(&need(line, "TRNAMT")?)?,
        name: value(line, "NAME").unwrap_or_default(),
        memo: value(line, "MEMO").unwrap_or_default(),
        trntype: need(line, "TRNTYPE")?,
    })
}

fn day(text: &str) -> Result<Day, QuickBooksError> {
    let digits = text.get(..8).unwrap_or(text);
    let date = Date::strptime("%Y%m%d", digits);
    date.map(Day).map_err(|_no_date| unreadable(format!("{text:?} is no date")))
}

fn amount(text: &str) -> Result<String, QuickBooksError> {
    let amount: Result<Decimal, _> = text.replace(',', ".").parse();
    // The digits stay: 42.50 is not 42.5 to somebody who compares by eye.
    amount
        .map(|amount| amount.to_string())
        .map_err(|_no| unreadable(format!("{text:?} is no amount")))
}
