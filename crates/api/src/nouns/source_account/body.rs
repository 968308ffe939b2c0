//! What a body says of source accounts: both of the contract's shapes, told apart by what they hold.

use crate::envelope::{Answer, ApiError};
use crate::json::{Faults, Fields, Node, Place, RawObject, Seed, parse, parse_object};
use domain::dates::parse_date;
use domain::money::{Amount, CurrencyCode};
use domain::source_account::{
    AccountChange, AccountDetails, AccountId, AccountInfo, RoutingInfo, Shape, V2_TYPES,
};
use schemars::{Schema, SchemaGenerator, json_schema};
use serde_json::json;

pub(super) const VALIDATOR: &str = "SourceAccounts";
/// No source names a limit; one call with so many accounts still takes less than a second.
pub(super) const ACCOUNTS_MAX: usize = 1_000;
/// No source names a limit; this one keeps a row on one page of a database.
const TEXT_CHARS_MAX: usize = 500;
const FIELDS: &[&str] = &[
    "id",
    "accountName",
    "accountType",
    "accountNumber",
    "sortCode",
    "currency",
    "balance",
    "status",
    "routingInfo",
    "accountInfo",
];
const V2_REQUIRED: [&str; 6] =
    ["id", "accountName", "accountType", "accountNumber", "currency", "balance"];
const ROUTING_FIELDS: &[&str] = &["bankCode", "type"];
const INFO_FIELDS: &[&str] = &["description", "nickname", "accountOpenDate", "availableBalance"];
/// The contract's closed list.
const ROUTING_TYPES: [&str; 13] = [
    "rtn", "aba", "swift", "bsb", "iban", "nz2", "trno", "sortcode", "blz", "ifsc", "bankcode",
    "apca", "clabe",
];
const ROUTING_TYPE_DEFAULT: &str = "bankcode";

/// What an account looks like, in whichever shape.
pub(super) fn account_schema(_schemas: &mut SchemaGenerator) -> Schema {
    let text = || json!({"type": ["string", "null"], "maxLength": TEXT_CHARS_MAX});
    json_schema!({
        "type": "object",
        "required": ["id"],
        "properties": {
            "id": {"type": "string", "minLength": 1, "maxLength": TEXT_CHARS_MAX},
            "accountName": text(),
            "accountType": text(),
            "accountNumber": text(),
            "sortCode": text(),
            "currency": {"type": ["string", "null"], "pattern": "^[A-Z]{3}$"},
            "balance": {"type": ["number", "null"]},
            "routingInfo": {
                "type": ["object", "null"],
                "properties": {"bankCode": text(), "type": {"type": "string", "enum": ROUTING_TYPES}},
            },
            "accountInfo": {
                "type": ["object", "null"],
                "properties": {
                    "description": text(),
                    "nickname": text(),
                    "accountOpenDate": {"type": ["string", "null"], "format": "date"},
                    "availableBalance": {"type": ["number", "null"]},
                },
            },
        },
    })
}

/// A list of them.
pub(super) fn accounts_schema(schemas: &mut SchemaGenerator) -> Schema {
    let account = account_schema(schemas);
    json_schema!({"type": "array", "minItems": 1, "maxItems": ACCOUNTS_MAX, "items": account})
}

/// What may change of an account.
pub(super) fn change_schema(_schemas: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "object",
        "properties": {
            "id": {"type": "string"},
            "accountName": {"type": ["string", "null"], "maxLength": TEXT_CHARS_MAX},
            "status": {"type": "string", "enum": ["disconnected"]},
            "balance": {"type": ["number", "null"]},
        },
    })
}

/// One account as a caller describes it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct AccountWish {
    pub(super) id: AccountId,
    pub(super) shape: Shape,
    pub(super) details: AccountDetails,
    pub(super) balance: Option<Amount>,
}

/// The accounts of a body, each with its faults if it has any.
#[derive(Debug)]
pub(super) enum AccountsBody {
    /// The body is one account.
    One(Box<Result<AccountWish, Flawed>>),
    /// The body is a list of them.
    Many(Vec<Result<AccountWish, Flawed>>),
}

/// An account that cannot be read.
#[derive(Debug)]
pub(super) struct Flawed {
    /// Its id, if that can be read.
    pub(super) id: String,
    /// What is wrong.
    pub(super) faults: Faults,
}

/// Reads one account or a list of them.
pub(super) fn read_accounts(body: &[u8]) -> Answer<AccountsBody> {
    let items = match parse(body, Seed::objects(FIELDS, ACCOUNTS_MAX), VALIDATOR)? {
        node @ (Node::Object(_) | Node::Other(_)) => {
            return Ok(AccountsBody::One(Box::new(read_account(&node, Place::Body))));
        }
        Node::List(items) => items,
    };
    let refuse = |message: String| Err(Faults::of(VALIDATOR).refuse(Place::Body, message));
    match items.count {
        0 => refuse("is an empty list, at least one account is needed".to_owned()),
        count if count > ACCOUNTS_MAX => {
            refuse(format!("holds {count} accounts, at most {ACCOUNTS_MAX} are taken at once"))
        }
        _ => {
            let places = items.nodes.iter().enumerate();
            let read =
                places.map(|(index, node)| read_account(node, Place::Item(&Place::Body, index)));
            Ok(AccountsBody::Many(read.collect()))
        }
    }
}

