//! Verbs about events, and how they are written: together, numbered at the end of the transaction that caused them.

use async_trait::async_trait;
use domain::event::{Event, EventKind, Example, KeptEvent};
use domain::ids::{ClientId, CompanyId, ConnectionId, PushKey};
use domain::source_account::AccountId;
use store::{Answer, EventSignal, Events, event_detail};
use tokio_postgres::Row;
use uuid::Uuid;

use crate::PostgresStore;
use crate::columns::{Columns, micros, signed};
use crate::fault::{Attempt, damaged};
use crate::session::{Session, Write};
use crate::text::unescaped;
use tokio_postgres::types::ToSql;

/// Numbers and keeps events. An event tells how the things that it is about stand in its transaction; unless the caller
/// tells it, who knows what is no row. The row with the client's newest number stays locked until the commit, so numbers become
/// visible in their order.
const WRITE_EVENTS: &str = "\
-- write_events
with numbered as (
    insert into client_sequence as known (client_id, newest)
    values ($1, cardinality($2::text[]))
    on conflict (client_id) do update
    set newest = known.newest + cardinality($2::text[])
    returning newest - cardinality($2::text[]) as before
)
insert into event
    (client_id, sequence, kind, happened_at, company_id, connection_id, account_id, push_key, detail)
select $1, before + place, kind, happened_at, listed.company_id, listed.connection_id,
    listed.account_id, listed.push_key, coalesce(detail, json_build_object(
        'company', (
            select json_build_object('name', name, 'description', description, 'tags', tags,
                'created', created_at)
            from company
            where company.client_id = $1 and company.company_id = listed.company_id
        ),
        'connection', (
            select json_build_object('platform', platform, 'status', status, 'created', created_at,
                'synced', synced_at)
            from connection
            where listed.account_id is null and connection.client_id = $1
                and connection.connection_id = listed.connection_id
        ),
        'account', (
            select json_build_object('shape', shape, 'name', name, 'number', number,
                'sort_code', sort_code, 'account_type', account_type, 'currency', currency,
                'has_routing', has_routing, 'bank_code', bank_code,
                'bank_code_kind', bank_code_kind, 'has_info', has_info,
                'description', description, 'nickname', nickname,
                'opened_on', date '1970-01-01' + opened_on,
                'available_balance', available_balance, 'balance', balance, 'status', status,
                'feed_start', date '1970-01-01' + feed_start, 'public_number', public_number,
                'created', created_at, 'modified', modified_at, 'disconnected', disconnected_at)
            from source_account
            left join ledger using (client_id, account_no)
            where listed.push_key is null and source_account.client_id = $1
                and source_account.connection_id = listed.connection_id
                and source_account.account_id = listed.account_id
        ),
        'push', (
            select json_build_object('status', status, 'requested', requested_at,
                'completed', completed_at)
            from push
            where push.client_id = $1 and push.push_key = listed.push_key
        )
    )::text)
from numbered,
    unnest($2::text[], $3::bigint[], $4::uuid[], $5::uuid[], $6::text[], $7::uuid[], $8::text[])
    with ordinality
    as listed (kind, happened_at, company_id, connection_id, account_id, push_key, detail, place)
order by place
returning sequence";

/// Of what is about to be deleted, while there is something to tell of it.
const SEE_DETAIL: &str = "\
-- see_detail_of_event
select json_build_object(
    'company', (
        select json_build_object('name', name, 'description', description, 'tags', tags,
            'created', created_at)
        from company
        where client_id = $1 and company_id = $2
    ),
    'connection', (
        select json_build_object('platform', platform, 'status', status, 'created', created_at,
            'synced', synced_at)
        from connection
        where client_id = $1 and company_id = $2 and connection_id = $3
    )
)::text";

const LIST_EVENTS: &str = "\
-- list_events
select sequence, client_id, kind, happened_at, company_id, connection_id, account_id, push_key, detail
from event
where client_id = $1 and sequence > $2
order by sequence
limit $3";

const FIND_NEWEST: &str = "\
-- find_newest_event
select newest
from client_sequence
where client_id = $1";

/// Events of one client on their way into the database, in columns.
#[derive(Debug)]
pub(crate) struct News {
    client: Uuid,
    kinds: Vec<&'static str>,
    moments: Vec<i64>,
    companies: Vec<Option<Uuid>>,
    connections: Vec<Option<Uuid>>,
    accounts: Vec<Option<String>>,
    pushes: Vec<Option<Uuid>>,
    details: Vec<Option<String>>,
}

