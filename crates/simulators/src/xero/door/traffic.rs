//! Rate limits: calls of a tenant at once, in a minute and in a day, and of the whole app in a minute.

use crate::xero::ids::Id;
use crate::xero::settings::Limits;
use jiff::Timestamp;
use std::collections::BTreeMap;

const MINUTE_SECS: i64 = 60;
const DAY_SECS: i64 = 24 * 60 * 60;

/// The traffic so far.
#[derive(Default)]
pub(crate) struct Traffic {
    app: Window,
    tenants: BTreeMap<Id, Lane>,
}

/// The traffic of one tenant.
#[derive(Default)]
struct Lane {
    inside: u32,
    minute: Window,
    day: Window,
}

/// A stretch of time that begins with the first call in it.
#[derive(Default)]
struct Window {
    began_at: Option<Timestamp>,
    calls: u32,
}

/// Why a call is too many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Refused {
    /// Which limit it is, as `X-Rate-Limit-Problem` calls it.
    pub(super) limit: &'static str,
    /// When to come again, where Xero says.
    pub(super) retry_after_secs: Option<i64>,
}

/// What is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Room {
    minute: Option<u32>,
    day: Option<u32>,
    app_minute: u32,
}

impl Traffic {
    /// Counts a call in; a refused one does not count.
    pub(super) fn admit(
        &mut self,
        tenant: Option<Id>,
        limits: &Limits,
        now: Timestamp,
    ) -> Result<(), Refused> {
        self.app.turn(now, MINUTE_SECS);
        self.app.check("appminute", limits.app_minute, MINUTE_SECS, now)?;
        if let Some(tenant) = tenant {
            let lane = self.tenants.entry(tenant).or_default();
            lane.minute.turn(now, MINUTE_SECS);
            lane.day.turn(now, DAY_SECS);
            if lane.inside >= limits.concurrent {
                return Err(Refused { limit: "concurrent", retry_after_secs: None });
            }
            lane.day.check("day", limits.day, DAY_SECS, now)?;
            lane.minute.check("minute", limits.minute, MINUTE_SECS, now)?;
            lane.inside = lane.inside.saturating_add(1);
            lane.minute.count(now);
            lane.day.count(now);
        }
        self.app.count(now);
        Ok(())
    }

    /// Counts a call out.
    pub(super) fn leave(&mut self, tenant: Option<Id>) {
        if let Some(lane) = tenant.and_then(|tenant| self.tenants.get_mut(&tenant)) {
            lane.inside = lane.inside.saturating_sub(1);
        }
    }

    /// What is left.
    pub(super) fn room(&self, tenant: Option<Id>, limits: &Limits) -> Room {
        let lane = tenant.and_then(|tenant| self.tenants.get(&tenant));
        Room {
            minute: lane.map(|lane| limits.minute.saturating_sub(lane.minute.calls)),
            day: lane.map(|lane| limits.day.saturating_sub(lane.day.calls)),
            app_minute: limits.app_minute.saturating_sub(self.app.calls),
        }
    }
}

impl Window {
    fn turn(&mut self, now: Timestamp, secs: i64) {
        if self.began_at.is_some_and(|began| now.duration_since(began).as_secs() >= secs) {
            *self = Self::default();
        }
    }

    fn check(
        &self,
        limit: &'static str,
        calls_max: u32,
        secs: i64,
        now: Timestamp,
    ) -> Result<(), Refused> {
        if self.calls < calls_max {
            return Ok(());
        }
        let gone = self.began_at.map_or(0, |began| now.duration_since(began).as_secs());
        Err(Refused { limit, retry_after_secs: Some(secs.saturating_sub(gone).max(1)) })
    }

    fn count(&mut self, now: Timestamp) {
        self.began_at.get_or_insert(now);
        self.calls = self.calls.saturating_add(1);
    }
}

impl Room {
    /// As Xero shows it.
    pub(super) fn headers(self) -> impl Iterator<Item = (&'static str, u32)> {
        let rows = [
            ("x-minlimit-remaining", self.minute),
            ("x-daylimit-remaining", self.day),
            ("x-appminlimit-remaining", Some(self.app_minute)),
        ];
        rows.into_iter().filter_map(|(name, left)| Some((name, left?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xero::ids::named_id;
    use testkit::{NOON, noon_plus};

    const LIMITS: Limits = Limits { concurrent: 2, minute: 3, day: 5, app_minute: 6 };

    fn tenant(number: u32) -> Id {
        named_id(&number.to_string())
    }

    fn call(traffic: &mut Traffic, number: u32, minutes: i64) -> Result<(), Refused> {
        let admitted = traffic.admit(Some(tenant(number)), &LIMITS, noon_plus(minutes));
        if admitted.is_ok() {
            traffic.leave(Some(tenant(number)));
        }
        admitted
    }

    fn refused(limit: &'static str, secs: i64) -> Result<(), Refused> {
        Err(Refused { limit, retry_after_secs: Some(secs) })
    }

    #[test]
    fn a_tenant_has_a_minute_and_a_day() {
        let mut traffic = Traffic::default();
        for _ in 0..3 {
            assert_eq!(call(&mut traffic, 1, 0), Ok(()));
        }
        let left = traffic.room(Some(tenant(1)), &LIMITS);
        assert_eq!(left, Room { minute: Some(0), day: Some(2), app_minute: 3 });
        assert_eq!(call(&mut traffic, 1, 0), refused("minute", 60));
        assert_eq!(call(&mut traffic, 2, 0), Ok(()), "another tenant has its own");
        assert_eq!([call(&mut traffic, 1, 1), call(&mut traffic, 1, 1)], [Ok(()), Ok(())]);
        assert_eq!(call(&mut traffic, 1, 1), refused("day", 86_340));
        assert_eq!(call(&mut traffic, 1, 24 * 60), Ok(()));
    }

    #[test]
    fn the_app_has_a_minute_over_all_tenants() {
        let mut traffic = Traffic::default();
        for number in 0..6 {
            assert_eq!(call(&mut traffic, number, 0), Ok(()));
        }
        assert_eq!(call(&mut traffic, 9, 0), refused("appminute", 60));
        assert_eq!(traffic.admit(None, &LIMITS, NOON), refused("appminute", 60));
        assert_eq!(traffic.admit(None, &LIMITS, noon_plus(1)), Ok(()));
    }

    #[test]
    fn only_so_many_calls_of_a_tenant_are_inside_at_once() {
        let mut traffic = Traffic::default();
        let mut enter = |number| traffic.admit(Some(tenant(number)), &LIMITS, NOON);
        assert_eq!([enter(1), enter(1)], [Ok(()), Ok(())]);
        let none_promised = Err(Refused { limit: "concurrent", retry_after_secs: None });
        assert_eq!(enter(1), none_promised);
        assert_eq!(enter(2), Ok(()));
        traffic.leave(Some(tenant(1)));
        assert_eq!(traffic.admit(Some(tenant(1)), &LIMITS, NOON), Ok(()));
    }
}
