//! The accounting platforms and their rules, as data. Applying the rules is push/judge.rs.

use crate::line::LineKind;

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

/// The rules of one platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Profile {
    /// A description must be there.
    pub description: Need,
    /// A balance must be there.
    pub balance: Need,
    /// Lines of one push must be in order of their dates.
    pub ordered: bool,
    /// Lines must not be older than the newest line kept.
    pub not_before_newest: bool,
    /// How far back a line may lie.
    pub history: History,
    /// What a line before the feed's first day means.
    pub before_feed_start: Strictness,
    /// The types that the platform knows; others are kept as unknown.
    pub kinds: Kinds,
}

/// Whether a field must be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Refused without it.
    Required,
    /// A warning without it.
    Advised,
    /// May be left out.
    Optional,
}

/// How far back a line may lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum History {
    /// As far as the caller likes.
    Unlimited,
    /// So many days before today.
    Days(u32),
}

/// What breaking a rule means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strictness {
    /// Nothing.
    Ignore,
    /// A warning on the line.
    Warn,
    /// The push is refused.
    Refuse,
}

/// The types that a platform knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kinds {
    /// All of the contract's.
    All,
    /// Only these; another is kept as `Unknown`, with a warning.
    Only(&'static [LineKind]),
}

/// The days that QuickBooks looks back unless configured: the figure of the push pages; the mapping page's 90 is the most.
pub const QUICKBOOKS_HISTORY_DAYS_DEFAULT: u32 = 7;
/// The most that QuickBooks takes.
pub const QUICKBOOKS_HISTORY_DAYS_MAX: u32 = 90;
/// Xero refuses what is older than a year.
const XERO_HISTORY_DAYS: u32 = 365;
/// Every platform's limit for one push.
pub const PUSH_LINES_MAX: usize = 1_000;

const SENT_AND_BALANCED: Profile = Profile {
    description: Need::Optional,
    balance: Need::Required,
    ordered: true,
    not_before_newest: false,
    history: History::Unlimited,
    before_feed_start: Strictness::Warn,
    kinds: Kinds::All,
};

/// QuickBooks Online: fetches from us by OFX.
pub static QUICKBOOKS: Platform = Platform {
    key: "hcws",
    name: "QuickBooks Online Bank Feeds",
    source_type: SourceType::BankFeed,
    integration_id: "6b113e06-e818-45d7-977b-8e6bb3d01269",
    source_id: "56e6575a-3f1f-4918-b009-f7535555f0d6",
    delivery: Delivery::Pulled,
    profile: Profile {
        description: Need::Required,
        balance: Need::Advised,
        ordered: true,
        not_before_newest: true,
        history: History::Days(QUICKBOOKS_HISTORY_DAYS_DEFAULT),
        before_feed_start: Strictness::Refuse,
        kinds: Kinds::Only(&[LineKind::Credit, LineKind::Debit, LineKind::Unknown]),
    },
};

/// Xero.
pub static XERO: Platform = Platform {
    key: "gbol",
    name: "Xero",
    source_type: SourceType::Accounting,
    integration_id: "0f20c943-12d0-4800-9f6c-d218f62d494c",
    source_id: "8a156a5a-39cb-4f9d-856e-76ef9b9a9607",
    delivery: Delivery::Sent,
    profile: Profile { history: History::Days(XERO_HISTORY_DAYS), ..SENT_AND_BALANCED },
};

/// Sage.
pub static SAGE: Platform = Platform {
    key: "olpr",
    name: "SageBankFeed",
    source_type: SourceType::BankFeed,
    integration_id: "2ce41026-589a-4330-8bfc-a30672253cd9",
    source_id: "98432954-a4fa-4640-a685-3af56909002a",
    delivery: Delivery::Sent,
    profile: Profile {
        not_before_newest: true,
        before_feed_start: Strictness::Ignore,
        ..SENT_AND_BALANCED
    },
};

/// The platforms with which this version can talk. A platform is added here when it can be delivered to.
pub static PLATFORMS: [&Platform; 1] = [&QUICKBOOKS];

/// The platform of that key, if this version can talk with it.
pub fn find(key: &str) -> Option<&'static Platform> {
    PLATFORMS.into_iter().find(|platform| platform.key == key)
}

/// The rules in force: those of the platforms, with what the operator configured.
#[derive(Clone, Debug)]
pub struct Profiles(Vec<(&'static str, Profile)>);

impl Profiles {
    /// Every platform's own rules.
    pub fn standard() -> Self {
        Self(PLATFORMS.into_iter().map(|platform| (platform.key, platform.profile)).collect())
    }

    /// The same, but with `profile` for `platform`.
    #[must_use]
    pub fn with(mut self, platform: &Platform, profile: Profile) -> Self {
        self.0.retain(|(key, _)| *key != platform.key);
        self.0.push((platform.key, profile));
        self
    }

    /// The rules in force for `platform`.
    pub fn of(&self, platform: &Platform) -> Profile {
        let found = self.0.iter().find(|(key, _)| *key == platform.key);
        found.map_or(platform.profile, |(_, profile)| *profile)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_four_letters_and_unique() {
        let all = [&QUICKBOOKS, &XERO, &SAGE];
        let mut keys: Vec<_> = all.iter().map(|platform| platform.key).collect();
        assert!(keys.iter().all(|key| key.len() == 4));
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), all.len());
    }
}
