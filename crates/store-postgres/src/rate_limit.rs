//! Verbs about how much is asked for. Requests of one client take turns at its row, so none is counted from an old sum.

use async_trait::async_trait;
use domain::connection::ConnectionStatus;
use domain::event::{Event, EventKind};
use domain::ids::{ClientId, RequestId};
use domain::rate_limit::{
    Admission, CallerAddress, DayUse, Knock, REQUEST_LIFE, RateLimits, day_of, minute_of,
};
use jiff::Timestamp;
use store::{Answer, RateLimiting, event_detail};
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use crate::PostgresStore;
use crate::columns::{Columns, day as day_number, micros, signed};
use crate::event::{News, finish_with};
use crate::fault::{Attempt, damaged};
use crate::session::Session;

/// Locks what a client has used, and makes it if need be: an update that changes nothing makes whoever comes next wait.
const LOCK_DAY_USE: &str = "\
-- lock_day_use
insert into rate_limit as kept (client_id, day, used, is_reached, companies, counted_at)
values ($1, $2, 0, false, 0, $3)
on conflict (client_id) do update
set day = kept.day
returning day, used, is_reached, companies, counted_at";

const KEEP_DAY_USE: &str = "\
-- keep_day_use
update rate_limit
set day = $2, used = $3, is_reached = $4, companies = $5, counted_at = $6
where client_id = $1";

const COUNT_ACTIVE_COMPANIES: &str = "\
-- count_active_companies
select count(distinct company_id)
from connection
where client_id = $1 and status = $2";

const COUNT_REQUESTS: &str = "\
-- count_requests_under_way
select count(*)
from request_under_way
where client_id = $1 and ends_at > $2";

/// Those that another process is just ending are left to it.
const FORGET_LOST_REQUESTS: &str = "\
-- forget_lost_requests
delete from request_under_way
where client_id = $1 and request_id in (
    select request_id
    from request_under_way
    where client_id = $1 and ends_at <= $2
    for update skip locked
)";

const BEGIN_REQUEST: &str = "\
-- begin_request
insert into request_under_way (client_id, request_id, ends_at)
values ($1, $2, $3)";

const END_REQUEST: &str = "\
-- end_request
delete from request_under_way
where client_id = $1 and request_id = $2";

/// More than come at once in the long run, so that old minutes never pile up. Those that another process looks at are
/// left to it.
const FORGET_OLD_MINUTES: &str = "\
-- forget_old_minutes
delete from address_minute
where address in (
    select address
    from address_minute
    where minute < $1 and address <> $2
    order by minute
    limit 8
    for update skip locked
)";

const COUNT_ADDRESS: &str = "\
-- count_address
insert into address_minute as kept (address, minute, count)
values ($1, $2, 1)
on conflict (address) do update
set count = case when kept.minute < $2 then 1 else kept.count + 1 end,
    minute = greatest(kept.minute, $2)
returning count";

const LIST_REACHED: &str = "\
-- list_clients_that_used_up_a_day
select client_id, companies
from rate_limit
where is_reached and day < $1
order by client_id
limit 100";

const BEGIN_DAY: &str = "\
-- begin_day
update rate_limit
set day = $2, used = 0, is_reached = false
where client_id = $1 and is_reached and day < $2";

#[async_trait]
impl RateLimiting for PostgresStore {
    async fn admit_request(&self, knock: &Knock) -> Answer<Admission> {
        self.transact(|session| async move { admit(&session, knock).await }).await
    }

    async fn end_request(&self, client: ClientId, id: RequestId) -> Answer<()> {
        self.transact(|session| async move {
            session.run(END_REQUEST, &[&client.uuid(), &id.uuid()]).await.map(drop)
        })
        .await
    }

    async fn count_address(&self, address: CallerAddress, at: Timestamp) -> Answer<u64> {
        self.transact(|session| async move {
            let (address, minute) = (address.to_string(), micros(minute_of(at)));
            session.run(FORGET_OLD_MINUTES, &[&minute, &address]).await?;
            count(session.row(COUNT_ADDRESS, &[&address, &minute]).await?.as_ref())
        })
        .await
    }

