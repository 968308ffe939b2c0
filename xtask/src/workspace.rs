//! Where the workspace lies on this machine, and the folders that xtask keeps in it.

use std::path::{Path, PathBuf};

/// The folder that holds the root `Cargo.toml`.
pub(crate) fn root() -> PathBuf {
    let own_folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    own_folder.parent().unwrap_or(own_folder).to_owned()
}

/// What xtask installs for itself; ignored by git and safe to delete.
pub(crate) fn cache_folder() -> PathBuf {
    root().join(".cache")
}
