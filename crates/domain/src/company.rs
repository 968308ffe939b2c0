//! A company: one customer of a client.

use crate::connection::Connection;
use crate::ids::{ClientId, CompanyId};
use crate::query::{Kind, Property, PropertySpec, Queryable};
use jiff::Timestamp;
use std::collections::BTreeMap;
use thiserror::Error;

/// The contract's limit.
pub const TAGS_MAX: usize = 10;
/// The contract's limit.
pub const TAG_VALUE_CHARS_MAX: usize = 100;
/// Keys are written into filters and URLs; longer than a value makes no sense.
pub const TAG_KEY_CHARS_MAX: usize = 100;
/// Longer than any registered name, short enough for one line of a page.
pub const COMPANY_NAME_CHARS_MAX: usize = 500;
/// A paragraph.
pub const COMPANY_DESCRIPTION_CHARS_MAX: usize = 2_000;

/// One customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Company {
    /// Never changes.
    pub id: CompanyId,
    /// Whose customer.
    pub client: ClientId,
    /// What it is called.
    pub name: CompanyName,
    /// Free text; empty when none was given.
    pub description: String,
    /// The client's own labels.
    pub tags: Tags,
    /// When it was made.
    pub created_at: Timestamp,
    /// Its connections, oldest first; a new company has none.
    pub connections: Vec<Connection>,
}

/// What a list of companies can be asked for.
pub const COMPANY_PROPERTIES: &[PropertySpec] = &[
    PropertySpec::new("id", Kind::Text),
    PropertySpec::new("name", Kind::Text),
    PropertySpec::new("description", Kind::Text),
    PropertySpec::new("created", Kind::Moment),
    PropertySpec::new("lastSync", Kind::Moment),
    PropertySpec::new("dataConnections.id", Kind::Text),
    PropertySpec::new("dataConnections.integrationKey", Kind::Text),
    PropertySpec::new("dataConnections.platformName", Kind::Text),
    PropertySpec::new("dataConnections.sourceType", Kind::Text),
    PropertySpec::new("dataConnections.status", Kind::Text),
];

/// A name of letters, digits, spaces and `-',&@.?!`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompanyName(String);

/// At most ten labels.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tags(BTreeMap<String, String>);

/// Why a company cannot be as asked.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CompanyError {
    /// Nothing is left of the name.
    #[error(
        "name has no allowed character: use letters A-Z, digits, spaces and any of - ' , & @ . ? !"
    )]
    EmptyName,
    /// The name is too long.
    #[error("name is longer than {COMPANY_NAME_CHARS_MAX} characters")]
    LongName,
    /// The description is too long.
    #[error("description is longer than {COMPANY_DESCRIPTION_CHARS_MAX} characters")]
    LongDescription,
    /// Too many tags.
    #[error("{0} tags are given, at most {TAGS_MAX} are kept")]
    TooManyTags(usize),
    /// A tag without a name, or with one too long.
    #[error("a tag's name has 1 to {TAG_KEY_CHARS_MAX} characters")]
    TagKey,
    /// A tag's value is too long.
    #[error("the value of {0:?} is longer than {TAG_VALUE_CHARS_MAX} characters")]
    LongTagValue(String),
}

/// What to change; what is absent stays.
#[derive(Clone, Debug, Default)]
pub struct CompanyChange {
    /// A new name.
    pub name: Option<CompanyName>,
    /// A new description.
    pub description: Option<String>,
    /// All tags anew.
    pub tags: Option<Tags>,
}

impl CompanyName {
    /// Drops what the contract does not allow, silently, as it demands; refuses a name of which nothing is left.
    pub fn clean(text: &str) -> Result<Self, CompanyError> {
        let allowed = |c: &char| {
            c.is_ascii_alphanumeric()
                || c.is_ascii_whitespace()
                || matches!(c, '-' | '\'' | ',' | '&' | '@' | '.' | '?' | '!')
        };
        let cleaned: String = text.chars().filter(allowed).collect();
        let cleaned = cleaned.trim();
        if cleaned.is_empty() {
            return Err(CompanyError::EmptyName);
        }
        if cleaned.len() > COMPANY_NAME_CHARS_MAX {
            return Err(CompanyError::LongName);
        }
        Ok(Self(cleaned.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Tags {
    /// Checks number and lengths.
    pub fn new(tags: BTreeMap<String, String>) -> Result<Self, CompanyError> {
        if tags.len() > TAGS_MAX {
            return Err(CompanyError::TooManyTags(tags.len()));
        }
        for (key, value) in &tags {
            if key.is_empty() || key.chars().count() > TAG_KEY_CHARS_MAX {
                return Err(CompanyError::TagKey);
            }
            if value.chars().count() > TAG_VALUE_CHARS_MAX {
                return Err(CompanyError::LongTagValue(key.clone()));
            }
        }
        Ok(Self(tags))
    }

    /// All of them, by name.
    pub const fn all(&self) -> &BTreeMap<String, String> {
        &self.0
    }
}

/// Checks a description's length.
pub fn check_description(text: String) -> Result<String, CompanyError> {
    if text.chars().count() > COMPANY_DESCRIPTION_CHARS_MAX {
        return Err(CompanyError::LongDescription);
    }
    Ok(text)
}

impl Company {
    /// When the newest of its connections' feeds was fetched or sent; nothing when none was.
    pub fn synced_at(&self) -> Option<Timestamp> {
        self.connections.iter().filter_map(|connection| connection.synced_at).max()
    }

    /// The company as it is after `change`.
    #[must_use]
    pub fn changed(mut self, change: CompanyChange) -> Self {
        if let Some(name) = change.name {
            self.name = name;
        }
        if let Some(description) = change.description {
            self.description = description;
        }
        if let Some(tags) = change.tags {
            self.tags = tags;
        }
        self
    }
}

impl Queryable for Company {
    fn property(&self, path: &str) -> Property<'_> {
        if let Some(path) = path.strip_prefix("dataConnections.") {
            return Property::Many(self.connections.iter().map(|c| c.property(path)).collect());
        }
        match path {
            "id" => self.id.to_string().into(),
            "name" => self.name.as_str().into(),
            "description" => self.description.as_str().into(),
            "created" => self.created_at.into(),
            "lastSync" => self.synced_at().into(),
            _ => Property::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forbidden_characters_of_a_name_are_dropped() {
        let clean = |text| CompanyName::clean(text).map(|name| name.as_str().to_owned());
        assert_eq!(clean("A (B[1])").unwrap(), "A B1");
        assert_eq!(clean("Elaborate Events, Inc").unwrap(), "Elaborate Events, Inc");
        assert_eq!(clean("東京"), Err(CompanyError::EmptyName));
    }

    #[test]
    fn tags_have_limits() {
        let many = (0..11).map(|n| (n.to_string(), String::new())).collect();
        assert_eq!(Tags::new(many), Err(CompanyError::TooManyTags(11)));
        let long = BTreeMap::from([("tier".to_owned(), "é".repeat(101))]);
        assert_eq!(Tags::new(long), Err(CompanyError::LongTagValue("tier".to_owned())));
        assert!(Tags::new(BTreeMap::from([("tier".to_owned(), "é".repeat(100))])).is_ok());
    }
}
