//! Webhooks from the command line: listening without a public address, looking, trying, replaying; and the keys that
//! secrets are kept under.

use crate::harness::{
    Caller, Database, Server, ServerOptions, Sink, millrace, on_both, text, wait_for,
};
use serde_json::{Value, json};
use std::process::{Command, Output, Stdio};

on_both! {
    listening_goes_on_where_it_was_when_the_server_comes_back;
    what_happens_is_shown;
    an_example_is_triggered_and_the_past_replayed;
    secrets_are_sealed_anew_with_another_key;
}

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

fn command(caller: &Caller, words: &[&str]) -> Command {
    let mut command = millrace();
    command.args(words).args(["--server", &caller.url, "--key", &caller.key]);
    command
}

fn printed(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn refusal(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(1));
    String::from_utf8(output.stderr.clone()).unwrap()
}

async fn a_company(caller: &Caller, name: &str) -> String {
    text(&caller.post("/companies", json!({"name": name})).await.expect(200).json()["id"])
}

/// A server at an address that it has again after a restart.
async fn at_a_fixed_address(database: Database) -> (Server, ServerOptions) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    drop(listener);
    let options = ServerOptions::flags(&["--listen", &address]);
    (Server::start_with(database, &options).await, options)
}

async fn listening_goes_on_where_it_was_when_the_server_comes_back(database: Database) {
    let (server, options) = at_a_fixed_address(database).await;
    let (caller, sink) = (server.caller(), Sink::open().await);
    a_company(&caller, "Before").await;
    let words =
        ["listen", "--forward-to", &sink.url, "--secret", SECRET, "--after", "0", "--count", "3"];
    let words = [&words[..], &["--event", "company.created"]].concat();
    let listening = command(&caller, &words).stdout(Stdio::piped()).spawn().unwrap();
    sink.hears(1).await;
    let server = Server::start_at(server.stop().await, &options).await;
    let caller = caller.at(&server.url);
    a_company(&caller, "While").await;
    let gone = a_company(&caller, "After").await;
    caller.delete(&format!("/companies/{gone}")).await.expect(204);
    let heard = sink.hears(3).await;
    let ended = tokio::task::spawn_blocking(move || listening.wait_with_output().unwrap());
    let said = printed(&ended.await.unwrap());
    assert!(said.starts_with(&format!("signing secret: {SECRET}\n")), "{said}");
    assert_eq!(said.matches("company.created  204").count(), 3, "{said}");
    let names: Vec<_> = heard.iter().map(|heard| text(&heard.json()["payload"]["name"])).collect();
    assert_eq!(names, ["Before", "While", "After"]);
    for message in &heard {
        message.verify(SECRET);
    }
    // It is the same message that a webhook would bring.
    let url = json!({"url": sink.url, "eventTypes": ["company.created"]});
    let made = caller.post("/webhooks", url).await.expect(201).json();
    let replay = format!("/ext/v1/webhooks/{}/replay", text(&made["id"]));
    caller.post(&replay, json!({"since": "2020-01-01T00:00:00Z"})).await.expect(200);
    let again = sink.hears(6).await;
    for message in &again[3..] {
        let same =
            heard.iter().find(|first| first.header("webhook-id") == message.header("webhook-id"));
        assert_eq!(same.unwrap().json(), message.json());
    }
}

async fn what_happens_is_shown(database: Database) {
    let server = Server::start(database).await;
    let caller = server.caller();
    let (one, two) = (a_company(&caller, "One").await, a_company(&caller, "Two").await);
    let all = command(&caller, &["tail", "--after", "0", "--no-wait"]).output().unwrap();
    let all = printed(&all);
    let lines: Vec<_> = all.lines().collect();
    assert_eq!(lines.len(), 2);
    assert!(lines[0].contains("company.created") && lines[0].ends_with(&one), "{all}");
    let words = ["tail", "--after", "0", "--no-wait", "--json", "--company", &two];
    let only = printed(&command(&caller, &words).output().unwrap());
    let only: Value = serde_json::from_str(&only).unwrap();
    assert_eq!(only["event"]["payload"]["name"], "Two");
    // From now on: what was is not shown.
    let nothing = command(&caller, &["tail", "--no-wait"]).output().unwrap();
    assert_eq!(printed(&nothing), "");
    let stranger = Caller::new(&server.url, "nobody");
    let refused = command(&stranger, &["tail"]).output().unwrap();
    assert!(refusal(&refused).contains("does not know this API key"));
    // Nor is a receiver, by those who do not want to wait. Nothing listens there.
    let words = ["listen", "--forward-to", "http://127.0.0.1:9", "--after", "0", "--no-wait"];
    let unheard = command(&caller, &words).output().unwrap();
    assert!(refusal(&unheard).contains("company.created  no connection"), "{}", refusal(&unheard));
    // What can never come is not waited for.
    for (words, told) in [
        (["tail", "--company", "lunch"].as_slice(), "a company's id is a UUID"),
        (
            &["listen", "--forward-to", "http://127.0.0.1:9", "--event", "company.craeted"],
            "there is no such event: use company.created",
        ),
    ] {
        let refused = command(&caller, words).output().unwrap();
        assert_eq!(refused.status.code(), Some(2));
        assert!(String::from_utf8_lossy(&refused.stderr).contains(told), "{words:?}");
    }
}

