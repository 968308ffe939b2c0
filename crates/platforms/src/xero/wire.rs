//! Xero's JSON, as lenient as it has to be: fields may be missing or null, numbers may be text, others may join.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

/// `{"items": […]}`, as requests and as answers.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Items<T> {
    pub(super) items: Vec<T>,
    #[serde(skip_serializing, default = "no_pagination")]
    pub(super) pagination: Option<Pagination>,
}

fn no_pagination() -> Option<Pagination> {
    None
}

impl<T> Items<T> {
    /// A request with one item.
    pub(super) fn one(item: T) -> Self {
        Self { items: vec![item], pagination: None }
    }

    /// Whether nothing follows this page.
    pub(super) fn is_last(&self, page: u64, page_items: usize) -> bool {
        let told = self.pagination.as_ref().and_then(|pagination| pagination.page_count);
        told.map_or(self.items.len() < page_items, |page_count| page >= page_count)
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Pagination {
    #[serde(default, deserialize_with = "number")]
    pub(super) page_count: Option<u64>,
}

#[derive(Debug, Deserialize)]
pub(super) struct TokensBody {
    pub(super) access_token: String,
    pub(super) refresh_token: Option<String>,
    #[serde(default, deserialize_with = "number")]
    pub(super) expires_in: Option<u64>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ConnectionBody {
    pub(super) id: String,
    pub(super) tenant_id: String,
    pub(super) tenant_type: Option<String>,
    pub(super) tenant_name: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct OrganisationsBody {
    #[serde(rename = "Organisations")]
    pub(super) organisations: Vec<OrganisationBody>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct OrganisationBody {
    pub(super) name: String,
    pub(super) base_currency: Option<String>,
    pub(super) country_code: Option<String>,
    pub(super) is_demo_company: Option<bool>,
}

#[derive(Debug, Deserialize)]
pub(super) struct AccountsBody {
    #[serde(rename = "Accounts")]
    pub(super) accounts: Vec<AccountBody>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct AccountBody {
    #[serde(rename = "AccountID")]
    pub(super) account_id: String,
    pub(super) name: Option<String>,
    pub(super) code: Option<String>,
    pub(super) status: Option<String>,
    pub(super) bank_account_number: Option<String>,
    pub(super) bank_account_type: Option<String>,
    pub(super) currency_code: Option<String>,
}

/// A feed that is asked for.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FeedAsked {
    pub(super) account_token: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) account_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) account_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) account_id: Option<String>,
    pub(super) account_type: &'static str,
    pub(super) currency: String,
}

/// A feed that is to end.
#[derive(Debug, Serialize)]
pub(super) struct FeedNamed<'a> {
    pub(super) id: &'a str,
}

/// A feed as it is shown, or the outcome for one.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct FeedBody {
    pub(super) id: Option<String>,
    pub(super) account_token: Option<String>,
    pub(super) account_id: Option<String>,
    pub(super) status: Option<String>,
    pub(super) error: Option<Problem>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct StatementAsked {
    pub(super) feed_connection_id: String,
    pub(super) start_date: String,
    pub(super) end_date: String,
    pub(super) start_balance: Money,
    pub(super) end_balance: Money,
    pub(super) statement_lines: Vec<LineAsked>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct LineAsked {
    pub(super) posted_date: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) description: Option<String>,
    pub(super) amount: Box<RawValue>,
    pub(super) credit_debit_indicator: &'static str,
    pub(super) transaction_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) payee_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reference: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) transaction_type: Option<&'static str>,
}

/// An amount without a sign, and which way it goes for the customer.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Money {
    /// The digits as they are: no float ever holds them.
    pub(super) amount: Box<RawValue>,
    pub(super) credit_debit_indicator: String,
}

/// A statement as it is shown, or the outcome for one.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct StatementBody {
    pub(super) id: Option<String>,
    pub(super) feed_connection_id: Option<String>,
    pub(super) status: Option<String>,
    pub(super) start_date: Option<String>,
    pub(super) end_date: Option<String>,
    pub(super) start_balance: Option<Money>,
    pub(super) end_balance: Option<Money>,
    #[serde(deserialize_with = "number")]
    pub(super) statement_line_count: Option<u64>,
    pub(super) errors: Option<Vec<Problem>>,
}

/// An error, as feeds have it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(super) struct Problem {
    #[serde(rename = "type", alias = "Type")]
    pub(super) kind: Option<String>,
    #[serde(alias = "Title")]
    pub(super) title: Option<String>,
    #[serde(alias = "Detail", alias = "Message")]
    pub(super) detail: Option<String>,
}

/// An error that stands inside items.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ProblemItem {
    pub(super) error: Option<Problem>,
    pub(super) errors: Option<Vec<Problem>>,
}

/// An error of the identity service.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct IdentityError {
    pub(super) error: Option<String>,
    pub(super) error_description: Option<String>,
}

/// A count in digits or in text; what is neither is not told.
fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    let value = serde_json::Value::deserialize(deserializer)?;
    Ok(value.as_u64().or_else(|| value.as_str()?.parse().ok()))
}
