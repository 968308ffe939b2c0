//! What a platform tells of the organisation behind a connection.

use crate::books::{load_books, no_books};
use crate::envelope::{Answer, ApiError};
use crate::locate::ConnectionAt;
use crate::nouns::load_connection;
use crate::state::Shared;
use crate::surface::{Area, Operation, Surface};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use domain::connection::ConnectionStatus;
use domain::link::{Books, WishRefused};
use domain::money::CurrencyCode;
use domain::platform::AccountMapping;
use schemars::JsonSchema;
use serde::Serialize;

pub(super) fn surface() -> Surface {
    const INFORMATION: &str = "/companies/{companyId}/connections/{connectionId}/bankFeeds/info";
    Surface::of(Area::Connections).serve(
        Operation::get(
            INFORMATION,
            "get-company-information",
            "The organisation in the books, where the platform tells of it",
        )
        .answers::<InformationShape>()
        .refuses(StatusCode::CONFLICT)
        .open_to_tokens(),
        get_information,
    )
}

/// The contract's `CompanyInformation`.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "CompanyInformation")]
struct InformationShape {
    company_name: String,
    /// `XXX` where the platform does not tell it.
    base_currency: String,
    /// An organisation for trying things out, or any other: platforms tell no more.
    #[schemars(extend("enum" = ["demo", "standard"]))]
    plan_type: &'static str,
    /// Whether the organisation has accounts in several currencies.
    multicurrency_enabled: bool,
    /// Those of the organisation and its accounts.
    currencies: Vec<String>,
}

async fn get_information(
    State(state): State<Shared>,
    ConnectionAt(path): ConnectionAt,
) -> Answer<Json<InformationShape>> {
    let connection = load_connection(&state, &path).await?;
    let platform = connection.platform;
    match platform.mapping {
        AccountMapping::ByApi { with_information: true } => {}
        AccountMapping::Inside | AccountMapping::ByApi { with_information: false } => {
            let error = format!("{} tells nothing of the organisation", platform.name);
            return Err(ApiError::refused(error));
        }
    }
    if connection.status != ConnectionStatus::Linked {
        let why = WishRefused::NotLinked(connection.status.name());
        return Err(ApiError::refused(why.to_string()));
    }
    let books = load_books(&state, &connection).await?.and_then(|link| link.books);
    let books = books.ok_or_else(|| no_books(&connection))?;
    Ok(Json(InformationShape::show(&books)))
}

impl InformationShape {
    fn show(books: &Books) -> Self {
        let company = &books.company;
        Self {
            company_name: company.name.clone(),
            base_currency: company.base_currency.unwrap_or(CurrencyCode::UNKNOWN).to_string(),
            plan_type: if company.is_demo { "demo" } else { "standard" },
            multicurrency_enabled: books.has_several_currencies(),
            currencies: books.currencies().iter().map(ToString::to_string).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;
    use domain::link::Company;

    #[test]
    fn the_organisation_is_told_by_its_books() {
        let books = sample::link().books.unwrap();
        let shown = serde_json::to_string(&InformationShape::show(&books)).unwrap();
        let expected = r#"{"companyName":"Demo Company (UK)","baseCurrency":"GBP","planType":"demo","multicurrencyEnabled":true,"currencies":["EUR","GBP"]}"#;
        assert_eq!(shown, expected);
        let company = Company { base_currency: None, is_demo: false, ..books.company };
        let books = Books { company, targets: Vec::new(), ..books };
        let shown = serde_json::to_string(&InformationShape::show(&books)).unwrap();
        let expected = r#"{"companyName":"Demo Company (UK)","baseCurrency":"XXX","planType":"standard","multicurrencyEnabled":false,"currencies":[]}"#;
        assert_eq!(shown, expected);
    }
}
