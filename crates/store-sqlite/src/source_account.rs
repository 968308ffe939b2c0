//! Source accounts, but for what pushes change of them: that is ledger.rs.

use crate::row::Fields;
use crate::writer::Writing;
use crate::{Database, SqliteStore, connection, event, ledger, link, path, sql, work};
use async_trait::async_trait;
use domain::event::{Event, EventKind};
use domain::ids::{ConnectionId, ConnectionPath};
use domain::source_account::{
    AccountChange, AccountDetails, AccountId, AccountInfo, AccountPath, AccountStatus, RoutingInfo,
    SourceAccount,
};
use jiff::Timestamp;
use store::{AccountChanged, AccountKept, Answer, OnExisting, SourceAccounts};

const CREATE_ACCOUNT: &str = "
    -- create_source_account
    insert into source_account (
        connection_no, account_id, shape, name, number, sort_code, account_type, currency,
        has_routing, bank_code, bank_code_kind,
        has_info, description, nickname, opened_on, available_balance,
        status, feed_start, public_number, created_at_us, modified_at_us, disconnected_at_us
    )
    values (
        ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21,
        ?22
    )";

const FIND_ACCOUNT: &str = "
    -- find_source_account
    select source_account.account_no, source_account.account_id, shape, name, number, sort_code,
        account_type, currency, has_routing, bank_code, bank_code_kind, has_info, description,
        nickname, opened_on, available_balance, balance, status, feed_start, public_number,
        created_at_us, modified_at_us, disconnected_at_us
    from source_account
    join ledger on ledger.account_no = source_account.account_no
    where connection_no = ?1 and account_id = ?2";

const LIST_ACCOUNTS: &str = "
    -- list_source_accounts
    select source_account.account_no, source_account.account_id, shape, name, number, sort_code,
        account_type, currency, has_routing, bank_code, bank_code_kind, has_info, description,
        nickname, opened_on, available_balance, balance, status, feed_start, public_number,
        created_at_us, modified_at_us, disconnected_at_us
    from source_account
    join ledger on ledger.account_no = source_account.account_no
    where connection_no = ?1
    order by source_account.account_no";

const CHANGE_ACCOUNT: &str = "
    -- change_source_account
    update source_account
    set shape = ?2, name = ?3, number = ?4, sort_code = ?5, account_type = ?6, currency = ?7,
        has_routing = ?8, bank_code = ?9, bank_code_kind = ?10,
        has_info = ?11, description = ?12, nickname = ?13, opened_on = ?14, available_balance = ?15,
        status = ?16, feed_start = ?17, modified_at_us = ?18, disconnected_at_us = ?19
    where account_no = ?1";

const DELETE_ACCOUNT: &str = "
    -- delete_source_account
    delete from source_account
    where account_no = ?1";

#[async_trait]
impl SourceAccounts for SqliteStore {
    async fn create_source_accounts(
        &self,
        path: &ConnectionPath,
        accounts: &[SourceAccount],
        on_existing: OnExisting,
    ) -> Answer<Option<Vec<AccountKept>>> {
        let (path, accounts) = (*path, accounts.to_vec());
        self.write(move |writing| {
            let database = writing.database;
            let Some(connection_no) = path::connection_no(database, &path)? else {
                return Ok(None);
            };
            let kept = accounts
                .into_iter()
                .map(|account| keep(database, connection_no, account, on_existing));
            kept.collect::<Answer<Vec<_>>>().map(Some)
        })
        .await
    }

    async fn find_source_account(&self, path: &AccountPath) -> Answer<Option<SourceAccount>> {
        let path = path.clone();
        self.read(move |database| Ok(load(database, &path)?.map(|found| found.account))).await
    }

    async fn list_source_accounts(
        &self,
        path: &ConnectionPath,
    ) -> Answer<Option<Vec<SourceAccount>>> {
        let path = *path;
        self.read(move |database| {
            let connection_no = path::connection_no(database, &path)?;
            let found =
                connection_no.map(|no| all_of(database, no, path.connection)).transpose()?;
            Ok(found.map(|found| found.into_iter().map(|(_, account)| account).collect()))
        })
        .await
    }

    async fn change_source_account(
        &self,
        path: &AccountPath,
        change: AccountChange,
        now: Timestamp,
    ) -> Answer<AccountChanged> {
        let path = path.clone();
        self.write(move |writing| change_source_account(writing.database, &path, change, now)).await
    }

