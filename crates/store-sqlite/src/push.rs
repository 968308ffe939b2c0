//! Pushes: the way in, and what callers poll.

use crate::row::{Fields, Put};
use crate::writer::{Undo, Writing};
use crate::{Database, SqliteStore, event, ledger, managed_sync, path, sql, work};
use async_trait::async_trait;
use domain::event::{Event, EventKind};
use domain::ids::{ClientId, CompanyId, ConnectionPath, PushKey};
use domain::line::Text;
use domain::page::{ListRequest, Page};
use domain::platform::Platform;
use domain::push::{
    Accepted, Known, LineSpan, PushDraft, PushOperation, PushStatus, Refused, Standing, Verdict,
    judge,
};
use domain::source_account::AccountPath;
use std::collections::HashMap;
use std::mem;
use std::sync::Arc;
use store::ledger::{Head, NewSegment, Prepared, Run, Wanted, append};
use store::{AcceptedPush, Answer, Missing, PushIntake, Pushes, listing};

const FIND_TARGET: &str = "
    -- find_target
    select company.company_no, source_account.account_no, connection.platform, connection.status,
        source_account.status, source_account.feed_start, ledger.head
    from company
    join connection on connection.company_no = company.company_no
    join source_account on source_account.connection_no = connection.connection_no
    join ledger on ledger.account_no = source_account.account_no
    where company.client_id = ?1 and company.company_id = ?2 and connection.connection_id = ?3
        and source_account.account_id = ?4";

const CREATE_PUSH: &str = "
    -- create_push
    insert into push (
        push_key, company_no, connection_id, account_id, account_no, requested_at_us,
        completed_at_us, status, error, validation, timeout_minutes, first_line, line_count,
        known_lines, awaited
    )
    values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)";

const FIND_PUSH: &str = "
    -- find_push
    select push.push_key, company.client_id, company.company_id, push.connection_id,
        push.account_id, push.requested_at_us, push.completed_at_us, push.status, push.error,
        push.validation, push.timeout_minutes, push.first_line, push.line_count, push.known_lines,
        push.awaited
    from push
    join company on company.company_no = push.company_no
    where push.push_key = ?1 and company.client_id = ?2 and company.company_id = ?3";

const COUNT_PUSHES: &str = "
    -- count_pushes
    select count(*)
    from push
    where company_no = ?1";

const LIST_PUSHES: &str = "
    -- list_pushes
    select push.push_key, company.client_id, company.company_id, push.connection_id,
        push.account_id, push.requested_at_us, push.completed_at_us, push.status, push.error,
        push.validation, push.timeout_minutes, push.first_line, push.line_count, push.known_lines,
        push.awaited
    from company
    join push on push.company_no = company.company_no
    where company.company_no = ?1
    order by push.requested_at_us desc, push.push_key desc
    limit ?2 offset ?3";

#[async_trait]
impl Pushes for SqliteStore {
    async fn accept_push(&self, intake: PushIntake) -> Answer<AcceptedPush> {
        #[cfg(feature = "answer-only")]
        if self.answers_only {
            return self.read(move |database| answer_only(database, intake)).await;
        }
        let prepared = Prepared::of(&intake.draft, intake.requested_at);
        let signal = self.work.clone();
        let raise = move |accepted: &AcceptedPush| {
            if is_pending(accepted) {
                signal.raise();
            }
        };
        self.write_then(Undo::Commit, move |writing| accept_push(writing, intake, &prepared), raise)
            .await
    }

    async fn find_push(
        &self,
        client: ClientId,
        company: CompanyId,
        key: PushKey,
    ) -> Answer<Option<PushOperation>> {
        self.read(move |database| sql::one(database, FIND_PUSH, &[&key, &client, &company], push))
            .await
    }

    async fn list_pushes(
        &self,
        client: ClientId,
        company: CompanyId,
        request: &ListRequest,
    ) -> Answer<Option<Page<PushOperation>>> {
        let request = request.clone();
        self.read(move |database| {
            let company = path::company_no(database, client, company)?;
            company.map(|company_no| list_pushes(database, company_no, &request)).transpose()
        })
        .await
    }
}

