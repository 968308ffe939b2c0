//! A statement comes into an account's books: what is new, what was seen before, what changed although it must not.

use super::books::Account;
use super::message::Statement;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// What one statement brought.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Counters {
    /// Rows that were new.
    pub imported: u64,
    /// Rows that the books had already.
    pub seen_again: u64,
    /// Rows that the books had otherwise under the same `FITID`: the bank's fault, always.
    pub changed_under_same_fitid: u64,
}

impl Account {
    /// Takes what is new. A row that changed stays as it was first seen: the customer may have matched it already.
    pub(super) fn import(&mut self, statement: Statement) -> Counters {
        let mut counted = Counters::default();
        let mut places: HashMap<String, usize> =
            self.lines.iter().enumerate().map(|(at, line)| (line.fit_id.clone(), at)).collect();
        for line in statement.lines {
            let kept = places.get(&line.fit_id).and_then(|at| self.lines.get(*at));
            match kept {
                Some(kept) if *kept == line => counted.seen_again += 1,
                Some(_) => counted.changed_under_same_fitid += 1,
                None => {
                    counted.imported += 1;
                    places.insert(line.fit_id.clone(), self.lines.len());
                    self.lines.push(line);
                }
            }
        }
        self.imported += counted.imported;
        self.seen_again += counted.seen_again;
        self.changed_under_same_fitid += counted.changed_under_same_fitid;
        self.balance = Some(statement.balance);
        // Polls may overtake each other: the end never goes back.
        self.last_end = self.last_end.max(statement.end);
        counted
    }
}

#[cfg(test)]
mod tests {
    use super::super::answer::Answer;
    use super::super::canned::{a_bank_offer, a_file, a_row, a_statement};
    use super::*;
    use jiff::civil::Date;

    fn an_account() -> Account {
        Account::chosen(a_bank_offer(), "acc-1".to_owned(), Date::constant(2024, 2, 22))
    }

    fn counted(account: &mut Account, rows: &[String], balance: &str) -> (u64, u64, u64) {
        let file = a_file(&a_statement("S1", &rows.concat(), balance));
        let statement = Answer::read(file.as_bytes()).unwrap().statement("S1", &a_bank_offer());
        let counted = account.import(statement.unwrap());
        (counted.imported, counted.seen_again, counted.changed_under_same_fitid)
    }

    #[test]
    fn a_row_is_imported_once_however_often_it_comes() {
        let mut account = an_account();
        let [one, two] = ["t-1", "t-2"].map(|id| a_row(id, "-1.00", "Rent"));
        assert_eq!(counted(&mut account, &[one.clone(), two.clone()], "8"), (2, 0, 0));
        assert_eq!(counted(&mut account, &[two.clone(), two, one], "9.10"), (0, 3, 0));
        assert_eq!((account.imported, account.seen_again), (2, 3));
        assert_eq!(account.balance.as_deref(), Some("9.10"));
        assert_eq!(account.lines.len(), 2);
    }

    #[test]
    fn a_row_that_changed_is_counted_and_not_taken() {
        for changed in [a_row("t-1", "-1.01", "Rent"), a_row("t-1", "-1.00", "Rents")] {
            let mut account = an_account();
            counted(&mut account, &[a_row("t-1", "-1.00", "Rent")], "8");
            assert_eq!(counted(&mut account, &[changed], "8"), (0, 0, 1));
            assert_eq!(account.lines[0].amount, "-1.00");
            assert_eq!(account.lines[0].name, "Rent");
        }
    }

    #[test]
    fn the_end_of_the_last_answer_never_goes_back() {
        let mut account = an_account();
        assert_eq!(account.last_end, None);
        counted(&mut account, &[], "8");
        let end = account.last_end;
        assert_eq!(end.map(String::from).as_deref(), Some("2024-02-29"));
        account.import(Statement {
            start: None,
            end: None,
            balance: "8".to_owned(),
            lines: Vec::new(),
        });
        assert_eq!(account.last_end, end);
    }
}
