//! Verbs about what was sent of pushes.

use async_trait::async_trait;
use domain::delivery::{SENDING_HOLD, SentStage, SentStatement};
use domain::ids::{ClientId, PushKey};
use domain::money::Amount;
use domain::push::LineSpan;
use domain::work::Lease;
use store::{Answer, Deliveries, SentSoFar, Settled};
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use crate::PostgresStore;
use crate::columns::{Columns, day, micros, signed};
use crate::fault::Attempt;
use crate::session::{Session, Write};
use crate::text::escaped;
use crate::work;

const LIST_STATEMENTS: &str = "\
-- list_statements
select number, feed, first_line, line_count, starts_on, ends_on, opening, closing, attempt,
    attempted_at, doubtful, statement_id, stage, stage_at
from sent_statement
where client_id = $1 and push_key = $2
order by number";

const FIND_CLOSING: &str = "\
-- find_closing_balance
select closing
from sent_statement
where client_id = $1
    and account_no = (select account_no from push where client_id = $1 and push_key = $2)
    and feed = $3
    and stage = $4
    and first_line < $5
order by first_line desc
limit 1";

const KEEP_STATEMENT: &str = "\
-- keep_statement
insert into sent_statement (
    client_id, push_key, number, company_id, account_no, feed, first_line, line_count, starts_on,
    ends_on, opening, closing, attempt, attempted_at, doubtful, statement_id, stage,
    stage_at
)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
on conflict (client_id, push_key, number) do update
set feed = excluded.feed, first_line = excluded.first_line, line_count = excluded.line_count,
    starts_on = excluded.starts_on, ends_on = excluded.ends_on, opening = excluded.opening,
    closing = excluded.closing, attempt = excluded.attempt, attempted_at = excluded.attempted_at,
    doubtful = excluded.doubtful, statement_id = excluded.statement_id, stage = excluded.stage,
    stage_at = excluded.stage_at";

const NOTE_SYNC: &str = "\
-- note_sync
update connection
set synced_at = greatest(synced_at, $3)
where client_id = $1 and connection_id = $2";

const EXTEND_LEASE: &str = "\
-- extend_lease
update work
set lease_until = greatest(lease_until, $4)
where client_id = $1 and account_no = $2 and lease_token = $3";

const LIST_LOOK_ALIKES: &str = "\
-- list_look_alikes
select statement_id
from sent_statement
where client_id = $1
    and account_no = (select account_no from push where client_id = $1 and push_key = $2)
    and feed = $4
    and line_count = $5
    and starts_on = $6
    and ends_on = $7
    and statement_id is not null
    and not (push_key = $2 and number = $3)
order by first_line";

#[async_trait]
impl Deliveries for PostgresStore {
    async fn sent_so_far(&self, lease: &Lease, feed: &str) -> Answer<SentSoFar> {
        self.look(|session| async move {
            let (client, key) = (lease.push.path.client.uuid(), lease.push.key.uuid());
            let (delivered, first) = (SentStage::Delivered.name(), signed(lease.push.lines.first)?);
            let values: [&(dyn ToSql + Sync); 5] =
                [&client, &key, &escaped(feed), &delivered, &first];
            let closing = session.row(FIND_CLOSING, &values).await?;
            let closing =
                closing.map(|row| Columns::of(&row).parsed(|text| Amount::parse(text).ok()));
            let statements = statements(&session, lease.push.path.client, lease.push.key).await?;
            Ok(SentSoFar { statements, closing: closing.transpose()? })
        })
        .await
    }

    async fn keep_statement(&self, lease: &Lease, statement: &SentStatement) -> Answer<Settled> {
        self.transact(|session| async move {
            let (client, path) = (lease.push.path.client.uuid(), lease.push.path);
            if statement.stage == SentStage::Delivered {
                // The connection before the work below it; and what was delivered was, whoever holds the work.
                let at = micros(statement.stage_at);
                session.run(NOTE_SYNC, &[&client, &path.connection.uuid(), &at]).await?;
            }
            let Some(account_no) = work::held(&session, lease).await? else {
                return Ok(Settled::LeaseLost);
            };
            let values: [&(dyn ToSql + Sync); 18] = [
                &client,
                &lease.push.key.uuid(),
                &i64::from(statement.number),
                &path.company.uuid(),
                &account_no,
                &escaped(&statement.feed),
                &signed(statement.lines.first)?,
                &i64::from(statement.lines.count),
                &day(statement.starts_on),
                &day(statement.ends_on),
                &statement.opening.to_string(),
                &statement.closing.to_string(),
                &i64::from(statement.attempt),
                &micros(statement.attempted_at),
                &statement.is_doubtful,
                &statement.id.as_deref().map(escaped),
                &statement.stage.name(),
                &micros(statement.stage_at),
            ];
            let mut writes = vec![Write::new(KEEP_STATEMENT, &values)];
            let until = statement.stage_at.saturating_add(SENDING_HOLD);
            let until = micros(until.unwrap_or(statement.stage_at));
            let extended: [&(dyn ToSql + Sync); 4] =
                [&client, &account_no, &lease.token.uuid(), &until];
            if statement.stage == SentStage::Sending {
                writes.push(Write::new(EXTEND_LEASE, &extended));
            }
            session.finish(&writes).await?;
            Ok(Settled::Written)
        })
        .await
    }

    async fn look_alikes(&self, lease: &Lease, statement: &SentStatement) -> Answer<Vec<String>> {
        self.ask(|session| async move {
            let values: [&(dyn ToSql + Sync); 7] = [
                &lease.push.path.client.uuid(),
                &lease.push.key.uuid(),
                &i64::from(statement.number),
                &escaped(&statement.feed),
                &i64::from(statement.lines.count),
                &day(statement.starts_on),
                &day(statement.ends_on),
            ];
            let rows = session.rows(LIST_LOOK_ALIKES, &values).await?;
            rows.iter().map(|row| Columns::of(row).text()).collect()
        })
        .await
    }

    async fn list_statements(&self, client: ClientId, push: PushKey) -> Answer<Vec<SentStatement>> {
        self.ask(|session| async move { statements(&session, client, push).await }).await
    }
}

async fn statements(
    session: &Session,
    client: ClientId,
    push: PushKey,
) -> Attempt<Vec<SentStatement>> {
    let rows = session.rows(LIST_STATEMENTS, &[&client.uuid(), &push.uuid()]).await?;
    rows.iter().map(statement_of).collect()
}

fn statement_of(row: &Row) -> Attempt<SentStatement> {
    statement_from(&mut Columns::of(row))
}

/// Reads a statement from the next columns on.
pub(crate) fn statement_from(columns: &mut Columns<'_>) -> Attempt<SentStatement> {
    Ok(SentStatement {
        number: columns.number()?,
        feed: columns.text()?,
        lines: LineSpan { first: columns.number()?, count: columns.number()? },
        starts_on: columns.day()?,
        ends_on: columns.day()?,
        opening: columns.parsed(|text| Amount::parse(text).ok())?,
        closing: columns.parsed(|text| Amount::parse(text).ok())?,
        attempt: columns.number()?,
        attempted_at: columns.moment()?,
        is_doubtful: columns.take()?,
        id: columns.text_maybe()?,
        stage: columns.parsed(SentStage::parse)?,
        stage_at: columns.moment()?,
    })
}