    async fn begin_day(&self, limits: &RateLimits, now: Timestamp) -> Answer<u64> {
        let listed = self.ask(|session| async move {
            let rows = session.rows(LIST_REACHED, &[&day_number(day_of(now))]).await?;
            let reached = rows.iter().map(|row| {
                let mut columns = Columns::of(row);
                Ok((columns.id(ClientId::new)?, columns.number()?))
            });
            reached.collect::<Attempt<Vec<_>>>()
        });
        let mut begun = 0_u64;
        // A transaction each: events of one client take turns with nobody else's.
        for (client, companies) in listed.await? {
            let quota = DayUse { companies, ..DayUse::begin(now) }.quota(limits);
            let detail = event_detail::of_quota(&quota)?;
            let detail = &detail;
            let is_ours = self.transact(|session| async move {
                let values = (client.uuid(), day_number(day_of(now)));
                if session.run(BEGIN_DAY, &[&values.0, &values.1]).await? == 0 {
                    return Ok(false);
                }
                let event = Event::of_client(client, EventKind::RateLimitReset, now);
                finish_with(&session, &[], &News::with_detail(client, &[event], detail)).await?;
                Ok(true)
            });
            begun = begun.saturating_add(is_ours.await?.into());
        }
        Ok(begun)
    }
}

async fn admit(session: &Session, knock: &Knock) -> Attempt<Admission> {
    let Knock { id, client, at, .. } = knock;
    let (uuid, now) = (client.uuid(), micros(*at));
    let begun = DayUse::begin(*at);
    let values = (day_number(begun.day), micros(begun.counted_at));
    let row = session.row(LOCK_DAY_USE, &[&uuid, &values.0, &values.1]).await?;
    let before =
        day_use(&row.ok_or_else(|| damaged("a client's day that is neither written nor there"))?)?;
    let mut day = before.as_of(*at);
    let mut news = Vec::new();
    if before.is_reached && !day.is_reached {
        news.push(Event::of_client(*client, EventKind::RateLimitReset, *at));
    }
    session.run(FORGET_LOST_REQUESTS, &[&uuid, &now]).await?;
    let under_way = count(session.row(COUNT_REQUESTS, &[&uuid, &now]).await?.as_ref())?;
    if day.is_stale(knock, under_way) {
        let linked = ConnectionStatus::Linked.name();
        day.companies =
            count(session.row(COUNT_ACTIVE_COMPANIES, &[&uuid, &linked]).await?.as_ref())?;
        day.counted_at = *at;
    }
    let was_reached = day.is_reached;
    let admission = day.decide(knock, under_way);
    if day.is_reached && !was_reached {
        news.push(Event::of_client(*client, EventKind::RateLimitReached, *at));
    }
    if matches!(admission, Admission::Admitted(_)) {
        let ends_at = at.saturating_add(REQUEST_LIFE).unwrap_or(Timestamp::MAX);
        session.run(BEGIN_REQUEST, &[&uuid, &id.uuid(), &micros(ends_at)]).await?;
    }
    let (used, companies) = (signed(day.used)?, signed(day.companies)?);
    let (number, counted_at) = (day_number(day.day), micros(day.counted_at));
    let kept: [&(dyn ToSql + Sync); 6] =
        [&uuid, &number, &used, &day.is_reached, &companies, &counted_at];
    session.run(KEEP_DAY_USE, &kept).await?;
    let detail = event_detail::of_quota(&day.quota(&knock.limits))?;
    if !news.is_empty() {
        finish_with(session, &[], &News::with_detail(*client, &news, &detail)).await?;
    }
    Ok(admission)
}

fn count(row: Option<&Row>) -> Attempt<u64> {
    let row = row.ok_or_else(|| damaged("a count without a row"))?;
    Columns::of(row).number()
}

fn day_use(row: &Row) -> Attempt<DayUse> {
    let mut columns = Columns::of(row);
    Ok(DayUse {
        day: columns.day()?,
        used: columns.number()?,
        is_reached: columns.take()?,
        companies: columns.number()?,
        counted_at: columns.moment()?,
    })
}
