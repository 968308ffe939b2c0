//! What a server says about itself.

use crate::datetime::OfxDateTime;

/// `PROFRS`. That statements, accounts and the profile can be asked for, and nothing else, is not
/// configurable: it is what this crate can read and write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// Where all message sets are served: clients insist on one address for all.
    pub url: String,
    /// The language of our messages, three letters.
    pub language: String,
    /// When this profile last changed.
    pub dt_profile_up: OfxDateTime,
    /// How to get credentials, since clients cannot enrol.
    pub enroll_message: String,
    /// What a name and a password look like.
    pub sign_on_rules: SignOnRules,
    /// The institution.
    pub fi_name: String,
    /// Street.
    pub address: String,
    /// City.
    pub city: String,
    /// State, at most 5 characters.
    pub state: String,
    /// Postal code.
    pub postal_code: String,
    /// Three letters.
    pub country: String,
    /// Where customers call.
    pub customer_phone: Option<String>,
    /// The institution's page.
    pub home_page: Option<String>,
    /// Where customers write.
    pub email: Option<String>,
}

/// `SIGNONINFO`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignOnRules {
    /// The shortest password.
    pub password_chars_min: u8,
    /// The longest password; 32 fit in the older versions.
    pub password_chars_max: u8,
}
