//! One attempt at one push.

use domain::connection::Connection;
use domain::platform::Delivery;
use domain::push::{Outcome, PushOperation, Remark};
use domain::source_account::AccountPath;
use store::{Answer, Store};

/// Does what the push's platform asks for.
pub(crate) async fn attempt(store: &dyn Store, push: &PushOperation) -> Answer<Outcome> {
    let path = AccountPath { connection: push.path, account: push.account.clone() };
    let Some(connection) = store.find_connection(&push.path).await? else {
        return Ok(Outcome::Gone);
    };
    // An account made after the push has only its id in common with the one that was pushed to.
    let account = store.find_source_account(&path).await?;
    if account.is_none_or(|account| account.created_at > push.requested_at) {
        return Ok(Outcome::Gone);
    }
    Ok(deliver(&connection))
}

fn deliver(connection: &Connection) -> Outcome {
    match connection.platform.delivery {
        // The lines lie ready since the push was accepted: the platform fetches them when it likes.
        Delivery::Pulled => Outcome::Done,
        Delivery::Sent => Outcome::Rejected(vec![Remark {
            path: "dataConnectionKey".to_owned(),
            message: format!("this version cannot send to {}", connection.platform.name),
        }]),
    }
}
