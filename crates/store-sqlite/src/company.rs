//! Companies.

use crate::row::Fields;
use crate::{Database, SqliteStore, connection, event, ledger, link, path, row, sql};
use async_trait::async_trait;
use domain::company::{Company, CompanyChange};
use domain::event::{Event, EventKind};
use domain::ids::{ClientId, CompanyId};
use domain::page::{ListRequest, Page, PageRequest};
use domain::query::TagFilter;
use jiff::Timestamp;
use store::{Answer, Companies, listing};

const CREATE_COMPANY: &str = "
    -- create_company
    insert into company (client_id, company_id, name, description, tags, created_at_us)
    values (?1, ?2, ?3, ?4, ?5, ?6)";

const FIND_COMPANY: &str = "
    -- find_company
    select company_no, company_id, client_id, name, description, tags, created_at_us
    from company
    where client_id = ?1 and company_id = ?2";

const COUNT_COMPANIES: &str = "
    -- count_companies
    select count(*)
    from company
    where client_id = ?1";

const LIST_COMPANIES: &str = "
    -- list_companies
    select company_no, company_id, client_id, name, description, tags, created_at_us
    from company
    where client_id = ?1
    order by created_at_us, company_no
    limit ?2 offset ?3";

const CHANGE_COMPANY: &str = "
    -- change_company
    update company
    set name = ?3, description = ?4, tags = ?5
    where client_id = ?1 and company_id = ?2";

const LIST_ACCOUNT_NOS: &str = "
    -- list_account_nos_of_company
    select source_account.account_no
    from connection
    join source_account on source_account.connection_no = connection.connection_no
    where connection.company_no = ?1
    order by source_account.account_no";

const DELETE_COMPANY: &str = "
    -- delete_company
    delete from company
    where company_no = ?1";

#[async_trait]
impl Companies for SqliteStore {
    async fn create_company(&self, company: &Company) -> Answer<()> {
        let company = company.clone();
        self.write(move |writing| create_company(writing.database, &company)).await
    }

    async fn find_company(&self, client: ClientId, id: CompanyId) -> Answer<Option<Company>> {
        self.read(move |database| find_company(database, client, id)).await
    }

    async fn list_companies(
        &self,
        client: ClientId,
        request: &ListRequest,
        tags: Option<&TagFilter>,
    ) -> Answer<Page<Company>> {
        let (request, tags) = (request.clone(), tags.cloned());
        self.read(move |database| match tags {
            None if listing::is_plain(&request) => page_companies(database, client, request.page),
            tags => select_companies(database, client, &request, tags.as_ref()),
        })
        .await
    }

    async fn change_company(
        &self,
        client: ClientId,
        id: CompanyId,
        change: CompanyChange,
    ) -> Answer<Option<Company>> {
        self.write(move |writing| change_company(writing.database, client, id, change)).await
    }

    async fn delete_company(
        &self,
        client: ClientId,
        id: CompanyId,
        now: Timestamp,
    ) -> Answer<bool> {
        self.write(move |writing| delete_company(writing.database, client, id, now)).await
    }
}

fn create_company(database: &Database, company: &Company) -> Answer<()> {
    let Company { id, client, name, description, tags, created_at, connections: _ } = company;
    sql::execute(database, CREATE_COMPANY, &[client, id, name, description, tags, created_at])?;
    let kind = EventKind::CompanyCreated;
    event::record(database, &Event::of_company(*client, *id, kind, *created_at))
}

fn find_company(database: &Database, client: ClientId, id: CompanyId) -> Answer<Option<Company>> {
    let found = sql::one(database, FIND_COMPANY, &[&client, &id], company)?;
    found.map(|found| with_connections(database, found)).transpose()
}

fn page_companies(
    database: &Database,
    client: ClientId,
    page: PageRequest,
) -> Answer<Page<Company>> {
    let total = sql::count(database, COUNT_COMPANIES, &[&client])?;
    let items = load_companies(database, client, page.items().into(), page.offset())?;
    Ok(Page { items, total })
}

fn select_companies(
    database: &Database,
    client: ClientId,
    request: &ListRequest,
    tags: Option<&TagFilter>,
) -> Answer<Page<Company>> {
    let mut items = load_companies(database, client, u64::MAX, 0)?;
    items.retain(|company| tags.is_none_or(|tags| tags.matches(company.tags.all())));
    Ok(listing::select(items, request))
}

fn load_companies(
    database: &Database,
    client: ClientId,
    limit: u64,
    offset: u64,
) -> Answer<Vec<Company>> {
    let found = sql::all(database, LIST_COMPANIES, &[&client, &limit, &offset], company)?;
    found.into_iter().map(|found| with_connections(database, found)).collect()
}

fn change_company(
    database: &Database,
    client: ClientId,
    id: CompanyId,
    change: CompanyChange,
) -> Answer<Option<Company>> {
    let Some(found) = find_company(database, client, id)? else { return Ok(None) };
    let company = found.changed(change);
    sql::execute(
        database,
        CHANGE_COMPANY,
        &[&client, &id, &company.name, &company.description, &company.tags],
    )?;
    Ok(Some(company))
}

fn delete_company(
    database: &Database,
    client: ClientId,
    id: CompanyId,
    now: Timestamp,
) -> Answer<bool> {
    let Some(company_no) = path::company_no(database, client, id)? else { return Ok(false) };
    for account_no in sql::all(database, LIST_ACCOUNT_NOS, &[&company_no], row::only)? {
        ledger::delete_chunks(database, account_no)?;
    }
    // While there is something to tell of it.
    event::record(database, &Event::of_company(client, id, EventKind::CompanyDeleted, now))?;
    link::stir_company(database, client, id)?;
    sql::execute(database, DELETE_COMPANY, &[&company_no])?;
    Ok(true)
}

/// A company's number and the company, still without its connections.
fn company(row: &mut Fields<'_>) -> Answer<(i64, Company)> {
    Ok((
        row.next()?,
        Company {
            id: row.next()?,
            client: row.next()?,
            name: row.next()?,
            description: row.next()?,
            tags: row.next()?,
            created_at: row.next()?,
            connections: Vec::new(),
        },
    ))
}

fn with_connections(database: &Database, found: (i64, Company)) -> Answer<Company> {
    let (company_no, company) = found;
    let connections = connection::all_of(database, company_no)?;
    Ok(Company { connections, ..company })
}
