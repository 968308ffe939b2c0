//! How much is asked for.

use crate::row::{Fields, Put};
use crate::{Database, SqliteStore, event, sql};
use async_trait::async_trait;
use domain::connection::ConnectionStatus;
use domain::event::{Event, EventKind};
use domain::ids::{ClientId, RequestId};
use domain::rate_limit::{
    Admission, CallerAddress, DayUse, Knock, REQUEST_LIFE, RateLimits, day_of, minute_of,
};
use jiff::Timestamp;
use store::{Answer, RateLimiting, event_detail};

const FIND_DAY_USE: &str = "
    -- find_day_use
    select day, used, is_reached, companies, counted_at_us
    from rate_limit
    where client_id = ?1";

const KEEP_DAY_USE: &str = "
    -- keep_day_use
    insert or replace into rate_limit
        (client_id, day, used, is_reached, companies, counted_at_us)
    values (?1, ?2, ?3, ?4, ?5, ?6)";

const COUNT_ACTIVE_COMPANIES: &str = "
    -- count_active_companies
    select count(distinct connection.company_no)
    from company
    join connection on connection.company_no = company.company_no
    where company.client_id = ?1 and connection.status = ?2";

const COUNT_REQUESTS: &str = "
    -- count_requests_under_way
    select count(*)
    from request_under_way
    where client_id = ?1 and ends_at_us > ?2";

const FORGET_LOST_REQUESTS: &str = "
    -- forget_lost_requests
    delete from request_under_way
    where client_id = ?1 and ends_at_us <= ?2";

const BEGIN_REQUEST: &str = "
    -- begin_request
    insert into request_under_way (client_id, request_id, ends_at_us)
    values (?1, ?2, ?3)";

const END_REQUEST: &str = "
    -- end_request
    delete from request_under_way
    where client_id = ?1 and request_id = ?2";

/// More than come at once in the long run, so that old minutes never pile up.
const FORGET_OLD_MINUTES: &str = "
    -- forget_old_minutes
    delete from address_minute
    where address in (
        select address
        from address_minute
        where minute_us < ?1
        order by minute_us
        limit 8
    )";

const COUNT_ADDRESS: &str = "
    -- count_address
    insert into address_minute (address, minute_us, count)
    values (?1, ?2, 1)
    on conflict (address) do update
    set count = case when minute_us < ?2 then 1 else count + 1 end,
        minute_us = max(minute_us, ?2)
    returning count";

const LIST_REACHED: &str = "
    -- list_clients_that_used_up_a_day
    select client_id, companies
    from rate_limit
    where is_reached and day < ?1
    order by client_id";

const BEGIN_DAY: &str = "
    -- begin_day
    update rate_limit
    set day = ?2, used = 0, is_reached = 0
    where client_id = ?1";

#[async_trait]
impl RateLimiting for SqliteStore {
    async fn admit_request(&self, knock: &Knock) -> Answer<Admission> {
        let knock = *knock;
        self.write(move |writing| admit(writing.database, &knock)).await
    }

    async fn end_request(&self, client: ClientId, id: RequestId) -> Answer<()> {
        self.write(move |writing| {
            sql::execute(writing.database, END_REQUEST, &[&client, &id]).map(drop)
        })
        .await
    }

    async fn count_address(&self, address: CallerAddress, at: Timestamp) -> Answer<u64> {
        self.write(move |writing| {
            let minute = minute_of(at);
            sql::execute(writing.database, FORGET_OLD_MINUTES, &[&minute])?;
            let values: [&dyn Put; 2] = [&address.to_string(), &minute];
            sql::count(writing.database, COUNT_ADDRESS, &values)
        })
        .await
    }

    async fn begin_day(&self, limits: &RateLimits, now: Timestamp) -> Answer<u64> {
        let limits = *limits;
        self.write(move |writing| begin_day(writing.database, &limits, now)).await
    }
}

fn admit(database: &Database, knock: &Knock) -> Answer<Admission> {
    let Knock { id, client, at, .. } = knock;
    let kept = sql::one(database, FIND_DAY_USE, &[client], day_use)?;
    let before = kept.unwrap_or_else(|| DayUse::begin(*at));
    let mut day = before.as_of(*at);
    let mut news = Vec::new();
    if before.is_reached && !day.is_reached {
        news.push(EventKind::RateLimitReset);
    }
    sql::execute(database, FORGET_LOST_REQUESTS, &[client, at])?;
    let under_way = sql::count(database, COUNT_REQUESTS, &[client, at])?;
    if day.is_stale(knock, under_way) {
        let linked = ConnectionStatus::Linked;
        day.companies = sql::count(database, COUNT_ACTIVE_COMPANIES, &[client, &linked])?;
        day.counted_at = *at;
    }
    let was_reached = day.is_reached;
    let admission = day.decide(knock, under_way);
    if day.is_reached && !was_reached {
        news.push(EventKind::RateLimitReached);
    }
    if matches!(admission, Admission::Admitted(_)) {
        let ends_at = at.saturating_add(REQUEST_LIFE).unwrap_or(Timestamp::MAX);
        sql::execute(database, BEGIN_REQUEST, &[client, id, &ends_at])?;
    }
    let detail = event_detail::of_quota(&day.quota(&knock.limits))?;
    let DayUse { day, used, is_reached, companies, counted_at } = &day;
    let values: [&dyn Put; 6] = [client, day, used, is_reached, companies, counted_at];
    sql::execute(database, KEEP_DAY_USE, &values)?;
    for kind in news {
        event::record_with(database, &Event::of_client(*client, kind, *at), &detail)?;
    }
    Ok(admission)
}

fn begin_day(database: &Database, limits: &RateLimits, now: Timestamp) -> Answer<u64> {
    let day = day_of(now);
    let clients = sql::all(database, LIST_REACHED, &[&day], |row| {
        Ok((row.next::<ClientId>()?, row.next()?))
    })?;
    let mut count = 0_u64;
    for (client, companies) in clients {
        sql::execute(database, BEGIN_DAY, &[&client, &day])?;
        let quota = DayUse { companies, ..DayUse::begin(now) }.quota(limits);
        let event = Event::of_client(client, EventKind::RateLimitReset, now);
        event::record_with(database, &event, &event_detail::of_quota(&quota)?)?;
        count = count.saturating_add(1);
    }
    Ok(count)
}

fn day_use(row: &mut Fields<'_>) -> Answer<DayUse> {
    Ok(DayUse {
        day: row.next()?,
        used: row.next()?,
        is_reached: row.next()?,
        companies: row.next()?,
        counted_at: row.next()?,
    })
}
