//! Both syntaxes: what is tolerated, what is refused, and at what cost.

use super::*;
use crate::error::{Fault, ReadError};
use crate::limits::Limits;

const SGML: &str = "OFXHEADER:100\r\nVERSION:102\r\nCHARSET:1252\r\n\r\n";
const XML: &str = "<?OFX OFXHEADER=\"200\" VERSION=\"203\"?>\r\n";

/// The tree in one line: `A(B=1 C())`.
fn outline(element: &Element) -> String {
    if !element.value.is_empty() {
        return format!("{}={}", element.name, element.value);
    }
    let children: Vec<String> = element.children.iter().map(outline).collect();
    format!("{}({})", element.name, children.join(" "))
}

fn read(header: &str, body: &str) -> Result<String, ReadError> {
    let bytes = format!("{header}{body}").into_bytes();
    read_document(&bytes, &Limits::REQUEST).map(|document| outline(&document.root))
}

fn fault(header: &str, body: &str) -> Fault {
    read(header, body).unwrap_err().fault
}

#[test]
fn values_may_be_closed_or_not_with_anything_blank_between() {
    let closed = "<OFX><A><B>1</B><C>two words</C></A><D>3</D></OFX>";
    let unclosed = "<OFX><A><B>1<C>two words</A><D>3</OFX>";
    let expected = Ok("OFX(A(B=1 C=two words) D=3)".to_owned());
    for body in [closed.to_owned(), unclosed.to_owned(), closed.replace("</C>", "")] {
        assert_eq!(read(SGML, &body), expected, "{body}");
        for gap in ["\r\n", "\n", "\r\n\r\n", " \t "] {
            let spaced = body.replace('<', &format!("{gap}<"));
            assert_eq!(read(SGML, &spaced), expected, "{spaced:?}");
        }
    }
    assert_eq!(read(XML, closed), expected);
}

#[test]
fn an_empty_value_without_an_end_tag_does_not_swallow_its_siblings() {
    let expected = Ok("OFX(A(B() C=1 D() E=2) F=3)".to_owned());
    assert_eq!(read(SGML, "<OFX><A><B><C>1<D><E>2</A><F>3</OFX>"), expected);
    assert_eq!(read(SGML, "<OFX><A><B></B><C>1<D></D><E>2</A><F>3</OFX>"), expected);
    assert_eq!(read(XML, "<OFX><A><B/><C>1</C><D /><E>2</E></A><F>3</F></OFX>"), expected);
}

#[test]
fn references_comments_and_literal_text_are_understood_in_both_forms() {
    let body =
        "<OFX><!-- <A> --><A>x &lt;&amp;&gt; y<!-- z --></A><B><![CDATA[a<b&amp;]]></B></OFX>";
    for header in [SGML, XML] {
        assert_eq!(read(header, body), Ok("OFX(A=x <&> y B=a<b&amp;)".to_owned()));
    }
    assert_eq!(read(SGML, "<OFX><A>1&nbsp;2</OFX>"), Ok("OFX(A=1\u{a0}2)".to_owned()));
}

#[test]
fn blanks_and_the_end_marks_of_old_systems_may_follow() {
    assert_eq!(read(SGML, "<OFX><A>1</OFX>\r\n\u{1a}\0"), Ok("OFX(A=1)".to_owned()));
}

#[test]
fn values_are_decoded_as_the_header_declares() {
    let mut bytes = SGML.as_bytes().to_vec();
    bytes.extend_from_slice(b"<OFX><A>\x80 caf\xe9</OFX>");
    let document =
        read_document(&bytes, &Limits::REQUEST).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(outline(&document.root), "OFX(A=€ café)");

    let mut bytes = XML.as_bytes().to_vec();
    bytes.extend_from_slice(b"<OFX><A>ok \xe9</A></OFX>");
    let error = read_document(&bytes, &Limits::REQUEST).map(|_| ()).unwrap_err();
    assert_eq!(error, ReadError::new(Fault::CharsetMismatch, XML.len() + 11));
}

#[test]
fn a_file_that_ends_early_is_refused_wherever_it_ends() {
    for (header, body) in
        [(SGML, "<OFX><A><B>1<C>2</A></OFX>"), (XML, "<OFX><A><B>1</B><C>2</C></A></OFX>")]
    {
        for length in 0..body.len() {
            let cut = body.get(..length).unwrap();
            let fault = fault(header, cut);
            assert!([Fault::Truncated, Fault::HeaderMissing].contains(&fault), "{cut:?}: {fault}");
        }
    }
}

