//! The shape of a body, read in one pass: objects with the raw text of the fields that are wanted, lists of them, and
//! what is neither. Nothing is interpreted, and what nobody asks for is skipped without being kept, however deep it is.

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::fmt;

/// A value.
#[derive(Debug)]
pub(crate) enum Node<'a> {
    /// An object.
    Object(RawObject<'a>),
    /// A list.
    List(Items<'a>),
    /// Anything else: what it is, in words.
    Other(&'static str),
}

impl Node<'_> {
    /// What it is, in words.
    pub(crate) const fn kind(&self) -> &'static str {
        match self {
            Self::Object(_) => "an object",
            Self::List(_) => "a list",
            Self::Other(kind) => kind,
        }
    }
}

/// An object's wanted fields.
#[derive(Debug, Default)]
pub(crate) struct RawObject<'a> {
    /// The raw text of each that is there.
    pub(crate) fields: Vec<(&'static str, &'a RawValue)>,
    /// The one field that was to be read as a list, if it is there.
    pub(crate) list: Option<Box<Node<'a>>>,
    /// A wanted name that stands twice.
    pub(crate) repeated: Option<&'static str>,
    /// A name that nobody wants, where that is told.
    pub(crate) stranger: Option<String>,
}

impl<'a> RawObject<'a> {
    /// The raw text of a field; null is as absent.
    pub(crate) fn get(&self, name: &str) -> Option<&'a RawValue> {
        let found = self.fields.iter().find(|(known, _)| *known == name);
        found.map(|(_, raw)| *raw).filter(|raw| raw.get() != "null")
    }
}

/// A list's elements.
#[derive(Debug)]
pub(crate) struct Items<'a> {
    /// The first so many.
    pub(crate) nodes: Vec<Node<'a>>,
    /// How many there are.
    pub(crate) count: usize,
}

/// What to keep of a value.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seed {
    /// Names of an object's wanted fields.
    pub(crate) fields: &'static [&'static str],
    /// A field to read as a list at once.
    pub(crate) list: Option<ListField>,
    /// How many elements of a list to keep; more are only counted, so that a long list costs no memory.
    pub(crate) items_max: usize,
    /// What becomes of an object's other fields.
    pub(crate) others: Others,
}

/// What becomes of fields that nobody wants.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Others {
    /// They are skipped.
    Skipped,
    /// The first is told of; these are skipped all the same.
    Refused { but: &'static [&'static str] },
}

/// A field that holds a list of objects.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ListField {
    /// Its name.
    pub(crate) name: &'static str,
    /// Names of the wanted fields of an element.
    pub(crate) fields: &'static [&'static str],
    /// See [`Seed::items_max`].
    pub(crate) items_max: usize,
}

impl Seed {
    /// An object with such fields.
    pub(crate) const fn object(fields: &'static [&'static str]) -> Self {
        Self { fields, list: None, items_max: 0, others: Others::Skipped }
    }

    /// One object with such fields, or a list of them.
    pub(crate) const fn objects(fields: &'static [&'static str], items_max: usize) -> Self {
        Self { items_max, ..Self::object(fields) }
    }
}

impl<'de> DeserializeSeed<'de> for Seed {
    type Value = Node<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node<'de>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed {
    type Value = Node<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node<'de>, A::Error> {
        let mut object = RawObject::default();
        object.fields.reserve(self.fields.len());
        while let Some(name) = map.next_key_seed(NameSeed(self))? {
            let name = match name {
                Name::Wanted(name) => name,
                Name::Other(stranger) => {
                    map.next_value::<IgnoredAny>()?;
                    object.stranger = object.stranger.or(stranger);
                    continue;
                }
            };
            let list = self.list.filter(|list| list.name == name);
            let stands_twice = if let Some(list) = list {
                let seed = Self::objects(list.fields, list.items_max);
                object.list.replace(Box::new(map.next_value_seed(seed)?)).is_some()
            } else {
                let stands = object.fields.iter().any(|(known, _)| *known == name);
                object.fields.push((name, map.next_value()?));
                stands
            };
            if stands_twice {
                object.repeated = Some(name);
            }
        }
        Ok(Node::Object(object))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Node<'de>, A::Error> {
        let mut items = Items { nodes: Vec::new(), count: 0 };
        while items.count < self.items_max {
            let Some(node) = list.next_element_seed(Self { items_max: 0, ..self })? else {
                return Ok(Node::List(items));
            };
            items.nodes.push(node);
            items.count = items.count.saturating_add(1);
        }
        while list.next_element::<IgnoredAny>()?.is_some() {
            items.count = items.count.saturating_add(1);
        }
        Ok(Node::List(items))
    }

    fn visit_str<E>(self, _text: &str) -> Result<Node<'de>, E> {
        Ok(Node::Other("a text"))
    }

    fn visit_bool<E>(self, _truth: bool) -> Result<Node<'de>, E> {
        Ok(Node::Other("true or false"))
    }

    fn visit_u64<E>(self, _number: u64) -> Result<Node<'de>, E> {
        Ok(Node::Other("a number"))
    }

    fn visit_i64<E>(self, _number: i64) -> Result<Node<'de>, E> {
        Ok(Node::Other("a number"))
    }

    fn visit_f64<E>(self, _number: f64) -> Result<Node<'de>, E> {
        Ok(Node::Other("a number"))
    }

    fn visit_unit<E>(self) -> Result<Node<'de>, E> {
        Ok(Node::Other("null"))
    }
}

/// A field's name.
enum Name {
    Wanted(&'static str),
    /// Nobody wants it; the text only where that is told.
    Other(Option<String>),
}

/// Reads a field's name.
#[derive(Clone, Copy)]
struct NameSeed(Seed);

impl<'de> DeserializeSeed<'de> for NameSeed {
    type Value = Name;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Name, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for NameSeed {
    type Value = Name;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E>(self, name: &str) -> Result<Name, E> {
        let list = self.0.list.map(|list| list.name);
        let wanted = self.0.fields.iter().copied().chain(list).find(|known| *known == name);
        if let Some(wanted) = wanted {
            return Ok(Name::Wanted(wanted));
        }
        let is_told = match self.0.others {
            Others::Skipped => false,
            Others::Refused { but } => !but.contains(&name),
        };
        Ok(Name::Other(is_told.then(|| name.to_owned())))
    }
}
