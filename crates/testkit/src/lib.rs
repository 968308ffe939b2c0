//! What tests share: clocks that stand still, ids that repeat, builders, a PostgreSQL of their own.
#![expect(clippy::unwrap_used, reason = "a fixture that cannot be made is a failing test")]

mod builders;
mod clock;
mod dice;
mod ids;
mod lines;
mod postgres;
mod processes;
pub mod xero_weather;

pub use builders::{
    a_client, a_company, a_connection, a_consumer, a_credential, a_fetch, a_lease_request,
    a_v2_account, amount, an_account, an_account_path, an_api_key, an_intake, an_opening,
};
pub use clock::{ManualClock, NOON, TODAY, noon_plus};
pub use dice::Dice;
pub use ids::{SeededIds, a_uuid};
pub use lines::{a_draft, a_draft_of, a_line};
pub use postgres::PostgresCluster;
pub use processes::wait_until;
