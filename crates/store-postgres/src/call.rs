//! Verbs about calls of platforms: an organisation's budget is one row, under whose lock it is decided.

use async_trait::async_trait;
use domain::call_budget::{CallBudget, CallLimits, CallTurn};
use domain::ids::CallId;
use jiff::{SignedDuration, Timestamp};
use store::{Answer, Calls, call_text};
use tracing::warn;

use crate::PostgresStore;
use crate::columns::Columns;
use crate::fault::Attempt;
use crate::installation;
use crate::session::{Session, Write};
use crate::text::escaped;

const MAKE_BUDGET: &str = "\
-- make_call_budget
insert into call_budget (organisation, budget)
values ($1, $2)
on conflict do nothing";

const LOCK_BUDGET: &str = "\
-- lock_call_budget
select budget
from call_budget
where organisation = $1
for update";

const LOCK_BUDGETS: &str = "\
-- lock_call_budgets
select organisation, budget
from call_budget
order by organisation
for update";

const KEEP_BUDGET: &str = "\
-- keep_call_budget
update call_budget
set budget = $2
where organisation = $1";

#[async_trait]
impl Calls for PostgresStore {
    async fn begin_call(
        &self,
        organisation: &str,
        call: CallId,
        limits: CallLimits,
        now: Timestamp,
    ) -> Answer<CallTurn> {
        self.transact(|session| async move {
            let now = installation::caught_up(&session, now).await?.now;
            change(&session, organisation, |budget| budget.take(call, limits, now)).await
        })
        .await
    }

    async fn end_call(
        &self,
        organisation: &str,
        call: CallId,
        silent_until: Option<Timestamp>,
    ) -> Answer<()> {
        self.transact(|session| async move {
            change(&session, organisation, |budget| budget.end(call, silent_until)).await
        })
        .await
    }
}

/// All budgets, when the clock was set back.
pub(crate) async fn move_back(
    session: &Session,
    by: SignedDuration,
    now: Timestamp,
) -> Attempt<()> {
    for row in session.rows(LOCK_BUDGETS, &[]).await? {
        let mut columns = Columns::of(&row);
        let (organisation, text): (&str, &str) = (columns.take()?, columns.take()?);
        let mut budget = match call_text::read(Some(text)) {
            Ok(budget) => budget,
            Err(error) => {
                warn!(%error, "a budget of calls stays as the old clock left it");
                continue;
            }
        };
        budget.move_back(by, now);
        session.run(KEEP_BUDGET, &[&organisation, &call_text::write(&budget)?]).await?;
    }
    Ok(())
}

async fn change<T>(
    session: &Session,
    organisation: &str,
    act: impl FnOnce(&mut CallBudget) -> T,
) -> Attempt<T> {
    let name = escaped(organisation);
    let mut row = session.row(LOCK_BUDGET, &[&name]).await?;
    if row.is_none() {
        let empty = call_text::write(&CallBudget::default())?;
        session.run(MAKE_BUDGET, &[&name, &empty]).await?;
        row = session.row(LOCK_BUDGET, &[&name]).await?;
    }
    let text: Option<String> = row.map(|row| Columns::of(&row).take()).transpose()?;
    let mut budget = call_text::read(text.as_deref())?;
    let answer = act(&mut budget);
    let text = call_text::write(&budget)?;
    session.finish(&[Write::new(KEEP_BUDGET, &[&name, &text])]).await?;
    Ok(answer)
}