fn is_pending(accepted: &AcceptedPush) -> bool {
    match accepted {
        AcceptedPush::Kept(operation) => operation.status == PushStatus::Pending,
        AcceptedPush::Missing(_) => false,
    }
}

/// What a push goes to, as it stands.
struct Target {
    company_no: i64,
    account_no: i64,
    platform: &'static Platform,
    standing: Standing,
    head: Head,
    runs: Vec<Arc<Run>>,
}

fn accept_push(
    writing: &mut Writing<'_>,
    mut intake: PushIntake,
    prepared: &Prepared,
) -> Answer<AcceptedPush> {
    let database = writing.database;
    let Some(mut target) = find_target(database, &intake.account)? else {
        return Ok(AcceptedPush::Missing(find_missing(database, &intake.account)?));
    };
    target.runs = writing.runs.load(database, &target.head)?;
    let draft = mem::take(&mut intake.draft);
    let known = find_known(database, &target, &draft, &prepared.wanted)?;
    let profile = intake.profiles.of(target.platform);
    let verdict = judge(&profile, &target.standing, &known, draft, intake.requested_at);
    let operation = match verdict {
        Verdict::Accepted(accepted) => {
            let segment = prepared.segment_of(&accepted);
            keep_accepted(writing, &target, &intake, accepted, segment)?
        }
        Verdict::Refused(refused) => keep_refused(database, &target, &intake, refused)?,
    };
    if let Some(sync) = intake.sync {
        managed_sync::link(database, sync, target.account_no, operation.key)?;
    }
    Ok(AcceptedPush::Kept(operation))
}

/// See [`SqliteStore::answering_only`].
#[cfg(feature = "answer-only")]
fn answer_only(database: &Database, mut intake: PushIntake) -> Answer<AcceptedPush> {
    let Some(target) = find_target(database, &intake.account)? else {
        return Ok(AcceptedPush::Missing(find_missing(database, &intake.account)?));
    };
    let (profile, known) = (intake.profiles.of(target.platform), HashMap::new());
    let draft = mem::take(&mut intake.draft);
    let verdict = judge(&profile, &target.standing, &known, draft, intake.requested_at);
    Ok(AcceptedPush::Kept(match verdict {
        Verdict::Accepted(accepted) => {
            let count = u32::try_from(accepted.lines.len()).unwrap_or(u32::MAX);
            let lines = LineSpan { first: target.head.lines(), count };
            intake.pending(lines, accepted)
        }
        Verdict::Refused(refused) => intake.failed(refused),
    }))
}

fn find_target(database: &Database, path: &AccountPath) -> Answer<Option<Target>> {
    let ConnectionPath { client, company, connection } = &path.connection;
    sql::one(database, FIND_TARGET, &[client, company, connection, &path.account], |row| {
        let (company_no, account_no, platform) = (row.next()?, row.next()?, row.next()?);
        let (connection, account, feed_start) = (row.next()?, row.next()?, row.next()?);
        let head = ledger::head(row)?;
        let standing = Standing { connection, account, feed_start, newest: head.newest() };
        Ok(Target { company_no, account_no, platform, standing, head, runs: Vec::new() })
    })
}

fn find_missing(database: &Database, path: &AccountPath) -> Answer<Missing> {
    let ConnectionPath { client, company, .. } = path.connection;
    if path::company_no(database, client, company)?.is_none() {
        return Ok(Missing::Company);
    }
    if path::connection_no(database, &path.connection)?.is_none() {
        return Ok(Missing::Connection);
    }
    Ok(Missing::Account)
}

