//! Looking whether a database is sound, which is no business of this door.

use async_trait::async_trait;
use domain::ids::ClientId;
use jiff::Timestamp;
use store::inspection::{
    EventSeries, LedgerMark, SeenChunk, SeenEvent, SeenIndex, SeenLedger, SeenPush, SeenStatement,
};
use store::ledger::ChunkNo;
use store::{Answer, Inspections, Installation};

use super::FakeStore;
use super::refused::refused;

#[async_trait]
impl Inspections for FakeStore {
    async fn database_time(&self) -> Answer<Option<Timestamp>> {
        refused()
    }

    async fn find_installation(&self) -> Answer<Option<Installation>> {
        refused()
    }

    async fn examine(&self, _count: u32) -> Answer<Vec<String>> {
        refused()
    }

    async fn see_ledgers(
        &self,
        _after: Option<LedgerMark>,
        _count: u32,
    ) -> Answer<Vec<SeenLedger>> {
        refused()
    }

    async fn see_head(&self, _mark: LedgerMark) -> Answer<Option<Vec<u8>>> {
        refused()
    }

    async fn see_chunks(
        &self,
        _mark: LedgerMark,
        _chunks: &[ChunkNo],
    ) -> Answer<Vec<Option<SeenChunk>>> {
        refused()
    }

    async fn see_index(&self, _mark: LedgerMark, _position: u64) -> Answer<Option<SeenIndex>> {
        refused()
    }

    async fn see_pushes(
        &self,
        _mark: LedgerMark,
        _position: u64,
        _count: u32,
    ) -> Answer<Vec<SeenPush>> {
        refused()
    }

    async fn see_statements(
        &self,
        _mark: LedgerMark,
        _first: u64,
        _end: u64,
    ) -> Answer<Vec<SeenStatement>> {
        refused()
    }

    async fn see_event_series(
        &self,
        _after: Option<ClientId>,
        _count: u32,
    ) -> Answer<Vec<EventSeries>> {
        refused()
    }

    async fn see_events(
        &self,
        _series: EventSeries,
        _sequence: u64,
        _count: u32,
    ) -> Answer<Vec<SeenEvent>> {
        refused()
    }
}
