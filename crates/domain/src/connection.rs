//! A connection: one company's link to one accounting platform, and the ways its status may go.

use crate::ids::{ClientId, CompanyId, ConnectionId, ConnectionPath};
use crate::platform::Platform;
use crate::query::{Kind, Property, PropertySpec, Queryable};
use jiff::Timestamp;

/// One link to a platform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connection {
    /// Never changes.
    pub id: ConnectionId,
    /// The tenant.
    pub client: ClientId,
    /// Whose books.
    pub company: CompanyId,
    /// Which software.
    pub platform: &'static Platform,
    /// Whether it can be used.
    pub status: ConnectionStatus,
    /// When it was made.
    pub created_at: Timestamp,
    /// When the platform last took lines.
    pub synced_at: Option<Timestamp>,
}

/// Whether a connection can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ConnectionStatus {
    /// Made; the customer has not authorised it yet.
    PendingAuth,
    /// Usable.
    Linked,
    /// The client gave it up, or no account is left on it.
    Unlinked,
    /// The customer or the platform took the permission back.
    Deauthorized,
}

impl ConnectionStatus {
    /// Every status.
    pub const ALL: [Self; 4] =
        [Self::PendingAuth, Self::Linked, Self::Unlinked, Self::Deauthorized];

    /// The contract's name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::PendingAuth => "PendingAuth",
            Self::Linked => "Linked",
            Self::Unlinked => "Unlinked",
            Self::Deauthorized => "Deauthorized",
        }
    }

    /// The status of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }
}

impl Connection {
    /// The connection with all it belongs to.
    pub const fn path(&self) -> ConnectionPath {
        ConnectionPath { client: self.client, company: self.company, connection: self.id }
    }
}

/// What a list of connections can be asked for.
pub const CONNECTION_PROPERTIES: &[PropertySpec] = &[
    PropertySpec::new("id", Kind::Text),
    PropertySpec::new("integrationId", Kind::Text),
    PropertySpec::new("integrationKey", Kind::Text),
    PropertySpec::new("sourceId", Kind::Text),
    PropertySpec::new("platformName", Kind::Text),
    PropertySpec::new("sourceType", Kind::Text),
    PropertySpec::new("status", Kind::Text),
    PropertySpec::new("created", Kind::Moment),
    PropertySpec::new("lastSync", Kind::Moment),
];

impl Queryable for Connection {
    fn property(&self, path: &str) -> Property<'_> {
        match path {
            "id" => self.id.to_string().into(),
            "integrationId" => self.platform.integration_id.into(),
            "integrationKey" => self.platform.key.into(),
            "sourceId" => self.platform.source_id.into(),
            "platformName" => self.platform.name.into(),
            "sourceType" => self.platform.source_type.name().into(),
            "status" => self.status.name().into(),
            "created" => self.created_at.into(),
            "lastSync" => self.synced_at.into(),
            _ => Property::Unknown,
        }
    }
}
