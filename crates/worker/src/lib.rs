//! Lease, act, settle.
