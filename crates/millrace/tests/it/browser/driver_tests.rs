//! That the driver sees what a user sees and does what a user does, and that the checker finds what is wrong.

use super::{Browser, PageOptions};
use axum::Router;
use axum::response::Html;
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

const FORM: &str = r#"<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A form</title>
<style>body{color:#222;background:#fff}@media (forced-colors:active){main{border-top-style:dotted}}
@media (prefers-color-scheme:dark){main{border-bottom-style:dotted}}</style></head><body><main>
<h1>A form</h1><form action="/sent"><label for="name">Name</label><input id="name" name="name">
<label for="kind">Kind</label><select id="kind" name="kind"><option>One</option><option value="2">Two</option></select>
<button>Send</button></form><p id="said"></p><noscript>No scripts</noscript></main>
<script>document.getElementById("said").textContent = "Scripts speak " + navigator.language</script>
</body></html>"#;
const WRONG: &str = r#"<!doctype html><html lang="en"><head><title>Wrong</title></head><body><main>
<h1 style="width:2000px">Wrong</h1><input><p style="color:#ccc">pale</p>
<script>throw new Error("a script has failed")</script><img alt="a" src="/no-such-image"></main></body></html>"#;

const FRAMING: &str = r#"<!doctype html><html lang="en"><head><title>Framing</title></head><body><main>
<h1>Framing</h1><iframe title="A form" src="/form"></iframe><a href="/form" target="_blank">Another window</a>
</main></body></html>"#;

/// A server of these pages; it ends when dropped.
async fn serve() -> (String, JoinSet<()>) {
    let router = Router::new()
        .route("/form", get(async || Html(FORM)))
        .route("/wrong", get(async || Html(WRONG)))
        .route("/framing", get(async || Html(FRAMING)))
        .route(
            "/sent",
            get(async |uri: axum::http::Uri| uri.query().unwrap_or_default().to_owned()),
        );
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let mut serving = JoinSet::new();
    serving.spawn(async move { axum::serve(listener, router).await.unwrap() });
    (url, serving)
}

#[tokio::test]
async fn a_form_is_filled_with_the_mouse_and_with_the_keyboard_with_and_without_scripts() {
    let (url, _serving) = serve().await;
    let browser = Browser::start();
    for javascript in [true, false] {
        let page = browser.page(&PageOptions { javascript, ..PageOptions::default() }).await;
        assert_eq!(page.goto(&format!("{url}/form")).await, 200);
        page.fill("Name", "Zoë").await;
        page.choose("Kind", "Two").await;
        page.click("button", "Send").await;
        page.wait_for("kind=2").await;
        assert_eq!(page.text().await, "name=Zo%C3%AB&kind=2");
        page.goto(&format!("{url}/form")).await;
        for key in ["Tab", "Z", "Tab", "ArrowDown", "Tab", "Enter"] {
            page.press(key).await;
        }
        page.wait_for("kind=2").await;
        assert_eq!(page.url().await, format!("{url}/sent?name=Z&kind=2"));
    }
}

#[tokio::test]
async fn a_page_is_seen_as_its_user_wants_it() {
    let (url, _serving) = serve().await;
    let browser = Browser::start();
    let german = PageOptions { locale: "de-DE".to_owned(), width: 360, ..PageOptions::default() };
    let page = browser.page(&german).await;
    page.goto(&format!("{url}/form")).await;
    let text = page.text().await;
    assert!(text.contains("Scripts speak de-DE") && !text.contains("No scripts"), "{text}");
    assert_eq!(page.evaluate("window.innerWidth").await, 360);
    let still = browser.page(&PageOptions { javascript: false, ..PageOptions::default() }).await;
    still.goto(&format!("{url}/form")).await;
    still.expect_sound().await;
    still.goto(&format!("{url}/form")).await;
    let text = still.text().await;
    assert!(text.contains("No scripts") && !text.contains("Scripts speak"), "{text}");
    let border = async |forced_colors, dark| {
        let options = PageOptions { forced_colors, dark, ..PageOptions::default() };
        let page = browser.page(&options).await;
        page.goto(&format!("{url}/form")).await;
        page.evaluate("getComputedStyle(document.querySelector('main')).borderStyle").await
    };
    assert_eq!(border(false, false).await, "none");
    assert_eq!(border(true, false).await, "dotted none none");
    assert_eq!(border(false, true).await, "none none dotted");
}

#[tokio::test]
async fn what_is_wrong_with_a_page_is_found_with_and_without_scripts() {
    let (url, _serving) = serve().await;
    let browser = Browser::start();
    for javascript in [true, false] {
        let page = browser.page(&PageOptions { javascript, ..PageOptions::default() }).await;
        page.goto(&format!("{url}/wrong")).await;
        assert_eq!(page.title().await, "Wrong");
        assert_eq!(page.text_of("heading", "").await, "Wrong");
        assert_eq!((page.count("textbox", "").await, page.count("button", "Send").await), (1, 0));
        let found = page.axe().await;
        let rules: Vec<_> = found.iter().map(|violation| violation.rule.as_str()).collect();
        assert_eq!(rules, ["color-contrast", "label"]);
        assert!(found[0].places[0].contains("pale") && !found[0].help.is_empty(), "{found:#?}");
        assert!(!page.fits().await);
        let complaints = page.complaints().await.join("\n");
        assert!(complaints.contains("404"), "{complaints}");
        assert_eq!(complaints.contains("a script has failed"), javascript, "{complaints}");
        let folder = tempfile::TempDir::new().unwrap();
        let picture = folder.path().join("page.png");
        page.screenshot(&picture).await;
        assert!(std::fs::read(&picture).unwrap().starts_with(b"\x89PNG"));
    }
}

#[tokio::test]
async fn a_frame_and_another_window_are_used_like_pages() {
    let (url, _serving) = serve().await;
    let page = Browser::start().page(&PageOptions::default()).await;
    page.goto(&format!("{url}/framing")).await;
    let frame = page.frame().await;
    frame.fill("Name", "inside").await;
    page.click("link", "Another window").await;
    let window = page.follow().await;
    window.fill("Name", "beside").await;
    for (page, name) in [(frame, "inside"), (window, "beside")] {
        page.click("button", "Send").await;
        page.wait_for("kind=One").await;
        assert_eq!(page.text().await, format!("name={name}&kind=One"));
    }
    assert_eq!(page.text_of("heading", "").await, "Framing");
}
