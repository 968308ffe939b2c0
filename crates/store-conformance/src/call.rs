//! Cases about calls of platforms.

use crate::Backend;
use domain::call_budget::{CallLimits, CallTurn};
use domain::ids::CallId;
use testkit::{NOON, a_uuid, noon_plus};
use tokio::task::JoinSet;

pub async fn calls_made_at_once_keep_to_the_limits(backend: &dyn Backend) {
    let store = backend.open().await;
    let limits = CallLimits { at_once: 5, minute: 8, day: 100 };
    let organisation = a_uuid().to_string();
    let mut let_in = Vec::new();
    for (minute, expected) in [(0, 5), (0, 3), (2, 5)] {
        let mut tasks = JoinSet::new();
        for _ in 0..12 {
            let (store, organisation) = (store.clone(), organisation.clone());
            let call = CallId::new(a_uuid());
            tasks.spawn(async move {
                let now = noon_plus(minute);
                (call, store.begin_call(&organisation, call, limits, now).await.unwrap())
            });
        }
        let turns = tasks.join_all().await;
        let went = turns.iter().filter(|(_, turn)| *turn == CallTurn::Go);
        let went: Vec<_> = went.map(|(call, _)| *call).collect();
        assert_eq!(went.len(), expected);
        for call in &went {
            store.end_call(&organisation, *call, None).await.unwrap();
        }
        let_in.extend(went);
    }
    assert_eq!(let_in.len(), 13);
}

pub async fn silence_is_kept_for_one_organisation(backend: &dyn Backend) {
    let store = backend.open().await;
    let limits = CallLimits { at_once: 5, minute: 60, day: 100 };
    let (loud, other) = (a_uuid().to_string(), a_uuid().to_string());
    let call = CallId::new(a_uuid());
    assert_eq!(store.begin_call(&loud, call, limits, NOON).await.unwrap(), CallTurn::Go);
    store.end_call(&loud, call, Some(noon_plus(5))).await.unwrap();
    let turn = store.begin_call(&loud, call, limits, noon_plus(1)).await.unwrap();
    assert_eq!(turn, CallTurn::Wait(noon_plus(5)));
    let turn = store.begin_call(&other, call, limits, noon_plus(1)).await.unwrap();
    assert_eq!(turn, CallTurn::Go);
    let turn = store.begin_call(&loud, call, limits, noon_plus(6)).await.unwrap();
    assert_eq!(turn, CallTurn::Go);
}
