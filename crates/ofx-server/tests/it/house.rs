//! A door with a store behind it, and a customer who knows a password.

use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use domain::connection::{Connection, ConnectionStatus};
use domain::line::{KeptLine, Line};
use domain::password;
use domain::source_account::{AccountDetails, AccountId, AccountStatus, SourceAccount};
use ofx::{Response, ResponseMessage, read_response};
use ofx_server::{OfxOptions, OfxState, router};
use testkit::{
    ManualClock, NOON, SeededIds, a_client, a_company, a_connection, a_credential, an_account,
};
use tower::ServiceExt;

use crate::fake_store::FakeStore;
use crate::requests::file;

pub(crate) const USER: &str = "ABCD-EFGH-JKMN";
pub(crate) const PASSWORD: &str = "Right1Horse2Batt";
pub(crate) const URL: &str = "https://feeds.example/ofx";

/// Hashed once, because it is slow on purpose.
static PASSWORD_HASH: LazyLock<String> =
    LazyLock::new(|| password::hash(PASSWORD, &SeededIds::new(3)).unwrap());

/// The door, and what is behind it.
pub(crate) struct House {
    pub(crate) store: Arc<FakeStore>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) door: Router,
}

/// What came back.
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Vec<u8>,
}

impl House {
    pub(crate) fn new() -> Self {
        Self::with(|_| {})
    }

    pub(crate) fn with(choose: impl FnOnce(&mut OfxOptions)) -> Self {
        let connection = Connection {
            status: ConnectionStatus::PendingAuth,
            ..a_connection(&a_company(a_client().id))
        };
        let store = Arc::new(FakeStore::new(connection.clone()));
        let mut credential = a_credential(connection.path());
        USER.clone_into(&mut credential.username);
        credential.password_hash.clone_from(&PASSWORD_HASH);
        store.books().credentials.push(credential);
        let clock = Arc::new(ManualClock::at(NOON));
        let mut options = OfxOptions::at(URL);
        choose(&mut options);
        let ids = Arc::new(SeededIds::new(7));
        let state = OfxState::new(store.clone(), clock.clone(), ids, options);
        Self { store, clock, door: router(state) }
    }

    /// Puts up an account that nobody has chosen yet; its number is `number`.
    pub(crate) fn add_account(&self, number: &str, account_type: &str) -> AccountId {
        let mut books = self.store.books();
        let id = format!("acc-{number}");
        let account = an_account(&books.connection, &id);
        let details = AccountDetails {
            account_type: Some(account_type.to_owned()),
            ..account.details.clone()
        };
        books.accounts.push(SourceAccount {
            status: AccountStatus::Pending,
            public_number: number.to_owned(),
            details,
            ..account
        });
        AccountId::parse(&id).unwrap()
    }

    pub(crate) fn add_line(&self, account: &AccountId, line: Line) {
        let mut books = self.store.books();
        let position = books.lines.iter().filter(|(id, _)| id == account).count();
        let position = u64::try_from(position).unwrap();
        books.lines.push((account.clone(), KeptLine { position, accepted_at: NOON, line }));
    }

    pub(crate) fn account(&self, id: &AccountId) -> SourceAccount {
        self.store.books().accounts.iter().find(|account| account.id == *id).unwrap().clone()
    }

    pub(crate) fn set_feed_start(&self, id: &AccountId, day: jiff::civil::Date) {
        let mut books = self.store.books();
        let account = books.accounts.iter_mut().find(|account| account.id == *id);
        account.unwrap().feed_start = Some(day);
    }

    pub(crate) fn set_status(&self, id: &AccountId, status: AccountStatus) {
        let mut books = self.store.books();
        let account = books.accounts.iter_mut().find(|account| account.id == *id).unwrap();
        account.status = status;
        account.disconnected_at = (status == AccountStatus::Disconnected).then_some(NOON);
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Reply {
        let reply = self.door.clone().oneshot(request).await.unwrap();
        let (parts, body) = reply.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap().to_vec();
        Reply { status: parts.status, headers: parts.headers, bytes }
    }

    pub(crate) async fn post(&self, body: impl Into<Body>) -> Reply {
        let request = Request::post("/ofx")
            .header(header::CONTENT_TYPE, "application/x-ofx")
            .header(header::USER_AGENT, "InetClntApp/3.0")
            .body(body.into())
            .unwrap();
        self.send(request).await
    }

    /// Sends message sets with the right password.
    pub(crate) async fn ask(&self, sets: &str) -> Response {
        self.ask_as(USER, PASSWORD, sets).await
    }

    pub(crate) async fn ask_as(&self, user: &str, password: &str, sets: &str) -> Response {
        self.ask_file(&file(user, password, sets)).await
    }

    pub(crate) async fn ask_file(&self, file: &str) -> Response {
        let reply = self.post(file.to_owned()).await;
        assert_eq!(reply.status, StatusCode::OK);
        reply.ofx()
    }
}

impl Reply {
    pub(crate) fn ofx(&self) -> Response {
        read_response(&self.bytes).unwrap()
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.bytes.clone()).unwrap()
    }
}

/// The status of the sign-on, then of each answer.
pub(crate) fn codes(response: &Response) -> Vec<u16> {
    let code = |message: &ResponseMessage| match message {
        ResponseMessage::StatusOnly { status, .. } => status.code.number(),
        ResponseMessage::Profile { .. }
        | ResponseMessage::AccountInfo { .. }
        | ResponseMessage::Statement { .. }
        | ResponseMessage::Sync(_) => 0,
    };
    let sign_on = response.sign_on.status.code.number();
    std::iter::once(sign_on).chain(response.messages.iter().map(code)).collect()
}
