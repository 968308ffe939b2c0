//! Requests that are done once.

use crate::row::{Fields, Put};
use crate::{Database, SqliteStore, sql};
use async_trait::async_trait;
use domain::idempotency::{Claim, Claimed, Fingerprint, KeptAnswer};
use jiff::Timestamp;
use store::{Answer, Idempotency};

/// More than come at once in the long run, so that ended keys never pile up.
const FORGET_ENDED_KEYS: &str = "
    -- forget_ended_keys
    delete from idempotency
    where (client_id, idempotency_key) in (
        select client_id, idempotency_key
        from idempotency
        where ends_at_us <= ?1
        order by ends_at_us
        limit 8
    )";

const FIND_KEY: &str = "
    -- find_key
    select ends_at_us, fingerprint, status, content_type, body
    from idempotency
    where client_id = ?1 and idempotency_key = ?2";

const CLAIM_KEY: &str = "
    -- claim_key
    insert or replace into idempotency
        (client_id, idempotency_key, claim_id, fingerprint, ends_at_us)
    values (?1, ?2, ?3, ?4, ?5)";

const SHORTEN_CLAIM: &str = "
    -- shorten_claim
    update idempotency
    set ends_at_us = ?3
    where client_id = ?1 and idempotency_key = ?2";

const KEEP_ANSWER: &str = "
    -- keep_answer
    update idempotency
    set status = ?4, content_type = ?5, body = ?6, ends_at_us = ?7
    where client_id = ?1 and idempotency_key = ?2 and claim_id = ?3";

const RELEASE_KEY: &str = "
    -- release_key
    delete from idempotency
    where client_id = ?1 and idempotency_key = ?2 and claim_id = ?3";

#[async_trait]
impl Idempotency for SqliteStore {
    async fn claim_key(&self, claim: &Claim) -> Answer<Claimed> {
        let claim = *claim;
        self.write(move |writing| claim_key(writing.database, &claim)).await
    }

    async fn keep_answer(
        &self,
        claim: &Claim,
        answer: &KeptAnswer,
        ends_at: Timestamp,
    ) -> Answer<()> {
        let (claim, answer) = (*claim, answer.clone());
        self.write(move |writing| {
            let KeptAnswer { status, content_type, body } = &answer;
            let Claim { id, client, key, .. } = &claim;
            let values: [&dyn Put; 7] = [client, key, id, status, content_type, body, &ends_at];
            sql::execute(writing.database, KEEP_ANSWER, &values).map(drop)
        })
        .await
    }

    async fn release_key(&self, claim: &Claim) -> Answer<()> {
        let Claim { id, client, key, .. } = *claim;
        self.write(move |writing| {
            sql::execute(writing.database, RELEASE_KEY, &[&client, &key, &id]).map(drop)
        })
        .await
    }
}

fn claim_key(database: &Database, claim: &Claim) -> Answer<Claimed> {
    let Claim { id, client, key, fingerprint, at } = claim;
    sql::execute(database, FORGET_ENDED_KEYS, &[at])?;
    if let Some((ends_at, kept, answer)) = sql::one(database, FIND_KEY, &[client, key], found)?
        && ends_at > *at
    {
        if answer.is_none() && claim.outlasts_life(ends_at) {
            sql::execute(database, SHORTEN_CLAIM, &[client, key, &claim.ends_at()])?;
        }
        return Ok(match answer {
            _ if kept != *fingerprint => Claimed::OtherRequest,
            None => Claimed::UnderWay,
            Some(answer) => Claimed::Answered(answer),
        });
    }
    sql::execute(database, CLAIM_KEY, &[client, key, id, &fingerprint.0, &claim.ends_at()])?;
    Ok(Claimed::Ours)
}

type Found = (Timestamp, Fingerprint, Option<KeptAnswer>);

fn found(row: &mut Fields<'_>) -> Answer<Found> {
    let (ends_at, fingerprint) = (row.next()?, Fingerprint(row.next()?));
    let (status, content_type, body) = (row.next::<Option<u16>>()?, row.next()?, row.next()?);
    Ok((ends_at, fingerprint, status.map(|status| KeptAnswer { status, content_type, body })))
}
