//! Source accounts: the client's bank accounts whose lines are fed.

mod account;
mod change;
mod door;
mod kind;

pub use account::{
    ACCOUNT_ID_CHARS_MAX, AccountDetails, AccountId, AccountIdError, AccountInfo, AccountPath,
    AccountStatus, PUBLIC_NUMBER_CHARS, RoutingInfo, Shape, SourceAccount, public_number,
};
pub use change::{AccountChange, ChangeRefused};
pub use door::FeedDoor;
pub use kind::{AccountKind, V2_TYPES};
