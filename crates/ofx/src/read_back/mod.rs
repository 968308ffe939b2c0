//! Answers from bytes: for tests, and for programs that play the client. Unlike requests, an answer
//! that lacks something is an error.

mod account_info;
mod profile;
mod statement;

use crate::datetime::OfxDateTime;
use crate::error::{Fault, ReadError};
use crate::limits::Limits;
use crate::message_set::{MessageSet, TransactionKind};
use crate::request::{Fi, Trn};
use crate::response::{Response, ResponseHeader, ResponseMessage, SignOnResponse, SyncResponse};
use crate::status::{Status, StatusCode};
use crate::tree::{Element, read_document};

/// Reads an answer of the shape that [`crate::write_response`] writes.
pub fn read_response(bytes: &[u8]) -> Result<Response, ReadError> {
    let document = read_document(bytes, &Limits::RESPONSE)?;
    let sign_on = document.root.need("SIGNONMSGSRSV1")?.need("SONRS")?;
    let mut messages = Vec::new();
    for element in &document.root.children {
        let Some(set) = MessageSet::of_response_tag(&element.name) else { continue };
        for wrapper in &element.children {
            messages.extend(read_message(set, wrapper)?);
        }
    }
    Ok(Response {
        header: ResponseHeader::from(&document.header),
        sign_on: read_sign_on(sign_on)?,
        messages,
    })
}

fn read_sign_on(element: &Element) -> Result<SignOnResponse, ReadError> {
    Ok(SignOnResponse {
        status: read_status(element.need("STATUS")?)?,
        dt_server: date(element, "DTSERVER")?,
        language: element.need_text("LANGUAGE")?.to_owned(),
        dt_profile_up: optional_date(element, "DTPROFUP")?,
        dt_acct_up: optional_date(element, "DTACCTUP")?,
        fi: element.child("FI").map(Fi::of_element),
    })
}

fn read_message(set: MessageSet, wrapper: &Element) -> Result<Option<ResponseMessage>, ReadError> {
    if let Some(stem) = wrapper.name.strip_suffix("SYNCRS") {
        return read_sync(TransactionKind::new(set, stem), wrapper).map(Some);
    }
    let Some(stem) = wrapper.name.strip_suffix("TRNRS") else { return Ok(None) };
    let trn = Trn::of_element(wrapper);
    let message = if let Some(inner) = wrapper.child("PROFRS") {
        ResponseMessage::Profile { trn, profile: Box::new(profile::read(inner)?) }
    } else if let Some(inner) = wrapper.child("ACCTINFORS") {
        ResponseMessage::AccountInfo { trn, info: account_info::read(inner)? }
    } else if let Some(inner) = wrapper.child("STMTRS").or(wrapper.child("CCSTMTRS")) {
        ResponseMessage::Statement { trn, statement: statement::read(inner)? }
    } else {
        let status = read_status(wrapper.need("STATUS")?)?;
        ResponseMessage::StatusOnly { trn, kind: TransactionKind::new(set, stem), status }
    };
    Ok(Some(message))
}

fn read_sync(kind: TransactionKind, wrapper: &Element) -> Result<ResponseMessage, ReadError> {
    let mut refusals = Vec::new();
    for child in wrapper.children.iter().filter(|child| child.name.ends_with("TRNRS")) {
        refusals.extend(read_message(kind.set(), child)?);
    }
    let account = wrapper.children.iter().find(|child| child.name.ends_with("ACCTFROM"));
    Ok(ResponseMessage::Sync(SyncResponse {
        token: wrapper.need_text("TOKEN")?.to_owned(),
        account: account.cloned(),
        kind,
        refusals,
    }))
}

fn read_status(element: &Element) -> Result<Status, ReadError> {
    let number = |text: &str| text.parse().ok().and_then(StatusCode::from_number);
    Ok(Status { code: element.parse("CODE", number)?, message: element.owned("MESSAGE") })
}

fn date(element: &Element, name: &'static str) -> Result<OfxDateTime, ReadError> {
    optional_date(element, name)?.ok_or(ReadError::new(Fault::Missing(name), element.offset))
}

fn optional_date(element: &Element, name: &'static str) -> Result<Option<OfxDateTime>, ReadError> {
    let field = element.text(name).map(OfxDateTime::parse).transpose();
    field.map_err(|_unreadable| ReadError::new(Fault::Value(name), element.offset))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(body: &str) -> Fault {
        let text = format!("OFXHEADER:100\nVERSION:102\n\n<OFX>{body}</OFX>");
        read_response(text.as_bytes()).unwrap_err().fault
    }

    #[test]
    fn an_answer_that_lacks_something_names_it() {
        let sign_on = "<SIGNONMSGSRSV1><SONRS><STATUS><CODE>0<SEVERITY>INFO</STATUS>\
            <DTSERVER>20261120<LANGUAGE>ENG</SONRS></SIGNONMSGSRSV1>";
        let statement = |inner: &str| {
            format!(
                "{sign_on}<BANKMSGSRSV1><STMTTRNRS><STMTRS>{inner}</STMTRS></STMTTRNRS>\
                    </BANKMSGSRSV1>"
            )
        };
        let account = "<BANKACCTFROM><BANKID>1<ACCTID>2<ACCTTYPE>CD</BANKACCTFROM>";
        for (body, expected) in [
            (String::new(), Fault::Missing("SIGNONMSGSRSV1")),
            (sign_on.replace("<LANGUAGE>ENG", ""), Fault::Missing("LANGUAGE")),
            (sign_on.replace("<CODE>0", "<CODE>4242"), Fault::Value("CODE")),
            (sign_on.replace("20261120", "today"), Fault::Value("DTSERVER")),
            (statement(""), Fault::Missing("BANKACCTFROM")),
            (statement(&account.replace("CD", "GIRO")), Fault::Value("ACCTTYPE")),
            (statement(&format!("{account}<CURDEF>USD")), Fault::Missing("LEDGERBAL")),
            (
                statement(&format!(
                    "{account}<CURDEF>USD<LEDGERBAL><BALAMT>1e3<DTASOF>20261120</LEDGERBAL>"
                )),
                Fault::Value("BALAMT"),
            ),
        ] {
            assert_eq!(fault(&body), expected, "{body}");
        }
    }
}
