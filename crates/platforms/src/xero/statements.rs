//! Statements: sent one at a time, polled until they are in the books or refused, looked up when an answer was lost.

use super::answer::Effect;
use super::capabilities::Xero;
use super::client::is_success;
use super::cut::{BOUNDS, cut};
use super::feeds::{PAGE_ITEMS, PAGES_MAX, has_code};
use super::map;
use super::wire::{Items, StatementBody};
use crate::access::Access;
use crate::error::{PlatformError, Reason};
use crate::platform::TakesStatements;
use crate::statement::{Cut, LinesToCut, Receipt, Statement, StatementStage};
use async_trait::async_trait;

const STATEMENTS: &str = "bankfeeds.xro/1.0/Statements";
/// Xero's own fault.
const INTERNAL_ERROR: &str = "internal-error";

#[async_trait]
impl TakesStatements for Xero {
    fn cut(&self, lines: LinesToCut<'_>) -> Result<Cut, PlatformError> {
        cut(lines, BOUNDS)
    }

    async fn send(
        &self,
        access: Access<'_>,
        statement: &Statement,
        attempt: &str,
    ) -> Result<Receipt, PlatformError> {
        let asked = map::statement_asked(statement);
        let asked = asked.ok_or_else(|| PlatformError::rejected("an amount cannot be written"))?;
        let body = Items::one(asked);
        let reply = self.client.post(access, STATEMENTS, (&body, attempt), Effect::Once).await?;
        if !is_success(&reply) {
            return Err(self.client.refusal(&reply, Effect::Once));
        }
        let outcome: Items<StatementBody> = self.client.take(&reply, Effect::Once)?;
        let outcome = outcome.items.into_iter().next().unwrap_or_default();
        match (map::statement_stage(&outcome), outcome.id) {
            (StatementStage::Rejected { reasons }, _) => Err(not_taken(reasons)),
            (stage, Some(id)) => Ok(Receipt { id, stage }),
            (StatementStage::Pending | StatementStage::Delivered, None) => {
                let detail = "xero accepts the statement but gives it no id".to_owned();
                Err(PlatformError::Unknown { detail })
            }
        }
    }

    async fn poll(
        &self,
        access: Access<'_>,
        id: &str,
    ) -> Result<Option<StatementStage>, PlatformError> {
        let reply = self.client.get(access, &format!("{STATEMENTS}/{}", map::in_path(id))).await?;
        match self.client.take::<StatementBody>(&reply, Effect::Repeatable) {
            Ok(body) => Ok(Some(map::statement_stage(&body))),
            Err(error) if has_code(&error, "statement-not-found") => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn look_up(
        &self,
        access: Access<'_>,
        statement: &Statement,
        others: &[String],
    ) -> Result<Option<Receipt>, PlatformError> {
        for page in 1..=PAGES_MAX {
            let path = format!("{STATEMENTS}?page={page}&pageSize={PAGE_ITEMS}");
            let body: Items<StatementBody> = self.client.read(access, &path).await?;
            if let Some(found) = body.items.iter().find_map(|one| receipt(one, statement, others)) {
                return Ok(Some(found));
            }
            if body.is_last(page, PAGE_ITEMS) {
                return Ok(None);
            }
        }
        let detail = format!("it is not among the first {PAGES_MAX} pages of xero's statements");
        Err(PlatformError::Unknown { detail })
    }
}

fn receipt(body: &StatementBody, statement: &Statement, others: &[String]) -> Option<Receipt> {
    let id = body.id.clone().filter(|id| !others.contains(id))?;
    let stage = map::statement_stage(body);
    // One that was rejected is no duplicate: sent again, it is judged again.
    let is_taken = !matches!(stage, StatementStage::Rejected { .. });
    (is_taken && map::shows(body, statement)).then_some(Receipt { id, stage })
}

fn not_taken(reasons: Vec<Reason>) -> PlatformError {
    if reasons.iter().any(|reason| reason.code.as_deref() == Some(INTERNAL_ERROR)) {
        return PlatformError::unavailable("xero rejects it for an error of its own");
    }
    PlatformError::Rejected { reasons }
}
