//! The operations about pushes.

use super::body::{Form, VALIDATOR, draft_schema, read_draft};
use crate::envelope::{Answer, ApiError};
use crate::json::{Faults, JsonBody, Place};
use crate::locate::{AccountAt, CompanyAt, PushAt, missing};
use crate::paging::{Listed, PageShape, read_list_request};
use crate::query::Parameters;
use crate::state::{ApiState, Shared};
use crate::surface::{Area, LISTING, Operation, Parameter, Surface};
use crate::wire::{Echo, OperationShape};
use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use domain::ids::{PushKey, ordered_uuid};
use domain::push::{PUSH_PROPERTIES, PushDraft, PushOperation, TIMEOUT_MINUTES_MAX};
use domain::source_account::AccountId;
use schemars::json_schema;
use std::sync::Arc;
use store::{AcceptedPush, PushIntake};

pub(in crate::nouns) fn surface() -> Surface {
    const PUSHES: &str = "/companies/{companyId}/push";
    const PUSH: &str = "/companies/{companyId}/push/{pushOperationKey}";
    const LINES: &str = "/companies/{companyId}/connections/{connectionId}/push/bankAccounts/{accountId}/bankTransactions";
    Surface::of(Area::Transactions)
        .serve(
            Operation::post(LINES, "create-bank-transactions", "Pushes lines to an account")
                .takes(PUSH_PARAMETERS)
                .body(draft_schema)
                .answers::<OperationShape>(),
            create_push,
        )
        .serve(
            Operation::get(PUSHES, "list-create-operations", "A company's push operations")
                .paged()
                .takes(LISTING)
                .answers::<PageShape<OperationShape>>(),
            list_pushes,
        )
        .serve(
            Operation::get(PUSH, "get-create-operation", "One push operation")
                .answers::<OperationShape>(),
            get_push,
        )
}

const PUSH_PARAMETERS: &[Parameter] = &[
    Parameter::query(
        "timeoutInMinutes",
        "After so long the push ends as TimedOut",
        || json_schema!({"type": "integer", "format": "int32", "minimum": 1, "maximum": TIMEOUT_MINUTES_MAX}),
    ),
    Parameter::query(
        "allowSyncOnPushComplete",
        "Is accepted, and changes nothing",
        || json_schema!({"type": "boolean", "default": true}),
    ),
];

const LISTED: Listed = Listed { type_name: "PushOperation", properties: PUSH_PROPERTIES };

/// Answers 200 with 202 in the body: every published library fails at a real 202.
async fn create_push(
    State(state): State<Shared>,
    AccountAt(path): AccountAt,
    parameters: Parameters,
    JsonBody(body): JsonBody,
) -> Answer<impl IntoResponse> {
    let mut faults = Faults::of(VALIDATOR);
    let timeout_minutes = read_timeout(&parameters, &mut faults);
    check_sync_wish(&parameters, &mut faults);
    let (draft, form) = read_draft(&body, &path.account, faults)?;
    // The echo is written before the draft goes to the store, so that no line is copied.
    let echo = echo(&path.account, &draft, form, body.len())?;
    drop(body);
    let requested_at = state.now();
    let intake = PushIntake {
        // Keys that grow with time go to the end of their index, however large it is.
        key: PushKey::new(ordered_uuid(&*state.ids, requested_at)),
        account: path.clone(),
        draft,
        timeout_minutes,
        profiles: Arc::clone(&state.profiles),
        requested_at,
        sync: None,
    };
    match state.store.accept_push(intake).await? {
        AcceptedPush::Kept(operation) => {
            let answer = echo.answer(&OperationShape::show(operation));
            let json = [(header::CONTENT_TYPE, "application/json")];
            Ok((json, answer.map_err(ApiError::internal)?))
        }
        AcceptedPush::Missing(what) => Err(missing(what, &path)),
    }
}

/// What was pushed, in the form in which it came; `bytes` is how long it was.
fn echo(account: &AccountId, draft: &PushDraft, form: Form, bytes: usize) -> Answer<Echo> {
    let echo = match (form, draft.lines.as_slice()) {
        (Form::Flat, [line]) => Echo::of_flat_line(account, line),
        (Form::Flat | Form::List, _) => Echo::of_lines(account, draft, bytes),
    };
    echo.map_err(ApiError::internal)
}

async fn list_pushes(
    State(state): State<Shared>,
    at: CompanyAt,
    parameters: Parameters,
) -> Answer<Json<PageShape<OperationShape>>> {
    let request = read_list_request(&parameters, LISTED)?;
    let page = state.store.list_pushes(at.client, at.company, &request).await?;
    let page = page.ok_or_else(|| ApiError::no_such_company(at.company))?;
    Ok(Json(PageShape::show(page, request.page, &parameters, OperationShape::show)))
}

async fn get_push(State(state): State<Shared>, at: PushAt) -> Answer<Json<OperationShape>> {
    let operation = load_push(&state, at).await?;
    Ok(Json(OperationShape::show(operation)))
}

