//! The header forms that were met in the field, and those that must be refused.

use super::read::{Form, Header, read_head};
use crate::charset::Charset;
use crate::error::Fault;
use crate::limits::HEADER_BYTES_MAX;

const LINES: &str = "OFXHEADER:100\r\nDATA:OFXSGML\r\nVERSION:102\r\nSECURITY:NONE\r\n\
    ENCODING:USASCII\r\nCHARSET:1252\r\nCOMPRESSION:NONE\r\nOLDFILEUID:NONE\r\n\
    NEWFILEUID:20261120215616.000\r\n\r\n<OFX>";

fn header(text: &str) -> Header {
    read_head(text.as_bytes()).map_err(|error| error.to_string()).unwrap().header
}

fn fault(text: &str) -> Fault {
    read_head(text.as_bytes()).map(|head| head.header).unwrap_err().fault
}

fn charset(text: &str) -> Charset {
    read_head(text.as_bytes()).map_err(|error| error.to_string()).unwrap().charset
}

fn expected() -> Header {
    Header {
        form: Form::Sgml,
        version: 102,
        new_file_uid: Some("20261120215616.000".to_owned()),
        secured: false,
    }
}

#[test]
fn the_plain_header_is_read() {
    let head = read_head(LINES.as_bytes()).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(head.header, expected());
    assert_eq!(head.charset, Charset::Windows1252);
    assert_eq!(LINES.get(head.body_offset..), Some("<OFX>"));
}

#[test]
fn spaces_line_ends_and_leading_junk_do_not_matter() {
    for text in [
        LINES.replace(':', ": "),
        LINES.replace(':', " : "),
        LINES.replace("\r\n", "\n"),
        LINES.replace("\r\n", " "),
        LINES.replace("\r\n", ""),
        format!("\r\n\r\n{LINES}"),
        format!("file unused.ofx\n{LINES}"),
        format!("\u{feff}{LINES}"),
        LINES.replace("COMPRESSION:NONE\r\n", ""),
        LINES.replace("DATA:OFXSGML\r\n", ""),
        LINES.replace("\r\n\r\n<OFX>", "<OFX>"),
    ] {
        assert_eq!(header(&text), expected(), "{text:?}");
    }
}

#[test]
fn the_form_decides_the_syntax_whatever_the_version_says() {
    let old_form = header(&LINES.replace("102", "203"));
    assert_eq!((old_form.form, old_form.version), (Form::Sgml, 203));
    let new_form = header("<?OFX OFXHEADER=\"200\" VERSION=\"203\"?><OFX>");
    assert_eq!((new_form.form, new_form.version), (Form::Xml, 203));
}

#[test]
fn every_version_from_100_to_299_is_read_as_sent() {
    for version in ["100", "103", "151", "160", "200", "203", "211", "220", "230"] {
        let text = LINES.replace("102", version);
        assert_eq!(header(&text).version.to_string(), version);
    }
    for version in ["99", "300", "1021", "+12", "", "ABC"] {
        let text = LINES.replace("VERSION:102", &format!("VERSION:{version}"));
        assert_eq!(fault(&text), Fault::HeaderField("VERSION"), "{version:?}");
    }
}

#[test]
fn the_xml_form_is_read_with_either_quotes_and_any_order() {
    let uid = "C540D0B4-E68A-4B10-87FB-052F06944C2C";
    for text in [
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?>\r\n\
                <?OFX OFXHEADER=\"200\" \
             VERSION=\"220\" SECURITY=\"NONE\" OLDFILEUID=\"NONE\" NEWFILEUID=\"{uid}\"?>\r\n<OFX>"
        ),
        format!("<?OFX NEWFILEUID='{uid}' VERSION = '220' OFXHEADER='200'?><OFX>"),
        format!(
            "junk\n<?xml version='1.0'?><?pi x?>\
                <?OFX OFXHEADER=\"200\" VERSION=\"220\" NEWFILEUID=\"{uid}\"?>"
        ),
    ] {
        let header = header(&text);
        assert_eq!((header.form, header.version), (Form::Xml, 220), "{text}");
        assert_eq!(header.new_file_uid.as_deref(), Some(uid));
    }
}

#[test]
fn the_character_set_is_the_declared_one() {
    for (declared, expected) in [
        ("ENCODING:USASCII\nCHARSET:1252", Charset::Windows1252),
        ("ENCODING:USASCII\nCHARSET:ISO-8859-1", Charset::Latin1),
        ("ENCODING:USASCII\nCHARSET:NONE", Charset::Windows1252),
        ("ENCODING:UTF-8\nCHARSET:NONE", Charset::Utf8),
        ("ENCODING:UNICODE\nCHARSET:NONE", Charset::Utf8),
        ("ENCODING:USASCII\nCHARSET:KOI8-R", Charset::AsciiOnly),
    ] {
        let text = format!("OFXHEADER:100\nVERSION:102\n{declared}\n\n<OFX>");
        assert_eq!(charset(&text), expected, "{declared}");
    }
    let xml = |encoding| {
        format!("<?xml encoding=\"{encoding}\"?><?OFX OFXHEADER=\"200\" VERSION=\"200\"?>")
    };
    assert_eq!(charset(&xml("utf-8")), Charset::Utf8);
    assert_eq!(charset(&xml("ISO-8859-1")), Charset::Latin1);
    assert_eq!(charset(&xml("windows-1252")), Charset::Windows1252);
    assert_eq!(fault(&xml("UTF-16")), Fault::CharsetUnknown);
}

#[test]
fn announced_security_is_noticed() {
    assert!(header(&LINES.replace("SECURITY:NONE", "SECURITY:TYPE1")).secured);
}

#[test]
fn a_file_without_a_header_is_refused() {
    for text in
        ["", "hello", "<OFX>", "<html>", "<?xml version=\"1.0\"?><OFX>", "<?OFX", "OFXHEADER:100"]
    {
        assert_eq!(fault(text), Fault::HeaderMissing, "{text:?}");
    }
    let late = format!("{}{LINES}", " ".repeat(HEADER_BYTES_MAX));
    assert_eq!(fault(&late), Fault::HeaderMissing);
}

#[test]
fn a_header_that_cannot_be_served_names_the_field() {
    assert_eq!(fault(&LINES.replace("HEADER:100", "HEADER:900")), Fault::HeaderField("OFXHEADER"));
    assert_eq!(
        fault(&LINES.replace("COMPRESSION:NONE", "COMPRESSION:GZIP")),
        Fault::HeaderField("COMPRESSION")
    );
    assert_eq!(fault("<?OFX OFXHEADER=\"100\" VERSION=\"203\"?>"), Fault::HeaderField("OFXHEADER"));
}
