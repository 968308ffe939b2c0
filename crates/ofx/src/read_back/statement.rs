//! `STMTRS` and `CCSTMTRS`

use super::date;
use crate::account::AccountFrom;
use crate::amount::Amount;
use crate::error::ReadError;
use crate::response::{Balance, Statement, StatementLine, TransactionList, TransactionType};
use crate::tree::Element;

pub(super) fn read(element: &Element) -> Result<Statement, ReadError> {
    let account = match element.child("CCACCTFROM") {
        Some(card) => AccountFrom::card_of_response(card)?,
        None => AccountFrom::bank_of_response(element.need("BANKACCTFROM")?)?,
    };
    Ok(Statement {
        account,
        currency: element.need_text("CURDEF")?.to_owned(),
        transactions: element.child("BANKTRANLIST").map(read_list).transpose()?,
        ledger_balance: read_balance(element.need("LEDGERBAL")?)?,
        available_balance: element.child("AVAILBAL").map(read_balance).transpose()?,
    })
}

fn read_list(element: &Element) -> Result<TransactionList, ReadError> {
    let lines = element.children.iter().filter(|child| child.name == "STMTTRN");
    Ok(TransactionList {
        start: date(element, "DTSTART")?,
        end: date(element, "DTEND")?,
        lines: lines.map(read_line).collect::<Result<_, _>>()?,
    })
}

fn read_line(element: &Element) -> Result<StatementLine, ReadError> {
    Ok(StatementLine {
        transaction_type: element.parse("TRNTYPE", TransactionType::from_word)?,
        posted_on: date(element, "DTPOSTED")?.date(),
        amount: element.parse("TRNAMT", Amount::parse)?,
        fit_id: element.need_text("FITID")?.to_owned(),
        check_number: element.owned("CHECKNUM"),
        reference: element.owned("REFNUM"),
        name: element.owned("NAME"),
        memo: element.owned("MEMO"),
    })
}

fn read_balance(element: &Element) -> Result<Balance, ReadError> {
    Ok(Balance { amount: element.parse("BALAMT", Amount::parse)?, as_of: date(element, "DTASOF")? })
}
