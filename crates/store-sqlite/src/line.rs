//! The lines of an account.

use crate::{Database, SqliteStore, ledger, path, source_account};
use async_trait::async_trait;
use domain::line::KeptLine;
use domain::page::{ListRequest, Page};
use domain::push::LineSpan;
use domain::source_account::AccountPath;
use store::ledger::{Head, ListPlan, decode_segment, decode_window, sort_by_date};
use store::{Answer, Lines, StatementLines, Window};

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
            list(database, &head, &request).map(Some)
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
            let mut lines = Vec::new();
            for entry in ledger::load_segments(database, &head)? {
                if entry.shares(span) {
                    let decode = |bytes: &[u8]| decode_segment(bytes, entry.span);
                    lines.extend(ledger::read_segment(database, &entry, decode)?);
                }
            }
            lines.retain(|kept| span.contains(kept.position) && !head.is_withdrawn(kept.position));
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

fn list(database: &Database, head: &Head, request: &ListRequest) -> Answer<Page<KeptLine>> {
    let plan = ListPlan::new(head, ledger::load_segments(database, head)?, request);
    let mut lines = Vec::new();
    for entry in plan.segments() {
        let found = ledger::read_segment(database, entry, |bytes| plan.decode(bytes, entry.span))?;
        lines.extend(found);
    }
    Ok(plan.page(lines))
}

fn statement_lines(
    database: &Database,
    path: &AccountPath,
    window: Window,
) -> Answer<Option<StatementLines>> {
    let Some(found) = source_account::load(database, path)? else { return Ok(None) };
    let Some(head) = ledger::load_head(database, found.account_no)? else { return Ok(None) };
    let mut segments = ledger::load_segments(database, &head)?;
    segments.retain(|entry| entry.touches(window));
    let mut lines = Vec::new();
    for entry in &segments {
        let in_window = ledger::read_segment(database, entry, |bytes| {
            decode_window(bytes, entry.span, window)
        })?;
        lines.extend(in_window.into_iter().filter(|kept| !head.is_withdrawn(kept.position)));
    }
    sort_by_date(&mut lines);
    let (watermark, newest) = (head.lines(), head.newest());
    Ok(Some(StatementLines { account: found.account, lines, watermark, newest }))
}
