//! A customer's browser, as far as our pages and the simulated consent page need one: cookies, redirects that are looked
//! at one by one, and forms.

use anyhow::{anyhow, bail};
use reqwest::header::{CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{Client, Url};
use std::collections::BTreeMap;
use std::time::Duration;
use url::form_urlencoded;

/// No journey of ours has so many steps.
const REDIRECTS_MAX: usize = 10;
const ANSWER_SECS_MAX: u64 = 60;

/// One customer's browser.
#[derive(Debug)]
pub(super) struct Browser {
    http: Client,
    /// By host.
    cookies: BTreeMap<String, BTreeMap<String, String>>,
}

/// A page as it came.
#[derive(Clone, Debug)]
pub(super) struct Page {
    pub(super) url: Url,
    pub(super) status: u16,
    pub(super) body: String,
}

/// A form on a page: where it goes, and what it carries by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Form {
    pub(super) action: String,
    pub(super) fields: Vec<(String, String)>,
}

impl Browser {
    #[expect(clippy::disallowed_methods, reason = "a command calls the user's own server")]
    pub(super) fn new() -> anyhow::Result<Self> {
        let bound = Duration::from_secs(ANSWER_SECS_MAX);
        let http = Client::builder().redirect(Policy::none()).timeout(bound).build()?;
        Ok(Self { http, cookies: BTreeMap::new() })
    }

    /// Opens an address, and follows wherever it leads.
    pub(super) async fn open(&mut self, url: Url) -> anyhow::Result<Page> {
        let mut answer = self.call(url, None).await?;
        for _ in 0..REDIRECTS_MAX {
            match answer {
                Answer::Page(page) => return Ok(page),
                Answer::Elsewhere(url) => answer = self.call(url, None).await?,
            }
        }
        bail!("the pages lead in a circle")
    }

    /// Sends a form of a page, with what the customer filled in, and follows wherever it leads.
    pub(super) async fn send(
        &mut self,
        page: &Page,
        form: &Form,
        filled: &[(&str, &str)],
    ) -> anyhow::Result<Page> {
        let mut fields = form.fields.clone();
        fields.extend(filled.iter().map(|(name, value)| ((*name).into(), (*value).into())));
        match self.call(page.url.join(&form.action)?, Some(&fields)).await? {
            Answer::Page(page) => Ok(page),
            Answer::Elsewhere(url) => self.open(url).await,
        }
    }

    async fn call(
        &mut self,
        url: Url,
        form: Option<&Vec<(String, String)>>,
    ) -> anyhow::Result<Answer> {
        let request = match form {
            Some(fields) => {
                let body =
                    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
                let form = "application/x-www-form-urlencoded";
                self.http.post(url.clone()).header(CONTENT_TYPE, form).body(body)
            }
            None => self.http.get(url.clone()),
        };
        let host = url.host_str().unwrap_or_default().to_owned();
        let cookies = self.cookies.entry(host).or_default();
        let told: Vec<_> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let answer = request.header(COOKIE, told.join("; ")).send().await;
        let answer = answer.map_err(|error| anyhow!("{url} does not answer: {error}"))?;
        for cookie in answer.headers().get_all(SET_COOKIE) {
            let pair = cookie.to_str().unwrap_or_default().split(';').next().unwrap_or_default();
            if let Some((name, value)) = pair.split_once('=') {
                cookies.insert(name.trim().to_owned(), value.to_owned());
            }
        }
        let elsewhere = answer.headers().get(LOCATION).and_then(|value| value.to_str().ok());
        if let Some(elsewhere) = elsewhere.filter(|_| answer.status().is_redirection()) {
            return Ok(Answer::Elsewhere(url.join(elsewhere)?));
        }
        let status = answer.status().as_u16();
        Ok(Answer::Page(Page { url, status, body: answer.text().await? }))
    }
}

enum Answer {
    Page(Page),
    Elsewhere(Url),
}

