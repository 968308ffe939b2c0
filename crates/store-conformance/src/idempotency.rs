//! Cases about requests that are done once.

use crate::Backend;
use domain::idempotency::{CLAIM_LIFE, Claim, Claimed, Fingerprint, KeptAnswer};
use domain::ids::{ClaimId, ClientId, IdempotencyKey};
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;
use store::{Installation, OTP_SALT_BYTES, Store};
use testkit::{NOON, a_client, a_uuid};
use tokio::task::JoinSet;

const HOUR: SignedDuration = SignedDuration::from_hours(1);

async fn claim_of(store: &Arc<dyn Store>) -> Claim {
    let client = a_client();
    store.create_client(&client).await.unwrap();
    of_client(client.id)
}

fn of_client(client: ClientId) -> Claim {
    Claim {
        id: ClaimId::new(a_uuid()),
        client,
        key: IdempotencyKey::new(a_uuid()),
        fingerprint: Fingerprint([7; 32]),
        at: NOON,
    }
}

/// The same request, sent again.
fn again(claim: &Claim, at: Timestamp) -> Claim {
    Claim { id: ClaimId::new(a_uuid()), at, ..*claim }
}

fn an_answer() -> KeptAnswer {
    KeptAnswer {
        status: 200,
        content_type: Some("application/json".to_owned()),
        body: Some(b"{\"id\":\"\0\xff\"}".to_vec()),
    }
}

async fn claimed(store: &Arc<dyn Store>, claim: &Claim) -> Claimed {
    store.claim_key(claim).await.unwrap()
}

pub async fn a_key_is_claimed_once_until_it_is_answered(backend: &dyn Backend) {
    let store = backend.open().await;
    let first = claim_of(&store).await;
    assert_eq!(claimed(&store, &first).await, Claimed::Ours);
    assert_eq!(claimed(&store, &again(&first, NOON)).await, Claimed::UnderWay);
}

pub async fn an_answer_is_given_again_until_it_ends(backend: &dyn Backend) {
    let store = backend.open().await;
    let withheld = KeptAnswer { body: None, ..an_answer() };
    let empty = KeptAnswer { status: 204, content_type: None, body: Some(Vec::new()) };
    for answer in [an_answer(), withheld, empty] {
        let first = claim_of(&store).await;
        claimed(&store, &first).await;
        store.keep_answer(&first, &answer, NOON + HOUR).await.unwrap();
        for at in [NOON, NOON + HOUR - SignedDuration::from_secs(1)] {
            let given = claimed(&store, &again(&first, at)).await;
            assert_eq!(given, Claimed::Answered(answer.clone()));
        }
        assert_eq!(claimed(&store, &again(&first, NOON + HOUR)).await, Claimed::Ours);
    }
}

pub async fn a_key_is_for_one_request(backend: &dyn Backend) {
    let store = backend.open().await;
    let first = claim_of(&store).await;
    claimed(&store, &first).await;
    let other = Claim { fingerprint: Fingerprint([8; 32]), ..again(&first, NOON) };
    assert_eq!(claimed(&store, &other).await, Claimed::OtherRequest);
    store.keep_answer(&first, &an_answer(), NOON + HOUR).await.unwrap();
    assert_eq!(claimed(&store, &other).await, Claimed::OtherRequest);
    assert_eq!(claimed(&store, &Claim { at: NOON + HOUR, ..other }).await, Claimed::Ours);
}

pub async fn a_released_key_is_free(backend: &dyn Backend) {
    let store = backend.open().await;
    let first = claim_of(&store).await;
    claimed(&store, &first).await;
    store.release_key(&first).await.unwrap();
    assert_eq!(claimed(&store, &again(&first, NOON)).await, Claimed::Ours);
}

pub async fn a_claim_that_nobody_ended_ends_by_itself(backend: &dyn Backend) {
    let store = backend.open().await;
    let first = claim_of(&store).await;
    claimed(&store, &first).await;
    let late = again(&first, NOON + CLAIM_LIFE);
    assert_eq!(claimed(&store, &late).await, Claimed::Ours);
    assert_eq!(claimed(&store, &again(&first, late.at)).await, Claimed::UnderWay);
}

