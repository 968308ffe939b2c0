//! The published clients of the API, unmodified, against the running server: each is driven by a program in
//! `tests/python` or `tests/node`, which checks every answer and that no method of the package was forgotten.

use crate::harness::{
    Bank, Database, Sandbox, Server, ServerOptions, a_line, days_ago, environment, node_packages,
    on_both,
};
use crate::mapping::Scene;

on_both! {
    the_newest_bank_feeds_package_works_method_by_method;
    the_newest_bank_feeds_package_maps_accounts;
    the_newest_platform_package_works_for_its_share;
    the_typescript_platform_package_works_for_its_share;
    the_package_of_2024_works_method_by_method;
    the_package_of_summer_2023_works_method_by_method;
    the_package_of_the_tutorial_of_june_2023_works_method_by_method;
}

/// Runs a program, whose checks are its exit code, with the packages of an environment.
async fn run(database: Database, environment_name: &'static str, program: &str) {
    let server = Server::start(database).await;
    run_at(&server, environment_name, program, &[]).await;
}

/// The same at a server that is there. Its thread is not the test's, where a bank may have to answer meanwhile.
async fn run_at(server: &Server, environment_name: &'static str, program: &str, more: &[String]) {
    let caller = server.caller();
    let path = format!("{}/tests/python/{program}.py", env!("CARGO_MANIFEST_DIR"));
    let mut words = vec!["-B".to_owned(), path, caller.url, caller.key];
    words.extend_from_slice(more);
    let running = tokio::task::spawn_blocking(move || {
        let words: Vec<_> = words.iter().map(String::as_str).collect();
        Sandbox::new().run(environment(environment_name, "python"), &words)
    });
    running.await.unwrap().expect_success();
}

async fn the_newest_bank_feeds_package_works_method_by_method(database: Database) {
    let bank = Bank::open().await;
    bank.gives(&[a_line("from the bank", days_ago(1), 3.5)], None);
    let options = ServerOptions { flags: bank.flags(), ..ServerOptions::default() };
    let server = Server::start_with(database, &options).await;
    run_at(&server, "sdk", "bankfeeds_13", &[]).await;
}

async fn the_newest_bank_feeds_package_maps_accounts(database: Database) {
    let scene = Scene::linked(database).await;
    let ids = [scene.path.company.to_string(), scene.path.connection.to_string()];
    run_at(&scene.server, "sdk", "bankfeeds_13_books", &ids).await;
}

async fn the_newest_platform_package_works_for_its_share(database: Database) {
    run(database, "sdk", "platform_6").await;
}

async fn the_typescript_platform_package_works_for_its_share(database: Database) {
    let server = Server::start(database).await;
    let caller = server.caller();
    let path = format!("{}/tests/node/platform_6.cjs", env!("CARGO_MANIFEST_DIR"));
    let words = [path.as_str(), server.url.as_str(), caller.key.as_str()];
    Sandbox::new().with("NODE_PATH", &node_packages("sdk")).run("node", &words).expect_success();
}

async fn the_package_of_2024_works_method_by_method(database: Database) {
    run(database, "sdk-6", "bankfeeds_6").await;
}

async fn the_package_of_summer_2023_works_method_by_method(database: Database) {
    run(database, "sdk-0-25", "bankfeeds_0").await;
}

async fn the_package_of_the_tutorial_of_june_2023_works_method_by_method(database: Database) {
    run(database, "sdk-0-23", "bankfeeds_0").await;
}
