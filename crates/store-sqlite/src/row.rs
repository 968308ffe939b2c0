//! How the domain's values stand in columns, in both directions. Lists inside a column are json.rs.

use crate::json;
use domain::access_token::AccessTokenHash;
use domain::api_key::ApiKeyHash;
use domain::branding::{Colour, ImageKind, ImagePlace};
use domain::client::ClientName;
use domain::client_settings::{Origin, RedirectTemplate, WebUrl};
use domain::company::{CompanyName, Tags};
use domain::connection::{ConnectionStatus, Trouble};
use domain::delivery::SentStage;
use domain::event::EventKind;
use domain::ids::{
    ApiKeyId, ClaimId, ClientId, CompanyId, ConnectionId, ConsumerId, CredentialId, FetchId,
    IdempotencyKey, LeaseToken, PushKey, RequestId, SyncId,
};
use domain::managed_sync::{Schedule, SyncCause, SyncErrorCode, SyncStatus};
use domain::money::{Amount, CurrencyCode};
use domain::platform::{self, Platform};
use domain::push::{Awaited, PushStatus, Validation};
use domain::sealed::Sealed;
use domain::source_account::{AccountId, AccountStatus, Shape};
use domain::webhook::{DeliveryStatus, DisabledWhy};
use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::Row;
use rusqlite::types::{ToSqlOutput, Value, ValueRef};
use store::{Answer, StoreError, awaited_text, link_text};
use uuid::Uuid;

/// A value that can stand in a column.
pub(crate) trait Put {
    /// As SQLite takes it.
    fn put(&self) -> ToSqlOutput<'_>;
}

/// A value that can be read back from a column.
pub(crate) trait Take: Sized {
    /// The value, or nothing when the column holds something else.
    fn take(value: ValueRef<'_>) -> Option<Self>;
}

/// Reads a row from left to right, in the order of the select list.
pub(crate) struct Fields<'r> {
    row: &'r Row<'r>,
    next: usize,
}

impl<'r> Fields<'r> {
    /// Starts with the first column.
    pub(crate) const fn of(row: &'r Row<'r>) -> Self {
        Self { row, next: 0 }
    }

    /// The next column's value.
    pub(crate) fn next<T: Take>(&mut self) -> Answer<T> {
        self.convert(T::take)
    }

    /// The next column's bytes, where they lie.
    pub(crate) fn next_bytes(&mut self) -> Answer<&'r [u8]> {
        self.convert(|value| value.as_blob().ok())
    }

    fn convert<T>(&mut self, take: impl FnOnce(ValueRef<'r>) -> Option<T>) -> Answer<T> {
        let index = self.next;
        self.next = index.saturating_add(1);
        let value = self.row.get_ref(index).map_err(crate::error::failed)?;
        take(value).ok_or_else(|| {
            let name = self.row.as_ref().column_name(index).unwrap_or("?");
            StoreError::Damaged(format!("column {name} holds {:?}", value.data_type()))
        })
    }
}

/// The value of a row that has one column.
pub(crate) fn only<T: Take>(row: &mut Fields<'_>) -> Answer<T> {
    row.next()
}

impl<T: Put> Put for Option<T> {
    fn put(&self) -> ToSqlOutput<'_> {
        self.as_ref().map_or(ToSqlOutput::Owned(Value::Null), T::put)
    }
}

impl<T: Take> Take for Option<T> {
    fn take(value: ValueRef<'_>) -> Option<Self> {
        match value {
            ValueRef::Null => Some(None),
            ValueRef::Integer(_) | ValueRef::Real(_) | ValueRef::Text(_) | ValueRef::Blob(_) => {
                T::take(value).map(Some)
            }
        }
    }
}

fn text(value: &str) -> ToSqlOutput<'_> {
    ToSqlOutput::Borrowed(ValueRef::Text(value.as_bytes()))
}

fn owned_text(value: String) -> ToSqlOutput<'static> {
    ToSqlOutput::Owned(Value::Text(value))
}

fn integer(value: i64) -> ToSqlOutput<'static> {
    ToSqlOutput::Owned(Value::Integer(value))
}

/// Ids stand as their 16 bytes.
macro_rules! ids {
    ($($id:ty),* $(,)?) => {$(
        impl Put for $id {
            fn put(&self) -> ToSqlOutput<'_> {
                ToSqlOutput::Owned(Value::Blob(self.uuid().as_bytes().to_vec()))
            }
        }

        impl Take for $id {
            fn take(value: ValueRef<'_>) -> Option<Self> {
                Uuid::from_slice(value.as_blob().ok()?).ok().map(Self::new)
            }
        }
    )*};
}