    async fn delete_source_account(&self, path: &AccountPath, now: Timestamp) -> Answer<bool> {
        let path = path.clone();
        let delete = move |writing: &mut Writing<'_>| {
            let database = writing.database;
            let Some(account_no) = path::account_no(database, &path)? else { return Ok(false) };
            ledger::delete_chunks(database, account_no)?;
            work::hasten(database, account_no, now)?;
            sql::execute(database, DELETE_ACCOUNT, &[&account_no])?;
            link::stir(database, path.connection.client, path.connection.connection)?;
            Ok(true)
        };
        self.delete_and_signal(delete).await
    }
}

/// An account with the numbers that the database gave to it and to its connection.
pub(crate) struct Found {
    pub(crate) connection_no: i64,
    pub(crate) account_no: i64,
    pub(crate) account: SourceAccount,
}

/// One account.
pub(crate) fn load(database: &Database, path: &AccountPath) -> Answer<Option<Found>> {
    let Some(connection_no) = path::connection_no(database, &path.connection)? else {
        return Ok(None);
    };
    let found = load_on(database, connection_no, path.connection.connection, &path.account)?;
    Ok(found.map(|(account_no, account)| Found { connection_no, account_no, account }))
}

/// A connection's accounts, each after its number, in the order they were made.
pub(crate) fn all_of(
    database: &Database,
    connection_no: i64,
    connection: ConnectionId,
) -> Answer<Vec<(i64, SourceAccount)>> {
    sql::all(database, LIST_ACCOUNTS, &[&connection_no], |row| source_account(row, connection))
}

/// Writes what may change of an account, but for its balance.
pub(crate) fn rewrite(database: &Database, account_no: i64, account: &SourceAccount) -> Answer<()> {
    let details = &account.details;
    let (routing, info) = (details.routing.as_ref(), details.info.as_ref());
    sql::execute(
        database,
        CHANGE_ACCOUNT,
        &[
            &account_no,
            &account.shape,
            &details.name,
            &details.number,
            &details.sort_code,
            &details.account_type,
            &details.currency,
            &routing.is_some(),
            &routing.and_then(|routing| routing.bank_code.as_deref()),
            &routing.and_then(|routing| routing.kind.as_deref()),
            &info.is_some(),
            &info.and_then(|info| info.description.as_deref()),
            &info.and_then(|info| info.nickname.as_deref()),
            &info.and_then(|info| info.opened_on),
            &info.and_then(|info| info.available_balance),
            &account.status,
            &account.feed_start,
            &account.modified_at,
            &account.disconnected_at,
        ],
    )?;
    Ok(())
}

/// Disconnects the connected accounts of a connection, each with its event.
pub(crate) fn disconnect_all(
    database: &Database,
    connection_no: i64,
    path: &ConnectionPath,
    now: Timestamp,
) -> Answer<()> {
    for (account_no, account) in all_of(database, connection_no, path.connection)? {
        work::hasten(database, account_no, now)?;
        if account.status == AccountStatus::Connected {
            let account = account.disconnected(now);
            rewrite(database, account_no, &account)?;
            record(database, path, account.id, EventKind::AccountDisconnected, now)?;
        }
    }
    Ok(())
}

/// Keeps an event about an account.
pub(crate) fn record(
    database: &Database,
    path: &ConnectionPath,
    account: AccountId,
    kind: EventKind,
    now: Timestamp,
) -> Answer<()> {
    let happened = Event::of_company(path.client, path.company, kind, now);
    event::record(database, &happened.on(path.connection).for_account(account))
}

fn load_on(
    database: &Database,
    connection_no: i64,
    connection: ConnectionId,
    account: &AccountId,
) -> Answer<Option<(i64, SourceAccount)>> {
    sql::one(database, FIND_ACCOUNT, &[&connection_no, account], |row| {
        source_account(row, connection)
    })
}

fn keep(
    database: &Database,
    connection_no: i64,
    account: SourceAccount,
    on_existing: OnExisting,
) -> Answer<AccountKept> {
    let existing = load_on(database, connection_no, account.connection, &account.id)?;
    match (existing, on_existing) {
        (None, _) => create(database, connection_no, &account)?,
        (Some(_), OnExisting::Refuse) => return Ok(AccountKept::Exists),
        (Some((account_no, existing)), OnExisting::Update) => {
            let updated = existing.retold(account);
            rewrite(database, account_no, &updated)?;
            ledger::set_balance(database, account_no, updated.balance)?;
            return Ok(AccountKept::Kept(updated));
        }
    }
    Ok(AccountKept::Kept(account))
}

