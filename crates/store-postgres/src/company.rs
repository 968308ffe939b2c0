//! Verbs about companies.

use std::collections::{BTreeMap, HashMap};

use async_trait::async_trait;
use domain::company::{Company, CompanyChange, CompanyName, Tags};
use domain::connection::Connection;
use domain::event::{Event, EventKind};
use domain::ids::{ClientId, CompanyId};
use domain::page::{ListRequest, Page};
use domain::query::TagFilter;
use jiff::Timestamp;
use store::{Answer, Companies, listing};
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

use crate::PostgresStore;
use crate::access_token::DELETE_ACCESS_TOKENS;
use crate::columns::{Columns, micros, signed};
use crate::connection;
use crate::event::{News, finish_with, see_detail};
use crate::fault::{Attempt, damaged};
use crate::ledger;
use crate::link::STIR_LINKS_OF_COMPANY;
use crate::link_session::{DELETE_LINK_SESSIONS_OF_COMPANY, DELETE_USED_LINKS_OF_COMPANY};
use crate::session::{Session, Write, both};
use crate::text::escaped;

const CREATE_COMPANY: &str = "\
-- create_company
insert into company (client_id, company_id, name, description, tags, created_at)
values ($1, $2, $3, $4, $5, $6)";

const FIND_COMPANY: &str = "\
-- find_company
select company_id, client_id, name, description, tags, created_at
from company
where client_id = $1 and company_id = $2";

const LOCK_COMPANY: &str = "\
-- lock_company
select company_id, client_id, name, description, tags, created_at
from company
where client_id = $1 and company_id = $2
for update";

/// Keeps a company from being deleted while something is written below it.
pub(crate) const HOLD_COMPANY: &str = "\
-- hold_company
select 1
from company
where client_id = $1 and company_id = $2
for key share";

const SEE_COMPANY: &str = "\
-- see_company
select 1
from company
where client_id = $1 and company_id = $2";

const COUNT_COMPANIES: &str = "\
-- count_companies
select count(*)
from company
where client_id = $1";

const LIST_COMPANIES: &str = "\
-- list_companies
select company_id, client_id, name, description, tags, created_at
from company
where client_id = $1
order by created_at, company_no
limit $2
offset $3";

const CHANGE_COMPANY: &str = "\
-- change_company
update company
set name = $3, description = $4, tags = $5
where client_id = $1 and company_id = $2";

const DELETE_COMPANY: &str = "\
-- delete_company
delete from company
where client_id = $1 and company_id = $2";

const DELETE_CONNECTIONS: &str = "\
-- delete_connections
delete from connection
where client_id = $1 and company_id = $2";

const DELETE_SOURCE_ACCOUNTS: &str = "\
-- delete_source_accounts
delete from source_account
where client_id = $1 and company_id = $2";

const DELETE_CREDENTIALS: &str = "\
-- delete_credentials
delete from credential
where client_id = $1 and company_id = $2";

const DELETE_WORK: &str = "\
-- delete_work
delete from work
where client_id = $1 and company_id = $2";

const DELETE_PUSHES: &str = "\
-- delete_pushes
delete from push
where client_id = $1 and company_id = $2";

const DELETE_STATEMENTS: &str = "\
-- delete_sent_statements
delete from sent_statement
where client_id = $1 and company_id = $2";

fn company_of(row: &Row) -> Attempt<Company> {
    let mut columns = Columns::of(row);
    Ok(Company {
        id: columns.id(CompanyId::new)?,
        client: columns.id(ClientId::new)?,
        name: columns.parsed(|text| CompanyName::clean(text).ok())?,
        description: columns.text()?,
        tags: columns.parsed(tags_of)?,
        created_at: columns.moment()?,
        connections: Vec::new(),
    })
}

fn tags_of(text: &str) -> Option<Tags> {
    let tags: BTreeMap<String, String> = serde_json::from_str(text).ok()?;
    Tags::new(tags).ok()
}

/// JSON: its escapes leave no character that a column cannot hold.
fn tags_text(tags: &Tags) -> Attempt<String> {
    serde_json::to_string(tags.all()).map_err(|error| damaged(error.to_string()))
}

/// Whether there is such a company; it stays until the transaction ends.
pub(crate) async fn hold(session: &Session, client: ClientId, id: CompanyId) -> Attempt<bool> {
    Ok(session.row(HOLD_COMPANY, &[&client.uuid(), &id.uuid()]).await?.is_some())
}

/// Whether there is such a company.
pub(crate) async fn exists(session: &Session, client: ClientId, id: CompanyId) -> Attempt<bool> {
    Ok(session.row(SEE_COMPANY, &[&client.uuid(), &id.uuid()]).await?.is_some())
}

/// The companies with their connections, of which each has one company.
fn joined(companies: &[Row], connections: &[Row]) -> Attempt<Vec<Company>> {
    let mut by_company: HashMap<CompanyId, Vec<Connection>> = HashMap::new();
    for row in connections {
        let connection = connection::connection_of(row)?;
        by_company.entry(connection.company).or_default().push(connection);
    }
    let with_connections = |row: &Row| {
        let company = company_of(row)?;
        let connections = by_company.remove(&company.id).unwrap_or_default();
        Ok(Company { connections, ..company })
    };
    companies.iter().map(with_connections).collect()
}

