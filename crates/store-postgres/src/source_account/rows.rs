//! The rows of source accounts, and the changes of them that verbs of other nouns bring about.

use domain::connection::Connection;
use domain::event::{Event, EventKind};
use domain::ids::{ConnectionId, ConnectionPath};
use domain::money::{Amount, CurrencyCode};
use domain::source_account::{
    AccountDetails, AccountId, AccountInfo, AccountPath, AccountStatus, RoutingInfo, Shape,
    SourceAccount,
};
use jiff::Timestamp;
use jiff::civil::Date;
use tokio_postgres::Row;

use crate::columns::{Columns, day, micros};
use crate::connection::event_on;
use crate::fault::{Attempt, damaged};
use crate::session::Session;
use crate::text::escaped;

const CREATE_ACCOUNT: &str = "\
-- create_source_account
with created as (
    insert into source_account
        (client_id, connection_id, company_id, account_id, shape, name, number, sort_code,
         account_type, currency, has_routing, bank_code, bank_code_kind, has_info, description,
         nickname, opened_on, available_balance, status, feed_start, public_number, created_at,
         modified_at, disconnected_at)
    values
        ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
         $21, $22, $23, $26)
    on conflict (client_id, connection_id, account_id) do nothing
    returning account_no
)
insert into ledger (client_id, account_no, balance, head)
select $1, account_no, $24, $25
from created";

const FIND_ACCOUNT: &str = "\
-- find_source_account
select account_id, connection_id, shape, name, number, sort_code, account_type, currency,
    has_routing, bank_code, bank_code_kind, has_info, description, nickname, opened_on,
    available_balance, status, feed_start, public_number, created_at, modified_at,
    disconnected_at, balance
from source_account
join ledger using (client_id, account_no)
where client_id = $1 and connection_id = $2 and company_id = $3 and account_id = $4";

const LIST_ACCOUNTS: &str = "\
-- list_source_accounts
select account_id, connection_id, shape, name, number, sort_code, account_type, currency,
    has_routing, bank_code, bank_code_kind, has_info, description, nickname, opened_on,
    available_balance, status, feed_start, public_number, created_at, modified_at,
    disconnected_at, balance
from source_account
join ledger using (client_id, account_no)
where client_id = $1 and connection_id = $2
order by account_no";

const CHANGE_ACCOUNT: &str = "\
-- change_source_account
with changed as (
    update source_account
    set shape = $4, name = $5, number = $6, sort_code = $7, account_type = $8, currency = $9,
        has_routing = $10, bank_code = $11, bank_code_kind = $12, has_info = $13,
        description = $14, nickname = $15, opened_on = $16, available_balance = $17, status = $18,
        modified_at = $19, disconnected_at = $21
    where client_id = $1 and connection_id = $2 and account_id = $3
    returning account_no
)
update ledger
set balance = $20
from changed
where ledger.client_id = $1 and ledger.account_no = changed.account_no";

const LIST_CONNECTED: &str = "\
-- list_connected_accounts
select account_id
from source_account
where client_id = $1 and connection_id = $2 and status = $3
order by account_no";

const DISCONNECT_ALL: &str = "\
-- disconnect_source_accounts
update source_account
set status = $4, disconnected_at = $5
where client_id = $1 and connection_id = $2 and status = $3";

const CONNECT_ACCOUNT: &str = "\
-- connect_source_account
update source_account
set status = $4, feed_start = $5, disconnected_at = null
where client_id = $1 and connection_id = $2 and account_id = $3";

/// How a shape is written.
const fn shape_code(shape: Shape) -> i16 {
    match shape {
        Shape::V1 => 1,
        Shape::V2 => 2,
    }
}

fn shape_of(code: i16) -> Attempt<Shape> {
    match code {
        1 => Ok(Shape::V1),
        2 => Ok(Shape::V2),
        _ => Err(damaged(format!("an account of shape {code}"))),
    }
}

