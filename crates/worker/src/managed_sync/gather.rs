//! Reads everything that the bank has for a sync, page by page, and puts it in order.

use super::source::{BankRefusal, BankRequest, BankSource};
use domain::line::Text;
use domain::managed_sync::{ManagedSync, SyncErrorCode};
use domain::push::DraftLine;
use std::collections::HashMap;

/// More lines than any account has in a first period; they are held in memory until all are there.
const LINES_MAX: usize = 100_000;
/// A bank whose pages never end is stopped here.
const PAGES_MAX: usize = 1_000;

/// What a bank gave.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Gathered {
    /// The lines, the oldest first. Lines of one date keep the bank's order; a line that came twice stands once.
    pub(super) lines: Vec<DraftLine>,
    /// How many lines came, repeated ones too.
    pub(super) count: u32,
}

/// Asks until the last page.
pub(super) async fn gather(
    bank: &dyn BankSource,
    sync: &ManagedSync,
) -> Result<Gathered, BankRefusal> {
    let (account, period) = (sync.account.clone(), sync.period);
    let mut request = BankRequest { account, period, cursor: None };
    let mut lines = Vec::new();
    for _page in 0..PAGES_MAX {
        let page = bank.fetch(&request).await?;
        lines.extend(page.lines);
        if lines.len() > LINES_MAX {
            let message = format!(
                "the bank gives more than {LINES_MAX} transactions for one sync: see whether it heeds {{from}} in managed_feeds.url"
            );
            return Err(BankRefusal::lasting(SyncErrorCode::BankAnswerTooLarge, message));
        }
        if page.next.is_none() {
            return Ok(in_order(lines));
        }
        if page.next == request.cursor {
            let message = "the bank's page names itself as the `next` one";
            return Err(BankRefusal::lasting(SyncErrorCode::BankAnswerInvalid, message));
        }
        request.cursor = page.next;
    }
    let message = format!("the bank gives more than {PAGES_MAX} pages for one sync");
    Err(BankRefusal::lasting(SyncErrorCode::BankAnswerInvalid, message))
}

fn in_order(mut lines: Vec<DraftLine>) -> Gathered {
    let count = u32::try_from(lines.len()).unwrap_or(u32::MAX);
    // Pages that overlap repeat lines; one that differs under the same id is for the judge to refuse.
    let mut known: HashMap<Text, DraftLine> = HashMap::new();
    lines.retain(|line| {
        let Some(id) = &line.id else { return true };
        known.insert(id.clone(), line.clone()).is_none_or(|earlier| earlier != *line)
    });
    lines.sort_by_key(|line| line.date.map(|date| date.sort_key()));
    Gathered { lines, count }
}

#[cfg(test)]
mod tests {
    use super::*;
    use testkit::a_line;

    fn ids(lines: &[DraftLine]) -> Vec<&str> {
        lines.iter().filter_map(|line| line.id.as_deref()).collect()
    }

    #[test]
    fn lines_stand_by_date_and_repeated_ones_stand_once() {
        let line = |id, date| DraftLine::from(a_line(id, date, "1.00"));
        let mut undated = line("none", "2024-02-29");
        undated.date = None;
        let changed = DraftLine { description: Some("other".into()), ..line("a", "2024-02-27") };
        let gathered = in_order(vec![
            line("b", "2024-02-28"),
            line("c", "2024-02-28"),
            line("a", "2024-02-27"),
            line("b", "2024-02-28"),
            changed,
            undated,
        ]);
        assert_eq!(ids(&gathered.lines), ["none", "a", "a", "b", "c"]);
        assert_eq!(gathered.count, 6);
    }
}
