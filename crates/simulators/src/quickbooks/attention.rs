//! Links that are dead: the bank gave an answer that asking again does not change. QuickBooks shows such an account and
//! goes on with the others; a new link asks for it again.

use super::QuickBooksError;
use super::books::{Account, Books};
use super::error::words;
use super::simulator::Question;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Why an account is not asked for any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Attention {
    /// The credentials are good no more.
    SignedOut,
    /// The bank has no such account any more, by this OFX status.
    Gone(u32),
}

impl Attention {
    /// What a failed fetch says about the link. A bank that is merely away or has locked the sign-in for a while may
    /// answer next time.
    pub(super) const fn called_for_by(error: &QuickBooksError) -> Option<Self> {
        if let QuickBooksError::SignIn = error {
            return Some(Self::SignedOut);
        }
        if let QuickBooksError::Refused { code: code @ 2003..=2005, .. } = error {
            return Some(Self::Gone(*code));
        }
        None
    }
}

impl fmt::Display for Attention {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SignedOut => {
                f.write_str("signed out: the bank no longer accepts the username and password")
            }
            Self::Gone(code) => {
                write!(f, "gone: the bank answered OFX status {code} ({})", words(*code))
            }
        }
    }
}

impl Account {
    /// Whether polls ask for it.
    pub(super) const fn is_asked_for(&self) -> bool {
        self.connected && self.attention.is_none()
    }
}

impl Books {
    /// Whether `question`, made a while ago, is still to be asked.
    pub(super) fn still_asks(&mut self, question: &Question) -> bool {
        let account = self.account(&question.connection, &question.offer.number);
        account.is_some_and(|account| account.is_asked_for())
    }

    /// Shows what the answer to `question` says about the link.
    pub(super) fn call_for(&mut self, question: &Question, attention: Attention) {
        let Some(customer) = self.customers.get_mut(&question.connection) else { return };
        // The customer may have typed in new credentials while the old ones were refused.
        if (&customer.username, &customer.password) != (&question.username, &question.password) {
            return;
        }
        for account in &mut customer.accounts {
            let meant = match attention {
                Attention::SignedOut => true,
                Attention::Gone(_) => account.offer.number == question.offer.number,
            };
            if meant && account.attention.is_none() {
                account.attention = Some(attention);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::books::Customer;
    use super::super::canned::{a_bank_offer, a_card_offer};
    use super::*;
    use jiff::civil::Date;

    fn books() -> Books {
        let chosen = |offer| Account::chosen(offer, "acc".to_owned(), Date::constant(2024, 2, 22));
        let customer = Customer {
            username: "U".to_owned(),
            password: "new".to_owned(),
            offered: Vec::new(),
            accounts: vec![chosen(a_bank_offer()), chosen(a_card_offer())],
        };
        let mut books = Books::default();
        books.customers.insert("c-1".to_owned(), customer);
        books
    }

    fn asked_with(password: &str) -> Question {
        Question {
            connection: "c-1".to_owned(),
            username: "U".to_owned(),
            password: password.to_owned(),
            source_id: "acc".to_owned(),
            offer: a_bank_offer(),
            since: Date::constant(2024, 2, 22),
        }
    }

    fn asked_for(books: &Books) -> Vec<bool> {
        books.customers["c-1"].accounts.iter().map(Account::is_asked_for).collect()
    }

    #[test]
    fn only_answers_that_will_not_change_call_for_attention() {
        let refused = |code| QuickBooksError::Refused { what: "it".to_owned(), code };
        assert_eq!(Attention::called_for_by(&QuickBooksError::SignIn), Some(Attention::SignedOut));
        for code in [2003, 2004, 2005] {
            assert_eq!(Attention::called_for_by(&refused(code)), Some(Attention::Gone(code)));
        }
        for passing in [refused(2000), refused(2027), QuickBooksError::Locked] {
            assert_eq!(Attention::called_for_by(&passing), None, "{passing}");
        }
    }

    #[test]
    fn an_account_is_gone_alone_and_a_sign_in_with_all_accounts() {
        let mut books = books();
        books.call_for(&asked_with("new"), Attention::Gone(2003));
        assert_eq!(asked_for(&books), [false, true]);
        assert!(!books.still_asks(&asked_with("new")));
        books.call_for(&asked_with("new"), Attention::SignedOut);
        assert_eq!(asked_for(&books), [false, false]);
        let first = books.customers["c-1"].accounts[0].attention;
        assert_eq!(first, Some(Attention::Gone(2003)), "a new sign-in does not bring it back");
    }

    #[test]
    fn the_refusal_of_old_credentials_says_nothing_about_new_ones() {
        let mut books = books();
        books.call_for(&asked_with("old"), Attention::SignedOut);
        assert_eq!(asked_for(&books), [true, true]);
    }
}
