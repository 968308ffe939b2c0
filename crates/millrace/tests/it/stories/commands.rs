//! The command line: what scripts rely on.

use crate::harness::{
    Caller, Database, Home, Server, ServerOptions, a_line, a_linked_account, days_ago, millrace,
    on_both,
};
use std::process::Output;

on_both! {
    keys_are_made_listed_and_revoked;
    clients_are_made_and_listed;
    an_operator_sees_an_account_s_lines;
    an_operator_sets_how_pages_look_and_tries_it_on;
    migrations_can_be_forbidden_and_run_by_themselves;
}

fn run(home: &Home, arguments: &[&str]) -> Output {
    millrace().args(arguments).args(home.flags()).current_dir(home.folder()).output().unwrap()
}

fn printed(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap().trim_end().to_owned()
}

fn refusal(output: &Output) -> String {
    assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0));
    String::from_utf8(output.stderr.clone()).unwrap()
}

async fn keys_are_made_listed_and_revoked(database: Database) {
    let home = Home::new(database);
    let keys: Vec<_> = (0..10).map(|_| printed(&run(&home, &["keys", "create"]))).collect();
    assert!(
        keys.iter().all(|key| key.len() == 40 && key.bytes().all(|b| b.is_ascii_alphanumeric()))
    );
    assert!(refusal(&run(&home, &["keys", "create"])).contains("revoke one first"));
    let listed = printed(&run(&home, &["keys", "list"]));
    assert_eq!(listed.lines().count(), 10);
    assert!(keys.iter().all(|key| !listed.contains(key.as_str())), "keys are shown once");
    let server = Server::start_at(home.clone(), &ServerOptions::default()).await;
    assert!(
        server.printed().iter().all(|line| !line.contains("API key")),
        "there are keys already"
    );
    let caller = Caller::new(&server.url, &keys[0]);
    caller.get("/companies").await.expect(200);
    let of_first = listed.lines().find(|line| line.contains(&keys[0][36..])).unwrap();
    let id = of_first.split_whitespace().next().unwrap();
    printed(&run(&home, &["keys", "revoke", id]));
    caller.get("/companies").await.expect_error(401);
    assert!(refusal(&run(&home, &["keys", "revoke", id])).contains("has no key"));
    assert!(refusal(&run(&home, &["keys", "revoke", "seven"])).contains("not a key's id"));
}

async fn clients_are_made_and_listed(database: Database) {
    let home = Home::new(database);
    let id = printed(&run(&home, &["clients", "create", "north-bank"]));
    assert_eq!(id.len(), 36);
    assert!(printed(&run(&home, &["clients", "list"])).contains("north-bank"));
    assert!(refusal(&run(&home, &["clients", "create", "north-bank"])).contains(&id));
    assert!(refusal(&run(&home, &["clients", "create", "no spaces"])).contains("letters, digits"));
    assert!(
        refusal(&run(&home, &["keys", "create", "--client", "south"]))
            .contains("clients create south")
    );
    let key = printed(&run(&home, &["keys", "create", "--client", "north-bank"]));
    assert_eq!(key.len(), 40);
}

