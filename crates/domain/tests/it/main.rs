//! The domain as the other crates see it: the judge's rules by example and by property.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod court;
mod judge_properties;
mod judge_rules;
