//! One statement on its way: sent, looked for, asked about. Whatever becomes of it is kept before anything else is done.

use super::courier::{Courier, Way};
use crate::desk::DeskError;
use crate::question::{LookUp, Poll, SendStatement};
use domain::delivery::{SENDING_HOLD, SENDING_TIME, SentStage, SentStatement};
use jiff::Timestamp;
use platforms::{PlatformError, Reason, ReasonKind, Receipt, StatementStage};
use store::{Settled, StoreError};
use tokio::time::Instant;
use tracing::info;

impl Courier<'_> {
    pub(super) async fn send(
        &mut self,
        way: Way<'_>,
        known: SentStatement,
    ) -> Result<SentStatement, DeskError> {
        // By a clock that nobody sets.
        let before = Instant::now() + SENDING_TIME.unsigned_abs();
        let now = self.desk.now();
        let (attempt, stage) = (known.attempt.saturating_add(1), SentStage::Sending);
        let sending = SentStatement { attempt, attempted_at: now, stage, stage_at: now, ..known };
        self.keep(sending.clone()).await?;
        let name = format!("{}-{}-{attempt}", self.lease.push.key, sending.number);
        let (statement, attempt) = (way.statement, name.as_str());
        let question = SendStatement { statement, attempt, before, retry_at: now };
        let sent = self.desk.ask(&way.link.path, None, question).await;
        match sent {
            Ok(receipt) => self.receive(way, sending, receipt).await,
            Err(DeskError::Platform(PlatformError::Rejected { reasons })) => {
                self.reject(way, sending, &reasons).await
            }
            // Nobody knows: it stays as it is, and is looked up.
            Err(error @ DeskError::Platform(PlatformError::Unknown { .. })) => Err(error),
            Err(error) => {
                self.keep(SentStatement { stage: SentStage::Unsent, ..sending }).await?;
                Err(error)
            }
        }
    }

    /// Looks for a statement whose answer was lost.
    pub(super) async fn look_up(
        &mut self,
        way: Way<'_>,
        known: &SentStatement,
    ) -> Result<Option<SentStatement>, DeskError> {
        let found = self.find(way, known).await?;
        info!(push.key = %self.lease.push.key, found = found.is_some(), "a lost answer was looked up");
        match found {
            Some(receipt) => self.receive(way, known.clone(), receipt).await.map(Some),
            None => Ok(None),
        }
    }

    /// It is not there, and may be sent again: the platform knows it then, should it have come late.
    pub(super) async fn miss(&mut self, known: SentStatement) -> Result<SentStatement, DeskError> {
        self.keep_as(SentStatement { is_doubtful: true, ..known }, SentStage::Unsent).await
    }

    /// It is not there, and is not sent again, or not once more, before that is certain: it is looked for again a whole hold
    /// later, when nothing of it is on its way any more.
    pub(super) async fn outwait(
        &mut self,
        known: SentStatement,
    ) -> Result<SentStatement, DeskError> {
        let now = self.desk.now();
        if !known.was_missed() || now < known.stage_at {
            self.keep_as(known, SentStage::Sending).await
        } else if now < held_until(&known) {
            Ok(known)
        } else {
            self.keep_as(SentStatement { is_doubtful: false, ..known }, SentStage::Unsent).await
        }
    }

    /// What the platform has of a statement whose answer was lost.
    async fn find(
        &self,
        way: Way<'_>,
        known: &SentStatement,
    ) -> Result<Option<Receipt>, DeskError> {
        let others = self.desk.store.look_alikes(self.lease, known).await?;
        let question = LookUp { statement: way.statement, others: &others };
        self.desk.ask(&way.link.path, None, question).await.map_err(unanswered)
    }

    pub(super) async fn poll(
        &mut self,
        way: Way<'_>,
        known: SentStatement,
    ) -> Result<SentStatement, DeskError> {
        let id = known.id.clone().unwrap_or_default();
        let stage = self.desk.ask(&way.link.path, None, Poll(&id)).await.map_err(unanswered)?;
        match stage {
            Some(StatementStage::Pending) => Ok(known),
            Some(stage) => self.receive(way, known, Receipt { id, stage }).await,
            // It had an id and is not known.
            None => self.miss(SentStatement { id: None, ..known }).await,
        }
    }

    async fn receive(
        &mut self,
        way: Way<'_>,
        known: SentStatement,
        receipt: Receipt,
    ) -> Result<SentStatement, DeskError> {
        let known = SentStatement { id: Some(receipt.id), ..known };
        match receipt.stage {
            StatementStage::Pending => self.keep_as(known, SentStage::Received).await,
            StatementStage::Delivered => self.keep_as(known, SentStage::Delivered).await,
            StatementStage::Rejected { reasons } => self.reject(way, known, &reasons).await,
        }
    }

    /// The platform said no. An earlier attempt that may be on its way it may take all the same: that is waited for, and
    /// the platform asked once more.
    async fn reject(
        &mut self,
        way: Way<'_>,
        known: SentStatement,
        reasons: &[Reason],
    ) -> Result<SentStatement, DeskError> {
        let is = |kind| reasons.iter().any(|reason| reason.kind == kind);
        // A duplicate of what no attempt of ours can have brought is one of something else.
        if known.is_doubtful && is(ReasonKind::Duplicate) {
            return self.adopt(way, known).await;
        }
        if known.is_doubtful && !is(ReasonKind::FeedGone) {
            return self.keep_as(SentStatement { id: None, ..known }, SentStage::Sending).await;
        }
        // By a feed that is gone nothing arrives any more, but what did before is there.
        if known.is_doubtful
            && let Some(receipt) = self.find(way, &known).await?
        {
            return self.take(known, receipt).await;
        }
        self.keep_as(known, SentStage::Rejected).await?;
        Err(PlatformError::Rejected { reasons: reasons.to_vec() }.into())
    }

    /// A duplicate of what an earlier attempt brought there is a yes; whether that is in the books, it says itself, where
    /// it is found.
    async fn adopt(
        &mut self,
        way: Way<'_>,
        known: SentStatement,
    ) -> Result<SentStatement, DeskError> {
        match self.find(way, &known).await? {
            Some(receipt) => self.take(known, receipt).await,
            None => self.keep_as(known, SentStage::Delivered).await,
        }
    }

    /// The platform has it, by an earlier attempt.
    async fn take(
        &mut self,
        known: SentStatement,
        Receipt { id, stage }: Receipt,
    ) -> Result<SentStatement, DeskError> {
        let is_delivered = stage == StatementStage::Delivered;
        let stage = if is_delivered { SentStage::Delivered } else { SentStage::Received };
        self.keep_as(SentStatement { id: Some(id), ..known }, stage).await
    }

    /// Keeps what became of a statement just now.
    pub(super) async fn keep_as(
        &mut self,
        known: SentStatement,
        stage: SentStage,
    ) -> Result<SentStatement, DeskError> {
        let stage_at = self.desk.now();
        self.keep(SentStatement { stage, stage_at, ..known }).await
    }

    /// Keeps a statement, or stops: somebody else has the push.
    async fn keep(&mut self, statement: SentStatement) -> Result<SentStatement, DeskError> {
        match self.desk.store.keep_statement(self.lease, &statement).await? {
            Settled::Written => {}
            Settled::LeaseLost => {
                let told = "the lease ended while a statement was under way";
                return Err(StoreError::Busy(told.to_owned()).into());
            }
        }
        let all = &mut self.so_far.statements;
        match all.iter_mut().find(|one| one.number == statement.number) {
            Some(kept) => *kept = statement.clone(),
            None => all.push(statement.clone()),
        }
        Ok(statement)
    }
}

/// Whoever was sending it when it last changed has ended by then.
pub(super) fn held_until(statement: &SentStatement) -> Timestamp {
    statement.stage_at.saturating_add(SENDING_HOLD).unwrap_or(Timestamp::MAX)
}

/// Of a statement that the platform may have, a refused question says nothing: it is asked again.
fn unanswered(error: DeskError) -> DeskError {
    match error {
        DeskError::Platform(error @ PlatformError::Rejected { .. }) => {
            PlatformError::unavailable(error.to_string()).into()
        }
        DeskError::Platform(_) | DeskError::Store(_) | DeskError::Secrets { .. } => error,
    }
}
