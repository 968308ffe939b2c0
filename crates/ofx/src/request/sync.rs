//! Synchronisation of histories that we do not keep. Such a request has no wrapper and its answer
//! no status: the truth is an empty history, and a refusal of each transaction that came along.

use super::message::Trn;
use crate::message_set::{MessageSet, TransactionKind};
use crate::response::{ResponseMessage, SyncResponse};
use crate::status::Status;
use crate::tree::Element;

/// A `…SYNCRQ`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyncRequest {
    /// What is left of the tag without `SYNCRQ`, and its set.
    pub kind: TransactionKind,
    /// Where the client's history ends; `0` is its beginning.
    pub token: String,
    /// The account, to echo as it came: investment accounts and others occur here.
    pub account: Option<Element>,
    /// New transactions that came along.
    pub transactions: Vec<(Trn, TransactionKind)>,
}

impl SyncRequest {
    pub(crate) fn of_element(set: MessageSet, stem: &str, element: &Element) -> Self {
        let account = element.children.iter().find(|child| child.name.ends_with("ACCTFROM"));
        let transactions = element.children.iter().filter_map(|wrapper| {
            let kind = TransactionKind::new(set, wrapper.name.strip_suffix("TRNRQ")?);
            Some((Trn::of_element(wrapper), kind))
        });
        Self {
            kind: TransactionKind::new(set, stem),
            token: element.owned("TOKEN").unwrap_or_else(|| "0".to_owned()),
            account: account.cloned(),
            transactions: transactions.collect(),
        }
    }

    pub(crate) fn refused(&self, status: impl Fn(&TransactionKind) -> Status) -> SyncResponse {
        let refuse = |(trn, kind): &(Trn, TransactionKind)| ResponseMessage::StatusOnly {
            trn: trn.clone(),
            kind: kind.clone(),
            status: status(kind),
        };
        SyncResponse {
            kind: self.kind.clone(),
            token: self.token.clone(),
            account: self.account.clone(),
            refusals: self.transactions.iter().map(refuse).collect(),
        }
    }
}
