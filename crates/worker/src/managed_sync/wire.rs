//! The bank's JSON: `{"transactions": […], "next": "…"}`, lines with the fields of a push. Whether the lines may be kept
//! is for the judge; here everything must be what it claims to be.

use super::source::BankPage;
use domain::dates::LineDate;
use domain::line::{LINE_ID_CHARS_MAX, LINE_TEXT_CHARS_MAX, LineKind, Text};
use domain::money::Amount;
use domain::push::DraftLine;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

/// More characters than any date or type has.
const WORD_CHARS_MAX: usize = 100;
/// A cursor travels in a URL.
const CURSOR_CHARS_MAX: usize = 4_000;

#[derive(Deserialize)]
struct PageWire<'a> {
    #[serde(borrow)]
    transactions: Vec<&'a RawValue>,
    #[serde(borrow)]
    next: Option<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct LineWire<'a> {
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    #[serde(borrow)]
    date: Option<&'a RawValue>,
    #[serde(borrow)]
    amount: Option<&'a RawValue>,
    #[serde(borrow)]
    balance: Option<&'a RawValue>,
    #[serde(borrow)]
    description: Option<&'a RawValue>,
    #[serde(borrow)]
    counterparty: Option<&'a RawValue>,
    #[serde(borrow)]
    reference: Option<&'a RawValue>,
    #[serde(borrow)]
    reconciled: Option<&'a RawValue>,
    #[serde(borrow)]
    transaction_type: Option<&'a RawValue>,
}

/// Reads an answer; the error says where it is wrong.
pub(super) fn read_page(body: &[u8]) -> Result<BankPage, String> {
    let page: PageWire<'_> = serde_json::from_slice(body).map_err(|error| error.to_string())?;
    let mut lines = Vec::with_capacity(page.transactions.len());
    for (index, raw) in page.transactions.iter().enumerate() {
        let line = serde_json::from_str(raw.get());
        let line = line.map_err(|error| format!("transactions[{index}]: {error}"))?;
        lines.push(draft(&line).map_err(|error| format!("transactions[{index}].{error}"))?);
    }
    let next = text("next", page.next, CURSOR_CHARS_MAX)?;
    Ok(BankPage { lines, next: next.filter(|cursor| !cursor.is_empty()) })
}

fn draft(line: &LineWire<'_>) -> Result<DraftLine, String> {
    Ok(DraftLine {
        id: text("id", line.id, LINE_ID_CHARS_MAX)?.map(Text::from),
        date: parsed("date", line.date, LineDate::parse)?,
        amount: amount("amount", line.amount)?,
        balance: amount("balance", line.balance)?,
        description: text("description", line.description, LINE_TEXT_CHARS_MAX)?.map(Text::from),
        counterparty: text("counterparty", line.counterparty, LINE_TEXT_CHARS_MAX)?.map(Text::from),
        reference: text("reference", line.reference, LINE_TEXT_CHARS_MAX)?.map(Text::from),
        reconciled: value("reconciled", line.reconciled, "true or false")?,
        kind: parsed("transactionType", line.transaction_type, |name| {
            LineKind::parse(name).ok_or_else(|| format!("{name:?} is not a type of a transaction"))
        })?,
    })
}

fn value<T: DeserializeOwned>(
    name: &str,
    raw: Option<&RawValue>,
    wanted: &str,
) -> Result<Option<T>, String> {
    let Some(raw) = raw else { return Ok(None) };
    serde_json::from_str(raw.get()).map(Some).map_err(|_other| format!("{name} is not {wanted}"))
}

fn text(name: &str, raw: Option<&RawValue>, chars_max: usize) -> Result<Option<String>, String> {
    let Some(text) = value::<String>(name, raw, "a text")? else { return Ok(None) };
    if text.contains('\0') {
        return Err(format!("{name} holds the character NUL"));
    }
    if text.chars().count() > chars_max {
        return Err(format!("{name} has more than {chars_max} characters"));
    }
    Ok(Some(text))
}

