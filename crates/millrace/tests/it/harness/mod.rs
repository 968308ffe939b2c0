//! A server of one's own for each test, a caller with a key, and conditions to wait for.

mod bank;
mod books;
mod caller;
mod consent;
mod contract;
mod ofx;
mod prism;
mod process;
mod program;
mod server;
mod sink;
mod store;
mod time;
mod tls;
mod xero;

pub(crate) use bank::{BANK_AUTHORIZATION, Bank};
pub(crate) use books::{Books, a_line, a_linked_account, link_account, text};
pub(crate) use caller::{Caller, Reply};
pub(crate) use consent::Consent;
pub(crate) use contract::{tightened, xero_contract};
pub(crate) use ofx::{OfxCaller, statement, values};
pub(crate) use prism::Prism;
pub(crate) use process::Process;
pub(crate) use program::{Said, Sandbox, environment, grammar, node_packages, ofxtools};
pub(crate) use server::{Database, Home, Server, ServerOptions, millrace};
pub(crate) use sink::{Heard, Sink};
pub(crate) use store::{open_store, open_store_of};
pub(crate) use time::{days_ago, today, wait_for};
pub(crate) use tls::TestCa;
pub(crate) use xero::{MachineClock, XERO_CLIENT_ID, XERO_CLIENT_SECRET, XeroGrant, XeroSimulator};

/// Makes a test of `$story` for each database.
macro_rules! on_both {
    ($($(#[$meta:meta])* $story:ident;)*) => {
        mod on_sqlite {
            $(
                $(#[$meta])*
                #[tokio::test]
                async fn $story() {
                    super::$story(crate::harness::Database::Sqlite).await;
                }
            )*
        }
        mod on_postgres {
            $(
                $(#[$meta])*
                #[tokio::test]
                async fn $story() {
                    super::$story(crate::harness::Database::Postgres).await;
                }
            )*
        }
    };
}
pub(crate) use on_both;
