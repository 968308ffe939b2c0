//! The rules of contract.md 6.4 and 6.5, each by example, for QuickBooks, Xero and Sage.

use crate::court::{Case, NOON, READY, amount, line, line_date, paths};
use domain::connection::ConnectionStatus;
use domain::line::{Identity, LineKind};
use domain::platform::{History, Profile, QUICKBOOKS, SAGE, Strictness, XERO};
use domain::push::{Accepted, Awaited, DraftLine, LineSpan, Standing};
use domain::source_account::AccountStatus;
use jiff::Timestamp;
use jiff::civil::date;

const ALL: [Profile; 3] = [QUICKBOOKS.profile, XERO.profile, SAGE.profile];
const TODAY: &str = "2024-02-29";

/// Who refuses `lines`, in the order QuickBooks, Xero, Sage; every refusal must point to `path` alone.
fn refused_by(lines: &[DraftLine], standing: Standing, now: Timestamp, path: &str) -> [bool; 3] {
    ALL.map(|profile| {
        let case = Case { standing, now, ..Case::under(profile) };
        match case.judge(lines) {
            domain::push::Verdict::Accepted(_) => false,
            domain::push::Verdict::Refused(refused) => {
                assert_eq!(paths(&refused.errors), [path]);
                true
            }
        }
    })
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[test]
fn a_complete_line_of_today_is_accepted_by_all_without_a_remark() {
    for profile in ALL {
        let accepted = Case::under(profile).accepts(&[line("a", TODAY)]);
        assert_eq!((accepted.lines.len(), accepted.known), (1, 0));
        assert_eq!(accepted.warnings, []);
    }
}

#[test]
fn lines_flow_only_into_a_connected_account_of_a_linked_connection() {
    for connection in ConnectionStatus::ALL {
        for account in AccountStatus::ALL {
            let case = Case {
                standing: Standing { connection, account, ..READY },
                ..Case::under(SAGE.profile)
            };
            let mut expected = Vec::new();
            if connection != ConnectionStatus::Linked {
                expected.push("dataConnectionKey");
            }
            if account != AccountStatus::Connected {
                expected.push("accountId");
            }
            match case.judge(&[line("a", TODAY)]) {
                domain::push::Verdict::Accepted(_) => assert!(expected.is_empty()),
                domain::push::Verdict::Refused(refused) => {
                    assert_eq!(paths(&refused.errors), expected);
                }
            }
        }
    }
}

#[test]
fn what_a_line_needs_depends_on_the_platform() {
    let whole = || line("a", TODAY);
    let text = |text: &str| Some(text.into());
    for (lacking, field, expected) in [
        (DraftLine { id: None, ..whole() }, "id", [true; 3]),
        (DraftLine { id: text(""), ..whole() }, "id", [true; 3]),
        (DraftLine { date: None, ..whole() }, "date", [true; 3]),
        (DraftLine { amount: None, ..whole() }, "amount", [true; 3]),
        (DraftLine { description: None, ..whole() }, "description", [true, false, false]),
        (DraftLine { description: text(""), ..whole() }, "description", [true, false, false]),
        (
            DraftLine { description: text(" \u{a0}\t"), ..whole() },
            "description",
            [true, false, false],
        ),
        (DraftLine { id: text("  "), ..whole() }, "id", [true, true, true]),
        (DraftLine { balance: None, ..whole() }, "balance", [false, true, true]),
        (DraftLine { kind: None, ..whole() }, "transactionType", [false; 3]),
        (DraftLine { reconciled: None, ..whole() }, "reconciled", [false; 3]),
    ] {
        let path = format!("transactions[0].{field}");
        assert_eq!(refused_by(&[lacking], READY, NOON, &path), expected, "{field}");
    }
}

#[test]
fn quickbooks_only_advises_a_balance() {
    let accepted =
        Case::under(QUICKBOOKS.profile).accepts(&[DraftLine { balance: None, ..line("a", TODAY) }]);
    assert_eq!(paths(&accepted.warnings), ["transactions[0].balance"]);
}

#[test]
fn lines_of_a_push_stand_in_the_order_of_their_dates() {
    for (first, second, is_refused) in [
        ("2024-02-28", "2024-02-29", false),
        ("2024-02-29", "2024-02-28", true),
        ("2024-02-29", "2024-02-29", false),
        ("2024-02-29T10:00", "2024-02-29T10:00", false),
        ("2024-02-29T10:00", "2024-02-29T09:59:59.999999999", true),
        ("2024-02-29T10:00", "2024-02-29", false),
        ("2024-02-29", "2024-02-29T00:00", false),
        ("2024-02-29", "2024-02-28T23:59", true),
        ("2024-02-28T10:00", "2024-02-29T09:00", false),
        // Clocks on the wall are compared, whatever their offsets say.
        ("2024-02-29T10:00:00Z", "2024-02-29T10:00:00+14:00", false),
        ("2024-02-29T10:00:00+14:00", "2024-02-29T09:00:00-12:00", true),
    ] {
        let lines = [line("a", first), line("b", second)];
        let refused = refused_by(&lines, READY, NOON, "transactions[1].date");
        assert_eq!(refused, [is_refused; 3], "{first} {second}");
    }
}

#[test]
fn without_that_rule_lines_may_stand_in_any_order() {
    let profile = Profile { ordered: false, not_before_newest: false, ..SAGE.profile };
    let lines = [line("a", TODAY), line("b", "2024-02-28")];
    assert_eq!(Case::under(profile).accepts(&lines).lines.len(), 2);
}

#[test]
fn the_future_begins_when_it_is_tomorrow_nowhere() {
    for (now, day, is_refused) in [
        ("2024-02-29T09:59:59Z", "2024-02-29", false),
        ("2024-02-29T09:59:59Z", "2024-03-01", true),
        ("2024-02-29T10:00:00Z", "2024-03-01T23:59:59", false),
        ("2024-02-29T10:00:00Z", "2024-03-02", true),
        ("2023-12-31T10:00:00Z", "2024-01-01", false),
    ] {
        let refused = refused_by(&[line("a", day)], READY, at(now), "transactions[0].date");
        assert_eq!(refused, [is_refused; 3], "{now} {day}");
    }
}

#[test]
fn each_platform_looks_back_as_far_as_it_does() {
    for (now, day, expected) in [
        ("2024-02-29T12:00:00Z", "2024-02-22", [false; 3]),
        ("2024-02-29T12:00:00Z", "2024-02-21T23:59", [true, false, false]),
        // It still is the 28th in the last zone on earth.
        ("2024-02-29T11:59:59Z", "2024-02-21", [false; 3]),
        ("2024-02-29T12:00:00Z", "2023-03-01", [true, false, false]),
        ("2024-02-29T12:00:00Z", "2023-02-28", [true, true, false]),
        ("2024-02-29T12:00:00Z", "0001-01-01", [true, true, false]),
    ] {
        let refused = refused_by(&[line("a", day)], READY, at(now), "transactions[0].date");
        assert_eq!(refused, expected, "{now} {day}");
    }
}

#[test]
fn the_window_of_quickbooks_can_be_widened() {
    let case = Case::under(Profile { history: History::Days(90), ..QUICKBOOKS.profile });
    assert_eq!(case.accepts(&[line("a", "2023-12-01")]).lines.len(), 1);
    assert_eq!(paths(&case.refuses(&[line("a", "2023-11-30")]).errors), ["transactions[0].date"]);
}

#[test]
fn the_feeds_first_day_binds_quickbooks_warns_xero_and_is_nothing_to_sage() {
    let standing = Standing { feed_start: Some(date(2024, 2, 28)), ..READY };
    let before = [line("a", "2024-02-27")];
    let refused = refused_by(&before, standing, NOON, "transactions[0].date");
    assert_eq!(refused, [true, false, false]);
    let refused = refused_by(&[line("a", "2024-02-28")], standing, NOON, "");
    assert_eq!(refused, [false; 3]);
    let warned = |profile| {
        let case = Case { standing, ..Case::under(profile) };
        case.accepts(&before).warnings.len()
    };
    assert_eq!((warned(XERO.profile), warned(SAGE.profile)), (1, 0));
    let strict = Profile { before_feed_start: Strictness::Refuse, ..XERO.profile };
    let case = Case { standing, ..Case::under(strict) };
    assert_eq!(paths(&case.refuses(&before).errors), ["transactions[0].date"]);
}

#[test]
fn quickbooks_and_sage_take_nothing_older_than_the_newest_line() {
    let standing = Standing { newest: Some(date(2024, 2, 28)), ..READY };
    for (day, expected) in [
        ("2024-02-27T23:59", [true, false, true]),
        ("2024-02-28T00:00", [false; 3]),
        ("2024-02-28", [false; 3]),
        ("2024-02-29", [false; 3]),
    ] {
        let refused = refused_by(&[line("a", day)], standing, NOON, "transactions[0].date");
        assert_eq!(refused, expected, "{day}");
    }
}

#[test]
fn a_sign_that_contradicts_the_type_is_only_odd() {
    for (kind, value, is_odd) in [
        (Some(LineKind::Debit), "1.00", true),
        (Some(LineKind::Debit), "-1.00", false),
        (Some(LineKind::Debit), "0.00", false),
        (Some(LineKind::Credit), "-1.00", true),
        (Some(LineKind::Credit), "1.00", false),
        (Some(LineKind::Unknown), "1.00", false),
        (Some(LineKind::Unknown), "-1.00", false),
        (None, "-1.00", false),
    ] {
        let line = DraftLine { kind, amount: Some(amount(value)), ..line("a", TODAY) };
        for profile in ALL {
            let accepted = Case::under(profile).accepts(std::slice::from_ref(&line));
            let expected: &[&str] = if is_odd { &["transactions[0].amount"] } else { &[] };
            assert_eq!(paths(&accepted.warnings), expected, "{kind:?} {value}");
            assert_eq!(accepted.lines.first().map(|line| line.amount), Some(amount(value)));
        }
    }
}

#[test]
fn a_type_that_the_platform_does_not_know_is_kept_as_unknown() {
    for kind in LineKind::ALL.iter().copied() {
        let is_known = matches!(kind, LineKind::Credit | LineKind::Debit | LineKind::Unknown);
        let value = Some(amount("0"));
        let lines = [DraftLine { kind: Some(kind), amount: value, ..line("a", TODAY) }];
        let kept = |accepted: &Accepted| accepted.lines.first().and_then(|line| line.kind);
        let accepted = Case::under(QUICKBOOKS.profile).accepts(&lines);
        let expected = if is_known { kind } else { LineKind::Unknown };
        assert_eq!(kept(&accepted), Some(expected));
        assert_eq!(accepted.warnings.is_empty(), is_known);
        for profile in [XERO.profile, SAGE.profile] {
            let accepted = Case::under(profile).accepts(&lines);
            assert_eq!((kept(&accepted), accepted.warnings.len()), (Some(kind), 0));
        }
    }
}

#[test]
fn an_id_that_stands_twice_is_an_error_of_the_later_lines() {
    let lines = ["a", "b", "a", "A", "a"].map(|id| line(id, TODAY));
    for profile in ALL {
        let refused = Case::under(profile).refuses(&lines);
        assert_eq!(paths(&refused.errors), ["transactions[2].id", "transactions[4].id"]);
    }
}

#[test]
fn a_known_line_is_skipped_with_a_warning() {
    for profile in ALL {
        let lines = [line("a", "2024-02-28"), line("b", TODAY)];
        let case = Case::under(profile);
        let first = case.accepts(&lines[..1]);
        let case = case.after(&first);
        let accepted = case.accepts(&lines);
        assert_eq!((accepted.known, accepted.lines.len()), (1, 1));
        assert_eq!(paths(&accepted.warnings), ["transactions[0].id"]);
        let case = case.after(&accepted);
        let nothing = case.accepts(&lines);
        assert_eq!((nothing.known, nothing.lines.len(), nothing.balance), (2, 0, None));
    }
}

#[test]
fn a_known_line_whose_push_is_under_way_is_awaited() {
    let all = [line("a", "2024-02-28"), line("b", TODAY), line("c", TODAY), line("d", TODAY)];
    let case = Case::under(QUICKBOOKS.profile);
    let first = case.accepts(&all[..3]);
    let under_way = [("b".into(), 17), ("c".into(), 18)].into();
    let case = Case { under_way, ..case.after(&first) };
    let accepted = case.accepts(&all);
    assert_eq!((accepted.known, accepted.lines.len()), (3, 1));
    let lines = LineSpan { first: 17, count: 2 };
    assert_eq!(accepted.awaited, [Awaited { place: 1, lines }]);
}

#[test]
fn only_date_amount_and_type_identify_a_transaction() {
    let moment = "2024-02-29T10:00:00Z";
    let original = || DraftLine { kind: None, ..line("a", moment) };
    let date = |text| Some(line_date(text));
    for (again, is_same) in [
        (DraftLine { date: date("2024-02-29T10:00:00+09:00"), ..original() }, true),
        (DraftLine { date: date("2024-02-29T10:00"), ..original() }, true),
        (DraftLine { date: date("2024-02-29T10:00:01"), ..original() }, false),
        (DraftLine { date: date("2024-02-29"), ..original() }, false),
        (DraftLine { amount: Some(amount("-12.5000")), ..original() }, true),
        (DraftLine { amount: Some(amount("12.50")), ..original() }, false),
        (DraftLine { kind: Some(LineKind::Unknown), ..original() }, true),
        (DraftLine { kind: Some(LineKind::Debit), ..original() }, false),
        (DraftLine { description: Some("new".into()), ..original() }, true),
        (DraftLine { balance: Some(amount("0")), ..original() }, true),
        (DraftLine { reconciled: Some(true), ..original() }, true),
        (
            DraftLine { counterparty: Some("x".into()), reference: Some("y".into()), ..original() },
            true,
        ),
    ] {
        for profile in ALL {
            let case = Case::under(profile);
            let first = case.accepts(&[original()]);
            let case = case.after(&first);
            if is_same {
                assert_eq!(case.accepts(std::slice::from_ref(&again)).known, 1, "{again:?}");
            } else {
                let refused = case.refuses(std::slice::from_ref(&again));
                assert_eq!(paths(&refused.errors), ["transactions[0].id"], "{again:?}");
            }
        }
    }
}

#[test]
fn a_type_that_was_kept_as_unknown_is_known_by_either_name() {
    let fee = |kind| DraftLine { kind: Some(kind), ..line("a", TODAY) };
    let case = Case::under(QUICKBOOKS.profile);
    let first = case.accepts(&[fee(LineKind::Fee)]);
    let case = case.after(&first);
    assert_eq!(case.accepts(&[fee(LineKind::Fee)]).known, 1);
    assert_eq!(case.accepts(&[fee(LineKind::Unknown)]).known, 1);
    assert_eq!(paths(&case.refuses(&[fee(LineKind::Debit)]).errors), ["transactions[0].id"]);
}

#[test]
fn a_known_line_may_have_grown_old() {
    let lines = [line("a", TODAY)];
    let case = Case::under(QUICKBOOKS.profile);
    let first = case.accepts(&lines);
    let mut case = case.after(&first);
    case.now = at("2024-06-01T12:00:00Z");
    case.standing.newest = Some(date(2024, 6, 1));
    case.standing.feed_start = Some(date(2024, 5, 1));
    assert_eq!(case.accepts(&lines).known, 1);
}

#[test]
fn one_fault_refuses_the_push_and_every_fault_is_told() {
    let identity =
        Identity { date: line_date(TODAY), amount: amount("7"), kind: LineKind::Unknown };
    let case = Case { known: [("k".into(), identity)].into(), ..Case::under(QUICKBOOKS.profile) };
    let lines = [
        line("good", TODAY),
        DraftLine { description: None, ..line("b", TODAY) },
        line("good", TODAY),
        line("k", TODAY),
        DraftLine { amount: None, ..line("c", "2024-02-28") },
        line("d", "2024-03-09"),
        line("e", "2020-03-09"),
    ];
    let refused = case.refuses(&lines);
    let expected = [
        "transactions[1].description",
        "transactions[2].id",
        "transactions[3].id",
        "transactions[4].amount",
        "transactions[4].date",
        "transactions[5].date",
        "transactions[6].date",
        "transactions[6].date",
    ];
    assert_eq!(paths(&refused.errors), expected);
}

#[test]
fn the_last_new_line_that_tells_a_balance_tells_the_accounts() {
    let telling = |id, text| DraftLine { balance: Some(amount(text)), ..line(id, TODAY) };
    let silent = |id| DraftLine { balance: None, ..line(id, TODAY) };
    let case = Case::under(QUICKBOOKS.profile);
    let first = case.accepts(&[telling("a", "1"), telling("b", "2"), silent("c")]);
    assert_eq!(first.balance, Some(amount("2")));
    let case = case.after(&first);
    assert_eq!(case.accepts(&[telling("d", "3"), telling("b", "9")]).balance, Some(amount("3")));
    assert_eq!(case.accepts(&[silent("d"), telling("b", "9")]).balance, None);
}

#[test]
fn at_the_ends_of_time_the_judge_still_decides() {
    for now in [Timestamp::MIN, Timestamp::MAX] {
        for profile in ALL {
            let case = Case { now, ..Case::under(profile) };
            let lines = [line("a", "0001-01-01"), line("b", "9999-12-30T23:59:59.999999999Z")];
            let verdict = case.judge(&lines);
            let is_sage_in_the_far_future = now == Timestamp::MAX && profile == SAGE.profile;
            let is_accepted = matches!(verdict, domain::push::Verdict::Accepted(_));
            assert_eq!(is_accepted, is_sage_in_the_far_future);
        }
    }
}