fn parsed<T, E: std::fmt::Display>(
    name: &str,
    raw: Option<&RawValue>,
    parse: impl FnOnce(&str) -> Result<T, E>,
) -> Result<Option<T>, String> {
    let Some(text) = text(name, raw, WORD_CHARS_MAX)? else { return Ok(None) };
    parse(&text).map(Some).map_err(|error| format!("{name}: {error}"))
}

/// A number, with the digits that came in.
fn amount(name: &str, raw: Option<&RawValue>) -> Result<Option<Amount>, String> {
    let Some(raw) = raw else { return Ok(None) };
    if !raw.get().starts_with(|first: char| first == '-' || first.is_ascii_digit()) {
        return Err(format!("{name} is not a number"));
    }
    Amount::parse(raw.get()).map(Some).map_err(|error| format!("{name}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_read_with_every_digit_and_without_what_is_unknown() {
        let page = read_page(
            r#"{"transactions":[
                {"id":"a\u00e9","date":"2024-02-29T08:00:00Z","amount":-12.50,"balance":0.30000000000000004,
                 "description":"d","counterparty":null,"reference":"r","reconciled":true,
                 "transactionType":"Debit","colour":"red"},
                {}],"next":"p2","total":2}"#
                .as_bytes(),
        )
        .unwrap();
        let [full, empty] = page.lines.as_slice() else { panic!("{page:?}") };
        assert_eq!(full.id.as_deref(), Some("aé"));
        assert_eq!(full.amount.unwrap().to_string(), "-12.50");
        assert_eq!(full.balance.unwrap().to_string(), "0.30000000000000004");
        assert_eq!((full.kind, full.reconciled), (Some(LineKind::Debit), Some(true)));
        assert_eq!((full.counterparty.as_deref(), full.reference.as_deref()), (None, Some("r")));
        assert_eq!(*empty, DraftLine::default());
        assert_eq!(page.next.as_deref(), Some("p2"));
    }

    #[test]
    fn the_last_page_names_no_next_one() {
        for last in [
            r#"{"transactions":[]}"#,
            r#"{"transactions":[],"next":null}"#,
            r#"{"transactions":[],"next":""}"#,
        ] {
            assert_eq!(read_page(last.as_bytes()), Ok(BankPage::default()), "{last}");
        }
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        let line = |line: &str| format!(r#"{{"transactions":[{{}},{line}]}}"#);
        for (body, place) in [
            ("<html>".to_owned(), "expected value at line 1 column 1"),
            ("{}".to_owned(), "missing field `transactions`"),
            (r#"{"transactions":{}}"#.to_owned(), "expected a sequence"),
            (r#"{"transactions":[],"next":7}"#.to_owned(), "next is not a text"),
            (line("7"), "transactions[1]: invalid type"),
            (line(r#"{"amount":"7"}"#), "transactions[1].amount is not a number"),
            (line(r#"{"amount":1e99999}"#), "transactions[1].amount: "),
            (line(r#"{"date":"soon"}"#), "transactions[1].date: "),
            (line(r#"{"id":7}"#), "transactions[1].id is not a text"),
            (line(r#"{"id":"a","id":"b"}"#), "duplicate field `id`"),
            (line(r#"{"description":"\u0000"}"#), "transactions[1].description holds"),
            (line(r#"{"reconciled":"yes"}"#), "transactions[1].reconciled is not true or false"),
            (line(r#"{"transactionType":"Gift"}"#), "transactions[1].transactionType: \"Gift\""),
        ] {
            let error = read_page(body.as_bytes()).unwrap_err();
            assert!(error.contains(place), "{body}: {error}");
        }
        let long = line(&format!(r#"{{"id":"{}"}}"#, "x".repeat(LINE_ID_CHARS_MAX + 1)));
        assert!(read_page(long.as_bytes()).unwrap_err().contains("transactions[1].id has more"));
    }
}
