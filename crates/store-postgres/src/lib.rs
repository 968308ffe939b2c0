//! Millrace's store on PostgreSQL.
