//! The published clients of the API, unmodified, against the running server: each is driven by a program in
//! `tests/python` or `tests/node`, which checks every answer and that no method of the package was forgotten.

use crate::harness::{Database, Sandbox, Server, environment, node_packages, on_both};

on_both! {
    the_newest_bank_feeds_package_works_method_by_method;
    the_newest_platform_package_works_for_its_share;
    the_typescript_platform_package_works_for_its_share;
    the_package_of_2024_works_method_by_method;
    the_package_of_summer_2023_works_method_by_method;
    the_package_of_the_tutorial_of_june_2023_works_method_by_method;
}

/// Runs a program, whose checks are its exit code, with the packages of an environment.
async fn run(database: Database, environment_name: &str, program: &str) {
    let server = Server::start(database).await;
    let caller = server.caller();
    let path = format!("{}/tests/python/{program}.py", env!("CARGO_MANIFEST_DIR"));
    let words = ["-B", path.as_str(), server.url.as_str(), caller.key.as_str()];
    Sandbox::new().run(environment(environment_name, "python"), &words).expect_success();
}

async fn the_newest_bank_feeds_package_works_method_by_method(database: Database) {
    run(database, "sdk", "bankfeeds_13").await;
}

async fn the_newest_platform_package_works_for_its_share(database: Database) {
    run(database, "sdk", "platform_6").await;
}

async fn the_typescript_platform_package_works_for_its_share(database: Database) {
    let server = Server::start(database).await;
    let caller = server.caller();
    let path = format!("{}/tests/node/platform_6.cjs", env!("CARGO_MANIFEST_DIR"));
    let words = [path.as_str(), server.url.as_str(), caller.key.as_str()];
    Sandbox::new().with("NODE_PATH", &node_packages()).run("node", &words).expect_success();
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
