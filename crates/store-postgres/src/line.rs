//! Verbs about the lines of an account.

use async_trait::async_trait;
use domain::ids::ClientId;
use domain::line::KeptLine;
use domain::page::{ListRequest, Page};
use domain::push::LineSpan;
use domain::source_account::AccountPath;
use store::ledger::{Head, ListPlan, SegmentEntry, decode_segment, decode_window, sort_by_date};
use store::{Answer, Lines, StatementLines, Window};

use crate::PostgresStore;
use crate::chunk;
use crate::fault::Attempt;
use crate::ledger;
use crate::session::{Session, both};
use crate::source_account;

/// Segments decoded at a time: a whole deep account is never in memory twice.
const SEGMENTS_LOADED_MAX: usize = 256;

/// What `decode` finds in segments, in their order.
async fn read(
    session: &Session,
    client: ClientId,
    entries: &[SegmentEntry],
    decode: impl Fn(&[u8], LineSpan) -> Result<Vec<KeptLine>, store::ledger::Damage>,
) -> Attempt<Vec<KeptLine>> {
    let mut lines = Vec::new();
    for some in entries.chunks(SEGMENTS_LOADED_MAX) {
        let numbers: Vec<u64> = some.iter().map(|entry| entry.chunk).collect();
        for (entry, (_, bytes)) in some.iter().zip(chunk::load(session, client, &numbers).await?) {
            lines.extend(decode(&bytes, entry.span)?);
        }
    }
    Ok(lines)
}

async fn list(
    session: &Session,
    client: ClientId,
    head: &Head,
    request: &ListRequest,
) -> Attempt<Page<KeptLine>> {
    let plan = ListPlan::new(head, ledger::segments(session, client, head).await?, request);
    let decode = |bytes: &[u8], span| plan.decode(bytes, span);
    Ok(plan.page(read(session, client, plan.segments(), decode).await?))
}

#[async_trait]
impl Lines for PostgresStore {
    async fn list_lines(
        &self,
        path: &AccountPath,
        request: &ListRequest,
    ) -> Answer<Option<Page<KeptLine>>> {
        self.look(|session| async move {
            let Some(ledger) = ledger::see(&session, path).await? else { return Ok(None) };
            list(&session, path.connection.client, &ledger.head, request).await.map(Some)
        })
        .await
    }

    async fn statement_lines(
        &self,
        path: &AccountPath,
        window: Window,
    ) -> Answer<Option<StatementLines>> {
        self.look(|session| async move {
            let (account, ledger) =
                both(source_account::find(&session, path), ledger::see(&session, path)).await?;
            let (Some(account), Some(ledger)) = (account, ledger) else { return Ok(None) };
            let (client, head) = (path.connection.client, &ledger.head);
            let mut entries = ledger::segments(&session, client, head).await?;
            entries.retain(|entry| entry.touches(window));
            let decode = |bytes: &[u8], span| decode_window(bytes, span, window);
            let mut lines = read(&session, client, &entries, decode).await?;
            lines.retain(|line| !head.is_withdrawn(line.position));
            sort_by_date(&mut lines);
            let (watermark, newest) = (head.lines(), head.newest());
            Ok(Some(StatementLines { account, lines, watermark, newest }))
        })
        .await
    }

    async fn lines_at(&self, path: &AccountPath, span: LineSpan) -> Answer<Vec<KeptLine>> {
        self.look(|session| async move {
            let Some(ledger) = ledger::see(&session, path).await? else { return Ok(Vec::new()) };
            let (client, head) = (path.connection.client, &ledger.head);
            let mut entries = ledger::segments_from(&session, client, head, span.first).await?;
            entries.retain(|entry| entry.shares(span));
            let mut lines = read(&session, client, &entries, decode_segment).await?;
            lines.retain(|line| span.contains(line.position) && !head.is_withdrawn(line.position));
            Ok(lines)
        })
        .await
    }
}
