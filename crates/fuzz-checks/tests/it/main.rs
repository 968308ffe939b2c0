//! The corpora, checked without a fuzzer.
#![expect(clippy::unwrap_used, reason = "a corpus that cannot be read is a failing test")]

mod corpora;
