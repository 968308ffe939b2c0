//! Bodies of pushes: what is read from good ones, and what is said of bad ones.

use super::*;
use crate::envelope::ApiError;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

fn read(body: impl AsRef<[u8]>) -> Result<PushDraft, ApiError> {
    read_push(body.as_ref(), &AccountId::parse("acc").unwrap())
}

/// All that is said of a body, one fault a line.
fn faults(body: impl AsRef<[u8]>) -> String {
    let sentences = read(body).unwrap_err().into_faults().into_iter().map(|fault| fault.sentence());
    sentences.collect::<Vec<_>>().join("\n")
}

/// A push of one line with these fields.
fn line(fields: &str) -> String {
    format!(r#"{{"accountId":"acc","transactions":[{{{fields}}}]}}"#)
}

#[test]
fn a_list_is_read_with_every_digit_and_date_as_sent() {
    let body = r#"{"transactions":[{"transactionType":"Credit","reconciled":true,"reference":"r","counterparty":"c",
        "description":"caf\u00e9 \ud83d\ude00","balance":-0.10,"amount":12345678901234567.89,"date":"2023-08-22T10:21:00.000Z",
        "id":"t\"1","extra":{"deep":[1,{"x":null}]}}, {"description":null}],"accountId":"acc"}"#;
    let draft = read(body).unwrap();
    let [first, second] = draft.lines.as_slice() else { panic!("two lines were sent") };
    assert_eq!(first.id.as_deref(), Some("t\"1"));
    assert_eq!(first.description.as_deref(), Some("café 😀"));
    assert_eq!(first.amount.unwrap().to_string(), "12345678901234567.89");
    assert_eq!(first.balance.unwrap().to_string(), "-0.10");
    assert_eq!(first.date.unwrap().to_string(), "2023-08-22T10:21:00Z");
    assert_eq!((first.reconciled, first.kind), (Some(true), Some(LineKind::Credit)));
    assert_eq!(*second, DraftLine::default());
}

#[test]
fn a_flat_line_is_a_push_of_one() {
    let body = r#"{"accountId":"acc","id":"1","amount":1e-06,"balance":0,"clearedOnDate":"2023-08-22",
        "modifiedDate":"x","sourceModifiedDate":7,"reconciled":false,"transactionType":"Debit"}"#;
    let draft = read(body).unwrap();
    let [only] = draft.lines.as_slice() else { panic!("one line was sent") };
    assert_eq!(only.amount.unwrap().to_string(), "0.000001");
    assert_eq!(only.date.unwrap().to_string(), "2023-08-22");
    assert_eq!(
        faults(r#"{"amount":1,"clearedOnDate":"2023-02-30"}"#),
        "clearedOnDate is refused: 2023-02-30 is not a day of the calendar"
    );
}

#[test]
fn what_is_not_json_is_refused_with_its_place() {
    for (body, expected) in [
        (&b""[..], "body is empty, JSON is needed"),
        (b" \n ", "body is empty, JSON is needed"),
        (b"{", "body is not JSON: EOF while parsing an object at line 1 column 1"),
        (b"{\n\"a\":1,}", "body is not JSON: trailing comma at line 2 column 7"),
        (b"{} {}", "body is not JSON: trailing characters at line 1 column 4"),
        (b"\xff{}", "body is not UTF-8 from byte 0 on"),
        (b"\xef\xbb\xbf{}", "body starts with a byte order mark: send JSON without it"),
        (b"[]", "body must be an object, not a list"),
        (b"\"{}\"", "body must be an object, not a text"),
        (b"null", "body must be an object, not null"),
        (b"NaN", "body is not JSON: expected value at line 1 column 1"),
    ] {
        assert_eq!(faults(body), expected, "{}", String::from_utf8_lossy(body));
    }
}

