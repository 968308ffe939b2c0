//! A server seen from outside: calls with a key, calls of the simulators, and refusals in plain words.

use anyhow::{anyhow, bail};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};
use reqwest::{Client, Method, StatusCode, Url};
use serde_json::Value;
use std::time::Duration;

/// Longer than the simulator waits for a bank.
const ANSWER_SECS_MAX: u64 = 90;

/// The server understood, and will not: asking again changes nothing.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Refused(String);

/// One server.
#[derive(Clone, Debug)]
pub(crate) struct Remote {
    url: Url,
    http: Client,
}

impl Remote {
    /// The server at `url`.
    #[expect(clippy::disallowed_methods, reason = "a command calls the user's own server")]
    pub(crate) fn at(url: &str) -> anyhow::Result<Self> {
        let parsed = Url::parse(url).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
        let Some(url) = parsed else {
            bail!("{url:?} is not a URL such as http://127.0.0.1:8717");
        };
        let http = Client::builder().timeout(Duration::from_secs(ANSWER_SECS_MAX)).build()?;
        Ok(Self { url, http })
    }

    /// Reads at the JSON API.
    pub(crate) async fn get(&self, key: &str, path: &[&str]) -> anyhow::Result<Value> {
        self.api(Method::GET, key, self.place(path)?, String::new()).await
    }

    /// The same with a question.
    pub(crate) async fn ask(
        &self,
        key: &str,
        path: &[&str],
        question: &[(&str, &str)],
    ) -> anyhow::Result<Value> {
        let mut place = self.place(path)?;
        place.query_pairs_mut().extend_pairs(question);
        self.api(Method::GET, key, place, String::new()).await
    }

    /// Reads all pages of a list at the JSON API.
    pub(crate) async fn list(&self, key: &str, path: &[&str]) -> anyhow::Result<Vec<Value>> {
        let mut listed = Vec::new();
        for page in 1_u32.. {
            let mut place = self.place(path)?;
            place.query_pairs_mut().append_pair("page", &page.to_string());
            let answer = self.api(Method::GET, key, place, String::new()).await?;
            listed.extend(items(&answer, "results").iter().cloned());
            if answer.pointer("/_links/next").is_none() {
                break;
            }
        }
        Ok(listed)
    }

    /// Posts a JSON text to the JSON API.
    pub(crate) async fn post(
        &self,
        key: &str,
        path: &[&str],
        body: impl Into<String>,
    ) -> anyhow::Result<Value> {
        self.api(Method::POST, key, self.place(path)?, body.into()).await
    }

    async fn api(
        &self,
        method: Method,
        key: &str,
        place: Url,
        body: String,
    ) -> anyhow::Result<Value> {
        let basic = format!("Basic {}", BASE64_STANDARD.encode(key));
        let request = self.http.request(method, place).header(AUTHORIZATION, basic);
        let (status, answer) = self.call(request, body).await?;
        match status {
            status if status.is_success() => Ok(answer),
            StatusCode::UNAUTHORIZED => {
                bail!(Refused("the server does not know this API key".to_owned()))
            }
            // It may be back in a moment.
            status if status.is_server_error() => {
                bail!("the server cannot answer (HTTP {}): {}", status.as_u16(), reason(&answer))
            }
            status => {
                let reason = reason(&answer);
                bail!(Refused(format!("the server refused (HTTP {}): {reason}", status.as_u16())))
            }
        }
    }

    /// Asks the simulated QuickBooks.
    pub(crate) async fn quickbooks(
        &self,
        method: Method,
        call: &str,
        body: Value,
    ) -> anyhow::Result<Value> {
        let parts: Vec<_> =
            ["simulators", "quickbooks"].into_iter().chain(call.split('/')).collect();
        let place = self.place(&parts)?;
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let (status, answer) = self.call(self.http.request(method, place), body).await?;
        match status {
            status if status.is_success() => Ok(answer),
            // The simulators never answer these: somebody else did.
            StatusCode::NOT_FOUND | StatusCode::UNAUTHORIZED | StatusCode::METHOD_NOT_ALLOWED => {
                bail!(
                    "the simulators are off on {}: they run only in evaluation mode, the default, and unless \
                     `simulators.enabled` is false",
                    self.url
                )
            }
            _refused => bail!("the simulated QuickBooks says: {}", reason(&answer)),
        }
    }

