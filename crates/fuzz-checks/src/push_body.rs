//! The body of a push: any bytes are either lines or a list of faults, each with its place; a draft written again in
//! another order is read the same; and the order in which fields stand means nothing, while a field that stands twice is
//! a fault wherever it stands.

use api::bare::{Refusal, read_push};
use domain::line::LineKind;
use domain::platform::PUSH_LINES_MAX;
use domain::push::{DraftLine, PushDraft};
use domain::source_account::AccountId;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::fmt::{self, Write as _};

const ACCOUNT: &str = "acc";
/// What an element of `transactions` may hold.
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

/// A body.
pub(crate) fn check(bytes: &[u8]) {
    let outcome = read(bytes);
    match &outcome {
        Ok(draft) => {
            assert!((1..=PUSH_LINES_MAX).contains(&draft.lines.len()));
            assert_eq!(read(rewritten(draft).as_bytes()).as_ref(), Ok(draft));
        }
        Err(refusals) => check_places(refusals),
    }
    let Ok(object) = serde_json::from_slice::<Members<'_>>(bytes) else {
        return assert!(outcome.is_err(), "what is no object is refused");
    };
    check_order(&object, &outcome);
}

fn read(body: &[u8]) -> Result<PushDraft, Vec<Refusal>> {
    read_push(body, &AccountId::parse(ACCOUNT).unwrap())
}

fn check_places(refusals: &[Refusal]) {
    assert!(!refusals.is_empty(), "a refusal says why");
    for Refusal { path, message } in refusals {
        assert!(!message.is_empty(), "{path}");
        assert!(message.chars().count() < 2_000, "a long text is not repeated");
        let field = match path.strip_prefix("transactions[") {
            Some(rest) => {
                let (index, field) = rest.split_once(']').unwrap();
                assert!(index.parse::<usize>().is_ok_and(|index| index < PUSH_LINES_MAX), "{path}");
                field.strip_prefix('.').unwrap_or("transactions")
            }
            None => path.as_str(),
        };
        let others = ["body", "accountId", "clearedOnDate", "transactions"];
        assert!(LINE_FIELDS.iter().chain(&others).any(|known| *known == field), "{path}");
    }
}

/// Turns the order of all fields around, in the body and in its lines. The field that nobody knows beside them makes it one
/// for the slow reader, so both readers are compared.
fn check_order(object: &Members<'_>, outcome: &Result<PushDraft, Vec<Refusal>>) {
    let mut stands_twice =
        object.repeats(&[LINE_FIELDS, &["accountId", "clearedOnDate", "transactions"]].concat());
    let turned = object.turned(|name, raw| {
        let lines: Vec<&RawValue> = match serde_json::from_str(raw.get()) {
            Ok(lines) if name == "transactions" => lines,
            Ok(_) | Err(_) => return raw.get().to_owned(),
        };
        let lines = lines.into_iter().enumerate().map(|(index, line)| {
            let Ok(members) = serde_json::from_str::<Members<'_>>(line.get()) else {
                return line.get().to_owned();
            };
            stands_twice |= index < PUSH_LINES_MAX && members.repeats(LINE_FIELDS);
            members.turned(|_name, raw| raw.get().to_owned())
        });
        format!("[{}]", lines.collect::<Vec<_>>().join(","))
    });
    let again = read(turned.as_bytes());
    if stands_twice {
        assert!(outcome.is_err() && again.is_err(), "either could be meant: {turned}");
    } else if is_read(outcome) && is_read(&again) {
        assert_eq!(&again, outcome, "{turned}");
    } else {
        assert!(outcome.is_err() && again.is_err(), "{turned}");
    }
}

/// Whether faults are of fields. One of the whole body names a column, and that moves with the fields.
fn is_read(outcome: &Result<PushDraft, Vec<Refusal>>) -> bool {
    outcome.as_ref().err().is_none_or(|refusals| refusals.iter().all(|one| one.path != "body"))
}

/// An object's fields as they stand, repeated ones too.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl Members<'_> {
    /// Whether one of these names stands twice.
    fn repeats(&self, names: &[&str]) -> bool {
        let count = |name: &str| self.0.iter().filter(|(own, _)| own == name).count();
        names.iter().any(|name| count(name) > 1)
    }

    /// The object with the last field first, and a stranger among them.
    fn turned(&self, mut value: impl FnMut(&str, &RawValue) -> String) -> String {
        let mut text = "{\"unheardOf\":[{}]".to_owned();
        for (name, raw) in self.0.iter().rev() {
            let name_text = serde_json::to_string(name).unwrap();
            write!(text, ", {name_text} : {}", value(name, raw)).unwrap();
        }
        text.push('}');
        text
    }
}

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MembersVisitor)
    }
}

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Members<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Members(members))
    }
}

/// The draft as a body, in an order of its own.
fn rewritten(draft: &PushDraft) -> String {
    let lines: Vec<_> = draft.lines.iter().map(rewritten_line).collect();
    format!("{{\"transactions\":[{}],\"accountId\":\"{ACCOUNT}\"}}", lines.join(","))
}

fn rewritten_line(line: &DraftLine) -> String {
    let text = |text: Option<&str>| serde_json::to_string(&text).unwrap();
    let number = |number: Option<domain::money::Amount>| {
        number.map_or_else(|| "null".to_owned(), |number| number.to_string())
    };
    let fields = [
        ("transactionType", text(line.kind.map(LineKind::name))),
        (
            "reconciled",
            line.reconciled.map_or_else(|| "null".to_owned(), |truth| truth.to_string()),
        ),
        ("description", text(line.description.as_deref())),
        ("reference", text(line.reference.as_deref())),
        ("counterparty", text(line.counterparty.as_deref())),
        ("balance", number(line.balance)),
        ("amount", number(line.amount)),
        ("date", text(line.date.map(|date| date.to_string()).as_deref())),
        ("id", text(line.id.as_deref())),
    ];
    let fields: Vec<_> =
        fields.into_iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
    format!("{{{}}}", fields.join(","))
}
