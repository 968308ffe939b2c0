//! Requests as old clients write them: no end tags on values.

use ofx::ANONYMOUS;

const HEADER: &str = "OFXHEADER:100\r\nDATA:OFXSGML\r\nVERSION:102\r\nSECURITY:NONE\r\nENCODING:USASCII\r\n\
                      CHARSET:1252\r\nCOMPRESSION:NONE\r\nOLDFILEUID:NONE\r\nNEWFILEUID:NONE\r\n\r\n";

/// A file of these message sets.
pub(crate) fn file(user: &str, password: &str, sets: &str) -> String {
    let who = format!("<USERID>{user}<USERPASS>{password}");
    bare_file(&format!("{}{sets}", sign_on(&who)))
}

/// The set around a sign-on.
pub(crate) fn sign_on(who: &str) -> String {
    format!(
        "<SIGNONMSGSRQV1><SONRQ><DTCLIENT>20240229120000{who}<LANGUAGE>ENG\
         <FI><ORG>BANK<FID>9999</FI><APPID>QWIN<APPVER>2700</SONRQ></SIGNONMSGSRQV1>"
    )
}

/// A file of anything.
pub(crate) fn bare_file(content: &str) -> String {
    format!("{HEADER}<OFX>{content}</OFX>\r\n")
}

/// A file of somebody who has no password.
pub(crate) fn anonymous(sets: &str) -> String {
    file(ANONYMOUS, ANONYMOUS, sets)
}

pub(crate) fn profile(has: &str) -> String {
    format!(
        "<PROFMSGSRQV1><PROFTRNRQ><TRNUID>P1<PROFRQ><CLIENTROUTING>NONE<DTPROFUP>{has}</PROFRQ>\
         </PROFTRNRQ></PROFMSGSRQV1>"
    )
}

pub(crate) const ACCOUNTS: &str = "<SIGNUPMSGSRQV1><ACCTINFOTRNRQ><TRNUID>A1<CLTCOOKIE>4\
                                   <ACCTINFORQ><DTACCTUP>19900101</ACCTINFORQ></ACCTINFOTRNRQ></SIGNUPMSGSRQV1>";

/// A window without an end.
pub(crate) fn since(start: &str) -> String {
    format!("<INCTRAN><DTSTART>{start}<INCLUDE>Y</INCTRAN>")
}

pub(crate) fn between(start: &str, end: &str) -> String {
    format!("<INCTRAN><DTSTART>{start}<DTEND>{end}<INCLUDE>Y</INCTRAN>")
}

/// One statement, without the set around it.
pub(crate) fn bank_statement(uid: &str, number: &str, window: &str) -> String {
    format!(
        "<STMTTRNRQ><TRNUID>{uid}<CLTCOOKIE>1<STMTRQ><BANKACCTFROM><BANKID>12345<ACCTID>{number}\
         <ACCTTYPE>SAVINGS</BANKACCTFROM>{window}</STMTRQ></STMTTRNRQ>"
    )
}

pub(crate) fn card_statement(uid: &str, number: &str, window: &str) -> String {
    format!(
        "<CCSTMTTRNRQ><TRNUID>{uid}<CCSTMTRQ><CCACCTFROM><ACCTID>{number}</CCACCTFROM>{window}\
         </CCSTMTRQ></CCSTMTTRNRQ>"
    )
}

pub(crate) fn bank(statements: &str) -> String {
    format!("<BANKMSGSRQV1>{statements}</BANKMSGSRQV1>")
}

pub(crate) fn cards(statements: &str) -> String {
    format!("<CREDITCARDMSGSRQV1>{statements}</CREDITCARDMSGSRQV1>")
}