/// Whoever claimed the key died before the clock was set back: a minute is a minute, whatever the clock says.
pub async fn a_clock_that_is_set_back_leaves_no_claim_behind(backend: &dyn Backend) {
    let store = backend.open().await;
    let proposed = Installation { otp_salt: [7; OTP_SALT_BYTES], created_at: NOON };
    store.ensure_installation(&proposed).await.unwrap();
    let tomorrow = NOON + SignedDuration::from_hours(24);
    store.note_time(tomorrow).await.unwrap();
    let (left, answered) = (claim_of(&store).await, claim_of(&store).await);
    claimed(&store, &again(&left, tomorrow)).await;
    let kept = again(&answered, tomorrow);
    claimed(&store, &kept).await;
    store.keep_answer(&kept, &an_answer(), tomorrow + HOUR).await.unwrap();
    let of_the_new_clock = claim_of(&store).await;
    claimed(&store, &of_the_new_clock).await;
    store.note_time(NOON).await.unwrap();
    assert_eq!(claimed(&store, &again(&of_the_new_clock, NOON)).await, Claimed::UnderWay);
    assert_eq!(claimed(&store, &left).await, Claimed::UnderWay);
    assert_eq!(claimed(&store, &again(&left, NOON + CLAIM_LIFE)).await, Claimed::Ours);
    // One that was made by the old clock and written after it had been noted that it was set back.
    let straggler = claim_of(&store).await;
    claimed(&store, &again(&straggler, tomorrow)).await;
    assert_eq!(claimed(&store, &straggler).await, Claimed::UnderWay);
    assert_eq!(claimed(&store, &again(&straggler, NOON + CLAIM_LIFE)).await, Claimed::Ours);
    // Its caller may be told what it was told before for as long as it was promised.
    let later = again(&answered, NOON + HOUR);
    assert_eq!(claimed(&store, &later).await, Claimed::Answered(an_answer()));
}

pub async fn a_late_answer_does_not_replace_that_of_another_claim(backend: &dyn Backend) {
    let store = backend.open().await;
    let first = claim_of(&store).await;
    claimed(&store, &first).await;
    let second = again(&first, NOON + CLAIM_LIFE);
    claimed(&store, &second).await;
    let ends_at = second.at + HOUR;
    store.keep_answer(&second, &an_answer(), ends_at).await.unwrap();
    let late = KeptAnswer { status: 400, ..an_answer() };
    store.keep_answer(&first, &late, ends_at).await.unwrap();
    store.release_key(&first).await.unwrap();
    let given = claimed(&store, &again(&second, second.at)).await;
    assert_eq!(given, Claimed::Answered(an_answer()));
}

pub async fn keys_are_each_client_s_own(backend: &dyn Backend) {
    let store = backend.open().await;
    let (ours, theirs) = (claim_of(&store).await, claim_of(&store).await);
    let theirs = Claim { key: ours.key, ..theirs };
    claimed(&store, &ours).await;
    store.keep_answer(&ours, &an_answer(), NOON + HOUR).await.unwrap();
    assert_eq!(claimed(&store, &theirs).await, Claimed::Ours);
}

pub async fn of_claims_made_at_once_one_is_given(backend: &dyn Backend) {
    let store = backend.open().await;
    let first = claim_of(&store).await;
    for at in [NOON, NOON + CLAIM_LIFE] {
        let mut tasks = JoinSet::new();
        for _ in 0..12 {
            let (store, claim) = (store.clone(), again(&first, at));
            tasks.spawn(async move { claimed(&store, &claim).await });
        }
        let answers = tasks.join_all().await;
        let given = answers.iter().filter(|answer| **answer == Claimed::Ours).count();
        let waiting = answers.iter().filter(|answer| **answer == Claimed::UnderWay).count();
        assert_eq!((given, waiting), (1, 11), "{answers:?}");
    }
}

pub async fn ended_keys_are_forgotten_as_others_come(backend: &dyn Backend) {
    let store = backend.open().await;
    let first = claim_of(&store).await;
    let old: Vec<_> = (0..5).map(|_| of_client(first.client)).collect();
    for claim in &old {
        claimed(&store, claim).await;
        store.keep_answer(claim, &an_answer(), NOON + HOUR).await.unwrap();
    }
    claimed(&store, &Claim { at: NOON + HOUR, ..first }).await;
    // Asked as of before their end, they would still be there if they had only been passed over.
    for claim in &old {
        assert_eq!(claimed(&store, &again(claim, NOON)).await, Claimed::Ours);
    }
}
