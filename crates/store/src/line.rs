//! Verbs about the lines of an account.

use crate::Answer;
use async_trait::async_trait;
use domain::line::KeptLine;
use domain::page::{ListRequest, Page};
use domain::push::LineSpan;
use domain::source_account::{AccountPath, SourceAccount};
use jiff::civil::Date;

/// Days, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// The first day.
    pub from: Date,
    /// The last day; nothing for no end.
    pub to: Option<Date>,
}

/// What a statement shows, read in one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatementLines {
    /// The account then.
    pub account: SourceAccount,
    /// The window's lines by date, then position.
    pub lines: Vec<KeptLine>,
    /// How many lines the account had then, whatever their dates.
    pub watermark: u64,
    /// The date of the newest line that was not withdrawn.
    pub newest: Option<Date>,
}

/// Verbs about lines.
#[async_trait]
pub trait Lines: Send + Sync {
    /// An account's lines by date, then position, unless the request says otherwise; nothing when there is no such
    /// account.
    async fn list_lines(
        &self,
        path: &AccountPath,
        request: &ListRequest,
    ) -> Answer<Option<Page<KeptLine>>>;

    /// What a statement over `window` shows; nothing when there is no such account.
    async fn statement_lines(
        &self,
        path: &AccountPath,
        window: Window,
    ) -> Answer<Option<StatementLines>>;

    /// The lines at the given positions, in order; withdrawn ones are not there.
    async fn lines_at(&self, path: &AccountPath, span: LineSpan) -> Answer<Vec<KeptLine>>;
}
