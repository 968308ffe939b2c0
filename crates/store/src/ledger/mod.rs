//! How the lines of an account are kept.
