//! The rows that may hold something sealed with the encryption key: consumers of webhooks, and links. What is done with
//! each is the caller's business.

use domain::link::Link;
use domain::webhook::Consumer;
use store::Store;

/// So many rows are looked at in one go.
const ROWS_AT_ONCE: u32 = 100;

/// Every consumer of every client, one after the other.
pub(crate) async fn each_consumer(
    store: &dyn Store,
    mut look: impl AsyncFnMut(Consumer) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let mut after = None;
    loop {
        let page = store.list_all_consumers(after, ROWS_AT_ONCE).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = Some((last.client, last.id));
        for consumer in page {
            look(consumer).await?;
        }
    }
}

/// Every link of every client, one after the other.
pub(crate) async fn each_link(
    store: &dyn Store,
    mut look: impl AsyncFnMut(Link) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let mut after = None;
    loop {
        let page = store.list_all_links(after, ROWS_AT_ONCE).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = Some((last.path.client, last.path.connection));
        for link in page {
            look(link).await?;
        }
    }
}
