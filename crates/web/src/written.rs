//! Days, times and amounts as a language writes them. Nobody told us where the person is, so the zone stands beside a
//! time.

use crate::locale::Locale;
use crate::texts::Texts;
use domain::clock::utc_date;
use domain::money::{Amount, CurrencyCode};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

const MONTHS: [&str; 12] = [
    "month-january",
    "month-february",
    "month-march",
    "month-april",
    "month-may",
    "month-june",
    "month-july",
    "month-august",
    "month-september",
    "month-october",
    "month-november",
    "month-december",
];
/// Of an amount whose currency nobody told.
const USUAL_DECIMALS: u32 = 2;
/// Digits that stand together.
const GROUP: usize = 3;

impl Texts {
    /// A time of day.
    pub(crate) fn time(&self, at: Timestamp) -> String {
        let time = at.to_zoned(TimeZone::UTC).time();
        let (hour, minute) = (time.hour(), time.minute());
        match self.locale() {
            Locale::English | Locale::French => format!("{hour:02}:{minute:02} UTC"),
            Locale::CanadianFrench => format!("{hour}\u{a0}h\u{a0}{minute:02} UTC"),
        }
    }

    /// A day, with the name of its month: no reader takes one for the other.
    pub(crate) fn date(&self, date: Date) -> String {
        let month = usize::try_from(date.month()).ok().and_then(|month| month.checked_sub(1));
        let month = month.and_then(|month| MONTHS.get(month)).map(|key| self.get(key));
        let day = match date.day() {
            1 => self.get("day-first"),
            day => day.to_string(),
        };
        let (month, year) = (month.unwrap_or_default(), date.year().to_string());
        self.all("date", &[("day", &day), ("month", &month), ("year", &year)])
    }

    /// A day and a time of it.
    pub(crate) fn moment(&self, at: Timestamp) -> String {
        self.all("moment", &[("date", &self.date(utc_date(at))), ("time", &self.time(at))])
    }

    /// An amount, with all of its digits.
    pub(crate) fn money(&self, amount: Amount, currency: Option<CurrencyCode>) -> String {
        let currency = currency.filter(|code| *code != CurrencyCode::UNKNOWN);
        let plain = amount.to_string();
        let digits = plain.trim_start_matches('-');
        let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
        let decimals = currency.map_or(USUAL_DECIMALS, CurrencyCode::minor_digits);
        let decimals = usize::try_from(decimals).unwrap_or_default();
        let part = format!("{:0<decimals$}", part.trim_end_matches('0'));
        let (between, point) = match self.locale() {
            Locale::English => (",", "."),
            Locale::CanadianFrench => ("\u{a0}", ","),
            Locale::French => ("\u{202f}", ","),
        };
        let groups = whole.as_bytes().rchunks(GROUP).rev();
        let groups: Vec<_> = groups.map(String::from_utf8_lossy).collect();
        let sign = if amount.is_negative() { "\u{2212}" } else { "" };
        let point = if part.is_empty() { "" } else { point };
        let number = format!("{sign}{}{point}{part}", groups.join(between));
        currency.map_or(number.clone(), |code| format!("{number}\u{a0}{code}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use testkit::{NOON, amount};

    fn texts() -> [Texts; 3] {
        [Locale::English, Locale::CanadianFrench, Locale::French]
            .map(|locale| Texts::new(locale, None))
    }

    #[test]
    fn times_are_written_as_the_language_does() {
        let at: Timestamp = "2024-02-29T09:05:59Z".parse().unwrap();
        let written = texts().map(|texts| texts.time(at));
        assert_eq!(written, ["09:05 UTC", "9\u{a0}h\u{a0}05 UTC", "09:05 UTC"]);
    }

    #[test]
    fn days_are_written_as_the_language_does() {
        let days = ["2024-02-29", "2026-12-01"].map(|day| day.parse::<Date>().unwrap());
        let written = texts().map(|texts| days.map(|day| texts.date(day)));
        let french = ["29 février 2024", "1er décembre 2026"].map(str::to_owned);
        assert_eq!(
            written,
            [["29 February 2024", "1 December 2026"].map(str::to_owned), french.clone(), french]
        );
        let moment = texts().map(|texts| texts.moment(NOON));
        assert_eq!(moment[0], "29 February 2024, 12:00 UTC");
        assert_eq!(moment[1], "29 février 2024, 12\u{a0}h\u{a0}00 UTC");
    }

    #[test]
    fn amounts_keep_their_digits_and_name_their_currency() {
        for (text, code, english, canadian) in [
            ("1234567.5", "GBP", "1,234,567.50\u{a0}GBP", "1\u{a0}234\u{a0}567,50\u{a0}GBP"),
            ("-0.125", "USD", "\u{2212}0.125\u{a0}USD", "\u{2212}0,125\u{a0}USD"),
            ("1000", "JPY", "1,000\u{a0}JPY", "1\u{a0}000\u{a0}JPY"),
            ("100.0", "XXX", "100.00", "100,00"),
        ] {
            let code = CurrencyCode::parse(code).ok();
            let [first, second, third] = texts().map(|texts| texts.money(amount(text), code));
            assert_eq!((first.as_str(), second.as_str()), (english, canadian));
            assert_eq!(
                third,
                canadian
                    .replacen("1\u{a0}234\u{a0}", "1\u{202f}234\u{202f}", 1)
                    .replace("1\u{a0}000", "1\u{202f}000")
            );
        }
    }
}
