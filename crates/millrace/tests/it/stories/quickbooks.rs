//! The QuickBooks story of the seeds, from the first company to a line in a statement.

use crate::harness::{
    Caller, Database, OfxCaller, Server, a_line, days_ago, on_both, text, today, values,
};
use serde_json::{Value, json};

on_both! {
    the_tutorial_of_2023_works_to_the_letter;
    test_transactions_are_there_until_something_is_pushed;
    test_transactions_can_be_turned_off;
    what_happened_to_each_line_is_told;
}

/// Seed 004: array by PUT, credentials by proxy, one flat object, and the list in its order.
async fn the_tutorial_of_2023_works_to_the_letter(database: Database) {
    let server = Server::start(database).await;
    let caller = server.caller();
    let company = json!({"description": "Requested early access to the new bank reconciliation scheme.", "name": "Elaborate Events, Inc"});
    let company = caller.post("/companies", company).await.expect(200).json();
    assert_eq!(company["name"], "Elaborate Events, Inc");
    let company = text(&company["id"]);
    let path = format!("/companies/{company}/connections");
    let connection = caller.post(&path, json!({"platformKey": "hcws"})).await.expect(200).json();
    assert_eq!(
        (&connection["status"], &connection["sourceType"]),
        (&json!("PendingAuth"), &json!("BankFeed"))
    );
    assert!(text(&connection["linkUrl"]).contains("?otp="));
    let path = format!("{path}/{}", text(&connection["id"]));

    let id = "352c5955-907a-4ff1-a3a2-fa9467739251";
    let accounts = json!([{"accountName": "Account 002", "accountNumber": "12345670", "accountType": "Debit", "balance": 6531.4, "currency": "GBP", "id": id, "sortCode": "123456"}]);
    let made = caller
        .put(&format!("{path}/connectionInfo/bankFeedAccounts"), accounts)
        .await
        .expect(200)
        .json();
    assert_eq!((&made[0]["id"], &made[0]["status"]), (&json!(id), &json!("pending")));
    let ofx = credentials_by_proxy(&caller, &path, &text(&connection["id"])).await;

    let number = ofx.numbers().await.remove(0);
    let first =
        ofx.statement(&number, &format!("<DTSTART>{}", days_ago(5).strftime("%Y%m%d"))).await;
    assert_eq!(values(&first, "FITID").len(), 2, "two test transactions: {first}");
    let account =
        &caller.get(&format!("{path}/connectionInfo/bankFeedAccounts")).await.expect(200).json()[0];
    assert_eq!(account["status"], "connected");
    assert!(text(&account["feedStartDate"]).starts_with(&days_ago(5).to_string()));
    assert_eq!(caller.get(&path).await.expect(200).json()["status"], "Linked");

    let line = json!({"accountId": id, "amount": 7991.59, "balance": 8009.11, "clearedOnDate": format!("{}T14:14:14.1057478Z", days_ago(1)), "description": "HSBC Covent Grdn ATM W", "id": "ca1ba928-fc81-4674-acb7-39205929396f", "modifiedDate": "2023-01-09T14:14:14.1057478Z", "reconciled": false, "sourceModifiedDate": "2023-01-09T14:14:14.1057478Z", "transactionType": "Atm"});
    let operation = caller
        .post(&format!("{path}/push/bankAccounts/{id}/bankTransactions"), line)
        .await
        .expect(200)
        .json();
    assert_eq!((&operation["status"], &operation["statusCode"]), (&json!("Pending"), &json!(202)));
    assert_eq!(operation["changes"][0]["type"], "Created");
    let ended = caller.ended_push(&company, &text(&operation["pushOperationKey"])).await;
    assert_eq!((&ended["status"], &ended["statusCode"]), (&json!("Success"), &json!(200)));

    let listed = caller.get(&format!("{path}/data/bankAccounts/{id}/bankTransactions?orderBy=-modifiedDate&page=1&pageSize=100")).await.expect(200).json();
    assert_eq!(listed["totalResults"], 1);
    assert_eq!(listed["results"][0]["description"], "HSBC Covent Grdn ATM W");
    let fetched = ofx.statement(&number, "").await;
    assert_eq!(values(&fetched, "TRNAMT"), ["7991.59"]);
    assert_eq!(values(&fetched, "BALAMT"), ["8009.11"]);
}

async fn credentials_by_proxy(caller: &Caller, path: &str, connection: &str) -> OfxCaller {
    let proxy =
        format!("{path}/data/proxy?endpoint=generatecredentials%3Fdataconnectionid%3D{connection}");
    let by_get = caller.get(&proxy).await.expect(200).json();
    let by_post = caller.post(&proxy, "").await.expect(200).json();
    assert_ne!(by_get["username"], by_post["username"], "every call makes a new set");
    OfxCaller::new(caller, &text(&by_post["username"]), &text(&by_post["password"]))
}

async fn test_transactions_are_there_until_something_is_pushed(database: Database) {
    let server = Server::start(database).await;
    let books = crate::harness::a_linked_account(&server.caller(), days_ago(3)).await;
    let twice = [
        books.ofx.statement(&books.number, "").await,
        books.ofx.statement(&books.number, "").await,
    ];
    let [first, second] = twice.each_ref().map(|answer| values(answer, "FITID"));
    assert_eq!(first, second, "their ids are stable");
    let amounts: Vec<f64> =
        values(&twice[0], "TRNAMT").iter().map(|amount| amount.parse().unwrap()).collect();
    assert_eq!((amounts.len(), amounts.iter().sum::<f64>()), (2, 0.0), "they net to zero");
    assert!(twice[0].to_uppercase().contains("TEST"), "they say what they are: {}", twice[0]);
    books.push_to_end(&[a_line("l-1", today(), -42.5)]).await;
    let after = books.ofx.statement(&books.number, "").await;
    assert_eq!(values(&after, "FITID"), ["l-1"]);
}

async fn test_transactions_can_be_turned_off(database: Database) {
    let options =
        crate::harness::ServerOptions::flags(&["--set", "quickbooks.test_transactions=off"]);
    let server = Server::start_with(database, &options).await;
    let books = crate::harness::a_linked_account(&server.caller(), days_ago(3)).await;
    assert!(values(&books.ofx.statement(&books.number, "").await, "FITID").is_empty());
}

async fn what_happened_to_each_line_is_told(database: Database) {
    let server = Server::start(database).await;
    let books = crate::harness::a_linked_account(&server.caller(), days_ago(5)).await;
    let operation =
        books.push_to_end(&[a_line("old", days_ago(4), 1.0), a_line("new", today(), 2.0)]).await;
    let key = text(&operation["pushOperationKey"]);
    let path = format!("/ext/v1/companies/{}/push/{key}", books.company);
    let states = |told: &Value| -> Vec<String> {
        told["lines"].as_array().unwrap().iter().map(|line| text(&line["state"])).collect()
    };
    assert_eq!(states(&books.caller.get(&path).await.expect(200).json()), ["stored", "stored"]);
    let window = format!("<DTSTART>{}", days_ago(1).strftime("%Y%m%d"));
    assert_eq!(values(&books.ofx.statement(&books.number, &window).await, "FITID"), ["new"]);
    assert_eq!(states(&books.caller.get(&path).await.expect(200).json()), ["stored", "fetched"]);
    books.ofx.statement(&books.number, "").await;
    assert_eq!(states(&books.caller.get(&path).await.expect(200).json()), ["fetched", "fetched"]);
}
