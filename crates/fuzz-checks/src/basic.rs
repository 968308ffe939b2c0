//! `Authorization`: a key is read from its base64 whether padding and the colon are there or not, in any case of the
//! scheme, and from one header only. No two texts that differ in more than this show the same key.

use api::bare::find_key;
use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_STANDARD_NO_PAD};

/// The value of a header; and the same bytes once more, as a key.
pub(crate) fn check(bytes: &[u8]) {
    if let Some(key) = find_key(&[bytes]) {
        check_genuine(bytes, &key);
        check_key(&key);
    }
    if let Ok(key) = str::from_utf8(bytes) {
        check_key(key);
    }
}

/// The header holds this key and nothing beside it.
fn check_genuine(header: &[u8], key: &str) {
    let header = str::from_utf8(header).unwrap().trim();
    let (scheme, encoded) = header.split_once(' ').unwrap();
    assert!(scheme.eq_ignore_ascii_case("basic") && !key.is_empty());
    let encoded = encoded.trim().trim_end_matches('=');
    let texts = [key.to_owned(), format!("{key}:")];
    assert!(texts.iter().any(|text| BASE64_STANDARD_NO_PAD.encode(text) == encoded), "{header}");
    assert_eq!(find_key(&[header.as_bytes(), header.as_bytes()]), None, "one header only");
    assert_eq!(find_key(&[]), None);
}

/// Every way to send a key shows it.
fn check_key(key: &str) {
    let with_colon = format!("{key}:");
    let mut texts = vec![with_colon.as_str()];
    // Of a key that ends in a colon, that colon would be taken for the empty password's.
    if !key.ends_with(':') {
        texts.push(key);
    }
    let wanted = Some(key.to_owned()).filter(|key| !key.is_empty());
    for text in texts {
        let (padded, bare) = (BASE64_STANDARD.encode(text), BASE64_STANDARD_NO_PAD.encode(text));
        for header in [
            format!("Basic {padded}"),
            format!("basic {bare}"),
            format!("BASIC   {padded}  "),
            format!(" bAsIc {bare}"),
        ] {
            assert_eq!(find_key(&[header.as_bytes()]), wanted, "{header:?}");
        }
        assert_eq!(find_key(&[format!("Bearer {padded}").as_bytes()]), None);
        assert_eq!(find_key(&[padded.as_bytes()]), None);
    }
}
