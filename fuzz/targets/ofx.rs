//! The fuzzer's door to the check of this name.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz_checks::check("ofx", bytes));
