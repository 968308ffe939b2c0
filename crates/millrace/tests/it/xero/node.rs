//! Xero's own package for Node.js at the simulator: what it sends is understood, and what it reads makes sense to it.

use crate::harness::{Sandbox, XeroSimulator, node_packages};
use reqwest::Method;
use serde_json::{Value, json};

/// What `tests/node/xero_20.cjs` tells of its calls.
async fn told(simulator: &XeroSimulator) -> Value {
    let grant = simulator.sign_in().await;
    let program = format!("{}/tests/node/xero_20.cjs", env!("CARGO_MANIFEST_DIR"));
    let words = [program, simulator.url.clone(), grant.token, grant.tenant];
    // On a thread of its own, for the simulator has to answer meanwhile.
    let running = tokio::task::spawn_blocking(move || {
        let words: Vec<_> = words.iter().map(String::as_str).collect();
        Sandbox::new().with("NODE_PATH", &node_packages("xero")).run("node", &words)
    });
    let said = running.await.unwrap().expect_success().text();
    serde_json::from_str(&said).unwrap_or_else(|error| panic!("{error}: {said}"))
}

/// The values at these places of what was told.
fn at<const N: usize>(told: &Value, places: [&str; N]) -> [Value; N] {
    places.map(|place| told.pointer(place).cloned().unwrap_or(Value::Null))
}

#[tokio::test]
async fn xeros_own_package_lives_through_the_life_of_a_feed() {
    let simulator = XeroSimulator::open().await;
    let late = json!({"duplicates": "late", "deliverySecs": 2});
    simulator.control(Method::PATCH, "settings", late).await;
    let told = told(&simulator).await;

    // The feed: made once for one key, PENDING, then with the account of its number, at last gone.
    let feed = told["created"]["body"]["items"][0]["id"].clone();
    let pending = json!({"items": [{"id": feed, "accountToken": "tok-1", "status": "PENDING"}]});
    assert_eq!(told["created"], json!({"status": 202, "body": pending}));
    assert_eq!(told["createdAgain"], told["created"]);
    let shown = ["/pending/body/id", "/pending/body/status", "/pending/body/accountId"];
    assert_eq!(at(&told, shown), [feed.clone(), json!("PENDING"), Value::Null]);
    let books = &simulator.ledger().await[0];
    let connected = json!({"id": feed, "accountToken": "tok-1", "accountType": "BANK", "currency": "GBP",
        "accountNumber": "12345678", "accountName": "Business Current Account", "country": "GB",
        "accountId": books["accountId"]});
    assert_eq!(told["connected"], json!({"status": 200, "body": connected}));
    let page = json!({"page": 1, "pageSize": 50, "pageCount": 1, "itemCount": 1});
    let listed = json!({"items": [connected], "pagination": page});
    assert_eq!(told["listed"], json!({"status": 202, "body": listed}));
    let going = json!({"items": [{"id": feed, "status": "PENDING"}]});
    assert_eq!(told["deleted"], json!({"status": 202, "body": going}));
    let gone = at(&told, ["/gone/status", "/gone/body/type", "/left/body/items"]);
    assert_eq!(gone, [json!(400), json!("bank-feed-not-found"), json!([])]);

    // The statements: one in the books, the same one again refused late, one that does not add up refused at once.
    let statuses = |name: &str| {
        let shown = told[name].as_array().unwrap().iter();
        shown.map(|shown| shown["status"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(statuses("polled"), ["PENDING", "PENDING", "DELIVERED"]);
    assert_eq!(statuses("rejected"), ["PENDING", "PENDING", "REJECTED"]);
    let sent = told["sent"]["body"]["items"][0]["id"].clone();
    let delivered = json!({"id": sent, "feedConnectionId": feed, "status": "DELIVERED",
        "startDate": "2024-02-28", "endDate": "2024-02-29", "statementLineCount": 2,
        "startBalance": {"amount": 100, "creditDebitIndicator": "CREDIT"},
        "endBalance": {"amount": 67.4999, "creditDebitIndicator": "CREDIT"}});
    assert_eq!(told["polled"][2], delivered);
    let refusals = [
        "/rejected/2/errors/0/type",
        "/rejected/2/errors/0/status",
        "/refused/status",
        "/refused/body/type",
    ];
    let wanted =
        [json!("duplicate-statement"), json!(409), json!(422), json!("invalid-end-balance")];
    assert_eq!(at(&told, refusals), wanted);
    let both = json!([told["rejected"][2], delivered]);
    assert_eq!(told["statements"]["body"]["items"], both, "the newest first");

    // What has come into the books is what the package was given, to the last letter and digit.
    let line = |id: &str, amount: &str, balance: &str| {
        json!({"transactionId": id, "date": "2024-02-29", "amount": amount, "balance": balance,
            "description": format!("Zahlung {id} für Öl"), "payeeName": "Café Łódź", "reference": null,
            "chequeNumber": null, "transactionType": "Refund", "statementId": sent})
    };
    let lines = json!([line("t-1", "-42.5", "57.5"), line("t-2", "9.9999", "67.4999")]);
    assert_eq!(books["lines"], lines);
    let sums = ["/balance", "/isContinuous", "/repeated", "/statements/1"];
    assert_eq!(at(books, sums), [json!("67.4999"), json!(true), json!(0), Value::Null]);
}
