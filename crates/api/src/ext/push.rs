//! What really happened to the lines of a push: a platform that fetches has them only when a statement held them, which
//! the contract's `Success` does not tell; to others we send them in statements, one after the other.

use super::fetch::FetchShape;
use super::statement::{StatementShape, state_of};
use crate::envelope::Answer;
use crate::locate::PushAt;
use crate::nouns::load_push;
use crate::state::Shared;
use crate::surface::{Area, Operation, Surface};
use crate::wire::OperationShape;
use axum::Json;
use axum::extract::State;
use domain::delivery::{SentStage, SentStatement};
use domain::fetch::Fetch;
use domain::line::KeptLine;
use domain::push::{LineSpan, PushStatus};
use domain::source_account::AccountPath;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::HashMap;

pub(super) fn surface() -> Surface {
    const PUSH: &str = "/ext/v1/companies/{companyId}/push/{pushOperationKey}";
    Surface::of(Area::Delivery).serve(
        Operation::get(PUSH, "get-push", "What became of each line of a push")
            .answers::<PushShape>(),
        get_push,
    )
}

/// How many of the account's newest fetches since the push are looked at: a platform that fetches every hour needs more
/// than a year to make so many.
const FETCHES_READ_MAX: u32 = 10_000;
/// How many fetches of one line are shown: the first proves the delivery, the others repeat it.
const LINE_FETCHES_MAX: usize = 10;

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "PushDelivery")]
struct PushShape {
    operation: OperationShape,
    account_id: String,
    /// Lines that were there already and were skipped.
    known_lines: u32,
    /// Whether there may be earlier fetches than those that were looked at.
    fetches_truncated: bool,
    /// What was sent of it, in its order, to a platform that does not fetch.
    statements: Vec<StatementShape>,
    lines: Vec<LineShape>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "LineDelivery")]
struct LineShape {
    /// Nothing for a line that is not there any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    position: u64,
    /// As far as it came: `stored` while it is only here.
    #[schemars(extend("enum" = ["stored", "fetched", "sending", "received", "delivered", "rejected", "withdrawn", "deleted"]))]
    state: &'static str,
    fetch_count: usize,
    /// The first ones, oldest first.
    fetches: Vec<FetchShape>,
}

async fn get_push(State(state): State<Shared>, at: PushAt) -> Answer<Json<PushShape>> {
    let operation = load_push(&state, at).await?;
    let statements = state.store.list_statements(at.at.client, at.key).await?;
    let path = AccountPath { connection: operation.path, account: operation.account.clone() };
    let (span, known_lines) = (operation.lines, operation.known_lines);
    let absent = absent_state(operation.status);
    let mut kept = Vec::new();
    let mut fetches = Vec::new();
    if span.count > 0 {
        kept = state.store.lines_at(&path, span).await?;
        let since = operation.requested_at;
        fetches = state.store.list_fetches(&path, since, FETCHES_READ_MAX).await?;
        fetches.reverse();
    }
    Ok(Json(PushShape {
        operation: OperationShape::show(operation),
        account_id: path.account.to_string(),
        known_lines,
        fetches_truncated: u32::try_from(fetches.len())
            .is_ok_and(|count| count >= FETCHES_READ_MAX),
        statements: statements.iter().map(StatementShape::show).collect(),
        lines: show_lines(span, absent, kept, &Carried { fetches, statements }),
    }))
}

/// What carried lines away.
struct Carried {
    fetches: Vec<Fetch>,
    statements: Vec<SentStatement>,
}

impl Carried {
    /// Whether a line that is not there any more may be in the books all the same.
    fn may_have_brought(&self, position: u64) -> bool {
        let may_be = |stage: SentStage| stage == SentStage::Delivered || stage.is_open();
        let mut brought = self.statements.iter().filter(|sent| may_be(sent.stage));
        brought.any(|sent| sent.lines.contains(position))
    }
}

