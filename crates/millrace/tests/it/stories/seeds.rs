//! The payloads of the documents that the project was asked to implement, field by field, and the answers that those
//! documents show; only dates are moved to where a rule wants them. The tutorial of seed 004 is in quickbooks.rs.

use crate::harness::{Books, Database, Server, days_ago, link_account, on_both, text, today};
use serde_json::{Value, json};

on_both! {
    the_push_page_of_january_2023_sends_no_type_and_whole_amounts;
    the_push_page_of_september_2023_is_answered_as_it_shows;
    a_type_against_its_sign_is_a_warning;
    only_connected_accounts_are_listed_with_a_first_day;
}

/// Seed 000: two lines with milliseconds and no transactionType; the last balance becomes the account's.
async fn the_push_page_of_january_2023_sends_no_type_and_whole_amounts(database: Database) {
    let server = Server::start(database).await;
    let account = json!({"id": "482342-acc-001", "accountName": "Current", "accountType": "checking", "balance": 1550});
    let books = link_account(&server.caller(), account, days_ago(7)).await;
    let (first, second) = (days_ago(1), today());
    let body = json!({
        "accountId": "482342-acc-001",
        "transactions": [
            {"id": "7832323211-GIF", "amount": 450, "balance": 2000, "date": format!("{first}T17:05:12.191Z"), "description": "events-hospitality"},
            {"id": "7832323211-SDC", "amount": 730, "balance": 2730, "date": format!("{second}T11:06:49.191Z"), "description": "corporate-training"}
        ]
    });
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

/// The six lines of seeds 001 and 003 on one day, as they are sent.
fn six_lines(day: jiff::civil::Date) -> Value {
    let line = |id: &str, amount: f64, balance: f64, minute: u8, description: &str| {
        let kind = if amount < 0.0 { "Debit" } else { "Credit" };
        json!({"id": id, "amount": amount, "balance": balance, "date": format!("{day}T10:{minute}:00.000Z"), "description": description, "transactionType": kind})
    };
    json!([
        line("63e2b848-951a-4657-a889-ded00f0e616a", 100.0, 100.0, 21, "Repayment of Credit Card"),
        line(
            "710ed9f9-feb6-4ab7-9055-05a26d31718c",
            -100.0,
            0.00,
            22,
            "Amazon US | $1.25 | PXDFGSDTR | c2dddf4c-eece-4a9b-a392-8c8e65b59e47"
        ),
        line(
            "d9b04a83-1fd7-4a5e-bd7d-8433828749f4",
            -60.0,
            -60.0,
            23,
            "Office Supplies from Office Mart"
        ),
        line("f5e8f94c-5f72-4f64-aa26-344d1fbb3aa7", -17.54, -77.54, 24, "Tech book from Amazon"),
        line(
            "c3e59033-8aa1-4f11-8f08-46f5b0da3f2c",
            -180.0,
            -257.54,
            25,
            "Client Dinner from Fine Dining Restaurant"
        ),
        line(
            "9d1b4a39-5e89-47dd-8df7-02a2426658d4",
            -1200.0,
            -1457.54,
            26,
            "Marketing Campaign from Advertising Agency"
        ),
    ])
}

/// Seeds 001 and 003: the whole answer, but for what the server chooses.
async fn the_push_page_of_september_2023_is_answered_as_it_shows(database: Database) {
    let server = Server::start(database).await;
    let account = "a3f28138-e2b9-4daa-92e1-5a99fb29ac42";
    let books = link_account(&server.caller(), json!({"id": account}), days_ago(7)).await;
    let sent = six_lines(days_ago(2));
    let body = json!({"accountId": account, "transactions": sent});
    let operation = books.caller.post(&books.push_path(), body).await.expect(200).json();

    let mut echoed = sent;
    for line in echoed.as_array_mut().unwrap() {
        line["reconciled"] = json!(false);
        line["date"] = json!(text(&line["date"]).replace(".000Z", "Z"));
    }
    let mut shown = json!({
        "changes": [{"type": "Created", "recordRef": {"dataType": "bankTransactions"}}],
        "data": {"accountId": account, "transactions": echoed},
        "dataType": "bankTransactions",
        "companyId": books.company,
        "dataConnectionKey": books.connection,
        "status": "Pending",
        "validation": {"errors": [], "warnings": []},
        "statusCode": 202
    });
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

/// Seed 002: the accounts of its list, `feedStartDate` on the connected one alone.
async fn only_connected_accounts_are_listed_with_a_first_day(database: Database) {
    let server = Server::start(database).await;
    let connected = json!({"id": "acc-003", "accountName": "account-095", "accountType": "Debit", "accountNumber": "12345671", "sortCode": "123456", "currency": "GBP", "balance": 100.09});
    let books = link_account(&server.caller(), connected.clone(), days_ago(3)).await;
    let pending = json!({"id": "acc-002", "accountName": "account-081", "accountType": "Credit", "accountNumber": "1234", "sortCode": "123456", "currency": "GBP", "balance": 99.99});
    let path = format!("{}/connectionInfo/bankFeedAccounts", books.path());
    books.caller.post(&path, pending.clone()).await.expect(200);
    let shown = |account: &Value, status: &str, listed: &Value| {
        let mut account = account.clone();
        account["status"] = json!(status);
        account["modifiedDate"] = listed["modifiedDate"].clone();
        account
    };
    let accounts = accounts_of(&books).await;
    let mut first = shown(&connected, "connected", &accounts[0]);
    first["feedStartDate"] = json!(format!("{}T00:00:00Z", days_ago(3)));
    assert_eq!(accounts, json!([first, shown(&pending, "pending", &accounts[1])]));

    let away = json!({"status": "disconnected"});
    books.caller.patch(&format!("{path}/acc-003"), away).await.expect(200);
    let accounts = accounts_of(&books).await;
    assert_eq!(accounts[0], shown(&connected, "disconnected", &accounts[0]));
}

async fn accounts_of(books: &Books) -> Value {
    let path = format!("{}/connectionInfo/bankFeedAccounts", books.path());
    books.caller.get(&path).await.expect(200).json()
}
