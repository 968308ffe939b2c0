//! Days as numbers that keep the calendar's order: 31 to a month, whether it has them or not, so that neither way needs
//! a calendar.

use super::Damage;
use super::bytes::{Reader, Writer};
use jiff::civil::Date;

const DAYS: i32 = 31;
const MONTHS: i32 = 12;

/// The number of a day.
pub(super) fn day_number(date: Date) -> i32 {
    i32::from(date.year())
        .saturating_mul(MONTHS)
        .saturating_add(i32::from(date.month()).saturating_sub(1))
        .saturating_mul(DAYS)
        .saturating_add(i32::from(date.day()).saturating_sub(1))
}

/// The day of a number, if it is one.
fn day_of(number: i32) -> Option<Date> {
    let day = number.checked_rem_euclid(DAYS)?.checked_add(1)?;
    let months = number.checked_div_euclid(DAYS)?;
    let month = months.checked_rem_euclid(MONTHS)?.checked_add(1)?;
    let year = months.checked_div_euclid(MONTHS)?;
    let (year, month, day) =
        (i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?);
    Date::new(year, month, day).ok()
}

/// Puts how far `date` is from the day `from`; answers its number.
pub(super) fn put_day(writer: &mut Writer, date: Date, from: i32) -> i32 {
    let number = day_number(date);
    writer.int(i64::from(number).saturating_sub(i64::from(from)));
    number
}

/// What [`put_day`] put, with its number.
pub(super) fn take_day(reader: &mut Reader<'_>, from: i32) -> Result<(Date, i32), Damage> {
    let distance = reader.int()?;
    let number =
        i64::from(from).checked_add(distance).and_then(|number| i32::try_from(number).ok());
    number
        .and_then(|number| Some((day_of(number)?, number)))
        .ok_or_else(|| reader.damage("with a day that is none"))
}
