//! One transaction of a request: what is asked, and what its answer must echo.

use super::sync::SyncRequest;
use crate::account::AccountFrom;
use crate::datetime::{DateField, OfxDateTime};
use crate::message_set::{MessageSet, TransactionKind};
use crate::response::ResponseMessage;
use crate::status::Status;
use crate::tree::Element;

/// What an answer echoes, for the client to know which question it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trn {
    /// `TRNUID`; `0` when the client sent none, as the grammar has it for answers nobody asked for.
    pub uid: String,
    /// `CLTCOOKIE`, when sent.
    pub client_cookie: Option<String>,
}

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RequestMessage {
    /// What this server can do.
    Profile {
        /// To echo.
        trn: Trn,
        /// The date of the profile that the client has.
        dt_profile_up: Option<DateField>,
    },
    /// Which accounts there are.
    AccountInfo {
        /// To echo.
        trn: Trn,
        /// The date of the list that the client has.
        dt_acct_up: Option<DateField>,
    },
    /// A statement of a bank account or a card.
    Statement {
        /// To echo.
        trn: Trn,
        /// The account, as the client names it.
        account: AccountFrom,
        /// Which transactions; without it, only balances are asked for.
        window: Option<Window>,
    },
    /// Something else.
    Unsupported {
        /// To echo.
        trn: Trn,
        /// What it is.
        kind: TransactionKind,
    },
    /// A history of something else.
    Sync(SyncRequest),
}

/// `INCTRAN`: which transactions are wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    /// The first day, inclusive.
    pub start: Option<DateField>,
    /// The last day, inclusive.
    pub end: Option<DateField>,
    /// Whether transactions are wanted at all; a client that does not say wants them.
    pub include: bool,
}

impl RequestMessage {
    /// A wrapper inside a message set; `None` for what is not a request.
    pub(crate) fn of_element(set: MessageSet, wrapper: &Element) -> Option<Self> {
        if let Some(stem) = wrapper.name.strip_suffix("SYNCRQ") {
            return Some(Self::Sync(SyncRequest::of_element(set, stem, wrapper)));
        }
        let kind = TransactionKind::new(set, wrapper.name.strip_suffix("TRNRQ")?);
        let trn = Trn::of_element(wrapper);
        Some(match (set, kind.stem()) {
            (MessageSet::Profile, "PROF") => {
                Self::Profile { trn, dt_profile_up: date(wrapper.child("PROFRQ"), "DTPROFUP") }
            }
            (MessageSet::SignUp, "ACCTINFO") => {
                Self::AccountInfo { trn, dt_acct_up: date(wrapper.child("ACCTINFORQ"), "DTACCTUP") }
            }
            (MessageSet::Bank, "STMT") => {
                let inner = wrapper.child("STMTRQ");
                let account = inner.and_then(|inner| inner.child("BANKACCTFROM"));
                let account = AccountFrom::bank_of_request(account);
                Self::Statement { trn, account, window: Window::of_element(inner) }
            }
            (MessageSet::CreditCard, "CCSTMT") => {
                let inner = wrapper.child("CCSTMTRQ");
                let account = inner.and_then(|inner| inner.child("CCACCTFROM"));
                let account = AccountFrom::card_of_request(account);
                Self::Statement { trn, account, window: Window::of_element(inner) }
            }
            _ => Self::Unsupported { trn, kind },
        })
    }

    /// The answer that carries nothing but a status: for failures, and for "you are up to date".
    pub fn status_only(&self, status: impl Into<Status>) -> ResponseMessage {
        let status = status.into();
        let (trn, kind) = match self {
            Self::Profile { trn, .. } => (trn, TransactionKind::profile()),
            Self::AccountInfo { trn, .. } => (trn, TransactionKind::account_info()),
            Self::Statement { trn, account, .. } => match account {
                AccountFrom::Bank { .. } => (trn, TransactionKind::bank_statement()),
                AccountFrom::Card { .. } => (trn, TransactionKind::card_statement()),
            },
            Self::Unsupported { trn, kind } => (trn, kind.clone()),
            Self::Sync(sync) => return ResponseMessage::Sync(sync.refused(|_| status.clone())),
        };
        ResponseMessage::StatusOnly { trn: trn.clone(), kind, status }
    }

    /// The answer to what is not supported, each kind with its own code; `None` for what is.
    /// `where_to_enroll` is shown to those who try to enrol through their program.
    pub fn unsupported_answer(&self, where_to_enroll: &str) -> Option<ResponseMessage> {
        let refuse = |kind: &TransactionKind| match kind.stem() {
            "ENROLL" => Status::with_message(kind.refusal(), where_to_enroll),
            _ => kind.refusal().into(),
        };
        match self {
            Self::Unsupported { kind, .. } => Some(self.status_only(refuse(kind))),
            Self::Sync(sync) => Some(ResponseMessage::Sync(sync.refused(refuse))),
            Self::Profile { .. } | Self::AccountInfo { .. } | Self::Statement { .. } => None,
        }
    }
}

impl Trn {
    pub(crate) fn of_element(wrapper: &Element) -> Self {
        let uid = wrapper.owned("TRNUID").unwrap_or_else(|| "0".to_owned());
        Self { uid, client_cookie: wrapper.owned("CLTCOOKIE") }
    }
}

impl Window {
    fn of_element(statement: Option<&Element>) -> Option<Self> {
        let window = statement?.child("INCTRAN")?;
        Some(Self {
            start: date(Some(window), "DTSTART"),
            end: date(Some(window), "DTEND"),
            include: window.text("INCLUDE") != Some("N"),
        })
    }
}

fn date(parent: Option<&Element>, name: &str) -> Option<DateField> {
    parent?.text(name).map(OfxDateTime::parse)
}