pub(super) fn account_of(row: &Row) -> Attempt<SourceAccount> {
    let mut columns = Columns::of(row);
    Ok(SourceAccount {
        id: columns.parsed(|text| AccountId::parse(text).ok())?,
        connection: columns.id(ConnectionId::new)?,
        shape: shape_of(columns.take()?)?,
        details: details_of(&mut columns)?,
        status: columns.parsed(AccountStatus::parse)?,
        feed_start: columns.day_maybe()?,
        public_number: columns.text()?,
        created_at: columns.moment()?,
        modified_at: columns.moment()?,
        disconnected_at: columns.moment_maybe()?,
        balance: columns.amount_maybe()?,
    })
}

fn details_of(columns: &mut Columns<'_>) -> Attempt<AccountDetails> {
    Ok(AccountDetails {
        name: columns.text_maybe()?,
        number: columns.text_maybe()?,
        sort_code: columns.text_maybe()?,
        account_type: columns.text_maybe()?,
        currency: columns.parsed_maybe(|text| CurrencyCode::parse(text).ok())?,
        routing: {
            let is_there: bool = columns.take()?;
            let routing =
                RoutingInfo { bank_code: columns.text_maybe()?, kind: columns.text_maybe()? };
            is_there.then_some(routing)
        },
        info: {
            let is_there: bool = columns.take()?;
            let info = AccountInfo {
                description: columns.text_maybe()?,
                nickname: columns.text_maybe()?,
                opened_on: columns.day_maybe()?,
                available_balance: columns.amount_maybe()?,
            };
            is_there.then_some(info)
        },
    })
}

/// What a caller says of an account, in columns.
struct DetailColumns {
    shape: i16,
    /// Name, number, sort code, type, bank code and its kind, description, nickname.
    texts: [Option<String>; 8],
    currency: Option<String>,
    has_routing: bool,
    has_info: bool,
    opened_on: Option<i32>,
    available_balance: Option<String>,
}

impl DetailColumns {
    fn of(account: &SourceAccount) -> Self {
        let details = &account.details;
        let (routing, info) = (details.routing.as_ref(), details.info.as_ref());
        let texts = [
            details.name.as_ref(),
            details.number.as_ref(),
            details.sort_code.as_ref(),
            details.account_type.as_ref(),
            routing.and_then(|routing| routing.bank_code.as_ref()),
            routing.and_then(|routing| routing.kind.as_ref()),
            info.and_then(|info| info.description.as_ref()),
            info.and_then(|info| info.nickname.as_ref()),
        ];
        let balance = info.and_then(|info| info.available_balance);
        Self {
            shape: shape_code(account.shape),
            texts: texts.map(|text| text.map(|text| escaped(text).into_owned())),
            currency: details.currency.map(|currency| currency.to_string()),
            has_routing: routing.is_some(),
            has_info: info.is_some(),
            opened_on: info.and_then(|info| info.opened_on).map(day),
            available_balance: balance.map(|amount| amount.to_string()),
        }
    }
}

fn balance_text(balance: Option<Amount>) -> Option<String> {
    balance.map(|amount| amount.to_string())
}

/// Keeps a new account with an empty ledger; whether its id was free.
pub(super) async fn create(
    session: &Session,
    path: &ConnectionPath,
    account: &SourceAccount,
    empty_head: &[u8],
) -> Attempt<bool> {
    let columns = DetailColumns::of(account);
    let [name, number, sort_code, kind, bank_code, code_kind, description, nickname] =
        &columns.texts;
    let written = session
        .run(
            CREATE_ACCOUNT,
            &[
                &path.client.uuid(),
                &path.connection.uuid(),
                &path.company.uuid(),
                &account.id.as_str(),
                &columns.shape,
                name,
                number,
                sort_code,
                kind,
                &columns.currency,
                &columns.has_routing,
                bank_code,
                code_kind,
                &columns.has_info,
                description,
                nickname,
                &columns.opened_on,
                &columns.available_balance,
                &account.status.name(),
                &account.feed_start.map(day),
                &escaped(&account.public_number),
                &micros(account.created_at),
                &micros(account.modified_at),
                &balance_text(account.balance),
                &empty_head,
                &account.disconnected_at.map(micros),
            ],
        )
        .await?;
    Ok(written == 1)
}