ids!(
    ApiKeyId,
    ConsumerId,
    ClaimId,
    IdempotencyKey,
    ClientId,
    CompanyId,
    ConnectionId,
    CredentialId,
    FetchId,
    LeaseToken,
    PushKey,
    RequestId,
    SyncId
);

/// Values of a closed list stand as the contract's names.
macro_rules! names {
    ($($name:ty),* $(,)?) => {$(
        impl Put for $name {
            fn put(&self) -> ToSqlOutput<'_> {
                text(self.name())
            }
        }

        impl Take for $name {
            fn take(value: ValueRef<'_>) -> Option<Self> {
                Self::parse(value.as_str().ok()?)
            }
        }
    )*};
}

names!(
    AccountStatus,
    ConnectionStatus,
    DeliveryStatus,
    DisabledWhy,
    EventKind,
    ImageKind,
    ImagePlace,
    PushStatus,
    SentStage,
    SyncCause,
    SyncErrorCode,
    SyncStatus
);

/// Values that print what they can parse stand as that text.
macro_rules! texts {
    ($($kind:ty: $parse:expr,)*) => {$(
        impl Put for $kind {
            fn put(&self) -> ToSqlOutput<'_> {
                owned_text(self.to_string())
            }
        }

        impl Take for $kind {
            fn take(value: ValueRef<'_>) -> Option<Self> {
                $parse(value.as_str().ok()?).ok()
            }
        }
    )*};
}

texts! {
    AccountId: Self::parse,
    Amount: Self::parse,
    Colour: Self::parse,
    CurrencyCode: Self::parse,
    Date: str::parse,
    Origin: Self::parse,
    RedirectTemplate: Self::parse,
    WebUrl: Self::parse,
    Schedule: Self::read,
}

/// Numbers stand as integers. What no column can hold stands as the largest that it can: nothing is beyond that.
macro_rules! numbers {
    ($($number:ty),* $(,)?) => {$(
        impl Put for $number {
            fn put(&self) -> ToSqlOutput<'_> {
                integer(i64::try_from(*self).unwrap_or(i64::MAX))
            }
        }

        impl Take for $number {
            fn take(value: ValueRef<'_>) -> Option<Self> {
                Self::try_from(value.as_i64().ok()?).ok()
            }
        }
    )*};
}

numbers!(u8, u16, u32, u64);

impl Put for i64 {
    fn put(&self) -> ToSqlOutput<'_> {
        integer(*self)
    }
}

impl Take for i64 {
    fn take(value: ValueRef<'_>) -> Option<Self> {
        value.as_i64().ok()
    }
}

impl Put for bool {
    fn put(&self) -> ToSqlOutput<'_> {
        integer(i64::from(*self))
    }
}

impl Take for bool {
    fn take(value: ValueRef<'_>) -> Option<Self> {
        value.as_i64().ok().map(|number| number != 0)
    }
}

impl Put for Trouble {
    fn put(&self) -> ToSqlOutput<'_> {
        // It cannot fail: all of it can be written.
        owned_text(link_text::write_trouble(self).unwrap_or_default())
    }
}

impl Take for Trouble {
    fn take(value: ValueRef<'_>) -> Option<Self> {
        link_text::read_trouble(value.as_str().ok()?)
    }
}

impl Put for Sealed {
    fn put(&self) -> ToSqlOutput<'_> {
        ToSqlOutput::Borrowed(ValueRef::Blob(&self.0))
    }
}

impl Take for Sealed {
    fn take(value: ValueRef<'_>) -> Option<Self> {
        value.as_blob().ok().map(|bytes| Self(bytes.to_vec()))
    }
}

impl Put for Timestamp {
    fn put(&self) -> ToSqlOutput<'_> {
        integer(self.as_microsecond())
    }
}

impl Take for Timestamp {
    fn take(value: ValueRef<'_>) -> Option<Self> {
        Self::from_microsecond(value.as_i64().ok()?).ok()
    }
}

impl Put for &str {
    fn put(&self) -> ToSqlOutput<'_> {
        text(self)
    }
}

impl Put for String {
    fn put(&self) -> ToSqlOutput<'_> {
        text(self)
    }
}

