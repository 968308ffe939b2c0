//! A statement: the balance of an account, and the transactions that led to it.

use jiff::civil::Date;

use crate::account::AccountFrom;
use crate::amount::Amount;
use crate::datetime::OfxDateTime;
use crate::message_set::TransactionKind;

/// `STMTRS` or `CCSTMTRS`, as the account has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// The account.
    pub account: AccountFrom,
    /// Three letters.
    pub currency: String,
    /// `None` when only balances were asked for; an empty list says that there are none.
    pub transactions: Option<TransactionList>,
    /// The balance after the last transaction that is known.
    pub ledger_balance: Balance,
    /// What can be spent.
    pub available_balance: Option<Balance>,
}

impl Statement {
    /// Its wrapper.
    pub fn kind(&self) -> TransactionKind {
        match self.account {
            AccountFrom::Bank { .. } => TransactionKind::bank_statement(),
            AccountFrom::Card { .. } => TransactionKind::card_statement(),
        }
    }
}

/// `BANKTRANLIST`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransactionList {
    /// Where the window that was really served begins.
    pub start: OfxDateTime,
    /// Where it ends: clients take it for the beginning of their next one.
    pub end: OfxDateTime,
    /// The transactions, in the order of the account.
    pub lines: Vec<StatementLine>,
}

/// `STMTTRN`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementLine {
    /// A label; the sign of the amount decides.
    pub transaction_type: TransactionType,
    /// The day in the account's books.
    pub posted_on: Date,
    /// Positive is money into the account.
    pub amount: Amount,
    /// The identity, from [`crate::fit_id`].
    pub fit_id: String,
    /// The number of a cheque, and of nothing else.
    pub check_number: Option<String>,
    /// A reference number.
    pub reference: Option<String>,
    /// Who paid or was paid. Only 32 characters fit: when it is longer, all of it goes in the memo.
    pub name: Option<String>,
    /// What it was for.
    pub memo: Option<String>,
}

/// `LEDGERBAL` or `AVAILBAL`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Balance {
    /// How much; for a card, negative when the customer owes.
    pub amount: Amount,
    /// When.
    pub as_of: OfxDateTime,
}

macro_rules! transaction_types {
    ($($variant:ident = $word:literal;)+) => {
        /// `TRNTYPE`
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum TransactionType {
            $(#[doc = concat!("`", $word, "`")] $variant,)+
        }

        impl TransactionType {
            /// Every type there is.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The word on the wire.
            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }
        }
    };
}

transaction_types! {
    Credit = "CREDIT";
    Debit = "DEBIT";
    Interest = "INT";
    Dividend = "DIV";
    Fee = "FEE";
    ServiceCharge = "SRVCHG";
    Deposit = "DEP";
    CashMachine = "ATM";
    PointOfSale = "POS";
    Transfer = "XFER";
    Check = "CHECK";
    Payment = "PAYMENT";
    Cash = "CASH";
    DirectDeposit = "DIRECTDEP";
    DirectDebit = "DIRECTDEBIT";
    RepeatPayment = "REPEATPMT";
    Other = "OTHER";
}

impl TransactionType {
    /// The type of this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|transaction_type| transaction_type.word() == word)
    }
}
