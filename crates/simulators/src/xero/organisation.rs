//! Organisations and what stands in their chart of accounts, and the demo company that is there at the start.

use super::ids::{Id, Ids, named_id};
use serde::{Deserialize, Serialize};

/// The person who uses Xero unless somebody else is named.
pub(crate) const DEMO_USER: &str = "demo@example.com";
/// The organisation that is there at the start.
const DEMO_COMPANY: &str = "Demo Company";

/// Which kind of bank account a feed is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum BankKind {
    Bank,
    CreditCard,
}

impl BankKind {
    /// The kind by its name on the wire.
    pub(crate) fn find(name: &str) -> Option<Self> {
        match name {
            "BANK" => Some(Self::Bank),
            "CREDITCARD" => Some(Self::CreditCard),
            _ => None,
        }
    }

    /// Its name on the wire.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Bank => "BANK",
            Self::CreditCard => "CREDITCARD",
        }
    }
}

/// A company that keeps its books in Xero.
#[derive(Clone, Debug)]
pub(crate) struct Organisation {
    /// The tenant.
    pub(crate) id: Id,
    pub(crate) name: String,
    /// Whose it is, by e-mail address.
    pub(crate) user: String,
    pub(crate) base_currency: String,
    pub(crate) currencies: Vec<String>,
    pub(crate) country: String,
    /// Whether it may have bank feeds at all.
    pub(crate) takes_feeds: bool,
    /// Whether its user's role allows connecting them.
    pub(crate) user_connects_feeds: bool,
    pub(crate) accounts: Vec<Account>,
}

/// An account in the chart of accounts.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    pub(crate) id: Id,
    pub(crate) code: String,
    pub(crate) name: String,
    pub(crate) is_active: bool,
    /// Another app already feeds it.
    pub(crate) is_fed_elsewhere: bool,
    /// None for accounts that no bank keeps.
    pub(crate) bank: Option<BankSide>,
}

/// What makes an account a bank account.
#[derive(Clone, Debug)]
pub(crate) struct BankSide {
    pub(crate) number: String,
    pub(crate) kind: BankKind,
    pub(crate) currency: String,
}

impl Organisation {
    /// An organisation without accounts.
    pub(crate) fn named(id: Id, name: &str) -> Self {
        Self {
            id,
            name: name.to_owned(),
            user: DEMO_USER.to_owned(),
            base_currency: "GBP".to_owned(),
            currencies: ["GBP", "USD", "EUR"].map(str::to_owned).into(),
            country: "GB".to_owned(),
            takes_feeds: true,
            user_connects_feeds: true,
            accounts: Vec::new(),
        }
    }

    /// The organisation that is there at the start, with the same ids each time.
    pub(crate) fn demo() -> Self {
        let mut demo = Self::named(named_id(DEMO_COMPANY), DEMO_COMPANY);
        let rows = [
            ("090", "Business Current Account", "12345678", BankKind::Bank, "GBP"),
            ("091", "US Dollar Account", "87654321", BankKind::Bank, "USD"),
            ("092", "Euro Account", "GB29NWBK60161331926819", BankKind::Bank, "EUR"),
            ("093", "Company Card", "4242", BankKind::CreditCard, "GBP"),
        ];
        demo.accounts = rows
            .map(|(code, name, number, kind, currency)| Account {
                id: named_id(&format!("{DEMO_COMPANY}/{code}")),
                code: code.to_owned(),
                name: name.to_owned(),
                is_active: true,
                is_fed_elsewhere: false,
                bank: Some(BankSide {
                    number: number.to_owned(),
                    kind,
                    currency: currency.to_owned(),
                }),
            })
            .into();
        demo.accounts.push(Account {
            id: named_id(&format!("{DEMO_COMPANY}/200")),
            code: "200".to_owned(),
            name: "Sales".to_owned(),
            is_active: true,
            is_fed_elsewhere: false,
            bank: None,
        });
        demo
    }

    /// An account by id.
    pub(crate) fn account(&self, id: Id) -> Option<&Account> {
        self.accounts.iter().find(|account| account.id == id)
    }

    /// The active bank account of this number, kind and currency.
    pub(crate) fn match_account(&self, bank: &BankSide) -> Option<&Account> {
        self.accounts.iter().find(|account| account.is_active && account.is_kept_as(bank))
    }

    /// Opens a bank account and answers its id.
    pub(crate) fn open_account(&mut self, ids: &mut Ids, name: &str, bank: BankSide) -> Id {
        let id = ids.id();
        self.accounts.push(Account {
            id,
            code: String::new(),
            name: name.to_owned(),
            is_active: true,
            is_fed_elsewhere: false,
            bank: Some(bank),
        });
        id
    }
}

impl Account {
    fn is_kept_as(&self, wanted: &BankSide) -> bool {
        self.bank.as_ref().is_some_and(|bank| {
            bank.number == wanted.number
                && bank.kind == wanted.kind
                && bank.currency == wanted.currency
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_demo_company_has_three_bank_accounts_and_a_card() {
        let demo = Organisation::demo();
        let banks = demo.accounts.iter().filter_map(|account| account.bank.as_ref());
        let kinds: Vec<_> = banks.map(|bank| (bank.kind.name(), bank.currency.as_str())).collect();
        let wanted = [("BANK", "GBP"), ("BANK", "USD"), ("BANK", "EUR"), ("CREDITCARD", "GBP")];
        assert_eq!(kinds, wanted);
    }

    #[test]
    fn an_account_matches_by_number_kind_and_currency() {
        let mut demo = Organisation::demo();
        let side = |currency: &str| BankSide {
            number: "12345678".to_owned(),
            kind: BankKind::Bank,
            currency: currency.to_owned(),
        };
        let found = demo.match_account(&side("GBP")).map(|account| account.code.clone());
        assert_eq!(found.as_deref(), Some("090"));
        assert!(demo.match_account(&side("USD")).is_none());
        let opened = demo.open_account(&mut Ids::of("s".to_owned()), "New", side("USD"));
        assert_eq!(demo.match_account(&side("USD")).map(|account| account.id), Some(opened));
        assert_eq!(demo.account(opened).unwrap().name, "New");
    }
}
