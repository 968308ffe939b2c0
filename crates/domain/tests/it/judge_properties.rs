//! The judge against a second opinion, over pushes of all sorts. The opinion is written from contract.md, line by
//! line and without regard to speed; where the two differ, one of them is wrong.

use crate::court::{Case, NOON, READY, amount, paths};
use domain::clock::{days_before, earliest_date, latest_date};
use domain::connection::ConnectionStatus;
use domain::dates::{LineDate, Suffix};
use domain::line::{Identity, LineKind, Text};
use domain::money::Amount;
use domain::platform::{History, Kinds, Need, Profile, QUICKBOOKS, SAGE, Strictness, XERO};
use domain::push::{DraftLine, Standing, Verdict};
use domain::source_account::AccountStatus;
use jiff::civil::{Date, Time};
use jiff::{SignedDuration, Span};
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::select;
use std::collections::BTreeSet;

fn day(offset: i32) -> Date {
    Date::constant(2024, 2, 29).saturating_add(Span::new().days(offset))
}

fn profiles() -> impl Strategy<Value = Profile> {
    let platforms = select(vec![QUICKBOOKS.profile, XERO.profile, SAGE.profile]);
    let strictness = select(vec![Strictness::Ignore, Strictness::Warn, Strictness::Refuse]);
    let days =
        select(vec![History::Days(2), History::Days(7), History::Days(90), History::Unlimited]);
    let mixed = (platforms.clone(), strictness, days, any::<[bool; 2]>()).prop_map(
        |(profile, before_feed_start, history, [ordered, may_go_back])| Profile {
            before_feed_start,
            history,
            // A platform that wants nothing older than the newest line wants the lines of a push in order too.
            ordered,
            not_before_newest: ordered && !may_go_back,
            ..profile
        },
    );
    prop_oneof![platforms, mixed]
}

fn dates() -> impl Strategy<Value = LineDate> {
    let times = weighted(0.5, select(vec![Time::midnight(), Time::constant(9, 30, 0, 0)]));
    (prop_oneof![20 => -4..=0_i32, 1 => -8..=2_i32, 1 => Just(-366)], times, any::<bool>())
        .prop_map(|(offset, time, is_zulu)| {
            let suffix = if is_zulu && time.is_some() { Suffix::Zulu } else { Suffix::None };
            LineDate::from_parts(day(offset), time, suffix).unwrap()
        })
}

fn amounts() -> impl Strategy<Value = Amount> {
    select(vec!["-12.50", "-12.5", "12.50", "0", "7"]).prop_map(amount)
}

fn texts(likelihood: f64) -> impl Strategy<Value = Option<Text>> {
    weighted(likelihood, select(vec!["card payment", "rent", "rent", "rent", ""]))
        .prop_map(|text| text.map(Text::from))
}

fn draft_lines() -> impl Strategy<Value = DraftLine> {
    let ids = prop_oneof![
        1 => Just(None),
        1 => Just(Some(Text::default())),
        40 => "[a-z]{2}".prop_map(|id| Some(id.into())),
        4 => "[ab]".prop_map(|id| Some(id.into())),
    ];
    let head = (ids, weighted(0.98, dates()), weighted(0.98, amounts()), weighted(0.95, amounts()));
    let tail = (
        texts(0.98),
        texts(0.5),
        weighted(0.5, any::<bool>()),
        weighted(0.8, select(LineKind::ALL)),
    );
    (head, tail).prop_map(
        |((id, date, amount, balance), (description, reference, reconciled, kind))| DraftLine {
            id,
            date,
            amount,
            balance,
            description,
            counterparty: reference.clone(),
            reference,
            reconciled,
            kind,
        },
    )
}

/// Pushes of which about half are in order and have no empty text.
fn drafts() -> impl Strategy<Value = Vec<DraftLine>> {
    (prop::collection::vec(draft_lines(), 0..7), any::<bool>()).prop_map(|(mut lines, is_tidy)| {
        if is_tidy {
            lines.sort_by_key(|line| line.date.map(|date| date.sort_key()));
            for line in &mut lines {
                line.description.get_or_insert_default().push('.');
                line.balance = line.balance.or(Some(Amount::ZERO));
            }
        }
        lines
    })
}

fn standings() -> impl Strategy<Value = Standing> {
    let connection =
        prop_oneof![9 => Just(ConnectionStatus::Linked), 1 => select(&ConnectionStatus::ALL[..])];
    let account =
        prop_oneof![9 => Just(AccountStatus::Connected), 1 => select(&AccountStatus::ALL[..])];
    let days = || weighted(0.4, (-6..=0_i32).prop_map(day));
    (connection, account, days(), days()).prop_map(|(connection, account, feed_start, newest)| {
        Standing { connection, account, feed_start, newest }
    })
}

