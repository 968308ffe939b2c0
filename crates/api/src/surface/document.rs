//! The OpenAPI documents, written from the table.
