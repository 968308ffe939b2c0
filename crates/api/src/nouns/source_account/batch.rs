//! Making source accounts in a batch: every account has an answer of its own, and the status tells how they went
//! together.

use super::body::{AccountWish, AccountsBody, Flawed, VALIDATOR, all_sound, read_accounts};
use super::operations::keep_accounts;
use crate::envelope::{Answer, ApiError};
use crate::json::{Faults, JsonBody, Place};
use crate::locate::ConnectionAt;
use crate::state::Shared;
use crate::wire::AccountShape;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Serialize;
use store::{AccountKept, OnExisting};

/// What became of one account of a batch.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "SourceAccountBatchItem")]
pub(super) struct ItemShape {
    source_account_id: String,
    result: ResultShape,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "SourceAccountBatchResult")]
struct ResultShape {
    status_code: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<Box<AccountShape>>,
}

pub(super) async fn create_batch(
    State(state): State<Shared>,
    ConnectionAt(path): ConnectionAt,
    JsonBody(body): JsonBody,
) -> Answer<Response> {
    let AccountsBody::Many(read) = read_accounts(&body)? else {
        return Err(Faults::of(VALIDATOR).refuse(Place::Body, "must be a list of accounts"));
    };
    if read.iter().all(Result::is_err) {
        all_sound(read)?;
        return Err(ApiError::internal("a batch of flawed accounts has no fault"));
    }
    let (slots, wishes) = take_apart(read);
    let kept = keep_accounts(&state, &path, wishes, OnExisting::Refuse).await?;
    let mut kept = kept.into_iter();
    let settle = |slot| ItemShape::settle(slot, &mut kept);
    let items: Vec<_> = slots.into_iter().map(settle).collect();
    Ok((status_of(&items), Json(items)).into_response())
}

/// The place of an account in the answer.
enum Slot {
    /// It is decided by the store.
    Asked(String),
    /// It could not be read.
    Flawed(Flawed),
}

fn take_apart(read: Vec<Result<AccountWish, Flawed>>) -> (Vec<Slot>, Vec<AccountWish>) {
    let mut wishes = Vec::with_capacity(read.len());
    let slots = read.into_iter().map(|read| match read {
        Ok(wish) => {
            let id = wish.id.to_string();
            wishes.push(wish);
            Slot::Asked(id)
        }
        Err(flawed) => Slot::Flawed(flawed),
    });
    (slots.collect(), wishes)
}

impl ItemShape {
    fn settle(slot: Slot, kept: &mut impl Iterator<Item = AccountKept>) -> Self {
        let (source_account_id, code, error, account) = match slot {
            Slot::Flawed(flawed) => {
                (flawed.id, StatusCode::BAD_REQUEST, flawed.faults.first(), None)
            }
            Slot::Asked(id) => match kept.next() {
                Some(AccountKept::Kept(account)) => {
                    (id, StatusCode::CREATED, None, Some(Box::new(AccountShape::show(account))))
                }
                Some(AccountKept::Exists) | None => {
                    let error = format!("an account with the id {id:?} exists already");
                    (id, StatusCode::CONFLICT, Some(error), None)
                }
            },
        };
        let result = ResultShape { status_code: code.as_u16(), error, account };
        Self { source_account_id, result }
    }
}

/// Created when all were, a conflict when all were there, mixed otherwise: libraries drop the list of a conflict.
fn status_of(items: &[ItemShape]) -> StatusCode {
    let all = |code: StatusCode| items.iter().all(|item| item.result.status_code == code.as_u16());
    if all(StatusCode::CREATED) {
        StatusCode::CREATED
    } else if all(StatusCode::CONFLICT) {
        StatusCode::CONFLICT
    } else {
        StatusCode::MULTI_STATUS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status_for(codes: &[StatusCode]) -> StatusCode {
        let item = |code: &StatusCode| ItemShape {
            source_account_id: String::new(),
            result: ResultShape { status_code: code.as_u16(), error: None, account: None },
        };
        status_of(&codes.iter().map(item).collect::<Vec<_>>())
    }

    #[test]
    fn the_status_tells_how_the_accounts_went_together() {
        use StatusCode as S;
        assert_eq!(status_for(&[S::CREATED, S::CREATED]), S::CREATED);
        assert_eq!(status_for(&[S::CONFLICT, S::CONFLICT]), S::CONFLICT);
        assert_eq!(status_for(&[S::CREATED, S::CONFLICT]), S::MULTI_STATUS);
        assert_eq!(status_for(&[S::CONFLICT, S::BAD_REQUEST]), S::MULTI_STATUS);
    }
}
