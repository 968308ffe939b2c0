//! The JSON door: Codat-compatible operations, and ours under /ext/v1.
