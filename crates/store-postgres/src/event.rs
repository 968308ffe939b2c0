//! Verbs about events, and how they are written: together, numbered at the end of the transaction that caused them.

use async_trait::async_trait;
use domain::event::{Event, EventKind, KeptEvent};
use domain::ids::{ClientId, CompanyId, ConnectionId, PushKey};
use domain::source_account::AccountId;
use store::{Answer, Events};
use tokio_postgres::Row;
use uuid::Uuid;

use crate::PostgresStore;
use crate::columns::{Columns, micros, signed};
use crate::fault::Attempt;
use crate::session::{Session, Write};
use tokio_postgres::types::ToSql;

/// Numbers and keeps events. The row with the client's newest number stays locked until the commit, so numbers become
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
    (client_id, sequence, kind, happened_at, company_id, connection_id, account_id, push_key)
select $1, before + place, kind, happened_at, company_id, connection_id, account_id, push_key
from numbered, unnest($2::text[], $3::bigint[], $4::uuid[], $5::uuid[], $6::text[], $7::uuid[])
    with ordinality
    as listed (kind, happened_at, company_id, connection_id, account_id, push_key, place)
order by place";

const LIST_EVENTS: &str = "\
-- list_events
select sequence, client_id, kind, happened_at, company_id, connection_id, account_id, push_key
from event
where client_id = $1 and sequence > $2
order by sequence
limit $3";

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
        }
    }

    fn values(&self) -> [&(dyn ToSql + Sync); 7] {
        [
            &self.client,
            &self.kinds,
            &self.moments,
            &self.companies,
            &self.connections,
            &self.accounts,
            &self.pushes,
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

fn event_of(row: &Row) -> Attempt<KeptEvent> {
    let mut columns = Columns::of(row);
    Ok(KeptEvent {
        sequence: columns.number()?,
        event: Event {
            client: columns.id(ClientId::new)?,
            kind: columns.parsed(EventKind::parse)?,
            at: columns.moment()?,
            company: columns.take::<Option<Uuid>>()?.map(CompanyId::new),
            connection: columns.take::<Option<Uuid>>()?.map(ConnectionId::new),
            account: columns.parsed_maybe(|text| AccountId::parse(text).ok())?,
            push: columns.take::<Option<Uuid>>()?.map(PushKey::new),
        },
    })
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
}
