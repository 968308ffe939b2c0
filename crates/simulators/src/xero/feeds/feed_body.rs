//! Feed connections as they come in, read and checked as far as one of them alone can be.

use super::codes::{is_country, is_currency};
use crate::xero::ids::Id;
use crate::xero::organisation::BankKind;
use crate::xero::problem::Problem;
use serde::Deserialize;

const TOKEN_CHARS_MAX: usize = 50;
const NUMBER_CHARS_MAX: usize = 40;
/// Of a card nobody may know more than this.
const CARD_DIGITS: usize = 4;
const NAME_CHARS_MAX: usize = 30;

/// The body of a request.
#[derive(Debug, Deserialize)]
pub(super) struct FeedsBody {
    pub(super) items: Option<Vec<FeedBody>>,
}

/// One feed connection in it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct FeedBody {
    pub(super) id: Option<String>,
    account_token: Option<String>,
    account_number: Option<String>,
    account_name: Option<String>,
    account_id: Option<String>,
    account_type: Option<String>,
    currency: Option<String>,
    country: Option<String>,
}

/// A feed connection that says all it has to.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Draft {
    pub(super) token: String,
    pub(super) number: Option<String>,
    pub(super) name: Option<String>,
    pub(super) account: Option<Id>,
    pub(super) kind: BankKind,
    pub(super) currency: String,
    pub(super) country: Option<String>,
}

impl FeedsBody {
    /// The items of a request that has any.
    pub(super) fn read(bytes: &[u8]) -> Result<Vec<FeedBody>, Problem> {
        let body: Self = serde_json::from_slice(bytes)
            .map_err(|error| Problem::request(format!("The request cannot be read: {error}")))?;
        let items = body.items.unwrap_or_default();
        if items.is_empty() {
            Err(Problem::field("Items", "is missing or empty"))
        } else {
            Ok(items)
        }
    }
}

impl FeedBody {
    /// The account token as answers repeat it: one that is too long for a request is too long for an answer.
    pub(super) fn token_shown(&self) -> Option<String> {
        let fits = |token: &String| token.chars().count() <= TOKEN_CHARS_MAX;
        self.account_token.clone().filter(fits)
    }

    /// The feed connection, or the first thing that is wrong with it.
    pub(super) fn draft(&self) -> Result<Draft, Problem> {
        let token = needed("AccountToken", self.account_token.as_deref())?;
        bounded("AccountToken", Some(token), TOKEN_CHARS_MAX)?;
        let kind = needed("AccountType", self.account_type.as_deref())?;
        let kind = BankKind::find(kind);
        let kind =
            kind.ok_or_else(|| Problem::field("AccountType", "is not BANK or CREDITCARD"))?;
        let number = self.account_number.as_deref().filter(|number| !number.is_empty());
        check_number(kind, number)?;
        bounded("AccountName", self.account_name.as_deref(), NAME_CHARS_MAX)?;
        let account = self
            .account_id
            .as_deref()
            .map(|id| Id::parse(id).ok_or_else(|| Problem::field("AccountId", "is no id")));
        let account = account.transpose()?;
        if number.is_none() && account.is_none() {
            return Err(Problem::field("AccountNumber", "is missing, and so is AccountId"));
        }
        let currency = needed("Currency", self.currency.as_deref())?;
        if !is_currency(currency) {
            return Err(Problem::field("Currency", "is no currency code"));
        }
        if self.country.as_deref().is_some_and(|country| !is_country(country)) {
            return Err(Problem::field("Country", "is no country code"));
        }
        Ok(Draft {
            token: token.to_owned(),
            number: number.map(str::to_owned),
            name: self.account_name.clone().filter(|name| !name.is_empty()),
            account,
            kind,
            currency: currency.to_owned(),
            country: self.country.clone(),
        })
    }
}

