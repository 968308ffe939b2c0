//! A wish: this source account is to lead there. It is kept in the link; a worker then asks the platform, and the list
//! of mappings shows what that said. So the answer tells how the mapping stands when the wish is kept: a new one is
//! `connecting`, and one that is wished for again as it is stands where it stood. After `Failed`, every wish is a new try.

use super::{need_mapping_by_us, status, statuses};
use crate::books::load_books;
use crate::envelope::{Answer, ApiError};
use crate::json::{Faults, Fields, JsonBody, Place, Seed, parse_object};
use crate::locate::{ConnectionAt, missing_connection};
use crate::nouns::load_connection;
use crate::state::{ApiState, Shared};
use axum::Json;
use axum::extract::State;
use domain::clock::latest_date;
use domain::connection::Connection;
use domain::dates::LineDate;
use domain::ids::ConnectionPath;
use domain::link::{Effects, Link, Wish, WishRefused};
use domain::source_account::{AccountId, AccountPath, SourceAccount};
use jiff::civil::Date;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use store::{LinkChange, LinkChanged};

const VALIDATOR: &str = "BankFeedAccountMapping";
const FIELDS: &[&str] = &["sourceAccountId", "targetAccountId", "feedStartDate"];
/// As long as an account's id may be.
const TEXT_CHARS_MAX: usize = 500;

pub(super) fn wish_schema(_schemas: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "object",
        "required": ["sourceAccountId"],
        "properties": {
            "sourceAccountId": {"type": "string", "maxLength": TEXT_CHARS_MAX},
            "targetAccountId": {
                "description": "An account of the books; without it, the platform opens a new one",
                "type": ["string", "null"],
                "maxLength": TEXT_CHARS_MAX,
            },
            "feedStartDate": {
                "description": "The first day of the feed, today at the latest; without it, the day on which it is connected",
                "type": ["string", "null"],
            },
        },
    })
}

