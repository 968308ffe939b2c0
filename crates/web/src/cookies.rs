//! Cookies: what is read of them, and how ours are written.

use axum::http::{HeaderMap, HeaderValue, header};

/// The first cookie of that name.
pub(crate) fn find_cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let values = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = values.flat_map(|value| value.split(';')).filter_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        Some((name.trim(), value.trim()))
    });
    pairs.find(|(known, _)| *known == name).map(|(_, value)| value)
}

/// A cookie for this whole server that scripts cannot read, and that comes along when a person follows a link here but
/// not with other sites' forms.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cookie<'a> {
    /// Its name.
    pub(crate) name: &'a str,
    /// Letters, digits and dashes.
    pub(crate) value: &'a str,
    /// How long the browser keeps it.
    pub(crate) life_secs: i64,
    /// Whether it goes over TLS only.
    pub(crate) is_secure: bool,
}

impl Cookie<'_> {
    /// Has the browser keep it.
    pub(crate) fn set(self, headers: &mut HeaderMap) {
        let Self { name, value, life_secs, is_secure } = self;
        let secure = if is_secure { "; Secure" } else { "" };
        let cookie =
            format!("{name}={value}; Path=/; Max-Age={life_secs}; HttpOnly; SameSite=Lax{secure}");
        // Of such letters: always a header's value.
        if let Ok(cookie) = HeaderValue::try_from(cookie) {
            headers.append(header::SET_COOKIE, cookie);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_found_among_others() {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, "a=1; b=2;c=3=4".parse().unwrap());
        headers.append(header::COOKIE, "d=5".parse().unwrap());
        let found = ["a", "b", "c", "d", "e"].map(|name| find_cookie(&headers, name));
        assert_eq!(found, [Some("1"), Some("2"), Some("3=4"), Some("5"), None]);
    }

    #[test]
    fn a_cookie_is_for_this_server_only() {
        let mut headers = HeaderMap::new();
        Cookie { name: "a", value: "b", life_secs: 60, is_secure: true }.set(&mut headers);
        Cookie { name: "c", value: "d", life_secs: 60, is_secure: false }.set(&mut headers);
        let written: Vec<_> = headers.get_all(header::SET_COOKIE).iter().collect();
        assert_eq!(
            written,
            [
                "a=b; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure",
                "c=d; Path=/; Max-Age=60; HttpOnly; SameSite=Lax"
            ]
        );
    }
}
