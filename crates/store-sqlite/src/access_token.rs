//! Access tokens.

use crate::row::Fields;
use crate::{Database, SqliteStore, path, sql};
use async_trait::async_trait;
use domain::access_token::{AccessToken, AccessTokenHash};
use jiff::Timestamp;
use store::{AccessTokens, Answer};

const FORGET_ENDED_TOKENS: &str = "
    -- forget_ended_tokens
    delete from access_token
    where company_no = ?1 and expires_at_us <= ?2";

const CREATE_ACCESS_TOKEN: &str = "
    -- create_access_token
    insert into access_token (hash, company_no, expires_at_us)
    values (?1, ?2, ?3)";

const FIND_ACCESS_TOKEN: &str = "
    -- find_access_token
    select company.client_id, company.company_id, access_token.hash, access_token.expires_at_us
    from access_token
    join company on company.company_no = access_token.company_no
    where access_token.hash = ?1 and access_token.expires_at_us > ?2";

#[async_trait]
impl AccessTokens for SqliteStore {
    async fn create_access_token(&self, token: &AccessToken, now: Timestamp) -> Answer<bool> {
        let token = *token;
        self.write(move |writing| create_access_token(writing.database, &token, now)).await
    }

    async fn find_access_token(
        &self,
        hash: &AccessTokenHash,
        now: Timestamp,
    ) -> Answer<Option<AccessToken>> {
        let hash = *hash;
        self.read(move |database| {
            sql::one(database, FIND_ACCESS_TOKEN, &[&hash, &now], access_token)
        })
        .await
    }
}

fn create_access_token(database: &Database, token: &AccessToken, now: Timestamp) -> Answer<bool> {
    let Some(company_no) = path::company_no(database, token.client, token.company)? else {
        return Ok(false);
    };
    sql::execute(database, FORGET_ENDED_TOKENS, &[&company_no, &now])?;
    let AccessToken { hash, expires_at, client: _, company: _ } = token;
    sql::execute(database, CREATE_ACCESS_TOKEN, &[hash, &company_no, expires_at])?;
    Ok(true)
}

fn access_token(row: &mut Fields<'_>) -> Answer<AccessToken> {
    Ok(AccessToken {
        client: row.next()?,
        company: row.next()?,
        hash: row.next()?,
        expires_at: row.next()?,
    })
}