async fn an_operator_sets_how_pages_look_and_tries_it_on(database: Database) {
    let server = Server::start(database).await;
    let folder = server.home.folder();
    let (logo, evil) = (folder.join("logo.svg"), folder.join("evil.svg"));
    std::fs::write(&logo, "<svg xmlns=\"http://www.w3.org/2000/svg\"/>").unwrap();
    std::fs::write(&evil, "<svg><script/></svg>").unwrap();
    let branding = |words: &[&str]| run(&server.home, &[&["branding"], words].concat());
    let refused = refusal(&branding(&["set", "--primary-color", "#ebaa2d"]));
    assert!(refused.contains("2.03:1") && refused.contains("#996f1d"), "{refused}");
    let pale = ["set", "--primary-color", "#ebaa2d", "--as-decoration", "--name", "Sunrise"];
    printed(&branding(&pale));
    printed(&branding(&["set", "--callout-fr", "Rappel|Ne partagez rien."]));
    printed(&branding(&["set-image", "logo", logo.to_str().unwrap()]));
    let refused = refusal(&branding(&["set-image", "logo", evil.to_str().unwrap()]));
    assert!(refused.contains("<script>"), "{refused}");
    let shown = printed(&branding(&["show"]));
    for said in
        ["Sunrise", "#ebaa2d as decoration", "Rappel", "callout en missing", "svg, 41 bytes"]
    {
        assert!(shown.contains(said), "{said}: {shown}");
    }
    let set = server.caller().get("/ext/v1/branding").await.expect(200).json();
    assert_eq!((&set["name"], &set["asDecoration"]), (&"Sunrise".into(), &true.into()));

    let pages = folder.join("pages");
    let written = printed(&branding(&["preview", pages.to_str().unwrap()]));
    assert_eq!(written.lines().count(), 4, "two pages in two languages: {written}");
    for page in written.lines() {
        let html = std::fs::read_to_string(page).unwrap();
        let files = html.split("=\"link/").skip(1).map(|rest| rest.split('"').next().unwrap());
        let files: Vec<_> = files.map(|file| pages.join("link").join(file)).collect();
        assert_eq!(files.len(), 4, "two stylesheets, a script and a logo: {html}");
        assert!(files.iter().all(|file| file.is_file()), "{files:?}");
    }
    let all = printed(&branding(&["preview", pages.to_str().unwrap(), "--all"]));
    assert!(all.lines().count() > 100, "{all}");
    printed(&branding(&["remove-image", "logo"]));
    assert!(refusal(&branding(&["remove-image", "logo"])).contains("no logo is set"));
}

async fn an_operator_sees_an_account_s_lines(database: Database) {
    let server = Server::start(database).await;
    let books = a_linked_account(&server.caller(), days_ago(5)).await;
    books.push_to_end(&[a_line("a", days_ago(2), 1.5), a_line("b", days_ago(1), -2.5)]).await;
    let ids = ["--company", &books.company, "--connection", &books.connection];
    let lines = |more: &[&str]| run(&server.home, &[&["lines"], &ids[..], more].concat());
    let all = printed(&lines(&["--account", "acc-1"]));
    let shown: Vec<_> = all.lines().map(|line| line.split('\t').collect::<Vec<_>>()).collect();
    let day = days_ago(2).to_string();
    assert_eq!(shown[0], ["0", "a", day.as_str(), "1.5", "1000.25", "line a"]);
    assert_eq!(shown.len(), 2);
    let some = printed(&lines(&["--account", "acc-1", "--query", "amount < 0"]));
    assert!(some.starts_with("1\tb\t") && some.lines().count() == 1, "{some}");
    assert!(refusal(&lines(&["--account", "nobody"])).contains("no such account"));
    assert!(refusal(&lines(&["--account", "acc-1", "--query", "colour=red"])).contains("colour"));
}

async fn migrations_can_be_forbidden_and_run_by_themselves(database: Database) {
    let home = Home::new(database);
    let forbidden = run(&home, &["serve", "--listen", "127.0.0.1:0", "--no-migrate"]);
    assert!(refusal(&forbidden).contains("millrace migrate"));
    assert!(printed(&run(&home, &["migrate"])).contains("up to date"));
    assert!(printed(&run(&home, &["migrate"])).contains("up to date"));
    let server = Server::start_at(home, &ServerOptions::flags(&["--no-migrate"])).await;
    server.caller().get("/companies").await.expect(200);
}

/// In production on PostgreSQL, an encryption key must be set for what seals or opens, and for nothing else.
#[tokio::test]
async fn a_missing_encryption_key_is_told_on_postgresql_before_serving_and_by_it() {
    let home = Home::new(Database::Postgres);
    let production =
        |arguments: &[&str]| run(&home, &[arguments, &["--set", "mode=production"]].concat());
    let missing = "encryption.key is not set";
    assert!(refusal(&production(&["config", "check"])).contains(missing));
    for needs_none in [&["migrate"][..], &["keys", "list"], &["clients", "list"]] {
        printed(&production(needs_none));
    }
    let doctor = String::from_utf8(production(&["doctor"]).stdout).unwrap();
    let told: Vec<_> = doctor.lines().filter(|line| line.contains(missing)).collect();
    assert!(told.len() == 1 && told[0].starts_with("✗ settings"), "{doctor}");
    let served = production(&["serve", "--listen", "127.0.0.1:0"]);
    assert!(refusal(&served).contains(missing));

    let key = printed(&millrace().args(["keys", "new-encryption-key"]).output().unwrap());
    let set = format!("encryption.key={key}");
    assert!(printed(&production(&["config", "check", "--set", &set])).contains("are right"));
    let with_simulators = run(&home, &["config", "check"]);
    assert!(printed(&with_simulators).contains("are right"));
    let without = run(&home, &["config", "check", "--set", "simulators.enabled=false"]);
    assert!(refusal(&without).contains(missing));
}

