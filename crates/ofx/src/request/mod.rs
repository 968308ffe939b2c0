//! What clients ask. Whether they may, and what the answer is, the server decides.

mod message;
mod sign_on;
mod sync;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_clients;

use crate::error::ReadError;
use crate::header::Header;
use crate::limits::Limits;
use crate::message_set::MessageSet;
use crate::tree::{Element, read_document};

pub use message::{RequestMessage, Trn, Window};
pub use sign_on::{ANONYMOUS, Credentials, Fi, SignOn};
pub use sync::SyncRequest;

/// A file that a client sent.
#[derive(Debug, Clone)]
pub struct Request {
    /// Its header, which the answer echoes.
    pub header: Header,
    /// Who asks. One client leaves it out when it has no password at hand.
    pub sign_on: Option<SignOn>,
    /// What is asked, in the order of the file.
    pub messages: Vec<RequestMessage>,
}

/// Reads a request. Only bytes that are not OFX are an error; a request that makes no sense is
/// read as it is, for the server to answer with a status.
pub fn read_request(bytes: &[u8]) -> Result<Request, ReadError> {
    let document = read_document(bytes, &Limits::REQUEST)?;
    let sign_on_set = document.root.child("SIGNONMSGSRQV1");
    let sign_on = sign_on_set.and_then(|set| set.child("SONRQ")).map(SignOn::of_element);
    let messages = document.root.children.iter().flat_map(messages_of_set).collect();
    Ok(Request { header: document.header, sign_on, messages })
}

/// The transactions in a set; none in a set that is not known, such as those of version 2.
fn messages_of_set(element: &Element) -> Vec<RequestMessage> {
    let Some(set) = MessageSet::of_request_tag(&element.name) else { return Vec::new() };
    element.children.iter().filter_map(|wrapper| RequestMessage::of_element(set, wrapper)).collect()
}