#[test]
fn the_frame_of_a_push_must_be_there() {
    assert_eq!(faults("{}"), "accountId is missing\ntransactions is missing");
    assert_eq!(faults(r#"{"accountId":"acc","transactions":null}"#), "transactions is missing");
    assert_eq!(
        faults(r#"{"accountId":"acc","transactions":{}}"#),
        "transactions must be a list, not an object"
    );
    assert_eq!(
        faults(r#"{"accountId":"acc","transactions":[]}"#),
        "transactions is empty: a push has at least one transaction"
    );
    assert_eq!(faults(r#"{"transactions":[{}]}"#), "accountId is missing");
    assert_eq!(
        faults(r#"{"accountId":"b","transactions":[{}]}"#),
        "accountId is not the account in the path: a push goes to one account"
    );
    assert_eq!(
        faults(r#"{"accountId":7,"transactions":[{}]}"#),
        "accountId must be a text, not a number"
    );
}

#[test]
fn at_most_a_thousand_lines_are_taken_and_only_so_many_are_kept_in_memory() {
    let push = |count| {
        format!(r#"{{"accountId":"acc","transactions":[{}]}}"#, vec!["{}"; count].join(","))
    };
    assert_eq!(read(push(1_000)).unwrap().lines.len(), 1_000);
    assert_eq!(
        faults(push(1_001)),
        "transactions holds 1001 transactions, at most 1000 are taken at once"
    );
}

#[test]
fn a_field_that_is_not_what_it_should_be_is_named() {
    for (fields, expected) in [
        (r#""id":1"#, "id must be a text, not a number"),
        (r#""amount":"1.0""#, "amount must be a number, not a text"),
        (r#""amount":[]"#, "amount must be a number, not a list"),
        (
            r#""amount":1e400"#,
            "amount is refused: number is too large, 28 digits before the point at most",
        ),
        (
            r#""amount":1234567890123456789012345678901234567890"#,
            "amount is refused: number is too large, 28 digits before the point at most",
        ),
        (r#""amount":1e-400"#, "amount is refused: number has 400 decimal places, 20 at most"),
        (r#""balance":true"#, "balance must be a number, not true or false"),
        (r#""date":20230822"#, "date must be a text, not a number"),
        (r#""date":"2023-02-30""#, "date is refused: 2023-02-30 is not a day of the calendar"),
        (
            r#""date":"yesterday""#,
            "date is refused: \"yesterday\" is not a date such as 2024-05-31",
        ),
        (r#""reconciled":"yes""#, "reconciled must be true or false, not a text"),
        (r#""reconciled":0"#, "reconciled must be true or false, not a number"),
        (r#""description":"a\u0000b""#, "description holds the character NUL"),
        (r#""description":"\ud800""#, "description holds half of a surrogate pair"),
        (r#""id":"a","id":"b""#, "id stands twice in one object"),
        (r#""transactionType":1"#, "transactionType must be a text, not a number"),
    ] {
        assert_eq!(faults(line(fields)), format!("transactions[0].{expected}"), "{fields}");
    }
    let unknown = faults(line(r#""transactionType":"credit""#));
    assert!(unknown.contains(r#""credit" is not one of Unknown, Credit, Debit"#), "{unknown}");
    assert_eq!(
        faults(r#"{"accountId":"acc","transactions":[[],7]}"#),
        "transactions[0] must be an object, not a list\ntransactions[1] must be an object, not a number"
    );
}

#[test]
fn a_text_may_be_as_long_as_its_limit_in_characters() {
    let id = |count| line(&format!(r#""id":"{}""#, "é".repeat(count)));
    assert!(read(id(LINE_ID_CHARS_MAX)).is_ok());
    assert_eq!(
        faults(id(LINE_ID_CHARS_MAX + 1)),
        "transactions[0].id has more than 255 characters"
    );
    let text = |count| line(&format!(r#""reference":"{}""#, "x".repeat(count)));
    assert!(read(text(LINE_TEXT_CHARS_MAX)).is_ok());
    assert_eq!(
        faults(text(LINE_TEXT_CHARS_MAX + 1)),
        "transactions[0].reference has more than 2000 characters"
    );
}

#[test]
fn every_fault_of_every_line_is_told() {
    let body = r#"{"accountId":"x","transactions":[{"id":"ok"},{"amount":"1","date":"no"},{"balance":{}}]}"#;
    let told = faults(body);
    let paths: Vec<_> = told.lines().filter_map(|line| line.split(' ').next()).collect();
    assert_eq!(
        paths,
        ["accountId", "transactions[1].date", "transactions[1].amount", "transactions[2].balance"]
    );
}

#[test]
fn depth_costs_nothing_where_nobody_looks_and_is_refused_where_somebody_does() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(read(line(&format!(r#""extra":{deep}"#))).is_ok());
    assert_eq!(
        faults(line(&format!(r#""id":{deep}"#))),
        "transactions[0].id must be a text, not a list"
    );
    assert_eq!(faults(&deep), "body must be an object, not a list");
    let pushed = format!(r#"{{"accountId":"acc","transactions":{deep}}}"#);
    assert_eq!(faults(pushed), "transactions[0] must be an object, not a list");
}

/// What fields of a line have been seen to hold, good and bad.
const VALUES: &[&str] = &[
    "null",
    r#""""#,
    r#""a""#,
    r#""é\n\ud83d\ude00""#,
    r#""\ud800""#,
    r#""\u0000""#,
    r#""2024-02-29""#,
    r#""2024-02-30""#,
    r#""2024-05-31T10:21:00.5+01:00""#,
    r#""Credit""#,
    r#""1.5""#,
    "1.50",
    "-0.0",
    "1e3",
    "1e400",
    "12345678901234567890.25",
    "01",
    "true",
    "false",
    "[]",
    "{}",
];

/// A line of some of its fields, each of which stands there once, twice or not at all.
fn any_line() -> impl Strategy<Value = String> {
    let name =
        prop_oneof![8 => select(LINE_FIELDS), 1 => Just("extra"), 1 => Just("clearedOnDate")];
    let fields = vec((name, select(VALUES)), 0..4);
    let object = fields.prop_map(|fields| {
        let fields = fields.iter().map(|(name, value)| format!(r#""{name}": {value}"#));
        format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
    });
    prop_oneof![30 => object, 1 => Just("[]".to_owned()), 1 => Just(r#"["id"]"#.to_owned())]
}

fn any_push() -> impl Strategy<Value = String> {
    let account = select(&["\"acc\"", "\"\\u0061cc\"", "\"other\"", "null", "7"][..]);
    let extra =
        select(&["", "", "", r#","id":"1""#, r#","extra":1"#, ",", r#","accountId":"acc""#][..]);
    (account, vec(any_line(), 0..4), extra).prop_map(|(account, lines, extra)| {
        format!(r#"{{"accountId":{account},"transactions":[{}]{extra}}}"#, lines.join(","))
    })
}

/// What does not belong into a body, or not there.
const ODD: &[&str] = &[
    "",
    " ",
    "\t\r\n",
    "\u{b}",
    ",",
    ":",
    "x",
    "0",
    "-",
    "\"",
    "\\",
    "\\ud800",
    "\\u0000",
    "\u{0}",
    "\u{1f}",
    "\u{7f}",
    "\u{feff}",
    "é",
    "null",
    "{",
    "}",
    "[",
    "]",
    "[\"\\udc00\"]",
    "\"extra\":{\"a\":[\"\\ud800\"]},",
];

/// A push, and what comes of it when some of its characters are replaced or cut off.
fn any_body() -> impl Strategy<Value = String> {
    let edits = vec((any::<Index>(), any::<bool>(), select(ODD)), 0..3);
    (any_push(), edits, 0..20_u8).prop_map(|(mut body, edits, cut)| {
        for (place, replaces, odd) in edits {
            let places: Vec<_> = body.char_indices().collect();
            let (at, old) = places[place.index(places.len())];
            let end = if replaces { at + old.len_utf8() } else { at };
            body.replace_range(at..end, odd);
        }
        if cut == 0 {
            body.pop();
        }
        body
    })
}

proptest! {
    #[test]
    fn what_is_read_at_once_is_what_is_read_slowly(body in any_body()) {
        let account = AccountId::parse("acc").unwrap();
        let slowly = read_and_tell(body.as_bytes(), &account, Faults::of(VALIDATOR));
        match (read_sound(body.as_bytes(), &account), slowly) {
            (Some(draft), Ok((told, Form::List))) => prop_assert_eq!(draft, told),
            (Some(_), _) => prop_assert!(false, "{body} was read at once"),
            (None, _) => {}
        }
    }
}

#[test]
fn what_libraries_send_is_read_at_once() {
    for fields in [
        r#""id":"1","date":"2024-02-29","amount":-1.50,"balance":0,"description":"d","counterparty":"c","reference":"r","reconciled":false,"transactionType":"Debit""#,
        r#""id":"caf\u00e9","date":"2023-08-22T10:21:00.000Z","amount":1,"counterparty":null,"extra":{"deep":[1]}"#,
    ] {
        let account = AccountId::parse("acc").unwrap();
        assert!(read_sound(line(fields).as_bytes(), &account).is_some(), "{fields}");
    }
}