    /// Asks the simulated Xero's control API.
    pub(crate) async fn xero(
        &self,
        method: Method,
        call: &str,
        body: Value,
    ) -> anyhow::Result<Value> {
        let parts = ["simulators", "xero", "control"].into_iter().chain(call.split('/'));
        let place = self.place(&parts.collect::<Vec<_>>())?;
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let (status, answer) = self.call(self.http.request(method, place), body).await?;
        match status {
            status if status.is_success() => Ok(answer),
            // Of the calls that are made here the simulator knows all: somebody else answered.
            StatusCode::NOT_FOUND | StatusCode::UNAUTHORIZED => bail!(
                "no Xero is simulated on {}: it is in evaluation mode, while no xero.client_id is set",
                self.url
            ),
            _refused => bail!("the simulated Xero says: {}", reason(&answer)),
        }
    }

    async fn call(
        &self,
        request: reqwest::RequestBuilder,
        body: String,
    ) -> anyhow::Result<(StatusCode, Value)> {
        let request = request.header(CONTENT_TYPE, "application/json").body(body);
        let answer = request.send().await.map_err(|error| self.unreachable(error))?;
        let status = answer.status();
        let text = answer.text().await.map_err(|error| self.unreachable(error))?;
        // Whatever is no JSON is shown as it is, when it is shown at all.
        let value = serde_json::from_str(&text).unwrap_or(Value::String(text));
        Ok((status, value))
    }

    fn unreachable(&self, error: reqwest::Error) -> anyhow::Error {
        let error = anyhow::Error::from(error);
        let cause = error.root_cause();
        // The HTTP client hides the TLS library's type; these are its words for every fault of a certificate.
        if cause.to_string().contains("invalid peer certificate") {
            return anyhow!(
                "the certificate of {} is not trusted on this machine ({cause}): \
                 SSL_CERT_FILE can name a file with the certificates to trust",
                self.url
            );
        }
        anyhow!("no server answers at {}: is it running? ({cause})", self.url)
    }

    /// The URL of a path, each part of it escaped.
    fn place(&self, path: &[&str]) -> anyhow::Result<Url> {
        let mut place = self.url.clone();
        let Ok(mut parts) = place.path_segments_mut() else {
            bail!("{} has no paths", self.url);
        };
        parts.pop_if_empty().extend(path);
        drop(parts);
        Ok(place)
    }
}

fn reason(answer: &Value) -> String {
    match answer["error"].as_str().or(answer.as_str()) {
        Some(reason) if !reason.is_empty() => reason.to_owned(),
        _ => answer.to_string(),
    }
}

/// The list at `field`; an empty one where there is none.
pub(crate) fn items<'a>(value: &'a Value, field: &str) -> &'a [Value] {
    value.get(field).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// The text at `field`, which the server always sends.
pub(crate) fn need_text<'a>(value: &'a Value, field: &str) -> anyhow::Result<&'a str> {
    value[field].as_str().ok_or_else(|| anyhow!("the server's answer has no {field}: {value}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_path_are_escaped_and_a_prefix_stays() {
        let place = |url: &str| Remote::at(url).unwrap().place(&["companies", "a/b ?"]).unwrap();
        assert_eq!(place("http://h:1").as_str(), "http://h:1/companies/a%2Fb%20%3F");
        assert_eq!(place("https://h/feeds/").as_str(), "https://h/feeds/companies/a%2Fb%20%3F");
    }

    #[test]
    fn what_is_no_url_is_refused() {
        for url in ["127.0.0.1:8717", "ftp://h", ""] {
            assert!(Remote::at(url).unwrap_err().to_string().contains("is not a URL such as"));
        }
    }

    #[test]
    fn a_refusal_is_told_in_the_servers_words() {
        assert_eq!(reason(&serde_json::json!({"error": "no such account"})), "no such account");
        assert_eq!(reason(&Value::String("plain".to_owned())), "plain");
        assert_eq!(reason(&serde_json::json!({"a": 1})), "{\"a\":1}");
    }
}
