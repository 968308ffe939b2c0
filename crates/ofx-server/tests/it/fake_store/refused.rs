//! The verbs that are no business of this door: it never asks for them, and a test in which it does fails.

use async_trait::async_trait;
use domain::api_key::{ApiKey, ApiKeyHash, Revocation};
use domain::client::{Client, ClientName};
use domain::company::{Company, CompanyChange};
use domain::connection::Connection;
use domain::event::{Event, Example, KeptEvent};
use domain::ids::{ApiKeyId, ClientId, CompanyId, ConnectionPath, PushKey};
use domain::page::{ListRequest, Page};
use domain::push::{PushOperation, Settlement};
use domain::query::TagFilter;
use domain::work::Lease;
use jiff::{SignedDuration, Timestamp};
use store::{
    AcceptedPush, Answer, ApiKeys, ClientKept, Clients, Companies, Connections, EventSignal,
    Events, Installation, Installations, KeyKept, LastKey, LeaseRequest, PushIntake, Pushes,
    Settled, StoreError, Unlinking, WorkQueue, WorkSignal,
};

use super::FakeStore;

pub(super) fn refused<T>() -> Answer<T> {
    Err(StoreError::Damaged("the door asked for what is not its business".to_owned()))
}

#[async_trait]
impl Connections for FakeStore {
    async fn create_connection(&self, _connection: &Connection) -> Answer<bool> {
        refused()
    }

    async fn find_connection(&self, path: &ConnectionPath) -> Answer<Option<Connection>> {
        let books = self.books_for("find_connection")?;
        Ok((books.connection.path() == *path).then(|| books.connection.clone()))
    }

    async fn list_connections(
        &self,
        _client: ClientId,
        _company: CompanyId,
        _request: &ListRequest,
    ) -> Answer<Option<Page<Connection>>> {
        refused()
    }

    async fn link_connection(
        &self,
        path: &ConnectionPath,
        _now: Timestamp,
    ) -> Answer<Option<Connection>> {
        let mut books = self.books_for("link_connection")?;
        Ok((books.connection.path() == *path).then(|| books.link()))
    }

    async fn unlink_connection(
        &self,
        _path: &ConnectionPath,
        _now: Timestamp,
    ) -> Answer<Unlinking> {
        refused()
    }

    async fn delete_connection(&self, _path: &ConnectionPath, _now: Timestamp) -> Answer<bool> {
        refused()
    }
}

#[async_trait]
impl Installations for FakeStore {
    async fn ensure_installation(&self, _proposed: &Installation) -> Answer<Installation> {
        refused()
    }

    async fn check_health(&self) -> Answer<()> {
        refused()
    }

    async fn note_time(&self, _: Timestamp) -> Answer<Option<SignedDuration>> {
        refused()
    }

    async fn close(&self) {}

    fn work_signal(&self) -> WorkSignal {
        WorkSignal::default()
    }
}

#[async_trait]
impl Clients for FakeStore {
    async fn create_client(&self, _client: &Client) -> Answer<ClientKept> {
        refused()
    }

    async fn find_client(&self, _name: &ClientName) -> Answer<Option<Client>> {
        refused()
    }

    async fn list_clients(&self) -> Answer<Vec<Client>> {
        refused()
    }
}

#[async_trait]
impl ApiKeys for FakeStore {
    async fn create_api_key(&self, _key: &ApiKey) -> Answer<KeyKept> {
        refused()
    }

    async fn find_api_key(&self, _hash: &ApiKeyHash) -> Answer<Option<ApiKey>> {
        refused()
    }

    async fn list_api_keys(&self, _client: ClientId) -> Answer<Vec<ApiKey>> {
        refused()
    }

    async fn revoke_api_key(
        &self,
        _client: ClientId,
        _key: ApiKeyId,
        _last: LastKey,
    ) -> Answer<Revocation> {
        refused()
    }
}

#[async_trait]
impl Companies for FakeStore {
    async fn create_company(&self, _company: &Company) -> Answer<()> {
        refused()
    }

    async fn find_company(&self, _client: ClientId, _id: CompanyId) -> Answer<Option<Company>> {
        refused()
    }

    async fn list_companies(
        &self,
        _client: ClientId,
        _request: &ListRequest,
        _tags: Option<&TagFilter>,
    ) -> Answer<Page<Company>> {
        refused()
    }

    async fn change_company(
        &self,
        _client: ClientId,
        _id: CompanyId,
        _change: CompanyChange,
    ) -> Answer<Option<Company>> {
        refused()
    }

    async fn delete_company(
        &self,
        _client: ClientId,
        _id: CompanyId,
        _now: Timestamp,
    ) -> Answer<bool> {
        refused()
    }
}

#[async_trait]
impl Pushes for FakeStore {
    async fn accept_push(&self, _intake: PushIntake) -> Answer<AcceptedPush> {
        refused()
    }

    async fn find_push(
        &self,
        _client: ClientId,
        _company: CompanyId,
        _key: PushKey,
    ) -> Answer<Option<PushOperation>> {
        refused()
    }

    async fn list_pushes(
        &self,
        _client: ClientId,
        _company: CompanyId,
        _request: &ListRequest,
    ) -> Answer<Option<Page<PushOperation>>> {
        refused()
    }
}

#[async_trait]
impl Events for FakeStore {
    async fn list_events(
        &self,
        _client: ClientId,
        _sequence: u64,
        _count: u32,
    ) -> Answer<Vec<KeptEvent>> {
        refused()
    }

    async fn newest_event(&self, _client: ClientId) -> Answer<u64> {
        refused()
    }

    async fn record_example(&self, _event: &Event, _example: &Example) -> Answer<u64> {
        refused()
    }

    fn event_signal(&self) -> EventSignal {
        EventSignal::default()
    }
}

#[async_trait]
impl WorkQueue for FakeStore {
    async fn lease_due_work(&self, _request: &LeaseRequest) -> Answer<Vec<Lease>> {
        refused()
    }

    async fn settle_push(
        &self,
        _lease: &Lease,
        _settlement: &Settlement,
        _now: Timestamp,
    ) -> Answer<Settled> {
        refused()
    }

    async fn finish_pushes(&self, _leases: &[Lease], _now: Timestamp) -> Answer<Vec<Settled>> {
        refused()
    }

    async fn list_waiting(&self, _before: Timestamp, _count: u32) -> Answer<Vec<PushOperation>> {
        refused()
    }

    async fn release_work(&self, _lease: &Lease) -> Answer<()> {
        refused()
    }
}
