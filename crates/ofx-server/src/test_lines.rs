//! The two lines that an account without any shows in a sandbox: one in, one out, nothing altogether.

use domain::money::Amount;
use domain::source_account::SourceAccount;
use jiff::civil::Date;
use ofx::{StatementLine, TransactionType, fit_id};

/// Says in the customer's books what it is.
const MEMO: &str = "Shows that the link works. Not money: the two add up to nothing.";

/// Both lines, the same ones every time. They are not the account's: no list shows them and nothing counts them.
pub(crate) fn test_lines(
    account: &SourceAccount,
    on: Date,
    minor_digits: u32,
) -> Vec<StatementLine> {
    let line = |number: i64, amount: i64, transaction_type| StatementLine {
        transaction_type,
        posted_on: on,
        amount: ofx::Amount::new(Amount::from(amount).as_decimal(), minor_digits),
        fit_id: fit_id(&format!("TEST-{}-{number}", account.public_number)),
        check_number: None,
        reference: None,
        name: Some(format!("TEST TRANSACTION {number} of 2")),
        memo: Some(MEMO.to_owned()),
    };
    vec![line(1, 1, TransactionType::Credit), line(2, -1, TransactionType::Debit)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use testkit::{TODAY, a_client, a_company, a_connection, an_account};

    fn account() -> SourceAccount {
        an_account(&a_connection(&a_company(a_client().id)), "acc-1")
    }

    #[test]
    fn test_lines_add_up_to_nothing() {
        let lines = test_lines(&account(), TODAY, 2);
        let amounts: Vec<_> = lines.iter().map(|line| line.amount.to_string()).collect();
        assert_eq!(amounts, ["1.00", "-1.00"]);
    }

    #[test]
    fn test_lines_stay_the_same_and_differ_between_accounts() {
        let (one, other) = (account(), account());
        assert_eq!(test_lines(&one, TODAY, 2), test_lines(&one, TODAY, 2));
        let ids = |account| test_lines(account, TODAY, 2).into_iter().map(|line| line.fit_id);
        let mut all: Vec<_> = ids(&one).chain(ids(&other)).collect();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 4);
    }

    #[test]
    fn test_lines_have_the_decimals_of_the_currency() {
        let amounts = |digits| test_lines(&account(), TODAY, digits).remove(0).amount.to_string();
        assert_eq!([amounts(0), amounts(3)], ["1", "1.000"]);
    }
}
