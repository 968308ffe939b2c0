//! Answers to bytes. The order of elements is the grammar's; both forms have the same.

mod account;
mod emit;
mod profile;
mod sign_on;
mod statement;
mod sync;
mod text;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_round_trip;

use crate::message_set::MessageSet;
use crate::request::Trn;
use crate::response::{Response, ResponseMessage};
use crate::status::Status;

use emit::Emitter;

/// A transaction's identity and cookie are echoed as they came, up to this length.
const ECHO_CHARS_MAX: usize = 255;

/// Writes an answer: sets in the order of the grammar, answers inside a set in ours.
pub fn write_response(response: &Response) -> Vec<u8> {
    let mut emitter = Emitter::new(response.header);
    emitter.aggregate("OFX", |out| {
        for &set in MessageSet::ALL {
            write_set(out, response, set);
        }
    });
    emitter.finish()
}

fn write_set(out: &mut Emitter, response: &Response, set: MessageSet) {
    let mut messages = response.messages.iter().filter(|message| message.set() == set).peekable();
    if set != MessageSet::SignOn && messages.peek().is_none() {
        return;
    }
    out.aggregate(&set.response_tag(), |out| {
        if set == MessageSet::SignOn {
            sign_on::write(out, &response.sign_on);
        }
        messages.for_each(|message| write_message(out, message));
    });
}

fn write_message(out: &mut Emitter, message: &ResponseMessage) {
    match message {
        ResponseMessage::Profile { trn, profile } => {
            wrapper(out, "PROFTRNRS", trn, &Status::SUCCESS, |out| profile::write(out, profile));
        }
        ResponseMessage::AccountInfo { trn, info } => {
            wrapper(out, "ACCTINFOTRNRS", trn, &Status::SUCCESS, |out| account::write(out, info));
        }
        ResponseMessage::Statement { trn, statement } => {
            let tag = statement.kind().response_tag();
            wrapper(out, &tag, trn, &Status::SUCCESS, |out| statement::write(out, statement));
        }
        ResponseMessage::StatusOnly { trn, kind, status } => {
            wrapper(out, &kind.response_tag(), trn, status, |_| {});
        }
        ResponseMessage::Sync(sync) => sync::write(out, sync),
    }
}

fn wrapper(
    out: &mut Emitter,
    tag: &str,
    trn: &Trn,
    status: &Status,
    content: impl FnOnce(&mut Emitter),
) {
    out.aggregate(tag, |out| {
        out.text("TRNUID", &trn.uid, ECHO_CHARS_MAX);
        write_status(out, status);
        out.optional("CLTCOOKIE", trn.client_cookie.as_deref(), ECHO_CHARS_MAX);
        content(out);
    });
}

fn write_status(out: &mut Emitter, status: &Status) {
    out.aggregate("STATUS", |out| {
        out.plain("CODE", status.code.number());
        out.plain("SEVERITY", status.code.severity().word());
        out.optional("MESSAGE", status.message.as_deref(), 255);
    });
}
