//! Every form of date that clients send, and the ones that are none.

use jiff::Timestamp;
use jiff::civil::date;
use jiff::tz::Offset;
use proptest::prelude::*;

use super::*;

fn moment(text: &str) -> String {
    OfxDateTime::parse(text).unwrap().timestamp().to_string()
}

#[test]
fn every_form_means_the_moment_it_says() {
    for (text, expected) in [
        ("20261101", "2026-11-01T00:00:00Z"),
        ("20261101[-5:EST]", "2026-11-01T05:00:00Z"),
        ("202611011530", "2026-11-01T15:30:00Z"),
        ("20261101153045", "2026-11-01T15:30:45Z"),
        ("20261101153045.123", "2026-11-01T15:30:45.123Z"),
        ("20261101153045.1", "2026-11-01T15:30:45.1Z"),
        ("20261101153045.123[-5:EST]", "2026-11-01T20:30:45.123Z"),
        ("20261101153045[0:GMT]", "2026-11-01T15:30:45Z"),
        ("20261101000000.000[+0:UTC]", "2026-11-01T00:00:00Z"),
        ("20261101153045[-5]", "2026-11-01T20:30:45Z"),
        (" 20261101153045 ", "2026-11-01T15:30:45Z"),
    ] {
        assert_eq!(moment(text), expected, "{text}");
    }
}

#[test]
fn offsets_are_read_with_minutes_and_with_parts_of_an_hour() {
    for (offset, expected) in [
        ("5.30:IST", "06:30"),
        ("+5.30:IST", "06:30"),
        ("5.5:IST", "06:30"),
        ("5.50:IST", "06:30"),
        ("5.75:NPT", "06:15"),
        ("5.45:NPT", "06:15"),
        ("-3.30:NST", "15:30"),
        ("-3.5:NST", "15:30"),
        ("+14:LINT", "22:00"),
        ("-12:AOE", "00:00"),
    ] {
        let text = format!("20261101120000[{offset}]");
        let time = moment(&text);
        assert_eq!(time.get(11..16), Some(expected), "{text}");
    }
}

#[test]
fn the_day_is_the_one_that_was_written() {
    let late = OfxDateTime::parse("20261101233000[-5:EST]").unwrap();
    assert_eq!(late.date(), date(2026, 11, 1));
    assert_eq!(late.timestamp().to_string(), "2026-11-02T04:30:00Z");
}

#[test]
fn only_a_bare_day_has_the_precision_of_a_day() {
    let precision = |text| OfxDateTime::parse(text).unwrap().precision();
    assert_eq!(precision("20261101"), Precision::Day);
    assert_eq!(precision("20261101000000"), Precision::Second);
    assert_eq!(precision("20261101000000.000"), Precision::Millisecond);
}

#[test]
fn what_is_no_date_is_given_back() {
    for text in [
        "",
        "2026",
        "202611",
        "20261301",
        "20260230",
        "20261101240000",
        "20261101T120000",
        "2026-11-01",
        "2026110112000",
        "20261101120000.",
        "20261101120000.1234567890",
        "20261101.5",
        "20261101120000[",
        "20261101120000[]",
        "20261101120000[EST]",
        "20261101120000[+15:X]",
        "20261101120000[5.60:X]",
        "20261101120000[--5:X]",
        "+2026110",
        "00000101",
        "99991231235959[-5:EST]",
        "２０２６１１０１",
        "yesterday",
    ] {
        assert_eq!(OfxDateTime::parse(text), Err(UnreadableDate(text.to_owned())), "{text}");
    }
}

#[test]
fn ours_are_printed_in_gmt() {
    let day = date(2026, 11, 3);
    let printed = |at: Option<OfxDateTime>| at.unwrap().to_string();
    assert_eq!(printed(OfxDateTime::day(day)), "20261103");
    assert_eq!(printed(OfxDateTime::noon(day)), "20261103120000[0:GMT]");
    assert_eq!(printed(OfxDateTime::start_of_day(day)), "20261103000000[0:GMT]");
    assert_eq!(printed(OfxDateTime::end_of_day(day)), "20261103235959[0:GMT]");
    let now: Timestamp = "2026-11-20T21:56:16.0129Z".parse().unwrap();
    assert_eq!(printed(OfxDateTime::moment(now)), "20261120215616.012[0:GMT]");
    let elsewhere = OfxDateTime::parse("20261101233000[-5:EST]").ok();
    assert_eq!(printed(elsewhere), "20261102043000[0:GMT]");
}

#[test]
fn the_last_day_of_the_calendar_is_a_day() {
    for text in ["99991231", "99991231[2]", "99991231[-12:X]"] {
        let last = OfxDateTime::parse(text).unwrap();
        assert_eq!((last.date(), last.to_string().as_str()), (date(9999, 12, 31), "99991231"));
    }
    assert!(OfxDateTime::parse("99991231235959").is_err(), "a moment that has no name");
}

proptest! {
    #[test]
    fn what_is_printed_reads_back_as_the_same(
        millis in -62_135_000_000_000i64..253_402_000_000_000,
    ) {
        let timestamp = Timestamp::from_millisecond(millis).unwrap();
        let at = OfxDateTime::moment(timestamp).unwrap();
        prop_assert_eq!(OfxDateTime::parse(&at.to_string()), Ok(at));
        let days: [fn(_) -> _; 4] =
            [OfxDateTime::day, OfxDateTime::noon, OfxDateTime::start_of_day, OfxDateTime::end_of_day];
        for at in days {
            let at = at(Offset::UTC.to_datetime(timestamp).date()).unwrap();
            prop_assert_eq!(OfxDateTime::parse(&at.to_string()), Ok(at));
        }
    }

    #[test]
    fn no_text_can_make_the_reader_panic(
        text in "[0-9]{8,14}(\\.[0-9]{0,10})?(\\[[-+0-9.:A-Z]{0,9}\\]?)?|.*",
    ) {
        if let Ok(at) = OfxDateTime::parse(&text) {
            let same_moment = OfxDateTime::parse(&at.to_string()).unwrap();
            if at.precision() != Precision::Day {
                prop_assert_eq!(same_moment.timestamp(), at.timestamp());
            }
        }
    }
}
