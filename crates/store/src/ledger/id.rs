//! Ids of lines: most have the shape of a UUID and take sixteen bytes, and come back letter for letter.

use uuid::Uuid;
use uuid::fmt::{Hyphenated, Simple};

/// Bytes of a packed id.
pub(super) const PACKED_BYTES: usize = 16;

/// How an id was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum IdForm {
    /// As text.
    Text,
    /// `67e55044-10b1-426f-9247-bb680e5fe0c8`
    Hyphenated,
    /// `67E55044-10B1-426F-9247-BB680E5FE0C8`
    HyphenatedUpper,
    /// `67e5504410b1426f9247bb680e5fe0c8`
    Simple,
}

impl IdForm {
    /// Two bits.
    pub(super) const fn code(self) -> u16 {
        match self {
            Self::Text => 0,
            Self::Hyphenated => 1,
            Self::HyphenatedUpper => 2,
            Self::Simple => 3,
        }
    }

    /// The form of two bits.
    pub(super) const fn from_code(code: u16) -> Self {
        match code & 3 {
            1 => Self::Hyphenated,
            2 => Self::HyphenatedUpper,
            3 => Self::Simple,
            _ => Self::Text,
        }
    }
}

/// An id as it is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PackedId<'a> {
    Text(&'a str),
    Uuid(IdForm, Uuid),
}

impl<'a> PackedId<'a> {
    /// Packs an id if it comes back exactly.
    pub(super) fn of(id: &'a str) -> Self {
        match id.len() {
            Hyphenated::LENGTH | Simple::LENGTH => Self::packed(id).unwrap_or(Self::Text(id)),
            _ => Self::Text(id),
        }
    }

    fn packed(id: &str) -> Option<Self> {
        let uuid = Uuid::try_parse_ascii(id.as_bytes()).ok()?;
        let forms = [IdForm::Hyphenated, IdForm::HyphenatedUpper, IdForm::Simple];
        let mut buffer = [0; Hyphenated::LENGTH];
        let form = forms.into_iter().find(|form| written(uuid, *form, &mut buffer) == id)?;
        Some(Self::Uuid(form, uuid))
    }

    /// How it was written.
    pub(super) const fn form(self) -> IdForm {
        match self {
            Self::Text(_) => IdForm::Text,
            Self::Uuid(form, _) => form,
        }
    }

    /// The id as it came.
    pub(super) fn unpacked(self) -> String {
        match self {
            Self::Text(text) => text.to_owned(),
            Self::Uuid(form, uuid) => written(uuid, form, &mut [0; Hyphenated::LENGTH]).to_owned(),
        }
    }
}

fn written(uuid: Uuid, form: IdForm, buffer: &mut [u8; Hyphenated::LENGTH]) -> &str {
    match form {
        IdForm::Simple => uuid.simple().encode_lower(buffer),
        IdForm::HyphenatedUpper => uuid.hyphenated().encode_upper(buffer),
        IdForm::Text | IdForm::Hyphenated => uuid.hyphenated().encode_lower(buffer),
    }
}
