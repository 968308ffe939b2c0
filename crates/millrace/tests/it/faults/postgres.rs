//! A PostgreSQL that crashes and comes back, or that says nothing for a while.

use super::scene::{Fault, Reads, Scene};
use crate::harness::{Home, Server, ServerOptions};
use testkit::PostgresCluster;

#[tokio::test]
async fn a_database_that_crashes_is_told_and_got_over() {
    let crash = Crash(PostgresCluster::start());
    let home = Home::on_postgres(crash.0.database());
    Scene::open(home, &ServerOptions::default()).await.live_through(&crash).await;
}

/// No connection breaks: only the silence tells.
#[tokio::test]
async fn a_database_that_is_frozen_is_told_and_got_over() {
    let frost = Frost(PostgresCluster::start());
    let home = Home::on_postgres(frost.0.database());
    Scene::open(home, &ServerOptions::default()).await.live_through(&frost).await;
}

struct Crash(PostgresCluster);

impl Fault for Crash {
    fn begin(&self, _server: &Server) {
        self.0.kill();
    }

    fn end(&self, _server: &Server) {
        self.0.restart();
    }

    fn told(&self) -> &'static [&'static str] {
        &["the database's server cannot be reached"]
    }

    fn reads(&self) -> Reads {
        Reads::AreRefused
    }
}

struct Frost(PostgresCluster);

impl Fault for Frost {
    fn begin(&self, _server: &Server) {
        self.0.signal("STOP");
    }

    fn end(&self, _server: &Server) {
        self.0.signal("CONT");
    }

    fn told(&self) -> &'static [&'static str] {
        &["no answer within", "the database's server cannot be reached"]
    }

    fn reads(&self) -> Reads {
        Reads::AreRefused
    }
}

impl Drop for Frost {
    fn drop(&mut self) {
        // A story that failed leaves nothing frozen: it could not be stopped.
        self.0.signal("CONT");
    }
}
