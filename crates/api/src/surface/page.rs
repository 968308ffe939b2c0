//! The documents as a page for people: rendered here, without scripts and without anything from elsewhere.

use serde_json::{Map, Value};

/// Nothing but the page's own style may be loaded.
pub(crate) const CONTENT_POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'";

const STYLE: &str = include_str!("page.css");

/// Renders documents, one after the other, as one page. `url` is where the server is reached.
pub(crate) fn render(documents: &[Value], url: &str) -> String {
    let mut navigation = String::new();
    let mut sections = String::new();
    for document in documents {
        let info = &document["info"];
        write_section(&mut sections, document, info, url);
        write_navigation(&mut navigation, document, text(&info["title"]));
    }
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\"><title>Millrace API</title><style>{STYLE}</style></head>\
         <body><a class=\"skip\" href=\"#main\">To the operations</a><nav aria-label=\"Operations\">{navigation}</nav>\
         <main id=\"main\">{sections}</main></body></html>"
    )
}

/// A text of the document, or nothing.
fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// The five characters that mean something in HTML, written so that they do not.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
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

/// Adds a formatted piece to the page.
macro_rules! add {
    ($page:expr, $($part:tt)*) => {
        $page.push_str(&format!($($part)*))
    };
}

/// The operations of an area, in the document's order: method, path and description.
fn operations<'a>(document: &'a Value, area: &str) -> Vec<(&'a str, &'a str, &'a Value)> {
    let paths = document["paths"].as_object().into_iter().flatten();
    let each = paths.flat_map(|(path, methods)| {
        let methods = methods.as_object().into_iter().flatten();
        methods.map(move |(method, operation)| (method.as_str(), path.as_str(), operation))
    });
    each.filter(|(_, _, operation)| operation.pointer("/tags/0").is_some_and(|tag| tag == area))
        .collect()
}

fn areas(document: &Value) -> impl Iterator<Item = &str> {
    document["tags"].as_array().into_iter().flatten().map(|tag| text(&tag["name"]))
}

fn write_navigation(page: &mut String, document: &Value, title: &str) {
    add!(page, "<h2>{}</h2>", escaped(title));
    for area in areas(document) {
        add!(page, "<details open><summary>{}</summary><ul>", escaped(area));
        for (_, _, operation) in operations(document, area) {
            let id = escaped(text(&operation["operationId"]));
            add!(page, "<li><a href=\"#{id}\">{}</a></li>", escaped(text(&operation["summary"])));
        }
        page.push_str("</ul></details>");
    }
}

fn write_section(page: &mut String, document: &Value, info: &Value, url: &str) {
    let (title, about) = (escaped(text(&info["title"])), escaped(text(&info["description"])));
    add!(page, "<header><h1>{title} <small>{}</small></h1>", escaped(text(&info["version"])));
    add!(page, "<p>{about}</p></header>");
    for area in areas(document) {
        add!(page, "<section><h2>{}</h2>", escaped(area));
        for (method, path, operation) in operations(document, area) {
            write_operation(page, method, path, operation, url);
        }
        page.push_str("</section>");
    }
    add!(page, "<section><h2>Shapes of {title}</h2>");
    let shapes = document.pointer("/components/schemas").and_then(Value::as_object);
    for (name, schema) in shapes.unwrap_or(&Map::new()) {
        let name = escaped(name);
        add!(page, "<details id=\"{}\"><summary>{name}</summary>", anchor(&name, url_of(document)));
        add!(page, "<pre tabindex=\"0\">{}</pre></details>", escaped(&format!("{schema:#}")));
    }
    page.push_str("</section>");
}

/// Two documents may have shapes of one name.
fn anchor(name: &str, document: &str) -> String {
    format!("{document}-{name}")
}