/// Every account, or all faults of all of them.
pub(super) fn all_sound(accounts: Vec<Result<AccountWish, Flawed>>) -> Answer<Vec<AccountWish>> {
    let mut faults = Faults::of(VALIDATOR);
    let mut sound = Vec::with_capacity(accounts.len());
    for account in accounts {
        match account {
            Ok(account) => sound.push(account),
            Err(flawed) => faults.extend(flawed.faults),
        }
    }
    faults.check()?;
    Ok(sound)
}

fn read_account(node: &Node<'_>, place: Place<'_>) -> Result<AccountWish, Flawed> {
    let mut faults = Faults::of(VALIDATOR);
    let Node::Object(object) = node else {
        faults.add(place, format_args!("must be an object, not {}", node.kind()));
        return Err(Flawed { id: String::new(), faults });
    };
    let mut fields = Fields::new(object, place, &mut faults);
    fields.require("id");
    let id = fields.parsed("id", TEXT_CHARS_MAX, AccountId::parse);
    let balance = fields.amount("balance");
    let mut details = AccountDetails {
        name: fields.text("accountName", TEXT_CHARS_MAX),
        number: fields.text("accountNumber", TEXT_CHARS_MAX),
        sort_code: fields.text("sortCode", TEXT_CHARS_MAX),
        account_type: fields.text("accountType", TEXT_CHARS_MAX),
        currency: fields.parsed("currency", TEXT_CHARS_MAX, CurrencyCode::parse),
        routing: None,
        info: None,
    };
    let shape = shape_of(&fields, &details);
    if shape == Shape::V2 {
        details.routing = read_routing(object, place, &mut faults);
        details.info = read_info(object, place, &mut faults);
    }
    match id {
        Some(id) if faults.is_empty() => Ok(AccountWish { id, shape, details, balance }),
        id => Err(Flawed { id: id.map(|id| id.to_string()).unwrap_or_default(), faults }),
    }
}

/// An account is of the second shape when it has all that the second requires, and one of its types.
fn shape_of(fields: &Fields<'_, '_>, details: &AccountDetails) -> Shape {
    let account_type = details.account_type.as_deref().unwrap_or_default();
    let is_complete = V2_REQUIRED.iter().all(|name| fields.raw(name).is_some());
    if is_complete && V2_TYPES.contains(&account_type) { Shape::V2 } else { Shape::V1 }
}

fn read_routing(
    account: &RawObject<'_>,
    place: Place<'_>,
    faults: &mut Faults,
) -> Option<RoutingInfo> {
    let object = read_inner(account, "routingInfo", ROUTING_FIELDS, place, faults)?;
    let mut fields = Fields::new(&object, Place::Field(&place, "routingInfo"), faults);
    let kind = fields.parsed("type", TEXT_CHARS_MAX, |kind| {
        let known = ROUTING_TYPES.into_iter().find(|known| *known == kind);
        known.ok_or_else(|| format!("{kind:?} is not one of {}", ROUTING_TYPES.join(", ")))
    });
    let kind = Some(kind.unwrap_or(ROUTING_TYPE_DEFAULT).to_owned());
    Some(RoutingInfo { bank_code: fields.text("bankCode", TEXT_CHARS_MAX), kind })
}

fn read_info(
    account: &RawObject<'_>,
    place: Place<'_>,
    faults: &mut Faults,
) -> Option<AccountInfo> {
    let object = read_inner(account, "accountInfo", INFO_FIELDS, place, faults)?;
    let mut fields = Fields::new(&object, Place::Field(&place, "accountInfo"), faults);
    Some(AccountInfo {
        description: fields.text("description", TEXT_CHARS_MAX),
        nickname: fields.text("nickname", TEXT_CHARS_MAX),
        opened_on: fields.parsed("accountOpenDate", TEXT_CHARS_MAX, parse_date),
        available_balance: fields.amount("availableBalance"),
    })
}

/// An object within the account.
fn read_inner<'a>(
    account: &RawObject<'a>,
    name: &'static str,
    names: &'static [&'static str],
    place: Place<'_>,
    faults: &mut Faults,
) -> Option<RawObject<'a>> {
    let raw = account.get(name)?;
    match parse(raw.get().as_bytes(), Seed::object(names), VALIDATOR) {
        Ok(Node::Object(object)) => Some(object),
        Ok(other) => {
            let message = format_args!("must be an object, not {}", other.kind());
            faults.add(Place::Field(&place, name), message);
            None
        }
        // The whole body was checked as JSON, so only a key with half of a surrogate pair gets here.
        Err(error) => {
            faults.add(Place::Field(&place, name), error.into_text());
            None
        }
    }
}

