//! The payloads of the documents that the project was asked to implement, byte for byte as they stand there but for
//! remarks, and the answers that those documents show; only dates are moved to where a rule wants them. The tutorial of
//! seed 004 is in quickbooks.rs, and runs with its own library in sdks.rs.

use crate::harness::{Books, Database, Server, days_ago, link_account, on_both, text, today};
use serde_json::{Value, json};

on_both! {
    the_push_page_of_january_2023_sends_no_type_and_whole_amounts;
    the_push_page_of_september_2023_is_answered_as_it_shows;
    a_type_against_its_sign_is_a_warning;
    balances_that_do_not_add_up_are_accepted;
    only_connected_accounts_are_listed_with_a_first_day;
}

const JANUARY_PUSH: &str = include_str!("../../payloads/january-2023-push.json");
const SEPTEMBER_PUSH: &str = include_str!("../../payloads/september-2023-push.json");
const SEPTEMBER_ANSWER: &str = include_str!("../../payloads/september-2023-answer.json");
const XERO_ACCOUNTS: &str = include_str!("../../payloads/xero-accounts.json");
const XERO_PUSH: &str = include_str!("../../payloads/xero-push.json");

/// Seed 000: two lines with milliseconds and no transactionType; the last balance becomes the account's.
async fn the_push_page_of_january_2023_sends_no_type_and_whole_amounts(database: Database) {
    let server = Server::start(database).await;
    let account = json!({"id": "482342-acc-001", "accountName": "Current", "accountType": "checking", "balance": 1550});
    let books = link_account(&server.caller(), account, days_ago(7)).await;
    let (first, second) = (days_ago(1), today());
    let body = JANUARY_PUSH
        .replace("2022-08-30", &first.to_string())
        .replace("2022-08-31", &second.to_string());
    let operation = books.caller.post(&books.push_path(), body).await.expect(200).json();
    assert_eq!((&operation["status"], &operation["statusCode"]), (&json!("Pending"), &json!(202)));
    assert_eq!(operation["validation"], json!({"errors": [], "warnings": []}));
    let lines = &operation["data"]["transactions"];
    assert_eq!(lines[0]["date"], format!("{first}T17:05:12.191Z"));
    assert_eq!(lines[1]["amount"], 730);
    assert!(lines[0].get("transactionType").is_none(), "{lines}");
    let key = text(&operation["pushOperationKey"]);
    let ended = books.caller.ended_push(&books.company, &key).await;
    assert_eq!((&ended["status"], &ended["statusCode"]), (&json!("Success"), &json!(200)));
    let accounts = accounts_of(&books).await;
    assert_eq!(accounts[0]["balance"], 2730, "{accounts}");
}

/// Seeds 001 and 003: the whole answer, but for what the server chooses.
async fn the_push_page_of_september_2023_is_answered_as_it_shows(database: Database) {
    let server = Server::start(database).await;
    // The document sends this id and shows another in its answer.
    let (sent_id, shown_id) = ("sourceAccountId", "a3f28138-e2b9-4daa-92e1-5a99fb29ac42");
    let books = link_account(&server.caller(), json!({"id": sent_id}), days_ago(7)).await;
    let day = days_ago(2).to_string();
    let body = SEPTEMBER_PUSH.replace("2023-08-22", &day);
    let operation = books.caller.post(&books.push_path(), body).await.expect(200).json();

    let shown = SEPTEMBER_ANSWER.replace("2023-08-22", &day).replace(shown_id, sent_id);
    let mut shown: Value = serde_json::from_str(&shown).unwrap();
    shown["companyId"] = json!(books.company);
    shown["dataConnectionKey"] = json!(books.connection);
    for chosen in ["pushOperationKey", "requestedOnUtc"] {
        assert!(operation[chosen].is_string(), "{chosen}");
        shown[chosen] = operation[chosen].clone();
    }
    // Version 6 of the Python library needs these, null as they are.
    for needed in ["timeoutInMinutes", "timeoutInSeconds"] {
        shown[needed] = Value::Null;
    }
    assert_eq!(operation, shown);

    let key = text(&operation["pushOperationKey"]);
    let ended = books.caller.ended_push(&books.company, &key).await;
    assert_eq!(ended["status"], "Success");
    let history = format!("/companies/{}/push", books.company);
    let history = books.caller.get(&history).await.expect(200).json();
    assert_eq!(history["results"], json!([ended]));
}

