//! Verbs about companies.

use crate::Answer;
use async_trait::async_trait;
use domain::company::{Company, CompanyChange};
use domain::ids::{ClientId, CompanyId};
use domain::page::{ListRequest, Page};
use domain::query::TagFilter;
use jiff::Timestamp;

/// Verbs about companies.
#[async_trait]
pub trait Companies: Send + Sync {
    /// Keeps a new company, with its event.
    async fn create_company(&self, company: &Company) -> Answer<()>;

    /// One company with its connections.
    async fn find_company(&self, client: ClientId, id: CompanyId) -> Answer<Option<Company>>;

    /// Companies with their connections; oldest first unless the request says otherwise. `tags` narrows further.
    async fn list_companies(
        &self,
        client: ClientId,
        request: &ListRequest,
        tags: Option<&TagFilter>,
    ) -> Answer<Page<Company>>;

    /// Changes a company; answers it as it is then, or nothing when there is none.
    async fn change_company(
        &self,
        client: ClientId,
        id: CompanyId,
        change: CompanyChange,
    ) -> Answer<Option<Company>>;

    /// Deletes a company with everything on it, with its event; whether there was one.
    async fn delete_company(&self, client: ClientId, id: CompanyId, now: Timestamp)
    -> Answer<bool>;
}
