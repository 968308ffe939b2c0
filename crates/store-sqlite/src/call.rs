//! Calls of platforms, counted.

use crate::row::Fields;
use crate::{Database, SqliteStore, installation, row, sql};
use async_trait::async_trait;
use domain::call_budget::{CallBudget, CallLimits, CallTurn};
use domain::ids::CallId;
use jiff::{SignedDuration, Timestamp};
use store::{Answer, Calls, call_text};
use tracing::warn;

const FIND_BUDGET: &str = "
    -- find_call_budget
    select budget
    from call_budget
    where organisation = ?1";

const LIST_BUDGETS: &str = "
    -- list_call_budgets
    select organisation, budget
    from call_budget";

const KEEP_BUDGET: &str = "
    -- keep_call_budget
    insert or replace into call_budget (organisation, budget)
    values (?1, ?2)";

#[async_trait]
impl Calls for SqliteStore {
    async fn begin_call(
        &self,
        organisation: &str,
        call: CallId,
        limits: CallLimits,
        now: Timestamp,
    ) -> Answer<CallTurn> {
        let organisation = organisation.to_owned();
        self.write(move |writing| {
            let now = installation::caught_up(writing.database, now)?.now;
            change(writing.database, &organisation, |budget| budget.take(call, limits, now))
        })
        .await
    }

    async fn end_call(
        &self,
        organisation: &str,
        call: CallId,
        silent_until: Option<Timestamp>,
    ) -> Answer<()> {
        let organisation = organisation.to_owned();
        self.write(move |writing| {
            change(writing.database, &organisation, |budget| budget.end(call, silent_until))
        })
        .await
    }
}

/// All budgets, when the clock was set back.
pub(crate) fn move_back(database: &Database, by: SignedDuration, now: Timestamp) -> Answer<()> {
    let read = |row: &mut Fields<'_>| Ok((row.next::<String>()?, row.next::<String>()?));
    for (organisation, text) in sql::all(database, LIST_BUDGETS, &[], read)? {
        let mut budget = match call_text::read(Some(&text)) {
            Ok(budget) => budget,
            Err(error) => {
                warn!(%error, "a budget of calls stays as the old clock left it");
                continue;
            }
        };
        budget.move_back(by, now);
        sql::execute(database, KEEP_BUDGET, &[&organisation, &call_text::write(&budget)?])?;
    }
    Ok(())
}

fn change<T>(
    database: &Database,
    organisation: &str,
    act: impl FnOnce(&mut CallBudget) -> T,
) -> Answer<T> {
    let text: Option<String> = sql::one(database, FIND_BUDGET, &[&organisation], row::only)?;
    let mut budget = call_text::read(text.as_deref())?;
    let answer = act(&mut budget);
    sql::execute(database, KEEP_BUDGET, &[&organisation, &call_text::write(&budget)?])?;
    Ok(answer)
}
