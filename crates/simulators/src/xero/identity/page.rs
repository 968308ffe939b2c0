//! The pages that a browser sees. Plain HTML: they work without scripts, and under any address.

use crate::xero::organisation::Organisation;
use axum::http::StatusCode;
use axum::http::header::CONTENT_SECURITY_POLICY;
use axum::response::{Html, IntoResponse, Response};

const STYLE: &str = "body{font-family:system-ui,sans-serif;max-width:32rem;margin:3rem auto;\
padding:0 1rem;line-height:1.5;color:#111;background:#fff}select,button{font:inherit;\
padding:.5rem 1rem;margin:.5rem .5rem .5rem 0}.note{border-left:4px solid #b45309;padding-left:1rem}";

/// The question whether the app may use an organisation.
pub(super) fn consent<'a>(
    organisations: impl Iterator<Item = &'a Organisation>,
    scope: &str,
    note: Option<&str>,
) -> String {
    let option = |organisation: &Organisation| {
        format!("<option value=\"{}\">{}</option>", organisation.id, escape(&organisation.name))
    };
    let options: String = organisations.map(option).collect();
    let scopes = scope.split_ascii_whitespace().map(|part| format!("<li>{}</li>", escape(part)));
    let scopes: String = scopes.collect();
    let note = note.map(|note| format!("<p class=\"note\" role=\"alert\">{}</p>", escape(note)));
    // Without an action the form goes to the address of the page, query and all.
    page(
        "Allow access?",
        &format!(
            "<p class=\"note\">This is a simulated Xero. Nothing here leaves this machine.</p>{}\
             <p>An application asks for access to your organisation:</p><ul>{scopes}</ul>\
             <form method=\"post\"><label for=\"organisation\">Organisation</label><br>\
             <select id=\"organisation\" name=\"organisation\">{options}</select><br>\
             <button type=\"submit\" name=\"decision\" value=\"allow\">Allow</button>\
             <button type=\"submit\" name=\"decision\" value=\"cancel\">Cancel</button></form>",
            note.unwrap_or_default()
        ),
    )
}

/// A link back to the app, for a browser that is to come late.
pub(super) fn later(url: &str) -> String {
    let link = format!("<p><a id=\"continue\" href=\"{}\">Continue</a></p>", escape(url));
    page("One more moment", &format!("<p>This is taking longer than usual.</p>{link}"))
}

/// What is wrong with a request that nobody can be sent back from.
pub(super) fn refusal(words: &str) -> Response {
    let body = page("Sorry, something went wrong", &format!("<p>Error: {}</p>", escape(words)));
    (StatusCode::BAD_REQUEST, shown(body)).into_response()
}

/// A page as an answer.
pub(super) fn shown(page: String) -> Response {
    let policy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";
    ([(CONTENT_SECURITY_POLICY, policy)], Html(page)).into_response()
}

fn page(title: &str, body: &str) -> String {
    format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{title} | Simulated Xero</title>\
         <style>{STYLE}</style></head><body><main><h1>{title}</h1>{body}</main></body></html>"
    )
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_offers_organisations_and_two_buttons() {
        let demo = Organisation::demo();
        let odd = Organisation::named(crate::xero::ids::Id::NIL, "<b>\"Ltd\" & Co");
        let page = consent([&demo, &odd].into_iter(), "bankfeeds <x>", Some("choose"));
        let id = demo.id;
        assert!(page.contains(&format!("<option value=\"{id}\">Demo Company</option>")));
        assert!(page.contains("&lt;b&gt;&quot;Ltd&quot; &amp; Co") && page.contains("&lt;x&gt;"));
        assert_eq!(page.matches("<button type=\"submit\"").count(), 2);
        assert!(page.contains("role=\"alert\">choose</p>") && !page.contains("<script"));
    }
}
