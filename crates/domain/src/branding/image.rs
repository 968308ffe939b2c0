//! A client's images: which there are, what they may be, and how large. What an image is, its bytes say; what their
//! sender calls them counts for nothing.

use super::svg::{self, SvgError};
use crate::ids::ClientId;
use sha2::{Digest, Sha256};
use std::fmt;
use thiserror::Error;

/// Below it stands what clients' pages are made with.
pub const BRAND_FOLDER: &str = "/link/brand";
/// The contract's 10 MB.
const PICTURE_BYTES_MAX: usize = 10 * 1024 * 1024;
/// The contract's 500 kB.
const ICON_BYTES_MAX: usize = 500 * 1024;

/// Where an image stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ImagePlace {
    /// At the top of every page, in the name's place.
    Logo,
    /// On the browser's tab.
    Icon,
    /// Above every page.
    Hero,
}

/// What an image is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImageKind {
    /// Portable Network Graphics.
    Png,
    /// JPEG.
    Jpeg,
    /// GIF.
    Gif,
    /// Scalable Vector Graphics that hold nothing active.
    Svg,
    /// A Windows icon.
    Ico,
}

/// The SHA-256 of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImageHash(pub [u8; 32]);

/// An image that may be shown.
#[derive(Clone, PartialEq, Eq)]
pub struct BrandImage {
    /// What it is.
    pub kind: ImageKind,
    /// All of it.
    pub bytes: Vec<u8>,
}

/// What is known of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImageNote {
    /// What it is.
    pub kind: ImageKind,
    /// How long it is.
    pub bytes: u64,
    /// Tells it from every other.
    pub hash: ImageHash,
}

/// Why an image is refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ImageError {
    /// There is nothing.
    #[error("no image came: send its bytes as the body")]
    Empty,
    /// It is too large.
    #[error("the {} has more than {} bytes: make it smaller", .0.name(), .0.bytes_max())]
    TooLarge(ImagePlace),
    /// It is something else.
    #[error("the {} must be {}, and this is {}", .place.name(), .place.wanted(), .found.map_or("something else", ImageKind::spoken))]
    WrongKind {
        /// Where it should stand.
        place: ImagePlace,
        /// What it is, if that is known.
        found: Option<ImageKind>,
    },
    /// It is more than an image.
    #[error("the SVG {0}")]
    Svg(SvgError),
}

impl ImagePlace {
    /// Every place.
    pub const ALL: [Self; 3] = [Self::Logo, Self::Icon, Self::Hero];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Logo => "logo",
            Self::Icon => "icon",
            Self::Hero => "hero",
        }
    }

    /// The place of that name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|place| place.name() == text)
    }

    /// How long an image may be here.
    pub const fn bytes_max(self) -> usize {
        match self {
            Self::Logo | Self::Hero => PICTURE_BYTES_MAX,
            Self::Icon => ICON_BYTES_MAX,
        }
    }

    const fn kinds(self) -> &'static [ImageKind] {
        match self {
            Self::Logo => &[ImageKind::Png, ImageKind::Jpeg, ImageKind::Svg, ImageKind::Gif],
            Self::Icon => &[ImageKind::Ico],
            Self::Hero => &[ImageKind::Png, ImageKind::Jpeg],
        }
    }

    const fn wanted(self) -> &'static str {
        match self {
            Self::Logo => "a PNG, JPEG, SVG or GIF",
            Self::Icon => "an ICO",
            Self::Hero => "a PNG or JPEG",
        }
    }
}

impl ImageKind {
    const ALL: [Self; 5] = [Self::Png, Self::Jpeg, Self::Gif, Self::Svg, Self::Ico];

    /// Its name, which is also how files of it end.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpeg => "jpeg",
            Self::Gif => "gif",
            Self::Svg => "svg",
            Self::Ico => "ico",
        }
    }

    /// The kind of that name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == text)
    }

    /// For `Content-Type`.
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Gif => "image/gif",
            // Read as it was checked, whatever it says of itself.
            Self::Svg => "image/svg+xml; charset=utf-8",
            Self::Ico => "image/x-icon",
        }
    }

    const fn spoken(self) -> &'static str {
        match self {
            Self::Png => "a PNG",
            Self::Jpeg => "a JPEG",
            Self::Gif => "a GIF",
            Self::Svg => "an SVG",
            Self::Ico => "an ICO",
        }
    }

    /// By how it begins.
    fn of(bytes: &[u8]) -> Option<Self> {
        let signs: [(&[u8], Self); 5] = [
            (b"\x89PNG\r\n\x1a\n", Self::Png),
            (b"\xff\xd8\xff", Self::Jpeg),
            (b"GIF87a", Self::Gif),
            (b"GIF89a", Self::Gif),
            (b"\0\0\x01\0", Self::Ico),
        ];
        let found = signs.into_iter().find(|(sign, _)| bytes.starts_with(sign));
        let is_markup = || {
            let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
            text.trim_ascii_start().starts_with(b"<")
        };
        found.map(|(_, kind)| kind).or_else(|| is_markup().then_some(Self::Svg))
    }
}

