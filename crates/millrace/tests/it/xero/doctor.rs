//! `millrace doctor` on what was sent to Xero: statements add up, and continue; one that Xero is silent about is told.

use super::scene::Scene;
use crate::harness::{Database, Home, millrace, on_both};
use serde_json::json;

on_both! {
    statements_that_were_sent_are_found_sound;
    a_push_that_xero_is_silent_about_is_told_after_a_day;
}

/// What it says, and its exit status.
fn doctor(home: &Home, flags: &[&str]) -> (String, Option<i32>) {
    let output = millrace().arg("doctor").args(flags).args(home.flags()).output().unwrap();
    (String::from_utf8(output.stdout).unwrap(), output.status.code())
}

async fn statements_that_were_sent_are_found_sound(database: Database) {
    let scene = Scene::linked(database, &["current", "card"]).await;
    for push in 0..3 {
        let (first, second) = (format!("{push}-a"), format!("{push}-b"));
        let lines = [(first.as_str(), -12.5), (second.as_str(), 100.25)];
        scene.deliver("current", &lines).await;
        scene.deliver("card", &lines).await;
    }
    let (text, status) = doctor(&scene.server.home, &["--deep"]);
    assert_eq!(status, Some(0), "{text}");
    assert!(text.contains("✓ lines: 12 lines"), "{text}");
}

async fn a_push_that_xero_is_silent_about_is_told_after_a_day(database: Database) {
    let scene = Scene::linked(database, &["current"]).await;
    scene.set(json!({"deliverySecs": 1_000_000})).await;
    let push = scene.push("current", &[("a", 1.0)]).await;
    let (text, status) = doctor(&scene.server.home, &[]);
    assert_eq!(status, Some(0), "{text}");
    let home = scene.server.stop().await;
    let column = if home.url().is_some() { "requested_at" } else { "requested_at_us" };
    let day = 24 * 60 * 60 * 1_000_000_i64;
    home.sql(&format!("update push set {column} = {column} - {day}"));
    let (text, status) = doctor(&home, &[]);
    assert_eq!(status, Some(1), "{text}");
    let wrong: Vec<_> = text.lines().filter(|line| !line.starts_with('✓')).collect();
    let [told] = wrong[..] else { panic!("{text}") };
    assert!(told.starts_with("✗ pushes: one has been Pending since "), "{text}");
    for place in [&scene.company, &scene.connection, "current", &push] {
        assert!(told.contains(place), "{place} in {told}");
    }
}
