//! A browser that tests drive, through a program of Node.js that does one deed for each line it reads.

use crate::harness::{Process, node_packages};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::Mutex;

const CHROMIUM: &str = "/usr/bin/chromium";

/// Debian's Chromium with an empty profile of its own. It ends with the last of its clones and pages.
#[derive(Clone)]
pub(crate) struct Browser {
    program: Arc<Mutex<Process>>,
    pages: Arc<AtomicU64>,
}

/// How a page is looked at.
#[derive(Clone, Debug)]
pub(crate) struct PageOptions {
    /// Of the window, in CSS pixels.
    pub(crate) width: u32,
    /// Whether scripts run.
    pub(crate) javascript: bool,
    /// What the user reads: `de-DE`.
    pub(crate) locale: String,
    /// Whether the user's own few colours replace those of the page.
    pub(crate) forced_colors: bool,
    /// Whether the user likes dark pages.
    pub(crate) dark: bool,
}

impl Default for PageOptions {
    fn default() -> Self {
        Self {
            width: 1280,
            javascript: true,
            locale: "en-GB".to_owned(),
            forced_colors: false,
            dark: false,
        }
    }
}

/// One page, with cookies and storage of its own. What is asked for is waited for, within bounds.
pub(crate) struct Page {
    browser: Browser,
    number: u64,
}

/// A rule that a page breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Violation {
    /// The checker's name of it: `color-contrast`.
    pub(crate) rule: String,
    /// What it says.
    pub(crate) help: String,
    /// Where it is broken, and how.
    pub(crate) places: Vec<String>,
}

impl Browser {
    /// Starts one.
    pub(crate) fn start() -> Self {
        let is_here = Path::new(CHROMIUM).is_file();
        assert!(is_here, "{CHROMIUM} is not there: run `cargo xtask test`, which installs it");
        let program = format!("{}/tests/node/browser.cjs", env!("CARGO_MANIFEST_DIR"));
        let packages = node_packages("browser");
        let variables = [("NODE_PATH", packages.as_str())];
        let program = Process::start_listening("node", &[&program, CHROMIUM], &variables);
        Self { program: Arc::new(Mutex::new(program)), pages: Arc::default() }
    }

    /// An empty page.
    pub(crate) async fn page(&self, options: &PageOptions) -> Page {
        let number = self.pages.fetch_add(1, Ordering::Relaxed);
        let page = Page { browser: self.clone(), number };
        let PageOptions { width, javascript, locale, forced_colors, dark } = options;
        let asked = json!({"width": width, "height": 800, "javascript": javascript, "locale": locale,
            "forcedColors": forced_colors, "dark": dark});
        page.ask("open", asked).await;
        page
    }
}

impl Page {
    /// The only frame on the page, as a page.
    pub(crate) async fn frame(&self) -> Self {
        self.another("enter").await
    }

    /// The window that the page has opened, as a page.
    pub(crate) async fn follow(&self) -> Self {
        self.another("follow").await
    }

    async fn another(&self, deed: &str) -> Self {
        let number = self.browser.pages.fetch_add(1, Ordering::Relaxed);
        self.ask(deed, json!({ "as": number })).await;
        Self { browser: self.browser.clone(), number }
    }

    /// Goes to an address and waits until all of it is loaded; the status.
    pub(crate) async fn goto(&self, url: &str) -> u16 {
        let status = self.ask("goto", json!({ "url": url })).await;
        serde_json::from_value(status).unwrap()
    }

    /// Where the browser is.
    pub(crate) async fn url(&self) -> String {
        self.text_by("url", json!({})).await
    }

    /// The title of the window.
    pub(crate) async fn title(&self) -> String {
        self.text_by("title", json!({})).await
    }

    /// All text that can be seen.
    pub(crate) async fn text(&self) -> String {
        self.text_by("text", json!({})).await
    }

