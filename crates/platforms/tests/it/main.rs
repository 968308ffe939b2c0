//! The adapters against the platforms that they adapt, as simulators play them.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a surprise fails the test")]
#![expect(clippy::disallowed_methods, reason = "the customer has an HTTP client of their own")]

mod xero;
