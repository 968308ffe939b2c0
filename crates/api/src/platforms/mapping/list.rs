//! How far every source account is, and where it may lead.

use super::{status, statuses};
use crate::books::load_books;
use crate::envelope::Answer;
use crate::locate::ConnectionAt;
use crate::nouns::{load_accounts, load_connection};
use crate::state::Shared;
use crate::wire::Number;
use axum::Json;
use axum::extract::State;
use domain::connection::ConnectionStatus;
use domain::link::{Link, TargetAccount};
use domain::source_account::{AccountStatus, SourceAccount};
use schemars::JsonSchema;
use serde::Serialize;

/// The contract's `BankFeedMapping`.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "BankFeedMapping")]
pub(super) struct MappingShape {
    source_account_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_account_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_account_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_balance: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_currency: Option<String>,
    /// The account of the books that it leads to, or is to lead to.
    #[serde(skip_serializing_if = "Option::is_none")]
    target_account_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    target_account_name: Option<String>,
    /// `Failed` when the platform refused what was wished for last: wish for something else, or again.
    #[schemars(extend("enum" = statuses()))]
    status: &'static str,
    /// Why it failed, in the platform's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    /// Absent where the platform's own user chooses, while the connection is not linked, and until the books were read.
    #[serde(skip_serializing_if = "Option::is_none")]
    target_account_options: Option<Vec<OptionShape>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    feed_start_date: Option<String>,
}

/// An account of the books that may be fed.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "TargetAccountOption")]
struct OptionShape {
    id: String,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    balance: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sort_code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    account_number: Option<String>,
}

pub(super) async fn get_mapping(
    State(state): State<Shared>,
    ConnectionAt(path): ConnectionAt,
) -> Answer<Json<Vec<MappingShape>>> {
    let connection = load_connection(&state, &path).await?;
    let link = load_books(&state, &connection).await?;
    let accounts = load_accounts(&state, &path).await?;
    let show = |account| MappingShape::show(account, link.as_ref(), connection.status);
    Ok(Json(accounts.into_iter().map(show).collect()))
}

impl MappingShape {
    /// An account by its link, if it has one. An account that stands in a mapping is as far as that is: both change
    /// together, but they are read one after the other.
    fn show(account: SourceAccount, link: Option<&Link>, connection: ConnectionStatus) -> Self {
        let standing = link.and_then(|link| link.standing(&account));
        let (status, error) = status(&account, standing);
        let leading = standing.filter(|own| !own.is_failed());
        let target = leading.and_then(|own| own.target());
        let books = link.and_then(|link| link.books.as_ref());
        let found = target.and_then(|id| books?.target(id));
        let wished = leading.and_then(|own| own.wish.feed_start);
        let begun = account.feed_start.filter(|_| account.status == AccountStatus::Connected);
        let options = link
            .filter(|_| connection == ConnectionStatus::Linked)
            .and_then(|link| options(&account, link));
        Self {
            source_account_id: account.id.to_string(),
            source_account_name: account.details.name,
            source_account_number: account.details.number,
            source_balance: account.balance.map(Number),
            source_currency: account.details.currency.map(|currency| currency.to_string()),
            target_account_id: target.map(str::to_owned),
            target_account_name: found.map(|target| target.name.clone()),
            status,
            error,
            target_account_options: options,
            feed_start_date: begun.or(wished).map(|date| format!("{date}T00:00:00")),
        }
    }
}

/// The accounts of the books that may be chosen, once the books were read.
fn options(account: &SourceAccount, link: &Link) -> Option<Vec<OptionShape>> {
    let targets = &link.books.as_ref()?.targets;
    let fitting = targets.iter().filter(|target| link.unfit(account, target).is_none());
    Some(fitting.map(OptionShape::show).collect())
}

