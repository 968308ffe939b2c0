//! `millrace simulate link`: the customer gets credentials, types them into QuickBooks, and chooses accounts.

use super::consent::Customer;
use super::poll::shown_counters;
use crate::cli::LinkArgs;
use crate::commands::remote::{Remote, items, need_text};
use crate::output;
use anyhow::bail;
use domain::platform::XERO;
use jiff::civil::Date;
use reqwest::Method;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Links, step by step.
pub(super) async fn run(args: &LinkArgs) -> anyhow::Result<()> {
    let remote = Remote::at(&args.server.server)?;
    check_start(args.start.as_deref())?;
    // Credentials are live and shown once: none are made for a QuickBooks that is not there.
    remote.quickbooks(Method::GET, "books", Value::Null).await?;
    let path = ["companies", &args.company, "connections", &args.connection];
    let shown = remote.get(&args.key, &path).await?;
    if shown.get("integrationKey").is_some_and(|key| *key == XERO.key) {
        return link_xero(&remote, args).await;
    }
    let connection = ["companies", &args.company, "connections", &args.connection];
    let accounts_path = [["ext", "v1"].as_slice(), &connection, &["accounts"]].concat();
    let listed = numbers_by_id(&remote.list(&args.key, &accounts_path).await?)?;
    let accounts = chosen(args, &listed)?;
    let credentials_path =
        [connection.as_slice(), &["connectionInfo", "bankFeedAccounts", "credentials"]].concat();
    let credentials = remote.post(&args.key, &credentials_path, "{}").await?;
    let username = need_text(&credentials, "username")?;
    output::line(format_args!(
        "The customer gets credentials: user name {username}, and a password."
    ))?;
    let ids: Map<_, _> =
        listed.iter().map(|(id, number)| (number.clone(), Value::from(id.as_str()))).collect();
    let body = json!({
        "connection": args.connection,
        "username": username,
        "password": need_text(&credentials, "password")?,
        "accounts": accounts,
        "sourceAccountIds": ids,
        "start": args.start,
    });
    let linked = remote.quickbooks(Method::POST, "link", body).await?;
    tell(&linked, &ids)?;
    let shown = remote.get(&args.key, &connection).await?;
    output::line(format_args!("The connection is {}.", need_text(&shown, "status")?))?;
    Ok(())
}

/// Links Xero: consent, then the mapping of the accounts that were named.
async fn link_xero(remote: &Remote, args: &LinkArgs) -> anyhow::Result<()> {
    // The customer says yes to nobody who is not simulated.
    remote.xero(Method::GET, "settings", Value::Null).await?;
    let (company, connection) = (args.company.as_str(), args.connection.as_str());
    let customer = Customer { remote, key: &args.key, company, connection };
    let known = customer.accounts().await?;
    if let Some(id) = args.accounts.iter().find(|id| !known.contains(id)) {
        bail!("--account: there is no {id:?}; there are: {}", known.join(", "));
    }
    let accounts = if args.all { &known } else { &args.accounts };
    customer.link(accounts, args.start.as_deref()).await
}

fn check_start(start: Option<&str>) -> anyhow::Result<()> {
    match start.map(str::parse::<Date>) {
        Some(Err(_no_date)) => bail!("--start: write the day as YYYY-MM-DD"),
        Some(Ok(_)) | None => Ok(()),
    }
}

/// What OFX clients see as the account's number, by the caller's id.
fn numbers_by_id(listed: &[Value]) -> anyhow::Result<BTreeMap<String, String>> {
    let pair = |account: &Value| {
        let id = need_text(account, "id")?.to_owned();
        Ok((id, need_text(account, "publicNumber")?.to_owned()))
    };
    listed.iter().map(pair).collect()
}

/// The numbers of the accounts that were named, or "all".
fn chosen(args: &LinkArgs, listed: &BTreeMap<String, String>) -> anyhow::Result<Value> {
    if args.all {
        return Ok(Value::from("all"));
    }
    let mut numbers = Vec::new();
    for id in &args.accounts {
        let Some(number) = listed.get(id) else {
            let known: Vec<_> = listed.keys().map(String::as_str).collect();
            match known.as_slice() {
                [] => bail!("--account: the connection has no accounts yet: create {id:?} first"),
                known => bail!("--account: there is no {id:?}; there are: {}", known.join(", ")),
            }
        };
        numbers.push(number.as_str());
    }
    Ok(json!(numbers))
}

fn tell(linked: &Value, ids: &Map<String, Value>) -> anyhow::Result<()> {
    let institution = need_text(linked, "institution")?;
    output::line(format_args!("QuickBooks signs in at {institution} and sees:"))?;
    for offer in items(linked, "offered") {
        let number = need_text(offer, "number")?;
        let id = ids.get(number).and_then(Value::as_str).unwrap_or(number);
        let (name, kind) = (need_text(offer, "name")?, need_text(offer, "kind")?);
        output::line(format_args!("  {id} — {name}, number {number} ({kind})"))?;
    }
    for poll in items(linked, "chosen") {
        let account = need_text(poll, "accountId")?;
        let counters = shown_counters(poll);
        output::line(format_args!("The customer chooses {account}: {counters}."))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::ServerArgs;

    fn args(accounts: &[&str]) -> LinkArgs {
        LinkArgs {
            server: ServerArgs { server: "http://127.0.0.1:8717".to_owned() },
            key: "k".to_owned(),
            company: "co".to_owned(),
            connection: "c".to_owned(),
            accounts: accounts.iter().map(|id| (*id).to_owned()).collect(),
            all: false,
            start: None,
        }
    }

    #[test]
    fn ids_become_numbers() {
        let listed =
            [json!({"id": "a", "publicNumber": "1"}), json!({"id": "b", "publicNumber": "2"})];
        let listed = numbers_by_id(&listed).unwrap();
        assert_eq!(chosen(&args(&["b", "a"]), &listed).unwrap(), json!(["2", "1"]));
        assert_eq!(chosen(&args(&[]), &listed).unwrap(), json!([]));
        assert_eq!(chosen(&LinkArgs { all: true, ..args(&[]) }, &listed).unwrap(), json!("all"));
        let refusal = chosen(&args(&["c"]), &listed).unwrap_err().to_string();
        assert_eq!(refusal, "--account: there is no \"c\"; there are: a, b");
        let refusal = chosen(&args(&["c"]), &BTreeMap::new()).unwrap_err().to_string();
        assert!(refusal.contains("no accounts yet"));
    }

    #[test]
    fn a_start_is_a_day() {
        assert!(check_start(Some("2024-02-29")).is_ok() && check_start(None).is_ok());
        assert!(
            check_start(Some("29.2.2024")).is_err() && check_start(Some("2023-02-29")).is_err()
        );
    }
}
