//! The control API over HTTP, as scripts call it.

use crate::a_simulator;
use crate::bank::{Bank, row};
use axum::Router;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

struct Control {
    url: String,
    _serving: JoinSet<()>,
}

impl Control {
    async fn of(bank: &Bank) -> Self {
        let router: Router = simulators::router(a_simulator(bank, None));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/simulators/quickbooks", listener.local_addr().unwrap());
        let mut serving = JoinSet::new();
        serving.spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, _serving: serving }
    }

    async fn call(&self, method: Method, call: &str, body: &Value) -> (u16, Value) {
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let request = http.request(method, format!("{}/{call}", self.url)).body(body);
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    async fn post(&self, call: &str, body: Value) -> (u16, Value) {
        self.call(Method::POST, call, &body).await
    }
}

fn a_link() -> Value {
    json!({"connection": "c-1", "username": "USER", "password": "secret-pw", "accounts": "all",
        "start": "2024-02-22", "sourceAccountIds": {"MR-1": "acc-1"}})
}

#[tokio::test]
async fn books_look_as_promised() {
    let bank = Bank::open(&row("t-1", "-42.50")).await;
    let control = Control::of(&bank).await;
    let (status, linked) = control.post("link", a_link()).await;
    assert_eq!((status, &linked["institution"]), (200, &json!("Corner Bank")));
    assert_eq!(linked["chosen"][0]["imported"], 1);
    assert_eq!(control.post("poll", Value::Null).await.1["polls"][0]["seenAgain"], 1);
    let (_, books) = control.call(Method::GET, "books", &Value::Null).await;
    let account = json!({"accountId": "acc-1", "number": "MR-1", "name": "Current", "kind": "bank",
        "booksType": "Bank", "connected": true, "attention": null, "startDate": "2024-02-22", "balance": "57.50",
        "imported": 1, "seenAgain": 1, "changedUnderSameFitid": 0,
        "lines": [{"fitId": "t-1", "date": "2024-02-28", "amount": "-42.50", "name": "Rent", "memo": "", "type": "DEBIT"}]});
    assert_eq!(books["customers"], json!([{"connection": "c-1", "accounts": [account]}]));
    assert!(!books.to_string().contains("secret-pw"));
}

#[tokio::test]
async fn refusals_say_why() {
    let bank = Bank::open("").await;
    let control = Control::of(&bank).await;
    let with = |field: &str, value: Value| {
        let mut body = a_link();
        body[field] = value;
        body
    };
    let cases = [
        ("link", with("accounts", json!("some")), 400, "neither \"all\" nor a list"),
        ("link", with("start", json!("soon")), 400, "start: "),
        ("link", with("account", json!([])), 400, "unknown field `account`"),
        ("link", with("accounts", json!(["MR-9"])), 422, "there are: MR-1"),
        ("disconnect", json!({"connection": "c-9", "account": "a"}), 422, "nobody has linked"),
        ("faults/rain", Value::Null, 422, "poll-storm"),
        ("faults/poll-storm", Value::Null, 422, "link one first"),
    ];
    for (call, body, wanted, words) in cases {
        let (status, answer) = control.post(call, body).await;
        let error = answer["error"].as_str().unwrap();
        assert!(status == wanted && error.contains(words), "{call}: {status} {error}");
    }
    bank.set_sign_on_code(15502);
    let (status, answer) = control.post("link", a_link()).await;
    assert_eq!(status, 422);
    assert!(answer["error"].as_str().unwrap().starts_with("the sign-in is locked"));
}

#[tokio::test]
async fn a_bank_that_is_gone_is_a_bad_gateway() {
    let bank = Bank::open("").await;
    let control = Control::of(&bank).await;
    drop(bank);
    let (status, answer) = control.post("link", a_link()).await;
    assert_eq!(status, 502);
    assert!(answer["error"].as_str().unwrap().contains("does not answer"));
}

#[tokio::test]
async fn a_reset_empties_the_books() {
    let bank = Bank::open(&row("t-1", "-42.50")).await;
    let control = Control::of(&bank).await;
    control.post("link", a_link()).await;
    let (status, books) = control.post("reset", Value::Null).await;
    assert_eq!((status, books), (200, json!({"customers": [], "polls": []})));
}
