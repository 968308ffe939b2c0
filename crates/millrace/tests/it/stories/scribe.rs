//! Writes down what a caller is told, for a snapshot that reads the same in every run. What is asked is for the stories.

use crate::harness::{Books, Caller, Reply, days_ago, text, today};
use reqwest::Method;
use serde_json::Value;
use std::fmt::Write as _;

/// Asks, and writes down what comes back with everything that is of this run replaced by a name.
pub(super) struct Scribe {
    pub(super) caller: Caller,
    pub(super) names: Vec<(String, &'static str)>,
    pub(super) written: String,
}

impl Scribe {
    /// Knows the ids of some books by their names.
    pub(super) fn of(books: &Books) -> Self {
        let names = vec![
            (books.company.clone(), "{company}"),
            (books.connection.clone(), "{connection}"),
            (today().to_string(), "{today}"),
            (days_ago(30).to_string(), "{30 days ago}"),
            (books.caller.url.clone(), "{server}"),
        ];
        Self { caller: books.caller.clone(), names, written: String::new() }
    }

    pub(super) async fn ask(&mut self, method: Method, path: &str, body: Value) {
        let request = self.caller.request(method.clone(), path);
        // A text is sent as it is, so that it need not be JSON.
        let sent = match body {
            Value::Null => None,
            Value::String(raw) => Some(raw),
            json @ (Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => {
                Some(json.to_string())
            }
        };
        let request = match &sent {
            Some(sent) => request.header("Content-Type", "application/json").body(sent.clone()),
            None => request,
        };
        let sent = sent.map(|sent| format!(" {sent}")).unwrap_or_default();
        self.write(&format!("{method} {path}{sent}"), Caller::send(request).await);
    }

    pub(super) fn write(&mut self, asked: &str, reply: Reply) {
        let status = reply.status;
        assert!((400..500).contains(&status), "{asked}: {status} {}", reply.text);
        let error = reply.expect_error(status);
        let mut entry = format!("{asked}\n  {status} {}\n", text(&error["error"]));
        for fault in error["validation"]["errors"].as_array().into_iter().flatten() {
            let (place, message) = (text(&fault["itemId"]), text(&fault["message"]));
            writeln!(entry, "  - {place} {message} [{}]", text(&fault["validatorName"])).unwrap();
        }
        for (id, name) in &self.names {
            entry = entry.replace(id, name);
        }
        self.written.push_str(&entry);
        self.written.push('\n');
    }
}
