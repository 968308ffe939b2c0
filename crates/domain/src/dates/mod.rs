//! Civil dates as clients write them, and the stamps the server makes. Time zones are left out on
//! purpose: a transaction's date is a day in the books, not a moment of the world.

mod calendar;
mod error;
mod line_date;
mod suffix;

pub use calendar::{parse_date, stamp};
pub use error::DateError;
pub use line_date::LineDate;
pub use suffix::{OffsetText, Suffix};
