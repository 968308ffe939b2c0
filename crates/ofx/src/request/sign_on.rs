//! `SONRQ`: who asks, with which program.

use crate::datetime::{DateField, OfxDateTime};
use crate::secret::Secret;
use crate::tree::Element;

/// User and password of a sign-on that wants nothing but the profile.
pub const ANONYMOUS: &str = "anonymous00000000000000000000000";

/// What is known and may be sent, but has no meaning for us. Logging that it was there helps.
const EXTRAS: [&str; 8] = [
    "GENUSERKEY",
    "SESSCOOKIE",
    "USERCRED1",
    "USERCRED2",
    "AUTHTOKEN",
    "ACCESSKEY",
    "MFACHALLENGEA",
    "MFACHALLENGERQ",
];

/// A sign-on.
#[derive(Debug, Clone)]
pub struct SignOn {
    /// Proof of who asks.
    pub credentials: Credentials,
    /// The client's clock.
    pub dt_client: Option<DateField>,
    /// Three letters; `ENG` when the client does not say.
    pub language: String,
    /// The institution the client believes to talk to.
    pub fi: Option<Fi>,
    /// The program.
    pub app_id: Option<String>,
    /// Its version.
    pub app_ver: Option<String>,
    /// The installation.
    pub client_uid: Option<String>,
    /// Tags that were sent and are not used here.
    pub extras: Vec<&'static str>,
}

/// How a client proves who it is.
#[derive(Debug, Clone)]
pub enum Credentials {
    /// It does not: see [`ANONYMOUS`].
    Anonymous,
    /// By name and password.
    Password {
        /// The name.
        user_id: String,
        /// The password.
        user_pass: Secret,
    },
    /// By a key from an earlier sign-on. We never hand one out.
    UserKey(Secret),
    /// Neither name nor key was sent.
    Absent,
}

/// An institution, as clients name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fi {
    /// The organisation.
    pub org: String,
    /// Its number for the institution.
    pub fid: Option<String>,
}

impl SignOn {
    pub(crate) fn of_element(element: &Element) -> Self {
        let language = element.owned("LANGUAGE").unwrap_or_else(|| "ENG".to_owned());
        let present = |tag: &&str| element.child(tag).is_some();
        Self {
            credentials: Credentials::of_element(element),
            dt_client: element.text("DTCLIENT").map(OfxDateTime::parse),
            language,
            fi: element.child("FI").map(Fi::of_element),
            app_id: element.owned("APPID"),
            app_ver: element.owned("APPVER"),
            client_uid: element.owned("CLIENTUID"),
            extras: EXTRAS.into_iter().filter(present).collect(),
        }
    }

    /// Whether the sign-on wants nothing but the profile.
    pub fn is_anonymous(&self) -> bool {
        matches!(self.credentials, Credentials::Anonymous)
    }
}

impl Credentials {
    fn of_element(element: &Element) -> Self {
        let user_id = element.text("USERID");
        let user_pass = element.text("USERPASS");
        if user_id == Some(ANONYMOUS) && user_pass == Some(ANONYMOUS) {
            return Self::Anonymous;
        }
        if let Some(user_id) = user_id {
            let user_pass = Secret::new(user_pass.unwrap_or_default());
            return Self::Password { user_id: user_id.to_owned(), user_pass };
        }
        element.text("USERKEY").map_or(Self::Absent, |key| Self::UserKey(Secret::new(key)))
    }
}

impl Fi {
    pub(crate) fn of_element(element: &Element) -> Self {
        Self { org: element.owned("ORG").unwrap_or_default(), fid: element.owned("FID") }
    }
}
