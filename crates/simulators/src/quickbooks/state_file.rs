//! The simulator's memory: nothing, or a JSON file that is replaced as a whole, so that a reader never sees half of it.

use super::QuickBooksError;
use super::books::Books;
use std::path::{Path, PathBuf};
use tokio::io::AsyncWriteExt as _;

/// Where books are kept between two starts.
#[derive(Clone, Debug)]
pub(super) struct StateFile(Option<PathBuf>);

impl StateFile {
    /// A file, or nothing.
    pub(super) const fn at(path: Option<PathBuf>) -> Self {
        Self(path)
    }

    /// What was kept last; empty books at the first start.
    pub(super) fn load(&self) -> Result<Books, QuickBooksError> {
        let Some(path) = &self.0 else { return Ok(Books::default()) };
        match std::fs::read(path) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| failed(path, error.into())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Books::default()),
            Err(error) => Err(failed(path, error)),
        }
    }

    /// Keeps `books`.
    pub(super) async fn save(&self, books: &Books) -> Result<(), QuickBooksError> {
        let Some(path) = &self.0 else { return Ok(()) };
        let bytes = serde_json::to_vec_pretty(books).map_err(|error| failed(path, error.into()))?;
        write(path, &bytes).await.map_err(|error| failed(path, error))
    }
}

async fn write(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let mut options = tokio::fs::OpenOptions::new();
    options.create(true).write(true).truncate(true);
    // It holds the passwords that the simulated customers type.
    #[cfg(unix)]
    options.mode(0o600);
    let mut file = options.open(&beside).await?;
    file.write_all(bytes).await?;
    file.sync_all().await?;
    tokio::fs::rename(&beside, path).await
}

fn failed(path: &Path, source: std::io::Error) -> QuickBooksError {
    QuickBooksError::StateFile { path: path.display().to_string(), source }
}

#[cfg(test)]
mod tests {
    use super::super::books::{Account, Customer};
    use super::super::canned::a_bank_offer;
    use super::*;
    use jiff::civil::Date;

    fn some_books() -> Books {
        let start = Date::constant(2024, 2, 22);
        let account = Account::chosen(a_bank_offer(), "acc-1".to_owned(), start);
        let customer = Customer {
            username: "U".to_owned(),
            password: "P".to_owned(),
            offered: vec![a_bank_offer()],
            accounts: vec![account],
        };
        let mut books = Books::default();
        books.customers.insert("c-1".to_owned(), customer);
        books.next_request();
        books
    }

    #[tokio::test]
    async fn books_come_back_as_they_were_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("books.json");
        let file = StateFile::at(Some(path.clone()));
        assert!(file.load().unwrap().customers.is_empty());
        file.save(&some_books()).await.unwrap();
        file.save(&some_books()).await.unwrap();
        let loaded = file.load().unwrap();
        let json = |books: &Books| serde_json::to_value(books).unwrap();
        assert_eq!(json(&loaded), json(&some_books()));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[tokio::test]
    async fn a_broken_file_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("books.json");
        std::fs::write(&path, "{").unwrap();
        let error = StateFile::at(Some(path)).load().unwrap_err().to_string();
        assert!(error.contains("books.json cannot be used"), "{error}");
    }

    #[tokio::test]
    async fn without_a_file_nothing_is_kept() {
        let file = StateFile::at(None);
        file.save(&some_books()).await.unwrap();
        assert!(file.load().unwrap().customers.is_empty());
    }
}
