//! Whole nouns that are no business of this door.

use async_trait::async_trait;
use domain::access_token::{AccessToken, AccessTokenHash};
use domain::branding::{BrandImage, Branding, ImageHash, ImagePlace, Look};
use domain::call_budget::{CallLimits, CallTurn};
use domain::client_settings::{Origin, Profile};
use domain::delivery::SentStatement;
use domain::idempotency::{Claim, Claimed, KeptAnswer};
use domain::ids::{
    CallId, ClientId, CompanyId, CompanyPath, ConnectionId, ConnectionPath, ConsumerId, LeaseToken,
    PushKey, RequestId, SyncId,
};
use domain::link::{HeldLink, Link};
use domain::link_session::{LinkOpening, LinkSession, LinkSessionHash};
use domain::managed_sync::{ManagedFeed, ManagedSync, SyncLease, SyncSettlement};
use domain::page::{ListRequest, Page};
use domain::rate_limit::{Admission, CallerAddress, Knock, RateLimits};
use domain::source_account::AccountPath;
use domain::webhook::{Attempt, Consumer, ConsumerChange, Delivery, DeliveryLease, Outcome};
use domain::work::Lease;
use jiff::Timestamp;
use store::{
    AccessTokens, Answer, Behind, Brandings, Calls, ClientSettings, ConsumerChanged, ConsumerKept,
    Deliveries, DeliveryRequest, DeliverySettled, DueFeed, FanOut, Idempotency, LeaseRequest,
    LinkChange, LinkChanged, LinkOpened, LinkSessions, Links, ManagedSyncs, RateLimiting,
    SentSoFar, Settled, SyncBegun, SyncWish, WebhookConsumers, WebhookDeliveries, WorkSignal,
};

use super::FakeStore;
use super::refused::refused;

#[async_trait]
impl AccessTokens for FakeStore {
    async fn create_access_token(&self, _token: &AccessToken, _now: Timestamp) -> Answer<bool> {
        refused()
    }

    async fn find_access_token(
        &self,
        _hash: &AccessTokenHash,
        _now: Timestamp,
    ) -> Answer<Option<AccessToken>> {
        refused()
    }
}

#[async_trait]
impl ClientSettings for FakeStore {
    async fn find_profile(&self, _client: ClientId) -> Answer<Option<Profile>> {
        refused()
    }

    async fn replace_profile(&self, _client: ClientId, _profile: &Profile) -> Answer<()> {
        refused()
    }

    async fn list_origins(&self, _client: ClientId) -> Answer<Vec<Origin>> {
        refused()
    }

    async fn replace_origins(&self, _client: ClientId, _origins: &[Origin]) -> Answer<()> {
        refused()
    }

    async fn is_origin_known(&self, _origin: &Origin) -> Answer<bool> {
        refused()
    }
}

#[async_trait]
impl Idempotency for FakeStore {
    async fn claim_key(&self, _claim: &Claim) -> Answer<Claimed> {
        refused()
    }

    async fn keep_answer(
        &self,
        _claim: &Claim,
        _answer: &KeptAnswer,
        _ends_at: Timestamp,
    ) -> Answer<()> {
        refused()
    }

    async fn release_key(&self, _claim: &Claim) -> Answer<()> {
        refused()
    }
}

#[async_trait]
impl ManagedSyncs for FakeStore {
    async fn begin_managed_sync(&self, _wish: &SyncWish) -> Answer<SyncBegun> {
        refused()
    }

    async fn find_managed_sync(
        &self,
        _account: &AccountPath,
        _id: SyncId,
    ) -> Answer<Option<ManagedSync>> {
        refused()
    }

    async fn find_latest_managed_sync(&self, _at: &AccountPath) -> Answer<Option<ManagedSync>> {
        refused()
    }

    async fn list_managed_syncs(
        &self,
        _client: ClientId,
        _company: CompanyId,
        _request: &ListRequest,
    ) -> Answer<Option<Page<ManagedSync>>> {
        refused()
    }

    async fn lease_due_syncs(&self, _request: &LeaseRequest) -> Answer<Vec<SyncLease>> {
        refused()
    }