/// Seeds 001 and 002: a `Debit` of a positive amount is warned of, and kept.
async fn a_type_against_its_sign_is_a_warning(database: Database) {
    let server = Server::start(database).await;
    let books = link_account(&server.caller(), json!({"id": "482342-acc-001"}), days_ago(7)).await;
    let line = json!({"id": "7832323211-GIF", "amount": 100, "balance": 2000, "date": format!("{}T17:05:12.191Z", days_ago(1)), "description": "events-hospitality", "transactionType": "Debit"});
    let operation = books.push_to_end(&[line]).await;
    assert_eq!(operation["status"], "Success");
    let warnings = operation["validation"]["warnings"].as_array().unwrap();
    assert_eq!(warnings.len(), 1, "{operation}");
    assert!(text(&warnings[0]["itemId"]).starts_with("transactions[0]"), "{operation}");
    assert_eq!(operation["validation"]["errors"], json!([]));
}

/// Seed 002: money goes out, and the balance grows; neither error nor warning.
async fn balances_that_do_not_add_up_are_accepted(database: Database) {
    let server = Server::start(database).await;
    let books = link_account(&server.caller(), json!({"id": "482342-acc-001"}), days_ago(7)).await;
    let (first, second) = (days_ago(1).to_string(), today().to_string());
    let body = XERO_PUSH.replace("2022-08-30", &first).replace("2022-08-31", &second);
    let operation = books.caller.post(&books.push_path(), body).await.expect(200).json();
    assert_eq!(operation["validation"], json!({"errors": [], "warnings": []}));
    let key = text(&operation["pushOperationKey"]);
    assert_eq!(books.caller.ended_push(&books.company, &key).await["status"], "Success");
    assert_eq!(accounts_of(&books).await[0]["balance"], 2730);
}

/// Seed 002: its list of accounts, `feedStartDate` on the connected one alone.
async fn only_connected_accounts_are_listed_with_a_first_day(database: Database) {
    let server = Server::start(database).await;
    let mut shown: Value = serde_json::from_str(XERO_ACCOUNTS).unwrap();
    let [pending, connected] = [0, 1].map(|place| as_sent(&shown[place]));
    let books = link_account(&server.caller(), connected, days_ago(3)).await;
    let path = format!("{}/connectionInfo/bankFeedAccounts", books.path());
    books.caller.post(&path, pending).await.expect(200);

    // Ours come in the order in which they were made.
    shown.as_array_mut().unwrap().reverse();
    let mut listed = accounts_of(&books).await;
    for (ours, theirs) in listed.as_array().unwrap().iter().zip(shown.as_array_mut().unwrap()) {
        theirs["modifiedDate"] = ours["modifiedDate"].clone();
    }
    shown[0]["feedStartDate"] = json!(format!("{}T00:00:00Z", days_ago(3)));
    assert_eq!(listed, shown);

    let away = json!({"status": "disconnected"});
    books.caller.patch(&format!("{path}/acc-003"), away).await.expect(200);
    listed = accounts_of(&books).await;
    let mut disconnected = as_sent(&shown[0]);
    disconnected["status"] = json!("disconnected");
    disconnected["modifiedDate"] = listed[0]["modifiedDate"].clone();
    assert_eq!(listed[0], disconnected);
}

/// An account of an answer without what only the server says.
fn as_sent(shown: &Value) -> Value {
    let mut account = shown.clone();
    for said in ["status", "modifiedDate", "feedStartDate"] {
        account.as_object_mut().unwrap().remove(said);
    }
    account
}

async fn accounts_of(books: &Books) -> Value {
    let path = format!("{}/connectionInfo/bankFeedAccounts", books.path());
    books.caller.get(&path).await.expect(200).json()
}
