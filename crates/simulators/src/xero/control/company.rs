//! What people do in Xero itself: open organisations and accounts, take the app off, switch a feed off.

use super::look;
use super::refusal::{Refusal, id, read};
use crate::xero::Xero;
use crate::xero::feeds::{is_country, is_currency};
use crate::xero::ids::{Id, Ids};
use crate::xero::organisation::{BankKind, BankSide, DEMO_USER, Organisation};
use crate::xero::world::World;
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct OrganisationBody {
    name: String,
    user: Option<String>,
    base_currency: Option<String>,
    currencies: Option<Vec<String>>,
    country: Option<String>,
    takes_feeds: Option<bool>,
    user_connects_feeds: Option<bool>,
    #[serde(default)]
    accounts: Vec<AccountBody>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct AccountBody {
    name: String,
    number: String,
    currency: Option<String>,
    #[serde(rename = "type")]
    kind: Option<BankKind>,
    active: Option<bool>,
    #[serde(default)]
    fed_elsewhere: bool,
}

/// `POST /control/organisations`.
pub(super) async fn add_organisation(
    State(xero): State<Xero>,
    body: Bytes,
) -> Result<Json<Value>, Refusal> {
    let body: OrganisationBody = read(&body)?;
    xero.change(|world, _| {
        let organisation = body.organisation(world)?;
        let shown = look::organisation(world, &organisation);
        world.organisations.push(organisation);
        Ok(Json(shown))
    })
}

/// `POST /control/organisations/{tenant}/accounts`.
pub(super) async fn add_account(
    State(xero): State<Xero>,
    Path(tenant): Path<String>,
    body: Bytes,
) -> Result<Json<Value>, Refusal> {
    let tenant = id(&tenant, "organisation")?;
    let body: AccountBody = read(&body)?;
    xero.change(|world, _| {
        let organisations = &mut world.organisations;
        let organisation = organisations.iter_mut().find(|one| one.id == tenant);
        let organisation = organisation.ok_or(Refusal::NotFound("organisation"))?;
        let id = body.open(organisation, &mut world.ids)?;
        Ok(Json(json!({ "accountId": id })))
    })
}

/// `POST /control/organisations/{tenant}/disconnect`: the user takes the app off.
pub(super) async fn disconnect(
    State(xero): State<Xero>,
    Path(tenant): Path<String>,
) -> Result<Json<Value>, Refusal> {
    let tenant = id(&tenant, "organisation")?;
    xero.change(|world, _| {
        let organisation = world.organisation(tenant).ok_or(Refusal::NotFound("organisation"))?;
        let shown = json!({ "tenantId": organisation.id, "connectionId": Value::Null });
        world.connections.retain(|connection| connection.tenant != tenant);
        Ok(Json(shown))
    })
}

/// `POST /control/feeds/{id}/switch-off`: the user switches a feed off.
pub(super) async fn switch_off_feed(
    State(xero): State<Xero>,
    Path(feed): Path<String>,
) -> Result<Json<Value>, Refusal> {
    let feed = id(&feed, "feed")?;
    if xero.change(|world, _| world.switch_off_feed(feed)) {
        return Ok(Json(json!({ "id": feed })));
    }
    Err(Refusal::NotFound("feed"))
}

impl OrganisationBody {
    fn organisation(&self, world: &mut World) -> Result<Organisation, Refusal> {
        let country = self.country.clone().unwrap_or_else(|| "GB".to_owned());
        let base_currency = self.base_currency.clone().unwrap_or_else(|| "GBP".to_owned());
        let mut currencies = self.currencies.clone().unwrap_or_default();
        if !currencies.contains(&base_currency) {
            currencies.insert(0, base_currency.clone());
        }
        if let Some(unknown) = currencies.iter().find(|code| !is_currency(code)) {
            return Err(Refusal::Body(format!("{unknown:?} is no currency")));
        }
        if !is_country(&country) {
            return Err(Refusal::Body(format!("{country:?} is no country")));
        }
        let mut organisation = Organisation {
            user: self.user.clone().unwrap_or_else(|| DEMO_USER.to_owned()),
            base_currency,
            currencies,
            country,
            takes_feeds: self.takes_feeds.unwrap_or(true),
            user_connects_feeds: self.user_connects_feeds.unwrap_or(true),
            ..Organisation::named(world.ids.id(), &self.name)
        };
        for account in &self.accounts {
            account.open(&mut organisation, &mut world.ids)?;
        }
        Ok(organisation)
    }
}

impl AccountBody {
    fn open(&self, organisation: &mut Organisation, ids: &mut Ids) -> Result<Id, Refusal> {
        let currency = self.currency.as_ref().unwrap_or(&organisation.base_currency).clone();
        if !is_currency(&currency) {
            return Err(Refusal::Body(format!("{currency:?} is no currency")));
        }
        let kind = self.kind.unwrap_or(BankKind::Bank);
        let bank = BankSide { number: self.number.clone(), kind, currency };
        let id = organisation.open_account(ids, &self.name, bank);
        if let Some(account) = organisation.accounts.last_mut() {
            account.is_active = self.active.unwrap_or(true);
            account.is_fed_elsewhere = self.fed_elsewhere;
        }
        Ok(id)
    }
}
