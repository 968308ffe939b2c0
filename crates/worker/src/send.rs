//! One attempt at a push to a platform that is sent to. Its lines are cut into statements, which go one after the other;
//! what was sent is kept before it is sent, so that an answer that is lost is looked up before anything is sent again.

use crate::desk::{Desk, DeskError, can};
use crate::question::{LookUp, Poll, SendStatement};
use domain::connection::{Connection, ConnectionStatus, TroubleKind};
use domain::delivery::{SENDING_HOLD, SENDING_TIME, SentStage, SentStatement};
use domain::link::{Effects, Link};
use domain::push::{LineSpan, Outcome, PushStatus, Remark, Sent, deadline};
use domain::source_account::{AccountPath, AccountStatus, SourceAccount};
use domain::work::Lease;
use jiff::{SignedDuration, Timestamp};
use platforms::{
    Cut, LinesToCut, PlatformError, Reason, ReasonKind, Receipt, Statement, StatementStage,
};
use store::{Answer, SentSoFar, Settled, StoreError};
use tokio::time::Instant;
use tracing::{info, warn};

/// Pushes of a connection that is shut out wait so long. Whoever links it again makes them due at once; one that was being
/// looked at just then is noticed after this. Looking asks the platform nothing.
const SHUT_OUT_PAUSE: SignedDuration = SignedDuration::from_mins(15);

/// What an attempt brought, and what is known of what was sent.
pub(crate) type Attempt = (Outcome, Sent);

/// Makes one attempt.
pub(crate) async fn attempt(
    desk: &Desk,
    lease: &Lease,
    connection: &Connection,
    account: &SourceAccount,
) -> Answer<Attempt> {
    let push = &lease.push;
    let has_lines = push.lines.count > 0;
    if !has_lines && push.awaited.is_empty() {
        return Ok((Outcome::Done, Sent::default()));
    }
    let link = desk.store.find_link(&lease.push.path).await?;
    let feed = link.as_ref().and_then(|link| feed_of(link, connection, account));
    if !has_lines {
        // What it left to earlier pushes has come to its end; of a feed that is gone nobody knows to which.
        let outcome = if feed.is_some() { Outcome::Done } else { Outcome::Gone };
        return Ok((outcome, Sent::default()));
    }
    let so_far = desk.store.sent_so_far(lease, feed.as_deref().unwrap_or_default()).await?;
    let mut courier = Courier { desk, lease, so_far, warnings: Vec::new() };
    let Some(link) = link.filter(|_| flows(connection, account)) else {
        return Ok(courier.end(Outcome::Gone));
    };
    if connection.status == ConnectionStatus::Deauthorized {
        let later = desk.now().saturating_add(SHUT_OUT_PAUSE).unwrap_or(Timestamp::MAX);
        return Ok(courier.end(Outcome::Waiting(later)));
    }
    let Some(feed) = feed else { return Ok(courier.end(Outcome::Gone)) };
    let outcome = match courier.bring(&link, &feed).await {
        Ok(outcome) => {
            courier.be_calm(connection, &outcome).await?;
            outcome
        }
        Err(DeskError::Store(error)) => return Err(error),
        Err(DeskError::Platform(error)) => courier.fail(&feed, error).await?,
        Err(error @ DeskError::Secrets { .. }) => {
            warn!(push.key = %lease.push.key, "{error}");
            Outcome::TryAgain(None)
        }
    };
    Ok(courier.end(outcome))
}

/// Whether an account's lines are to flow.
pub(crate) fn flows(connection: &Connection, account: &SourceAccount) -> bool {
    matches!(connection.status, ConnectionStatus::Linked | ConnectionStatus::Deauthorized)
        && account.status == AccountStatus::Connected
}

/// The feed that an account's lines go into, while they flow.
fn feed_of(link: &Link, connection: &Connection, account: &SourceAccount) -> Option<String> {
    let mapping = link.mapping(&account.id).filter(|_| flows(connection, account))?;
    mapping.feed.clone()
}

/// Where a statement goes, and what it says.
#[derive(Clone, Copy)]
struct Way<'a> {
    link: &'a Link,
    statement: &'a Statement,
}

struct Courier<'a> {
    desk: &'a Desk,
    lease: &'a Lease,
    so_far: SentSoFar,
    warnings: Vec<Remark>,
}

