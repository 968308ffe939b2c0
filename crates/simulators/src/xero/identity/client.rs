//! Whether a call at the token endpoint comes from the app.

use super::form::Form;
use crate::xero::simulator::App;
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

/// How the app showed that it is itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Client {
    /// By its secret.
    Confidential,
    /// By its id alone, so that PKCE has to prove the rest.
    Public,
}

impl Client {
    /// The client of a call, or none when it is another.
    pub(super) fn find(app: &App, headers: &HeaderMap, form: &Form) -> Option<Self> {
        if let Some(value) = headers.get(AUTHORIZATION) {
            let (id, secret) = basic(value.to_str().ok()?)?;
            return (id == app.client_id && secret == app.client_secret)
                .then_some(Self::Confidential);
        }
        (form.get("client_id")? == app.client_id).then_some(Self::Public)
    }
}

fn basic(value: &str) -> Option<(String, String)> {
    let (scheme, encoded) = value.split_once(' ')?;
    let bytes = BASE64_STANDARD.decode(encoded.trim()).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let (id, secret) = text.split_once(':')?;
    scheme.eq_ignore_ascii_case("basic").then(|| (id.to_owned(), secret.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(header: Option<&str>, form: &str) -> Option<Client> {
        let app = App { client_id: "app".to_owned(), client_secret: "s:1".to_owned() };
        let mut headers = HeaderMap::new();
        if let Some(pair) = header {
            let value = format!("Basic {}", BASE64_STANDARD.encode(pair));
            headers.insert(AUTHORIZATION, value.parse().unwrap());
        }
        Client::find(&app, &headers, &Form::read(form.as_bytes()))
    }

    #[test]
    fn the_secret_stands_in_the_header_or_there_is_none() {
        assert_eq!(client(Some("app:s:1"), ""), Some(Client::Confidential));
        assert_eq!(client(Some("app:no"), "client_id=app"), None);
        assert_eq!(client(Some("other:s:1"), ""), None);
        assert_eq!(client(None, "client_id=app"), Some(Client::Public));
        assert_eq!(client(None, "client_id=other"), None);
        assert_eq!(client(None, ""), None);
    }
}
