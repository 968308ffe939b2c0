//! The accounts of a connection as an operator looks at them: the number that OFX clients see, how many lines there
//! are, and who came lately to fetch them.

use super::fetch::FetchShape;
use crate::envelope::Answer;
use crate::locate::ConnectionAt;
use crate::nouns::load_accounts;
use crate::paging::{PageShape, read_page};
use crate::query::Parameters;
use crate::state::{ApiState, Shared};
use crate::surface::{Area, Operation, Surface, formats};
use axum::Json;
use axum::extract::State;
use domain::ids::ConnectionPath;
use domain::page::{ListRequest, Page, PageRequest};
use domain::source_account::{AccountPath, AccountStatus, SourceAccount};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

pub(super) fn surface() -> Surface {
    const ACCOUNTS: &str = "/ext/v1/companies/{companyId}/connections/{connectionId}/accounts";
    Surface::of(Area::Delivery).serve(
        Operation::get(ACCOUNTS, "list-accounts", "The accounts of a connection, and who fetched")
            .paged()
            .answers::<PageShape<AccountShape>>(),
        list_accounts,
    )
}

/// Enough to see a rhythm.
const FETCHES_SHOWN_MAX: u32 = 5;

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "FedAccount")]
struct AccountShape {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    account_name: Option<String>,
    #[schemars(extend("enum" = formats::names(&AccountStatus::ALL, AccountStatus::name)))]
    status: &'static str,
    /// What OFX clients see as the account's number.
    public_number: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "formats::date")]
    feed_start_date: Option<String>,
    lines: u64,
    /// Newest first.
    last_fetches: Vec<FetchShape>,
}

async fn list_accounts(
    State(state): State<Shared>,
    ConnectionAt(path): ConnectionAt,
    parameters: Parameters,
) -> Answer<Json<PageShape<AccountShape>>> {
    let request = read_page(&parameters)?;
    let Page { items, total } = Page::cut(load_accounts(&state, &path).await?, request);
    let mut shown = Vec::with_capacity(items.len());
    for account in items {
        shown.push(look_at(&state, path, account).await?);
    }
    let page = Page { items: shown, total };
    Ok(Json(PageShape::show(page, request, &parameters, |account| account)))
}

async fn look_at(
    state: &ApiState,
    connection: ConnectionPath,
    account: SourceAccount,
) -> Answer<AccountShape> {
    let path = AccountPath { connection, account: account.id };
    let lines = state.store.list_lines(&path, &only_count()?).await?;
    let since = Timestamp::UNIX_EPOCH;
    let fetches = state.store.list_fetches(&path, since, FETCHES_SHOWN_MAX).await?;
    Ok(AccountShape {
        id: path.account.to_string(),
        account_name: account.details.name,
        status: account.status.name(),
        public_number: account.public_number,
        feed_start_date: account.feed_start.map(|date| date.to_string()),
        lines: lines.map_or(0, |page| page.total),
        last_fetches: fetches.iter().map(FetchShape::show).collect(),
    })
}

/// The shortest page, for the total that comes with it.
fn only_count() -> Answer<ListRequest> {
    let page = PageRequest::new(1, 1).map_err(crate::envelope::ApiError::internal)?;
    Ok(ListRequest { page, ..ListRequest::default() })
}
