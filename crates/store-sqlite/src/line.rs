//! The lines of an account.

use crate::line_plan::{self, Direction};
use crate::{Database, SqliteStore, ledger, path, source_account};
use async_trait::async_trait;
use domain::line::KeptLine;
use domain::page::{ListRequest, Page, PageRequest};
use domain::push::LineSpan;
use domain::source_account::AccountPath;
use store::ledger::{Head, SegmentEntry, decode_segment, decode_window};
use store::{Answer, Lines, StatementLines, Window, listing};

#[async_trait]
impl Lines for SqliteStore {
    async fn list_lines(
        &self,
        path: &AccountPath,
        request: &ListRequest,
    ) -> Answer<Option<Page<KeptLine>>> {
        let (path, request) = (path.clone(), request.clone());
        self.read(move |database| {
            let Some(head) = find_head(database, &path)? else { return Ok(None) };
            match line_plan::direction(&request) {
                Some(direction) => page_lines(database, &head, direction, request.page),
                None => Ok(listing::select(all_lines(database, &head)?, &request)),
            }
            .map(Some)
        })
        .await
    }

    async fn statement_lines(
        &self,
        path: &AccountPath,
        window: Window,
    ) -> Answer<Option<StatementLines>> {
        let path = path.clone();
        self.read(move |database| statement_lines(database, &path, window)).await
    }

    async fn lines_at(&self, path: &AccountPath, span: LineSpan) -> Answer<Vec<KeptLine>> {
        let path = path.clone();
        self.read(move |database| {
            let Some(head) = find_head(database, &path)? else { return Ok(Vec::new()) };
            let mut segments = ledger::load_segments(database, &head)?;
            segments.retain(|entry| entry.span.first < span.end() && span.first < entry.span.end());
            let mut lines = read_lines(database, &head, &segments)?;
            lines.retain(|kept| span.contains(kept.position));
            Ok(lines)
        })
        .await
    }
}

fn find_head(database: &Database, path: &AccountPath) -> Answer<Option<Head>> {
    match path::account_no(database, path)? {
        Some(account_no) => ledger::load_head(database, account_no),
        None => Ok(None),
    }
}

fn page_lines(
    database: &Database,
    head: &Head,
    direction: Direction,
    page: PageRequest,
) -> Answer<Page<KeptLine>> {
    let segments = ledger::load_segments(database, head)?;
    let plan = line_plan::plan(head, segments, direction, page);
    let mut lines = Vec::new();
    for stretch in &plan.stretches {
        let mut found = read_lines(database, head, &stretch.segments)?;
        line_plan::sort(&mut found, direction);
        lines.append(&mut found);
    }
    let skip = usize::try_from(plan.skip).unwrap_or(usize::MAX);
    let take = usize::try_from(page.items()).unwrap_or(usize::MAX);
    Ok(Page { items: lines.into_iter().skip(skip).take(take).collect(), total: plan.total })
}

fn all_lines(database: &Database, head: &Head) -> Answer<Vec<KeptLine>> {
    let mut lines = read_lines(database, head, &ledger::load_segments(database, head)?)?;
    line_plan::sort(&mut lines, Direction::OldestFirst);
    Ok(lines)
}

/// The lines of `segments` that were not withdrawn, in the order of the segments.
fn read_lines(
    database: &Database,
    head: &Head,
    segments: &[SegmentEntry],
) -> Answer<Vec<KeptLine>> {
    let mut lines = Vec::new();
    for entry in segments {
        let found =
            ledger::read_segment(database, entry, |bytes| decode_segment(bytes, entry.span))?;
        lines.extend(found.into_iter().filter(|kept| !head.is_withdrawn(kept.position)));
    }
    Ok(lines)
}

fn statement_lines(
    database: &Database,
    path: &AccountPath,
    window: Window,
) -> Answer<Option<StatementLines>> {
    let Some(found) = source_account::load(database, path)? else { return Ok(None) };
    let Some(head) = ledger::load_head(database, found.account_no)? else { return Ok(None) };
    let mut segments = ledger::load_segments(database, &head)?;
    segments.retain(|entry| line_plan::touches(entry, window));
    let mut lines = Vec::new();
    for entry in &segments {
        let in_window = ledger::read_segment(database, entry, |bytes| {
            decode_window(bytes, entry.span, window)
        })?;
        lines.extend(in_window.into_iter().filter(|kept| !head.is_withdrawn(kept.position)));
    }
    line_plan::sort(&mut lines, Direction::OldestFirst);
    let (watermark, newest) = (head.lines(), head.newest());
    Ok(Some(StatementLines { account: found.account, lines, watermark, newest }))
}