/// What the account has already under ids of the draft.
fn find_known(
    database: &Database,
    target: &Target,
    draft: &PushDraft,
    wanted: &Wanted,
) -> Answer<HashMap<Text, Known>> {
    let known = ledger::find_known(database, &target.head, &target.runs, draft, wanted)?;
    if known.is_empty() {
        return Ok(HashMap::new());
    }
    let under_way = work::under_way_from(database, target.account_no)?;
    let known = known.into_iter().map(|kept| {
        let known = Known::of(&kept, under_way);
        (kept.line.id, known)
    });
    Ok(known.collect())
}

fn keep_accepted(
    writing: &mut Writing<'_>,
    target: &Target,
    intake: &PushIntake,
    accepted: Accepted,
    segment: Option<NewSegment>,
) -> Answer<PushOperation> {
    let append = segment.map(|segment| append(&target.head, &target.runs, segment)).transpose()?;
    let nothing = LineSpan { first: target.head.lines(), count: 0 };
    let lines = append.as_ref().map_or(nothing, |append| append.span);
    let balance = accepted.balance;
    let operation = intake.pending(lines, accepted);
    // First, since a key that is there already is refused here, before anything is written.
    create_push(writing.database, target, &operation)?;
    if let Some(append) = append {
        ledger::write_append(writing, target.account_no, append, balance)?;
    }
    work::create(writing.database, operation.key, target.account_no, intake.requested_at)?;
    Ok(operation)
}

fn keep_refused(
    database: &Database,
    target: &Target,
    intake: &PushIntake,
    refused: Refused,
) -> Answer<PushOperation> {
    let operation = intake.failed(refused);
    create_push(database, target, &operation)?;
    record(database, &operation, intake.requested_at)?;
    Ok(operation)
}

fn create_push(database: &Database, target: &Target, operation: &PushOperation) -> Answer<()> {
    sql::execute(
        database,
        CREATE_PUSH,
        &[
            &operation.key,
            &target.company_no,
            &operation.path.connection,
            &operation.account,
            &target.account_no,
            &operation.requested_at,
            &operation.completed_at,
            &operation.status,
            &operation.error,
            &operation.validation,
            &operation.timeout_minutes,
            &operation.lines.first,
            &operation.lines.count,
            &operation.known_lines,
            &operation.awaited,
        ],
    )?;
    Ok(())
}

/// Keeps the event of a push that has ended.
pub(crate) fn record(
    database: &Database,
    operation: &PushOperation,
    now: jiff::Timestamp,
) -> Answer<()> {
    let kind = match operation.status {
        PushStatus::Success => EventKind::WriteSuccessful,
        PushStatus::Pending | PushStatus::Failed | PushStatus::TimedOut => {
            EventKind::WriteUnsuccessful
        }
    };
    let ConnectionPath { client, company, connection } = operation.path;
    let happened = Event::of_company(client, company, kind, now).on(connection);
    let happened = happened.for_account(operation.account.clone()).for_push(operation.key);
    event::record(database, &happened)
}

fn list_pushes(
    database: &Database,
    company_no: i64,
    request: &ListRequest,
) -> Answer<Page<PushOperation>> {
    let load = |limit: u64, offset: u64| {
        let values: [&dyn Put; 3] = [&company_no, &limit, &offset];
        sql::all(database, LIST_PUSHES, &values, push)
    };
    if !listing::is_plain(request) {
        return Ok(listing::select(load(u64::MAX, 0)?, request));
    }
    let total = sql::count(database, COUNT_PUSHES, &[&company_no])?;
    Ok(Page { items: load(request.page.items().into(), request.page.offset())?, total })
}

/// Reads an operation.
pub(crate) fn push(row: &mut Fields<'_>) -> Answer<PushOperation> {
    Ok(PushOperation {
        key: row.next()?,
        path: ConnectionPath { client: row.next()?, company: row.next()?, connection: row.next()? },
        account: row.next()?,
        requested_at: row.next()?,
        completed_at: row.next()?,
        status: row.next()?,
        error: row.next()?,
        validation: row.next()?,
        timeout_minutes: row.next()?,
        lines: LineSpan { first: row.next()?, count: row.next()? },
        known_lines: row.next()?,
        awaited: row.next()?,
    })
}