impl News {
    /// All of one client.
    pub(crate) fn of(client: ClientId, events: &[Event]) -> Self {
        Self {
            client: client.uuid(),
            kinds: events.iter().map(|event| event.kind.name()).collect(),
            moments: events.iter().map(|event| micros(event.at)).collect(),
            companies: events.iter().map(|event| event.company.map(CompanyId::uuid)).collect(),
            connections: events
                .iter()
                .map(|event| event.connection.map(ConnectionId::uuid))
                .collect(),
            accounts: events
                .iter()
                .map(|event| event.account.as_ref().map(|id| id.as_str().to_owned()))
                .collect(),
            pushes: events.iter().map(|event| event.push.map(PushKey::uuid)).collect(),
            details: vec![None; events.len()],
        }
    }

    /// Of what is no row, or soon none: the detail is told.
    pub(crate) fn with_detail(client: ClientId, events: &[Event], detail: &str) -> Self {
        Self { details: vec![Some(detail.to_owned()); events.len()], ..Self::of(client, events) }
    }

    fn values(&self) -> [&(dyn ToSql + Sync); 8] {
        [
            &self.client,
            &self.kinds,
            &self.moments,
            &self.companies,
            &self.connections,
            &self.accounts,
            &self.pushes,
            &self.details,
        ]
    }
}

/// Ends a transaction with its events, and with what may be written with them.
pub(crate) async fn finish_with(
    session: &Session,
    writes: &[Write<'_>],
    news: &News,
) -> Attempt<()> {
    let values = news.values();
    let mut all = writes.to_vec();
    // Last, so that the client's number is held for no longer than the commit takes.
    all.push(Write::new(WRITE_EVENTS, &values));
    session.finish(&all).await
}

/// Writes events, of one client, without an end to the transaction: for one that has events of several, last of all and
/// in the order of clients.
pub(crate) async fn write(session: &Session, news: &News) -> Attempt<()> {
    session.rows(WRITE_EVENTS, &news.values()).await.map(drop)
}

/// How a company, and one of its connections, stand.
pub(crate) async fn see_detail(
    session: &Session,
    client: ClientId,
    company: CompanyId,
    connection: Option<ConnectionId>,
) -> Attempt<String> {
    let connection = connection.map(ConnectionId::uuid);
    let row = session.row(SEE_DETAIL, &[&client.uuid(), &company.uuid(), &connection]).await?;
    let row = row.ok_or_else(|| damaged("a detail that is no row"))?;
    Columns::of(&row).take()
}

/// Reads an event.
pub(crate) fn event_of(row: &Row) -> Attempt<KeptEvent> {
    let mut columns = Columns::of(row);
    let sequence = columns.number()?;
    let event = Event {
        client: columns.id(ClientId::new)?,
        kind: columns.parsed(EventKind::parse)?,
        at: columns.moment()?,
        company: columns.take::<Option<Uuid>>()?.map(CompanyId::new),
        connection: columns.take::<Option<Uuid>>()?.map(ConnectionId::new),
        account: columns.parsed_maybe(|text| AccountId::parse(text).ok())?,
        push: columns.take::<Option<Uuid>>()?.map(PushKey::new),
    };
    let about = event_detail::read(columns.take()?, &event, unescaped)?;
    Ok(KeptEvent { sequence, event, about })
}

#[async_trait]
impl Events for PostgresStore {
    async fn list_events(
        &self,
        client: ClientId,
        sequence: u64,
        count: u32,
    ) -> Answer<Vec<KeptEvent>> {
        self.ask(|session| async move {
            let (after, count) = (signed(sequence)?, i64::from(count));
            let rows = session.rows(LIST_EVENTS, &[&client.uuid(), &after, &count]).await?;
            rows.iter().map(event_of).collect()
        })
        .await
    }

    async fn newest_event(&self, client: ClientId) -> Answer<u64> {
        self.ask(|session| async move {
            let row = session.row(FIND_NEWEST, &[&client.uuid()]).await?;
            row.map_or(Ok(0), |row| Columns::of(&row).number())
        })
        .await
    }

    async fn record_example(&self, event: &Event, example: &Example) -> Answer<u64> {
        let detail = event_detail::of_example(example)?;
        let news = News::with_detail(event.client, std::slice::from_ref(event), &detail);
        self.transact(|session| {
            let news = &news;
            async move {
                let row = session.row(WRITE_EVENTS, &news.values()).await?;
                let row = row.ok_or_else(|| damaged("an event that was not written"))?;
                Columns::of(&row).number()
            }
        })
        .await
    }

    fn event_signal(&self) -> EventSignal {
        self.events()
    }
}
