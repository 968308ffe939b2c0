//! What must not be found, in every form in which it travels or is kept.

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use url::form_urlencoded;

/// A secret, with a name for whoever reads the failure.
type Named = (String, Vec<u8>);

/// All there are.
#[derive(Clone, Default)]
pub(super) struct Secrets(Arc<Mutex<BTreeSet<Named>>>);

impl Secrets {
    pub(super) fn add(&self, name: &str, value: impl AsRef<[u8]>) {
        let value = value.as_ref();
        assert!(value.len() > 8, "{name} {value:?} is no secret");
        self.0.lock().unwrap().insert((name.to_owned(), value.to_owned()));
    }

    /// The fields of that name in a form.
    pub(super) fn add_fields(&self, form: &str, names: &[&str]) {
        for (name, value) in form_urlencoded::parse(form.as_bytes()) {
            if names.contains(&name.as_ref()) {
                self.add(&name, value.as_bytes());
            }
        }
    }

    /// The passwords of all links in a text.
    pub(super) fn add_passwords(&self, text: &str) {
        for rest in text.split("otp=").skip(1) {
            let end = rest.find(|letter: char| !letter.is_ascii_hexdigit()).unwrap_or(rest.len());
            assert_eq!(end, 64, "{rest}");
            self.add("link password", &rest[..end]);
        }
    }

    pub(super) fn count(&self, name: &str) -> usize {
        self.0.lock().unwrap().iter().filter(|(known, _)| known == name).count()
    }

    /// Those that stand in a place, each with its form.
    pub(super) fn found_in(&self, place: &str, content: &[u8]) -> BTreeSet<String> {
        let content = letters(content);
        let secrets = self.0.lock().unwrap();
        let forms = secrets.iter().flat_map(|(name, value)| {
            forms(value).into_iter().map(move |(form, written)| (name, form, written))
        });
        let found = forms.filter(|(_, _, written)| content.contains(written));
        found.map(|(name, form, _)| format!("{place} has {name} {form}")).collect()
    }

    /// None of them stands there.
    #[track_caller]
    pub(super) fn are_not_in(&self, place: &str, content: &[u8]) {
        let found = self.found_in(place, content);
        assert!(found.is_empty(), "{found:#?}");
    }
}

/// PostgreSQL shows bytes in hexadecimal, `Debug` as numbers; headers carry Base64, queries and forms escape.
fn forms(value: &[u8]) -> [(&'static str, String); 6] {
    let digits = value.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>();
    [
        ("in clear", letters(value)),
        ("in hexadecimal", digits.concat()),
        ("as numbers", format!("{value:?}").trim_matches(['[', ']']).to_owned()),
        ("in Base64", BASE64_STANDARD_NO_PAD.encode(value)),
        ("in Base64 for URLs", BASE64_URL_SAFE_NO_PAD.encode(value)),
        ("with escapes", form_urlencoded::byte_serialize(value).collect()),
    ]
}

/// A letter for each byte, whatever it is.
fn letters(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| char::from(*byte)).collect()
}

#[test]
fn a_secret_is_found_in_every_form() {
    let secrets = Secrets::default();
    secrets.add("a key", "geheim & so?>");
    secrets.add("bytes", [0xff; 32]);
    secrets.add_passwords(&format!("\"https://x/start?otp={0}\", ?link.otp={0}", "0a".repeat(32)));
    assert_eq!(secrets.count("link password"), 1);
    for (content, found) in [
        ("... geheim & so?>...", "a key in clear"),
        ("67656865696d202620736f3f3e", "a key in hexadecimal"),
        ("Basic Z2VoZWltICYgc28/Pg==", "a key in Base64"),
        ("Z2VoZWltICYgc28_Pg", "a key in Base64 for URLs"),
        ("?key=geheim+%26+so%3F%3E", "a key with escapes"),
        (&"ff".repeat(32), "bytes in hexadecimal"),
        (&"0a".repeat(32), "link password in clear"),
    ] {
        let names = secrets.found_in("a page", content.as_bytes());
        assert!(names.contains(&format!("a page has {found}")), "{content}: {names:?}");
    }
    assert!(
        secrets
            .found_in("a page", format!("{:?}", [0xff; 32]).as_bytes())
            .contains("a page has bytes as numbers")
    );
    assert!(secrets.found_in("a page", &[0xff; 40]).contains("a page has bytes in clear"));
    secrets.are_not_in("a page", b"geheim");
}
