//! What stands on the platform's side: organisations, what is known of them, and the accounts that lines can go to.

use domain::money::CurrencyCode;

/// An organisation that a user lets us into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organisation {
    /// What calls name it by.
    pub id: String,
    /// What ending its connection names it by.
    pub connection: String,
    /// What people call it.
    pub name: String,
}

/// What is known of an organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Company {
    /// What people call it.
    pub name: String,
    /// What its books are kept in.
    pub base_currency: Option<CurrencyCode>,
    /// ISO 3166, two letters.
    pub country: Option<String>,
    /// Whether it is only for trying things out.
    pub is_demo: bool,
}

/// Which kind of account a feed is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TargetKind {
    /// A bank account.
    Bank,
    /// A credit card.
    CreditCard,
}

/// An account of the books that lines can go to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetAccount {
    /// The platform's id.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Its place in the chart of accounts.
    pub code: Option<String>,
    /// The bank's number of it.
    pub number: Option<String>,
    /// Which kind.
    pub kind: TargetKind,
    /// What it is kept in.
    pub currency: CurrencyCode,
}