    async fn settle_managed_sync(
        &self,
        _lease: &SyncLease,
        _settlement: &SyncSettlement,
        _now: Timestamp,
    ) -> Answer<Settled> {
        refused()
    }

    async fn set_managed_feed(&self, _at: &AccountPath, _feed: &ManagedFeed) -> Answer<bool> {
        refused()
    }

    async fn find_managed_feed(&self, _account: &AccountPath) -> Answer<Option<ManagedFeed>> {
        refused()
    }

    async fn delete_managed_feed(&self, _account: &AccountPath) -> Answer<bool> {
        refused()
    }

    async fn list_due_feeds(&self, _now: Timestamp, _count: u32) -> Answer<Vec<DueFeed>> {
        refused()
    }
}

#[async_trait]
impl WebhookConsumers for FakeStore {
    async fn create_consumer(&self, _consumer: &Consumer) -> Answer<ConsumerKept> {
        refused()
    }

    async fn find_consumer(&self, _client: ClientId, _id: ConsumerId) -> Answer<Option<Consumer>> {
        refused()
    }

    async fn list_consumers(&self, _client: ClientId) -> Answer<Vec<Consumer>> {
        refused()
    }

    async fn change_consumer(
        &self,
        _client: ClientId,
        _id: ConsumerId,
        _change: &ConsumerChange,
        _now: Timestamp,
    ) -> Answer<ConsumerChanged> {
        refused()
    }

    async fn delete_consumer(&self, _client: ClientId, _id: ConsumerId) -> Answer<bool> {
        refused()
    }

    async fn list_all_consumers(
        &self,
        _after: Option<(ClientId, ConsumerId)>,
        _count: u32,
    ) -> Answer<Vec<Consumer>> {
        refused()
    }
}

#[async_trait]
impl WebhookDeliveries for FakeStore {
    async fn list_behind(&self, _count: u32) -> Answer<Vec<Behind>> {
        refused()
    }

    async fn fan_out(&self, _fan_out: &FanOut) -> Answer<bool> {
        refused()
    }

    async fn is_delivery_due(&self, _now: Timestamp) -> Answer<bool> {
        refused()
    }

    async fn lease_due_deliveries(&self, _request: &DeliveryRequest) -> Answer<Vec<DeliveryLease>> {
        refused()
    }

    async fn settle_deliveries(
        &self,
        _outcomes: Vec<Outcome>,
        _now: Timestamp,
    ) -> Answer<Vec<DeliverySettled>> {
        refused()
    }

    async fn list_deliveries(
        &self,
        _client: ClientId,
        _consumer: ConsumerId,
        _request: &ListRequest,
    ) -> Answer<Option<Page<Delivery>>> {
        refused()
    }

    async fn find_delivery(
        &self,
        _client: ClientId,
        _consumer: ConsumerId,
        _sequence: u64,
    ) -> Answer<Option<Delivery>> {
        refused()
    }

    async fn list_attempts(
        &self,
        _client: ClientId,
        _consumer: ConsumerId,
        _sequence: u64,
    ) -> Answer<Vec<Attempt>> {
        refused()
    }

    async fn resend_delivery(
        &self,
        _client: ClientId,
        _consumer: ConsumerId,
        _sequence: u64,
        _now: Timestamp,
    ) -> Answer<bool> {
        refused()
    }

    async fn recover_deliveries(
        &self,
        _client: ClientId,
        _consumer: ConsumerId,
        _since: Timestamp,
        _now: Timestamp,
    ) -> Answer<Option<u64>> {
        refused()
    }

    async fn replay_events(
        &self,
        _client: ClientId,
        _consumer: ConsumerId,
        _since: Timestamp,
    ) -> Answer<Option<u64>> {
        refused()
    }

    async fn forget_deliveries(&self, _before: Timestamp, _count: u32) -> Answer<u64> {
        refused()
    }
}

#[async_trait]
impl Brandings for FakeStore {
    async fn find_branding(&self, _client: ClientId) -> Answer<Branding> {
        refused()
    }

    async fn replace_look(&self, _client: ClientId, _look: &Look) -> Answer<()> {
        refused()
    }