impl OptionShape {
    fn show(target: &TargetAccount) -> Self {
        Self {
            id: target.id.clone(),
            name: target.name.clone(),
            // No platform of this version tells them.
            balance: None,
            sort_code: None,
            account_number: target.number.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;
    use domain::link::Wish;
    use testkit::{NOON, TODAY};

    const LINKED: ConnectionStatus = ConnectionStatus::Linked;

    fn shown(account: SourceAccount, link: &Link) -> String {
        serde_json::to_string(&MappingShape::show(account, Some(link), LINKED)).unwrap()
    }

    /// A link in which the account `a` is to lead to the current account.
    fn wished(feed_start: Option<jiff::civil::Date>) -> Link {
        let mut link = sample::link();
        let account = sample::account("a");
        let wish = Wish { account: account.id.clone(), target: Some("current".into()), feed_start };
        link.wish(&account, wish, (LINKED, NOON)).unwrap();
        link
    }

    #[test]
    fn an_account_shows_where_it_may_lead() {
        let shape = MappingShape::show(sample::account("a"), Some(&sample::link()), LINKED);
        insta::assert_snapshot!(serde_json::to_string_pretty(&shape).unwrap());
        let card = SourceAccount {
            details: domain::source_account::AccountDetails {
                account_type: Some("creditCard".to_owned()),
                ..sample::account("a").details
            },
            ..sample::account("a")
        };
        let card = shown(card, &sample::link());
        assert!(card.contains(r#""targetAccountOptions":[{"id":"card""#), "{card}");
    }

    #[test]
    fn options_need_a_linked_connection_whose_books_were_read() {
        let unread = Link { books: None, ..sample::link() };
        for (link, connection) in
            [(unread, LINKED), (sample::link(), ConnectionStatus::Deauthorized)]
        {
            let shape = MappingShape::show(sample::account("a"), Some(&link), connection);
            let shown = serde_json::to_string(&shape).unwrap();
            assert!(shown.contains(r#""status":"pending""#), "{shown}");
            assert!(!shown.contains("targetAccountOptions"), "{shown}");
        }
    }

    #[test]
    fn a_mapping_is_followed_from_its_wish_to_its_end() {
        let mut link = wished(Some(TODAY));
        let status = |status| SourceAccount { status, ..sample::account("a") };
        let connecting = shown(status(AccountStatus::Connecting), &link);
        assert!(connecting.contains(r#""status":"connecting""#), "{connecting}");
        let target = r#""targetAccountId":"current","targetAccountName":"The current""#;
        assert!(connecting.contains(target), "{connecting}");
        assert!(connecting.contains(r#""feedStartDate":"2024-02-29T00:00:00""#), "{connecting}");
        // What it leads to already is no other feed in its way; for others it is.
        assert!(connecting.contains(r#""targetAccountOptions":[{"id":"current""#), "{connecting}");
        let other = shown(sample::account("b"), &link);
        assert!(other.contains(r#""targetAccountOptions":[]"#), "{other}");

        link.feed_connected(&sample::account("a").id, "current", TODAY);
        // Read a moment earlier than the link.
        let connected = shown(status(AccountStatus::Connecting), &link);
        assert!(connected.contains(r#""status":"connected""#), "{connected}");
        let disconnected = shown(status(AccountStatus::Disconnected), &link);
        assert!(disconnected.contains(r#""status":"disconnected""#), "{disconnected}");
        assert!(!disconnected.contains("targetAccountId"), "{disconnected}");
    }

    #[test]
    fn what_the_platform_refused_is_shown_with_its_words_until_the_next_wish() {
        let mut link = wished(None);
        link.feed_refused(&sample::account("a").id, "the account is archived");
        let failed = shown(sample::account("a"), &link);
        let told = r#""status":"Failed","error":"the account is archived""#;
        assert!(failed.contains(told) && !failed.contains("targetAccountId"), "{failed}");
        let wish = Wish { account: sample::account("a").id, target: None, feed_start: None };
        link.wish(&sample::account("a"), wish, (LINKED, NOON)).unwrap();
        let again = shown(sample::account("a"), &link);
        assert!(again.contains(r#""status":"connecting""#) && !again.contains("error"), "{again}");
    }
}
