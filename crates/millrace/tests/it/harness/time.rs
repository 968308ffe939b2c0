//! Dates relative to now, and waiting for conditions.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use std::future::Future;
use std::time::Duration;

/// Long enough for a loaded machine; nothing waits as long unless it fails.
const WAIT_MAX: Duration = Duration::from_secs(30);
const WAIT_STEP: Duration = Duration::from_millis(20);

/// The date in UTC: a line of today is never in the future, wherever the server stands.
pub(crate) fn today() -> Date {
    Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date()
}

/// The date so many days ago.
pub(crate) fn days_ago(days: i64) -> Date {
    today().checked_sub(days.days()).unwrap()
}

/// Asks again and again until there is an answer, or fails naming what was waited for.
pub(crate) async fn wait_for<T, F: Future<Output = Option<T>>>(
    what: &str,
    mut ask: impl FnMut() -> F,
) -> T {
    let asked = async {
        loop {
            if let Some(answer) = ask().await {
                return answer;
            }
            tokio::time::sleep(WAIT_STEP).await;
        }
    };
    let waited = tokio::time::timeout(WAIT_MAX, asked).await;
    waited.unwrap_or_else(|_elapsed| panic!("waited {WAIT_MAX:?} in vain for {what}"))
}
