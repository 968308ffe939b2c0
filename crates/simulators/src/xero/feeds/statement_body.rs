//! Statements as they come in, read and checked as far as one of them alone can be.

use super::feed_body::{bounded, needed};
use super::statement::{Content, Line};
use crate::xero::amount::{self, Direction};
use crate::xero::ids::Id;
use crate::xero::problem::{Kind, Problem};
use domain::clock::{earliest_date, latest_date};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::value::RawValue;

/// The body of a request.
#[derive(Debug, Deserialize)]
pub(super) struct StatementsBody {
    items: Option<Vec<StatementBody>>,
}

/// One statement in it.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct StatementBody {
    feed_connection_id: Option<String>,
    start_date: Option<String>,
    end_date: Option<String>,
    start_balance: Option<MoneyBody>,
    end_balance: Option<MoneyBody>,
    statement_lines: Option<Vec<LineBody>>,
}

/// An amount and its direction.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct MoneyBody {
    amount: Option<Box<RawValue>>,
    credit_debit_indicator: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct LineBody {
    posted_date: Option<String>,
    description: Option<String>,
    amount: Option<Box<RawValue>>,
    credit_debit_indicator: Option<String>,
    transaction_id: Option<String>,
    payee_name: Option<String>,
    reference: Option<String>,
    cheque_number: Option<String>,
    transaction_type: Option<String>,
}

impl StatementsBody {
    /// The items of a request that has any.
    pub(super) fn read(bytes: &[u8]) -> Result<Vec<StatementBody>, Problem> {
        let body: Self = serde_json::from_slice(bytes)
            .map_err(|error| Problem::request(format!("The request cannot be read: {error}")))?;
        let items = body.items.unwrap_or_default();
        if items.is_empty() {
            Err(Problem::field("Items", "is missing or empty"))
        } else {
            Ok(items)
        }
    }
}

impl StatementBody {
    /// The statement, or the first thing that is wrong with it.
    pub(super) fn content(&self, now: Timestamp) -> Result<Content, Problem> {
        let feed = needed("FeedConnectionId", self.feed_connection_id.as_deref())?;
        let feed = Id::parse(feed);
        let feed = feed.ok_or_else(|| Problem::field("FeedConnectionId", "is no id"))?;
        let start = date("StartDate", self.start_date.as_deref())?;
        let end = date("EndDate", self.end_date.as_deref())?;
        let start_balance = balance("StartBalance", self.start_balance.as_ref())?;
        let end_balance = balance("EndBalance", self.end_balance.as_ref())?;
        let lines = self.statement_lines.as_ref();
        let lines = lines.ok_or_else(|| Problem::field("StatementLines", "is missing"))?;
        let lines = lines.iter().map(LineBody::line).collect::<Result<_, _>>()?;
        check_dates(start, end, now)?;
        Ok(Content { feed, start, end, start_balance, end_balance, lines })
    }
}

fn check_dates(start: Date, end: Date, now: Timestamp) -> Result<(), Problem> {
    if start > end {
        return Err(Kind::InvalidStartAndEndDate.into());
    }
    // Dates are local: wherever on earth it still is within the year, or already today, it is fine.
    if start < earliest_date(now).saturating_sub(1.year()) {
        return Err(Kind::InvalidStartDate.into());
    }
    if end > latest_date(now) {
        return Err(Kind::InvalidEndDate.into());
    }
    Ok(())
}

impl LineBody {
    fn line(&self) -> Result<Line, Problem> {
        let posted = date("StatementLine.PostedDate", self.posted_date.as_deref())?;
        let word = self.credit_debit_indicator.as_deref();
        let amount = signed("StatementLine.", self.amount.as_deref(), word)?;
        let texts = [
            ("StatementLine.Description", &self.description, 2_000),
            ("StatementLine.PayeeName", &self.payee_name, 255),
            ("StatementLine.Reference", &self.reference, 255),
            ("StatementLine.ChequeNumber", &self.cheque_number, 20),
            ("StatementLine.TransactionType", &self.transaction_type, 30),
        ];
        for (name, value, chars_max) in texts {
            bounded(name, value.as_deref(), chars_max)?;
        }
        Ok(Line {
            posted,
            amount,
            transaction_id: self.transaction_id.clone(),
            description: self.description.clone(),
            payee: self.payee_name.clone(),
            reference: self.reference.clone(),
            cheque: self.cheque_number.clone(),
            kind: self.transaction_type.clone(),
        })
    }
}

fn balance(name: &str, body: Option<&MoneyBody>) -> Result<Decimal, Problem> {
    let body = body.ok_or_else(|| Problem::field(name, "is missing"))?;
    let word = body.credit_debit_indicator.as_deref();
    signed(&format!("{name}."), body.amount.as_deref(), word)
}

fn signed(prefix: &str, raw: Option<&RawValue>, word: Option<&str>) -> Result<Decimal, Problem> {
    let name = format!("{prefix}Amount");
    let raw = raw.ok_or_else(|| Problem::field(&name, "is missing"))?;
    let amount = amount::read(raw).map_err(|what| Problem::field(&name, &what))?;
    let name = format!("{prefix}CreditDebitIndicator");
    let direction = Direction::find(needed(&name, word)?);
    let direction = direction.ok_or_else(|| Problem::field(&name, "is not CREDIT or DEBIT"))?;
    Ok(direction.sign(amount))
}

