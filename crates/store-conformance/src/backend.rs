//! What a backend brings to be tested, and the macro that makes one test of each case.

use async_trait::async_trait;
use std::sync::Arc;
use store::Store;
use store::ledger::ChunkNo;

/// A database made for one case; it goes away when this is dropped.
#[async_trait]
pub trait Backend: Send + Sync {
    /// A store on the database, as a starting process opens it. A case opens a second one only when it has closed the
    /// first.
    async fn open(&self) -> Arc<dyn Store>;

    /// Flips the lowest bit of a byte, counted from the end, behind the back of every store.
    async fn flip(&self, kept: Kept, from_end: usize);

    /// Runs a statement that both databases understand, behind the back of every store.
    async fn run(&self, sql: &str);
}

/// Bytes that a database keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// The head of the account with this number.
    Head(u64),
    /// The chunk with this number.
    Chunk(ChunkNo),
}

/// One test for each named case, in a module for each noun. See [`crate::suite`].
#[doc(hidden)]
#[macro_export]
macro_rules! tests {
    ($empty:path; $($noun:ident: $($case:ident)+;)+) => {$(
        mod $noun {
            $(
                #[::tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $case() {
                    let backend = $empty().await;
                    $crate::$noun::$case(&backend).await;
                }
            )+
        }
    )+};
}
