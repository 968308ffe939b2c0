//! How the simulator behaves when nothing goes wrong: delays, duplicates, consent, limits. All of it is the control
//! API's to change.

use serde::{Deserialize, Serialize};

/// What can be set, as the control API reads and shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct Settings {
    /// How long a statement is PENDING.
    pub(crate) delivery_secs: u32,
    /// How long a feed connection is PENDING, and how long one takes to go.
    pub(crate) feed_secs: u32,
    /// When a duplicate statement is noticed.
    pub(crate) duplicates: Duplicates,
    /// What the user says on the consent page.
    pub(crate) consent: Consent,
    /// Where a browser may come back to; anywhere that Xero's rules allow while it is empty.
    pub(crate) redirect_uris: Vec<String>,
    pub(crate) limits: Limits,
}

/// When a duplicate statement is noticed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Duplicates {
    /// At once, by 409.
    Immediate,
    /// At delivery: PENDING becomes REJECTED.
    Late,
}

/// What the user says on the consent page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Consent {
    /// There is a page, and somebody has to press a button.
    Ask,
    /// Yes, for the first organisation, without a page.
    Allow,
    /// No, without a page.
    Deny,
}

/// How much may be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct Limits {
    /// Of one tenant at once.
    pub(crate) concurrent: u32,
    /// Of one tenant in a minute.
    pub(crate) minute: u32,
    /// Of one tenant in a day.
    pub(crate) day: u32,
    /// Of all tenants in a minute.
    pub(crate) app_minute: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            delivery_secs: 2,
            feed_secs: 1,
            duplicates: Duplicates::Immediate,
            consent: Consent::Ask,
            redirect_uris: Vec::new(),
            limits: Limits::default(),
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self { concurrent: 5, minute: 60, day: 5_000, app_minute: 10_000 }
    }
}
