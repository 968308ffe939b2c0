//! Which account of the books a source account feeds. QuickBooks and Sage ask their own users, so there these operations
//! only tell how far that is. Where accounts are mapped by us, a wish is kept here and a worker asks the platform.

mod list;
mod wish;

use crate::envelope::{Answer, ApiError};
use crate::surface::{Area, Operation, Surface};
use domain::link::{Mapping, MappingStage};
use domain::platform::{AccountMapping, Platform};
use domain::source_account::{AccountStatus, SourceAccount};
use list::MappingShape;
use serde_json::Value;
use wish::MappedShape;

pub(super) fn surface() -> Surface {
    const MAPPING: &str =
        "/companies/{companyId}/connections/{connectionId}/bankFeedAccounts/mapping";
    Surface::of(Area::AccountMapping)
        .serve(
            Operation::get(
                MAPPING,
                "get-bank-account-mapping",
                "The source accounts, and which accounts of the books they may feed",
            )
            .answers::<Vec<MappingShape>>()
            .open_to_tokens(),
            list::get_mapping,
        )
        .serve(
            Operation::post(
                MAPPING,
                "create-bank-account-mapping",
                "Has a source account feed an account of the books",
            )
            .body(wish::wish_schema)
            .answers::<MappedShape>()
            .open_to_tokens(),
            wish::create_mapping,
        )
}

/// The contract's word for a mapping that the platform refused, beside the statuses of accounts.
const FAILED: &str = "Failed";

/// Every status that a mapping is shown with.
fn statuses() -> Value {
    AccountStatus::ALL.iter().map(|status| status.name()).chain([FAILED]).collect()
}

/// The status of an account by the mapping that it stands in, if it does, and why that failed.
fn status(account: &SourceAccount, mapping: Option<&Mapping>) -> (&'static str, Option<String>) {
    match mapping.map(|mapping| &mapping.stage) {
        Some(MappingStage::Connecting { .. }) => (AccountStatus::Connecting.name(), None),
        Some(MappingStage::Connected { .. }) => (AccountStatus::Connected.name(), None),
        Some(MappingStage::Failed { error }) => (FAILED, Some(error.clone())),
        None => (account.status.name(), None),
    }
}

/// 400 where the platform's own user chooses.
fn need_mapping_by_us(platform: &Platform) -> Answer<()> {
    match platform.mapping {
        AccountMapping::ByApi { .. } => Ok(()),
        AccountMapping::Inside => Err(ApiError::refused(format!(
            "{} maps accounts in its own pages: its user chooses there which account is fed",
            platform.name
        ))),
    }
}
