//! A bank's customer links Xero and maps two accounts; the bank pushes; an answer is lost, a statement is refused; and
//! Xero's ledger is compared with what was sent.

use super::super::simulate::{Customer, shown_xero_account};
use super::check::differences;
use super::lines::{
    CARD, CHECKING, DemoAccount, DemoLine, FIRST_PUSH_LINES, OLDEST_DAYS, OVERLAP_LINES,
};
use super::teller::{Place, Teller, part};
use crate::commands::remote::{items, need_text};
use crate::output;
use anyhow::{anyhow, bail};
use domain::clock::days_before;
use domain::platform::XERO;
use reqwest::Method;
use serde_json::{Value, json};

const ACCOUNTS: [DemoAccount; 2] = [CHECKING, CARD];
/// What the simulated demo organisation keeps its books in.
const CURRENCY: &str = "GBP";

/// Tells it all. An error means that it did not end well.
pub(super) async fn tell(mut teller: Teller<'_>) -> anyhow::Result<()> {
    let place = teller.set_up(XERO.key, &ACCOUNTS, CURRENCY).await?;
    // Xero's own two seconds are real, and a watcher's patience is, too.
    teller.remote.xero(Method::PATCH, "settings", json!({"deliverySecs": 1})).await?;
    link(&mut teller, &place).await?;
    let all = ACCOUNTS.map(|account| account.lines(teller.today));
    let parts = |from: usize, to: usize| -> Vec<(&DemoAccount, Vec<DemoLine>)> {
        ACCOUNTS.iter().zip(&all).map(|(account, lines)| (account, part(lines, from, to))).collect()
    };
    teller.deliver(&place, &parts(0, FIRST_PUSH_LINES)).await?;
    order(&mut teller, "reset-after", "Xero takes the next statement, and its answer is lost")
        .await?;
    let middle = all.each_ref().map(Vec::len).into_iter().min().unwrap_or_default();
    let before_last = middle.saturating_sub(1);
    teller.deliver(&place, &parts(FIRST_PUSH_LINES - OVERLAP_LINES, before_last)).await?;
    refuse(&mut teller, &place, &parts(before_last, usize::MAX)).await?;
    teller.deliver(&place, &parts(before_last, usize::MAX)).await?;
    compare(&mut teller, &all).await
}

async fn link(teller: &mut Teller<'_>, place: &Place) -> anyhow::Result<()> {
    let remote = teller.remote.clone();
    let (company, connection) = (place.company.as_str(), place.connection.as_str());
    let customer = Customer { remote: &remote, key: teller.key, company, connection };
    customer.consent().await?;
    let info = remote.get(teller.key, &place.path(&["bankFeeds", "info"])).await?;
    let organisation = need_text(&info, "companyName")?;
    teller.told(
        "The customer opens linkUrl, says yes at Xero, and comes back",
        &format!("connection Linked with {organisation:?}"),
    )?;
    let start = days_before(teller.today, OLDEST_DAYS).to_string();
    let mapping = remote.get(teller.key, &place.path(&["bankFeedAccounts", "mapping"])).await?;
    for (account, is_new) in ACCOUNTS.iter().zip([false, true]) {
        let entries = mapping.as_array().map(Vec::as_slice).unwrap_or_default();
        let entry = entries.iter().find(|entry| entry["sourceAccountId"] == account.id);
        let entry = entry.ok_or_else(|| anyhow!("{} cannot be mapped", account.id))?;
        let option = items(entry, "targetAccountOptions").first().filter(|_| !is_new);
        let target = option.and_then(|option| option["id"].as_str());
        let mapped = customer.map(account.id, target, Some(&start)).await?;
        let leads_to = mapped.get("targetAccountName").and_then(Value::as_str);
        let leads_to = leads_to.unwrap_or("a new account");
        let wish = if is_new { "a new account" } else { "an account that is there" };
        teller.told(
            &format!("The customer maps {:?} to {wish}, from {start} on", account.id),
            &format!("connected to {leads_to:?}"),
        )?;
    }
    Ok(())
}

/// Has the simulator do something to the next statement.
async fn order(teller: &mut Teller<'_>, fault: &str, words: &str) -> anyhow::Result<()> {
    let order = json!({
        "fault": fault,
        "operation": "create-statements",
        "calls": 1,
        "problem": "account-not-valid",
    });
    teller.remote.xero(Method::POST, "faults", order).await?;
    output::line(format_args!("     ({words})"))?;
    Ok(())
}

/// Xero refuses the last line of the first account: the push says so, and nothing of it is in the books.
async fn refuse(
    teller: &mut Teller<'_>,
    place: &Place,
    all: &[(&DemoAccount, Vec<DemoLine>)],
) -> anyhow::Result<()> {
    order(teller, "rejected-late", "Xero takes the next statement, and refuses it later").await?;
    let first = all.first().cloned().into_iter().collect::<Vec<_>>();
    for operation in teller.push(place, &first).await? {
        let status = need_text(&operation, "status")?;
        if status != "Failed" {
            bail!("a refused push ended as {status}: {operation}");
        }
        let said = operation.pointer("/validation/errors/0/message").and_then(Value::as_str);
        let said = said.unwrap_or_default();
        teller.told("GET …/push/{key}", &format!("{status}: {said}"))?;
    }
    Ok(())
}

async fn compare(teller: &mut Teller<'_>, sent: &[Vec<DemoLine>; 2]) -> anyhow::Result<()> {
    let ledger = teller.remote.xero(Method::GET, "ledger", Value::Null).await?;
    let fed = items(&ledger, "accounts").iter();
    let fed: Vec<_> = fed.filter(|account| !items(account, "statements").is_empty()).collect();
    output::line("")?;
    let mut found = Vec::new();
    for (account, sent) in ACCOUNTS.iter().zip(sent) {
        let is_its = |books: &&&Value| {
            let ids =
                items(books, "lines").iter().filter_map(|line| line["transactionId"].as_str());
            ids.into_iter().any(|id| sent.iter().any(|line| line.id == id))
        };
        let Some(books) = fed.iter().find(is_its) else {
            found.push(format!("{}: nothing stands in Xero", account.id));
            continue;
        };
        output::line(shown_xero_account(books))?;
        found.extend(
            differences(books, sent).into_iter().map(|found| format!("{}: {found}", account.id)),
        );
    }
    if !found.is_empty() {
        bail!("Xero's ledger differs from what was sent: {}", found.join("; "));
    }
    let lines: usize = sent.iter().map(Vec::len).sum();
    teller.told(
        &format!(
            "{lines} lines were sent, some of them twice; an answer was lost, a statement refused"
        ),
        "each stands in Xero once, in order, with its sign; both balances agree",
    )
}
