//! Whether the database can serve: it has room, gives what is in it, takes what is written, and has the schema that this
//! program needs. Each is tried, because a disk that is full or read-only tells nobody before.

use crate::error::{ended, file_failed};
use crate::{SqliteStore, schema, sql};
use std::fs::{File, remove_file};
use std::io::{self, Write as _};
use std::path::Path;
use std::time::Duration;
use store::migration::{self, Migrate};
use store::{Answer, StoreError};

/// Less room than this is none: a push of a thousand lines, its log and its indexes would not fit.
const ROOM_BYTES: usize = 1 << 20;
/// A commit so short a time ago has shown that commits go through; under load nothing is written for the check.
const PROVEN_FOR: Duration = Duration::from_secs(1);

const COUNT_CHECK: &str = "
    -- count_check
    update installation
    set checks = checks + 1";

/// Tries everything that serving needs.
pub(crate) async fn check(store: &SqliteStore) -> Answer<()> {
    if !store.writer().is_alive() {
        return Err(ended("the writer has ended"));
    }
    let file = store.file().to_owned();
    let tried = tokio::task::spawn_blocking(move || try_disk(&file));
    tried.await.map_err(|error| StoreError::Failed(Box::new(error)))??;
    let version = store.read(schema::version).await?;
    migration::due(version, schema::MIGRATIONS, Migrate::Forbid).map(|_none| ())?;
    if store.writer().has_committed_within(PROVEN_FOR) {
        return Ok(());
    }
    store.write(|writing| sql::execute(writing.database, COUNT_CHECK, &[])).await.map(drop)
}

/// Whether a file beside the database can be made and filled. It never reaches the disk itself: it is gone before.
fn try_disk(database: &Path) -> Answer<()> {
    let path = database.with_extension(format!("room-{}", std::process::id()));
    let tried = fill(&path);
    match remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => tried.and(Err(error)),
        Ok(()) | Err(_) => tried,
    }
    .map_err(|error| file_failed(&error))
}

fn fill(path: &Path) -> io::Result<()> {
    File::create(path)?.write_all(&vec![0; ROOM_BYTES])
}
