//! The accounting platforms and their rules, as data. Applying the rules is push/judge.rs.

mod known;
mod profile;

pub use known::{
    EXACT, FREEAGENT, KNOWN, NETSUITE, QUICKBOOKS, QUICKBOOKS_HISTORY_DAYS_DEFAULT,
    QUICKBOOKS_HISTORY_DAYS_MAX, SAGE, XERO, find,
};
pub use profile::{History, Kinds, Need, PUSH_LINES_MAX, Profile, Profiles, Strictness};

use crate::query::{Kind, Property, PropertySpec, Queryable};

/// One accounting platform.
#[derive(Debug, PartialEq, Eq)]
pub struct Platform {
    /// Four letters: how callers name it.
    pub key: &'static str,
    /// How people name it.
    pub name: &'static str,
    /// The contract's class of it.
    pub source_type: SourceType,
    /// The contract's published ids.
    pub integration_id: &'static str,
    /// See `integration_id`.
    pub source_id: &'static str,
    /// Who carries lines to whom.
    pub delivery: Delivery,
    /// Where a source account meets an account of the books.
    pub mapping: AccountMapping,
    /// Its rules for a push.
    pub profile: Profile,
}

/// The contract's class of a platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceType {
    /// Accounting software with more to it than feeds.
    Accounting,
    /// A platform that only takes bank feeds.
    BankFeed,
}

impl SourceType {
    /// Every class.
    pub const ALL: [Self; 2] = [Self::Accounting, Self::BankFeed];

    /// The contract's name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Accounting => "Accounting",
            Self::BankFeed => "BankFeed",
        }
    }
}

/// Who carries lines to whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// The platform fetches from us.
    Pulled,
    /// We send to the platform.
    Sent,
}

/// Where a source account meets an account of the books.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountMapping {
    /// In the platform's own pages.
    Inside,
    /// By our API and pages.
    ByApi {
        /// Whether the platform tells about the organisation.
        with_information: bool,
    },
}

/// What lists of platforms can be filtered and ordered by.
pub const PLATFORM_PROPERTIES: &[PropertySpec] = &[
    PropertySpec::new("key", Kind::Text),
    PropertySpec::new("name", Kind::Text),
    PropertySpec::new("enabled", Kind::Bool),
    PropertySpec::new("sourceType", Kind::Text),
    PropertySpec::new("sourceId", Kind::Text),
    PropertySpec::new("integrationId", Kind::Text),
];

/// A platform as a server offers it.
#[derive(Clone, Copy, Debug)]
pub struct Offer {
    /// Which.
    pub platform: &'static Platform,
    /// Whether the server can talk with it.
    pub enabled: bool,
}

impl Queryable for Offer {
    fn property(&self, path: &str) -> Property<'_> {
        let platform = self.platform;
        match path {
            "key" => Property::Text(platform.key.into()),
            "name" => Property::Text(platform.name.into()),
            "enabled" => Property::Bool(self.enabled),
            "sourceType" => Property::Text(platform.source_type.name().into()),
            "sourceId" => Property::Text(platform.source_id.into()),
            "integrationId" => Property::Text(platform.integration_id.into()),
            _ => Property::Unknown,
        }
    }
}
