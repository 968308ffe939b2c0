//! Why bytes could not be read, and where. No variant carries text from the file: a password with
//! an unescaped `<` would otherwise end up in a log.

/// The first fault found; reading stops there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{fault} (at byte {offset})")]
pub struct ReadError {
    /// What is wrong.
    pub fault: Fault,
    /// How many bytes of the file come before it.
    pub offset: usize,
}

impl ReadError {
    pub(crate) const fn new(fault: Fault, offset: usize) -> Self {
        Self { fault, offset }
    }
}

/// What can be wrong with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The file is over the limit, which is given.
    #[error("file is longer than {0} bytes")]
    TooLarge(usize),
    /// Neither `OFXHEADER:` nor `<?OFX` comes before the first element.
    #[error("no OFX header")]
    HeaderMissing,
    /// This header field is missing, or its value is not one of those the grammar has.
    #[error("header field {0} is missing or unreadable")]
    HeaderField(&'static str),
    /// The header asks for a character set that is not read here.
    #[error("character encoding is not supported")]
    CharsetUnknown,
    /// The bytes are not text in the character set that the header declares.
    #[error("bytes are not in the declared character set")]
    CharsetMismatch,
    /// The file ends inside a tag or before its last end tag.
    #[error("file ends too early")]
    Truncated,
    /// A `<` does not begin a tag of capital letters, digits, `.`, `_` and `-`.
    #[error("malformed tag")]
    TagMalformed,
    /// Tags are in upper case.
    #[error("tag in lower case")]
    TagLowerCase,
    /// Document type declarations could define entities, and OFX has none.
    #[error("declarations are not allowed")]
    Declaration,
    /// An end tag matches no open element.
    #[error("end tag does not match")]
    EndTagMismatch,
    /// Text stands beside elements, or outside them.
    #[error("text outside a value")]
    StrayText,
    /// The outermost element is something else.
    #[error("outermost element is not OFX")]
    NotOfx,
    /// Something follows the outermost element.
    #[error("content after the last end tag")]
    TrailingContent,
    /// More elements inside each other than the grammar can need.
    #[error("elements are nested more than {0} deep")]
    TooDeep(usize),
    /// More elements than a file may have.
    #[error("more than {0} elements")]
    TooManyElements(usize),
    /// A value is longer than any the grammar has.
    #[error("value is longer than {0} bytes")]
    ValueTooLong(usize),
    /// This element is required where the fault is.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// This element's value is not one the grammar has.
    #[error("{0} has an unreadable value")]
    Value(&'static str),
}
