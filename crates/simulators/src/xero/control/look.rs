//! Looking: organisations with all that belongs to them, the books, the calls that came.

use crate::xero::Xero;
use crate::xero::feeds::{self, Feed};
use crate::xero::organisation::{Account, Organisation};
use crate::xero::world::World;
use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

/// `GET /control/organisations`.
pub(super) async fn organisations(State(xero): State<Xero>) -> Json<Value> {
    Json(xero.change(|world, _| {
        let shown = world.organisations.iter().map(|one| organisation(world, one));
        json!({ "organisations": shown.collect::<Vec<_>>() })
    }))
}

/// One organisation, as the control API shows it.
pub(super) fn organisation(world: &World, organisation: &Organisation) -> Value {
    let connection = world.connections.iter().find(|one| one.tenant == organisation.id);
    let feeds = world.feeds.iter().filter(|feed| feed.tenant == organisation.id);
    let feeds: Vec<_> = feeds.map(Feed::summary).collect();
    let waiting = world.statements.iter().filter(|one| one.tenant == organisation.id);
    json!({
        "tenantId": organisation.id,
        "name": organisation.name,
        "user": organisation.user,
        "baseCurrency": organisation.base_currency,
        "currencies": organisation.currencies,
        "country": organisation.country,
        "takesFeeds": organisation.takes_feeds,
        "userConnectsFeeds": organisation.user_connects_feeds,
        "connectionId": connection.map(|connection| connection.id),
        "accounts": organisation.accounts.iter().map(account).collect::<Vec<_>>(),
        "feeds": feeds,
        "statementsPending": waiting.filter(|one| one.is_pending()).count(),
    })
}

fn account(account: &Account) -> Value {
    let bank = account.bank.as_ref();
    json!({
        "accountId": account.id,
        "code": account.code,
        "name": account.name,
        "active": account.is_active,
        "fedElsewhere": account.is_fed_elsewhere,
        "number": bank.map(|bank| bank.number.clone()),
        "type": bank.map(|bank| bank.kind.name()),
        "currency": bank.map(|bank| bank.currency.clone()),
    })
}

/// `GET /control/ledger`.
pub(super) async fn ledger(State(xero): State<Xero>) -> Json<Value> {
    Json(xero.change(|world, _| json!(feeds::ledger(world))))
}

/// `GET /control/calls`.
pub(super) async fn calls(State(xero): State<Xero>) -> Json<Value> {
    Json(xero.change_still(|world| json!({ "calls": world.seen.calls() })))
}
