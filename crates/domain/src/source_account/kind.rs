//! What sort of account it is, read from the caller's words.

use super::AccountDetails;

/// The contract's closed list for v2 accounts.
pub const V2_TYPES: [&str; 5] = ["checking", "savings", "loan", "creditCard", "prepaidCard"];

/// What sort of account: decides how OFX shows it and which targets fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AccountKind {
    /// Current, prepaid, e-money, and whatever is not known better.
    Checking,
    /// Savings.
    Savings,
    /// Money market.
    MoneyMarket,
    /// Loan, mortgage, line of credit.
    CreditLine,
    /// Credit or charge card.
    Card,
}

impl AccountKind {
    /// Reads the kind from the caller's account type, which v1 leaves free.
    pub fn of(details: &AccountDetails) -> Self {
        let text = details.account_type.as_deref().unwrap_or_default();
        let word: String = text
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .map(|c| c.to_ascii_lowercase())
            .collect();
        match word.as_str() {
            "credit" | "creditcard" | "chargecard" => Self::Card,
            "savings" | "saving" => Self::Savings,
            "moneymarket" | "moneymrkt" => Self::MoneyMarket,
            "loan" | "mortgage" | "creditline" | "lineofcredit" => Self::CreditLine,
            _ => Self::Checking,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_read_whatever_their_spelling() {
        let kind = |text: &str| {
            AccountKind::of(&AccountDetails {
                account_type: Some(text.to_owned()),
                ..Default::default()
            })
        };
        assert_eq!(kind("Credit"), AccountKind::Card);
        assert_eq!(kind("creditCard"), AccountKind::Card);
        assert_eq!(kind("Charge card"), AccountKind::Card);
        assert_eq!(kind("Debit"), AccountKind::Checking);
        assert_eq!(kind("prepaidCard"), AccountKind::Checking);
        assert_eq!(kind("savings"), AccountKind::Savings);
        assert_eq!(kind("line of credit"), AccountKind::CreditLine);
        assert_eq!(AccountKind::of(&AccountDetails::default()), AccountKind::Checking);
    }
}
