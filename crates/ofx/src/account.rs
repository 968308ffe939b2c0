//! How OFX names an account. Which of ours it is, the server finds out.

use crate::error::ReadError;
use crate::tree::Element;

/// The five kinds of bank account that the grammar knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AccountType {
    /// Current accounts, and whatever is used like one.
    Checking,
    /// Savings.
    Savings,
    /// Money market.
    MoneyMarket,
    /// Loans and lines of credit.
    CreditLine,
    /// Certificates of deposit.
    Deposit,
}

impl AccountType {
    /// Every type there is.
    pub const ALL: [Self; 5] =
        [Self::Checking, Self::Savings, Self::MoneyMarket, Self::CreditLine, Self::Deposit];

    /// The word on the wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::Checking => "CHECKING",
            Self::Savings => "SAVINGS",
            Self::MoneyMarket => "MONEYMRKT",
            Self::CreditLine => "CREDITLINE",
            Self::Deposit => "CD",
        }
    }

    /// The type of this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|account_type| account_type.word() == word)
    }
}

/// An account in a request or an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccountFrom {
    /// `BANKACCTFROM`
    Bank {
        /// The institution, at most 9 characters.
        bank_id: String,
        /// The branch, at most 22 characters.
        branch_id: Option<String>,
        /// The account, at most 22 characters.
        acct_id: String,
        /// Its kind.
        acct_type: AccountType,
    },
    /// `CCACCTFROM`
    Card {
        /// The account, at most 22 characters.
        acct_id: String,
    },
}

impl AccountFrom {
    /// The account's number, of whatever kind it is.
    pub fn acct_id(&self) -> &str {
        match self {
            Self::Bank { acct_id, .. } | Self::Card { acct_id } => acct_id,
        }
    }

    /// What a client asks for. People type anything here, so nothing is required: an absent number
    /// reads as empty and is then not found, and an unknown type reads as `CHECKING`.
    pub(crate) fn bank_of_request(element: Option<&Element>) -> Self {
        let owned = |name| element.and_then(|element| element.owned(name));
        let word = element.and_then(|element| element.text("ACCTTYPE"));
        Self::Bank {
            bank_id: owned("BANKID").unwrap_or_default(),
            branch_id: owned("BRANCHID"),
            acct_id: owned("ACCTID").unwrap_or_default(),
            acct_type: word.and_then(AccountType::from_word).unwrap_or(AccountType::Checking),
        }
    }

    pub(crate) fn card_of_request(element: Option<&Element>) -> Self {
        let acct_id = element.and_then(|element| element.owned("ACCTID")).unwrap_or_default();
        Self::Card { acct_id }
    }

    pub(crate) fn bank_of_response(element: &Element) -> Result<Self, ReadError> {
        Ok(Self::Bank {
            bank_id: element.need_text("BANKID")?.to_owned(),
            branch_id: element.owned("BRANCHID"),
            acct_id: element.need_text("ACCTID")?.to_owned(),
            acct_type: element.parse("ACCTTYPE", AccountType::from_word)?,
        })
    }

    pub(crate) fn card_of_response(element: &Element) -> Result<Self, ReadError> {
        Ok(Self::Card { acct_id: element.need_text("ACCTID")?.to_owned() })
    }
}