#[tokio::test]
async fn the_first_start_makes_one_key_and_says_so_once() {
    let server = Server::start(Database::Sqlite).await;
    let key = crate::harness::wait_for("the key to be printed", || {
        let printed = server.printed();
        let line = printed.iter().find(|line| line.contains("API key")).cloned();
        std::future::ready(line.map(|line| line.rsplit(' ').next().unwrap().to_owned()))
    })
    .await;
    Caller::new(&server.url, &key).get("/companies").await.expect(200);
    assert!(server.printed().iter().any(|line| line.contains("SIMULATORS ARE ON")));
    let again = Server::start_at(server.stop().await, &ServerOptions::default()).await;
    Caller::new(&again.url, &key).get("/companies").await.expect(200);
    assert!(again.printed().iter().all(|line| !line.contains("API key")));
}

#[tokio::test]
async fn settings_are_checked_and_shown() {
    let home = Home::new(Database::Sqlite);
    std::fs::write(home.folder().join("millrace.toml"), "[server]\nlisen = \"x\"\n").unwrap();
    let check = |arguments: &[&str]| {
        millrace().args(["config"]).args(arguments).current_dir(home.folder()).output().unwrap()
    };
    assert!(refusal(&check(&["check"])).contains("did you mean \"server.listen\"?"));
    std::fs::write(
        home.folder().join("millrace.toml"),
        "[server]\nlisten = \"127.0.0.1:9\"\n[storage]\ndatabase = \"postgres://u:geheim@h/d\"\n",
    )
    .unwrap();
    printed(&check(&["check"]));
    let dump = printed(&check(&["dump", "--set", "quickbooks.history_days=30"]));
    assert!(dump.contains("listen = \"127.0.0.1:9\"  # millrace.toml"), "{dump}");
    assert!(dump.contains("history_days = \"30\"  # command line"), "{dump}");
    assert!(!dump.contains("geheim"), "{dump}");
    std::fs::write(home.folder().join("again.toml"), dump).unwrap();
    let again = printed(&check(&["dump", "--config", "again.toml"]));
    assert!(again.contains("history_days = \"30\"  # again.toml"), "{again}");
    let within_a_file = ["keys", "list", "--data", "millrace.toml/data"];
    let within_a_file = millrace().args(within_a_file).current_dir(home.folder()).output().unwrap();
    assert!(refusal(&within_a_file).contains("millrace.toml/data cannot be looked into"));
    let stranger = refusal(&check(&["check", "--set", "server=x"]));
    assert!(stranger.contains("`millrace config dump` shows all there are"), "{stranger}");
}

#[tokio::test]
async fn health_needs_no_key() {
    let server = Server::start(Database::Sqlite).await;
    for path in ["/healthz", "/readyz"] {
        let answer = reqwest::get(format!("{}{path}", server.url)).await.unwrap();
        assert_eq!(answer.status().as_u16(), 200, "{path}");
    }
    let verbose = reqwest::get(format!("{}/readyz?verbose", server.url)).await.unwrap();
    let verbose: serde_json::Value = serde_json::from_str(&verbose.text().await.unwrap()).unwrap();
    assert_eq!((&verbose["ready"], &verbose["simulators"]), (&true.into(), &true.into()));
}

#[tokio::test]
async fn production_mode_starts_without_simulators_and_makes_no_key() {
    let options = ServerOptions::flags(&["--set", "mode=production"]);
    let server = Server::start_with(Database::Sqlite, &options).await;
    crate::harness::wait_for("the advice to make a key", || {
        let log = server.log();
        std::future::ready(
            log.iter().any(|line| line.contains("millrace keys create")).then_some(()),
        )
    })
    .await;
    assert!(server.printed().is_empty());
    let answer = reqwest::get(format!("{}/simulators/quickbooks/books", server.url)).await.unwrap();
    assert_eq!(answer.status().as_u16(), 404);
}