/// The contract's `BankFeedAccountMappingResponse`.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "BankFeedAccountMappingResponse")]
pub(super) struct MappedShape {
    source_account_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    target_account_id: Option<String>,
    #[schemars(extend("enum" = statuses()))]
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

pub(super) async fn create_mapping(
    State(state): State<Shared>,
    ConnectionAt(path): ConnectionAt,
    JsonBody(body): JsonBody,
) -> Answer<Json<MappedShape>> {
    let wish = read_wish(&body, latest_date(state.now()))?;
    let seen = load_connection(&state, &path).await?;
    load_account(&state, &path, &wish.account).await?;
    need_mapping_by_us(seen.platform)?;
    loop {
        let mut link = load_link(&state, &seen, &wish).await?;
        // Read behind the link: who changes them from now on makes a new version of it.
        let connection = load_connection(&state, &path).await?;
        let account = load_account(&state, &path, &wish.account).await?;
        let now = state.now();
        let standing = (connection.status, now);
        let effects = link.wish(&account, wish.clone(), standing).map_err(|why| refuse(&why))?;
        let shown = MappedShape::show(&account, &link);
        if effects == Effects::default() {
            return Ok(Json(shown));
        }
        let change = LinkChange { link, effects, held_by: None, now };
        match state.store.change_link(&change).await? {
            LinkChanged::Changed => return Ok(Json(shown)),
            LinkChanged::Outdated => {}
            LinkChanged::LeaseLost | LinkChanged::Gone => {
                return Err(missing_connection(&state, &path).await);
            }
        }
    }
}

/// The link as it stands. Only a wish for an account of the books needs these.
async fn load_link(state: &ApiState, connection: &Connection, wish: &Wish) -> Answer<Link> {
    let link = match wish.target {
        Some(_) => load_books(state, connection).await?,
        None => state.store.find_link(&connection.path()).await?,
    };
    Ok(link.unwrap_or_else(|| Link::new(connection.path(), connection.platform)))
}

async fn load_account(
    state: &ApiState,
    path: &ConnectionPath,
    id: &AccountId,
) -> Answer<SourceAccount> {
    let path = AccountPath { connection: *path, account: id.clone() };
    let found = state.store.find_source_account(&path).await?;
    found.ok_or_else(|| {
        let message = format_args!("is refused: the connection has no source account {id}");
        Faults::of(VALIDATOR).refuse(Place::Field(&Place::Body, "sourceAccountId"), message)
    })
}

/// What the domain does not allow, at the field that would have to be another.
fn refuse(why: &WishRefused) -> ApiError {
    let field = match why {
        WishRefused::NotLinked(_) => return ApiError::refused(why.to_string()),
        WishRefused::NoBooks => return ApiError::conflict(why.to_string()),
        WishRefused::Mapped(_) => "sourceAccountId",
        WishRefused::UnknownTarget(_) | WishRefused::Unfit { .. } => "targetAccountId",
    };
    let place = Place::Field(&Place::Body, field);
    Faults::of(VALIDATOR).refuse(place, format_args!("is refused: {why}"))
}

/// Reads a wish whole, so that every fault is told. `latest` is today, wherever it is latest.
fn read_wish(body: &[u8], latest: Date) -> Answer<Wish> {
    let mut faults = Faults::of(VALIDATOR);
    let object = parse_object(body, Seed::object(FIELDS), VALIDATOR)?;
    let mut fields = Fields::new(&object, Place::Body, &mut faults);
    fields.require("sourceAccountId");
    let source = fields.parsed("sourceAccountId", TEXT_CHARS_MAX, AccountId::parse);
    let target = fields.text("targetAccountId", TEXT_CHARS_MAX);
    let feed_start = fields.parsed("feedStartDate", TEXT_CHARS_MAX, LineDate::parse);
    let feed_start = feed_start.map(|moment| moment.date());
    if let Some(day) = feed_start.filter(|day| *day > latest) {
        let message = format_args!("is {day}, in the future: without it, a feed starts today");
        fields.fault("feedStartDate", message);
    }
    match source {
        Some(account) if faults.is_empty() => {
            Ok(Wish { account, target: target.filter(|id| !id.is_empty()), feed_start })
        }
        Some(_) | None => Err(faults.into_error()),
    }
}

impl MappedShape {
    /// The mapping that an account has.
    fn show(account: &SourceAccount, link: &Link) -> Self {
        let mapping = link.mapping(&account.id);
        let (status, error) = status(account, mapping);
        Self {
            source_account_id: account.id.to_string(),
            target_account_id: mapping.and_then(|own| own.target()).map(str::to_owned),
            status,
            error,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;
    use domain::connection::ConnectionStatus;
    use jiff::civil::date;
    use testkit::{NOON, TODAY};

    #[test]
    fn a_wish_names_all_its_faults() {
        let read = |body: &[u8]| read_wish(body, date(2024, 5, 1));
        let body =
            br#"{"sourceAccountId":"a","targetAccountId":null,"feedStartDate":"2024-05-01"}"#;
        let wish = read(body).unwrap();
        let first = (wish.account.as_str(), wish.target, wish.feed_start);
        assert_eq!(first, ("a", None, Some(date(2024, 5, 1))));
        let body = br#"{"sourceAccountId":"a","targetAccountId":"t","feedStartDate":"2024-05-01T00:00:00Z"}"#;
        let wish = read(body).unwrap();
        assert_eq!((wish.target.as_deref(), wish.feed_start), (Some("t"), Some(date(2024, 5, 1))));
        assert_eq!(read(br#"{"sourceAccountId":"a","targetAccountId":""}"#).unwrap().target, None);
        let body = br#"{"targetAccountId":7,"feedStartDate":"soon"}"#;
        let faults = read(body).unwrap_err().into_faults();
        let paths: Vec<_> = faults.iter().map(|fault| fault.path.as_str()).collect();
        assert_eq!(paths, ["sourceAccountId", "targetAccountId", "feedStartDate"]);
        let body = br#"{"sourceAccountId":"a","feedStartDate":"2024-05-02"}"#;
        let faults = read(body).unwrap_err().into_faults();
        assert_eq!(faults.len(), 1);
        assert!(
            faults[0].message.contains("is 2024-05-02, in the future"),
            "{}",
            faults[0].message
        );
    }

    #[test]
    fn a_refusal_names_the_field_that_would_have_to_be_another() {
        let place = |why| refuse(&why).into_faults().first().map(|fault| fault.path.clone());
        let unfit = WishRefused::Unfit { name: "Savings".into(), why: "it is fed".into() };
        for (why, field) in [
            (WishRefused::NotLinked("Unlinked"), None),
            (WishRefused::NoBooks, None),
            (WishRefused::Mapped("x".into()), Some("sourceAccountId")),
            (WishRefused::UnknownTarget("x".into()), Some("targetAccountId")),
            (unfit, Some("targetAccountId")),
        ] {
            assert_eq!(place(why).as_deref(), field);
        }
    }

    #[test]
    fn a_wish_is_answered_by_how_its_mapping_stands() {
        let (mut link, account) = (sample::link(), sample::account("a"));
        let wish = |link: &mut Link, target: Option<&str>| {
            let target = target.map(str::to_owned);
            let wish = Wish { account: account.id.clone(), target, feed_start: None };
            link.wish(&account, wish, (ConnectionStatus::Linked, NOON)).unwrap();
            serde_json::to_string(&MappedShape::show(&account, link)).unwrap()
        };
        let new = wish(&mut link, None);
        assert_eq!(new, r#"{"sourceAccountId":"a","status":"connecting"}"#);
        link.feed_refused(&account.id, "no");
        let again = wish(&mut link, Some("current"));
        let expected =
            r#"{"sourceAccountId":"a","targetAccountId":"current","status":"connecting"}"#;
        assert_eq!(again, expected);
        link.feed_connected(&account.id, "current", TODAY);
        assert_eq!(wish(&mut link, Some("current")), expected.replace("ing\"}", "ed\"}"));
    }
}