#[test]
fn comments_and_literal_text_must_end() {
    for body in ["<OFX><A>1<!-- x", "<OFX><A><![CDATA[x]]", "<OFX><?x", "<OFX><A>1</A><!-- </OFX>"]
    {
        assert_eq!(fault(SGML, body), Fault::Truncated, "{body}");
    }
}

#[test]
fn malformed_files_are_refused_where_the_fault_is() {
    for (header, body, expected, offset) in [
        (SGML, "<ofx>", Fault::TagLowerCase, 0),
        (SGML, "<OFX><Code>0</OFX>", Fault::TagLowerCase, 5),
        (SGML, "<OFX><1A>", Fault::TagMalformed, 5),
        (SGML, "<OFX><>", Fault::TagMalformed, 5),
        (SGML, "<OFX><A B=\"1\">", Fault::TagMalformed, 5),
        (SGML, "<OFX><A<B>", Fault::TagMalformed, 5),
        (SGML, "<A>1</A>", Fault::NotOfx, 0),
        (SGML, "<OFX></A></OFX>", Fault::EndTagMismatch, 5),
        (SGML, "<OFX><A>1</A>x</OFX>", Fault::StrayText, 13),
        (SGML, "</OFX>", Fault::EndTagMismatch, 0),
        (SGML, "<OFX></OFX><OFX>", Fault::TrailingContent, 11),
        (SGML, "<OFX></OFX>x", Fault::StrayText, 11),
        (SGML, "<OFX></OFX></OFX>", Fault::EndTagMismatch, 11),
        (SGML, "<!DOCTYPE OFX [<!ENTITY a \"b\">]><OFX>", Fault::Declaration, 0),
        (XML, "<OFX><A>1<B>2</B></A></OFX>", Fault::StrayText, 9),
        (XML, "<OFX><A>1</OFX>", Fault::EndTagMismatch, 9),
        (XML, "<OFX><A></B></OFX>", Fault::EndTagMismatch, 8),
    ] {
        let error = read(header, body).unwrap_err();
        assert_eq!(error, ReadError::new(expected, header.len() + offset), "{body}");
    }
}

#[test]
fn a_million_nested_tags_are_refused_at_the_first_too_many() {
    let unbounded = Limits { bytes: usize::MAX, ..Limits::REQUEST };
    for (header, rest) in [(SGML, "<A>".repeat(1_000_000)), (XML, "<A>".repeat(1_000_000))] {
        let bytes = format!("{header}<OFX>{rest}").into_bytes();
        let error = read_document(&bytes, &unbounded).map(|_| ()).unwrap_err();
        // The offset proves that the other 999 968 were not looked at.
        assert_eq!(error, ReadError::new(Fault::TooDeep(32), header.len() + 5 + 31 * 3));
        let error = read_document(&bytes, &Limits::REQUEST).map(|_| ()).unwrap_err();
        assert_eq!(error.fault, Fault::TooLarge(Limits::REQUEST.bytes));
    }
}

#[test]
fn too_many_elements_and_too_long_values_are_refused() {
    let many = format!("<OFX>{}", "<A>1".repeat(Limits::REQUEST.elements));
    assert_eq!(fault(SGML, &many), Fault::TooManyElements(Limits::REQUEST.elements));
    let limit = Limits::REQUEST.value_bytes;
    let fits = format!("<OFX><A>{}</OFX>", "x".repeat(limit));
    assert!(read(SGML, &fits).is_ok());
    let long = format!("<OFX><A>{}</OFX>", "x".repeat(limit + 1));
    assert_eq!(fault(SGML, &long), Fault::ValueTooLong(limit));
    let pieces = format!("<OFX><A>{}</OFX>", "x<!---->".repeat(limit + 1));
    assert_eq!(fault(SGML, &pieces), Fault::ValueTooLong(limit));
}

#[test]
fn debug_output_shows_tags_and_no_values() {
    let bytes = format!("{SGML}<OFX><USERPASS>hunter2</OFX>").into_bytes();
    let document =
        read_document(&bytes, &Limits::REQUEST).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(format!("{:?}", document.root), "<OFX>[<USERPASS>]");
}