#[async_trait]
impl Companies for PostgresStore {
    async fn create_company(&self, company: &Company) -> Answer<()> {
        self.transact(|session| async move {
            let created = EventKind::CompanyCreated;
            let event = Event::of_company(company.client, company.id, created, company.created_at);
            let values: [&(dyn ToSql + Sync); 6] = [
                &company.client.uuid(),
                &company.id.uuid(),
                &company.name.as_str(),
                &escaped(&company.description),
                &tags_text(&company.tags)?,
                &micros(company.created_at),
            ];
            let news = News::of(company.client, &[event]);
            finish_with(&session, &[Write::new(CREATE_COMPANY, &values)], &news).await
        })
        .await
    }

    async fn find_company(&self, client: ClientId, id: CompanyId) -> Answer<Option<Company>> {
        self.look(|session| async move {
            let (company, connections) = both(
                session.rows(FIND_COMPANY, &[&client.uuid(), &id.uuid()]),
                connection::rows_of_company(&session, client, id),
            )
            .await?;
            Ok(joined(&company, &connections)?.pop())
        })
        .await
    }

    async fn list_companies(
        &self,
        client: ClientId,
        request: &ListRequest,
        tags: Option<&TagFilter>,
    ) -> Answer<Page<Company>> {
        self.look(|session| async move {
            if listing::is_plain(request) && tags.is_none() {
                return page_of(&session, client, request).await;
            }
            let (companies, connections) = both(
                session.rows(LIST_COMPANIES, &[&client.uuid(), &None::<i64>, &0_i64]),
                connection::rows_of_client(&session, client),
            )
            .await?;
            let mut companies = joined(&companies, &connections)?;
            companies.retain(|company| tags.is_none_or(|tags| tags.matches(company.tags.all())));
            Ok(listing::select(companies, request))
        })
        .await
    }

    async fn change_company(
        &self,
        client: ClientId,
        id: CompanyId,
        change: CompanyChange,
    ) -> Answer<Option<Company>> {
        let change = &change;
        self.transact(|session| async move {
            let rows = session.rows(LOCK_COMPANY, &[&client.uuid(), &id.uuid()]).await?;
            let connections = connection::rows_of_company(&session, client, id).await?;
            let Some(company) = joined(&rows, &connections)?.pop() else { return Ok(None) };
            let company = company.changed(change.clone());
            let values: [&(dyn ToSql + Sync); 5] = [
                &client.uuid(),
                &id.uuid(),
                &company.name.as_str(),
                &escaped(&company.description),
                &tags_text(&company.tags)?,
            ];
            session.finish(&[Write::new(CHANGE_COMPANY, &values)]).await?;
            Ok(Some(company))
        })
        .await
    }

    async fn delete_company(
        &self,
        client: ClientId,
        id: CompanyId,
        now: Timestamp,
    ) -> Answer<bool> {
        self.transact(|session| async move {
            let ids: [&(dyn ToSql + Sync); 2] = [&client.uuid(), &id.uuid()];
            let detail = see_detail(&session, client, id, None).await?;
            // From the top down: whoever held a row above has written its rows below when it lets go.
            if session.run(DELETE_COMPANY, &ids).await? == 0 {
                return Ok(false);
            }
            session.run(DELETE_CONNECTIONS, &ids).await?;
            let ledgers = ledger::lock_of_company(&session, client, id).await?;
            ledger::forget(&session, client, &ledgers).await?;
            for statement in [
                DELETE_SOURCE_ACCOUNTS,
                DELETE_CREDENTIALS,
                DELETE_WORK,
                DELETE_PUSHES,
                DELETE_STATEMENTS,
                STIR_LINKS_OF_COMPANY,
                DELETE_ACCESS_TOKENS,
                DELETE_LINK_SESSIONS_OF_COMPANY,
                DELETE_USED_LINKS_OF_COMPANY,
            ] {
                session.run(statement, &ids).await?;
            }
            let event = Event::of_company(client, id, EventKind::CompanyDeleted, now);
            finish_with(&session, &[], &News::with_detail(client, &[event], &detail)).await?;
            Ok(true)
        })
        .await
    }
}

async fn page_of(
    session: &Session,
    client: ClientId,
    request: &ListRequest,
) -> Attempt<Page<Company>> {
    let (count, offset) = (i64::from(request.page.items()), signed(request.page.offset())?);
    let client = client.uuid();
    let (total, companies) = both(
        session.rows(COUNT_COMPANIES, &[&client]),
        session.rows(LIST_COMPANIES, &[&client, &Some(count), &offset]),
    )
    .await?;
    let ids: Vec<Uuid> =
        companies.iter().map(|row| Columns::of(row).take()).collect::<Attempt<_>>()?;
    let connections = connection::rows_of_companies(session, client, &ids).await?;
    let total = total.first().map_or(Ok(0), |row| Columns::of(row).number())?;
    Ok(Page { items: joined(&companies, &connections)?, total })
}
