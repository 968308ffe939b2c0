//! What a path is about. An id that cannot be one is not found, like one that is not there.

use crate::auth::Caller;
use crate::envelope::{Answer, ApiError};
use crate::state::ApiState;
use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use domain::ids::{
    ApiKeyId, ClientId, CompanyId, ConnectionId, ConnectionPath, ConsumerId, PushKey, SyncId,
};
use domain::platform::{self, Platform};
use domain::source_account::{AccountId, AccountPath};
use store::Missing;

/// `/companies/{companyId}`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CompanyAt {
    pub(crate) client: ClientId,
    pub(crate) company: CompanyId,
}

/// `/companies/{companyId}/connections/{connectionId}`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ConnectionAt(pub(crate) ConnectionPath);

/// `/companies/{companyId}/connections/{connectionId}/…/{accountId}`.
#[derive(Clone, Debug)]
pub(crate) struct AccountAt(pub(crate) AccountPath);

/// `/companies/{companyId}/connections/{connectionId}/bankFeedAccounts/{sourceAccountId}/managedBankFeeds/syncs/{syncId}`.
#[derive(Clone, Debug)]
pub(crate) struct SyncAt {
    pub(crate) account: AccountPath,
    pub(crate) id: SyncId,
}

/// `/companies/{companyId}/push/{pushOperationKey}`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PushAt {
    pub(crate) at: CompanyAt,
    pub(crate) key: PushKey,
}

/// `/apiKeys/{apiKeyId}`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ApiKeyAt {
    pub(crate) client: ClientId,
    pub(crate) key: ApiKeyId,
}

/// `/webhooks/{webhookId}`, and `/rules/{ruleId}`, which is the same thing under its old name.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ConsumerAt {
    pub(crate) client: ClientId,
    pub(crate) consumer: ConsumerId,
}

/// `/ext/v1/webhooks/{webhookId}/deliveries/{eventSequence}`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DeliveryAt {
    pub(crate) consumer: ConsumerAt,
    pub(crate) sequence: u64,
}

/// `/integrations/{platformKey}`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PlatformAt(pub(crate) &'static Platform);

/// `/companies/{companyId}/connections/{connectionId}/options/{dataType}`.
#[derive(Clone, Debug)]
pub(crate) struct DataTypeAt {
    pub(crate) path: ConnectionPath,
    pub(crate) data_type: String,
}

/// The parameters of a path, decoded.
struct PathTexts(Vec<(String, String)>);

impl PathTexts {
    async fn of<S: Send + Sync>(parts: &mut Parts, state: &S) -> Answer<Self> {
        // What is not UTF-8 when decoded names nothing that there is.
        let raw = RawPathParams::from_request_parts(parts, state).await;
        let raw = raw.map_err(|_undecodable| ApiError::no_such_route())?;
        Ok(Self(raw.iter().map(|(name, text)| (name.to_owned(), text.to_owned())).collect()))
    }

    fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _)| known == name).map_or("", |(_, text)| text)
    }

    fn company(&self, caller: Caller) -> Answer<CompanyAt> {
        let text = self.get("companyId");
        let company = CompanyId::parse(text).filter(|company| caller.may_enter(*company));
        let company = company.ok_or_else(|| ApiError::no_such_company(text))?;
        Ok(CompanyAt { client: caller.client, company })
    }

    fn connection(&self, caller: Caller) -> Answer<ConnectionPath> {
        let CompanyAt { client, company } = self.company(caller)?;
        let text = self.get("connectionId");
        let connection =
            ConnectionId::parse(text).ok_or_else(|| ApiError::no_such_connection(text))?;
        Ok(ConnectionPath { client, company, connection })
    }

    /// The contract names an account's id in two ways.
    fn account(&self, caller: Caller) -> Answer<AccountPath> {
        let connection = self.connection(caller)?;
        let text = match self.get("accountId") {
            "" => self.get("sourceAccountId"),
            text => text,
        };
        let account = AccountId::parse(text).map_err(|_no_id| ApiError::no_such_account(text))?;
        Ok(AccountPath { connection, account })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for CompanyAt {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Answer<Self> {
        let caller = Caller::from_request_parts(parts, state).await?;
        PathTexts::of(parts, state).await?.company(caller)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for ConnectionAt {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Answer<Self> {
        let caller = Caller::from_request_parts(parts, state).await?;
        PathTexts::of(parts, state).await?.connection(caller).map(Self)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for AccountAt {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Answer<Self> {
        let caller = Caller::from_request_parts(parts, state).await?;
        PathTexts::of(parts, state).await?.account(caller).map(Self)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for SyncAt {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Answer<Self> {
        let caller = Caller::from_request_parts(parts, state).await?;
        let texts = PathTexts::of(parts, state).await?;
        let account = texts.account(caller)?;
        let text = texts.get("syncId");
        let id = SyncId::parse(text).ok_or_else(|| ApiError::no_such_sync(text))?;
        Ok(Self { account, id })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for ApiKeyAt {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Answer<Self> {
        let Caller { client, .. } = Caller::from_request_parts(parts, state).await?;
        let texts = PathTexts::of(parts, state).await?;
        let text = texts.get("apiKeyId");
        let key = ApiKeyId::parse(text).ok_or_else(|| ApiError::no_such_api_key(text))?;
        Ok(Self { client, key })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for ConsumerAt {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Answer<Self> {
        let Caller { client, .. } = Caller::from_request_parts(parts, state).await?;
        let texts = PathTexts::of(parts, state).await?;
        let text = match texts.get("webhookId") {
            "" => texts.get("ruleId"),
            text => text,
        };
        let consumer = ConsumerId::parse(text).ok_or_else(|| ApiError::no_such_consumer(text))?;
        Ok(Self { client, consumer })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for DeliveryAt {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Answer<Self> {
        let consumer = ConsumerAt::from_request_parts(parts, state).await?;
        let texts = PathTexts::of(parts, state).await?;
        let sequence = texts.get("eventSequence").parse();
        let sequence = sequence.map_err(|_no_number| ApiError::no_such_route())?;
        Ok(Self { consumer, sequence })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for PlatformAt {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Answer<Self> {
        let texts = PathTexts::of(parts, state).await?;
        let key = texts.get("platformKey");
        platform::find(key).map(Self).ok_or_else(|| ApiError::no_such_platform(key))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for DataTypeAt {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Answer<Self> {
        let caller = Caller::from_request_parts(parts, state).await?;
        let texts = PathTexts::of(parts, state).await?;
        let path = texts.connection(caller)?;
        Ok(Self { path, data_type: texts.get("dataType").to_owned() })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for PushAt {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Answer<Self> {
        let caller = Caller::from_request_parts(parts, state).await?;
        let texts = PathTexts::of(parts, state).await?;
        let at = texts.company(caller)?;
        let text = texts.get("pushOperationKey");
        let key = PushKey::parse(text).ok_or_else(|| ApiError::no_such_push(text))?;
        Ok(Self { at, key })
    }
}

impl CompanyAt {
    /// Why the company, or what should be on it, was not found: `nearer` if the company is there.
    pub(crate) async fn missing(self, state: &ApiState, nearer: ApiError) -> ApiError {
        match state.store.find_company(self.client, self.company).await {
            Ok(Some(_)) => nearer,
            Ok(None) => ApiError::no_such_company(self.company),
            Err(error) => error.into(),
        }
    }
}

/// Why a connection was not found.
pub(crate) async fn missing_connection(state: &ApiState, path: &ConnectionPath) -> ApiError {
    let at = CompanyAt { client: path.client, company: path.company };
    at.missing(state, ApiError::no_such_connection(path.connection)).await
}

/// Why an account was not found.
pub(crate) async fn missing_account(state: &ApiState, path: &AccountPath) -> ApiError {
    match state.store.find_connection(&path.connection).await {
        Ok(Some(_)) => ApiError::no_such_account(&path.account),
        Ok(None) => missing_connection(state, &path.connection).await,
        Err(error) => error.into(),
    }
}

/// What the store says was not there.
pub(crate) fn missing(what: Missing, path: &AccountPath) -> ApiError {
    match what {
        Missing::Company => ApiError::no_such_company(path.connection.company),
        Missing::Connection => ApiError::no_such_connection(path.connection.connection),
        Missing::Account => ApiError::no_such_account(&path.account),
    }
}
