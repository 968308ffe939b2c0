//! Accounts: alone, and as a list.

use super::emit::Emitter;
use crate::account::AccountFrom;
use crate::response::{AccountEntry, AccountInfo};

const ACCT_ID_CHARS_MAX: usize = 22;

pub(super) fn write(out: &mut Emitter, info: &AccountInfo) {
    out.aggregate("ACCTINFORS", |out| {
        out.plain("DTACCTUP", info.dt_acct_up);
        info.accounts.iter().for_each(|entry| write_entry(out, entry));
    });
}

fn write_entry(out: &mut Emitter, entry: &AccountEntry) {
    let tag = match entry.account {
        AccountFrom::Bank { .. } => "BANKACCTINFO",
        AccountFrom::Card { .. } => "CCACCTINFO",
    };
    out.aggregate("ACCTINFO", |out| {
        out.optional("DESC", entry.description.as_deref(), 80);
        out.aggregate(tag, |out| {
            write_account_from(out, &entry.account);
            out.plain("SUPTXDL", "Y");
            out.plain("XFERSRC", "N");
            out.plain("XFERDEST", "N");
            out.plain("SVCSTATUS", entry.service.word());
        });
    });
}

pub(super) fn write_account_from(out: &mut Emitter, account: &AccountFrom) {
    match account {
        AccountFrom::Bank { bank_id, branch_id, acct_id, acct_type } => {
            out.aggregate("BANKACCTFROM", |out| {
                out.text("BANKID", bank_id, 9);
                out.optional("BRANCHID", branch_id.as_deref(), 22);
                out.text("ACCTID", acct_id, ACCT_ID_CHARS_MAX);
                out.plain("ACCTTYPE", acct_type.word());
            });
        }
        AccountFrom::Card { acct_id } => {
            out.aggregate("CCACCTFROM", |out| out.text("ACCTID", acct_id, ACCT_ID_CHARS_MAX));
        }
    }
}
