//! Whether the books hold what the bank sent: each line once, with its date, sign and digits, and the right balance.

use super::lines::DemoLine;
use crate::commands::remote::items;
use rust_decimal::Decimal;
use serde_json::Value;

/// Everything that is wrong with an account's books. `before` are the FITIDs that stood there before anything was sent.
pub(super) fn findings(account: &Value, before: &[String], sent: &[DemoLine]) -> Vec<String> {
    let mut found = Vec::new();
    let lines = items(account, "lines");
    let is_new = |line: &&Value| !before.iter().any(|known| line["fitId"] == known.as_str());
    let new: Vec<_> = lines.iter().filter(is_new).collect();
    for line in sent {
        let here: Vec<_> = new.iter().filter(|kept| kept["name"] == line.description).collect();
        match here.as_slice() {
            [] => found.push(format!("{} is missing", line.id)),
            [kept] => found.extend(difference(kept, line)),
            several => found.push(format!("{} stands there {} times", line.id, several.len())),
        }
    }
    if new.len() > sent.len() {
        found.push(format!("{} lines were sent, {} stand there", sent.len(), new.len()));
    }
    if account["changedUnderSameFitid"] != 0 {
        found.push(format!("{} lines changed", account["changedUnderSameFitid"]));
    }
    let balance = sent.last().map(|line| line.balance);
    if decimal(&account["balance"]) != balance {
        let wanted = balance.unwrap_or_default();
        found.push(format!("the balance is {}, not {wanted}", account["balance"]));
    }
    found
}

/// Everything that is wrong with an account of Xero's ledger.
pub(super) fn differences(account: &Value, sent: &[DemoLine]) -> Vec<String> {
    let mut found = Vec::new();
    let stands = |field: &str| -> Vec<&str> {
        items(account, "lines").iter().map(|line| line[field].as_str().unwrap_or("-")).collect()
    };
    let ids: Vec<_> = sent.iter().map(|line| line.id.as_str()).collect();
    if stands("transactionId") != ids {
        found.push(format!(
            "{} lines were sent: {ids:?}; there stand {:?}",
            sent.len(),
            stands("transactionId")
        ));
    }
    for (kept, line) in items(account, "lines").iter().zip(sent) {
        found.extend(difference(kept, line));
        if decimal(&kept["balance"]) != Some(line.balance) {
            found.push(format!(
                "after {} the balance is {}, not {}",
                line.id, kept["balance"], line.balance
            ));
        }
    }
    if account["repeated"] != 0 || account["isContinuous"] != true {
        found.push(
            "a line is repeated, or a statement does not begin where the last one ended".to_owned(),
        );
    }
    found
}

fn difference(kept: &Value, sent: &DemoLine) -> Option<String> {
    let date = sent.date.to_string();
    if decimal(&kept["amount"]) == Some(sent.amount) && kept["date"] == date.as_str() {
        return None;
    }
    Some(format!(
        "{} was sent as {} on {date}, and stands there as {} on {}",
        sent.id, sent.amount, kept["amount"], kept["date"]
    ))
}

fn decimal(value: &Value) -> Option<Decimal> {
    value.as_str()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::super::lines::CHECKING;
    use super::*;
    use jiff::civil::Date;
    use serde_json::json;

    fn sent() -> Vec<DemoLine> {
        CHECKING.lines(Date::constant(2024, 2, 29)).into_iter().take(2).collect()
    }

    fn books() -> Value {
        json!({"balance": "14287.55", "changedUnderSameFitid": 0, "lines": [
            {"fitId": "test", "date": "2024-02-29", "amount": "1.00", "name": "Test"},
            {"fitId": "1", "date": "2024-02-24", "amount": "-42.50", "name": "Office supplies"},
            {"fitId": "2", "date": "2024-02-24", "amount": "1850.00", "name": "Invoice 1041, Harbour Hotel"},
        ]})
    }

    fn found(account: &Value) -> String {
        findings(account, &["test".to_owned()], &sent()).join("; ")
    }

    #[test]
    fn right_books_have_no_findings() {
        assert_eq!(found(&books()), "");
    }

    #[test]
    fn everything_that_may_go_wrong_is_found() {
        let cases = [
            ("/lines/1/amount", json!("42.50"), "was sent as -42.50"),
            ("/lines/1/date", json!("2024-02-25"), "stands there as"),
            ("/lines/1/name", json!("Else"), "operating-001 is missing"),
            (
                "/lines/1/name",
                json!("Invoice 1041, Harbour Hotel"),
                "operating-002 stands there 2 times",
            ),
            ("/lines/0/fitId", json!("new"), "2 lines were sent, 3 stand there"),
            ("/balance", json!("14287.54"), "the balance is"),
            ("/changedUnderSameFitid", json!(1), "1 lines changed"),
        ];
        for (at, value, words) in cases {
            let mut books = books();
            *books.pointer_mut(at).unwrap() = value;
            assert!(found(&books).contains(words), "{at}: {}", found(&books));
        }
    }
}