fn identity_of(line: &DraftLine) -> Option<Identity> {
    let kind = line.kind.unwrap_or(LineKind::Unknown);
    Some(Identity { date: line.date?, amount: line.amount?, kind })
}

/// A case and a push, some of whose lines the account has, as they are or with another amount.
fn cases() -> impl Strategy<Value = (Case, Vec<DraftLine>)> {
    let memories = prop::collection::vec(select(vec![0_u8, 0, 0, 0, 1, 1, 2]), 7);
    (profiles(), standings(), drafts(), memories).prop_map(
        |(profile, standing, lines, memories)| {
            let mut case = Case { standing, ..Case::under(profile) };
            for (line, memory) in lines.iter().zip(memories) {
                let kept = DraftLine { kind: kind_kept(&profile, line), ..line.clone() };
                if let (Some(id), Some(identity), 1..) =
                    (line.id.clone(), identity_of(&kept), memory)
                {
                    let other = Identity { amount: amount("99"), ..identity };
                    case.known.insert(id, if memory == 1 { identity } else { other });
                }
            }
            (case, lines)
        },
    )
}

fn kind_kept(profile: &Profile, line: &DraftLine) -> Option<LineKind> {
    match profile.kinds {
        Kinds::All => line.kind,
        Kinds::Only(kinds) => {
            line.kind.map(|kind| if kinds.contains(&kind) { kind } else { LineKind::Unknown })
        }
    }
}

/// Where the second opinion finds fault with the line at `index`.
fn faults(case: &Case, lines: &[DraftLine], index: usize) -> BTreeSet<&'static str> {
    let (profile, standing) = (&case.profile, &case.standing);
    let (before, rest) = lines.split_at(index);
    let (before, line) = (before.iter(), rest.first().unwrap());
    let id = line.id.as_deref().filter(|id| !id.is_empty());
    let is_repeated = id.is_some() && before.clone().any(|other| other.id.as_deref() == id);
    let has_description = line.description.as_deref().is_some_and(|text| !text.is_empty());
    let kept = DraftLine { kind: kind_kept(profile, line), ..line.clone() };
    let is_whole = line.id.is_some() && line.date.is_some() && line.amount.is_some();
    let known =
        line.id.as_ref().and_then(|id| case.known.get(id)).filter(|_| is_whole && !is_repeated);
    let differs = known.zip(identity_of(&kept)).is_some_and(|(known, new)| {
        let is_same_time = known.date.to_string().trim_end_matches('Z')
            == new.date.to_string().trim_end_matches('Z');
        !is_same_time || known.amount != new.amount || known.kind != new.kind
    });
    let is_new = is_whole && !is_repeated && known.is_none();

    let previous = before.filter_map(|line| line.date).next_back();
    let goes_back = previous.zip(line.date).is_some_and(|(previous, date)| {
        let [earlier, later] = [previous, date].map(|date| date.time());
        let goes_back_within_day = earlier.is_some() && later.is_some() && earlier > later;
        date.date() < previous.date() || (date.date() == previous.date() && goes_back_within_day)
    });
    let misplaced = line.date.map(|date| date.date()).filter(|_| is_new).is_some_and(|date| {
        let is_too_old = match profile.history {
            History::Days(days) => date < days_before(earliest_date(case.now), days),
            History::Unlimited => false,
        };
        let precedes = |bound: Option<Date>| bound.is_some_and(|bound| date < bound);
        date > latest_date(case.now)
            || is_too_old
            || (profile.not_before_newest && precedes(standing.newest))
            || (profile.before_feed_start == Strictness::Refuse && precedes(standing.feed_start))
    });

    let mut faults = BTreeSet::new();
    for (field, is_fault) in [
        ("id", id.is_none() || is_repeated || differs),
        ("date", line.date.is_none() || (profile.ordered && goes_back) || misplaced),
        ("amount", line.amount.is_none()),
        ("description", profile.description == Need::Required && !has_description),
        ("balance", profile.balance == Need::Required && line.balance.is_none()),
    ] {
        if is_fault {
            faults.insert(field);
        }
    }
    faults
}

/// All that the second opinion objects to.
fn objections(case: &Case, lines: &[DraftLine]) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    if case.standing.connection != ConnectionStatus::Linked {
        all.insert("dataConnectionKey".to_owned());
    }
    if case.standing.account != AccountStatus::Connected {
        all.insert("accountId".to_owned());
    }
    for index in 0..lines.len() {
        let faults = faults(case, lines, index);
        all.extend(faults.into_iter().map(|field| format!("transactions[{index}].{field}")));
    }
    all
}

