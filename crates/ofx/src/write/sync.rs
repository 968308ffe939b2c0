//! An empty history, and the refusal of what came along with its request.

use super::emit::Emitter;
use super::write_message;
use crate::limits::Limits;
use crate::response::SyncResponse;
use crate::tree::Element;

pub(super) fn write(out: &mut Emitter, sync: &SyncResponse) {
    out.aggregate(&format!("{}SYNCRS", sync.kind.stem()), |out| {
        out.text("TOKEN", &sync.token, 10);
        out.plain("LOSTSYNC", "N");
        if let Some(account) = &sync.account {
            write_element(out, account);
        }
        sync.refusals.iter().for_each(|refusal| write_message(out, refusal));
    });
}

/// Recursion is safe: the reader bounds the depth of an element.
fn write_element(out: &mut Emitter, element: &Element) {
    if element.children.is_empty() {
        out.text(&element.name, &element.value, Limits::REQUEST.value_bytes);
    } else {
        out.aggregate(&element.name, |out| {
            element.children.iter().for_each(|child| write_element(out, child));
        });
    }
}
