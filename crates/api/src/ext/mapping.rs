//! Mappings as an operator looks at them: why an account of the books cannot be chosen, why a mapping failed, and which
//! feeds are still to be ended. Wishes are the contract's.

use crate::books::load_books;
use crate::envelope::Answer;
use crate::locate::ConnectionAt;
use crate::nouns::{load_accounts, load_connection};
use crate::state::Shared;
use crate::surface::{Area, Operation, Surface, formats};
use axum::Json;
use axum::extract::State;
use domain::dates::stamp;
use domain::link::{Ending, Link, Mapping, MappingStage, TargetAccount, TargetKind, Unfit};
use domain::source_account::{AccountStatus, SourceAccount};
use schemars::JsonSchema;
use serde::Serialize;

pub(super) fn surface() -> Surface {
    const MAPPING: &str = "/ext/v1/companies/{companyId}/connections/{connectionId}/mapping";
    Surface::of(Area::AccountMapping).serve(
        Operation::get(
            MAPPING,
            "get-mapping",
            "Where every account leads, and why it may not lead elsewhere",
        )
        .answers::<LinkShape>(),
        get_mapping,
    )
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "ConnectionMapping")]
struct LinkShape {
    /// What people call the organisation; absent until the connection was linked.
    #[serde(skip_serializing_if = "Option::is_none")]
    organisation: Option<String>,
    /// Absent until the books were read.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "formats::moment")]
    books_read_at: Option<String>,
    accounts: Vec<AccountShape>,
    /// Feeds of accounts that lead nowhere any more, until the platform has ended them.
    ending_feeds: Vec<EndingShape>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "MappedAccount")]
struct AccountShape {
    source_account_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_account_name: Option<String>,
    #[schemars(extend("enum" = formats::names(&AccountStatus::ALL, AccountStatus::name)))]
    status: &'static str,
    /// What was wished for last, and how far it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    mapping: Option<MappingShape>,
    /// Every account of the books.
    targets: Vec<TargetShape>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Mapping")]
struct MappingShape {
    #[schemars(extend("enum" = ["Connecting", "Connected", "Failed"]))]
    stage: &'static str,
    /// Why it failed, in the platform's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    /// The account of the books; absent while the platform is to open a new one.
    #[serde(skip_serializing_if = "Option::is_none")]
    target_account_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "formats::date")]
    feed_start_date: Option<String>,
    #[schemars(schema_with = "formats::moment")]
    wished_at: String,
    /// The platform's id of the feed, once there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    feed: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "MappingTarget")]
struct TargetShape {
    id: String,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    nominal_code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    account_number: Option<String>,
    #[schemars(extend("enum" = formats::names(&TargetKind::ALL, TargetKind::name)))]
    kind: &'static str,
    currency: String,
    can_be_used: bool,
    /// The rule that is against it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("enum" = formats::names(&Unfit::ALL, Unfit::name)))]
    reason: Option<&'static str>,
    /// The same in a sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    explanation: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "EndingFeed")]
struct EndingShape {
    /// The platform's id.
    feed: String,
    /// Since when it is waited for; time in which the platform was not asked is left out.
    #[schemars(schema_with = "formats::moment")]
    since: String,
}

async fn get_mapping(
    State(state): State<Shared>,
    ConnectionAt(path): ConnectionAt,
) -> Answer<Json<LinkShape>> {
    let connection = load_connection(&state, &path).await?;
    let link = load_books(&state, &connection).await?;
    let accounts = load_accounts(&state, &path).await?;
    // A connection that nobody has tried to link leads nowhere.
    let link = link.unwrap_or_else(|| Link::new(path, connection.platform));
    Ok(Json(LinkShape::show(accounts, &link)))
}

impl LinkShape {
    fn show(accounts: Vec<SourceAccount>, link: &Link) -> Self {
        Self {
            organisation: link.organisation.as_ref().map(|one| one.name.clone()),
            books_read_at: link.books.as_ref().map(|books| stamp(books.read_at)),
            accounts: accounts.into_iter().map(|one| AccountShape::show(one, link)).collect(),
            ending_feeds: link.endings.iter().map(EndingShape::show).collect(),
        }
    }
}

impl AccountShape {
    fn show(account: SourceAccount, link: &Link) -> Self {
        let targets = link.books.iter().flat_map(|books| &books.targets);
        let show = |target| TargetShape::show(target, &account, link.unfit(&account, target));
        Self {
            source_account_id: account.id.to_string(),
            status: account.status.name(),
            mapping: link.standing(&account).map(MappingShape::show),
            targets: targets.map(show).collect(),
            source_account_name: account.details.name,
        }
    }
}

impl MappingShape {
    fn show(mapping: &Mapping) -> Self {
        let (stage, error) = match &mapping.stage {
            MappingStage::Connecting { .. } => ("Connecting", None),
            MappingStage::Connected { .. } => ("Connected", None),
            MappingStage::Failed { error } => ("Failed", Some(error.clone())),
        };
        Self {
            stage,
            error,
            target_account_id: mapping.target().map(str::to_owned),
            feed_start_date: mapping.wish.feed_start.map(|date| date.to_string()),
            wished_at: stamp(mapping.wished_at),
            feed: mapping.feed.clone(),
        }
    }
}

impl TargetShape {
    fn show(target: &TargetAccount, account: &SourceAccount, unfit: Option<Unfit>) -> Self {
        Self {
            id: target.id.clone(),
            name: target.name.clone(),
            nominal_code: target.code.clone(),
            account_number: target.number.clone(),
            kind: target.kind.name(),
            currency: target.currency.to_string(),
            can_be_used: unfit.is_none(),
            reason: unfit.map(Unfit::name),
            explanation: unfit.map(|unfit| unfit.explain(account, target)),
        }
    }
}

impl EndingShape {
    fn show(ending: &Ending) -> Self {
        Self { feed: ending.feed.clone(), since: stamp(ending.since) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;
    use domain::connection::ConnectionStatus;
    use domain::link::Wish;
    use testkit::{NOON, TODAY};

    #[test]
    fn every_account_of_the_books_says_whether_it_can_be_used() {
        let mut link = sample::link();
        let wish = |link: &mut Link, id: &str, target: Option<&str>| {
            let account = sample::account(id);
            let (target, feed_start) = (target.map(str::to_owned), Some(TODAY));
            let wish = Wish { account: account.id.clone(), target, feed_start };
            link.wish(&account, wish, (ConnectionStatus::Linked, NOON)).unwrap();
            account.id
        };
        let first = wish(&mut link, "a", Some("current"));
        link.feed_asked(&first, "feed-1", NOON);
        let refused = wish(&mut link, "b", None);
        link.feed_refused(&refused, "the number is taken");
        link.endings.push(Ending { feed: "feed-0".to_owned(), since: NOON, due_at: NOON });
        let shown = LinkShape::show(vec![sample::account("a"), sample::account("b")], &link);
        insta::assert_snapshot!(serde_json::to_string_pretty(&shown).unwrap());
    }

    #[test]
    fn a_connection_that_nobody_has_linked_leads_nowhere() {
        let link = Link::new(sample::path(), &domain::platform::XERO);
        let shown = LinkShape::show(vec![sample::account("a")], &link);
        let expected = r#"{"accounts":[{"sourceAccountId":"a","sourceAccountName":"Current account","status":"pending","targets":[]}],"endingFeeds":[]}"#;
        assert_eq!(serde_json::to_string(&shown).unwrap(), expected);
    }
}