/// Writes an account that is there, but for its first day and its public number. Its ledger is locked.
pub(crate) async fn change(
    session: &Session,
    path: &ConnectionPath,
    account: &SourceAccount,
) -> Attempt<()> {
    let columns = DetailColumns::of(account);
    let [name, number, sort_code, kind, bank_code, code_kind, description, nickname] =
        &columns.texts;
    session
        .run(
            CHANGE_ACCOUNT,
            &[
                &path.client.uuid(),
                &path.connection.uuid(),
                &account.id.as_str(),
                &columns.shape,
                name,
                number,
                sort_code,
                kind,
                &columns.currency,
                &columns.has_routing,
                bank_code,
                code_kind,
                &columns.has_info,
                description,
                nickname,
                &columns.opened_on,
                &columns.available_balance,
                &account.status.name(),
                &micros(account.modified_at),
                &balance_text(account.balance),
                &account.disconnected_at.map(micros),
            ],
        )
        .await?;
    Ok(())
}

/// One account.
pub(crate) async fn find(session: &Session, path: &AccountPath) -> Attempt<Option<SourceAccount>> {
    let ConnectionPath { client, company, connection } = path.connection;
    let account = path.account.as_str();
    let ids = (client.uuid(), connection.uuid(), company.uuid());
    let row = session.row(FIND_ACCOUNT, &[&ids.0, &ids.1, &ids.2, &account]).await?;
    row.as_ref().map(account_of).transpose()
}

/// A connection's accounts in the order they were made.
pub(super) async fn list(
    session: &Session,
    connection: &Connection,
) -> Attempt<Vec<SourceAccount>> {
    let rows =
        session.rows(LIST_ACCOUNTS, &[&connection.client.uuid(), &connection.id.uuid()]).await?;
    rows.iter().map(account_of).collect()
}

/// Whether a connection has a connected account.
pub(super) async fn has_connected(session: &Session, path: &ConnectionPath) -> Attempt<bool> {
    Ok(!connected(session, path).await?.is_empty())
}

async fn connected(session: &Session, path: &ConnectionPath) -> Attempt<Vec<AccountId>> {
    let status = AccountStatus::Connected.name();
    let ids = (path.client.uuid(), path.connection.uuid());
    let rows = session.rows(LIST_CONNECTED, &[&ids.0, &ids.1, &status]).await?;
    let id = |row: &Row| Columns::of(row).parsed(|text| AccountId::parse(text).ok());
    rows.iter().map(id).collect()
}

/// Disconnects the connected accounts of a locked connection, whose ledgers are locked too; answers their events.
pub(crate) async fn disconnect_all(
    session: &Session,
    path: &ConnectionPath,
    now: Timestamp,
) -> Attempt<Vec<Event>> {
    let accounts = connected(session, path).await?;
    let ids = (path.client.uuid(), path.connection.uuid());
    let (before, after) = (AccountStatus::Connected.name(), AccountStatus::Disconnected.name());
    session.run(DISCONNECT_ALL, &[&ids.0, &ids.1, &before, &after, &micros(now)]).await?;
    Ok(accounts.into_iter().map(|account| disconnected(path, account, now)).collect())
}

/// What a disconnected account reports.
pub(super) fn disconnected(path: &ConnectionPath, account: AccountId, now: Timestamp) -> Event {
    event_on(path, EventKind::AccountDisconnected, now).for_account(account)
}

/// Connects an account, whose ledger is locked, from `feed_start` on.
pub(crate) async fn set_connected(
    session: &Session,
    path: &AccountPath,
    feed_start: Date,
) -> Attempt<()> {
    let ids = (path.connection.client.uuid(), path.connection.connection.uuid());
    let account = path.account.as_str();
    let status = AccountStatus::Connected.name();
    session.run(CONNECT_ACCOUNT, &[&ids.0, &ids.1, &account, &status, &day(feed_start)]).await?;
    Ok(())
}
