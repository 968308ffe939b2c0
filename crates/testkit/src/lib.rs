//! What tests share: clocks that stand still, ids that repeat, builders, a PostgreSQL of their own.
