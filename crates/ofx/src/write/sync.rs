//! An empty history, and the refusal of what came along with its request.

use super::emit::Emitter;
use super::write_message;
use crate::limits::Limits;
use crate::response::SyncResponse;
use crate::tree::Element;

pub(super) fn write(out: &mut Emitter, sync: &SyncResponse) {
    let tag = format!("{}SYNCRS", sync.kind.stem());
    out.aggregate(&tag, |out| {
        out.text("TOKEN", &sync.token, 10);
        out.plain("LOSTSYNC", "N");
        if let Some(account) = &sync.account {
            write_element(out, &tag, account);
        }
        sync.refusals.iter().for_each(|refusal| write_message(out, refusal));
    });
}

/// Recursion is safe: the reader bounds the depth of an element.
fn write_element(out: &mut Emitter, parent: &str, element: &Element) {
    let (name, value) = (&element.name, &element.value);
    if !element.children.is_empty() {
        out.aggregate(name, |out| {
            element.children.iter().for_each(|child| write_element(out, name, child));
        });
    } else if name == parent {
        out.closed_text(name, value, Limits::REQUEST.value_bytes);
    } else {
        out.text(name, value, Limits::REQUEST.value_bytes);
    }
}
