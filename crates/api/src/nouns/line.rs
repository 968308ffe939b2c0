//! The lines of an account, as the accounting API lists bank transactions.

use crate::envelope::Answer;
use crate::locate::{AccountAt, missing_account};
use crate::paging::{Listed, PageShape, read_list_request};
use crate::query::Parameters;
use crate::state::Shared;
use crate::surface::{Area, LISTING, Operation, Surface};
use crate::wire::LineShape;
use axum::Json;
use axum::extract::State;
use domain::line::LINE_PROPERTIES;

pub(super) fn surface() -> Surface {
    const LINES: &str = "/companies/{companyId}/connections/{connectionId}/data/bankAccounts/{accountId}/bankTransactions";
    Surface::of(Area::Transactions).serve(
        Operation::get(LINES, "list-bank-account-transactions", "The lines kept of an account")
            .paged()
            .takes(LISTING)
            .answers::<PageShape<LineShape>>(),
        list_lines,
    )
}

const LISTED: Listed = Listed { type_name: "BankTransaction", properties: LINE_PROPERTIES };

async fn list_lines(
    State(state): State<Shared>,
    AccountAt(path): AccountAt,
    parameters: Parameters,
) -> Answer<Json<PageShape<LineShape>>> {
    let request = read_list_request(&parameters, LISTED)?;
    let Some(page) = state.store.list_lines(&path, &request).await? else {
        return Err(missing_account(&state, &path).await);
    };
    let show = |kept| LineShape::show(kept, &path.account);
    Ok(Json(PageShape::show(page, request.page, &parameters, show)))
}
