//! Verbs about access tokens.

use async_trait::async_trait;
use domain::access_token::{AccessToken, AccessTokenHash};
use domain::ids::{ClientId, CompanyId};
use jiff::Timestamp;
use store::{AccessTokens, Answer};
use tokio_postgres::Row;

use crate::PostgresStore;
use crate::columns::{Columns, micros};
use crate::company::HOLD_COMPANY;
use crate::fault::{Attempt, damaged};

const FORGET_ENDED_TOKENS: &str = "\
-- forget_ended_tokens
delete from access_token
where client_id = $1 and company_id = $2 and expires_at <= $3";

const CREATE_ACCESS_TOKEN: &str = "\
-- create_access_token
insert into access_token (client_id, company_id, hash, expires_at)
values ($1, $2, $3, $4)";

const FIND_ACCESS_TOKEN: &str = "\
-- find_access_token
select client_id, company_id, hash, expires_at
from access_token
where hash = $1 and expires_at > $2";

/// For the deletion of a company.
pub(crate) const DELETE_ACCESS_TOKENS: &str = "\
-- delete_access_tokens
delete from access_token
where client_id = $1 and company_id = $2";

fn token_of(row: &Row) -> Attempt<AccessToken> {
    let mut columns = Columns::of(row);
    Ok(AccessToken {
        client: columns.id(ClientId::new)?,
        company: columns.id(CompanyId::new)?,
        hash: AccessTokenHash(
            <[u8; 32]>::try_from(columns.take::<&[u8]>()?)
                .map_err(|_length| damaged("a token's hash of another length"))?,
        ),
        expires_at: columns.moment()?,
    })
}

#[async_trait]
impl AccessTokens for PostgresStore {
    async fn create_access_token(&self, token: &AccessToken, now: Timestamp) -> Answer<bool> {
        self.transact(|session| async move {
            let (client, company) = (token.client.uuid(), token.company.uuid());
            if session.row(HOLD_COMPANY, &[&client, &company]).await?.is_none() {
                return Ok(false);
            }
            session.run(FORGET_ENDED_TOKENS, &[&client, &company, &micros(now)]).await?;
            let hash: &[u8] = &token.hash.0;
            session
                .run(CREATE_ACCESS_TOKEN, &[&client, &company, &hash, &micros(token.expires_at)])
                .await?;
            Ok(true)
        })
        .await
    }

    async fn find_access_token(
        &self,
        hash: &AccessTokenHash,
        now: Timestamp,
    ) -> Answer<Option<AccessToken>> {
        self.ask(|session| async move {
            let hash: &[u8] = &hash.0;
            let row = session.row(FIND_ACCESS_TOKEN, &[&hash, &micros(now)]).await?;
            row.as_ref().map(token_of).transpose()
        })
        .await
    }
}
