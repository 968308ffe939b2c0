//! Every page in every state, with canned contents, in every language: for eyes, for programs that look at pages, and for
//! whoever tries a branding on. Each page module hangs its own; a new one is added to [`ROOMS`], once.

use crate::assets as files;
use crate::brand::Brand;
use crate::brand_files;
use crate::form::Form;
use crate::locale::Locale;
use crate::page::Frame;
use crate::scripts::Nonce;
use crate::texts::Texts;
use crate::visit::Visit;
use crate::{authorize, company, link, mapping, palette, quickbooks, refusal};
use askama::{Error, Template};
use axum::http::{HeaderMap, Uri};
use domain::branding::Branding;
use domain::client_settings::Profile;
use domain::ids::ClientId;

/// What hangs a module's pages.
type Room = fn(&Hall) -> Result<Vec<Picture>, Error>;

/// Where pages hang.
const ROOMS: &[Room] = &[
    company::pictures,
    quickbooks::pictures,
    authorize::pictures,
    mapping::pictures,
    link::pictures,
    refusal::pictures,
];

const HOME: &str = "/link/00000000-0000-4000-8000-000000000000";

/// A page as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// Which page in which state, such as `quickbooks-waiting`.
    pub name: String,
    /// In which language: `en`, `fr-CA`, `fr-FR`, or `pseudo`, which nobody speaks and which is longer than any.
    pub language: &'static str,
    /// The page.
    pub html: String,
    /// Its content policy.
    pub policy: String,
}

/// All pages of a client.
pub fn gallery(
    client: ClientId,
    profile: &Profile,
    branding: &Branding,
) -> Result<Vec<Picture>, Error> {
    let brand = Brand::of(client, profile, branding);
    let mut pictures = Vec::new();
    for language in Language::ALL {
        let hall = Hall { brand: brand.clone(), language, home: HOME.to_owned() };
        for hang in ROOMS {
            pictures.append(&mut hang(&hall)?);
        }
    }
    Ok(pictures)
}

/// The stylesheets and the script that a client's pages name, each with its path.
pub fn assets(client: ClientId, branding: &Branding) -> Vec<(String, String)> {
    let own = palette::stylesheet(&branding.look);
    let own = own.map(|css| (brand_files::style_path(client, &css), css));
    let style = (files::style_path(), files::STYLE.to_owned());
    let script = (files::script_path(), files::SCRIPT.to_owned());
    [style, script].into_iter().chain(own).collect()
}

#[derive(Clone, Copy, Debug)]
enum Language {
    Spoken(Locale),
    Pseudo,
}

impl Language {
    const ALL: [Self; 4] = [
        Self::Spoken(Locale::English),
        Self::Spoken(Locale::CanadianFrench),
        Self::Spoken(Locale::French),
        Self::Pseudo,
    ];
}

/// One client's pages in one language.
#[derive(Clone, Debug)]
pub(crate) struct Hall {
    brand: Brand,
    language: Language,
    home: String,
}

impl Hall {
    /// The frame of a page.
    pub(crate) fn frame(&self) -> Frame {
        let locale = match self.language {
            Language::Spoken(locale) => locale,
            Language::Pseudo => Locale::English,
        };
        let uri: Uri = format!("{}?locale={}", self.home, locale.tag()).parse().unwrap_or_default();
        let visit = Visit::of(&uri, &HeaderMap::new()).with_nonce(Nonce::canned());
        let mut frame = Frame::new(&visit, Some(self.brand.clone()));
        if let Language::Pseudo = self.language {
            frame.texts = Texts::pseudo(Some(&self.brand.name));
        }
        frame
    }

    /// Where the pages begin.
    pub(crate) fn home(&self) -> String {
        self.home.clone()
    }

    /// A form that leads nowhere.
    pub(crate) fn form(&self, step: &str) -> Form {
        Form { action: format!("{}/{step}", self.home), token: "0".repeat(64) }
    }

    /// Hangs a page.
    pub(crate) fn hang(
        &self,
        name: impl Into<String>,
        frame: &Frame,
        content: &impl Template,
    ) -> Result<Picture, Error> {
        let language = match self.language {
            Language::Spoken(locale) => locale.tag(),
            Language::Pseudo => "pseudo",
        };
        let (name, policy) = (name.into(), frame.content_policy());
        Ok(Picture { name, language, html: content.render()?, policy })
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use domain::branding::{Callout, Callouts, Colour, Look};
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use std::collections::BTreeSet;
    use std::io::Write as _;

    /// HTML with its stylesheets and its script, compressed by gzip: what a slow telephone has within a second.
    const PAGE_BYTES_MAX: usize = 30_000;

    fn gzip_bytes(text: &[u8]) -> usize {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap().len()
    }

    fn client() -> ClientId {
        ClientId::new(uuid::Uuid::nil())
    }

    /// Of a client with a colour, and with much to say.
    fn branding() -> Branding {
        let callout =
            |text: &str, chars| Callout::parse(&text.repeat(50), &text.repeat(chars)).ok();
        let look = Look {
            primary: Some(Colour::new(255, 255, 0)),
            callouts: Callouts { english: callout("W", 150), french: None },
            ..Look::default()
        };
        Branding { look, ..Branding::default() }
    }

    /// All pages of that client.
    pub(crate) fn pictures() -> Vec<Picture> {
        let profile = Profile {
            name: "Bank".to_owned(),
            redirect: None,
            logo_url: None,
            icon_url: None,
            white_list: Vec::new(),
        };
        gallery(client(), &profile, &branding()).unwrap()
    }

    #[test]
    fn every_template_of_a_page_hangs_in_every_language() {
        let pictures = pictures();
        let names = |language| {
            let own = pictures.iter().filter(|picture| picture.language == language);
            own.map(|picture| picture.name.as_str()).collect::<Vec<_>>()
        };
        let english = names("en");
        assert_eq!(english.iter().collect::<BTreeSet<_>>().len(), english.len(), "{english:?}");
        for language in ["fr-CA", "fr-FR", "pseudo"] {
            assert_eq!(names(language), english);
        }
        assert!(english.len() > 25, "{english:?}");
    }

    #[test]
    fn a_page_is_small_and_asks_for_nothing_that_it_must_not() {
        let files = assets(client(), &branding()).into_iter();
        let files: Vec<_> = files.map(|(path, file)| (path, gzip_bytes(file.as_bytes()))).collect();
        for Picture { name, html, .. } in pictures() {
            let is_named = |path: &str| html.contains(&format!("=\"{path}\""));
            let named: Vec<_> = files.iter().filter(|(path, _)| is_named(path)).collect();
            let links = html.matches("rel=\"stylesheet\"").count();
            assert_eq!(named.len(), links + html.matches("<script ").count(), "{name}: {html}");
            let own = gzip_bytes(html.as_bytes());
            let bytes = named.iter().fold(own, |sum, (_, bytes)| sum + bytes);
            assert!(bytes <= PAGE_BYTES_MAX, "{name}: {bytes}");
            assert!(!html.contains("style="), "{name}: {html}");
            assert_eq!(html.matches("<script ").count(), 1, "{name}: {html}");
            assert_eq!(html.matches("<h1").count(), 1, "{name}: {html}");
        }
    }
}
