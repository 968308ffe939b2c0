//! Whether an SVG is a picture and nothing more: no script, no event attribute, no animation, nothing that is fetched from
//! elsewhere. It is read as strictly as XML is; what cannot be followed is refused.

use thiserror::Error;

const NAMESPACE: &str = "http://www.w3.org/2000/svg";
/// Elements that do something, or hold a foreign document.
const ACTIVE: [&str; 19] = [
    "script",
    "foreignobject",
    "iframe",
    "frame",
    "object",
    "embed",
    "audio",
    "video",
    "canvas",
    "link",
    "handler",
    "listener",
    "set",
    "animate",
    "animatecolor",
    "animatemotion",
    "animatetransform",
    "discard",
    "html",
];
/// What a reference may begin with: another part of the picture, or a picture inside it.
const INNER: [&str; 5] =
    ["#", "data:image/png;", "data:image/jpeg;", "data:image/jpg;", "data:image/gif;"];
/// How styles fetch, besides `url(`.
const FETCHING: [&str; 4] = ["@import", "image-set", "src(", "image("];

/// Why an SVG is refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SvgError {
    /// It cannot be read.
    #[error("cannot be read: {0}")]
    Malformed(&'static str),
    /// It has an element that does something.
    #[error("holds <{0}>: only what is drawn may stay in it")]
    Active(String),
    /// It has an event attribute.
    #[error("has the attribute {0}, which runs a script: remove it")]
    Event(String),
    /// It refers to something elsewhere.
    #[error("refers to something outside of itself in {0}: put it into the file, or remove it")]
    External(String),
    /// It has a document type or an instruction.
    #[error("begins with {0}: remove it")]
    Prolog(&'static str),
}

/// Checks a whole file.
pub(super) fn check(bytes: &[u8]) -> Result<(), SvgError> {
    let text = str::from_utf8(bytes).map_err(|_other| SvgError::Malformed("it is not UTF-8"))?;
    let mut rest = text.trim_start_matches('\u{feff}');
    let mut seen = Seen::default();
    while let Some((before, tag)) = rest.split_once('<') {
        seen.text(&decode(before)?);
        rest = if let Some(comment) = tag.strip_prefix("!--") {
            after(comment, "-->")?.1
        } else if let Some(data) = tag.strip_prefix("![CDATA[") {
            let (data, rest) = after(data, "]]>")?;
            seen.text(data);
            rest
        } else if tag.starts_with('!') {
            return Err(SvgError::Prolog("a document type"));
        } else if let Some(instruction) = tag.strip_prefix('?') {
            if !instruction.starts_with("xml ") {
                return Err(SvgError::Prolog("an instruction"));
            }
            after(instruction, "?>")?.1
        } else if let Some(end) = tag.strip_prefix('/') {
            let (name, rest) = after(end, ">")?;
            seen.end(name.trim_end())?;
            rest
        } else {
            seen.element(tag)?
        };
    }
    if !seen.has_root {
        return Err(SvgError::Malformed("it has no <svg>"));
    }
    // Without it browsers show nothing.
    let is_named = text.contains(NAMESPACE);
    if is_named { Ok(()) } else { Err(SvgError::Malformed("it lacks the namespace of SVG")) }
}

#[derive(Default)]
struct Seen {
    has_root: bool,
    /// What stands in a style that is open.
    style: Option<String>,
}

impl Seen {
    fn text(&mut self, text: &str) {
        if let Some(style) = &mut self.style {
            style.push_str(text);
        }
    }

    fn end(&mut self, name: &str) -> Result<(), SvgError> {
        if local(name) != "style" {
            return Ok(());
        }
        self.style.take().map_or(Ok(()), |style| check_style(&style, "<style>"))
    }

    /// Reads one tag from behind its `<`; answers what follows it.
    fn element<'a>(&mut self, tag: &'a str) -> Result<&'a str, SvgError> {
        let is_end = |c: char| c.is_ascii_whitespace() || matches!(c, '>' | '/');
        let length = tag.find(is_end).ok_or(SvgError::Malformed("a tag does not end"))?;
        let (name, mut rest) =
            tag.split_at_checked(length).ok_or(SvgError::Malformed("a tag has no name"))?;
        let name = local(name);
        if self.style.is_some() {
            return Err(SvgError::Malformed("a style has a tag in it"));
        }
        if !self.has_root && name != "svg" {
            return Err(SvgError::Malformed("it does not begin with <svg>"));
        }
        if ACTIVE.contains(&name.as_str()) {
            return Err(SvgError::Active(name));
        }
        self.has_root = true;
        loop {
            rest = rest.trim_ascii_start();
            if let Some(rest) = rest.strip_prefix("/>") {
                return Ok(rest);
            }
            if let Some(rest) = rest.strip_prefix('>') {
                if name == "style" {
                    self.style.get_or_insert_default();
                }
                return Ok(rest);
            }
            let (attribute, value) = after(rest, "=")?;
            let value = value.trim_ascii_start();
            let quote = if value.starts_with('"') { "\"" } else { "'" };
            let value = value.strip_prefix(quote).ok_or(SvgError::Malformed("a value is bare"))?;
            let (value, next) = after(value, quote)?;
            check_attribute(attribute.trim_end(), &decode(value)?)?;
            rest = next;
        }
    }
}

