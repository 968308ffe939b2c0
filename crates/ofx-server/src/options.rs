//! What an operator decides about this door. Reading it from flags and files is the roof's business.

use domain::platform::QUICKBOOKS_HISTORY_DAYS_MAX;
use ofx::{Fi, REQUEST_BYTES_MAX};
use thiserror::Error;

/// `BANKID` has room for no more.
const BANK_ID_CHARS_MAX: usize = 9;
/// Digits that no routing number has: those begin with 00 to 12, 21 to 32, 61 to 72 or 80.
const BANK_ID_DEFAULT: &str = "999000001";
/// Each hash takes 19 MiB and one core for some twenty milliseconds.
const HASHES_AT_ONCE_DEFAULT: usize = 4;

/// The choices, all of them valid by their types.
#[derive(Clone, Debug)]
pub struct OfxOptions {
    /// How accounts name the institution; clients may send anything.
    pub bank_id: BankId,
    /// What clients show of the institution.
    pub institution: Institution,
    /// The public address of this door: clients insist on one for all message sets.
    pub url: String,
    /// Shown to those who try to enrol through their program; 80 characters are sent.
    pub enroll_message: String,
    /// The institution that clients must name to be let in; any, or none, when this is not set.
    pub required_fi: Option<Fi>,
    /// How many days before today are served.
    pub history_days: u32,
    /// What an account without lines shows.
    pub test_transactions: TestTransactions,
    /// The longest request; what the `ofx` crate reads at most is a limit as well.
    pub body_bytes_max: usize,
    /// How many passwords are hashed at one time; at least one is.
    pub hashes_at_once: usize,
    /// Whether they are hashed on threads of their own, so that nobody else waits. A simulation has one thread.
    pub hashes_apart: bool,
}

impl OfxOptions {
    /// The choices of an operator who made none, for a door at `url`.
    pub fn at(url: impl Into<String>) -> Self {
        Self {
            bank_id: BankId(BANK_ID_DEFAULT.to_owned()),
            institution: Institution::default(),
            url: url.into(),
            enroll_message: "Ask your bank for the user name and password of its bank feed."
                .to_owned(),
            required_fi: None,
            history_days: QUICKBOOKS_HISTORY_DAYS_MAX,
            test_transactions: TestTransactions::Off,
            body_bytes_max: REQUEST_BYTES_MAX,
            hashes_at_once: HASHES_AT_ONCE_DEFAULT,
            hashes_apart: true,
        }
    }
}

/// One to nine letters or digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BankId(String);

/// Why a bank id is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a bank id has 1 to {BANK_ID_CHARS_MAX} letters or digits")]
pub struct BankIdError;

impl BankId {
    /// Checks an id.
    pub fn parse(text: &str) -> Result<Self, BankIdError> {
        let fits = (1..=BANK_ID_CHARS_MAX).contains(&text.len());
        if !fits || !text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(BankIdError);
        }
        Ok(Self(text.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a profile says of the institution. The grammar wants all of it but the last three.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Institution {
    /// At most 32 characters are sent, here and in the lines of the address.
    pub name: String,
    /// Street.
    pub address: String,
    /// City.
    pub city: String,
    /// At most 5 characters are sent.
    pub state: String,
    /// At most 11 characters are sent.
    pub postal_code: String,
    /// Three letters.
    pub country: String,
    /// Where customers call.
    pub customer_phone: Option<String>,
    /// Its page.
    pub home_page: Option<String>,
    /// Where customers write.
    pub email: Option<String>,
}

impl Default for Institution {
    /// A name, and an address that says that nobody has told it.
    fn default() -> Self {
        Self {
            name: "Millrace".to_owned(),
            address: "not told".to_owned(),
            city: "not told".to_owned(),
            state: "-".to_owned(),
            postal_code: "-".to_owned(),
            country: "USA".to_owned(),
            customer_phone: None,
            home_page: None,
            email: None,
        }
    }
}

/// Whether an account without lines shows two that add up to nothing, so that a customer sees that the link works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TestTransactions {
    /// For sandboxes: the customer's books show both.
    On,
    /// Nothing is invented.
    Off,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bank_id_fits_its_field() {
        for text in ["1", "MILLRACE1", BANK_ID_DEFAULT] {
            assert_eq!(BankId::parse(text).as_ref().map(BankId::as_str), Ok(text));
        }
        for text in ["", "1234567890", "12 34", "12<34", "é"] {
            assert_eq!(BankId::parse(text), Err(BankIdError), "{text:?}");
        }
    }
}