/// An operation that must be there.
pub(crate) async fn load_push(
    state: &ApiState,
    PushAt { at, key }: PushAt,
) -> Answer<PushOperation> {
    match state.store.find_push(at.client, at.company, key).await? {
        Some(operation) => Ok(operation),
        None => Err(at.missing(state, ApiError::no_such_push(key)).await),
    }
}

fn read_timeout(parameters: &Parameters, faults: &mut Faults) -> Option<u32> {
    let text = parameters.get("timeoutInMinutes")?;
    let minutes = text.parse().ok().filter(|minutes| (1..=TIMEOUT_MINUTES_MAX).contains(minutes));
    if minutes.is_none() {
        let message = format_args!("must be a whole number from 1 to {TIMEOUT_MINUTES_MAX}");
        faults.add(Place::Field(&Place::Body, "timeoutInMinutes"), message);
    }
    minutes
}

/// Whether a sync may follow has no meaning without syncs; a value that is none is still a slip worth telling.
fn check_sync_wish(parameters: &Parameters, faults: &mut Faults) {
    const NAME: &str = "allowSyncOnPushComplete";
    let is_flag = |value: &str| matches!(value.to_ascii_lowercase().as_str(), "true" | "false");
    if parameters.get(NAME).is_some_and(|value| !is_flag(value)) {
        faults.add(Place::Field(&Place::Body, NAME), "must be true or false");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;
    use domain::push::PushStatus;
    use serde_json::value::RawValue;
    use std::collections::HashMap;

    #[test]
    fn a_push_is_echoed_in_the_form_in_which_it_came() {
        let account = AccountId::parse("acc").unwrap();
        let echoed = |body: &str| {
            let (draft, form) =
                read_draft(body.as_bytes(), &account, Faults::of(VALIDATOR)).unwrap();
            let echo = echo(&account, &draft, form, body.len()).unwrap();
            let answer = echo.answer(&OperationShape::show(sample::push(PushStatus::Pending)));
            let answer = String::from_utf8(answer.unwrap()).unwrap();
            let (data, _) =
                answer.strip_prefix("{\"data\":").unwrap().split_once(",\"changes\"").unwrap();
            data.to_owned()
        };
        assert_eq!(
            echoed(r#"{"id":"1","amount":1.50,"clearedOnDate":"2025-03-04","modifiedDate":"x"}"#),
            r#"{"accountId":"acc","clearedOnDate":"2025-03-04","id":"1","reconciled":false,"amount":1.50}"#
        );
        assert_eq!(
            echoed(r#"{"accountId":"acc","transactions":[{"id":"1","date":"2025-03-04"}]}"#),
            r#"{"accountId":"acc","transactions":[{"id":"1","date":"2025-03-04","reconciled":false}]}"#
        );
    }

    #[test]
    fn an_echo_can_be_pushed_and_has_every_text_and_digit() {
        let account = AccountId::parse("a\"cc").unwrap();
        let body = r#"{"accountId":"a\"cc","transactions":[{"id":"\\1\"","date":"2023-08-22T10:21:00.5+01:00","description":"tab\t\u0001é😀/",
            "counterparty":"","reference":"r","reconciled":true,"amount":-0.10,"balance":12345678901234567.89,
            "transactionType":"Debit"},{"id":"2","date":"0001-01-01","amount":1,"description":null}]}"#;
        let read = |body: &[u8]| read_draft(body, &account, Faults::of(VALIDATOR)).unwrap().0;
        let draft = read(body.as_bytes());
        let answer = echo(&account, &draft, Form::List, 0).unwrap();
        let answer =
            answer.answer(&OperationShape::show(sample::push(PushStatus::Pending))).unwrap();
        let answer: HashMap<String, &RawValue> = serde_json::from_slice(&answer).unwrap();
        assert_eq!(answer["statusCode"].get(), "202");
        let mut expected = draft;
        expected.lines[1].reconciled = Some(false);
        assert_eq!(read(answer["data"].get().as_bytes()), expected);
    }

    #[test]
    fn the_wish_for_a_sync_is_a_flag_in_any_case() {
        for (uri, is_sound) in [
            ("/p", true),
            ("/p?allowSyncOnPushComplete=True", true),
            ("/p?allowsynconpushcomplete=false", true),
            ("/p?allowSyncOnPushComplete=1", false),
        ] {
            let mut faults = Faults::of(VALIDATOR);
            check_sync_wish(&Parameters::of(uri), &mut faults);
            assert_eq!(faults.is_empty(), is_sound, "{uri}");
        }
    }

    #[test]
    fn a_timeout_is_at_least_a_minute() {
        let read = |uri: &str| {
            let mut faults = Faults::of(VALIDATOR);
            let minutes = read_timeout(&Parameters::of(uri), &mut faults);
            (minutes, faults.is_empty())
        };
        assert_eq!(read("/p"), (None, true));
        assert_eq!(read("/p?timeoutInMinutes=1"), (Some(1), true));
        for bad in ["0", "-1", "1.5", "x", "525601", "99999999999"] {
            assert_eq!(read(&format!("/p?timeoutInMinutes={bad}")), (None, false), "{bad}");
        }
    }
}
