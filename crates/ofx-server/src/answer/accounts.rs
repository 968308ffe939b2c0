//! `ACCTINFORQ`: which accounts there are. Whoever asks has typed the credentials, and that is the customer's
//! permission: the connection becomes linked.

use domain::connection::ConnectionStatus;
use domain::source_account::SourceAccount;
use ofx::{AccountEntry, AccountInfo, ResponseMessage, ServiceStatus, StatusCode, Trn};

use super::customer::Customer;
use super::mapping::account_from;
use super::{Answered, NoAnswer};

/// What is shown of a number at the bank.
const LAST_DIGITS: usize = 4;
/// `DESC` has room for 80, and the last digits must stay.
const NAME_CHARS_MAX: usize = 70;

/// Links the connection and lists its accounts. One that was disconnected is offered again only to newer credentials:
/// the store would not open it.
pub(super) async fn answer(customer: &Customer<'_>, trn: &Trn) -> Result<Answered, NoAnswer> {
    let accounts = customer.accounts().await?;
    let open: Vec<_> = accounts.iter().filter(|account| customer.may_fetch(account)).collect();
    // A connection whose accounts were all disconnected is not revived by a client that goes on asking.
    if accounts.is_empty() || !open.is_empty() {
        ensure_linked(customer).await?;
    }
    let bank_id = &customer.visit.state.options.bank_id;
    let entry = |account: &&SourceAccount| AccountEntry {
        description: Some(description(account)),
        account: account_from(account, bank_id),
        service: ServiceStatus::Active,
    };
    let accounts = open.iter().map(entry).collect();
    let info = AccountInfo { dt_acct_up: customer.visit.stamp, accounts };
    Ok(ResponseMessage::AccountInfo { trn: trn.clone(), info }.into())
}

/// Looks before it writes: clients ask for their accounts every day.
async fn ensure_linked(customer: &Customer<'_>) -> Result<(), NoAnswer> {
    let (store, path) = (&customer.visit.state.store, &customer.credential.path);
    let connection = match store.find_connection(path).await? {
        Some(connection) if connection.status != ConnectionStatus::Linked => {
            store.link_connection(path, customer.visit.now).await?
        }
        found => found,
    };
    // It was deleted since the sign-on, a moment ago.
    connection.map(|_linked| ()).ok_or(StatusCode::NotAuthorized.into())
}

/// The name and the last digits, as customers know them from their statements.
fn description(account: &SourceAccount) -> String {
    let name = account.details.name.as_deref().map(str::trim).filter(|name| !name.is_empty());
    let name: String = name.unwrap_or("Account").chars().take(NAME_CHARS_MAX).collect();
    match last_digits(account.details.number.as_deref().unwrap_or_default()) {
        Some(digits) => format!("{name} ...{digits}"),
        None => name,
    }
}

/// A number so short that this would be most of it is not shown.
fn last_digits(number: &str) -> Option<String> {
    let letters: Vec<char> = number.chars().filter(|c| c.is_alphanumeric()).collect();
    let hidden = letters.len().checked_sub(LAST_DIGITS).filter(|hidden| *hidden > 0)?;
    Some(letters.into_iter().skip(hidden).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::source_account::AccountDetails;
    use testkit::{a_client, a_company, a_connection, an_account};

    #[test]
    fn an_account_is_described_by_its_name_and_last_digits() {
        let account = an_account(&a_connection(&a_company(a_client().id)), "a");
        let described = |name: Option<&str>, number: Option<&str>| {
            description(&SourceAccount {
                details: AccountDetails {
                    name: name.map(ToOwned::to_owned),
                    number: number.map(ToOwned::to_owned),
                    ..AccountDetails::default()
                },
                ..account.clone()
            })
        };
        assert_eq!(described(Some("Current"), Some("10203040")), "Current ...3040");
        assert_eq!(
            described(Some("Current"), Some("GB29 NWBK 6016 1331 9268 19")),
            "Current ...6819"
        );
        assert_eq!(described(Some("Current"), Some("1234")), "Current");
        assert_eq!(described(Some("  "), Some("12345")), "Account ...2345");
        assert_eq!(described(None, None), "Account");
        let long = "n".repeat(200);
        assert!(described(Some(&long), Some("12345")).ends_with("n ...2345"));
        assert!(described(Some(&long), Some("12345")).len() <= 80);
    }
}