/// Pushes that the judge accepts, each with its case.
fn accepted_cases() -> impl Strategy<Value = (Case, Vec<DraftLine>)> {
    cases().prop_map(|(mut case, mut lines)| {
        case.standing =
            Standing { connection: READY.connection, account: READY.account, ..case.standing };
        // What is objected to is left out, until nothing is: a line may only have been wrong beside another.
        while let Some(index) =
            (0..lines.len()).find(|index| !faults(&case, &lines, *index).is_empty())
        {
            lines.remove(index);
        }
        (case, lines)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn the_judge_and_the_second_opinion_object_to_the_same((case, lines) in cases()) {
        let objections = objections(&case, &lines);
        match case.judge(&lines) {
            Verdict::Accepted(_) => prop_assert_eq!(objections, BTreeSet::new()),
            Verdict::Refused(refused) => {
                let errors: BTreeSet<_> =
                    refused.errors.iter().map(|remark| remark.path.clone()).collect();
                prop_assert_eq!(errors, objections);
            }
        }
    }

    #[test]
    fn every_remark_points_to_a_field_of_a_line((case, lines) in cases()) {
        let remarks = match case.judge(&lines) {
            Verdict::Accepted(accepted) => accepted.warnings,
            Verdict::Refused(refused) => [refused.errors, refused.warnings].concat(),
        };
        let fields = ["id", "date", "amount", "description", "balance", "transactionType"];
        let mut allowed = vec!["dataConnectionKey".to_owned(), "accountId".to_owned()];
        for index in 0..lines.len() {
            allowed.extend(fields.map(|field| format!("transactions[{index}].{field}")));
        }
        for remark in remarks {
            prop_assert!(allowed.contains(&remark.path), "{}", remark.path);
            prop_assert!(!remark.message.is_empty());
        }
    }

    #[test]
    fn each_line_of_an_accepted_push_is_kept_as_sent_or_known((case, lines) in accepted_cases()) {
        let accepted = case.accepts(&lines);
        let new: Vec<_> = lines
            .iter()
            .filter(|line| !line.id.as_ref().is_some_and(|id| case.known.contains_key(id)))
            .collect();
        prop_assert_eq!(usize::try_from(accepted.known).unwrap(), lines.len() - new.len());
        let kept: Vec<_> = accepted.lines.iter().cloned().map(DraftLine::from).collect();
        let sent: Vec<_> = new
            .iter()
            .map(|line| DraftLine {
                kind: kind_kept(&case.profile, line),
                reconciled: Some(line.reconciled == Some(true)),
                ..(*line).clone()
            })
            .collect();
        prop_assert_eq!(kept, sent);
        let balance = new.iter().rev().find_map(|line| line.balance);
        prop_assert_eq!(accepted.balance, balance);
    }

    #[test]
    fn an_accepted_push_is_accepted_in_two_parts((case, lines) in accepted_cases(), cut in any::<prop::sample::Index>()) {
        let whole = case.accepts(&lines);
        let (first, second) = lines.split_at(cut.index(lines.len() + 1));
        let first = case.accepts(first);
        let case = case.after(&first);
        let second = case.accepts(second);
        prop_assert_eq!([first.lines, second.lines].concat(), whole.lines);
        prop_assert_eq!(first.known + second.known, whole.known);
        prop_assert_eq!(second.balance.or(first.balance), whole.balance);
    }

    #[test]
    fn an_accepted_push_sent_again_is_known_whatever_it_says_besides(
        (case, lines) in accepted_cases(),
        days in 0..400_i64,
        reconciled in any::<Option<bool>>(),
    ) {
        let first = case.accepts(&lines);
        let mut case = case.after(&first);
        case.now = NOON + SignedDuration::from_hours(24 * days);
        case.standing.newest = Some(day(i32::try_from(days).unwrap()));
        let reworded: Vec<_> = lines
            .iter()
            .map(|line| DraftLine {
                description: Some("reworded".into()),
                counterparty: None,
                reference: Some("new".into()),
                balance: Some(amount("5")),
                reconciled,
                ..line.clone()
            })
            .collect();
        let again = case.accepts(&reworded);
        prop_assert_eq!(usize::try_from(again.known).unwrap(), lines.len());
        prop_assert_eq!((again.lines, again.balance), (vec![], None));
    }
}

#[test]
fn the_generated_pushes_are_of_all_sorts() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let (mut accepted, mut fields) = (0, BTreeSet::new());
    for _ in 0..2_000 {
        let (case, lines) = cases().new_tree(&mut runner).unwrap().current();
        match case.judge(&lines) {
            Verdict::Accepted(verdict) if verdict.lines.len() > 1 => accepted += 1,
            Verdict::Accepted(_) => {}
            Verdict::Refused(refused) => fields.extend(
                paths(&refused.errors)
                    .iter()
                    .filter_map(|path| path.rsplit('.').next().map(str::to_owned)),
            ),
        }
    }
    assert!(accepted > 100, "{accepted}");
    let expected =
        ["accountId", "amount", "balance", "dataConnectionKey", "date", "description", "id"];
    assert_eq!(fields, BTreeSet::from(expected.map(str::to_owned)));
}
