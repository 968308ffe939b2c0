//! Whatever is written reads back as the same, in both forms.

use jiff::Timestamp;
use jiff::civil::{Date, date};
use proptest::option;
use proptest::prelude::*;
use rust_decimal::Decimal;

use super::*;
use crate::account::{AccountFrom, AccountType};
use crate::amount::Amount;
use crate::datetime::OfxDateTime;
use crate::fit_id::fit_id;
use crate::header::Form;
use crate::message_set::TransactionKind;
use crate::read_back::read_response;
use crate::request::Fi;
use crate::response::{
    AccountEntry, AccountInfo, Balance, Profile, ResponseHeader, ServiceStatus, SignOnResponse,
    SignOnRules, Statement, StatementLine, TransactionList, TransactionType,
};
use crate::status::StatusCode;

/// Text of every kind that both forms carry, short enough for its place.
fn text(chars_max: usize) -> BoxedStrategy<String> {
    let characters = proptest::string::string_regex("[!-~¡-ÿ€„–]([ -~¡-ÿ€„–]{0,300})").unwrap();
    characters.prop_map(move |text| text::clean(&text, chars_max)).boxed()
}

fn a_date() -> impl Strategy<Value = Date> {
    (1i16..=9998, 1i8..=12, 1i8..=28).prop_map(|(year, month, day)| date(year, month, day))
}

fn a_moment() -> impl Strategy<Value = OfxDateTime> {
    (0i64..4_102_444_800_000).prop_map(|millis| {
        OfxDateTime::moment(Timestamp::from_millisecond(millis).unwrap()).unwrap()
    })
}

fn an_amount() -> impl Strategy<Value = Amount> {
    (any::<i64>(), 0u32..=6, 0u32..=3)
        .prop_map(|(units, scale, minor)| Amount::new(Decimal::new(units, scale), minor))
}

fn a_balance() -> impl Strategy<Value = Balance> {
    (an_amount(), a_moment()).prop_map(|(amount, as_of)| Balance { amount, as_of })
}

fn an_account() -> impl Strategy<Value = AccountFrom> {
    let bank =
        (text(9), option::of(text(22)), text(22), prop::sample::select(&AccountType::ALL[..]))
            .prop_map(|(bank_id, branch_id, acct_id, acct_type)| AccountFrom::Bank {
                bank_id,
                branch_id,
                acct_id,
                acct_type,
            });
    prop_oneof![bank, text(22).prop_map(|acct_id| AccountFrom::Card { acct_id })]
}

fn a_line() -> impl Strategy<Value = StatementLine> {
    let ids = (any::<String>(), option::of(text(12)), option::of(text(32)));
    let texts = (text(32), option::of(text(255)));
    let kinds = prop::sample::select(TransactionType::ALL);
    (kinds, a_date(), an_amount(), ids, texts).prop_map(
        |(transaction_type, posted_on, amount, (id, check_number, reference), (name, memo))| {
            StatementLine {
                transaction_type,
                posted_on,
                amount,
                fit_id: fit_id(&id),
                check_number,
                reference,
                name: Some(name),
                memo,
            }
        },
    )
}

fn a_statement() -> impl Strategy<Value = Statement> {
    let list = (a_date(), a_date(), prop::collection::vec(a_line(), 0..5)).prop_map(
        |(start, end, lines)| TransactionList {
            start: OfxDateTime::start_of_day(start).unwrap(),
            end: OfxDateTime::end_of_day(end).unwrap(),
            lines,
        },
    );
    (an_account(), "[A-Z]{3}", option::of(list), a_balance(), option::of(a_balance())).prop_map(
        |(account, currency, transactions, ledger_balance, available_balance)| Statement {
            account,
            currency,
            transactions,
            ledger_balance,
            available_balance,
        },
    )
}

fn an_account_info() -> impl Strategy<Value = AccountInfo> {
    let services = prop::sample::select(&ServiceStatus::ALL[..]);
    let entry = (option::of(text(80)), an_account(), services)
        .prop_map(|(description, account, service)| AccountEntry { description, account, service });
    (a_moment(), prop::collection::vec(entry, 0..4))
        .prop_map(|(dt_acct_up, accounts)| AccountInfo { dt_acct_up, accounts })
}

