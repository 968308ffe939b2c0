//! The least browser: it keeps cookies, follows redirects when asked to, and sends a page's forms.

use crate::harness::{Caller, Reply};
use reqwest::Method;
use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use std::collections::BTreeMap;

/// One person's browser.
#[derive(Clone)]
pub(super) struct Browser {
    url: String,
    http: reqwest::Client,
    cookies: BTreeMap<String, String>,
}

/// A page that was shown.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) reply: Reply,
}

impl Browser {
    /// A new one, for a server.
    pub(super) fn new(url: &str) -> Self {
        let none = reqwest::redirect::Policy::none();
        let http = reqwest::Client::builder().no_proxy().redirect(none).build().unwrap();
        Self { url: url.to_owned(), http, cookies: BTreeMap::new() }
    }

    /// A request with the cookies, which are kept up to date by [`Browser::send`].
    pub(super) fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let url =
            if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.url) };
        let cookies: Vec<_> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        self.http.request(method, url).header(COOKIE, cookies.join("; "))
    }

    /// Sends a request and keeps the cookies of its answer.
    pub(super) async fn send(&mut self, request: reqwest::RequestBuilder) -> Reply {
        let reply = Caller::send(request).await;
        for cookie in reply.headers.get_all(SET_COOKIE) {
            let (name, rest) = cookie.to_str().unwrap().split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        reply
    }

    /// Opens a page without following where it leads.
    pub(super) async fn get(&mut self, path: &str) -> Reply {
        self.send(self.request(Method::GET, path)).await
    }

    /// Opens a page, following redirects on this server.
    pub(super) async fn open(&mut self, path: &str) -> Page {
        let mut path = path.to_owned();
        for _ in 0..5 {
            let reply = self.get(&path).await;
            match reply.headers.get(LOCATION) {
                Some(location) => location.to_str().unwrap().clone_into(&mut path),
                None => return Page { reply },
            }
        }
        panic!("{path} leads round and round");
    }

    /// Sends the form of a page that leads to `step`, and follows where it leads.
    pub(super) async fn submit(&mut self, page: &Page, step: &str) -> Page {
        self.submit_with(page, step, "").await
    }

    /// The same with what somebody typed, as it is sent.
    pub(super) async fn submit_with(&mut self, page: &Page, step: &str, typed: &str) -> Page {
        let (action, hidden) = page.form(step);
        let fields = [hidden, typed.to_owned()].join("&");
        let request = self.request(Method::POST, &action).header("Origin", self.url.clone());
        let request = request.header("Content-Type", "application/x-www-form-urlencoded");
        let reply = self.send(request.body(fields)).await;
        match reply.headers.get(LOCATION) {
            Some(location) => self.open(location.to_str().unwrap()).await,
            None => Page { reply },
        }
    }

    /// Keeps a cookie that no answer has set.
    pub(super) fn keep(&mut self, name: &str, value: &str) {
        self.cookies.insert(name.to_owned(), value.to_owned());
    }

    /// The cookies, by name.
    pub(super) const fn cookies(&self) -> &BTreeMap<String, String> {
        &self.cookies
    }
}

impl Page {
    /// The same page, which must have that status.
    #[track_caller]
    pub(super) fn expect(self, status: u16) -> Self {
        Self { reply: self.reply.expect(status) }
    }

    /// The HTML.
    pub(super) fn html(&self) -> &str {
        &self.reply.text
    }

    /// The action of the form that leads to `step`, and its hidden fields as they are sent.
    #[track_caller]
    pub(super) fn form(&self, step: &str) -> (String, String) {
        let forms = self.html().split("<form method=\"post\" action=\"").skip(1);
        let mut forms = forms.filter_map(|form| form.split("</form>").next()?.split_once('"'));
        let form = forms.find(|(action, _)| action.ends_with(&format!("/{step}")));
        let (action, rest) = form.unwrap_or_else(|| panic!("no form to {step} in {}", self.html()));
        let inputs = rest.split("<input type=\"hidden\" name=\"").skip(1);
        let fields = inputs.map(|input| {
            let (name, rest) = input.split_once("\" value=\"").unwrap();
            format!("{name}={}", rest.split('"').next().unwrap())
        });
        (action.to_owned(), fields.collect::<Vec<_>>().join("&"))
    }

    /// The address of the first link that ends so.
    #[track_caller]
    pub(super) fn href(&self, end: &str) -> String {
        let mut links =
            self.html().split(" href=\"").skip(1).filter_map(|rest| rest.split('"').next());
        let link = links.find(|link| link.ends_with(end));
        link.unwrap_or_else(|| panic!("no link to {end} in {}", self.html())).to_owned()
    }

    /// After how many seconds the page looks again by itself, with scripts and without.
    #[track_caller]
    pub(super) fn refresh_secs(&self) -> Option<String> {
        let marked = self.html().split_once(" tabindex=\"-1\" data-every=\"");
        let marked = marked.and_then(|(_, rest)| rest.split('"').next()).map(str::to_owned);
        let header =
            self.reply.headers.get("refresh").map(|secs| secs.to_str().unwrap().to_owned());
        assert_eq!(marked, header);
        marked
    }

    /// What stands in the field of that id.
    #[track_caller]
    pub(super) fn value_of(&self, id: &str) -> String {
        let (_, rest) = self.html().split_once(&format!("<input id=\"{id}\"")).unwrap();
        let (_, value) = rest.split_once("value=\"").unwrap();
        value.split('"').next().unwrap().to_owned()
    }

    /// Fails when the page does not say so.
    #[track_caller]
    pub(super) fn says(&self, text: &str) -> &Self {
        assert!(self.html().contains(text), "{text:?} is not in {}", self.html());
        self
    }

    /// Fails when the page says so.
    #[track_caller]
    pub(super) fn says_not(&self, text: &str) -> &Self {
        assert!(!self.html().contains(text), "{text:?} is in {}", self.html());
        self
    }
}
