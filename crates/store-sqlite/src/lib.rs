//! Millrace's store on SQLite: one writer that commits many requests together, many readers.
