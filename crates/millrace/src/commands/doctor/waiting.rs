//! Whether pushes wait for longer than anything that ends by itself explains: a platform that is away, or that has a
//! statement and never says what became of it.

use super::report::{Report, Told};
use crate::world::SystemClock;
use domain::clock::Clock as _;
use domain::ids::ConnectionPath;
use domain::push::PushOperation;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use store::Store;

const CHECK: &str = "pushes";
/// Maintenance of a platform, and a day's calls that are used up, are over by then.
const LONG: SignedDuration = SignedDuration::from_hours(24);
/// So many are told: where one platform is away, all wait for the same.
const TOLD_AT_MOST: u32 = 10;
const ADVICE: &str = "`GET /ext/v1/companies/{company}/push/{push}` tells how far it is, `dataConnectionErrors` of its \
     connection whether the platform can be reached; where a statement is `Received`, ask the platform";

pub(super) async fn check(store: &dyn Store, report: &mut Report) -> anyhow::Result<()> {
    let before = SystemClock.now().saturating_sub(LONG).unwrap_or(Timestamp::MIN);
    let waiting = store.list_waiting(before, TOLD_AT_MOST).await?;
    if waiting.is_empty() {
        return report.right(CHECK, "none has been Pending for more than a day");
    }
    for push in &waiting {
        let what = format!("one has been Pending since {:.0}", push.requested_at);
        report.wrong_at(CHECK, &what, &place_of(push), ADVICE)?;
    }
    Ok(())
}

fn place_of(push: &PushOperation) -> Told {
    let ConnectionPath { client, company, connection } = push.path;
    let (account, key) = (&push.account, push.key);
    let words = format!(
        "client {client}, company {company}, connection {connection}, account {account}, push {key}"
    );
    let object = json!({
        "client": client.to_string(),
        "company": company.to_string(),
        "connection": connection.to_string(),
        "account": account.as_str(),
        "push": key.to_string(),
    });
    Told { words, object }
}