fn a_profile() -> impl Strategy<Value = Profile> {
    let place = (text(32), text(32), text(5), text(11), "[A-Z]{3}");
    let contact = (option::of(text(32)), option::of(text(255)), option::of(text(80)));
    (text(255), text(80), text(32), any::<(u8, u8)>(), a_moment(), place, contact).prop_map(
        |(url, enroll_message, fi_name, (least, most), dt_profile_up, place, contact)| {
            let (address, city, state, postal_code, country) = place;
            let (customer_phone, home_page, email) = contact;
            let sign_on_rules = SignOnRules { password_chars_min: least, password_chars_max: most };
            let language = "ENG".to_owned();
            Profile {
                url,
                language,
                dt_profile_up,
                enroll_message,
                sign_on_rules,
                fi_name,
                address,
                city,
                state,
                postal_code,
                country,
                customer_phone,
                home_page,
                email,
            }
        },
    )
}

fn a_trn() -> impl Strategy<Value = Trn> {
    (text(36), option::of(text(32))).prop_map(|(uid, client_cookie)| Trn { uid, client_cookie })
}

fn a_status() -> impl Strategy<Value = Status> {
    (prop::sample::select(StatusCode::ALL), option::of(text(255)))
        .prop_map(|(code, message)| Status { code, message })
}

fn a_message() -> impl Strategy<Value = ResponseMessage> {
    let kinds = (prop::sample::select(MessageSet::ALL), "[A-Z]{1,20}")
        .prop_map(|(set, stem)| TransactionKind::new(set, stem));
    let statements = (a_trn(), a_statement())
        .prop_map(|(trn, statement)| ResponseMessage::Statement { trn, statement });
    let infos = (a_trn(), an_account_info())
        .prop_map(|(trn, info)| ResponseMessage::AccountInfo { trn, info });
    let profiles = (a_trn(), a_profile().prop_map(Box::new))
        .prop_map(|(trn, profile)| ResponseMessage::Profile { trn, profile });
    let failures = (a_trn(), kinds, a_status())
        .prop_map(|(trn, kind, status)| ResponseMessage::StatusOnly { trn, kind, status });
    prop_oneof![3 => statements, 1 => infos, 1 => profiles, 1 => failures]
}

fn a_response() -> impl Strategy<Value = Response> {
    let fi = (text(32), option::of(text(32))).prop_map(|(org, fid)| Fi { org, fid });
    let dates = (a_moment(), option::of(a_moment()), option::of(a_moment()));
    let header = (prop::bool::ANY, 100u16..=299).prop_map(|(sgml, version)| ResponseHeader {
        form: if sgml { Form::Sgml } else { Form::Xml },
        version,
    });
    let messages = prop::collection::vec(a_message(), 0..4);
    (header, a_status(), dates, option::of(fi), messages).prop_map(
        |(header, status, (dt_server, dt_profile_up, dt_acct_up), fi, mut messages)| {
            // The order in which they are written.
            messages.sort_by_key(ResponseMessage::set);
            let language = "ENG".to_owned();
            let sign_on =
                SignOnResponse { status, dt_server, language, dt_profile_up, dt_acct_up, fi };
            Response { header, sign_on, messages }
        },
    )
}

/// The lines of a statement; of anything else, none.
fn lines_of(message: &mut ResponseMessage) -> &mut [StatementLine] {
    let ResponseMessage::Statement { statement, .. } = message else { return &mut [] };
    statement.transactions.as_mut().map_or(&mut [], |list| &mut list.lines)
}

/// What a line becomes on the way: a name that is too long moves into the memo, and so on.
fn as_written(mut response: Response) -> Response {
    for line in response.messages.iter_mut().flat_map(lines_of) {
        let (name, memo) = text::name_and_memo(line.name.as_deref(), line.memo.as_deref());
        line.name = Some(name);
        line.memo = (!memo.is_empty()).then_some(memo);
    }
    response
}

proptest! {
    #[test]
    fn an_answer_reads_back_as_it_was(response in a_response()) {
        let bytes = write_response(&response);
        let read = read_response(&bytes).map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert_eq!(read, as_written(response));
    }

    #[test]
    fn any_text_at_all_leaves_an_answer_readable(
        name in any::<String>(),
        memo in any::<String>(),
        mut response in a_response(),
    ) {
        for line in response.messages.iter_mut().flat_map(lines_of) {
            line.name = Some(name.clone());
            line.memo = Some(memo.clone());
        }
        let bytes = write_response(&response);
        let mut read =
            read_response(&bytes).map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert_eq!(read.messages.len(), response.messages.len());
        for line in read.messages.iter_mut().flat_map(lines_of) {
            prop_assert!(line.name.as_ref().is_none_or(|name| name.chars().count() <= 32));
            prop_assert!(line.memo.as_ref().is_none_or(|memo| memo.chars().count() <= 255));
        }
    }
}
