//! The lines that the demo's bank sends: two accounts, a few days, exact decimals.

use domain::clock::days_before;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde_json::json;

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct DemoLine {
    pub(super) id: String,
    pub(super) date: Date,
    pub(super) amount: Decimal,
    /// Of the account, after this line.
    pub(super) balance: Decimal,
    pub(super) description: &'static str,
}

/// One account and what happens on it.
#[derive(Clone, Debug)]
pub(super) struct DemoAccount {
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    /// The contract's type.
    pub(super) account_type: &'static str,
    pub(super) number: &'static str,
    opening_cents: i64,
    /// Days ago, cents, description; the oldest first. No description stands twice.
    happens: &'static [(u32, i64, &'static str)],
}

/// How many of an account's lines go with the first push; the rest happens later.
pub(super) const FIRST_PUSH_LINES: usize = 12;
/// How many lines of the first push come again with the second.
pub(super) const OVERLAP_LINES: usize = 4;
/// The oldest line is younger than this.
pub(super) const OLDEST_DAYS: u32 = 6;

/// A checking account.
pub(super) const CHECKING: DemoAccount = DemoAccount {
    id: "operating",
    name: "Operating account",
    account_type: "checking",
    number: "00112233",
    opening_cents: 1_248_005,
    happens: &[
        (5, -4_250, "Office supplies"),
        (5, 185_000, "Invoice 1041, Harbour Hotel"),
        (5, -999, "Domain renewal"),
        (4, -31_000, "Van rental, Meridian Motors"),
        (4, -1_875, "Parking"),
        (3, 64_040, "Card takings"),
        (3, -120_000, "Rent, Mill Lane 4"),
        (3, -1, "Rounding with the tax office"),
        (2, -8_731, "Electricity"),
        (2, 240_000, "Invoice 1042, Northwind School"),
        (1, -5_620, "Flowers & ribbons <wholesale>"),
        (1, -397_500, "Salaries"),
        (0, 72_510, "Card takings, weekend"),
        (0, -1_500, "Account fee"),
        (0, 9_990, "Refund, Quay Print"),
    ],
};

/// A credit card: what is owed is negative.
pub(super) const CARD: DemoAccount = DemoAccount {
    id: "card",
    name: "Company card",
    account_type: "creditCard",
    number: "55443322",
    opening_cents: -31_240,
    happens: &[
        (5, -2_400, "Taxi to the airport"),
        (5, -18_660, "Flight to Porto"),
        (5, -1_235, "Coffee for the team"),
        (4, -40_100, "Hotel Ribeira"),
        (4, -3_380, "Dinner with Northwind"),
        (3, 5_000, "Refund, Flight seat"),
        (3, -749, "Notebook"),
        (3, -6_400, "Projector lease"),
        (2, -12_000, "Conference ticket"),
        (2, -1_995, "Software subscription"),
        (1, 31_240, "Payment received, thank you"),
        (1, -4_515, "Fuel"),
        (0, -820, "Bridge toll"),
        (0, -23_000, "Catering deposit"),
        (0, -333, "Foreign exchange fee"),
    ],
};

impl DemoAccount {
    /// The balance before the first line.
    pub(super) fn opening(&self) -> Decimal {
        Decimal::new(self.opening_cents, 2)
    }

    /// Everything that happens, the oldest first.
    pub(super) fn lines(&self, today: Date) -> Vec<DemoLine> {
        let mut balance = self.opening();
        let line = |(at, (days_ago, cents, description)): (usize, &(u32, i64, &'static str))| {
            let amount = Decimal::new(*cents, 2);
            balance += amount;
            let id = format!("{}-{:03}", self.id, at + 1);
            DemoLine { id, date: days_before(today, *days_ago), amount, balance, description }
        };
        self.happens.iter().enumerate().map(line).collect()
    }
}

/// The body of a push. Written by hand, because a decimal must keep its digits.
pub(super) fn push_body(account: &DemoAccount, lines: &[DemoLine]) -> String {
    let line = |line: &DemoLine| {
        let kind = if line.amount.is_sign_negative() { "Debit" } else { "Credit" };
        format!(
            "{{\"id\":{},\"date\":\"{}\",\"amount\":{},\"balance\":{},\"description\":{},\"transactionType\":\"{kind}\"}}",
            json!(line.id),
            line.date,
            line.amount,
            line.balance,
            json!(line.description)
        )
    };
    let lines: Vec<_> = lines.iter().map(line).collect();
    format!("{{\"accountId\":{},\"transactions\":[{}]}}", json!(account.id), lines.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    const TODAY: Date = Date::constant(2024, 2, 29);

    #[test]
    fn balances_run_on_and_dates_never_go_back() {
        for account in [CHECKING, CARD] {
            let lines = account.lines(TODAY);
            let sum: Decimal = lines.iter().map(|line| line.amount).sum();
            assert_eq!(lines.last().unwrap().balance, account.opening() + sum);
            assert!(lines.is_sorted_by_key(|line| line.date));
            let oldest = lines.first().unwrap().date;
            assert!(oldest > days_before(TODAY, OLDEST_DAYS));
            assert_eq!(lines.last().unwrap().date, TODAY);
        }
    }

    #[test]
    fn descriptions_are_unique_and_fit_a_name() {
        for account in [CHECKING, CARD] {
            let lines = account.lines(TODAY);
            let names: HashSet<_> = lines.iter().map(|line| line.description).collect();
            assert_eq!(names.len(), lines.len());
            assert!(names.iter().all(|name| name.len() <= 32));
            assert!(lines.len() > FIRST_PUSH_LINES && OVERLAP_LINES < FIRST_PUSH_LINES);
        }
    }

    #[test]
    fn a_body_is_json_that_keeps_digits() {
        let lines = CHECKING.lines(TODAY);
        let body = push_body(&CHECKING, &lines);
        let parsed: serde_json::Value = serde_json::from_str(&body).unwrap();
        assert_eq!(parsed["transactions"].as_array().unwrap().len(), lines.len());
        assert!(body.contains("\"amount\":-42.50,\"balance\":12437.55"), "{body}");
        assert_eq!(parsed["transactions"][10]["description"], "Flowers & ribbons <wholesale>");
    }
}