fn create(database: &Database, connection_no: i64, account: &SourceAccount) -> Answer<()> {
    let details = &account.details;
    let (routing, info) = (details.routing.as_ref(), details.info.as_ref());
    let account_no = sql::insert(
        database,
        CREATE_ACCOUNT,
        &[
            &connection_no,
            &account.id,
            &account.shape,
            &details.name,
            &details.number,
            &details.sort_code,
            &details.account_type,
            &details.currency,
            &routing.is_some(),
            &routing.and_then(|routing| routing.bank_code.as_deref()),
            &routing.and_then(|routing| routing.kind.as_deref()),
            &info.is_some(),
            &info.and_then(|info| info.description.as_deref()),
            &info.and_then(|info| info.nickname.as_deref()),
            &info.and_then(|info| info.opened_on),
            &info.and_then(|info| info.available_balance),
            &account.status,
            &account.feed_start,
            &account.public_number,
            &account.created_at,
            &account.modified_at,
            &account.disconnected_at,
        ],
    )?;
    ledger::create(database, account_no, account.balance)
}

fn change_source_account(
    database: &Database,
    path: &AccountPath,
    change: AccountChange,
    now: Timestamp,
) -> Answer<AccountChanged> {
    let Some(found) = load(database, path)? else { return Ok(AccountChanged::Unknown) };
    let (before, balance) = (found.account.status, change.balance);
    let account = match found.account.changed(change, now) {
        Ok(account) => account,
        Err(refused) => return Ok(AccountChanged::Refused(refused)),
    };
    rewrite(database, found.account_no, &account)?;
    if balance.is_some() {
        ledger::set_balance(database, found.account_no, balance)?;
    }
    let is_disconnected = account.status == AccountStatus::Disconnected;
    if is_disconnected && before != AccountStatus::Disconnected {
        work::hasten(database, found.account_no, now)?;
        let kind = EventKind::AccountDisconnected;
        record(database, &path.connection, account.id.clone(), kind, now)?;
        link::stir(database, path.connection.client, path.connection.connection)?;
        unlink_when_none_is_connected(database, found.connection_no, &path.connection, now)?;
    }
    Ok(AccountChanged::Changed(account))
}

fn unlink_when_none_is_connected(
    database: &Database,
    connection_no: i64,
    path: &ConnectionPath,
    now: Timestamp,
) -> Answer<()> {
    let Some((_, found)) = connection::load(database, path)? else { return Ok(()) };
    let accounts = all_of(database, connection_no, path.connection)?;
    let is_connected = |account: &SourceAccount| account.status == AccountStatus::Connected;
    if found.ends_with_its_accounts() && !accounts.iter().any(|(_, one)| is_connected(one)) {
        connection::unlink(database, connection_no, found, now)?;
    }
    Ok(())
}

fn source_account(row: &mut Fields<'_>, connection: ConnectionId) -> Answer<(i64, SourceAccount)> {
    Ok((
        row.next()?,
        SourceAccount {
            connection,
            id: row.next()?,
            shape: row.next()?,
            details: details(row)?,
            balance: row.next()?,
            status: row.next()?,
            feed_start: row.next()?,
            public_number: row.next()?,
            created_at: row.next()?,
            modified_at: row.next()?,
            disconnected_at: row.next()?,
        },
    ))
}

fn details(row: &mut Fields<'_>) -> Answer<AccountDetails> {
    Ok(AccountDetails {
        name: row.next()?,
        number: row.next()?,
        sort_code: row.next()?,
        account_type: row.next()?,
        currency: row.next()?,
        routing: {
            let has_routing: bool = row.next()?;
            let routing = RoutingInfo { bank_code: row.next()?, kind: row.next()? };
            has_routing.then_some(routing)
        },
        info: {
            let has_info: bool = row.next()?;
            let info = AccountInfo {
                description: row.next()?,
                nickname: row.next()?,
                opened_on: row.next()?,
                available_balance: row.next()?,
            };
            has_info.then_some(info)
        },
    })
}
