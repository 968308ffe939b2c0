//! The verbs about pushes.

use async_trait::async_trait;
use domain::ids::{ClientId, CompanyId, PushKey};
use domain::page::{ListRequest, Page};
use domain::push::{PushOperation, PushStatus};
use store::ledger::Prepared;
use store::{AcceptedPush, Answer, PushIntake, Pushes, listing};
use tokio_postgres::Row;

use super::accept::accept;
use super::operation_of;
use crate::PostgresStore;
use crate::columns::{Columns, signed};
use crate::company;
use crate::fault::Attempt;
use crate::session::both;

const FIND_PUSH: &str = "\
-- find_push
select push_key, client_id, company_id, connection_id, account_id, requested_at, completed_at,
    status, error, validation, timeout_minutes, first_line, line_count, known_lines, awaited
from push
where client_id = $1 and company_id = $2 and push_key = $3";

const LIST_PUSHES: &str = "\
-- list_pushes
select push_key, client_id, company_id, connection_id, account_id, requested_at, completed_at,
    status, error, validation, timeout_minutes, first_line, line_count, known_lines, awaited
from push
where client_id = $1 and company_id = $2
order by requested_at desc, push_no desc
limit $3
offset $4";

const COUNT_PUSHES: &str = "\
-- count_pushes
select count(*)
from push
where client_id = $1 and company_id = $2";

fn operations_of(rows: &[Row]) -> Attempt<Vec<PushOperation>> {
    rows.iter().map(|row| operation_of(&mut Columns::of(row))).collect()
}

#[async_trait]
impl Pushes for PostgresStore {
    async fn accept_push(&self, intake: PushIntake) -> Answer<AcceptedPush> {
        let prepared = Prepared::of(&intake.draft, intake.requested_at);
        let (intake, prepared, runs) = (&intake, &prepared, &self.runs);
        let accepted = self
            .transact(|session| async move { accept(&session, runs, intake, prepared).await })
            .await?;
        if let AcceptedPush::Kept(push) = &accepted
            && push.status == PushStatus::Pending
        {
            self.tell_of_work();
        }
        Ok(accepted)
    }

    async fn find_push(
        &self,
        client: ClientId,
        company: CompanyId,
        key: PushKey,
    ) -> Answer<Option<PushOperation>> {
        self.ask(|session| async move {
            let ids = (client.uuid(), company.uuid(), key.uuid());
            let row = session.row(FIND_PUSH, &[&ids.0, &ids.1, &ids.2]).await?;
            row.map(|row| operation_of(&mut Columns::of(&row))).transpose()
        })
        .await
    }

    async fn list_pushes(
        &self,
        client: ClientId,
        company: CompanyId,
        request: &ListRequest,
    ) -> Answer<Option<Page<PushOperation>>> {
        self.look(|session| async move {
            if !company::exists(&session, client, company).await? {
                return Ok(None);
            }
            let (client, company) = (client.uuid(), company.uuid());
            if !listing::is_plain(request) {
                let all = None::<i64>;
                let rows = session.rows(LIST_PUSHES, &[&client, &company, &all, &0_i64]).await?;
                return Ok(Some(listing::select(operations_of(&rows)?, request)));
            }
            let (count, offset) = (i64::from(request.page.items()), signed(request.page.offset())?);
            let (total, rows) = both(
                session.rows(COUNT_PUSHES, &[&client, &company]),
                session.rows(LIST_PUSHES, &[&client, &company, &Some(count), &offset]),
            )
            .await?;
            let total = total.first().map_or(Ok(0), |row| Columns::of(row).number())?;
            Ok(Some(Page { items: operations_of(&rows)?, total }))
        })
        .await
    }
}
