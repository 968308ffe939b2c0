//! The rules of a platform for a push, as data: the judge applies them, and callers are told them from the same table.

use super::Platform;
use super::known::KNOWN;
use crate::line::LineKind;

/// Every platform's limit for one push.
pub const PUSH_LINES_MAX: usize = 1_000;

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

impl Kinds {
    /// Whether it is one of them.
    pub fn has(self, kind: LineKind) -> bool {
        match self {
            Self::All => true,
            Self::Only(kinds) => kinds.contains(&kind),
        }
    }
}

/// The rules in force: those of the platforms, with what the operator configured.
#[derive(Clone, Debug)]
pub struct Profiles(Vec<(&'static str, Profile)>);

impl Profiles {
    /// Every platform's own rules.
    pub fn standard() -> Self {
        Self(KNOWN.into_iter().map(|platform| (platform.key, platform.profile)).collect())
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
