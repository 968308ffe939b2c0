//! How values are written into columns, and read back in the order of a statement's columns.

use domain::money::Amount;
use jiff::civil::{Date, date};
use jiff::{Span, Timestamp};
use tokio_postgres::Row;
use tokio_postgres::types::FromSql;
use uuid::Uuid;

use crate::fault::{Attempt, damaged, failed};
use crate::text;

/// The day that has number zero.
const EPOCH: Date = date(1970, 1, 1);
const DAY_HOURS: i64 = 24;

/// Microseconds since 1970.
pub(crate) fn micros(moment: Timestamp) -> i64 {
    moment.as_microsecond()
}

/// Days since 1970.
pub(crate) fn day(date: Date) -> i32 {
    let days = date.duration_since(EPOCH).as_hours().checked_div(DAY_HOURS).unwrap_or_default();
    // Every day that the calendar has fits.
    i32::try_from(days).unwrap_or_default()
}

/// A number that PostgreSQL knows only with a sign.
pub(crate) fn signed(count: u64) -> Attempt<i64> {
    i64::try_from(count).map_err(|error| failed(error).into())
}

/// The columns of a row, from the first on.
pub(crate) struct Columns<'a> {
    row: &'a Row,
    next: usize,
}

impl<'a> Columns<'a> {
    pub(crate) const fn of(row: &'a Row) -> Self {
        Self { row, next: 0 }
    }

    /// The next column as the client library reads it.
    pub(crate) fn take<T: FromSql<'a>>(&mut self) -> Attempt<T> {
        let index = self.next;
        self.next = index.saturating_add(1);
        self.row.try_get(index).map_err(|error| damaged(error.to_string()))
    }

    pub(crate) fn id<T>(&mut self, new: fn(Uuid) -> T) -> Attempt<T> {
        Ok(new(self.take()?))
    }

    pub(crate) fn text(&mut self) -> Attempt<String> {
        Ok(text::unescaped(self.take()?))
    }

    pub(crate) fn text_maybe(&mut self) -> Attempt<Option<String>> {
        Ok(self.take::<Option<String>>()?.map(text::unescaped))
    }

    /// What a text stands for, by `parse`.
    pub(crate) fn parsed<T>(&mut self, parse: impl Fn(&str) -> Option<T>) -> Attempt<T> {
        let text: &str = self.take()?;
        parse(text).ok_or_else(|| damaged(format!("{text:?} is not known to this version")))
    }

    /// The same, or nothing.
    pub(crate) fn parsed_maybe<T>(
        &mut self,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Attempt<Option<T>> {
        let Some(text) = self.take::<Option<&str>>()? else { return Ok(None) };
        let value = parse(text);
        value.map(Some).ok_or_else(|| damaged(format!("{text:?} is not known to this version")))
    }

    pub(crate) fn amount_maybe(&mut self) -> Attempt<Option<Amount>> {
        self.parsed_maybe(|text| Amount::parse(text).ok())
    }

    /// A number that has no sign.
    pub(crate) fn number<T: TryFrom<i64>>(&mut self) -> Attempt<T> {
        let value: i64 = self.take()?;
        T::try_from(value).map_err(|_too_large| damaged(format!("the number {value}")))
    }

    /// The same, or nothing.
    pub(crate) fn number_maybe<T: TryFrom<i64>>(&mut self) -> Attempt<Option<T>> {
        let Some(value) = self.take::<Option<i64>>()? else { return Ok(None) };
        T::try_from(value).map(Some).map_err(|_too_large| damaged(format!("the number {value}")))
    }

    pub(crate) fn moment(&mut self) -> Attempt<Timestamp> {
        moment_of(self.take()?)
    }

    pub(crate) fn moment_maybe(&mut self) -> Attempt<Option<Timestamp>> {
        self.take::<Option<i64>>()?.map(moment_of).transpose()
    }

    pub(crate) fn day(&mut self) -> Attempt<Date> {
        day_of(self.take()?)
    }

    pub(crate) fn day_maybe(&mut self) -> Attempt<Option<Date>> {
        self.take::<Option<i32>>()?.map(day_of).transpose()
    }
}

fn moment_of(micros: i64) -> Attempt<Timestamp> {
    Timestamp::from_microsecond(micros).map_err(|error| damaged(error.to_string()))
}

fn day_of(days: i32) -> Attempt<Date> {
    let span = Span::new().try_days(days).map_err(|error| damaged(error.to_string()))?;
    EPOCH.checked_add(span).map_err(|error| damaged(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_of_the_calendar_has_a_number() {
        for day_there in [Date::MIN, date(1969, 12, 31), EPOCH, date(2024, 2, 29), Date::MAX] {
            assert_eq!(day_of(day(day_there)).unwrap(), day_there);
        }
        assert_eq!((day(date(1969, 12, 31)), day(date(1970, 1, 2))), (-1, 1));
    }
}