    async fn put_brand_image(
        &self,
        _client: ClientId,
        _place: ImagePlace,
        _image: &BrandImage,
    ) -> Answer<()> {
        refused()
    }

    async fn remove_brand_image(&self, _client: ClientId, _place: ImagePlace) -> Answer<bool> {
        refused()
    }

    async fn find_brand_image(
        &self,
        _client: ClientId,
        _hash: ImageHash,
    ) -> Answer<Option<BrandImage>> {
        refused()
    }
}

#[async_trait]
impl RateLimiting for FakeStore {
    async fn admit_request(&self, _knock: &Knock) -> Answer<Admission> {
        refused()
    }

    async fn end_request(&self, _client: ClientId, _id: RequestId) -> Answer<()> {
        refused()
    }

    async fn count_address(&self, _address: CallerAddress, _at: Timestamp) -> Answer<u64> {
        refused()
    }

    async fn begin_day(&self, _limits: &RateLimits, _now: Timestamp) -> Answer<u64> {
        refused()
    }
}

#[async_trait]
impl Links for FakeStore {
    async fn find_link(&self, _path: &ConnectionPath) -> Answer<Option<Link>> {
        refused()
    }

    async fn change_link(&self, _change: &LinkChange) -> Answer<LinkChanged> {
        refused()
    }

    async fn lease_due_links(&self, _request: &LeaseRequest) -> Answer<Vec<HeldLink>> {
        refused()
    }

    async fn hold_link(
        &self,
        _path: &ConnectionPath,
        _request: &LeaseRequest,
    ) -> Answer<Option<HeldLink>> {
        refused()
    }

    async fn release_link(&self, _path: &ConnectionPath, _token: LeaseToken) -> Answer<()> {
        refused()
    }

    async fn forget_link(&self, _link: &Link) -> Answer<bool> {
        refused()
    }

    async fn count_links(&self, _link: &Link) -> Answer<u64> {
        refused()
    }

    async fn list_all_links(
        &self,
        _after: Option<(ClientId, ConnectionId)>,
        _count: u32,
    ) -> Answer<Vec<Link>> {
        refused()
    }

    fn link_signal(&self) -> WorkSignal {
        WorkSignal::default()
    }
}

#[async_trait]
impl Deliveries for FakeStore {
    async fn sent_so_far(&self, _lease: &Lease, _feed: &str) -> Answer<SentSoFar> {
        refused()
    }

    async fn keep_statement(&self, _lease: &Lease, _statement: &SentStatement) -> Answer<Settled> {
        refused()
    }

    async fn look_alikes(&self, _lease: &Lease, _statement: &SentStatement) -> Answer<Vec<String>> {
        refused()
    }

    async fn list_statements(
        &self,
        _client: ClientId,
        _push: PushKey,
    ) -> Answer<Vec<SentStatement>> {
        refused()
    }
}

#[async_trait]
impl Calls for FakeStore {
    async fn begin_call(
        &self,
        _organisation: &str,
        _call: CallId,
        _limits: CallLimits,
        _now: Timestamp,
    ) -> Answer<CallTurn> {
        refused()
    }

    async fn end_call(
        &self,
        _organisation: &str,
        _call: CallId,
        _silent_until: Option<Timestamp>,
    ) -> Answer<()> {
        refused()
    }
}

#[async_trait]
impl LinkSessions for FakeStore {
    async fn find_linked(
        &self,
        _company: CompanyId,
        _connection: ConnectionId,
    ) -> Answer<Option<ConnectionPath>> {
        refused()
    }

    async fn find_linked_company(&self, _company: CompanyId) -> Answer<Option<CompanyPath>> {
        refused()
    }

    async fn open_link_session(&self, _opening: &LinkOpening) -> Answer<LinkOpened> {
        refused()
    }

    async fn find_link_session(
        &self,
        _hash: &LinkSessionHash,
        _now: Timestamp,
    ) -> Answer<Option<LinkSession>> {
        refused()
    }

    async fn forget_link_sessions(&self, _now: Timestamp, _count: u32) -> Answer<u64> {
        refused()
    }
}
