//! Processes that others have started: which there are, and waiting for them.

use std::process::Command;
use std::time::Duration;

/// Nothing takes as many looks unless it never comes.
const LOOKS_MAX: usize = 6_000;
const LOOK_PAUSE: Duration = Duration::from_millis(10);

/// Looks again and again until something is so.
#[expect(clippy::panic, reason = "a test whose process does not come or go must fail, and say so")]
pub fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    for _ in 0..LOOKS_MAX {
        if is_so() {
            return;
        }
        std::thread::sleep(LOOK_PAUSE);
    }
    panic!("waited in vain until {what}")
}

/// The processes that a process has begun.
pub(crate) fn children(process: &str) -> Vec<String> {
    // It answers with a status of its own when there are none.
    let listed = Command::new("ps").args(["-o", "pid=", "--ppid", process]).output().unwrap();
    let listed = String::from_utf8(listed.stdout).unwrap();
    listed.split_whitespace().map(str::to_owned).collect()
}

/// Whether a process still runs: one that nobody has waited for is as good as gone.
pub(crate) fn is_alive(process: &str) -> bool {
    let state = Command::new("ps").args(["-o", "stat=", "-p", process]).output().unwrap();
    let state = String::from_utf8(state.stdout).unwrap();
    !state.trim().is_empty() && !state.trim().starts_with('Z')
}
