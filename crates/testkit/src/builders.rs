//! Things to test with, complete and valid at noon of the leap day, each with an id of its own. Tests change what
//! they are about by struct update.

use crate::clock::{NOON, TODAY};
use crate::ids::a_uuid;
use domain::api_key::{ApiKey, ApiKeyHash};
use domain::client::{Client, ClientName};
use domain::client_settings::WebUrl;
use domain::company::{Company, CompanyName, Tags};
use domain::connection::{Connection, ConnectionStatus};
use domain::credential::{Credential, SignOnGuard};
use domain::fetch::Fetch;
use domain::ids::{
    ApiKeyId, ClientId, CompanyId, ConnectionId, ConnectionPath, ConsumerId, CredentialId, FetchId,
    LeaseToken, PushKey,
};
use domain::money::{Amount, CurrencyCode};
use domain::platform::{Profiles, QUICKBOOKS};
use domain::sealed::Sealed;
use domain::source_account::{
    AccountDetails, AccountId, AccountInfo, AccountPath, AccountStatus, RoutingInfo, Shape,
    SourceAccount,
};
use domain::webhook::{Consumer, EventType, Format, Order};
use jiff::SignedDuration;
use jiff::civil::Date;
use std::sync::Arc;
use store::{LeaseRequest, PushIntake, StatementOpening};

/// The amount in `text`.
pub fn amount(text: &str) -> Amount {
    Amount::parse(text).unwrap()
}

/// A client with a name of its own.
pub fn a_client() -> Client {
    let id = a_uuid();
    let name = ClientName::parse(&format!("client-{}", id.simple())).unwrap();
    Client { id: ClientId::new(id), name, created_at: NOON }
}

/// A webhook consumer of `client` that wants to hear of companies and of pushes.
pub fn a_consumer(client: ClientId) -> Consumer {
    let id = a_uuid();
    let wanted = ["company.created", "company.deleted", "bankTransactions.write.successful"];
    Consumer {
        id: ConsumerId::new(id),
        client,
        url: WebUrl::parse(&format!("https://bank.example/hooks/{id}")).unwrap(),
        event_types: wanted.map(|name| EventType::parse(name).unwrap()).into(),
        disabled: false,
        company_tags: Vec::new(),
        format: Format::Modern,
        order: Order::Parallel,
        rate_per_second: None,
        secrets: Some(Sealed(vec![0, 7, 255])),
        failing_since: None,
        disabled_why: None,
        created_at: NOON,
    }
}

/// A key of `client`.
pub fn an_api_key(client: ClientId) -> ApiKey {
    let id = a_uuid();
    ApiKey {
        id: ApiKeyId::new(id),
        client,
        name: Some("back office".to_owned()),
        hash: ApiKeyHash::of(&id.to_string()),
        hint: "x7Qz".to_owned(),
        created_at: NOON,
    }
}

/// A company of `client`, without connections.
pub fn a_company(client: ClientId) -> Company {
    Company {
        id: CompanyId::new(a_uuid()),
        client,
        name: CompanyName::clean("Elaborate Events, Inc").unwrap(),
        description: "Weddings & more".to_owned(),
        tags: Tags::default(),
        created_at: NOON,
        connections: Vec::new(),
    }
}

/// A linked connection of `company` with QuickBooks.
pub fn a_connection(company: &Company) -> Connection {
    Connection {
        id: ConnectionId::new(a_uuid()),
        client: company.client,
        company: company.id,
        platform: &QUICKBOOKS,
        status: ConnectionStatus::Linked,
        created_at: NOON,
        synced_at: None,
        trouble: None,
    }
}

/// A connected v1 account on `connection`.
pub fn an_account(connection: &Connection, id: &str) -> SourceAccount {
    let number = a_uuid().simple().to_string().to_uppercase();
    SourceAccount {
        id: AccountId::parse(id).unwrap(),
        connection: connection.id,
        shape: Shape::V1,
        details: AccountDetails {
            name: Some("Current account".to_owned()),
            number: Some("10203040".to_owned()),
            sort_code: Some("10-20-30".to_owned()),
            account_type: Some("Debit".to_owned()),
            currency: CurrencyCode::parse("GBP").ok(),
            routing: None,
            info: None,
        },
        balance: Some(amount("100.00")),
        status: AccountStatus::Connected,
        feed_start: None,
        public_number: number.chars().take(12).collect(),
        created_at: NOON,
        modified_at: NOON,
        disconnected_at: None,
    }
}

/// A connected v2 account on `connection`, with everything that one can say.
pub fn a_v2_account(connection: &Connection, id: &str) -> SourceAccount {
    let details = AccountDetails {
        name: Some("Savings".to_owned()),
        number: Some("000123456789".to_owned()),
        sort_code: None,
        account_type: Some("savings".to_owned()),
        currency: CurrencyCode::parse("USD").ok(),
        routing: Some(RoutingInfo {
            bank_code: Some("021000021".to_owned()),
            kind: Some("routingnumber".to_owned()),
        }),
        info: Some(AccountInfo {
            description: Some("Rainy days".to_owned()),
            nickname: Some("umbrella".to_owned()),
            opened_on: Some(Date::constant(2020, 2, 29)),
            available_balance: Some(amount("99.50")),
        }),
    };
    SourceAccount { shape: Shape::V2, details, ..an_account(connection, id) }
}

/// The account of that name on `connection`, with all that it belongs to.
pub fn an_account_path(connection: &Connection, id: &str) -> AccountPath {
    AccountPath { connection: connection.path(), account: AccountId::parse(id).unwrap() }
}

/// Credentials for the connection at `path`.
pub fn a_credential(path: ConnectionPath) -> Credential {
    let id = a_uuid();
    Credential {
        id: CredentialId::new(id),
        path,
        username: id.simple().to_string().to_uppercase(),
        password_hash: "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2g".to_owned(),
        created_at: NOON,
        guard: SignOnGuard::default(),
    }
}

/// A statement over all days up to now, of an account with `watermark` lines.
pub fn a_fetch(account: &AccountPath, watermark: u64) -> Fetch {
    Fetch {
        id: FetchId::new(a_uuid()),
        account: account.clone(),
        credential: CredentialId::new(a_uuid()),
        at: NOON,
        from: Date::constant(2024, 1, 1),
        to: None,
        watermark,
        lines: u32::try_from(watermark).unwrap_or(u32::MAX),
        bytes: 2_048,
        user_agent: "aqbanking/6".to_owned(),
    }
}

/// `draft` on its way to `account`, at noon and without a deadline.
pub fn an_intake(account: &AccountPath, draft: domain::push::PushDraft) -> PushIntake {
    PushIntake {
        key: PushKey::new(a_uuid()),
        account: account.clone(),
        draft,
        timeout_minutes: None,
        profiles: Arc::new(Profiles::standard()),
        requested_at: NOON,
        sync: None,
    }
}

/// A first statement of `account` at noon, from today on.
pub fn an_opening(account: &AccountPath) -> StatementOpening {
    StatementOpening {
        account: account.clone(),
        feed_start: TODAY,
        credentials_made_at: NOON,
        now: NOON,
    }
}

/// A worker's wish for up to a hundred pieces of work at noon, for a minute.
pub fn a_lease_request() -> LeaseRequest {
    LeaseRequest {
        token: LeaseToken::new(a_uuid()),
        length: SignedDuration::from_mins(1),
        count: 100,
        now: NOON,
    }
}