    /// The text of the one thing that has this role and, if it is not empty, this name.
    pub(crate) async fn text_of(&self, role: &str, name: &str) -> String {
        self.text_by("textOf", named(role, name)).await
    }

    /// How many things have this role and, if it is not empty, this name, now.
    pub(crate) async fn count(&self, role: &str, name: &str) -> u64 {
        self.ask("count", named(role, name)).await.as_u64().unwrap()
    }

    /// Clicks the one thing of this role and name. A page that opens then is waited for with [`Page::wait_for`].
    pub(crate) async fn click(&self, role: &str, name: &str) {
        self.ask("click", named(role, name)).await;
    }

    /// Writes into the field of this label, in place of what stands there.
    pub(crate) async fn fill(&self, label: &str, value: &str) {
        self.ask("fill", json!({"label": label, "value": value})).await;
    }

    /// Chooses from the list of this label what is shown so.
    pub(crate) async fn choose(&self, label: &str, value: &str) {
        self.ask("choose", json!({"label": label, "value": value})).await;
    }

    /// Presses a key, where the focus is: `Tab`, `Enter`, `Shift+Tab`, `a`.
    pub(crate) async fn press(&self, key: &str) {
        self.ask("press", json!({ "key": key })).await;
    }

    /// Waits until this text can be seen.
    pub(crate) async fn wait_for(&self, text: &str) {
        self.ask("waitFor", json!({ "text": text })).await;
    }

    /// What an expression of JavaScript says of the page, be scripts on or off.
    pub(crate) async fn evaluate(&self, expression: &str) -> Value {
        self.ask("evaluate", json!({ "expression": expression })).await
    }

    /// Whether nothing stands beyond the sides of the window.
    pub(crate) async fn fits(&self) -> bool {
        self.evaluate("document.documentElement.scrollWidth <= window.innerWidth").await == true
    }

    /// What the page or the browser has complained about so far: errors of scripts, what could not be loaded or was
    /// forbidden by the page's own policy.
    pub(crate) async fn complaints(&self) -> Vec<String> {
        serde_json::from_value(self.ask("complaints", json!({})).await).unwrap()
    }

    /// The rules of accessibility that the page breaks.
    pub(crate) async fn axe(&self) -> Vec<Violation> {
        let found = self.ask("axe", json!({})).await;
        let found = found.as_array().unwrap().iter();
        found
            .map(|one| Violation {
                rule: one["rule"].as_str().unwrap().to_owned(),
                help: one["help"].as_str().unwrap().to_owned(),
                places: serde_json::from_value(one["places"].clone()).unwrap(),
            })
            .collect()
    }

    /// Keeps a picture of the whole page, as PNG.
    pub(crate) async fn screenshot(&self, path: &Path) {
        self.ask("screenshot", json!({ "path": path })).await;
    }

    /// The page breaks no rule of accessibility, fits into its window, and nothing has complained.
    pub(crate) async fn expect_sound(&self) {
        let url = self.url().await;
        let violations = self.axe().await;
        assert!(violations.is_empty(), "{url}: {violations:#?}");
        assert!(self.fits().await, "{url} is wider than its window");
        assert_eq!(self.complaints().await, Vec::<String>::new(), "{url}");
    }

    async fn text_by(&self, deed: &str, asked: Value) -> String {
        self.ask(deed, asked).await.as_str().unwrap().to_owned()
    }

    async fn ask(&self, deed: &str, mut asked: Value) -> Value {
        asked["do"] = json!(deed);
        asked["page"] = json!(self.number);
        let mut program = self.browser.program.lock().await;
        program.say(&asked.to_string());
        let answer = program.hear().await;
        let mut answer: Value = serde_json::from_str(&answer).unwrap();
        assert!(answer.get("failed").is_none(), "{asked}: {}", answer["failed"]);
        answer["done"].take()
    }
}

fn named(role: &str, name: &str) -> Value {
    json!({"role": role, "name": (!name.is_empty()).then_some(name)})
}
