//! A connection: one company's link to one accounting platform, and the ways its status may go.

use crate::ids::{ClientId, CompanyId, ConnectionId, ConnectionPath};
use crate::platform::{AccountMapping, Platform};
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
    /// What is or was last wrong with it.
    pub trouble: Option<Trouble>,
}

/// Something that keeps lines from a platform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// What sort.
    pub kind: TroubleKind,
    /// What, and what to do.
    pub message: String,
    /// Since when.
    pub since: Timestamp,
    /// Until when; nothing while it lasts.
    pub ended_at: Option<Timestamp>,
}

/// What sort of trouble it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TroubleKind {
    /// The customer has to let us in again.
    NotAuthorized,
    /// The platform does not answer, or not to us.
    Unavailable,
}

impl TroubleKind {
    /// Every kind.
    pub const ALL: [Self; 2] = [Self::NotAuthorized, Self::Unavailable];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NotAuthorized => "NotAuthorized",
            Self::Unavailable => "Unavailable",
        }
    }

    /// The kind of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The number that the contract shows with it.
    pub const fn code(self) -> u16 {
        match self {
            Self::NotAuthorized => 401,
            Self::Unavailable => 503,
        }
    }
}

/// What becomes of a connection's trouble.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum TroubleChange {
    /// Nothing.
    #[default]
    Keep,
    /// This is wrong now. The same that is wrong already is no news.
    Begin(Trouble),
    /// It is over.
    End,
}

impl TroubleChange {
    /// This is wrong, since now.
    pub fn of(kind: TroubleKind, message: impl Into<String>, now: Timestamp) -> Self {
        Self::Begin(Trouble { kind, message: message.into(), since: now, ended_at: None })
    }

    /// What is to be kept after it; nothing when nothing changes.
    pub fn applied(self, before: Option<&Trouble>, now: Timestamp) -> Option<Trouble> {
        let lasting = before.filter(|trouble| trouble.ended_at.is_none());
        match (self, lasting) {
            (Self::Begin(new), Some(old)) if old.kind == new.kind && old.message == new.message => {
                None
            }
            (Self::Begin(new), _) => Some(new),
            (Self::End, Some(old)) => Some(Trouble { ended_at: Some(now), ..old.clone() }),
            (Self::End, None) | (Self::Keep, _) => None,
        }
    }
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
    /// Whether it is given up with the last of its accounts: where accounts are chosen inside the platform, that is how its
    /// user ends it; where they are mapped by us, the next one may be mapped at once.
    pub fn ends_with_its_accounts(&self) -> bool {
        self.platform.mapping == AccountMapping::Inside
    }

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
