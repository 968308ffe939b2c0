//! Managed bank feeds: syncs that callers ask for, and how each stands. Fetching is the worker's business; schedules are
//! ours, in ext/.

use crate::envelope::{Answer, ApiError};
use crate::locate::{AccountAt, SyncAt, missing, missing_account};
use crate::state::{ApiState, Shared};
use crate::surface::{Area, Operation, Surface, formats};
use crate::wire::SyncShape;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use domain::ids::{SyncId, ordered_uuid};
use domain::managed_sync::ManagedSync;
use schemars::{JsonSchema, SchemaGenerator};
use serde::Serialize;
use std::sync::Arc;
use store::{SyncBegun, SyncWish};

pub(super) fn surface() -> Surface {
    const SYNCS: &str = "/companies/{companyId}/connections/{connectionId}/bankFeedAccounts/{sourceAccountId}/managedBankFeeds/syncs";
    const LATEST: &str = "/companies/{companyId}/connections/{connectionId}/bankFeedAccounts/{sourceAccountId}/managedBankFeeds/syncs/latest";
    const SYNC: &str = "/companies/{companyId}/connections/{connectionId}/bankFeedAccounts/{sourceAccountId}/managedBankFeeds/syncs/{syncId}";
    Surface::of(Area::ManagedFeeds)
        .serve(
            Operation::post(
                SYNCS,
                "run-managed-bank-feed-ad-hoc-sync",
                "Fetches an account's transactions from the bank, from the last successful sync to now",
            )
            .answers_with(StatusCode::CREATED, SchemaGenerator::subschema_for::<BegunShape>)
            .refuses(StatusCode::CONFLICT),
            run_sync,
        )
        .serve(
            Operation::get(
                LATEST,
                "get-latest-managed-bank-feed-sync",
                "The sync of an account that was begun last, if there is one",
            )
            .answers::<SyncShape>()
            .answers_empty(StatusCode::NO_CONTENT),
            get_latest_sync,
        )
        .serve(
            Operation::get(SYNC, "get-managed-bank-feed-sync", "One sync").answers::<SyncShape>(),
            get_sync,
        )
}

/// The contract's `StartScheduledSyncResult`.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "StartScheduledSyncResult")]
struct BegunShape {
    #[schemars(schema_with = "formats::uuid")]
    sync_id: String,
}

async fn run_sync(
    State(state): State<Shared>,
    AccountAt(path): AccountAt,
) -> Answer<(StatusCode, Json<BegunShape>)> {
    state.need_bank()?;
    let now = state.now();
    let wish = SyncWish {
        id: SyncId::new(ordered_uuid(&*state.ids, now)),
        account: path.clone(),
        due: None,
        profiles: Arc::clone(&state.profiles),
        now,
    };
    match state.store.begin_managed_sync(&wish).await? {
        SyncBegun::Begun(sync) => {
            Ok((StatusCode::CREATED, Json(BegunShape { sync_id: sync.id.to_string() })))
        }
        SyncBegun::Running(running) => Err(ApiError::conflict(format!(
            "the sync {running} of this account is still running: wait for its end"
        ))),
        SyncBegun::NotDue => Err(ApiError::internal("a sync without a schedule was not due")),
        SyncBegun::Missing(what) => Err(missing(what, &path)),
    }
}

async fn get_latest_sync(
    State(state): State<Shared>,
    AccountAt(path): AccountAt,
) -> Answer<Response> {
    if let Some(sync) = state.store.find_latest_managed_sync(&path).await? {
        return Ok(show(&state, sync).await?.into_response());
    }
    match state.store.find_source_account(&path).await? {
        Some(_) => Ok(StatusCode::NO_CONTENT.into_response()),
        None => Err(missing_account(&state, &path).await),
    }
}

async fn get_sync(
    State(state): State<Shared>,
    SyncAt { account, id }: SyncAt,
) -> Answer<Json<SyncShape>> {
    if let Some(sync) = state.store.find_managed_sync(&account, id).await? {
        return show(&state, sync).await;
    }
    match state.store.find_source_account(&account).await? {
        Some(_) => Err(ApiError::no_such_sync(id)),
        None => Err(missing_account(&state, &account).await),
    }
}

async fn show(state: &ApiState, sync: ManagedSync) -> Answer<Json<SyncShape>> {
    let path = sync.account.connection;
    let company = state.store.find_company(path.client, path.company).await?;
    let company = company.ok_or_else(|| ApiError::no_such_company(path.company))?;
    Ok(Json(SyncShape::show(sync, &company.name)))
}
