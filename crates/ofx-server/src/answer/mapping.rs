//! Our nouns in the words of OFX.

use domain::line::{KeptLine, LineKind};
use domain::money::{Amount, CurrencyCode};
use domain::source_account::{AccountKind, SourceAccount};
use ofx::{AccountFrom, AccountType, StatementLine, TransactionType, fit_id};

use crate::options::BankId;

/// The currency of a statement whose account does not tell one. The grammar has no word for "unknown", and the feeds
/// that are fetched through this door exist for the United States and Canada; clients import the figures as they are.
const CURRENCY_DEFAULT: &str = "USD";
const MINOR_DIGITS_DEFAULT: u32 = 2;

/// The account by the number that clients know.
pub(super) fn account_from(account: &SourceAccount, bank_id: &BankId) -> AccountFrom {
    let acct_id = account.public_number.clone();
    let bank = |acct_type, acct_id| AccountFrom::Bank {
        bank_id: bank_id.as_str().to_owned(),
        branch_id: None,
        acct_id,
        acct_type,
    };
    match AccountKind::of(&account.details) {
        AccountKind::Checking => bank(AccountType::Checking, acct_id),
        AccountKind::Savings => bank(AccountType::Savings, acct_id),
        AccountKind::MoneyMarket => bank(AccountType::MoneyMarket, acct_id),
        AccountKind::CreditLine => bank(AccountType::CreditLine, acct_id),
        AccountKind::Card => AccountFrom::Card { acct_id },
    }
}

/// What an account's figures are in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct StatedCurrency {
    /// Three letters.
    pub(super) code: String,
    /// How many decimals it has.
    pub(super) minor_digits: u32,
}

impl StatedCurrency {
    /// The account's, or the one above.
    pub(super) fn of(account: &SourceAccount) -> Self {
        let known = account.details.currency.filter(|code| *code != CurrencyCode::UNKNOWN);
        known.map_or_else(
            || Self { code: CURRENCY_DEFAULT.to_owned(), minor_digits: MINOR_DIGITS_DEFAULT },
            |code| Self { code: code.to_string(), minor_digits: code.minor_digits() },
        )
    }

    /// An amount in it, exactly.
    pub(super) fn amount(&self, amount: Amount) -> ofx::Amount {
        ofx::Amount::new(amount.as_decimal(), self.minor_digits)
    }
}

/// A line as clients see it. Its description is what people read in their books, so it is the name; the other side, where
/// it is told, comes after it.
pub(super) fn statement_line(kept: &KeptLine, currency: &StatedCurrency) -> StatementLine {
    let line = &kept.line;
    StatementLine {
        transaction_type: transaction_type(line.kind, line.amount),
        posted_on: line.date.date(),
        amount: currency.amount(line.amount),
        fit_id: fit_id(&line.id),
        check_number: None,
        reference: line.reference.as_deref().map(str::to_owned),
        name: line.description.as_deref().or(line.counterparty.as_deref()).map(str::to_owned),
        memo: line.counterparty.as_deref().map(str::to_owned),
    }
}

