//! Codes, access tokens and refresh tokens, and when each of them ends.

use crate::xero::ids::{Id, Ids};
use jiff::{SignedDuration, Timestamp};

/// How long a code can be redeemed.
const CODE_MINS: i64 = 5;
/// How long an access token lasts.
pub(super) const ACCESS_MINS: i64 = 30;
/// How long a refresh token lasts that nobody uses.
const REFRESH_HOURS: i64 = 60 * 24;
/// How long a refresh token still works after it was used, for those who lost the answer.
const GRACE_MINS: i64 = 30;

/// What a user granted, for as long as any of its tokens lasts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Grant {
    pub(crate) user: String,
    pub(crate) scope: String,
    /// The consent from which it comes.
    pub(crate) event: Id,
    /// Made for a client without a secret.
    pub(crate) is_public: bool,
}

/// A code that was given to the browser.
#[derive(Clone, Debug)]
pub(super) struct Code {
    pub(super) text: String,
    pub(super) redirect_uri: String,
    pub(super) challenge: Option<String>,
    pub(super) grant: Grant,
    pub(super) issued_at: Timestamp,
}

/// A token for calls.
#[derive(Clone, Debug)]
pub(crate) struct Access {
    pub(crate) token: String,
    pub(crate) user: String,
    pub(crate) scope: String,
    pub(crate) expires_at: Timestamp,
}

#[derive(Clone, Debug)]
struct Refresh {
    token: String,
    grant: Grant,
    issued_at: Timestamp,
    /// When it was used for the first time.
    used_at: Option<Timestamp>,
}

/// All codes and tokens.
#[derive(Default)]
pub(crate) struct Grants {
    codes: Vec<Code>,
    access: Vec<Access>,
    refresh: Vec<Refresh>,
}

impl Grants {
    /// Keeps a code.
    pub(super) fn add_code(&mut self, code: Code) {
        self.codes.push(code);
    }

    /// The code, which nobody can redeem after this.
    pub(super) fn take_code(&mut self, code: &str, now: Timestamp) -> Option<Code> {
        let place = self.codes.iter().position(|known| known.text == code)?;
        let code = self.codes.swap_remove(place);
        is_within(code.issued_at, SignedDuration::from_mins(CODE_MINS), now).then_some(code)
    }

    /// Keeps an access token.
    pub(super) fn add_access(&mut self, access: Access) {
        self.access.push(access);
    }

    /// An access token, be it expired.
    pub(crate) fn find_access(&self, token: &str) -> Option<&Access> {
        self.access.iter().find(|access| access.token == token)
    }

    /// A new refresh token.
    pub(super) fn add_refresh(&mut self, ids: &mut Ids, grant: Grant, now: Timestamp) -> String {
        let token = ids.secret();
        self.refresh.push(Refresh { token: token.clone(), grant, issued_at: now, used_at: None });
        token
    }

    /// What a refresh token stands for, if it still works. From here on it works for the grace period only.
    pub(super) fn use_refresh(&mut self, token: &str, now: Timestamp) -> Option<Grant> {
        let refresh = self.refresh.iter_mut().find(|refresh| refresh.token == token)?;
        let works = match refresh.used_at {
            None => is_within(refresh.issued_at, SignedDuration::from_hours(REFRESH_HOURS), now),
            Some(used_at) => is_within(used_at, SignedDuration::from_mins(GRACE_MINS), now),
        };
        works.then(|| {
            refresh.used_at.get_or_insert(now);
            refresh.grant.clone()
        })
    }

    /// Whose refresh token it is.
    pub(super) fn find_refresh_user(&self, token: &str) -> Option<String> {
        let refresh = self.refresh.iter().find(|refresh| refresh.token == token)?;
        Some(refresh.grant.user.clone())
    }

    /// Takes a refresh token back.
    pub(super) fn drop_refresh(&mut self, token: &str) {
        self.refresh.retain(|refresh| refresh.token != token);
    }

    /// Takes back all that a user has.
    pub(crate) fn revoke_user(&mut self, user: &str) {
        self.codes.retain(|code| code.grant.user != user);
        self.access.retain(|access| access.user != user);
        self.refresh.retain(|refresh| refresh.grant.user != user);
    }

    /// Takes back all that the user of this access token has.
    pub(crate) fn revoke_like(&mut self, access_token: &str) {
        if let Some(user) = self.find_access(access_token).map(|access| access.user.clone()) {
            self.revoke_user(&user);
        }
    }

    /// Takes back everything.
    pub(crate) fn revoke_all(&mut self) {
        *self = Self::default();
    }

    /// Ends all access tokens; refresh tokens stay.
    pub(crate) fn expire_access(&mut self, now: Timestamp) {
        for access in &mut self.access {
            access.expires_at = access.expires_at.min(now);
        }
    }
}

fn is_within(from: Timestamp, length: SignedDuration, now: Timestamp) -> bool {
    now.duration_since(from) < length
}

#[cfg(test)]
mod tests {
    use super::*;
    use testkit::{NOON, noon_plus};

    fn grant() -> Grant {
        Grant {
            user: "u".to_owned(),
            scope: "bankfeeds".to_owned(),
            event: Id::NIL,
            is_public: false,
        }
    }

    fn grants_with_refresh() -> (Grants, String) {
        let mut grants = Grants::default();
        let token = grants.add_refresh(&mut Ids::of("s".to_owned()), grant(), NOON);
        (grants, token)
    }

    #[test]
    fn a_code_lasts_five_minutes_and_is_taken_once() {
        let code = |code: &str| Code {
            text: code.to_owned(),
            redirect_uri: String::new(),
            challenge: None,
            grant: grant(),
            issued_at: NOON,
        };
        let mut grants = Grants::default();
        grants.add_code(code("a"));
        grants.add_code(code("b"));
        assert!(grants.take_code("a", noon_plus(4)).is_some());
        assert!(grants.take_code("a", noon_plus(4)).is_none());
        assert!(grants.take_code("b", noon_plus(5)).is_none());
    }

    #[test]
    fn a_refresh_token_works_half_an_hour_longer_after_its_first_use() {
        let (mut grants, token) = grants_with_refresh();
        let works = |grants: &mut Grants, at| grants.use_refresh(&token, at).is_some();
        let first = noon_plus(100);
        assert!(works(&mut grants, first));
        assert!(works(&mut grants, noon_plus(129)));
        assert!(!works(&mut grants, noon_plus(130)), "the second use does not prolong it");
    }

    #[test]
    fn a_refresh_token_that_nobody_uses_lasts_sixty_days() {
        let day = 24 * 60;
        for (minutes, wanted) in [(60 * day - 1, true), (60 * day, false)] {
            let (mut grants, token) = grants_with_refresh();
            assert_eq!(grants.use_refresh(&token, noon_plus(minutes)).is_some(), wanted);
        }
    }

    #[test]
    fn what_a_user_has_is_taken_back_at_once() {
        let (mut grants, token) = grants_with_refresh();
        grants.add_access(Access {
            token: "t".to_owned(),
            user: "u".to_owned(),
            scope: String::new(),
            expires_at: noon_plus(30),
        });
        grants.revoke_like("t");
        assert!(grants.find_access("t").is_none());
        assert!(grants.use_refresh(&token, NOON).is_none());
    }
}