impl Page {
    /// The form that goes to an address which ends so; of a form without one, to the page's own.
    pub(super) fn form(&self, ending: &str) -> Option<Form> {
        let forms = self.body.split("<form").skip(1);
        let forms = forms.filter_map(|rest| rest.split_once("</form>").map(|(form, _)| form));
        for form in forms {
            let (tag, inside) = form.split_once('>')?;
            let action = attribute(tag, "action").unwrap_or_else(|| self.url.to_string());
            if !action.ends_with(ending) {
                continue;
            }
            let inputs = inside.split("<input").skip(1);
            let inputs = inputs.filter_map(|rest| rest.split_once('>').map(|(tag, _)| tag));
            let hidden = inputs.filter(|tag| attribute(tag, "type").as_deref() == Some("hidden"));
            let field = |tag: &str| Some((attribute(tag, "name")?, attribute(tag, "value")?));
            return Some(Form { action, fields: hidden.filter_map(field).collect() });
        }
        None
    }

    /// The values that a page offers under a name, in radio buttons or in a list.
    pub(super) fn choices(&self, name: &str) -> Vec<String> {
        let radios = self.body.split("<input").skip(1);
        let radios = radios.filter_map(|rest| rest.split_once('>').map(|(tag, _)| tag));
        let radios = radios.filter(|tag| attribute(tag, "name").as_deref() == Some(name));
        let mut values: Vec<_> = radios.filter_map(|tag| attribute(tag, "value")).collect();
        let list = self.body.split("<select").skip(1).find_map(|rest| {
            let (select, _) = rest.split_once("</select>")?;
            let (tag, inside) = select.split_once('>')?;
            (attribute(tag, "name").as_deref() == Some(name)).then_some(inside)
        });
        let options = list.unwrap_or_default().split("<option").skip(1);
        values.extend(options.filter_map(|rest| attribute(rest.split_once('>')?.0, "value")));
        values
    }

    /// What a person reads: the text without what stands between angle brackets.
    pub(super) fn words(&self) -> String {
        let main = self.body.split_once("<main").map_or(self.body.as_str(), |(_, main)| main);
        let main = main.split_once('>').map_or(main, |(_, inside)| inside);
        let pieces = main.split('<').map(|piece| piece.split_once('>').map_or(piece, |(_, t)| t));
        let words: String = pieces.collect::<Vec<_>>().join(" ");
        plain(&words.split_whitespace().collect::<Vec<_>>().join(" "))
    }
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    rest.split_once('"').map(|(value, _)| plain(value))
}

/// The entities that our pages and the simulator's write.
fn plain(text: &str) -> String {
    let entities =
        [("&quot;", "\""), ("&#34;", "\""), ("&#39;", "'"), ("&lt;", "<"), ("&#60;", "<")];
    let more = [("&gt;", ">"), ("&#62;", ">"), ("&#38;", "&"), ("&amp;", "&")];
    let all = entities.into_iter().chain(more);
    all.fold(text.to_owned(), |text, (entity, letter)| text.replace(entity, letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(body: &str) -> Page {
        let url = Url::parse("http://h/consent?a=1").unwrap();
        Page { url, status: 200, body: body.to_owned() }
    }

    #[test]
    fn forms_and_choices_are_found() {
        let page = page(
            "<main id=\"m\"><h1>Which &amp; why?</h1><form method=\"post\" action=\"/link/7/authorize\">\
             <input type=\"hidden\" name=\"token\" value=\"t&#38;1\"><button>Go</button></form>\
             <form method=\"post\"><select name=\"organisation\"><option value=\"o-1\">One</option>\
             <option value=\"o-2\">Two</option></select></form></main>",
        );
        let form = page.form("/authorize").unwrap();
        assert_eq!(form.action, "/link/7/authorize");
        assert_eq!(form.fields, [("token".to_owned(), "t&1".to_owned())]);
        assert_eq!(page.form("consent?a=1").unwrap().fields, []);
        assert_eq!(page.form("/nowhere"), None);
        assert_eq!(page.choices("organisation"), ["o-1", "o-2"]);
        assert_eq!(page.words(), "Which & why? Go One Two");
    }
}
