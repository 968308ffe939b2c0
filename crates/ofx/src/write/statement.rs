//! `STMTRS` and `CCSTMTRS`

use super::account::write_account_from;
use super::emit::Emitter;
use super::text::name_and_memo;
use crate::account::AccountFrom;
use crate::datetime::OfxDateTime;
use crate::limits::{FITID_CHARS_MAX, MEMO_CHARS_MAX, NAME_CHARS_MAX};
use crate::response::{Balance, Statement, StatementLine, TransactionList};

pub(super) fn write(out: &mut Emitter, statement: &Statement) {
    let tag = match statement.account {
        AccountFrom::Bank { .. } => "STMTRS",
        AccountFrom::Card { .. } => "CCSTMTRS",
    };
    out.aggregate(tag, |out| {
        out.text("CURDEF", &statement.currency, 3);
        write_account_from(out, &statement.account);
        if let Some(list) = &statement.transactions {
            write_list(out, list);
        }
        write_balance(out, "LEDGERBAL", &statement.ledger_balance);
        if let Some(available) = &statement.available_balance {
            write_balance(out, "AVAILBAL", available);
        }
    });
}

fn write_list(out: &mut Emitter, list: &TransactionList) {
    out.aggregate("BANKTRANLIST", |out| {
        out.plain("DTSTART", list.start);
        out.plain("DTEND", list.end);
        list.lines.iter().for_each(|line| write_line(out, line));
    });
}

fn write_line(out: &mut Emitter, line: &StatementLine) {
    let (name, memo) = name_and_memo(line.name.as_deref(), line.memo.as_deref());
    out.aggregate("STMTTRN", |out| {
        out.plain("TRNTYPE", line.transaction_type.word());
        // A date beyond what OFX can say has no noon either; the bare day is then still right.
        match OfxDateTime::noon(line.posted_on) {
            Some(noon) => out.plain("DTPOSTED", noon),
            None => out.plain("DTPOSTED", line.posted_on.strftime("%Y%m%d")),
        }
        out.plain("TRNAMT", line.amount);
        out.text("FITID", &line.fit_id, FITID_CHARS_MAX);
        out.optional("CHECKNUM", line.check_number.as_deref(), 12);
        out.optional("REFNUM", line.reference.as_deref(), 32);
        out.optional("NAME", Some(&name), NAME_CHARS_MAX);
        out.optional("MEMO", Some(&memo), MEMO_CHARS_MAX);
    });
}

fn write_balance(out: &mut Emitter, tag: &str, balance: &Balance) {
    out.aggregate(tag, |out| {
        out.plain("BALAMT", balance.amount);
        out.plain("DTASOF", balance.as_of);
    });
}
