//! One attempt: the statements of a push, one after the other, as far as it goes.

use super::count::counted;
use super::statement::held_until;
use crate::desk::{Desk, DeskError, can};
use crate::standing::flows;
use domain::connection::{Connection, ConnectionStatus};
use domain::delivery::{SentStage, SentStatement};
use domain::link::Link;
use domain::push::{LineSpan, Outcome, PushStatus, Remark, Sent, deadline};
use domain::source_account::{AccountPath, SourceAccount};
use domain::work::Lease;
use jiff::{SignedDuration, Timestamp};
use platforms::{Cut, LinesToCut, Statement};
use store::{Answer, SentSoFar};
use tracing::warn;

/// Pushes of a connection that is shut out wait so long. Whoever links it again makes them due at once; one that was being
/// looked at just then is noticed after this. Looking asks the platform nothing.
pub(super) const SHUT_OUT_PAUSE: SignedDuration = SignedDuration::from_mins(15);

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

/// The feed that an account's lines go into, while they flow.
fn feed_of(link: &Link, connection: &Connection, account: &SourceAccount) -> Option<String> {
    let mapping = link.mapping(&account.id).filter(|_| flows(connection, account))?;
    mapping.feed.clone()
}

/// Where a statement goes, and what it says.
#[derive(Clone, Copy)]
pub(super) struct Way<'a> {
    pub(super) link: &'a Link,
    pub(super) statement: &'a Statement,
}

pub(super) struct Courier<'a> {
    pub(super) desk: &'a Desk,
    pub(super) lease: &'a Lease,
    pub(super) so_far: SentSoFar,
    pub(super) warnings: Vec<Remark>,
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
                    None if was_late || known.is_doubtful => self.outwait(known).await?,
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

    fn end(self, outcome: Outcome) -> Attempt {
        let sent = counted(&self.so_far.statements, &outcome);
        (outcome, Sent { warnings: self.warnings, ..sent })
    }
}
