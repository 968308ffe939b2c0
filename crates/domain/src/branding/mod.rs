//! How a client's pages look: its name, colours, images and a few words of its own. What pages make of that is the web
//! door's business.

mod colour;
mod image;
mod look;
mod svg;
mod words;

pub use colour::{Colour, ColourError, Contrast, TooPale};
pub use image::{
    BRAND_FOLDER, BrandImage, ImageError, ImageHash, ImageKind, ImageNote, ImagePlace,
};
pub use look::{Branding, Look};
pub use svg::SvgError;
pub use words::{BrandWords, Callout, CalloutLanguage, Callouts, WordsError};

/// One line of a page's header, like a profile's name.
pub const BRAND_NAME_CHARS_MAX: usize = crate::client_settings::PROFILE_NAME_CHARS_MAX;
/// The contract's; counted as people count.
pub const CALLOUT_TITLE_CHARS_MAX: usize = 50;
/// See [`CALLOUT_TITLE_CHARS_MAX`].
pub const CALLOUT_BODY_CHARS_MAX: usize = 150;
