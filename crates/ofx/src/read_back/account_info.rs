//! `ACCTINFORS`

use super::date;
use crate::account::AccountFrom;
use crate::error::ReadError;
use crate::response::{AccountEntry, AccountInfo, ServiceStatus};
use crate::tree::Element;

pub(super) fn read(element: &Element) -> Result<AccountInfo, ReadError> {
    let entries = element.children.iter().filter(|child| child.name == "ACCTINFO");
    Ok(AccountInfo {
        dt_acct_up: date(element, "DTACCTUP")?,
        accounts: entries.map(read_entry).collect::<Result<_, _>>()?,
    })
}

fn read_entry(element: &Element) -> Result<AccountEntry, ReadError> {
    let (info, account) = if let Some(card) = element.child("CCACCTINFO") {
        (card, AccountFrom::card_of_response(card.need("CCACCTFROM")?)?)
    } else {
        let bank = element.need("BANKACCTINFO")?;
        (bank, AccountFrom::bank_of_response(bank.need("BANKACCTFROM")?)?)
    };
    Ok(AccountEntry {
        description: element.owned("DESC"),
        account,
        service: info.parse("SVCSTATUS", ServiceStatus::from_word)?,
    })
}