/// Every position of the push, with what became of its line.
fn show_lines(
    span: LineSpan,
    absent: &'static str,
    kept: Vec<KeptLine>,
    carried: &Carried,
) -> Vec<LineShape> {
    let mut kept: HashMap<u64, KeptLine> =
        kept.into_iter().map(|line| (line.position, line)).collect();
    let show = |position| {
        if let Some(line) = kept.remove(&position) {
            return LineShape::show(line, carried);
        }
        let state = if carried.may_have_brought(position) { "deleted" } else { absent };
        LineShape { id: None, position, state, fetch_count: 0, fetches: Vec::new() }
    };
    (span.first..span.end()).map(show).collect()
}

/// What a line is that its push had and its account has not, and that no statement stands for: a push that ended without
/// delivering it took it back, so that it is new when it comes again; otherwise the account was deleted with all its
/// lines. Where one that was taken back may be in the books all the same, the operation's error says so.
const fn absent_state(status: PushStatus) -> &'static str {
    match status {
        PushStatus::Failed | PushStatus::TimedOut => "withdrawn",
        PushStatus::Pending | PushStatus::Success => "deleted",
    }
}

impl LineShape {
    /// `stored`: here, and in no statement that a platform took. `fetched`: in one that it came for. The rest: in one that
    /// was sent to it.
    fn show(line: KeptLine, Carried { fetches, statements }: &Carried) -> Self {
        let covering = || fetches.iter().filter(|fetch| fetch.covers(&line));
        let sent = statements.iter().find(|sent| sent.lines.contains(line.position));
        let fetch_count = covering().count();
        let shown = covering().take(LINE_FETCHES_MAX).map(FetchShape::show).collect();
        let waiting = sent.map_or("stored", state_of);
        let state = if fetch_count == 0 { waiting } else { "fetched" };
        Self {
            id: Some(line.line.id.into()),
            position: line.position,
            state,
            fetch_count,
            fetches: shown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;
    use testkit::{NOON, TODAY, amount};

    #[test]
    fn each_line_tells_whether_it_is_stored_fetched_or_withdrawn() {
        let lines = vec![sample::kept_line(7, "2025-03-04"), sample::kept_line(9, "2025-03-20")];
        let fetches = vec![sample::fetch("2025-03-01", Some("2025-03-10"), 9)];
        let carried = Carried { fetches, statements: Vec::new() };
        let shown = show_lines(LineSpan { first: 7, count: 3 }, "withdrawn", lines, &carried);
        let states: Vec<_> = shown.iter().map(|line| (line.position, line.state)).collect();
        assert_eq!(states, [(7, "fetched"), (8, "withdrawn"), (9, "stored")]);
        insta::assert_snapshot!(serde_json::to_string_pretty(&shown).unwrap());
    }

    #[test]
    fn each_line_tells_how_far_its_statement_came() {
        let lines: Vec<_> = (0..6).map(|place| sample::kept_line(place, "2025-03-04")).collect();
        let mut statements: Vec<_> = (0..5).zip(SentStage::ALL).map(statement).collect();
        statements[1].id = Some("st-1".to_owned());
        let shown = StatementShape::show(&statements[1]);
        insta::assert_snapshot!(serde_json::to_string_pretty(&shown).unwrap());
        let carried = Carried { fetches: Vec::new(), statements };
        let span = LineSpan { first: 0, count: 6 };
        let states = |lines| -> Vec<_> {
            let shown = show_lines(span, "withdrawn", lines, &carried);
            shown.iter().map(|line| line.state).collect()
        };
        let expected = ["sending", "stored", "received", "delivered", "rejected", "stored"];
        assert_eq!(states(lines), expected);
        // The account was deleted: what may be in the books was not taken back.
        let gone = ["deleted", "withdrawn", "deleted", "deleted", "withdrawn", "withdrawn"];
        assert_eq!(states(Vec::new()), gone);
    }

    /// One of the line at that place.
    fn statement((place, stage): (u32, SentStage)) -> SentStatement {
        SentStatement {
            number: place,
            feed: "feed-1".to_owned(),
            lines: LineSpan { first: u64::from(place), count: 1 },
            starts_on: TODAY,
            ends_on: TODAY,
            opening: amount("100.00"),
            closing: amount("58.80"),
            attempt: 2,
            attempted_at: NOON,
            is_doubtful: false,
            id: None,
            stage,
            stage_at: NOON,
        }
    }
}
