//! Events.

use crate::row::{Fields, Put};
use crate::{Database, SqliteStore, sql};
use async_trait::async_trait;
use domain::event::{Event, Example, KeptEvent};
use domain::ids::ClientId;
use store::{Answer, EventSignal, Events, event_detail};

/// An event tells how the things that it is about stand in its transaction; unless the caller tells it, who knows what is
/// no row.
const RECORD_EVENT: &str = "
    -- record_event
    insert into event
        (client_id, kind, at_us, company_id, connection_id, account_id, push_key, detail)
    values (?1, ?2, ?3, ?4, ?5, ?6, ?7, coalesce(?8, json_object(
        'company', json((
            select json_object('name', name, 'description', description, 'tags', tags,
                'created', created_at_us)
            from company
            where client_id = ?1 and company_id = ?4
        )),
        'connection', json((
            select json_object('platform', platform, 'status', status,
                'created', connection.created_at_us, 'synced', synced_at_us)
            from company
            join connection on connection.company_no = company.company_no
            where ?6 is null and client_id = ?1 and company_id = ?4 and connection_id = ?5
        )),
        'account', json((
            select json_object('shape', shape, 'name', source_account.name, 'number', number,
                'sort_code', sort_code, 'account_type', account_type, 'currency', currency,
                'has_routing', has_routing, 'bank_code', bank_code,
                'bank_code_kind', bank_code_kind, 'has_info', has_info,
                'description', source_account.description, 'nickname', nickname,
                'opened_on', opened_on, 'available_balance', available_balance,
                'balance', balance, 'status', source_account.status, 'feed_start', feed_start,
                'public_number', public_number, 'created', source_account.created_at_us,
                'modified', modified_at_us, 'disconnected', disconnected_at_us)
            from company
            join connection on connection.company_no = company.company_no
            join source_account on source_account.connection_no = connection.connection_no
            left join ledger on ledger.account_no = source_account.account_no
            where ?7 is null and client_id = ?1 and company_id = ?4 and connection_id = ?5
                and account_id = ?6
        )),
        'push', json((
            select json_object('status', status, 'requested', requested_at_us,
                'completed', completed_at_us)
            from push
            where push_key = ?7
        ))
    )))";

const LIST_EVENTS: &str = "
    -- list_events
    select sequence, client_id, kind, at_us, company_id, connection_id, account_id, push_key, detail
    from event
    where client_id = ?1 and sequence > ?2
    order by sequence
    limit ?3";

const FIND_NEWEST: &str = "
    -- find_newest_event
    select coalesce(max(sequence), 0)
    from event
    where client_id = ?1";

#[async_trait]
impl Events for SqliteStore {
    async fn list_events(
        &self,
        client: ClientId,
        sequence: u64,
        count: u32,
    ) -> Answer<Vec<KeptEvent>> {
        self.read(move |database| {
            sql::all(database, LIST_EVENTS, &[&client, &sequence, &count], kept_event)
        })
        .await
    }

    async fn newest_event(&self, client: ClientId) -> Answer<u64> {
        self.read(move |database| sql::count(database, FIND_NEWEST, &[&client])).await
    }

    async fn record_example(&self, event: &Event, example: &Example) -> Answer<u64> {
        let (event, detail) = (event.clone(), event_detail::of_example(example)?);
        self.write(move |writing| insert(writing.database, &event, Some(&detail))).await
    }

    fn event_signal(&self) -> EventSignal {
        self.events.clone()
    }
}

/// Keeps an event, in the transaction that caused it.
pub(crate) fn record(database: &Database, event: &Event) -> Answer<()> {
    insert(database, event, None).map(drop)
}

/// Keeps an event about what is no row.
pub(crate) fn record_with(database: &Database, event: &Event, detail: &str) -> Answer<()> {
    insert(database, event, Some(detail)).map(drop)
}

fn insert(database: &Database, event: &Event, detail: Option<&str>) -> Answer<u64> {
    let values: [&dyn Put; 8] = [
        &event.client,
        &event.kind,
        &event.at,
        &event.company,
        &event.connection,
        &event.account,
        &event.push,
        &detail,
    ];
    sql::insert(database, RECORD_EVENT, &values)
}

/// Reads an event.
pub(crate) fn kept_event(row: &mut Fields<'_>) -> Answer<KeptEvent> {
    let sequence = row.next()?;
    let event = Event {
        client: row.next()?,
        kind: row.next()?,
        at: row.next()?,
        company: row.next()?,
        connection: row.next()?,
        account: row.next()?,
        push: row.next()?,
    };
    let detail: Option<String> = row.next()?;
    let about = event_detail::read(detail.as_deref(), &event, |text| text)?;
    Ok(KeptEvent { sequence, event, about })
}
