//! What pages of a link are about: a company, whose person chooses the software, or one of its connections.

use domain::ids::{CompanyId, CompanyPath, ConnectionId, ConnectionPath};
use domain::link_session::LinkTarget;
use store::{Answer, Store};
use uuid::Uuid;

/// Something that pages are about.
pub(crate) trait Subject: Copy + Send + Sync {
    /// What a path calls it.
    type Id: Copy + Send;
    /// The name of the path parameter that says which one.
    const PARAMETER: &'static str;

    /// Reads that parameter.
    fn parse(text: &str) -> Option<Self::Id>;

    /// The bare id.
    fn uuid(id: Self::Id) -> Uuid;

    /// The one of that id, if a visit that opens `target` opens it.
    fn within(
        store: &dyn Store,
        target: LinkTarget,
        id: Self::Id,
    ) -> impl Future<Output = Answer<Option<Self>>> + Send;

    /// Where its pages begin, below all pages.
    fn page(&self) -> String;
}

impl Subject for CompanyPath {
    type Id = CompanyId;
    const PARAMETER: &'static str = "companyId";

    fn parse(text: &str) -> Option<CompanyId> {
        CompanyId::parse(text)
    }

    fn uuid(id: CompanyId) -> Uuid {
        id.uuid()
    }

    async fn within(_store: &dyn Store, target: LinkTarget, id: CompanyId) -> Answer<Option<Self>> {
        Ok(match target {
            LinkTarget::Company(path) if path.company == id => Some(path),
            LinkTarget::Company(_) | LinkTarget::Connection(_) => None,
        })
    }

    fn page(&self) -> String {
        format!("company/{}", self.company)
    }
}

impl Subject for ConnectionPath {
    type Id = ConnectionId;
    const PARAMETER: &'static str = "connectionId";

    fn parse(text: &str) -> Option<ConnectionId> {
        ConnectionId::parse(text)
    }

    fn uuid(id: ConnectionId) -> Uuid {
        id.uuid()
    }

    async fn within(
        store: &dyn Store,
        target: LinkTarget,
        id: ConnectionId,
    ) -> Answer<Option<Self>> {
        match target {
            LinkTarget::Connection(path) => Ok(Some(path).filter(|path| path.connection == id)),
            LinkTarget::Company(path) => {
                let found = store.find_linked(path.company, id).await?;
                Ok(found.filter(|found| found.of_company() == path))
            }
        }
    }

    fn page(&self) -> String {
        self.connection.to_string()
    }
}