fn check_attribute(name: &str, value: &str) -> Result<(), SvgError> {
    if name == "xmlns" || name.starts_with("xmlns:") {
        return Ok(());
    }
    let is_name = |c: char| !c.is_ascii_whitespace() && !matches!(c, '<' | '>' | '"' | '\'' | '/');
    if name.is_empty() || !name.chars().all(is_name) || value.contains('<') {
        return Err(SvgError::Malformed("an attribute is not one"));
    }
    let plain = local(name);
    if plain.starts_with("on") {
        return Err(SvgError::Event(name.to_owned()));
    }
    let value = value.trim().to_ascii_lowercase();
    let refers = matches!(plain.as_str(), "href" | "src" | "base");
    if refers && !INNER.iter().any(|inner| value.starts_with(inner)) {
        return Err(SvgError::External(name.to_owned()));
    }
    // Any attribute may be a piece of style.
    if refers { Ok(()) } else { check_style(&value, name) }
}

/// A backslash could spell any of the words.
fn check_style(style: &str, place: &str) -> Result<(), SvgError> {
    let style = style.to_ascii_lowercase();
    let is_open = style.split("url(").skip(1).any(|reference| {
        let reference = reference.trim_start().trim_start_matches(['"', '\'']);
        !INNER.iter().any(|inner| reference.starts_with(inner))
    });
    if is_open || style.contains('\\') || FETCHING.iter().any(|word| style.contains(word)) {
        return Err(SvgError::External(place.to_owned()));
    }
    Ok(())
}

/// What stands before and behind `end`.
fn after<'a>(text: &'a str, end: &str) -> Result<(&'a str, &'a str), SvgError> {
    text.split_once(end).ok_or(SvgError::Malformed("something in it does not end"))
}

/// A name without the prefix of its namespace, in small letters.
fn local(name: &str) -> String {
    name.rsplit(':').next().unwrap_or_default().to_ascii_lowercase()
}

/// The text that references to characters stand for.
fn decode(text: &str) -> Result<String, SvgError> {
    let mut pieces = text.split('&');
    let mut decoded = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (name, rest) = after(piece, ";")?;
        decoded.push(character(name).ok_or(SvgError::Malformed("it names an unknown character"))?);
        decoded.push_str(rest);
    }
    Ok(decoded)
}

fn character(name: &str) -> Option<char> {
    match name {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let digits = name.strip_prefix('#')?;
            let number = digits
                .strip_prefix('x')
                .map_or_else(|| digits.parse(), |digits| u32::from_str_radix(digits, 16));
            char::from_u32(number.ok()?)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_inside(inner: &str) -> Result<(), SvgError> {
        check(format!("<svg xmlns=\"http://www.w3.org/2000/svg\">{inner}</svg>").as_bytes())
    }

    #[test]
    fn a_picture_is_taken() {
        let picture = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- by hand: <script> -->\n<svg \
            xmlns='http://www.w3.org/2000/svg' xmlns:xlink=\"http://www.w3.org/1999/xlink\" viewBox=\"0 0 9 9\" >\
            <title>A &amp; B &#233;</title><style type=\"text/css\"><![CDATA[.a > b{fill:url(#g)}]]></style>\
            <defs><linearGradient id=\"g\"/></defs><use xlink:href=\"#g\"/><path class='a' fill=\"url('#g')\" d='M0 \
            0'/><image href=\"data:image/png;base64,AA==\"/></svg>\n";
        assert_eq!(check(picture.as_bytes()), Ok(()));
    }

    #[test]
    fn what_does_something_is_refused() {
        for inner in [
            "<script>alert(1)</script>",
            "<SCRIPT/>",
            "<svg:script/>",
            "<foreignObject><div/></foreignObject>",
            "<set attributeName='href' to='javascript:alert(1)'/>",
            "<animate/>",
        ] {
            let refused = check_inside(inner);
            assert!(matches!(refused, Err(SvgError::Active(_))), "{inner}: {refused:?}");
        }
        for inner in ["<path onload='x'/>", "<path d=''\n ONCLICK = \"x\"/>", "<g ev:onx=''/>"] {
            let refused = check_inside(inner);
            assert!(matches!(refused, Err(SvgError::Event(_))), "{inner}: {refused:?}");
        }
        assert!(matches!(check(b"<svg onload='x'/>"), Err(SvgError::Event(_))));
    }

    #[test]
    fn what_reaches_out_is_refused() {
        for inner in [
            "<a href='https://evil.example'/>",
            "<a xlink:href='java&#115;cript:alert(1)'/>",
            "<use href='other.svg#a'/>",
            "<image href='data:image/svg+xml;base64,AA'/>",
            "<g xml:base='https://evil.example'/>",
            "<path fill='url(https://evil.example#g)'/>",
            "<path style='fill:u\\72l(//evil.example)'/>",
            "<path style='fill:&#117;rl(//evil.example)'/>",
            "<style>@import 'x.css';</style>",
            "<style>@im<!-- -->port 'x.css';</style>",
            "<style>@im<![CDATA[port 'x.css']]>;</style>",
            "<style>a{background:URL( \"//evil.example\")}</style>",
        ] {
            let refused = check_inside(inner);
            assert!(matches!(refused, Err(SvgError::External(_))), "{inner}: {refused:?}");
        }
    }

    #[test]
    fn what_cannot_be_followed_is_refused() {
        for text in [
            "<!DOCTYPE svg PUBLIC '' ''><svg/>",
            "<?xml-stylesheet href='x'?><svg/>",
            "<html/>",
            "<",
            "<svg",
            "<svg a>",
            "<svg a=b/>",
            "<svg a='b/>",
            "<svg>&evil;</svg>",
            "<svg><!-- </svg>",
            "x",
            "<svg a='<script>'/>",
            "<svg/onload='x'/>",
            "<svg/>",
            "<svg><style><style></style>@import 'x';</style></svg>",
        ] {
            assert!(check(text.as_bytes()).is_err(), "{text}");
        }
        assert!(check(b"<svg>\xff</svg>").is_err());
    }
}
