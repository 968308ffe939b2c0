//! What a body says of a push: the contract's list of lines, or the one flat line that the first library sends. Whether
//! the lines may be kept is for the judge; here everything must be what it claims to be.

use super::sound::read_sound;
use crate::envelope::Answer;
use crate::json::{Faults, Fields, ListField, Node, Place, RawObject, Seed, parse_object};
use crate::surface::formats;
use domain::dates::LineDate;
use domain::line::{LINE_ID_CHARS_MAX, LINE_TEXT_CHARS_MAX, LineKind, Text};
use domain::platform::PUSH_LINES_MAX;
use domain::push::{DraftLine, PushDraft};
use domain::source_account::AccountId;
use schemars::{Schema, SchemaGenerator, json_schema};
use serde_json::{Value, json};

pub(super) const VALIDATOR: &str = "BankTransactions";
/// More characters than any date has; a longer text is not repeated in an error.
pub(super) const WORD_CHARS_MAX: usize = 100;
const LINE_FIELDS: &[&str] = &[
    "id",
    "date",
    "amount",
    "balance",
    "description",
    "counterparty",
    "reference",
    "reconciled",
    "transactionType",
];
/// Both forms at once: the list's account, and the fields of the flat line.
const BODY: Seed = Seed {
    list: Some(ListField { name: "transactions", fields: LINE_FIELDS, items_max: PUSH_LINES_MAX }),
    ..Seed::object(&[
        "accountId",
        "id",
        "clearedOnDate",
        "date",
        "amount",
        "balance",
        "description",
        "counterparty",
        "reference",
        "reconciled",
        "transactionType",
    ])
};

/// In which of its forms a push came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// An account and a list of lines.
    List,
    /// One line, its fields beside the account.
    Flat,
}

/// What a push looks like. The flat form is left out: only one old library sends it.
pub(super) fn draft_schema(_schemas: &mut SchemaGenerator) -> Schema {
    let text = || json!({"type": ["string", "null"], "maxLength": LINE_TEXT_CHARS_MAX});
    let mut kinds = formats::names(LineKind::ALL, LineKind::name);
    if let Some(kinds) = kinds.as_array_mut() {
        kinds.push(Value::Null);
    }
    json_schema!({
        "type": "object",
        "required": ["accountId", "transactions"],
        "properties": {
            "accountId": {"type": "string"},
            "transactions": {
                "type": "array",
                "minItems": 1,
                "maxItems": PUSH_LINES_MAX,
                "items": {
                    "type": "object",
                    "properties": {
                        "id": {"type": "string", "maxLength": LINE_ID_CHARS_MAX},
                        "date": {"type": "string"},
                        "amount": {"type": "number"},
                        "balance": {"type": "number"},
                        "description": text(),
                        "counterparty": text(),
                        "reference": text(),
                        "reconciled": {"type": ["boolean", "null"]},
                        "transactionType": {"type": ["string", "null"], "enum": kinds},
                    },
                },
            },
        },
    })
}

/// Reads a push whose request has nothing else wrong.
pub(crate) fn read_push(body: &[u8], account: &AccountId) -> Answer<PushDraft> {
    read_draft(body, account, Faults::of(VALIDATOR)).map(|(draft, _form)| draft)
}

/// Reads a push to `account`; what is found wrong is added to `faults`, which may hold some already.
pub(super) fn read_draft(
    body: &[u8],
    account: &AccountId,
    faults: Faults,
) -> Answer<(PushDraft, Form)> {
    match read_sound(body, account) {
        Some(draft) => faults.check().map(|()| (draft, Form::List)),
        None => read_and_tell(body, account, faults),
    }
}

fn read_and_tell(
    body: &[u8],
    account: &AccountId,
    mut faults: Faults,
) -> Answer<(PushDraft, Form)> {
    let object = parse_object(body, BODY, VALIDATOR)?;
    let mut fields = Fields::new(&object, Place::Body, &mut faults);
    let is_flat = object.list.is_none() && fields.raw("amount").is_some();
    if !is_flat {
        fields.require("accountId");
    }
    let named = fields.text("accountId", LINE_TEXT_CHARS_MAX);
    if named.is_some_and(|named| named != account.as_str()) {
        fields.fault("accountId", "is not the account in the path: a push goes to one account");
    }
    let lines = if is_flat {
        let date = if fields.raw("date").is_some() { "date" } else { "clearedOnDate" };
        vec![read_line(&mut fields, date)]
    } else {
        read_lines(&object, &mut faults)
    };
    faults.check()?;
    Ok((PushDraft { lines }, if is_flat { Form::Flat } else { Form::List }))
}

fn read_lines(object: &RawObject<'_>, faults: &mut Faults) -> Vec<DraftLine> {
    let place = Place::Field(&Place::Body, "transactions");
    let items = match object.list.as_deref() {
        Some(Node::List(items)) => items,
        None | Some(Node::Other("null")) => {
            faults.add(place, "is missing");
            return Vec::new();
        }
        Some(other) => {
            faults.add(place, format_args!("must be a list, not {}", other.kind()));
            return Vec::new();
        }
    };
    match items.count {
        0 => faults.add(place, "is empty: a push has at least one transaction"),
        count if count > PUSH_LINES_MAX => faults.add(
            place,
            format_args!("holds {count} transactions, at most {PUSH_LINES_MAX} are taken at once"),
        ),
        _ => {}
    }
    let mut lines = Vec::with_capacity(items.nodes.len());
    for (index, node) in items.nodes.iter().enumerate() {
        let place = Place::Item(&place, index);
        match node {
            Node::Object(line) => {
                lines.push(read_line(&mut Fields::new(line, place, faults), "date"));
            }
            Node::List(_) | Node::Other(_) => {
                faults.add(place, format_args!("must be an object, not {}", node.kind()));
            }
        }
    }
    lines
}

fn read_line(fields: &mut Fields<'_, '_>, date: &str) -> DraftLine {
    DraftLine {
        id: fields.text("id", LINE_ID_CHARS_MAX).map(Text::from),
        date: fields.parsed(date, WORD_CHARS_MAX, LineDate::parse),
        amount: fields.amount("amount"),
        balance: fields.amount("balance"),
        description: fields.text("description", LINE_TEXT_CHARS_MAX).map(Text::from),
        counterparty: fields.text("counterparty", LINE_TEXT_CHARS_MAX).map(Text::from),
        reference: fields.text("reference", LINE_TEXT_CHARS_MAX).map(Text::from),
        reconciled: fields.flag("reconciled"),
        kind: fields.parsed("transactionType", WORD_CHARS_MAX, |name| {
            LineKind::parse(name).ok_or_else(|| format!("{name:?} is not one of {}", kind_names()))
        }),
    }
}

fn kind_names() -> String {
    let names: Vec<_> = LineKind::ALL.iter().map(|kind| kind.name()).collect();
    names.join(", ")
}

#[cfg(test)]
#[path = "body_tests.rs"]
mod tests;
