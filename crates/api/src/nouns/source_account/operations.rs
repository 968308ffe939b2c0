//! The operations about source accounts.

use super::batch::{ItemShape, create_batch};
use super::body::{
    AccountWish, AccountsBody, VALIDATOR, account_schema, accounts_schema, all_sound,
    change_schema, flawed, read_accounts, read_change,
};
use crate::envelope::{Answer, ApiError};
use crate::json::{Faults, JsonBody, Place};
use crate::locate::{AccountAt, ConnectionAt, missing_account, missing_connection};
use crate::state::{ApiState, Shared};
use crate::surface::{Area, Operation, Surface};
use crate::wire::AccountShape;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::ids::ConnectionPath;
use domain::source_account::{AccountId, AccountStatus, SourceAccount, public_number};
use schemars::SchemaGenerator;
use std::collections::HashSet;
use store::{AccountChanged, AccountKept, OnExisting};

pub(in crate::nouns) fn surface() -> Surface {
    const ACCOUNTS: &str =
        "/companies/{companyId}/connections/{connectionId}/connectionInfo/bankFeedAccounts";
    const BATCH: &str =
        "/companies/{companyId}/connections/{connectionId}/connectionInfo/bankFeedAccounts/batch";
    const ACCOUNT: &str = "/companies/{companyId}/connections/{connectionId}/connectionInfo/bankFeedAccounts/{accountId}";
    Surface::of(Area::SourceAccounts)
        .serve(
            Operation::get(ACCOUNTS, "list-source-accounts", "The accounts of a connection")
                .answers::<Vec<AccountShape>>()
                .open_to_tokens(),
            list_accounts,
        )
        .serve(
            Operation::post(ACCOUNTS, "create-source-account", "Makes an account, of either shape")
                .body(account_schema)
                .answers::<AccountShape>()
                .open_to_tokens(),
            create_accounts,
        )
        .serve(
            Operation::put(ACCOUNTS, "create-bank-feed", "Makes accounts and updates known ones")
                .body(accounts_schema)
                .answers::<Vec<AccountShape>>()
                .deprecated(),
            upsert_accounts,
        )
        .serve(
            Operation::post(BATCH, "create-batch-source-account", "Makes several accounts")
                .body(accounts_schema)
                .answers_with(StatusCode::CREATED, SchemaGenerator::subschema_for::<Vec<ItemShape>>)
                .answers_with(
                    StatusCode::MULTI_STATUS,
                    SchemaGenerator::subschema_for::<Vec<ItemShape>>,
                )
                .answers_with(
                    StatusCode::CONFLICT,
                    SchemaGenerator::subschema_for::<Vec<ItemShape>>,
                )
                .open_to_tokens(),
            create_batch,
        )
        .serve(
            Operation::patch(ACCOUNT, "update-source-account", "Changes or disconnects an account")
                .body(change_schema)
                .answers::<AccountShape>()
                .open_to_tokens(),
            update_account,
        )
        .serve(
            Operation::delete(ACCOUNT, "delete-source-account", "Deletes an account")
                .answers_empty(StatusCode::NO_CONTENT),
            delete_account,
        )
}

/// One account, or a list of them as old tutorials send it.
async fn create_accounts(
    State(state): State<Shared>,
    ConnectionAt(path): ConnectionAt,
    JsonBody(body): JsonBody,
) -> Answer<Response> {
    match read_accounts(&body)? {
        AccountsBody::One(wish) => {
            let wish = wish.map_err(flawed)?;
            let id = wish.id.clone();
            let kept = keep_accounts(&state, &path, vec![wish], OnExisting::Refuse).await?;
            match kept.into_iter().next() {
                Some(AccountKept::Kept(account)) => {
                    Ok(Json(AccountShape::show(account)).into_response())
                }
                Some(AccountKept::Exists) | None => Err(exists([(Place::Body, id.as_str())])),
            }
        }
        AccountsBody::Many(wishes) => {
            let wishes = all_sound(wishes)?;
            check_all_new(&state, &path, &wishes).await?;
            let ids: Vec<_> = wishes.iter().map(|wish| wish.id.clone()).collect();
            let kept = keep_accounts(&state, &path, wishes, OnExisting::Refuse).await?;
            Ok(Json(show_all_made(kept, &ids)?).into_response())
        }
    }
}

/// Makes accounts and updates those that are there: what the contract's first version had.
async fn upsert_accounts(
    State(state): State<Shared>,
    ConnectionAt(path): ConnectionAt,
    JsonBody(body): JsonBody,
) -> Answer<Json<Vec<AccountShape>>> {
    let AccountsBody::Many(wishes) = read_accounts(&body)? else {
        return Err(Faults::of(VALIDATOR).refuse(Place::Body, "must be a list of accounts"));
    };
    let wishes = all_sound(wishes)?;
    let kept = keep_accounts(&state, &path, wishes, OnExisting::Update).await?;
    Ok(Json(show_kept(kept)))
}

async fn list_accounts(
    State(state): State<Shared>,
    ConnectionAt(path): ConnectionAt,
) -> Answer<Json<Vec<AccountShape>>> {
    let accounts = load_accounts(&state, &path).await?;
    Ok(Json(accounts.into_iter().map(AccountShape::show).collect()))
}

