//! A client's own words on its pages: plain text, as long as the contract says, counted as people count characters.

use super::{BRAND_NAME_CHARS_MAX, CALLOUT_BODY_CHARS_MAX, CALLOUT_TITLE_CHARS_MAX};
use thiserror::Error;
use unicode_segmentation::UnicodeSegmentation as _;

/// A line of plain text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrandWords(String);

/// A few words that a client wants to say: a title and a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Callout {
    /// At most [`CALLOUT_TITLE_CHARS_MAX`].
    pub title: BrandWords,
    /// At most [`CALLOUT_BODY_CHARS_MAX`].
    pub body: BrandWords,
}

/// The same in each language.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Callouts {
    /// In English.
    pub english: Option<Callout>,
    /// In French.
    pub french: Option<Callout>,
}

/// A language that callouts are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CalloutLanguage {
    /// English.
    English,
    /// French.
    French,
}

/// Why words are refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum WordsError {
    /// There are none.
    #[error("it is empty")]
    Empty,
    /// There are too many.
    #[error("it has {chars} characters, at most {chars_max} fit on the page")]
    TooLong {
        /// As people count.
        chars: usize,
        /// See `chars`.
        chars_max: usize,
    },
    /// It has a line break or another control character.
    #[error("it must be one line of plain text")]
    NotPlain,
}

impl BrandWords {
    /// A name.
    pub fn name(text: &str) -> Result<Self, WordsError> {
        Self::parse(text, BRAND_NAME_CHARS_MAX)
    }

    /// A callout's title.
    pub fn title(text: &str) -> Result<Self, WordsError> {
        Self::parse(text, CALLOUT_TITLE_CHARS_MAX)
    }

    /// A callout's body.
    pub fn body(text: &str) -> Result<Self, WordsError> {
        Self::parse(text, CALLOUT_BODY_CHARS_MAX)
    }

    fn parse(text: &str, chars_max: usize) -> Result<Self, WordsError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(WordsError::Empty);
        }
        if text.chars().any(char::is_control) {
            return Err(WordsError::NotPlain);
        }
        let chars = text.graphemes(true).count();
        if chars > chars_max {
            return Err(WordsError::TooLong { chars, chars_max });
        }
        Ok(Self(text.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Callout {
    /// Of its title and its body.
    pub fn parse(title: &str, body: &str) -> Result<Self, WordsError> {
        Ok(Self { title: BrandWords::title(title)?, body: BrandWords::body(body)? })
    }
}

impl Callouts {
    /// The one in that language, else the one in the other; and in which language it is.
    pub fn nearest(&self, wanted: CalloutLanguage) -> Option<(CalloutLanguage, &Callout)> {
        let english = self.english.as_ref().map(|callout| (CalloutLanguage::English, callout));
        let french = self.french.as_ref().map(|callout| (CalloutLanguage::French, callout));
        match wanted {
            CalloutLanguage::English => english.or(french),
            CalloutLanguage::French => french.or(english),
        }
    }
}

impl CalloutLanguage {
    /// For `lang`.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::French => "fr",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use CalloutLanguage::{English, French};

    #[test]
    fn words_are_counted_as_people_count() {
        // One family of seven code points, and an accent that stands apart.
        for char in ["x", "é", "e\u{301}", "👨‍👩‍👧‍👦"] {
            assert!(BrandWords::title(&char.repeat(50)).is_ok(), "{char}");
            let error = WordsError::TooLong { chars: 51, chars_max: 50 };
            assert_eq!(BrandWords::title(&char.repeat(51)), Err(error), "{char}");
            assert!(BrandWords::body(&char.repeat(150)).is_ok(), "{char}");
            assert!(BrandWords::body(&char.repeat(151)).is_err(), "{char}");
        }
    }

    #[test]
    fn words_are_one_line_of_plain_text() {
        assert_eq!(BrandWords::name(" Bank <b> ").unwrap().as_str(), "Bank <b>");
        for (text, error) in [
            ("", WordsError::Empty),
            (" \n", WordsError::Empty),
            ("a\nb", WordsError::NotPlain),
            ("a\0b", WordsError::NotPlain),
        ] {
            assert_eq!(BrandWords::name(text), Err(error), "{text:?}");
        }
    }

    #[test]
    fn a_callout_is_shown_in_the_other_language_rather_than_not_at_all() {
        let callout = |text: &str| Some(Callout::parse(text, text).unwrap());
        let (english, french) = (callout("one"), callout("un"));
        let both = Callouts { english: english.clone(), french: french.clone() };
        let only = |english, french| Callouts { english, french };
        let said = |callouts: &Callouts, wanted| {
            let found = callouts.nearest(wanted);
            found.map(|(language, callout)| (language.tag(), callout.title.as_str().to_owned()))
        };
        let (one, un) = (Some(("en", "one".to_owned())), Some(("fr", "un".to_owned())));
        assert_eq!((said(&both, English), said(&both, French)), (one.clone(), un.clone()));
        assert_eq!(said(&only(None, french), English), un);
        assert_eq!(said(&only(english, None), French), one);
        assert_eq!(said(&Callouts::default(), French), None);
    }
}