/// A word for the document, for anchors.
fn url_of(document: &Value) -> &'static str {
    let is_ours = document["paths"]
        .as_object()
        .is_some_and(|paths| paths.keys().any(|path| path.starts_with("/ext/")));
    if is_ours { "ext" } else { "shape" }
}

fn write_operation(page: &mut String, method: &str, path: &str, operation: &Value, url: &str) {
    let id = escaped(text(&operation["operationId"]));
    let (method, path) = (method.to_ascii_uppercase(), escaped(path));
    add!(page, "<article id=\"{id}\"><h3>{}", escaped(text(&operation["summary"])));
    if operation["deprecated"] == true {
        page.push_str(" <em>for old callers</em>");
    }
    add!(page, "</h3><p class=\"route\"><b>{method}</b> <code>{path}</code></p>");
    if operation["security"].is_array() {
        page.push_str("<p>Open to a company's access token.</p>");
    }
    write_parameters(page, &operation["parameters"]);
    let schema = "/content/application~1json/schema";
    if let Some(body) = operation["requestBody"].pointer(schema) {
        add!(page, "<details><summary>Body</summary><pre tabindex=\"0\">");
        add!(page, "{}</pre></details>", escaped(&format!("{body:#}")));
    }
    page.push_str("<details><summary>Answers</summary><dl>");
    for (status, answer) in operation["responses"].as_object().unwrap_or(&Map::new()) {
        add!(page, "<dt>{}</dt>", escaped(status));
        add!(page, "<dd>{}", escaped(text(&answer["description"])));
        if let Some(shape) = answer.pointer(schema) {
            add!(page, ": <code>{}</code>", escaped(&shape_in_words(shape)));
        }
        page.push_str("</dd>");
    }
    page.push_str("</dl></details>");
    let has_json = operation["requestBody"].pointer(schema).is_some();
    let body = match operation["requestBody"].is_object() {
        true if has_json => " -H \"Content-Type: application/json\" -d @body.json",
        true => " --data-binary @file",
        false => "",
    };
    add!(page, "<pre tabindex=\"0\">curl -X {method} \"{}{path}\" -H \"$AUTH\"", escaped(url));
    add!(page, "{}</pre></article>", escaped(body));
}

/// The name of a shape, or that it is a list of them.
fn shape_in_words(schema: &Value) -> String {
    let name = |schema: &Value| text(&schema["$ref"]).rsplit('/').next().map(str::to_owned);
    match name(schema).filter(|name| !name.is_empty()) {
        Some(name) => name,
        None => name(&schema["items"]).map(|name| format!("list of {name}")).unwrap_or_default(),
    }
}

fn write_parameters(page: &mut String, parameters: &Value) {
    let Some(parameters) = parameters.as_array() else { return };
    page.push_str("<table><thead><tr><th scope=\"col\">Parameter</th><th scope=\"col\">In</th><th scope=\"col\">What it is</th></tr></thead><tbody>");
    for parameter in parameters {
        add!(page, "<tr><th scope=\"row\"><code>{}</code></th>", escaped(text(&parameter["name"])));
        add!(page, "<td>{}</td>", escaped(text(&parameter["in"])));
        add!(page, "<td>{}</td></tr>", escaped(text(&parameter["description"])));
    }
    page.push_str("</tbody></table>");
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_a_document_says_cannot_become_markup() {
        let operation = json!({
            "operationId": "x\"><script>", "summary": "<script>alert('1')</script>", "tags": ["A&B"],
            "responses": {"200": {"description": "<b>"}},
        });
        let document = json!({
            "info": {"title": "<T>", "description": "", "version": "1"},
            "tags": [{"name": "A&B"}],
            "paths": {"/<p>": {"get": operation}},
        });
        let page = render(&[document], "http://\"><script>");
        assert!(!page.contains("<script") && !page.contains("<b>\"") && !page.contains("/<p>"));
        assert!(page.contains("A&amp;B") && page.contains("&lt;script&gt;alert(&#39;1&#39;)"));
    }
}
