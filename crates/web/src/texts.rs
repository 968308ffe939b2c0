//! Everything that pages say, from the catalogues in `locales/`. A text may name the bank and the software, so both are
//! at hand in every one.

use crate::locale::Locale;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use std::borrow::Cow;
use std::fmt;
use std::sync::LazyLock;
use tracing::error;
use unic_langid::LanguageIdentifier;

type Bundle = FluentBundle<FluentResource>;

macro_rules! catalogue {
    ($folder:literal) => {
        [
            include_str!(concat!("../locales/", $folder, "/common.ftl")),
            include_str!(concat!("../locales/", $folder, "/refusal.ftl")),
            include_str!(concat!("../locales/", $folder, "/link.ftl")),
            include_str!(concat!("../locales/", $folder, "/company.ftl")),
            include_str!(concat!("../locales/", $folder, "/quickbooks.ftl")),
            include_str!(concat!("../locales/", $folder, "/authorize.ftl")),
            include_str!(concat!("../locales/", $folder, "/mapping.ftl")),
            include_str!(concat!("../locales/", $folder, "/written.ftl")),
        ]
    };
}

static ENGLISH: LazyLock<Bundle> = LazyLock::new(|| build(Locale::English));
static CANADIAN_FRENCH: LazyLock<Bundle> = LazyLock::new(|| build(Locale::CanadianFrench));
/// In a language that nobody speaks: what a catalogue does not say is seen, and so is what is too narrow for more.
static PSEUDO: LazyLock<Bundle> = LazyLock::new(|| {
    let mut bundle = build(Locale::English);
    bundle.set_transform(Some(lengthen));
    bundle
});
static FRENCH: LazyLock<Bundle> = LazyLock::new(|| build(Locale::French));

/// What pages say in one language.
#[derive(Clone)]
pub(crate) struct Texts {
    locale: Locale,
    bundle: &'static Bundle,
    bank: String,
    software: String,
}

impl fmt::Debug for Texts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Texts({:?})", self.locale)
    }
}

impl Texts {
    /// Texts of pages of the bank of that name.
    pub(crate) fn new(locale: Locale, bank: Option<&str>) -> Self {
        let bundle: &'static Bundle = match locale {
            Locale::English => &ENGLISH,
            Locale::CanadianFrench => &CANADIAN_FRENCH,
            Locale::French => &FRENCH,
        };
        Self::with_bundle(locale, bundle, bank)
    }

    /// The same in a language that nobody speaks.
    pub(crate) fn pseudo(bank: Option<&str>) -> Self {
        Self::with_bundle(Locale::English, &PSEUDO, bank)
    }

    fn with_bundle(locale: Locale, bundle: &'static Bundle, bank: Option<&str>) -> Self {
        let texts = Self { locale, bundle, bank: String::new(), software: String::new() };
        let bank = bank.map_or_else(|| texts.get("bank-unknown"), str::to_owned);
        Self { bank, ..texts }
    }

    /// The same, about that software.
    pub(crate) fn about(self, software: &str) -> Self {
        Self { software: software.to_owned(), ..self }
    }

    /// The language.
    pub(crate) const fn locale(&self) -> Locale {
        self.locale
    }

    /// A text.
    pub(crate) fn get(&self, key: &str) -> String {
        self.format(key, [])
    }

    /// A text with something more in it.
    pub(crate) fn with(&self, key: &str, name: &'static str, value: &str) -> String {
        self.format(key, [(name, value.into())])
    }

    /// A text with `$count` in it.
    pub(crate) fn count(&self, key: &str, count: usize) -> String {
        self.format(key, [("count", count.into())])
    }

    /// A text with several things in it.
    pub(crate) fn all(&self, key: &str, values: &[(&'static str, &str)]) -> String {
        self.format(key, values.iter().map(|(name, value)| (*name, (*value).into())))
    }

    fn format<'a>(
        &self,
        key: &str,
        more: impl IntoIterator<Item = (&'static str, FluentValue<'a>)>,
    ) -> String {
        let Some(pattern) = self.bundle.get_message(key).and_then(|message| message.value()) else {
            debug_assert!(false, "no text {key}");
            error!(key, "a text is missing");
            return key.to_owned();
        };
        let mut arguments = FluentArgs::new();
        arguments.set("bank", self.bank.as_str());
        arguments.set("software", self.software.as_str());
        for (name, value) in more {
            arguments.set(name, value);
        }
        let mut faults = Vec::new();
        let text = self.bundle.format_pattern(pattern, Some(&arguments), &mut faults);
        debug_assert!(faults.is_empty(), "{key}: {faults:?}");
        text.into_owned()
    }
}

/// A third longer, with marks at both ends of each piece and letters that nobody would write by hand: what has them came
/// from a catalogue.
fn lengthen(text: &str) -> Cow<'_, str> {
    let accented: String = text
        .chars()
        .map(|letter| match letter {
            'a' => 'á',
            'e' => 'é',
            'i' => 'í',
            'o' => 'ó',
            'u' => 'ú',
            other => other,
        })
        .collect();
    let longer = text.len().checked_div(3).unwrap_or_default();
    format!("⟦{accented}{}⟧", "~".repeat(longer)).into()
}

const fn sources(locale: Locale) -> [&'static str; 8] {
    match locale {
        Locale::English => catalogue!("en"),
        Locale::CanadianFrench => catalogue!("fr-CA"),
        Locale::French => catalogue!("fr-FR"),
    }
}

fn build(locale: Locale) -> Bundle {
    let id: LanguageIdentifier = locale.tag().parse().unwrap_or_default();
    let mut bundle = Bundle::new_concurrent(vec![id]);
    // All our languages run from left to right: marks around each name would only be in the way of who copies it.
    bundle.set_use_isolating(false);
    for source in sources(locale) {
        // Faults in catalogues are found by the tests; what can be read of them is used.
        let resource =
            FluentResource::try_new(source.to_owned()).unwrap_or_else(|(resource, faults)| {
                error!(?faults, locale = locale.tag(), "a catalogue has faults");
                resource
            });
        if let Err(faults) = bundle.add_resource(resource) {
            error!(?faults, locale = locale.tag(), "a catalogue says something twice");
        }
    }
    bundle
}

#[cfg(test)]
#[path = "texts_tests.rs"]
pub(crate) mod tests;