fn date(name: &str, text: Option<&str>) -> Result<Date, Problem> {
    let text = needed(name, text)?;
    let wrong = || Problem::field(name, "is not a date like 2024-02-29");
    // A time of day would be read as well.
    if text.len() != "2024-02-29".len() {
        return Err(wrong());
    }
    text.parse().map_err(|_no_date| wrong())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};
    use testkit::NOON;

    fn a_statement() -> Value {
        json!({"feedConnectionId": "6a4b9ff5-3a5f-4321-936b-4796163550f6",
            "startDate": "2024-02-28", "endDate": "2024-02-29",
            "startBalance": {"amount": 100, "creditDebitIndicator": "DEBIT"},
            "endBalance": {"amount": "57.50", "creditDebitIndicator": "DEBIT"},
            "statementLines": [{"postedDate": "2024-02-29", "description": "d", "amount": "42.50",
                "creditDebitIndicator": "CREDIT", "transactionId": "t-1"}]})
    }

    fn read(statement: &Value) -> Result<Content, Problem> {
        let bytes = json!({ "items": [statement] }).to_string();
        StatementsBody::read(bytes.as_bytes())?[0].content(NOON)
    }

    fn with(pointer: &str, value: Value) -> Value {
        let mut statement = a_statement();
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        statement.pointer_mut(parent).unwrap()[name] = value;
        statement
    }

    #[test]
    fn a_debit_is_negative() {
        let content = read(&a_statement()).unwrap();
        assert_eq!(content.start_balance.to_string(), "-100");
        assert_eq!(content.end_balance.to_string(), "-57.50");
        assert_eq!(content.lines[0].amount.to_string(), "42.50");
        assert!(content.adds_up());
    }

    #[test]
    fn the_limits_of_every_field_hold() {
        let long = |chars: usize| json!("x".repeat(chars));
        let line = "/statementLines/0";
        let wrong = [
            ("/feedConnectionId".to_owned(), json!(null), "'FeedConnectionId' is missing"),
            ("/feedConnectionId".to_owned(), json!("7"), "'FeedConnectionId' is no id"),
            ("/startDate".to_owned(), json!("28/02/2024"), "'StartDate' is not a date"),
            ("/endDate".to_owned(), json!("2024-02-29T00:00:00"), "'EndDate' is not a date"),
            ("/endDate".to_owned(), json!("2023-02-29"), "'EndDate' is not a date"),
            ("/startBalance".to_owned(), json!(null), "'StartBalance' is missing"),
            ("/startBalance/amount".to_owned(), json!(-1), "'StartBalance.Amount' must not be neg"),
            ("/endBalance/amount".to_owned(), json!("1.23456"), "'EndBalance.Amount' exceeded"),
            ("/endBalance/creditDebitIndicator".to_owned(), json!("C"), "is not CREDIT or DEBIT"),
            ("/statementLines".to_owned(), json!(null), "'StatementLines' is missing"),
            (format!("{line}/postedDate"), json!(null), "'StatementLine.PostedDate' is missing"),
            (format!("{line}/amount"), json!(null), "'StatementLine.Amount' is missing"),
            (format!("{line}/creditDebitIndicator"), json!(null), "Indicator' is missing"),
            (format!("{line}/description"), long(2_001), "maximum length of 2000"),
            (format!("{line}/payeeName"), long(256), "maximum length of 255"),
            (format!("{line}/reference"), long(256), "maximum length of 255"),
            (format!("{line}/chequeNumber"), long(21), "'StatementLine.ChequeNumber' exceeded"),
            (format!("{line}/transactionType"), long(31), "maximum length of 30"),
            (format!("{line}/chequeNumber"), json!(7), "cannot be read"),
        ];
        for (pointer, value, words) in wrong {
            let problem = read(&with(&pointer, value)).unwrap_err();
            assert_eq!((problem.kind, problem.status), (Kind::InvalidRequest, 400), "{pointer}");
            assert!(problem.detail.contains(words), "{pointer}: {}", problem.detail);
        }
        for (name, chars) in [("description", 2_000), ("payeeName", 255), ("reference", 255)] {
            assert!(read(&with(&format!("{line}/{name}"), long(chars))).is_ok(), "{name}");
        }
    }

    #[test]
    fn dates_stay_within_a_year_and_in_order() {
        let dates = |start: &str, end: &str| {
            let mut statement = with("/startDate", json!(start));
            statement["endDate"] = json!(end);
            read(&statement).err().map(|problem| problem.kind)
        };
        assert_eq!(
            dates("2023-02-28", "2024-03-01"),
            None,
            "a year, and the other side of the earth"
        );
        assert_eq!(dates("2023-02-27", "2024-02-29"), Some(Kind::InvalidStartDate));
        assert_eq!(dates("2024-02-29", "2024-02-28"), Some(Kind::InvalidStartAndEndDate));
        assert_eq!(dates("2024-02-29", "2024-03-02"), Some(Kind::InvalidEndDate));
    }
}