impl Courier<'_> {
    /// Sends what is left, one statement after the other, as far as it goes.
    async fn bring(&mut self, link: &Link, feed: &str) -> Result<Outcome, DeskError> {
        let cut = self.cut(link, feed).await?;
        self.warnings = self.placed(&cut);
        for (number, statement) in cut.statements.iter().enumerate() {
            let way = Way { link, statement };
            let was_late = self.is_late();
            let Some(known) = self.known(number, statement, &cut).await? else {
                return Ok(Outcome::Gone);
            };
            let known = match known.stage {
                SentStage::Sending => match self.look_up(way, &known).await? {
                    Some(found) => found,
                    None if was_late => self.give_up(known).await?,
                    None => self.miss(known).await?,
                },
                // It may have been missed: it is looked for once more before it is given up.
                SentStage::Unsent if was_late && known.is_doubtful => {
                    self.keep_as(known, SentStage::Sending).await?
                }
                SentStage::Unsent
                | SentStage::Received
                | SentStage::Delivered
                | SentStage::Rejected => known,
            };
            let sent = match known.stage {
                SentStage::Sending => return Ok(Outcome::Waiting(held_until(&known))),
                SentStage::Unsent => {
                    if was_late {
                        return Ok(Outcome::Gone);
                    }
                    if self.is_late() {
                        return Ok(Outcome::TryAgain(None));
                    }
                    self.send(way, known).await?
                }
                // Of one that was rejected the platform still knows why.
                SentStage::Received | SentStage::Rejected => self.poll(way, known).await?,
                SentStage::Delivered => known,
            };
            match sent.stage {
                SentStage::Delivered => {}
                SentStage::Received => {
                    return Ok(Outcome::Waiting(sent.next_poll(self.desk.now())));
                }
                SentStage::Sending | SentStage::Unsent => return Ok(Outcome::TryAgain(None)),
                SentStage::Rejected => return Ok(Outcome::Rejected(self.refusal(&sent, &[]))),
            }
        }
        Ok(Outcome::Done)
    }

    /// The whole push, always cut alike.
    async fn cut(&self, link: &Link, feed: &str) -> Result<Cut, DeskError> {
        let push = &self.lease.push;
        let path = AccountPath { connection: push.path, account: push.account.clone() };
        let lines = self.desk.store.lines_at(&path, push.lines).await?;
        let lines: Vec<_> = lines.into_iter().map(|kept| kept.line).collect();
        let statements = can(self.desk.platform(link)?.statements(), link)?;
        let opening = self.so_far.closing;
        Ok(statements.cut(LinesToCut { feed, opening, lines: &lines })?)
    }

    /// Places count the new lines of a push: where it had others, the place alone would mislead.
    fn placed(&self, cut: &Cut) -> Vec<Remark> {
        if self.lease.push.known_lines == 0 {
            return cut.warnings.clone();
        }
        let placed = |remark: &Remark| Remark {
            path: "transactions".to_owned(),
            message: format!("among the new transactions, {}: {}", remark.path, remark.message),
        };
        cut.warnings.iter().map(placed).collect()
    }

    /// What is known of a statement before anything is asked; nothing when nobody can be asked about it: it went, if it did,
    /// by a feed that is gone.
    async fn known(
        &mut self,
        number: usize,
        statement: &Statement,
        cut: &Cut,
    ) -> Result<Option<SentStatement>, DeskError> {
        let Some(known) = self.so_far.statements.get(number).cloned() else {
            return Ok(Some(self.begin(number, statement, cut)));
        };
        let is_elsewhere = known.feed != statement.feed && known.stage != SentStage::Delivered;
        if is_elsewhere && known.may_arrive_unseen() {
            // Its lines count as taken.
            self.keep_as(known, SentStage::Sending).await?;
            return Ok(None);
        }
        Ok(Some(match known {
            // It was certainly not taken, and goes by the feed that there is now.
            SentStatement { attempt, .. } if is_elsewhere => {
                SentStatement { attempt, ..self.begin(number, statement, cut) }
            }
            // A worker died before it could tell why. It was certainly not taken, so the same attempt may be made again.
            SentStatement { stage: SentStage::Rejected, id: None, attempt, .. } => SentStatement {
                attempt: attempt.saturating_sub(1),
                stage: SentStage::Unsent,
                ..known
            },
            _ => known,
        }))
    }

    /// A statement that nothing is known of yet.
    fn begin(&self, number: usize, statement: &Statement, cut: &Cut) -> SentStatement {
        let before = cut.statements.iter().take(number).map(|one| one.lines.len());
        let before = u64::try_from(before.sum::<usize>()).unwrap_or(u64::MAX);
        let lines = LineSpan {
            first: self.lease.push.lines.first.saturating_add(before),
            count: u32::try_from(statement.lines.len()).unwrap_or(u32::MAX),
        };
        let now = self.desk.now();
        SentStatement {
            number: u32::try_from(number).unwrap_or(u32::MAX),
            feed: statement.feed.clone(),
            lines,
            starts_on: statement.starts_on,
            ends_on: statement.ends_on,
            opening: statement.opening,
            closing: statement.closing,
            attempt: 0,
            attempted_at: now,
            is_doubtful: false,
            id: None,
            stage: SentStage::Unsent,
            stage_at: now,
        }
    }

    /// Whether nothing may be sent any more.
    fn is_late(&self) -> bool {
        let push = &self.lease.push;
        let deadline = deadline(push.requested_at, push.timeout_minutes);
        push.status != PushStatus::Pending
            || deadline.is_some_and(|deadline| self.desk.now() >= deadline)
    }

    async fn send(
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
    async fn look_up(
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
    async fn miss(&mut self, known: SentStatement) -> Result<SentStatement, DeskError> {
        self.keep_as(SentStatement { is_doubtful: true, ..known }, SentStage::Unsent).await
    }

    /// It is not there, and is too late to be sent again. Before lines are taken back, it is looked for once more, a whole
    /// hold later.
    async fn give_up(&mut self, known: SentStatement) -> Result<SentStatement, DeskError> {
        let now = self.desk.now();
        if !known.was_missed() || now < known.stage_at {
            self.keep_as(known, SentStage::Sending).await
        } else if now < held_until(&known) {
            Ok(known)
        } else {
            self.miss(known).await
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

    async fn poll(
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

    /// The platform said no.
    async fn reject(
        &mut self,
        way: Way<'_>,
        known: SentStatement,
        reasons: &[Reason],
    ) -> Result<SentStatement, DeskError> {
        let is_known = reasons.iter().any(|reason| reason.kind == ReasonKind::Duplicate);
        // A duplicate of what no attempt of ours can have brought is one of something else.
        if is_known && known.is_doubtful {
            return self.adopt(way, known).await;
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
        let found = self.find(way, &known).await?;
        let (id, stage) = match found {
            Some(Receipt { id, stage: StatementStage::Delivered }) => {
                (Some(id), SentStage::Delivered)
            }
            Some(Receipt { id, .. }) => (Some(id), SentStage::Received),
            None => (known.id.clone(), SentStage::Delivered),
        };
        self.keep_as(SentStatement { id, ..known }, stage).await
    }

    /// Keeps what became of a statement just now.
    async fn keep_as(
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

    /// What a failure means for the push.
    async fn fail(&self, feed: &str, error: PlatformError) -> Answer<Outcome> {
        let path = self.lease.push.path;
        let now = self.desk.now();
        Ok(match error {
            PlatformError::Rejected { reasons } => {
                if reasons.iter().any(|reason| reason.kind == ReasonKind::FeedGone) {
                    if !self.is_fed().await? {
                        return Ok(Outcome::Gone);
                    }
                    self.feed_gone(feed).await?;
                }
                let mut all = self.so_far.statements.iter();
                let refused = all.rfind(|one| one.stage == SentStage::Rejected);
                Outcome::Rejected(match refused {
                    Some(statement) => self.refusal(statement, &reasons),
                    None => reasons.iter().map(|reason| remark(&reason.message)).collect(),
                })
            }
            PlatformError::RateLimited { retry_at } => Outcome::Waiting(retry_at),
            PlatformError::NotAuthorized { .. } => {
                Outcome::Waiting(now.saturating_add(SHUT_OUT_PAUSE).unwrap_or(Timestamp::MAX))
            }
            PlatformError::Unavailable { retry_at, detail } => {
                self.tell(&detail).await?;
                Outcome::TryAgain(retry_at)
            }
            PlatformError::Unknown { detail } => {
                info!(connection = %path.connection, push.key = %self.lease.push.key, "{detail}");
                Outcome::TryAgain(None)
            }
        })
    }

    /// The platform's words, with what they are about.
    fn refusal(&self, statement: &SentStatement, reasons: &[Reason]) -> Vec<Remark> {
        let push = &self.lease.push;
        let taken = statement.lines.first.saturating_sub(push.lines.first);
        let said: Vec<_> = reasons.iter().map(|reason| reason.message.as_str()).collect();
        let said = if said.is_empty() { "it gave no reason".to_owned() } else { said.join("; ") };
        let count = statement.lines.count;
        let message = match taken {
            0 if statement.lines == push.lines => said,
            0 => {
                format!("{said} (said of the first {count} transactions; the others were not sent)")
            }
            _ => format!(
                "{said} (said of {count} transactions after the first {taken}, which are in the books; send the others again once this is mended)"
            ),
        };
        vec![remark(&message)]
    }

    /// Whether lines are still to flow: who deletes, disconnects or unlinks an account ends its feed.
    async fn is_fed(&self) -> Answer<bool> {
        let (store, push) = (&self.desk.store, &self.lease.push);
        let Some(connection) = store.find_connection(&push.path).await? else { return Ok(false) };
        let path = AccountPath { connection: push.path, account: push.account.clone() };
        let account = store.find_source_account(&path).await?;
        Ok(account.is_some_and(|account| flows(&connection, &account)))
    }

    /// The customer switched the feed off in the books.
    async fn feed_gone(&self, feed: &str) -> Answer<()> {
        let account = &self.lease.push.account;
        let changed = self.desk.change(&self.lease.push.path, None, |link| {
            let is_this =
                link.mapping(account).is_some_and(|one| one.feed.as_deref() == Some(feed));
            Ok(if is_this { link.feed_gone(account) } else { Effects::default() })
        });
        stored(changed.await)
    }

    /// Shows the operator what is wrong.
    async fn tell(&self, detail: &str) -> Answer<()> {
        let path = &self.lease.push.path;
        warn!(connection = %path.connection, push.key = %self.lease.push.key, "{detail}");
        let now = self.desk.now();
        stored(self.desk.change(path, None, |_link| Ok(Effects::trouble(detail, now))).await)
    }

    /// The platform takes lines: it is available, whatever was shown before.
    async fn be_calm(&self, connection: &Connection, outcome: &Outcome) -> Answer<()> {
        let trouble = connection.trouble.as_ref().filter(|trouble| trouble.ended_at.is_none());
        let is_over = matches!(outcome, Outcome::Done | Outcome::Waiting(_))
            && trouble.is_some_and(|trouble| trouble.kind == TroubleKind::Unavailable);
        if !is_over {
            return Ok(());
        }
        let path = &self.lease.push.path;
        stored(self.desk.change(path, None, |_link| Ok(Effects::trouble_ends())).await)
    }

    fn end(self, outcome: Outcome) -> Attempt {
        let sent = counted(&self.so_far.statements, &outcome);
        (outcome, Sent { warnings: self.warnings, ..sent })
    }
}

/// What is known of a push whose account is there no more.
pub(crate) async fn sent_so_far(desk: &Desk, lease: &Lease) -> Answer<Sent> {
    let push = &lease.push;
    let statements = desk.store.list_statements(push.path.client, push.key).await?;
    Ok(counted(&statements, &Outcome::Gone))
}

/// What is known of what was sent, now that this is the outcome.
fn counted(statements: &[SentStatement], outcome: &Outcome) -> Sent {
    let is_final = matches!(outcome, Outcome::Gone | Outcome::Rejected(_));
    let counts = |one: &&SentStatement| {
        // Of one whose feed is gone nobody will ever know: its lines may be in the books, so they are not sent again.
        one.stage == SentStage::Delivered || (is_final && one.stage.is_open())
    };
    let taken = statements.iter().filter(counts).map(|one| one.lines.count);
    let taken = taken.fold(0_u32, u32::saturating_add);
    let may_arrive = statements.iter().any(SentStatement::may_arrive_unseen);
    Sent { taken, may_arrive, warnings: Vec::new() }
}

/// Whoever was sending it when it last changed has ended by then.
fn held_until(statement: &SentStatement) -> Timestamp {
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

fn remark(message: &str) -> Remark {
    Remark { path: "transactions".to_owned(), message: message.to_owned() }
}

/// Only the database's failure counts here: the rest is a note.
fn stored(changed: Result<bool, DeskError>) -> Answer<()> {
    match changed {
        Err(DeskError::Store(error)) => Err(error),
        Ok(_) | Err(DeskError::Platform(_) | DeskError::Secrets { .. }) => Ok(()),
    }
}