/// Reads a change of the account `id`.
pub(super) fn read_change(body: &[u8], id: &AccountId) -> Answer<AccountChange> {
    let mut faults = Faults::of(VALIDATOR);
    let object = parse_object(body, Seed::object(FIELDS), VALIDATOR)?;
    let mut fields = Fields::new(&object, Place::Body, &mut faults);
    if fields.text("id", TEXT_CHARS_MAX).is_some_and(|text| text != id.as_str()) {
        fields.fault("id", "is not the id in the path: an account keeps its id");
    }
    let disconnect = fields.parsed("status", TEXT_CHARS_MAX, |status| match status {
        "disconnected" => Ok(true),
        _ => Err("an account can only be set to disconnected"),
    });
    let change = AccountChange {
        name: fields.text("accountName", TEXT_CHARS_MAX),
        balance: fields.amount("balance"),
        disconnect: disconnect.unwrap_or(false),
    };
    faults.check()?;
    Ok(change)
}

/// The error of an account that was to be made by itself.
pub(super) fn flawed(flawed: Flawed) -> ApiError {
    flawed.faults.into_error()
}

#[cfg(test)]
mod tests {
    use super::*;

    const V2: &str = r#"{"id":"cur-1","accountName":"Current","accountType":"checking","accountNumber":"0011",
        "currency":"EUR","balance":12.50,"routingInfo":{"bankCode":"1"},"accountInfo":{"accountOpenDate":"2020-02-29","availableBalance":1e2}}"#;

    fn one(body: &str) -> Result<AccountWish, String> {
        match read_accounts(body.as_bytes()).map_err(ApiError::into_text)? {
            AccountsBody::One(read) => {
                read.map_err(|flawed| flawed.faults.into_error().into_text())
            }
            AccountsBody::Many(_) => Err("many".to_owned()),
        }
    }

    #[test]
    fn an_account_with_all_of_the_second_shape_is_of_it() {
        let account = one(V2).unwrap();
        assert_eq!(account.shape, Shape::V2);
        assert_eq!(account.balance.unwrap().to_string(), "12.50");
        let routing = account.details.routing.unwrap();
        assert_eq!(routing.kind.as_deref(), Some("bankcode"));
        let info = account.details.info.unwrap();
        assert_eq!(info.opened_on.unwrap().to_string(), "2020-02-29");
        assert_eq!(info.available_balance.unwrap().to_string(), "100");
    }

    #[test]
    fn anything_less_is_of_the_first_shape() {
        for body in [
            V2.replace("12.50", "null"),
            V2.replace("checking", "Debit"),
            r#"{"id":"x"}"#.to_owned(),
        ] {
            assert_eq!(one(&body).unwrap().shape, Shape::V1, "{body}");
        }
    }

    #[test]
    fn a_flawed_account_names_its_faults() {
        for (body, part) in [
            ("{}", "id is missing"),
            (r#"{"id":"batch"}"#, "id is refused"),
            (r#"{"id":7}"#, "id must be a text, not a number"),
            (r#"{"id":"a","currency":"eur"}"#, "currency is refused"),
            (r#"{"id":"a","balance":"1"}"#, "balance must be a number, not a text"),
            ("7", "body must be an object, not a number"),
            (
                &V2.replace(r#"{"bankCode":"1"}"#, r#"{"type":"zip"}"#),
                "routingInfo.type is refused",
            ),
            (&V2.replace(r#"{"bankCode":"1"}"#, "[]"), "routingInfo must be an object, not a list"),
            (&V2.replace("02-29", "02-30"), "accountInfo.accountOpenDate is refused"),
        ] {
            let error = one(body).unwrap_err();
            assert!(error.starts_with(part), "{body}: {error}");
        }
    }

    #[test]
    fn a_list_is_read_item_by_item_and_neither_empty_nor_endless() {
        let AccountsBody::Many(read) =
            read_accounts(br#"[{"id":"a"},{"id":"b","balance":[]},7]"#).unwrap()
        else {
            panic!("a list was sent");
        };
        assert_eq!(read.iter().map(Result::is_ok).collect::<Vec<_>>(), [true, false, false]);
        let error = all_sound(read).unwrap_err().into_text();
        assert!(
            error.starts_with("[1].balance must be a number") && error.contains("1 more"),
            "{error}"
        );
        let many = format!("[{}]", vec!["{}"; ACCOUNTS_MAX + 1].join(","));
        assert!(read_accounts(b"[]").unwrap_err().into_text().contains("empty list"));
        assert!(read_accounts(many.as_bytes()).unwrap_err().into_text().contains("1001 accounts"));
    }

    #[test]
    fn a_change_is_of_this_account_and_within_what_may_change() {
        let id = AccountId::parse("a").unwrap();
        let read = |body: &str| read_change(body.as_bytes(), &id).map_err(ApiError::into_text);
        let change = read(
            r#"{"id":"a","accountName":"N","balance":-1.0,"status":"disconnected","currency":"USD"}"#,
        );
        let change = change.unwrap();
        assert_eq!((change.name.as_deref(), change.disconnect), (Some("N"), true));
        assert_eq!(read("{}").unwrap(), AccountChange::default());
        assert!(read(r#"{"id":"b"}"#).unwrap_err().contains("not the id in the path"));
        assert!(
            read(r#"{"status":"connected"}"#).unwrap_err().contains("only be set to disconnected")
        );
    }
}
