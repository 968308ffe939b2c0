//! What was asked of an organisation, as both databases keep it: one JSON text in its row.

use crate::{Answer, StoreError};
use domain::call_budget::CallBudget;
use domain::ids::CallId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct Written {
    recent: Vec<i64>,
    hours: Vec<(i64, u32)>,
    under_way: Vec<(String, i64)>,
    silent: Option<i64>,
}

/// The text of a budget.
pub fn write(budget: &CallBudget) -> Answer<String> {
    let CallBudget { recent, hours, under_way, silent_until } = budget;
    let written = Written {
        recent: recent.iter().map(|at| at.as_microsecond()).collect(),
        hours: hours.clone(),
        under_way: under_way.iter().map(|(id, at)| (id.to_string(), at.as_microsecond())).collect(),
        silent: silent_until.map(Timestamp::as_microsecond),
    };
    serde_json::to_string(&written).map_err(|error| StoreError::Failed(error.into()))
}

/// The budget of a text; an empty one of none.
pub fn read(text: Option<&str>) -> Answer<CallBudget> {
    let Some(text) = text else { return Ok(CallBudget::default()) };
    let damaged = || StoreError::Damaged(format!("a call budget is {text}"));
    let written: Written = serde_json::from_str(text).map_err(|_unreadable| damaged())?;
    budget(written).ok_or_else(damaged)
}

fn budget(written: Written) -> Option<CallBudget> {
    let moment = |micros: i64| Timestamp::from_microsecond(micros).ok();
    let under_way = |(id, at): (String, i64)| Some((CallId::parse(&id)?, moment(at)?));
    Some(CallBudget {
        recent: written.recent.into_iter().map(moment).collect::<Option<_>>()?,
        hours: written.hours,
        under_way: written.under_way.into_iter().map(under_way).collect::<Option<_>>()?,
        silent_until: match written.silent {
            None => None,
            Some(micros) => Some(moment(micros)?),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_budget_comes_back_as_it_went() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let budget = CallBudget {
            recent: vec![at(1), at(2)],
            hours: vec![(7, 2)],
            under_way: vec![(CallId::new(Uuid::from_u128(3)), at(9))],
            silent_until: Some(at(5)),
        };
        assert_eq!(read(Some(&write(&budget).unwrap())).unwrap(), budget);
        assert_eq!(read(None).unwrap(), CallBudget::default());
        assert!(read(Some("{}")).is_err());
    }
}