/// A line whose type nobody told is labelled by its sign, which decides anyway.
fn transaction_type(kind: Option<LineKind>, amount: Amount) -> TransactionType {
    match kind.unwrap_or(LineKind::Unknown) {
        LineKind::Unknown if amount.is_zero() => TransactionType::Other,
        LineKind::Unknown if amount.is_negative() => TransactionType::Debit,
        LineKind::Unknown | LineKind::Credit => TransactionType::Credit,
        LineKind::Debit => TransactionType::Debit,
        LineKind::Int => TransactionType::Interest,
        LineKind::Div => TransactionType::Dividend,
        LineKind::Fee => TransactionType::Fee,
        LineKind::SerChg => TransactionType::ServiceCharge,
        LineKind::Dep => TransactionType::Deposit,
        LineKind::Atm => TransactionType::CashMachine,
        LineKind::Pos => TransactionType::PointOfSale,
        LineKind::Xfer => TransactionType::Transfer,
        LineKind::Check => TransactionType::Check,
        LineKind::Payment => TransactionType::Payment,
        LineKind::Cash => TransactionType::Cash,
        LineKind::DirectDep => TransactionType::DirectDeposit,
        LineKind::DirectDebit => TransactionType::DirectDebit,
        LineKind::RepeatPmt => TransactionType::RepeatPayment,
        LineKind::Other => TransactionType::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::line::Line;
    use domain::source_account::AccountDetails;
    use testkit::{NOON, TODAY, a_client, a_company, a_connection, a_line, amount, an_account};

    fn account_with(account_type: &str, currency: Option<&str>) -> SourceAccount {
        let details = AccountDetails {
            account_type: Some(account_type.to_owned()),
            currency: currency.map(|code| CurrencyCode::parse(code).unwrap()),
            ..AccountDetails::default()
        };
        let account = an_account(&a_connection(&a_company(a_client().id)), "a");
        SourceAccount { details, ..account }
    }

    fn kept(line: Line) -> KeptLine {
        KeptLine { position: 0, accepted_at: NOON, line }
    }

    #[test]
    fn each_kind_of_account_is_a_bank_account_of_its_type_or_a_card() {
        let bank_id = BankId::parse("999000001").unwrap();
        for (account_type, expected) in [
            ("checking", Some(AccountType::Checking)),
            ("prepaidCard", Some(AccountType::Checking)),
            ("savings", Some(AccountType::Savings)),
            ("money market", Some(AccountType::MoneyMarket)),
            ("loan", Some(AccountType::CreditLine)),
            ("creditCard", None),
        ] {
            let account = account_with(account_type, None);
            let from = account_from(&account, &bank_id);
            assert_eq!(from.acct_id(), account.public_number);
            let found = match from {
                AccountFrom::Bank { bank_id, acct_type, .. } => {
                    assert_eq!(bank_id, "999000001");
                    Some(acct_type)
                }
                AccountFrom::Card { .. } => None,
            };
            assert_eq!(found, expected, "{account_type}");
        }
    }

    #[test]
    fn an_unknown_currency_is_stated_as_dollars() {
        let stated = |currency| {
            let stated = StatedCurrency::of(&account_with("checking", currency));
            (stated.code.clone(), stated.amount(amount("1.5")).to_string())
        };
        assert_eq!(stated(None), ("USD".to_owned(), "1.50".to_owned()));
        assert_eq!(stated(Some("XXX")), ("USD".to_owned(), "1.50".to_owned()));
        assert_eq!(stated(Some("KWD")), ("KWD".to_owned(), "1.500".to_owned()));
    }

    #[test]
    fn every_kind_of_line_has_its_word() {
        for &kind in LineKind::ALL {
            let expected = match kind.name() {
                "Unknown" => "DEBIT".to_owned(),
                "SerChg" => "SRVCHG".to_owned(),
                name => name.to_uppercase(),
            };
            assert_eq!(transaction_type(Some(kind), amount("-1")).word(), expected);
        }
    }

    #[test]
    fn a_line_without_a_type_is_labelled_by_its_sign() {
        for (value, expected) in [("1", "CREDIT"), ("-1", "DEBIT"), ("0", "OTHER")] {
            assert_eq!(transaction_type(None, amount(value)).word(), expected);
        }
    }

    #[test]
    fn a_line_keeps_its_id_its_day_and_its_sign() {
        let line = a_line("T-0002", "2024-02-29T23:30:00-05:00", "-42.5");
        let currency = StatedCurrency::of(&account_with("checking", None));
        let shown = statement_line(&kept(line), &currency);
        assert_eq!((shown.fit_id.as_str(), shown.posted_on), ("T-0002", TODAY));
        assert_eq!(shown.amount.to_string(), "-42.50");
        assert_eq!(shown.name.as_deref(), Some("card payment T-0002"));
        assert_eq!((shown.memo, shown.check_number), (None, None));
    }

    #[test]
    fn the_other_side_is_the_memo_and_stands_in_for_a_missing_description() {
        let other = Some("Baker & Sons".to_owned());
        let line =
            Line { counterparty: Some("Baker & Sons".into()), ..a_line("1", "2024-02-29", "1") };
        let currency = StatedCurrency::of(&account_with("checking", None));
        let shown = statement_line(&kept(line.clone()), &currency);
        assert_eq!((shown.name.as_deref(), &shown.memo), (Some("card payment 1"), &other));
        let shown = statement_line(&kept(Line { description: None, ..line }), &currency);
        assert_eq!(shown.name, other);
    }
}
