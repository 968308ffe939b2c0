//! Lines for tests: every shape that a line can have, and lines such as banks send.

use domain::dates::{LineDate, Suffix};
use domain::line::{KeptLine, Line, LineKind, Text};
use domain::money::Amount;
use jiff::civil::{Date, Time, date};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use uuid::Uuid;

/// Descriptions as they stand on statements.
const DESCRIPTIONS: [&str; 8] = [
    "Tesco Stores 3217",
    "Card payment 4021",
    "SALARY ACME LTD",
    "Direct debit EDF",
    "Rent October",
    "ATM withdrawal",
    "Amazon EU Sarl",
    "TfL travel charge",
];

/// What banks send: a UUID, a time to the second, a running balance.
pub(super) fn typical_lines(account: u64, first: u64, count: u64) -> Vec<Line> {
    let cents = |index: u64| i128::from(index * 7_919 % 40_000) - 20_000;
    let mut balance: i128 = (0..first).map(cents).sum();
    (first..first + count)
        .map(|index| {
            balance += cents(index);
            let id = Uuid::from_u64_pair(account.wrapping_mul(0x9e37_79b9_7f4a_7c15), index);
            let text = DESCRIPTIONS[usize::try_from(index % 8).unwrap()];
            let day = date(2023, 1, 1)
                .checked_add(jiff::Span::new().days(i64::try_from(index / 40).unwrap()));
            let minute = i8::try_from(index % 40).unwrap();
            let time = Time::new(9 + minute / 4, minute, 17, 0).unwrap();
            Line {
                id: id.to_string().into(),
                date: LineDate::from_parts(day.unwrap(), Some(time), Suffix::Zulu).unwrap(),
                amount: Amount::from_parts(cents(index), 2).unwrap(),
                balance: Some(Amount::from_parts(balance, 2).unwrap()),
                description: Some(text.into()),
                counterparty: None,
                reference: None,
                reconciled: Some(false),
                kind: Some(if cents(index) < 0 { LineKind::Debit } else { LineKind::Credit }),
            }
        })
        .collect()
}

/// Lines of every shape, neighbours of every kind.
pub(super) fn any_lines() -> impl Strategy<Value = Vec<Line>> {
    proptest::collection::vec(any_line(), 1..40)
}

fn any_line() -> impl Strategy<Value = Line> {
    let text = || {
        option::of(prop_oneof![
            select(&DESCRIPTIONS[..]).prop_map(Text::from),
            "\\PC{0,40}".prop_map(Text::from)
        ])
    };
    (
        (any_id(), any_date(), any_amount(), option::of(any_amount())),
        (text(), text(), text(), option::of(any::<bool>()), option::of(select(LineKind::ALL))),
    )
        .prop_map(
            |(
                (id, date, amount, balance),
                (description, counterparty, reference, reconciled, kind),
            )| {
                Line {
                    id,
                    date,
                    amount,
                    balance,
                    description,
                    counterparty,
                    reference,
                    reconciled,
                    kind,
                }
            },
        )
}

fn any_id() -> impl Strategy<Value = Text> {
    let uuid = any::<u128>().prop_map(Uuid::from_u128);
    let written = uuid.prop_flat_map(|uuid| {
        let lower = uuid.to_string();
        let mixed = lower.replacen('a', "A", 1).replacen('d', "D", 1);
        select(vec![
            lower.to_uppercase(),
            uuid.simple().to_string(),
            uuid.simple().to_string().to_uppercase(),
            format!("{{{lower}}}"),
            uuid.urn().to_string(),
            mixed,
            lower,
        ])
    });
    let alike = ["(tx|txn-é?)[0-9a-f]{0,20}", "2024[0-9]{1,12}", "txn-é?\\PC{0,8}"];
    prop_oneof![
        written,
        "\\PC{1,60}",
        "[0-9a-fA-F-]{32}",
        "[0-9a-f-]{36}",
        alike[0],
        alike[1],
        alike[2]
    ]
    .prop_map(Text::from)
}

fn any_date() -> impl Strategy<Value = LineDate> {
    let day = prop_oneof![0..3_652_059_i64, 738_000..739_000_i64];
    let suffix = select(vec!["", "Z", "+00:00", "-00:00", "+0530", "-11", "+23:59"]);
    let time = (0..86_400_i32, prop_oneof![Just(0), 0..1_000_000_000_i32]);
    (day, option::of((time, suffix))).prop_map(|(day, time)| {
        let day = date(1, 1, 1).checked_add(jiff::Span::new().days(day)).unwrap();
        line_date(day, time)
    })
}

fn line_date(day: Date, time: Option<((i32, i32), &str)>) -> LineDate {
    let Some(((seconds, nanos), suffix)) = time else {
        return LineDate::from_parts(day, None, Suffix::None).unwrap();
    };
    let part = |value: i32| i8::try_from(value).unwrap();
    let (hour, minute) = (part(seconds / 3_600), part(seconds / 60 % 60));
    let time = Time::new(hour, minute, part(seconds % 60), nanos).unwrap();
    LineDate::from_parts(day, Some(time), Suffix::parse(suffix).unwrap()).unwrap()
}

fn any_amount() -> impl Strategy<Value = Amount> {
    let digits = 10_i128.pow(28) - 1;
    let mantissa =
        prop_oneof![-digits..=digits, -100_000..100_000_i128, Just(digits), Just(-digits)];
    (mantissa, prop_oneof![Just(2_u32), 0..=20_u32])
        .prop_map(|(mantissa, scale)| Amount::from_parts(mantissa, scale).unwrap())
}

/// What two lists must share to be the same to the last digit, which amounts that are equal need not be.
pub(super) fn to_the_digit(lines: &[KeptLine]) -> Vec<(&KeptLine, String)> {
    let digits = |kept: &KeptLine| {
        format!(
            "{} {:?} {}",
            kept.line.amount,
            kept.line.balance.map(|b| b.to_string()),
            kept.line.date
        )
    };
    lines.iter().map(|kept| (kept, digits(kept))).collect()
}
