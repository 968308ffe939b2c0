//! One page: its frame, which all pages share, and how it is sent.

use crate::assets;
use crate::brand::Brand;
use crate::framing::Ancestor;
use crate::locale::Locale;
use crate::texts::Texts;
use crate::told::Told;
use crate::visit::Visit;
use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use tracing::error;

/// What stands around a page's content. Every page's template has one, as `frame`.
#[derive(Clone, Debug)]
pub(crate) struct Frame {
    /// All that the page says.
    pub(crate) texts: Texts,
    /// Whose page it is; nothing when that is not known.
    pub(crate) brand: Option<Brand>,
    /// A line that tells what was just done.
    pub(crate) notice: Option<Notice>,
    /// After so many seconds the page asks for itself again. It must have a link that stops that.
    pub(crate) refresh_secs: Option<u32>,
    /// Where the stylesheet is.
    pub(crate) style_path: String,
    /// Whether the language can be changed here: not where doing so would lose something.
    pub(crate) has_languages: bool,
    /// Where the script is.
    pub(crate) script_path: String,
    /// Where the software is chosen, seen from the pages of that.
    pub(crate) software_page: Option<String>,
    /// An origin besides ours that the page's forms lead to.
    form_target: Option<String>,
    ancestor: Ancestor,
    told: Option<Told>,
    visit: Visit,
}

/// A line at the top of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Notice {
    /// How it is meant.
    pub(crate) tone: Tone,
    /// The line.
    pub(crate) text: String,
}

/// How a line is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    /// It went well.
    Good,
    /// Somebody should know.
    Warning,
}

impl Tone {
    /// For the stylesheet.
    pub(crate) const fn class(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Warning => "warning",
        }
    }
}

/// One of the languages that a page can be had in.
#[derive(Clone, Debug)]
pub(crate) struct Language {
    /// Which.
    pub(crate) locale: Locale,
    /// Where this page is in it.
    pub(crate) address: String,
    /// Whether the page is in it.
    pub(crate) is_current: bool,
}

impl Frame {
    /// The frame of a page that somebody came to.
    pub(crate) fn new(visit: &Visit, brand: Option<Brand>) -> Self {
        let bank = brand.as_ref().map(|brand| brand.name.as_str());
        Self {
            texts: Texts::new(visit.locale, bank),
            brand,
            notice: None,
            refresh_secs: None,
            style_path: assets::style_path(),
            has_languages: visit.has_address,
            script_path: assets::script_path(),
            software_page: None,
            form_target: None,
            ancestor: Ancestor::Nobody,
            told: None,
            visit: visit.clone(),
        }
    }

    /// The same, about that software: texts may name it as `$software`.
    #[must_use]
    pub(crate) fn about(self, software: &str) -> Self {
        Self { texts: self.texts.about(software), ..self }
    }

    /// The same with a line at the top.
    #[must_use]
    pub(crate) fn with_notice(self, tone: Tone, key: &str) -> Self {
        let text = self.texts.get(key);
        Self { notice: Some(Notice { tone, text }), ..self }
    }

    /// The same, asking for itself again after so many seconds.
    #[must_use]
    pub(crate) fn refreshing(self, secs: u32) -> Self {
        Self { refresh_secs: Some(secs), ..self }
    }

    /// The same for a page that cannot be had a second time.
    #[must_use]
    pub(crate) fn shown_once(self) -> Self {
        Self { has_languages: false, refresh_secs: None, ..self }
    }

    /// The same with forms whose answer leads to another origin: browsers stop that unless the page says so.
    #[must_use]
    pub(crate) fn leading_to(self, origin: &str) -> Self {
        Self { form_target: Some(origin.to_owned()), ..self }
    }

    /// The same, which those may show within a page of theirs.
    #[must_use]
    pub(crate) fn within(self, ancestor: Ancestor) -> Self {
        Self { ancestor, ..self }
    }

    /// The same, which tells this to the page that it is shown within.
    #[must_use]
    pub(crate) fn telling(self, told: Told) -> Self {
        Self { told: Some(told), ..self }
    }

    /// The same, about software that was chosen there.
    #[must_use]
    pub(crate) fn below(self, software_page: String) -> Self {
        Self { software_page: Some(software_page), ..self }
    }

