//! What is wrong with a query. The texts begin as the API's contract says, capital letters and all,
//! because clients match on them.

use super::parser::{GROUP_DEPTH_MAX, QUERY_CHARS_MAX};
use super::property::Kind;

/// A query that cannot be answered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    /// The text is not of the language, or compares what cannot be compared.
    #[error("Error parsing query - Malformed query: {0}")]
    Malformed(#[from] Malformed),
    /// The things in the list have no such property.
    #[error(
        "Error parsing query - Could not resolve property {property} on {type_name}: it has {known}"
    )]
    Unresolved {
        /// The name as the client wrote it.
        property: Box<str>,
        /// What the list holds, by its name on the wire.
        type_name: Box<str>,
        /// The names that there are.
        known: Box<str>,
    },
}

/// How a query is malformed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// The text is longer than the contract allows.
    #[error("longer than {QUERY_CHARS_MAX} characters")]
    TooLong,
    /// Groups within groups beyond what anyone reads.
    #[error("more than {GROUP_DEPTH_MAX} groups within each other")]
    TooDeep,
    /// Where a clause should be, there is none with an operator.
    #[error("no operator in {0:?}")]
    NoOperator(Box<str>),
    /// `!` is only known as the start of `!=`.
    #[error("'!' without '=' after {0:?}")]
    LoneExclamationMark(Box<str>),
    /// A clause starts with its operator.
    #[error("no property before {0:?}")]
    NoProperty(&'static str),
    /// Nothing, or another operator, follows the operator. An empty value is written `""`.
    #[error("no value after {property}{operator}")]
    NoValue {
        /// The name as the client wrote it.
        property: Box<str>,
        /// The operator that is left alone.
        operator: &'static str,
    },
    /// A quoted value does not end.
    #[error("quote is not closed")]
    OpenQuote,
    /// In quotes, a backslash stands only before a quote or a backslash.
    #[error("unknown escape \\{0}")]
    UnknownEscape(char),
    /// A `{` without its `}`.
    #[error("group is not closed")]
    OpenGroup,
    /// Text where the query, or one of its groups, should go on or end.
    #[error("unexpected {0:?}")]
    Unexpected(Box<str>),
    /// The operator has no meaning for the kind of the property.
    #[error("operator {operator} does not apply to {property}, a {kind}")]
    OperatorMismatch {
        /// The operator.
        operator: &'static str,
        /// The property, as it is spelt in the contract.
        property: Box<str>,
        /// What the property holds.
        kind: Kind,
    },
    /// The value cannot be a value of the property.
    #[error("{value:?} is not a {kind}, as {property} is")]
    ValueMismatch {
        /// The value as the client wrote it.
        value: Box<str>,
        /// The property, as it is spelt in the contract.
        property: Box<str>,
        /// What the property holds.
        kind: Kind,
    },
}
