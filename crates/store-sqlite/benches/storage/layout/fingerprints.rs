//! Between the two: a segment for each push, and one row for each line's fingerprint.

use super::{Layout, PAGE_LINES};
use crate::Answer;
use domain::line::{KeptLine, Line};
use domain::push::LineSpan;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use store::ledger::{decode_segment, encode_segment};
use uuid::Uuid;

/// Segments are encoded as the ledger's are.
pub(crate) struct Fingerprints;

impl Layout for Fingerprints {
    fn schema(&self) -> &'static str {
        "create table account (account_no integer primary key, lines integer not null) strict;
         create table segment (
             segment_no integer primary key,
             account_no integer not null,
             first integer not null,
             count integer not null,
             bytes blob not null
         ) strict;
         create unique index segment_by_account on segment (account_no, first);
         create table fingerprint (
             account_no integer not null,
             fingerprint integer not null,
             position integer not null,
             primary key (account_no, fingerprint)
         ) strict, without rowid;"
    }

    fn push(&mut self, database: &Connection, account: u64, lines: &[Line]) -> Answer<()> {
        let account = i64::try_from(account)?;
        let first: i64 = database
            .prepare_cached("select lines from account where account_no = ?1")?
            .query_row(params![account], |row| row.get(0))
            .optional()?
            .unwrap_or_default();
        let mut insert = database.prepare_cached(
            "insert into fingerprint (account_no, fingerprint, position) values (?1, ?2, ?3)",
        )?;
        for (position, line) in (first..).zip(lines) {
            // The feed's ids are random, so their first half serves as the fingerprint and costs no hash.
            let (half, _) = Uuid::parse_str(&line.id)?.as_u64_pair();
            insert.execute(params![account, half.cast_signed(), position])?;
        }
        let count = i64::try_from(lines.len())?;
        let bytes = encode_segment(lines, Timestamp::UNIX_EPOCH);
        database
            .prepare_cached(
                "insert into segment (account_no, first, count, bytes) values (?1, ?2, ?3, ?4)",
            )?
            .execute(params![account, first, count, bytes])?;
        database
            .prepare_cached("insert or replace into account (account_no, lines) values (?1, ?2)")?
            .execute(params![account, first + count])?;
        Ok(())
    }

    fn read_newest(&mut self, database: &Connection, account: u64) -> Answer<usize> {
        let mut find = database.prepare_cached(
            "select first, count, bytes from segment where account_no = ?1 order by first desc",
        )?;
        let mut rows = find.query(params![i64::try_from(account)?])?;
        let mut lines: Vec<KeptLine> = Vec::new();
        while let Some(row) = rows.next()? {
            let span =
                LineSpan { first: u64::try_from(row.get::<_, i64>(0)?)?, count: row.get(1)? };
            lines.extend(decode_segment(row.get_ref(2)?.as_blob()?, span)?);
            if lines.len() >= PAGE_LINES {
                break;
            }
        }
        lines.sort_by_key(|kept| std::cmp::Reverse((kept.line.date.sort_key(), kept.position)));
        Ok(lines.len().min(PAGE_LINES))
    }
}
