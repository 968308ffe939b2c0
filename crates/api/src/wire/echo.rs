//! The answer to a push, which repeats what was pushed with what was left out filled in. It is as long as the push was,
//! so it is written field by field, with no value of another shape on the way.

use super::OperationShape;
use domain::line::LineKind;
use domain::push::{DraftLine, PushDraft};
use domain::source_account::AccountId;
use std::fmt::Display;
use std::io::Write as _;

/// What an operation takes beside its echo, to ask for memory once.
const OPERATION_BYTES_USUAL: usize = 1024;

/// What was pushed stands first in the answer, so that it can be written while the lines are still at hand, and straight
/// to where it is sent from.
#[derive(Debug)]
pub(crate) struct Echo(Pen);

impl Echo {
    /// Of a list of lines; `bytes` is how long they were, which is nearly how long they will be.
    pub(crate) fn of_lines(
        account: &AccountId,
        draft: &PushDraft,
        bytes: usize,
    ) -> serde_json::Result<Self> {
        let mut pen = Pen::begin(account, bytes)?;
        pen.write(",\"transactions\":[");
        for (index, line) in draft.lines.iter().enumerate() {
            pen.write(if index == 0 { "{" } else { ",{" });
            pen.text_before("\"id\":", line.id.as_deref())?;
            pen.date_before("\"date\":", line);
            pen.rest(line)?;
        }
        pen.write("]}");
        Ok(Self(pen))
    }

    /// Of the one flat line that the first library sends, and wants to see again.
    pub(crate) fn of_flat_line(account: &AccountId, line: &DraftLine) -> serde_json::Result<Self> {
        let mut pen = Pen::begin(account, 0)?;
        pen.write(",");
        pen.date_before("\"clearedOnDate\":", line);
        pen.text_before("\"id\":", line.id.as_deref())?;
        pen.rest(line)?;
        Ok(Self(pen))
    }

    /// The whole answer, now that it is known what becomes of the push.
    pub(crate) fn answer(self, operation: &OperationShape) -> serde_json::Result<Vec<u8>> {
        let Self(Pen(mut text)) = self;
        let mut operation = serde_json::to_vec(operation)?;
        // Its opening brace is the answer's already.
        if let Some(brace) = operation.first_mut() {
            *brace = b',';
        }
        text.append(&mut operation);
        Ok(text)
    }
}

/// Writes JSON at the end of a text. A field brings its comma before or after itself, as its method says.
#[derive(Debug)]
struct Pen(Vec<u8>);

impl Pen {
    fn begin(account: &AccountId, bytes: usize) -> serde_json::Result<Self> {
        // A line that does not tell whether it is reconciled is answered with that.
        let bytes = bytes.saturating_add(bytes >> 3).saturating_add(OPERATION_BYTES_USUAL);
        let mut pen = Self(Vec::with_capacity(bytes));
        pen.write("{\"data\":{\"accountId\":");
        pen.text(account.as_str())?;
        Ok(pen)
    }

    /// What every line has after its id and its date, and its end.
    fn rest(&mut self, line: &DraftLine) -> serde_json::Result<()> {
        self.text_before("\"description\":", line.description.as_deref())?;
        self.text_before("\"counterparty\":", line.counterparty.as_deref())?;
        self.text_before("\"reference\":", line.reference.as_deref())?;
        let is_reconciled = line.reconciled.unwrap_or(false);
        self.write(if is_reconciled { "\"reconciled\":true" } else { "\"reconciled\":false" });
        for (name, amount) in [(",\"amount\":", line.amount), (",\"balance\":", line.balance)] {
            if let Some(amount) = amount {
                self.write(name);
                amount.append_to(&mut self.0);
            }
        }
        if let Some(kind) = line.kind.map(LineKind::name) {
            self.write(",\"transactionType\":");
            self.text(kind)?;
        }
        self.write("}");
        Ok(())
    }

    fn date_before(&mut self, name: &str, line: &DraftLine) {
        if let Some(date) = line.date {
            self.write(name);
            self.write("\"");
            self.show(date);
            self.write("\",");
        }
    }

    fn text_before(&mut self, name: &str, text: Option<&str>) -> serde_json::Result<()> {
        if let Some(text) = text {
            self.write(name);
            self.text(text)?;
            self.write(",");
        }
        Ok(())
    }

    fn text(&mut self, text: &str) -> serde_json::Result<()> {
        if !is_plain(text) {
            return serde_json::to_writer(&mut self.0, text);
        }
        self.write("\"");
        self.write(text);
        self.write("\"");
        Ok(())
    }

    /// A value that shows itself in characters that need no escape.
    fn show(&mut self, value: impl Display) {
        // To memory, which takes everything.
        drop(write!(self.0, "{value}"));
    }

    fn write(&mut self, text: &str) {
        self.0.extend_from_slice(text.as_bytes());
    }
}

/// Whether a text stands in JSON as it is. Looks at every byte, since that takes many at a time.
fn is_plain(text: &str) -> bool {
    let odd = |byte: u8| u8::from(matches!(byte, 0..b' ' | b'"' | b'\\'));
    text.bytes().fold(0, |found, byte| found | odd(byte)) == 0
}
