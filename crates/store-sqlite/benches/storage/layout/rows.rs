//! The layout that comes to mind first: one row for each line under (account, id), and an index by date.

use super::{Layout, PAGE_LINES};
use crate::Answer;
use domain::line::{Line, LineKind};
use rusqlite::{Connection, params};
use uuid::Uuid;

/// One row for each line; the ids are packed as the other layouts pack them.
pub(crate) struct Rows;

impl Layout for Rows {
    fn schema(&self) -> &'static str {
        "create table line (
             account_no integer not null,
             id blob not null,
             day integer not null,
             second integer not null,
             amount integer not null,
             balance integer not null,
             description text,
             kind text,
             accepted_at integer not null,
             primary key (account_no, id)
         ) strict, without rowid;
         create index line_by_date on line (account_no, day, second);"
    }

    fn push(&mut self, database: &Connection, account: u64, lines: &[Line]) -> Answer<()> {
        let account = i64::try_from(account)?;
        // A known id makes the insert fail: the primary key is the check.
        let mut insert = database.prepare_cached(
            "insert into line
                 (account_no, id, day, second, amount, balance, description, kind, accepted_at)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0)",
        )?;
        for line in lines {
            let (day, second) = day_and_second(line);
            insert.execute(params![
                account,
                Uuid::parse_str(&line.id)?.as_bytes(),
                day,
                second,
                i64::try_from(line.amount.mantissa())?,
                line.balance.map_or(Ok(0), |balance| i64::try_from(balance.mantissa()))?,
                line.description.as_deref(),
                line.kind.map(LineKind::name),
            ])?;
        }
        Ok(())
    }

    fn read_newest(&mut self, database: &Connection, account: u64) -> Answer<usize> {
        let mut find = database.prepare_cached(
            "select id, day, second, amount, balance, description, kind
             from line
             where account_no = ?1
             order by day desc, second desc
             limit ?2",
        )?;
        let mut rows = find.query(params![i64::try_from(account)?, i64::try_from(PAGE_LINES)?])?;
        let mut lines = Vec::new();
        while let Some(row) = rows.next()? {
            let id = Uuid::from_bytes(row.get::<_, [u8; 16]>(0)?).to_string();
            let description: Option<String> = row.get(5)?;
            let numbers: [i64; 4] = [row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?];
            lines.push((id, description, numbers));
        }
        Ok(lines.len())
    }
}

/// The day as a number that grows, and the second of it.
fn day_and_second(line: &Line) -> (i32, i32) {
    let (date, time) = (line.date.date(), line.date.time().unwrap_or_default());
    let day = (i32::from(date.year()) * 12 + i32::from(date.month())) * 31 + i32::from(date.day());
    let minute = i32::from(time.hour()) * 60 + i32::from(time.minute());
    (day, minute * 60 + i32::from(time.second()))
}