async fn an_example_is_triggered_and_the_past_replayed(database: Database) {
    let (server, sink) = (Server::start(database).await, Sink::open().await);
    let caller = server.caller();
    a_company(&caller, "Before").await;
    let wish = json!({"url": sink.url, "eventTypes": ["company.created"]});
    let made = caller.post("/webhooks", wish).await.expect(201).json();
    let (id, secret) = (text(&made["id"]), text(&made["secret"]));
    let set = ["--set", "status=Failed", "--set", "n.a=1.5"];
    let words =
        [&["trigger", "bankTransactions.write.unsuccessful", "--webhook", &id][..], &set].concat();
    assert!(printed(&command(&caller, &words).output().unwrap()).starts_with("event "));
    let heard = sink.hears(1).await.remove(0);
    heard.verify(&secret);
    assert_eq!(heard.event_type(), "bankTransactions.write.unsuccessful");
    let payload = &heard.json()["payload"];
    assert_eq!((&payload["status"], &payload["n"]["a"]), (&json!("Failed"), &json!(1.5)));
    printed(&command(&caller, &["trigger", "company.created"]).output().unwrap());
    sink.hears(2).await;
    let replay = ["replay", "--webhook", &id, "--since", "2h"];
    let said = printed(&command(&caller, &replay).output().unwrap());
    assert!(said.starts_with("3 events are looked at again"), "{said}");
    let last = sink.hears(3).await.pop().unwrap();
    assert_eq!(last.json()["payload"]["name"], "Before");
    let said = printed(&command(&caller, &[&replay[..], &["--failed"]].concat()).output().unwrap());
    assert!(said.starts_with("0 messages"), "{said}");
    let unknown = command(&caller, &["trigger", "lunch"]).output().unwrap();
    assert!(refusal(&unknown).contains("there is no such event: use company.created"));
}

async fn secrets_are_sealed_anew_with_another_key(database: Database) {
    let new_key = || {
        printed(&millrace().args(["keys", "new-encryption-key"]).output().unwrap())
            .trim()
            .to_owned()
    };
    let (first, second, third) = (new_key(), new_key(), new_key());
    assert!(first != second && first.len() == 44);
    let under = |key: &str, more: &[String]| {
        let flags = ["--set".to_owned(), format!("encryption.key={key}")];
        ServerOptions { flags: [&flags, more].concat(), ..ServerOptions::default() }
    };
    let sink = Sink::open().await;
    let server = Server::start_with(database, &under(&first, &[])).await;
    let caller = server.caller();
    let wish = json!({"url": sink.url, "eventTypes": ["company.created"]});
    let made = caller.post("/webhooks", wish).await.expect(201).json();
    let secret = text(&made["secret"]);
    let home = server.stop().await;
    let older = ["--set".to_owned(), format!("encryption.older_keys={first}")];
    let rotate = || {
        let options = under(&second, &older);
        let output = millrace()
            .args(["keys", "rotate-encryption"])
            .args(home.flags())
            .args(options.flags)
            .output();
        printed(&output.unwrap())
    };
    assert!(rotate().starts_with("1 values sealed anew"));
    assert!(rotate().starts_with("0 values sealed anew"));
    // Without the older key: everything is sealed with the new one.
    let server = Server::start_at(home, &under(&second, &[])).await;
    let caller = caller.at(&server.url);
    a_company(&caller, "One").await;
    sink.hears(1).await[0].verify(&secret);
    // With a key that opens nothing, a message is not sent unsigned, and says why.
    let server = Server::start_at(server.stop().await, &under(&third, &[])).await;
    let caller = caller.at(&server.url);
    a_company(&caller, "Two").await;
    let path = format!("/ext/v1/webhooks/{}/deliveries", text(&made["id"]));
    let tried = wait_for("an attempt", || async {
        let page = caller.get(&path).await.expect(200).json();
        let newest = page["results"][0].clone();
        (newest["status"] == "Attempting").then_some(newest)
    })
    .await;
    let whole = caller.get(&format!("{path}/{}", tried["eventSequence"])).await.expect(200).json();
    assert!(text(&whole["history"][0]["error"]).contains("encryption.older_keys"), "{whole}");
    assert_eq!(sink.heard().len(), 1);
}

/// A database that was restored without its key is not opened with another.
#[tokio::test]
async fn a_key_that_is_missing_beside_what_it_sealed_is_asked_for() {
    let server = Server::start(Database::Sqlite).await;
    let wish = json!({"url": "https://hooks.example/x", "eventTypes": ["company.created"]});
    server.caller().post("/webhooks", wish).await.expect(201);
    let home = server.stop().await;
    let (key, away) = (home.folder().join("encryption.key"), home.folder().join("away"));
    std::fs::rename(&key, &away).unwrap();
    for command in [&["serve", "--listen", "127.0.0.1:0"][..], &["worker"]] {
        let output = millrace().args(command).args(home.flags()).output().unwrap();
        let said = refusal(&output);
        assert!(said.contains("encryption.key is missing beside a database"), "{said}");
        assert!(!key.exists());
    }
    std::fs::rename(&away, &key).unwrap();
    drop(Server::start_at(home, &ServerOptions::default()).await);
}

/// Several processes need the same key, so nobody makes one up.
#[tokio::test]
async fn on_postgresql_production_wants_a_key() {
    let home = crate::harness::Home::new(Database::Postgres);
    let output = millrace()
        .args(["serve", "--listen", "127.0.0.1:0", "--set", "mode=production"])
        .args(home.flags())
        .output()
        .unwrap();
    let said = refusal(&output);
    assert!(said.contains("encryption.key is not set"), "{said}");
    assert!(said.contains("millrace keys new-encryption-key"), "{said}");
}