impl Take for String {
    fn take(value: ValueRef<'_>) -> Option<Self> {
        value.as_str().ok().map(str::to_owned)
    }
}

impl Put for Vec<u8> {
    fn put(&self) -> ToSqlOutput<'_> {
        ToSqlOutput::Borrowed(ValueRef::Blob(self))
    }
}

impl Take for Vec<u8> {
    fn take(value: ValueRef<'_>) -> Option<Self> {
        value.as_blob().ok().map(<[u8]>::to_vec)
    }
}

impl<const N: usize> Put for [u8; N] {
    fn put(&self) -> ToSqlOutput<'_> {
        ToSqlOutput::Borrowed(ValueRef::Blob(self))
    }
}

impl<const N: usize> Take for [u8; N] {
    fn take(value: ValueRef<'_>) -> Option<Self> {
        value.as_blob().ok()?.try_into().ok()
    }
}

impl Put for AccessTokenHash {
    fn put(&self) -> ToSqlOutput<'_> {
        self.0.put()
    }
}

impl Take for AccessTokenHash {
    fn take(value: ValueRef<'_>) -> Option<Self> {
        Take::take(value).map(Self)
    }
}

impl Put for ApiKeyHash {
    fn put(&self) -> ToSqlOutput<'_> {
        self.0.put()
    }
}

impl Take for ApiKeyHash {
    fn take(value: ValueRef<'_>) -> Option<Self> {
        Take::take(value).map(Self)
    }
}

impl Put for ClientName {
    fn put(&self) -> ToSqlOutput<'_> {
        text(self.as_str())
    }
}

impl Take for ClientName {
    fn take(value: ValueRef<'_>) -> Option<Self> {
        Self::parse(value.as_str().ok()?).ok()
    }
}

impl Take for CompanyName {
    fn take(value: ValueRef<'_>) -> Option<Self> {
        Self::clean(value.as_str().ok()?).ok()
    }
}

impl Put for CompanyName {
    fn put(&self) -> ToSqlOutput<'_> {
        text(self.as_str())
    }
}

impl Put for &'static Platform {
    fn put(&self) -> ToSqlOutput<'_> {
        text(self.key)
    }
}

impl Take for &'static Platform {
    fn take(value: ValueRef<'_>) -> Option<Self> {
        platform::find(value.as_str().ok()?)
    }
}

impl Put for Shape {
    fn put(&self) -> ToSqlOutput<'_> {
        integer(match self {
            Self::V1 => 1,
            Self::V2 => 2,
        })
    }
}

impl Take for Shape {
    fn take(value: ValueRef<'_>) -> Option<Self> {
        match value.as_i64().ok()? {
            1 => Some(Self::V1),
            2 => Some(Self::V2),
            _ => None,
        }
    }
}

impl Put for Tags {
    fn put(&self) -> ToSqlOutput<'_> {
        owned_text(json::write_tags(self))
    }
}

impl Take for Tags {
    fn take(value: ValueRef<'_>) -> Option<Self> {
        json::read_tags(value.as_str().ok()?)
    }
}

/// One that says nothing, as most do, takes no room.
impl Put for Validation {
    fn put(&self) -> ToSqlOutput<'_> {
        if self.errors.is_empty() && self.warnings.is_empty() {
            return ToSqlOutput::Owned(Value::Null);
        }
        owned_text(json::write_validation(self))
    }
}

impl Take for Validation {
    fn take(value: ValueRef<'_>) -> Option<Self> {
        match value {
            ValueRef::Null => Some(Self::default()),
            ValueRef::Text(_) => json::read_validation(value.as_str().ok()?),
            ValueRef::Integer(_) | ValueRef::Real(_) | ValueRef::Blob(_) => None,
        }
    }
}

impl Put for Vec<Awaited> {
    fn put(&self) -> ToSqlOutput<'_> {
        awaited_text::write(self).map_or(ToSqlOutput::Owned(Value::Null), owned_text)
    }
}

impl Take for Vec<Awaited> {
    fn take(value: ValueRef<'_>) -> Option<Self> {
        match value {
            ValueRef::Null => Some(Self::new()),
            ValueRef::Text(_) => awaited_text::read(value.as_str().ok()?),
            ValueRef::Integer(_) | ValueRef::Real(_) | ValueRef::Blob(_) => None,
        }
    }
}
