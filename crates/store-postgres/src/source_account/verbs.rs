//! The verbs: what each decides, and in which order it locks.

use async_trait::async_trait;
use domain::connection::{Connection, ConnectionStatus};
use domain::event::{Event, EventKind};
use domain::ids::ConnectionPath;
use domain::source_account::{AccountChange, AccountPath, AccountStatus, SourceAccount};
use jiff::Timestamp;
use std::slice;
use store::ledger::Head;
use store::{AccountChanged, AccountKept, Answer, OnExisting, SourceAccounts};
use tokio_postgres::types::ToSql;

use super::rows;
use crate::PostgresStore;
use crate::columns::micros;
use crate::connection::{self, SET_CONNECTION_STATUS, event_on};
use crate::event::{News, finish_with};
use crate::fault::Attempt;
use crate::ledger::{self, Ledger};
use crate::link::{self, STIR_LINK};
use crate::session::{Session, Write};
use crate::work::{self, HASTEN_WORK};

const DELETE_ACCOUNT: &str = "\
-- delete_source_account
delete from source_account
where client_id = $1 and connection_id = $2 and account_id = $3";

#[async_trait]
impl SourceAccounts for PostgresStore {
    async fn create_source_accounts(
        &self,
        path: &ConnectionPath,
        accounts: &[SourceAccount],
        on_existing: OnExisting,
    ) -> Answer<Option<Vec<AccountKept>>> {
        let empty_head = &Head::default().encode();
        self.transact(|session| async move {
            // One list after the other: two that name the same accounts in different orders would wait for each other.
            if connection::lock(&session, path).await?.is_none() {
                return Ok(None);
            }
            let mut kept = Vec::with_capacity(accounts.len());
            for account in accounts {
                let is_new = rows::create(&session, path, account, empty_head).await?;
                kept.push(match on_existing {
                    _ if is_new => AccountKept::Kept(account.clone()),
                    OnExisting::Refuse => AccountKept::Exists,
                    OnExisting::Update => update(&session, path, account).await?,
                });
            }
            Ok(Some(kept))
        })
        .await
    }

    async fn find_source_account(&self, path: &AccountPath) -> Answer<Option<SourceAccount>> {
        self.ask(|session| async move { rows::find(&session, path).await }).await
    }

    async fn list_source_accounts(
        &self,
        path: &ConnectionPath,
    ) -> Answer<Option<Vec<SourceAccount>>> {
        self.look(|session| async move {
            let Some(connection) = connection::see(&session, path).await? else { return Ok(None) };
            rows::list(&session, &connection).await.map(Some)
        })
        .await
    }

    async fn change_source_account(
        &self,
        path: &AccountPath,
        change: AccountChange,
        now: Timestamp,
    ) -> Answer<AccountChanged> {
        let change = &change;
        self.transact(|session| async move {
            // Above before below; and always, since only then two last accounts cannot miss each other's end.
            let connection = connection::lock(&session, &path.connection).await?;
            let (Some(connection), Some(ledger)) =
                (connection, ledger::lock(&session, path).await?)
            else {
                return Ok(AccountChanged::Unknown);
            };
            let Some(before) = rows::find(&session, path).await? else {
                return Ok(AccountChanged::Unknown);
            };
            let status_before = before.status;
            let account = match before.changed(change.clone(), now) {
                Ok(account) => account,
                Err(refused) => return Ok(AccountChanged::Refused(refused)),
            };
            rows::change(&session, &path.connection, &account).await?;
            if account.status == AccountStatus::Disconnected && status_before != account.status {
                finish_disconnected(&session, path, (&connection, &ledger), now).await?;
            }
            Ok(AccountChanged::Changed(account))
        })
        .await
    }

    async fn delete_source_account(&self, path: &AccountPath, now: Timestamp) -> Answer<bool> {
        let delete = self.transact(|session| async move {
            let Some(ledger) = ledger::lock(&session, path).await? else { return Ok(false) };
            let ledgers = [ledger];
            ledger::forget(&session, path.connection.client, &ledgers).await?;
            let ids = (path.connection.client.uuid(), path.connection.connection.uuid());
            let account = path.account.as_str();
            let deleted: [&(dyn ToSql + Sync); 3] = [&ids.0, &ids.1, &account];
            session.run(DELETE_ACCOUNT, &deleted).await?;
            link::stir(&session, &path.connection).await?;
            work::hasten(&session, path.connection.client, &ledgers, now).await?;
            session.finish(&[]).await?;
            Ok(true)
        });
        let was_there = delete.await?;
        if was_there {
            self.tell_of_work();
        }
        Ok(was_there)
    }
}

/// Takes over what the caller says of an account that is there.
async fn update(
    session: &Session,
    path: &ConnectionPath,
    said: &SourceAccount,
) -> Attempt<AccountKept> {
    let path = AccountPath { connection: *path, account: said.id.clone() };
    ledger::lock(session, &path).await?;
    // Deleted between the two statements: the caller is told what would have been true a moment ago.
    let Some(kept) = rows::find(session, &path).await? else { return Ok(AccountKept::Exists) };
    let account = kept.retold(said.clone());
    rows::change(session, &path.connection, &account).await?;
    Ok(AccountKept::Kept(account))
}

/// Ends a transaction that disconnected an account: with it goes its connection, if no account is left on that.
async fn finish_disconnected(
    session: &Session,
    path: &AccountPath,
    (connection, ledger): (&Connection, &Ledger),
    now: Timestamp,
) -> Attempt<()> {
    let mut events: Vec<Event> =
        vec![rows::disconnected(&path.connection, path.account.clone(), now)];
    let is_left = connection.ends_with_its_accounts()
        && connection.status == ConnectionStatus::Linked
        && !rows::has_connected(session, &path.connection).await?;
    let unlinked = ConnectionStatus::Unlinked.name();
    let ids: [&(dyn ToSql + Sync); 3] =
        [&connection.client.uuid(), &connection.id.uuid(), &unlinked];
    let stirred: [&(dyn ToSql + Sync); 2] = [&connection.client.uuid(), &connection.id.uuid()];
    let mut writes = vec![Write::new(STIR_LINK, &stirred)];
    if is_left {
        writes.push(Write::new(SET_CONNECTION_STATUS, &ids));
        events.push(event_on(&path.connection, EventKind::ConnectionDisconnected, now));
    }
    let numbers = ledger::numbers(slice::from_ref(ledger));
    let hastened: [&(dyn ToSql + Sync); 3] = [&connection.client.uuid(), &numbers, &micros(now)];
    writes.push(Write::new(HASTEN_WORK, &hastened));
    finish_with(session, &writes, &News::of(connection.client, &events)).await
}
