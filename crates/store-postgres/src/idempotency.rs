//! Verbs about requests that are done once.

use async_trait::async_trait;
use domain::idempotency::{Claim, Claimed, Fingerprint, KeptAnswer};
use jiff::Timestamp;
use store::{Answer, Idempotency};
use tokio_postgres::Row;

use crate::PostgresStore;
use crate::columns::{Columns, micros};
use crate::fault::{Attempt, damaged};
use crate::text::escaped;

/// More than come at once in the long run, so that ended keys never pile up. Those that another process looks at are
/// left to it.
const FORGET_ENDED_KEYS: &str = "\
-- forget_ended_keys
delete from idempotency
where (client_id, idempotency_key) in (
    select client_id, idempotency_key
    from idempotency
    where ends_at <= $1
    order by ends_at
    limit 8
    for update skip locked
)";

/// A key that is there is locked, by an update that changes nothing: whoever claims it next waits.
const CLAIM_KEY: &str = "\
-- claim_key
insert into idempotency as kept (client_id, idempotency_key, claim_id, fingerprint, ends_at)
values ($1, $2, $3, $4, $5)
on conflict (client_id, idempotency_key) do update
set claim_id = kept.claim_id
returning claim_id = $3, ends_at, fingerprint, status, content_type, body";

const TAKE_KEY_OVER: &str = "\
-- take_key_over
update idempotency
set claim_id = $3, fingerprint = $4, ends_at = $5, status = null, content_type = null, body = null
where client_id = $1 and idempotency_key = $2";

const SHORTEN_CLAIM: &str = "\
-- shorten_claim
update idempotency
set ends_at = $3
where client_id = $1 and idempotency_key = $2";

const KEEP_ANSWER: &str = "\
-- keep_answer
update idempotency
set status = $4, content_type = $5, body = $6, ends_at = $7
where client_id = $1 and idempotency_key = $2 and claim_id = $3";

const RELEASE_KEY: &str = "\
-- release_key
delete from idempotency
where client_id = $1 and idempotency_key = $2 and claim_id = $3";

/// What stands under a key.
struct Kept {
    is_ours: bool,
    ends_at: Timestamp,
    fingerprint: Fingerprint,
    answer: Option<KeptAnswer>,
}

fn kept_of(row: &Row) -> Attempt<Kept> {
    let mut columns = Columns::of(row);
    let (is_ours, ends_at) = (columns.take()?, columns.moment()?);
    let fingerprint = <[u8; 32]>::try_from(columns.take::<&[u8]>()?)
        .map_err(|_length| damaged("a fingerprint of another length"))?;
    let status = columns.number_maybe::<u16>()?;
    let (content_type, body) = (columns.text_maybe()?, columns.take::<Option<Vec<u8>>>()?);
    let answer = status.map(|status| KeptAnswer { status, content_type, body });
    Ok(Kept { is_ours, ends_at, fingerprint: Fingerprint(fingerprint), answer })
}

#[async_trait]
impl Idempotency for PostgresStore {
    async fn claim_key(&self, claim: &Claim) -> Answer<Claimed> {
        self.transact(|session| async move {
            let Claim { id, client, key, fingerprint, at } = claim;
            let hash: &[u8] = &fingerprint.0;
            session.run(FORGET_ENDED_KEYS, &[&micros(*at)]).await?;
            let (client, key, ends_at) = (client.uuid(), key.uuid(), micros(claim.ends_at()));
            let row = session.row(CLAIM_KEY, &[&client, &key, &id.uuid(), &hash, &ends_at]).await?;
            let row = row.ok_or_else(|| damaged("a key that is neither written nor there"))?;
            let kept = kept_of(&row)?;
            if kept.is_ours {
                return Ok(Claimed::Ours);
            }
            if kept.ends_at <= *at {
                session.run(TAKE_KEY_OVER, &[&client, &key, &id.uuid(), &hash, &ends_at]).await?;
                return Ok(Claimed::Ours);
            }
            if kept.answer.is_none() && claim.outlasts_life(kept.ends_at) {
                session.run(SHORTEN_CLAIM, &[&client, &key, &ends_at]).await?;
            }
            Ok(match kept.answer {
                _ if kept.fingerprint != *fingerprint => Claimed::OtherRequest,
                None => Claimed::UnderWay,
                Some(answer) => Claimed::Answered(answer),
            })
        })
        .await
    }

    async fn keep_answer(
        &self,
        claim: &Claim,
        answer: &KeptAnswer,
        ends_at: Timestamp,
    ) -> Answer<()> {
        self.transact(|session| async move {
            let (client, key, id) = (claim.client.uuid(), claim.key.uuid(), claim.id.uuid());
            let content_type = answer.content_type.as_deref().map(escaped);
            session
                .run(
                    KEEP_ANSWER,
                    &[
                        &client,
                        &key,
                        &id,
                        &i64::from(answer.status),
                        &content_type,
                        &answer.body,
                        &micros(ends_at),
                    ],
                )
                .await?;
            Ok(())
        })
        .await
    }

    async fn release_key(&self, claim: &Claim) -> Answer<()> {
        self.transact(|session| async move {
            let (client, key, id) = (claim.client.uuid(), claim.key.uuid(), claim.id.uuid());
            session.run(RELEASE_KEY, &[&client, &key, &id]).await?;
            Ok(())
        })
        .await
    }
}
