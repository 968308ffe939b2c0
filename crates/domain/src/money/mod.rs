//! Money on the wire and in the books: exact decimals and currency codes. Converting between
//! currencies, and rounding, happen nowhere in Millrace.

mod amount;
mod arithmetic;
mod currency;
mod literal;

pub use amount::{Amount, AmountError, DIGITS_MAX, SCALE_MAX};
pub use currency::{CurrencyCode, CurrencyError};
