//! Dates: what is read prints as what reads the same, a day is a day of the calendar, and of two dates at most one is
//! before the other. Both notations: the API's and OFX's.

use domain::dates::{LineDate, Suffix, parse_date, stamp};
use jiff::Timestamp;
use jiff::tz::Offset;
use ofx::{OfxDateTime, Precision};

/// Two dates with a line break between them, or one.
pub(crate) fn check(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    let (left, right) = text.split_once('\n').unwrap_or((text, ""));
    if let (Some(left), Some(right)) = (check_text(left), check_text(right)) {
        check_pair(&left, &right);
    }
    check_ofx(left);
}

fn check_text(text: &str) -> Option<LineDate> {
    if let Ok(day) = parse_date(text) {
        assert_eq!(day.to_string(), text, "a day is read in one notation only");
    }
    if let Ok(suffix) = Suffix::parse(text) {
        assert_eq!(suffix.to_string(), text, "a suffix is echoed as it came");
    }
    let date = match LineDate::parse(text) {
        Ok(date) => date,
        Err(error) => {
            let words = error.to_string();
            assert!(words.chars().count() < 800, "a long text is not repeated: {words}");
            return None;
        }
    };
    let printed = date.to_string();
    assert_eq!(LineDate::parse(&printed), Ok(date), "{printed}");
    assert_eq!(LineDate::from_parts(date.date(), date.time(), date.suffix()), Ok(date));
    assert_eq!(date.date().to_string(), text.chars().take(10).collect::<String>(), "no zone moves");
    assert_eq!(date.is_date_only(), printed.len() == 10);
    assert!(date.same_moment(&date) && !date.is_before(&date));
    // East of Greenwich the first day begins in the year before it, which no date of ours is in.
    if let Ok(moment) = text.parse::<Timestamp>()
        && Offset::UTC.to_datetime(moment).year() > 0
    {
        let stamp = stamp(moment);
        let shown = LineDate::parse(&stamp);
        assert!(shown.is_ok_and(|shown| shown.suffix() == Suffix::Zulu), "{stamp}");
    }
    Some(date)
}

fn check_pair(left: &LineDate, right: &LineDate) {
    assert!(!(left.is_before(right) && right.is_before(left)));
    if left.is_before(right) {
        assert!(left.sort_key() < right.sort_key());
    }
    if left.same_moment(right) {
        assert!(!left.is_before(right) && !right.is_before(left));
        assert_eq!(left.sort_key(), right.sort_key());
    }
    if left.sort_key() < right.sort_key() {
        assert!(!right.is_before(left));
    }
}

fn check_ofx(text: &str) {
    let Ok(date) = OfxDateTime::parse(text) else { return };
    let printed = date.to_string();
    let again = OfxDateTime::parse(&printed).unwrap();
    assert_eq!(again.to_string(), printed);
    assert_eq!(again.precision(), date.precision());
    if date.precision() == Precision::Day {
        assert_eq!(again.date(), date.date(), "a day alone never moves");
    } else {
        assert_eq!(again.timestamp(), date.timestamp(), "{printed}");
    }
}