fn check_number(kind: BankKind, number: Option<&str>) -> Result<(), Problem> {
    let Some(number) = number else { return Ok(()) };
    let is_card_end =
        number.len() == CARD_DIGITS && number.bytes().all(|byte| byte.is_ascii_digit());
    match kind {
        BankKind::Bank => bounded("AccountNumber", Some(number), NUMBER_CHARS_MAX),
        BankKind::CreditCard if is_card_end => Ok(()),
        BankKind::CreditCard => {
            Err(Problem::field("AccountNumber", "is not the last 4 digits of a card"))
        }
    }
}

/// A field that must be there.
pub(super) fn needed<'a>(name: &str, value: Option<&'a str>) -> Result<&'a str, Problem> {
    value.filter(|text| !text.is_empty()).ok_or_else(|| Problem::field(name, "is missing"))
}

/// A field that must not be too long.
pub(super) fn bounded(name: &str, value: Option<&str>, chars_max: usize) -> Result<(), Problem> {
    if value.is_none_or(|text| text.chars().count() <= chars_max) {
        return Ok(());
    }
    Err(Problem::field(name, &format!("exceeded the maximum length of {chars_max}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn detail(change: &Value) -> Option<String> {
        let mut item = json!({"accountToken": "t", "accountNumber": "12345678", "accountName": "N",
            "accountType": "BANK", "currency": "GBP"});
        for (name, value) in change.as_object().unwrap() {
            item[name] = value.clone();
        }
        let bytes = json!({ "items": [item] }).to_string();
        let items = FeedsBody::read(bytes.as_bytes()).unwrap();
        items[0].draft().err().map(|problem| problem.detail)
    }

    #[test]
    fn the_limits_of_every_field_hold() {
        let fine = [
            json!({}),
            json!({"accountToken": "é".repeat(50)}),
            json!({"accountNumber": "1".repeat(40), "accountName": "n".repeat(30), "country": "GB"}),
            json!({"accountType": "CREDITCARD", "accountNumber": "4242"}),
            json!({"accountNumber": null, "accountId": "079a88ea-276d-41fb-a1f1-366ef3e22921"}),
            json!({"fieldThatNobodyKnows": 1}),
        ];
        for change in fine {
            assert_eq!(detail(&change), None, "{change}");
        }
        let wrong = [
            (json!({"accountToken": ""}), "'AccountToken' is missing"),
            (
                json!({"accountToken": "t".repeat(51)}),
                "'AccountToken' exceeded the maximum length of 50",
            ),
            (
                json!({"accountNumber": "1".repeat(41)}),
                "'AccountNumber' exceeded the maximum length of 40",
            ),
            (
                json!({"accountName": "n".repeat(31)}),
                "'AccountName' exceeded the maximum length of 30",
            ),
            (json!({"accountNumber": null}), "'AccountNumber' is missing, and so is AccountId"),
            (json!({"accountId": "x"}), "'AccountId' is no id"),
            (json!({"accountType": "bank"}), "'AccountType' is not BANK or CREDITCARD"),
            (json!({"accountType": null}), "'AccountType' is missing"),
            (json!({"accountType": "CREDITCARD", "accountNumber": "41114242"}), "last 4 digits"),
            (json!({"accountType": "CREDITCARD", "accountNumber": "42x2"}), "last 4 digits"),
            (json!({"currency": "GB"}), "'Currency' is no currency code"),
            (json!({"currency": null}), "'Currency' is missing"),
            (json!({"country": "UK"}), "'Country' is no country code"),
        ];
        for (change, words) in wrong {
            let detail = detail(&change).unwrap();
            assert!(detail.contains(words), "{change}: {detail}");
        }
    }

    #[test]
    fn a_request_without_items_is_refused() {
        for body in ["", "[]", "{}", r#"{"items":[]}"#, r#"{"items":[{"accountNumber":12}]}"#] {
            let problem = FeedsBody::read(body.as_bytes()).unwrap_err();
            assert_eq!(problem.kind.name(), "invalid-request", "{body}");
        }
    }
}