async fn update_account(
    State(state): State<Shared>,
    AccountAt(path): AccountAt,
    JsonBody(body): JsonBody,
) -> Answer<Json<AccountShape>> {
    let change = read_change(&body, &path.account)?;
    match state.store.change_source_account(&path, change, state.now()).await? {
        AccountChanged::Changed(account) => Ok(Json(AccountShape::show(account))),
        AccountChanged::Refused(reason) => Err(ApiError::refused(reason.to_string())),
        AccountChanged::Unknown => Err(missing_account(&state, &path).await),
    }
}

async fn delete_account(
    State(state): State<Shared>,
    AccountAt(path): AccountAt,
) -> Answer<StatusCode> {
    if state.store.delete_source_account(&path, state.now()).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(missing_account(&state, &path).await)
    }
}

/// A connection's accounts; the connection must be there.
pub(crate) async fn load_accounts(
    state: &ApiState,
    path: &ConnectionPath,
) -> Answer<Vec<SourceAccount>> {
    match state.store.list_source_accounts(path).await? {
        Some(accounts) => Ok(accounts),
        None => Err(missing_connection(state, path).await),
    }
}

/// Keeps accounts, each with an answer of its own; the connection must be there.
pub(super) async fn keep_accounts(
    state: &ApiState,
    path: &ConnectionPath,
    wishes: Vec<AccountWish>,
    on_existing: OnExisting,
) -> Answer<Vec<AccountKept>> {
    let now = state.now();
    let made = wishes.into_iter().map(|wish| SourceAccount {
        id: wish.id,
        connection: path.connection,
        shape: wish.shape,
        details: wish.details,
        balance: wish.balance,
        status: AccountStatus::Pending,
        feed_start: None,
        public_number: public_number(&*state.ids),
        created_at: now,
        modified_at: now,
        disconnected_at: None,
    });
    let accounts: Vec<_> = made.collect();
    match state.store.create_source_accounts(path, &accounts, on_existing).await? {
        Some(kept) => Ok(kept),
        None => Err(missing_connection(state, path).await),
    }
}

/// A list is made as a whole or refused as a whole, so it is compared with what is there before anything is written.
async fn check_all_new(
    state: &ApiState,
    path: &ConnectionPath,
    wishes: &[AccountWish],
) -> Answer<()> {
    let there = load_accounts(state, path).await?;
    let mut taken: HashSet<&str> = there.iter().map(|account| account.id.as_str()).collect();
    let places = wishes.iter().enumerate();
    let places = places.map(|(index, wish)| (Place::Item(&Place::Body, index), wish.id.as_str()));
    let doubles: Vec<_> = places.filter(|(_, id)| !taken.insert(id)).collect();
    if doubles.is_empty() { Ok(()) } else { Err(exists(doubles)) }
}

fn exists<'a>(doubles: impl IntoIterator<Item = (Place<'a>, &'a str)>) -> ApiError {
    let mut faults = Faults::of(VALIDATOR);
    for (place, id) in doubles {
        let message = format_args!("is refused: an account with the id {id:?} exists already");
        faults.add(Place::Field(&place, "id"), message);
    }
    faults.into_error()
}

/// The accounts of a list that was all new when it was checked. Another request may have taken an id since then: that is
/// told, and that the others are there, so that nobody takes the list for refused as a whole.
fn show_all_made(kept: Vec<AccountKept>, ids: &[AccountId]) -> Answer<Vec<AccountShape>> {
    let mut faults = Faults::of(VALIDATOR);
    for (index, (kept, id)) in kept.iter().zip(ids).enumerate() {
        if matches!(kept, AccountKept::Exists) {
            let message = format_args!(
                "is refused: another request made an account with the id {id:?} meanwhile; the others of the list were made",
                id = id.as_str()
            );
            let place = Place::Item(&Place::Body, index);
            faults.add(Place::Field(&place, "id"), message);
        }
    }
    faults.check()?;
    Ok(show_kept(kept))
}

/// What was kept. Of a list that was checked, or that updates, everything was.
fn show_kept(kept: Vec<AccountKept>) -> Vec<AccountShape> {
    let accounts = kept.into_iter().filter_map(|kept| match kept {
        AccountKept::Kept(account) => Some(AccountShape::show(account)),
        AccountKept::Exists => None,
    });
    accounts.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    #[test]
    fn a_list_that_lost_an_id_meanwhile_says_which_and_that_the_others_are_there() {
        let account = testkit::an_account(&sample::connection(), "cur-1");
        let ids = [account.id.clone(), AccountId::parse("late").unwrap()];
        let both = vec![AccountKept::Kept(account.clone()), AccountKept::Kept(account.clone())];
        assert_eq!(show_all_made(both, &ids).unwrap().len(), 2);
        let error = show_all_made(vec![AccountKept::Kept(account), AccountKept::Exists], &ids);
        let text = error.unwrap_err().into_text();
        assert!(text.starts_with("[1].id is refused") && text.contains("\"late\""), "{text}");
        assert!(text.ends_with("the others of the list were made"), "{text}");
    }
}
