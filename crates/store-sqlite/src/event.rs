//! Events.

use crate::row::Fields;
use crate::{Database, SqliteStore, sql};
use async_trait::async_trait;
use domain::event::{Event, KeptEvent};
use domain::ids::ClientId;
use store::{Answer, Events};

const RECORD_EVENT: &str = "
    -- record_event
    insert into event (client_id, kind, at_us, company_id, connection_id, account_id, push_key)
    values (?1, ?2, ?3, ?4, ?5, ?6, ?7)";

const LIST_EVENTS: &str = "
    -- list_events
    select sequence, client_id, kind, at_us, company_id, connection_id, account_id, push_key
    from event
    where client_id = ?1 and sequence > ?2
    order by sequence
    limit ?3";

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
}

/// Keeps an event, in the transaction that caused it.
pub(crate) fn record(database: &Database, event: &Event) -> Answer<()> {
    sql::execute(
        database,
        RECORD_EVENT,
        &[
            &event.client,
            &event.kind,
            &event.at,
            &event.company,
            &event.connection,
            &event.account,
            &event.push,
        ],
    )?;
    Ok(())
}

fn kept_event(row: &mut Fields<'_>) -> Answer<KeptEvent> {
    Ok(KeptEvent {
        sequence: row.next()?,
        event: Event {
            client: row.next()?,
            kind: row.next()?,
            at: row.next()?,
            company: row.next()?,
            connection: row.next()?,
            account: row.next()?,
            push: row.next()?,
        },
    })
}