impl ImageNote {
    /// Where it is, below the public URL: a place of its own for each content.
    pub fn path(&self, client: ClientId) -> String {
        format!("{BRAND_FOLDER}/{client}/{}.{}", self.hash.digits(), self.kind.name())
    }
}

impl BrandImage {
    /// Looks at what came for a place.
    pub fn read(place: ImagePlace, bytes: Vec<u8>) -> Result<Self, ImageError> {
        if bytes.is_empty() {
            return Err(ImageError::Empty);
        }
        if bytes.len() > place.bytes_max() {
            return Err(ImageError::TooLarge(place));
        }
        let found = ImageKind::of(&bytes);
        let kind = found.filter(|kind| place.kinds().contains(kind));
        let kind = kind.ok_or(ImageError::WrongKind { place, found })?;
        if kind == ImageKind::Svg {
            svg::check(&bytes).map_err(ImageError::Svg)?;
        }
        Ok(Self { kind, bytes })
    }

    /// What is known of it.
    pub fn note(&self) -> ImageNote {
        let bytes = u64::try_from(self.bytes.len()).unwrap_or(u64::MAX);
        ImageNote { kind: self.kind, bytes, hash: ImageHash(Sha256::digest(&self.bytes).into()) }
    }
}

impl fmt::Debug for BrandImage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BrandImage({}, {} bytes)", self.kind.name(), self.bytes.len())
    }
}

impl ImageHash {
    /// Reads 64 hexadecimal digits, the small ones only: an image has one name.
    pub fn parse(text: &str) -> Option<Self> {
        let digit = |byte: u8| match byte {
            b'0'..=b'9' => byte.checked_sub(b'0'),
            b'a'..=b'f' => byte.checked_sub(b'a')?.checked_add(10),
            _ => None,
        };
        let (pairs, rest) = text.as_bytes().as_chunks::<2>();
        let bytes = pairs.iter().map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?));
        let bytes: Vec<u8> = bytes.collect::<Option<_>>()?;
        bytes.try_into().ok().filter(|_| rest.is_empty()).map(Self)
    }

    /// As 64 hexadecimal digits.
    pub fn digits(self) -> String {
        let digits = self.0.iter().flat_map(|byte| [byte >> 4, byte & 0xf]);
        digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ImagePlace::{Hero, Icon, Logo};

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n-";
    const JPEG: &[u8] = b"\xff\xd8\xff-";
    const GIF: &[u8] = b"GIF89a-";
    const ICO: &[u8] = b"\0\0\x01\0-";
    const SVG: &[u8] = b"\xef\xbb\xbf <svg xmlns=\"http://www.w3.org/2000/svg\"/>";

    #[test]
    fn each_place_takes_its_kinds() {
        for (place, taken) in
            [(Logo, vec![PNG, JPEG, GIF, SVG]), (Icon, vec![ICO]), (Hero, vec![PNG, JPEG])]
        {
            for bytes in [PNG, JPEG, GIF, ICO, SVG, b"BM", b"<!doctype html>"] {
                let read = BrandImage::read(place, bytes.to_vec());
                assert_eq!(read.is_ok(), taken.contains(&bytes), "{place:?} {bytes:?} {read:?}");
            }
        }
    }

    #[test]
    fn a_refusal_says_what_is_wrong_and_what_to_do() {
        let refuse = |place, bytes: &[u8]| BrandImage::read(place, bytes.to_vec()).unwrap_err();
        let said = |place, bytes: &[u8]| refuse(place, bytes).to_string();
        assert_eq!(said(Icon, PNG), "the icon must be an ICO, and this is a PNG");
        assert_eq!(said(Hero, b"BM"), "the hero must be a PNG or JPEG, and this is something else");
        assert_eq!(said(Logo, b""), "no image came: send its bytes as the body");
        let mut long = ICO.to_vec();
        long.resize(ICON_BYTES_MAX, 0);
        assert!(BrandImage::read(Icon, long.clone()).is_ok());
        long.push(0);
        let wanted = "the icon has more than 512000 bytes: make it smaller";
        assert_eq!(said(Icon, &long), wanted);
        let said = said(Logo, b"<svg><script/></svg>");
        assert!(said.starts_with("the SVG holds <script>"), "{said}");
    }

    #[test]
    fn names_are_read_back() {
        for place in ImagePlace::ALL {
            assert_eq!(ImagePlace::parse(place.name()), Some(place));
        }
        for kind in ImageKind::ALL {
            assert_eq!(ImageKind::parse(kind.name()), Some(kind));
        }
        let note = BrandImage::read(Icon, ICO.to_vec()).unwrap().note();
        let digits = note.hash.digits();
        assert_eq!((note.bytes, digits.len()), (5, 64));
        assert_eq!(ImageHash::parse(&digits), Some(note.hash));
        for wrong in ["", "0", "g", &digits.to_uppercase(), &format!("{digits}0"), &"zz".repeat(32)]
        {
            assert_eq!(ImageHash::parse(wrong), None, "{wrong}");
        }
    }
}
