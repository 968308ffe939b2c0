//! A statement without transactions: only the balance was asked for. No line leaves, so nothing is recorded, and an
//! account that nobody has chosen yet stays unchosen.

use ofx::{Balance, OfxDateTime, ResponseMessage, Statement, StatusCode, Trn};

use domain::money::Amount;
use domain::source_account::SourceAccount;

use super::customer::Customer;
use super::mapping::{StatedCurrency, account_from};
use super::{Answered, NoAnswer};

/// The balance of an open account, as of now.
pub(super) fn answer(
    customer: &Customer<'_>,
    trn: &Trn,
    account: &SourceAccount,
) -> Result<Answered, NoAnswer> {
    if !customer.may_fetch(account) {
        return Err(StatusCode::AccountNotAuthorized.into());
    }
    let statement = bare_statement(customer, account, customer.visit.stamp);
    Ok(ResponseMessage::Statement { trn: trn.clone(), statement }.into())
}

/// A statement that shows nothing but the balance; one that nobody has told is nothing.
pub(super) fn bare_statement(
    customer: &Customer<'_>,
    account: &SourceAccount,
    as_of: OfxDateTime,
) -> Statement {
    let currency = StatedCurrency::of(account);
    let amount = currency.amount(account.balance.unwrap_or(Amount::ZERO));
    Statement {
        account: account_from(account, &customer.visit.state.options.bank_id),
        currency: currency.code,
        transactions: None,
        ledger_balance: Balance { amount, as_of },
        available_balance: None,
    }
}
