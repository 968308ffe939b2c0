//! The platforms that there are. A new one is one static and a place in the lists.

use super::{
    AccountMapping, Delivery, History, Kinds, Need, Platform, Profile, SourceType, Strictness,
};
use crate::line::LineKind;

/// The days that QuickBooks looks back unless configured: the figure of the push pages; the mapping page's 90 is the most.
pub const QUICKBOOKS_HISTORY_DAYS_DEFAULT: u32 = 7;
/// The most that QuickBooks takes.
pub const QUICKBOOKS_HISTORY_DAYS_MAX: u32 = 90;
/// Xero refuses what is older than a year.
const XERO_HISTORY_DAYS: u32 = 365;

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
    mapping: AccountMapping::Inside,
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
    mapping: AccountMapping::ByApi { with_information: true },
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
    mapping: AccountMapping::Inside,
    profile: Profile {
        not_before_newest: true,
        before_feed_start: Strictness::Ignore,
        ..SENT_AND_BALANCED
    },
};

/// FreeAgent. No source publishes an id of the integration: this one is ours.
pub static FREEAGENT: Platform = Platform {
    key: "fbrh",
    name: "FreeAgent",
    source_type: SourceType::Accounting,
    integration_id: "5f0d3b52-6c1e-4f6a-9a43-0d6a1c7e2b90",
    source_id: "3da57c23-a4fa-4bc8-8c02-a7a686ed8b36",
    delivery: Delivery::Sent,
    mapping: AccountMapping::ByApi { with_information: false },
    profile: Profile { balance: Need::Advised, ..SENT_AND_BALANCED },
};

/// Oracle NetSuite.
pub static NETSUITE: Platform = Platform {
    key: "akxx",
    name: "Oracle NetSuite",
    source_type: SourceType::Accounting,
    integration_id: "cc750323-5a47-4f28-8d8e-30fbbf2ce137",
    source_id: "9815b998-024d-4415-a40b-89903b2cad6f",
    delivery: Delivery::Sent,
    mapping: AccountMapping::ByApi { with_information: true },
    profile: SENT_AND_BALANCED,
};

/// Exact Online in the Netherlands. No source publishes an id of the integration: this one is ours.
pub static EXACT: Platform = Platform {
    key: "qudb",
    name: "Exact (Netherlands)",
    source_type: SourceType::Accounting,
    integration_id: "a2b7c4d1-93e8-4c55-8f0e-6b1d2e7f4a38",
    source_id: "bf8a9736-7133-4f03-bbde-d328714887c8",
    delivery: Delivery::Sent,
    mapping: AccountMapping::ByApi { with_information: false },
    profile: SENT_AND_BALANCED,
};

/// The platforms that the contract knows.
pub static KNOWN: [&Platform; 6] = [&QUICKBOOKS, &XERO, &SAGE, &FREEAGENT, &NETSUITE, &EXACT];

/// The platform of that key.
pub fn find(key: &str) -> Option<&'static Platform> {
    KNOWN.into_iter().find(|platform| platform.key == key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_four_letters_and_unique() {
        let all = KNOWN;
        let mut keys: Vec<_> = all.iter().map(|platform| platform.key).collect();
        assert!(keys.iter().all(|key| key.len() == 4));
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), all.len());
    }
}
