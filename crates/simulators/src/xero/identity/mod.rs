//! Who may do what: the consent page, tokens, and which organisations are connected to the app.

mod authorize;
mod callback;
mod client;
mod connection;
mod form;
mod grant;
mod jwt;
mod page;
mod pkce;
mod token;

pub(crate) use authorize::{consent, show_consent};
pub(crate) use connection::{Connection, delete_connection, list_connections};
pub(crate) use grant::Grants;
pub(crate) use token::{discovery, revoke, token};
