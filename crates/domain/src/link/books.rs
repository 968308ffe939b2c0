//! What stands on the platform's side: organisations, what is known of them, and the accounts that lines can go to.

use crate::money::CurrencyCode;
use crate::query::{Kind, Property, PropertySpec, Queryable};
use jiff::Timestamp;

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

impl TargetKind {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Bank, Self::CreditCard];

    /// How it is kept.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bank => "Bank",
            Self::CreditCard => "CreditCard",
        }
    }

    /// The kind of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The contract's class of such an account.
    pub const fn account_type(self) -> &'static str {
        match self {
            Self::Bank => "Debit",
            Self::CreditCard => "Credit",
        }
    }
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

/// The books, as they were read last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Books {
    /// When.
    pub read_at: Timestamp,
    /// Whose they are.
    pub company: Company,
    /// The active bank accounts and cards.
    pub targets: Vec<TargetAccount>,
    /// The accounts that feeds of ours lead to, whichever company of ours they belong to.
    pub fed: Vec<FedTarget>,
}

/// An account of the books that a feed of ours leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FedTarget {
    /// The platform's id of the account.
    pub target: String,
    /// The platform's id of the feed.
    pub feed: String,
    /// Our name for the feed, where the platform repeats it.
    pub token: Option<String>,
}

/// An account of the books in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedTarget {
    /// Which.
    pub account: TargetAccount,
    /// When it was read.
    pub read_at: Timestamp,
}

/// The contract's status of every account that is known here: the others are not read.
pub const TARGET_STATUS: &str = "Active";

/// What lists of the books' accounts can be filtered and ordered by.
pub const TARGET_PROPERTIES: &[PropertySpec] = &[
    PropertySpec::new("id", Kind::Text),
    PropertySpec::new("accountName", Kind::Text),
    PropertySpec::new("accountType", Kind::Text),
    PropertySpec::new("nominalCode", Kind::Text),
    PropertySpec::new("accountNumber", Kind::Text),
    PropertySpec::new("currency", Kind::Text),
    PropertySpec::new("status", Kind::Text),
    PropertySpec::new("modifiedDate", Kind::Moment),
];

impl Queryable for ListedTarget {
    fn property(&self, path: &str) -> Property<'_> {
        let account = &self.account;
        match path {
            "id" => account.id.as_str().into(),
            "accountName" => account.name.as_str().into(),
            "accountType" => account.kind.account_type().into(),
            "nominalCode" => account.code.as_deref().into(),
            "accountNumber" => account.number.as_deref().into(),
            "currency" => account.currency.to_string().into(),
            "status" => TARGET_STATUS.into(),
            "modifiedDate" => self.read_at.into(),
            _ => Property::Unknown,
        }
    }
}

impl Books {
    /// The accounts as a list shows them, in the platform's order.
    pub fn listed(&self) -> Vec<ListedTarget> {
        let list = |account: &TargetAccount| ListedTarget {
            account: account.clone(),
            read_at: self.read_at,
        };
        self.targets.iter().map(list).collect()
    }

    /// An account by the platform's id.
    pub fn target(&self, id: &str) -> Option<&TargetAccount> {
        self.targets.iter().find(|target| target.id == id)
    }

    /// Whether accounts in several currencies are kept: platforms do not say so of themselves.
    pub fn has_several_currencies(&self) -> bool {
        self.currencies().len() > 1
    }

    /// The currencies of the organisation and its accounts.
    pub fn currencies(&self) -> Vec<CurrencyCode> {
        let base = self.company.base_currency.into_iter();
        let mut all: Vec<_> =
            base.chain(self.targets.iter().map(|target| target.currency)).collect();
        all.sort_unstable_by_key(ToString::to_string);
        all.dedup();
        all
    }
}