    /// Whether the page is shown within another: what cannot be opens in a window of its own.
    pub(crate) fn is_framed(&self) -> bool {
        self.ancestor != Ancestor::Nobody
    }

    /// Who hears of the page.
    pub(crate) fn listener(&self) -> Option<&str> {
        self.ancestor.listener()
    }

    /// What they hear, as JSON.
    pub(crate) fn told(&self) -> String {
        self.told.as_ref().and_then(|told| serde_json::to_string(told).ok()).unwrap_or_default()
    }

    /// What the page's script shows to be let in.
    pub(crate) fn nonce(&self) -> &str {
        self.visit.nonce.as_str()
    }

    /// A text.
    pub(crate) fn say(&self, key: &str) -> String {
        self.texts.get(key)
    }

    /// A text with something more in it.
    pub(crate) fn say_with(&self, key: &str, name: &'static str, value: &str) -> String {
        self.texts.with(key, name, value)
    }

    /// A text with several things in it.
    pub(crate) fn say_all(&self, key: &str, values: &[(&'static str, &str)]) -> String {
        self.texts.all(key, values)
    }

    /// A text with a number in it, as `$count`.
    pub(crate) fn say_count(&self, key: &str, count: usize) -> String {
        self.texts.count(key, count)
    }

    /// For `lang`.
    pub(crate) fn tag(&self) -> &'static str {
        self.texts.locale().tag()
    }

    /// The languages, for the choice at the top.
    pub(crate) fn languages(&self) -> [Language; Locale::ALL.len()] {
        let current = self.texts.locale();
        Locale::ALL.map(|locale| Language {
            locale,
            address: self.visit.address_in(locale),
            is_current: locale == current,
        })
    }

    /// What browsers may do with the page.
    pub(crate) fn content_policy(&self) -> String {
        let target = self.form_target.as_ref().map(|origin| format!(" {origin}"));
        format!(
            "default-src 'none'; style-src 'self'; script-src 'nonce-{}'; connect-src 'self'; \
             img-src 'self' data: https:; form-action 'self'{}; frame-ancestors {}; base-uri 'none'",
            self.nonce(),
            target.unwrap_or_default(),
            self.ancestor.policy()
        )
    }
}

/// On an answer whose own policy says who may frame it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MayBeFramed;

/// Sends a page.
pub(crate) fn page(status: StatusCode, frame: &Frame, content: &impl Template) -> Response {
    let html = match content.render() {
        Ok(html) => html,
        Err(error) => {
            error!(%error, "a page could not be written");
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
    };
    let mut response = (status, Html(html)).into_response();
    let headers = response.headers_mut();
    if let Ok(policy) = HeaderValue::try_from(frame.content_policy()) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    // With scripts the page looks by itself, and nothing on it moves.
    if let Some(secs) = frame.refresh_secs
        && !frame.visit.has_scripts
    {
        headers.insert(header::REFRESH, secs.into());
    }
    headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(frame.tag()));
    frame.visit.remember_locale(headers);
    if frame.is_framed() {
        response.extensions_mut().insert(MayBeFramed);
    }
    response
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Fails when a page written in the language that nobody speaks has a word that is in no catalogue.
    pub(crate) fn check_words(html: &str) {
        let (_, body) = html.split_once("<body>").unwrap();
        for piece in body.split('<').filter_map(|tag| tag.split_once('>')).map(|(_, text)| text) {
            let text = piece.trim();
            let is_own_name = Locale::ALL.iter().any(|locale| locale.own_name() == text);
            let pieces = text.split('⟦').map(|piece| piece.split('⟧').next_back().unwrap());
            let unsaid: String = pieces.collect::<String>().replace("UTC", "");
            let has_words = unsaid.chars().any(char::is_alphabetic);
            assert!(is_own_name || !has_words, "{unsaid:?} of {text:?} is in no catalogue");
        }
    }

    #[test]
    fn a_form_may_lead_to_one_other_origin() {
        let visit = Visit::of(&"/link/7".parse().unwrap(), &axum::http::HeaderMap::new());
        let frame = Frame::new(&visit, None);
        assert!(frame.content_policy().contains("form-action 'self';"));
        let frame = frame.leading_to("https://login.example");
        assert!(frame.content_policy().contains("form-action 'self' https://login.example;"));
    }
}
