//! Verbs about the lines of an account.

use async_trait::async_trait;
use domain::ids::ClientId;
use domain::line::KeptLine;
use domain::page::{ListRequest, Page};
use domain::push::LineSpan;
use domain::query::OrderBy;
use domain::source_account::AccountPath;
use store::ledger::{Head, SegmentEntry, decode_segment, decode_window};
use store::{Answer, Lines, StatementLines, Window, listing};

use crate::PostgresStore;
use crate::chunk;
use crate::fault::Attempt;
use crate::ledger;
use crate::session::{Session, both};
use crate::source_account;
use crate::spread::{Direction, Spread};

/// Segments decoded at a time: a whole deep account is never in memory twice.
const SEGMENTS_LOADED_MAX: usize = 256;

/// What `decode` finds in segments, without withdrawn lines, in the order of positions.
async fn read(
    session: &Session,
    client: ClientId,
    head: &Head,
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
    lines.retain(|line| !head.is_withdrawn(line.position));
    Ok(lines)
}

/// The direction in which a request wants lines by date, if that is all it wants.
fn direction(request: &ListRequest) -> Option<Direction> {
    if listing::is_plain(request) {
        return Some(Direction::OldestFirst);
    }
    let order: OrderBy = request.order.filter(|_| request.filter.is_none())?;
    let is_by_date = matches!(order.path(), "clearedOnDate" | "date");
    let direction =
        if order.is_descending() { Direction::NewestFirst } else { Direction::OldestFirst };
    is_by_date.then_some(direction)
}

async fn list(
    session: &Session,
    client: ClientId,
    head: &Head,
    request: &ListRequest,
) -> Attempt<Page<KeptLine>> {
    let entries = ledger::segments(session, client, head).await?;
    if let Some(direction) = direction(request) {
        let spread = Spread::of(head, entries, request.page, direction);
        let lines = read(session, client, head, &spread.segments, decode_segment).await?;
        return Ok(spread.cut(lines));
    }
    let mut lines = read(session, client, head, &entries, decode_segment).await?;
    lines.sort_by_key(|line| (line.line.date.sort_key(), line.position));
    Ok(listing::select(lines, request))
}

fn touches(entry: &SegmentEntry, window: Window) -> bool {
    entry.newest >= window.from && window.to.is_none_or(|to| entry.oldest <= to)
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
            entries.retain(|entry| touches(entry, window));
            let decode = |bytes: &[u8], span| decode_window(bytes, span, window);
            let mut lines = read(&session, client, head, &entries, decode).await?;
            lines.sort_by_key(|line| (line.line.date.sort_key(), line.position));
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
            entries.retain(|entry| entry.span.first < span.end() && span.first < entry.span.end());
            let mut lines = read(&session, client, head, &entries, decode_segment).await?;
            lines.retain(|line| span.contains(line.position));
            Ok(lines)
        })
        .await
    }
}
