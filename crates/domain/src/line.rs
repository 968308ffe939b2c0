//! A line: one cleared transaction of a source account, as it was accepted.

use crate::dates::LineDate;
use crate::money::Amount;
use crate::query::{Kind, Property, PropertySpec, Queryable};
use jiff::Timestamp;

/// A text of a line. Most are so short that they take no memory of their own.
pub type Text = compact_str::CompactString;

/// OFX carries no longer one; it is the caller's id of a transaction.
pub const LINE_ID_CHARS_MAX: usize = 255;
/// The longest that any platform takes (Xero's description) for each text of a line.
pub const LINE_TEXT_CHARS_MAX: usize = 2_000;

/// One cleared transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The caller's id, unique within the account.
    pub id: Text,
    /// When it happened, in the account's own time.
    pub date: LineDate,
    /// Money in is positive.
    pub amount: Amount,
    /// The account's balance after it.
    pub balance: Option<Amount>,
    /// What it was.
    pub description: Option<Text>,
    /// Who the other side was.
    pub counterparty: Option<Text>,
    /// The payment's reference.
    pub reference: Option<Text>,
    /// Whether the caller reconciled it.
    pub reconciled: Option<bool>,
    /// Its type, as the platform will see it.
    pub kind: Option<LineKind>,
}

/// A [`Line`] that borrows its texts; its fields mean the same.
#[derive(Clone, Copy, Debug)]
pub struct LineRef<'a> {
    /// See [`Line::id`].
    pub id: &'a str,
    /// See [`Line::date`].
    pub date: LineDate,
    /// See [`Line::amount`].
    pub amount: Amount,
    /// See [`Line::balance`].
    pub balance: Option<Amount>,
    /// See [`Line::description`].
    pub description: Option<&'a str>,
    /// See [`Line::counterparty`].
    pub counterparty: Option<&'a str>,
    /// See [`Line::reference`].
    pub reference: Option<&'a str>,
    /// See [`Line::reconciled`].
    pub reconciled: Option<bool>,
    /// See [`Line::kind`].
    pub kind: Option<LineKind>,
}

/// A line with its place in the account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptLine {
    /// Counts the account's lines in the order of their arrival, from zero.
    pub position: u64,
    /// When it was accepted.
    pub accepted_at: Timestamp,
    /// The line.
    pub line: Line,
}

macro_rules! line_kinds {
    ($($kind:ident $name:literal,)*) => {
        /// The contract's types of a transaction.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum LineKind {
            $(
                #[doc = concat!("`", $name, "`")]
                $kind,
            )*
        }

        impl LineKind {
            /// Every type, in the contract's order; stores rely on it, so new ones go to the end.
            pub const ALL: &[Self] = &[$(Self::$kind,)*];

            /// The contract's name.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$kind => $name,)*
                }
            }
        }
    };
}

line_kinds! {
    Unknown "Unknown",
    Credit "Credit",
    Debit "Debit",
    Int "Int",
    Div "Div",
    Fee "Fee",
    SerChg "SerChg",
    Dep "Dep",
    Atm "Atm",
    Pos "Pos",
    Xfer "Xfer",
    Check "Check",
    Payment "Payment",
    Cash "Cash",
    DirectDep "DirectDep",
    DirectDebit "DirectDebit",
    RepeatPmt "RepeatPmt",
    Other "Other",
}

impl LineKind {
    /// The type of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }
}

/// What must agree for two lines of one id to be the same transaction; descriptions and balances may be improved later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The civil moment, without the suffix.
    pub date: LineDate,
    /// The amount, by value.
    pub amount: Amount,
    /// The type; one that is not told is unknown.
    pub kind: LineKind,
}

impl Identity {
    /// Whether both speak of the same transaction.
    pub fn agrees(&self, other: &Self) -> bool {
        self.date.same_moment(&other.date) && self.amount == other.amount && self.kind == other.kind
    }
}

impl Line {
    /// The line without its texts' ownership.
    pub fn lent(&self) -> LineRef<'_> {
        LineRef {
            id: &self.id,
            date: self.date,
            amount: self.amount,
            balance: self.balance,
            description: self.description.as_deref(),
            counterparty: self.counterparty.as_deref(),
            reference: self.reference.as_deref(),
            reconciled: self.reconciled,
            kind: self.kind,
        }
    }

    /// What identifies the transaction beside its id.
    pub fn identity(&self) -> Identity {
        Identity {
            date: self.date,
            amount: self.amount,
            kind: self.kind.unwrap_or(LineKind::Unknown),
        }
    }
}

/// What a list of lines can be asked for.
pub const LINE_PROPERTIES: &[PropertySpec] = &[
    PropertySpec::new("id", Kind::Text),
    PropertySpec::new("clearedOnDate", Kind::LocalDate),
    PropertySpec::new("date", Kind::LocalDate),
    PropertySpec::new("description", Kind::Text),
    PropertySpec::new("counterparty", Kind::Text),
    PropertySpec::new("reference", Kind::Text),
    PropertySpec::new("reconciled", Kind::Bool),
    PropertySpec::new("amount", Kind::Number),
    PropertySpec::new("balance", Kind::Number),
    PropertySpec::new("transactionType", Kind::Text),
    PropertySpec::new("modifiedDate", Kind::Moment),
    PropertySpec::new("sourceModifiedDate", Kind::Moment),
];

impl Queryable for KeptLine {
    fn property(&self, path: &str) -> Property<'_> {
        let line = &self.line;
        match path {
            "id" => line.id.as_str().into(),
            "clearedOnDate" | "date" => line.date.into(),
            "description" => line.description.as_deref().into(),
            "counterparty" => line.counterparty.as_deref().into(),
            "reference" => line.reference.as_deref().into(),
            "reconciled" => line.reconciled.unwrap_or(false).into(),
            "amount" => line.amount.into(),
            "balance" => line.balance.into(),
            "transactionType" => line.kind.map(LineKind::name).into(),
            "modifiedDate" | "sourceModifiedDate" => self.accepted_at.into(),
            _ => Property::Unknown,
        }
    }
}
