//! What was sent of pushes.

use crate::row::{Fields, Put};
use crate::{Database, SqliteStore, row, sql, work};
use async_trait::async_trait;
use domain::delivery::{SENDING_HOLD, SentStage, SentStatement};
use domain::ids::{ClientId, PushKey};
use domain::push::LineSpan;
use domain::work::Lease;
use store::{Answer, Deliveries, SentSoFar, Settled};

const LIST_STATEMENTS: &str = "
    -- list_statements
    select number, feed, sent_statement.first_line, sent_statement.line_count, starts_on, ends_on,
        opening, closing, attempt, attempted_at_us, doubtful, statement_id, stage, stage_at_us
    from push
    join company on company.company_no = push.company_no
    join sent_statement on sent_statement.push_key = push.push_key
    where push.push_key = ?1 and company.client_id = ?2
    order by number";

const FIND_CLOSING: &str = "
    -- find_closing_balance
    select closing
    from push
    join sent_statement on sent_statement.account_no = push.account_no
    where push.push_key = ?1 and feed = ?2 and stage = ?3
        and sent_statement.first_line < push.first_line
    order by sent_statement.first_line desc
    limit 1";

const KEEP_STATEMENT: &str = "
    -- keep_statement
    insert or replace into sent_statement (
        push_key, number, account_no, feed, first_line, line_count, starts_on, ends_on, opening,
        closing, attempt, attempted_at_us, doubtful, statement_id, stage, stage_at_us
    )
    values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)";

const NOTE_SYNC: &str = "
    -- note_sync
    update connection
    set synced_at_us = max(coalesce(synced_at_us, 0), ?3)
    where connection_id = ?2 and company_no = (select company_no from push where push_key = ?1)";

const EXTEND_LEASE: &str = "
    -- extend_lease
    update work
    set lease_until_us = max(lease_until_us, ?2)
    where push_key = ?1";

const LIST_LOOK_ALIKES: &str = "
    -- list_look_alikes
    select statement_id
    from push
    join sent_statement as other on other.account_no = push.account_no
    where push.push_key = ?1 and other.feed = ?3 and other.line_count = ?4
        and other.starts_on = ?5 and other.ends_on = ?6 and statement_id is not null
        and not (other.push_key = ?1 and other.number = ?2)
    order by other.first_line";

#[async_trait]
impl Deliveries for SqliteStore {
    async fn sent_so_far(&self, lease: &Lease, feed: &str) -> Answer<SentSoFar> {
        let (key, client, feed) = (lease.push.key, lease.push.path.client, feed.to_owned());
        self.read(move |database| {
            let delivered = SentStage::Delivered;
            let values: [&dyn Put; 3] = [&key, &feed, &delivered];
            Ok(SentSoFar {
                statements: statements(database, client, key)?,
                closing: sql::one(database, FIND_CLOSING, &values, row::only)?,
            })
        })
        .await
    }

    async fn keep_statement(&self, lease: &Lease, statement: &SentStatement) -> Answer<Settled> {
        let (lease, statement) = (lease.clone(), statement.clone());
        self.write(move |writing| keep(writing.database, &lease, &statement)).await
    }

    async fn look_alikes(&self, lease: &Lease, statement: &SentStatement) -> Answer<Vec<String>> {
        let (key, statement) = (lease.push.key, statement.clone());
        self.read(move |database| {
            let SentStatement { number, feed, lines, starts_on, ends_on, .. } = &statement;
            let values: [&dyn Put; 6] = [&key, number, feed, &lines.count, starts_on, ends_on];
            sql::all(database, LIST_LOOK_ALIKES, &values, row::only)
        })
        .await
    }

    async fn list_statements(&self, client: ClientId, push: PushKey) -> Answer<Vec<SentStatement>> {
        self.read(move |database| statements(database, client, push)).await
    }
}

fn statements(database: &Database, client: ClientId, push: PushKey) -> Answer<Vec<SentStatement>> {
    sql::all(database, LIST_STATEMENTS, &[&push, &client], statement)
}

fn keep(database: &Database, lease: &Lease, statement: &SentStatement) -> Answer<Settled> {
    let key = &lease.push.key;
    let Some(account_no) = work::held(database, lease)? else { return Ok(Settled::LeaseLost) };
    let SentStatement { number, feed, lines, starts_on, ends_on, opening, closing, .. } = statement;
    let SentStatement { attempt, attempted_at, is_doubtful, id, stage, stage_at, .. } = statement;
    let values: [&dyn Put; 16] = [
        key,
        number,
        &account_no,
        feed,
        &lines.first,
        &lines.count,
        starts_on,
        ends_on,
        opening,
        closing,
        attempt,
        attempted_at,
        is_doubtful,
        id,
        stage,
        stage_at,
    ];
    sql::execute(database, KEEP_STATEMENT, &values)?;
    if *stage == SentStage::Sending {
        let until = stage_at.saturating_add(SENDING_HOLD).unwrap_or(*stage_at);
        sql::execute(database, EXTEND_LEASE, &[key, &until])?;
    }
    if *stage == SentStage::Delivered {
        sql::execute(database, NOTE_SYNC, &[key, &lease.push.path.connection, stage_at])?;
    }
    Ok(Settled::Written)
}

/// Reads a statement.
pub(crate) fn statement(row: &mut Fields<'_>) -> Answer<SentStatement> {
    Ok(SentStatement {
        number: row.next()?,
        feed: row.next()?,
        lines: LineSpan { first: row.next()?, count: row.next()? },
        starts_on: row.next()?,
        ends_on: row.next()?,
        opening: row.next()?,
        closing: row.next()?,
        attempt: row.next()?,
        attempted_at: row.next()?,
        is_doubtful: row.next()?,
        id: row.next()?,
        stage: row.next()?,
        stage_at: row.next()?,
    })
}
