//! Answers and offers for tests, written by hand after the documents' samples.

use super::{AccountKind, Offer};

/// A checking account.
pub(super) fn a_bank_offer() -> Offer {
    Offer {
        number: "MR-1".to_owned(),
        name: "Current".to_owned(),
        kind: AccountKind::Bank,
        bank_id: "999000001".to_owned(),
        account_type: "CHECKING".to_owned(),
    }
}

/// A credit card without a description.
pub(super) fn a_card_offer() -> Offer {
    Offer {
        number: "MR-2".to_owned(),
        name: "MR-2".to_owned(),
        kind: AccountKind::Card,
        bank_id: String::new(),
        account_type: String::new(),
    }
}

/// A file whose sign-on is good.
pub(super) fn a_file(messages: &str) -> String {
    format!(
        "OFXHEADER:100\r\nDATA:OFXSGML\r\nVERSION:102\r\nSECURITY:NONE\r\nENCODING:USASCII\r\nCHARSET:1252\r\n\
         COMPRESSION:NONE\r\nOLDFILEUID:NONE\r\nNEWFILEUID:NONE\r\n\r\n<OFX><SIGNONMSGSRSV1><SONRS><STATUS><CODE>0\
         <SEVERITY>INFO</STATUS><DTSERVER>20240229120000<LANGUAGE>ENG</SONRS></SIGNONMSGSRSV1>{messages}</OFX>"
    )
}

/// A wrapper of that name and status around `inner`.
pub(super) fn a_wrapper(name: &str, trnuid: &str, code: u32, inner: &str) -> String {
    format!("<{name}><TRNUID>{trnuid}<STATUS><CODE>{code}<SEVERITY>INFO</STATUS>{inner}</{name}>")
}

/// A row of 28 February.
pub(super) fn a_row(fit_id: &str, amount: &str, name: &str) -> String {
    format!(
        "<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20240228120000[0:GMT]<TRNAMT>{amount}<FITID>{fit_id}<NAME>{name}</STMTTRN>"
    )
}

/// The statement of [`a_bank_offer`] until 29 February.
pub(super) fn a_statement(trnuid: &str, rows: &str, balance: &str) -> String {
    let statement = format!(
        "<STMTRS><CURDEF>USD<BANKACCTFROM><BANKID>999000001<ACCTID>MR-1<ACCTTYPE>CHECKING</BANKACCTFROM>\
         <BANKTRANLIST><DTSTART>20240222<DTEND>20240229120000[0:GMT]{rows}</BANKTRANLIST>\
         <LEDGERBAL><BALAMT>{balance}<DTASOF>20240229</LEDGERBAL></STMTRS>"
    );
    a_wrapper("STMTTRNRS", trnuid, 0, &statement)
}
