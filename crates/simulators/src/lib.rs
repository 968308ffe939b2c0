//! The platforms' part, played for evaluation and tests. Written from their documents; shares no code with the doors,
//! so that what it understands is a proof and not an echo.

pub mod quickbooks;
pub mod xero;

pub use quickbooks::{QuickBooks, router};
pub use xero::Xero;
