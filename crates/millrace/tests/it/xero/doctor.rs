//! `millrace doctor --deep` on what was sent to Xero: statements add up, and continue.

use super::scene::Scene;
use crate::harness::{Database, millrace, on_both};

on_both! {
    statements_that_were_sent_are_found_sound;
}

async fn statements_that_were_sent_are_found_sound(database: Database) {
    let scene = Scene::linked(database, &["current", "card"]).await;
    for push in 0..3 {
        let (first, second) = (format!("{push}-a"), format!("{push}-b"));
        let lines = [(first.as_str(), -12.5), (second.as_str(), 100.25)];
        scene.deliver("current", &lines).await;
        scene.deliver("card", &lines).await;
    }
    let mut doctor = millrace();
    let output =
        doctor.args(["doctor", "--deep"]).args(scene.server.home.flags()).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(text.contains("✓ lines: 12 lines"), "{text}");
}
