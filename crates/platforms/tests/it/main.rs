//! The adapters against the platforms that they adapt, as simulators play them.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a surprise fails the test")]

mod xero;
