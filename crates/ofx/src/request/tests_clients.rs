//! The shapes of request that real programs send, one text per program.

use super::*;
use crate::account::{AccountFrom, AccountType};
use crate::datetime::OfxDateTime;
use crate::header::Form;

fn read(text: &str) -> Request {
    read_request(text.as_bytes()).unwrap_or_else(|error| panic!("{error}"))
}

fn trn(uid: &str, cookie: Option<&str>) -> Trn {
    Trn { uid: uid.to_owned(), client_cookie: cookie.map(str::to_owned) }
}

fn checking(bank_id: &str, acct_id: &str) -> AccountFrom {
    AccountFrom::Bank {
        bank_id: bank_id.to_owned(),
        branch_id: None,
        acct_id: acct_id.to_owned(),
        acct_type: AccountType::Checking,
    }
}

fn window(start: &str, end: Option<&str>) -> Window {
    Window {
        start: Some(OfxDateTime::parse(start)),
        end: end.map(OfxDateTime::parse),
        include: true,
    }
}

fn password(request: &Request) -> (String, String) {
    let Credentials::Password { user_id, user_pass } =
        &request.sign_on.as_ref().unwrap().credentials
    else {
        panic!("{request:?}")
    };
    (user_id.clone(), user_pass.expose().to_owned())
}

#[test]
fn ofxget_asks_for_the_profile_anonymously() {
    let request = read(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?>\r\n\
         <?OFX OFXHEADER=\"200\" VERSION=\"203\" SECURITY=\"NONE\" OLDFILEUID=\"NONE\" \
         NEWFILEUID=\"0F9D2A56-0000-4000-8000-A0B1C2D3E4F5\"?>\r\n\
         <OFX><SIGNONMSGSRQV1><SONRQ><DTCLIENT>20261120210000.415[+0:UTC]</DTCLIENT>\
         <USERID>anonymous00000000000000000000000</USERID>\
         <USERPASS>anonymous00000000000000000000000</USERPASS><LANGUAGE>ENG</LANGUAGE>\
         <FI><ORG>DEMO</ORG><FID>9999</FID></FI><APPID>QWIN</APPID><APPVER>2700</APPVER></SONRQ>\
         </SIGNONMSGSRQV1><PROFMSGSRQV1><PROFTRNRQ><TRNUID>11AA</TRNUID><PROFRQ>\
         <CLIENTROUTING>NONE</CLIENTROUTING><DTPROFUP>19900101000000.000[+0:UTC]</DTPROFUP>\
         </PROFRQ></PROFTRNRQ></PROFMSGSRQV1></OFX>",
    );
    let sign_on = request.sign_on.as_ref().unwrap();
    assert!(sign_on.is_anonymous());
    assert_eq!(sign_on.fi, Some(Fi { org: "DEMO".to_owned(), fid: Some("9999".to_owned()) }));
    assert_eq!(sign_on.app_ver.as_deref(), Some("2700"));
    let dt_profile_up = Some(OfxDateTime::parse("19900101000000.000[+0:UTC]"));
    assert_eq!(
        request.messages,
        [RequestMessage::Profile { trn: trn("11AA", None), dt_profile_up }]
    );
}

#[test]
fn ofxget_asks_for_bank_and_card_in_one_file() {
    let request = read(
        "OFXHEADER:100\r\nDATA:OFXSGML\r\nVERSION:103\r\nSECURITY:NONE\r\nENCODING:USASCII\r\n\
         CHARSET:NONE\r\nCOMPRESSION:NONE\r\nOLDFILEUID:NONE\r\n\
         NEWFILEUID:F0677223-0000-4000-8000-F11D84A80CBB\r\n\r\n\
         <OFX><SIGNONMSGSRQV1><SONRQ><DTCLIENT>20261120210000.673[+0:UTC]<USERID>u1<USERPASS>p1\
         <LANGUAGE>ENG<FI><ORG>DEMO<FID>9999</FI><APPID>QWIN<APPVER>2700\
         <CLIENTUID>44E413E1-0000-4000-8000-242EB41121F2</SONRQ></SIGNONMSGSRQV1>\
         <BANKMSGSRQV1><STMTTRNRQ><TRNUID>B1<STMTRQ><BANKACCTFROM><BANKID>999000001\
         <ACCTID>1001001<ACCTTYPE>CHECKING</BANKACCTFROM><INCTRAN><DTSTART>20261101000000.000[+0:UTC]\
         <DTEND>20261130000000.000[+0:UTC]<INCLUDE>Y</INCTRAN></STMTRQ></STMTTRNRQ></BANKMSGSRQV1>\
         <CREDITCARDMSGSRQV1><CCSTMTTRNRQ><TRNUID>C1<CCSTMTRQ><CCACCTFROM><ACCTID>4111222233334444\
         </CCACCTFROM><INCTRAN><DTSTART>20261101000000.000[+0:UTC]<DTEND>20261130000000.000[+0:UTC]\
         <INCLUDE>Y</INCTRAN></CCSTMTRQ></CCSTMTTRNRQ></CREDITCARDMSGSRQV1></OFX>\n",
    );
    let start = "20261101000000.000[+0:UTC]";
    let end = Some("20261130000000.000[+0:UTC]");
    assert_eq!(password(&request), ("u1".to_owned(), "p1".to_owned()));
    assert!(request.sign_on.as_ref().unwrap().client_uid.is_some());
    assert_eq!(
        request.messages,
        [
            RequestMessage::Statement {
                trn: trn("B1", None),
                account: checking("999000001", "1001001"),
                window: Some(window(start, end)),
            },
            RequestMessage::Statement {
                trn: trn("C1", None),
                account: AccountFrom::Card { acct_id: "4111222233334444".to_owned() },
                window: Some(window(start, end)),
            },
        ]
    );
}

#[test]
fn aqbanking_sends_version_203_in_the_older_form() {
    let request = read(
        "OFXHEADER:100\r\nDATA:OFXSGML\r\nVERSION:203\r\nSECURITY:NONE\r\nENCODING:USASCII\r\n\
         CHARSET:1252\r\nCOMPRESSION:NONE\r\nOLDFILEUID:NONE\r\nNEWFILEUID:NONE\r\n\r\n\
         <OFX>\r\n<SIGNONMSGSRQV1>\r\n<SONRQ>\r\n<DTCLIENT>20261120210000.000\r\n<USERID>u12345678\r\n\
         <USERPASS>p12345678\r\n<LANGUAGE>ENG\r\n<FI>\r\n<ORG>DEMO\r\n<FID>9999\r\n</FI>\r\n\
         <APPID>QWIN\r\n<APPVER>2700\r\n</SONRQ>\r\n</SIGNONMSGSRQV1>\r\n<BANKMSGSRQV1>\r\n\
         <STMTTRNRQ>\r\n<TRNUID>20261120210000.000\r\n<CLTCOOKIE>1\r\n<STMTRQ>\r\n<BANKACCTFROM>\r\n\
         <BANKID>999000001\r\n<ACCTID>1001001\r\n<ACCTTYPE>CHECKING\r\n</BANKACCTFROM>\r\n<INCTRAN>\r\n\
         <DTSTART>20261101000000.000\r\n<INCLUDE>Y\r\n</INCTRAN>\r\n</STMTRQ>\r\n</STMTTRNRQ>\r\n\
         </BANKMSGSRQV1>\r\n</OFX>\r\n",
    );
    assert_eq!((request.header.form, request.header.version), (Form::Sgml, 203));
    assert_eq!(request.header.new_file_uid, None);
    assert_eq!(
        request.messages,
        [RequestMessage::Statement {
            trn: trn("20261120210000.000", Some("1")),
            account: checking("999000001", "1001001"),
            window: Some(window("20261101000000.000", None)),
        }]
    );
}

#[test]
fn aqbanking_without_a_password_leaves_the_sign_on_out() {
    let request = read(
        "OFXHEADER:100\r\nDATA:OFXSGML\r\nVERSION:102\r\nSECURITY:NONE\r\nENCODING:USASCII\r\n\
         CHARSET:1252\r\nCOMPRESSION:NONE\r\nOLDFILEUID:NONE\r\nNEWFILEUID:NONE\r\n\r\n\
         <OFX>\r\n<SIGNUPMSGSRQV1>\r\n<ACCTINFOTRNRQ>\r\n<TRNUID>T9\r\n<CLTCOOKIE>1\r\n<ACCTINFORQ>\r\n\
         <DTACCTUP>19900101\r\n</ACCTINFORQ>\r\n</ACCTINFOTRNRQ>\r\n</SIGNUPMSGSRQV1>\r\n</OFX>\r\n",
    );
    assert!(request.sign_on.is_none());
    let dt_acct_up = Some(OfxDateTime::parse("19900101"));
    let expected = RequestMessage::AccountInfo { trn: trn("T9", Some("1")), dt_acct_up };
    assert_eq!(request.messages, [expected]);
}

/// The sign-on of ofxclient, with its blank line inside.
const OFXCLIENT_SIGN_ON: &str = "OFXHEADER:100\r\nDATA:OFXSGML\r\nVERSION:102\r\nSECURITY:NONE\r\n\
    ENCODING:USASCII\r\nCHARSET:1252\r\nCOMPRESSION:NONE\r\nOLDFILEUID:NONE\r\n\
    NEWFILEUID:6c2c1a38d3b14a0f8f6c9a0d3a3f5c1e\r\n\r\n<OFX>\r\n<SIGNONMSGSRQV1>\r\n<SONRQ>\r\n\
    <DTCLIENT>20261120210000\r\n<USERID>u12345678\r\n<USERPASS>p12345678\r\n<LANGUAGE>ENG\r\n<FI>\r\n\
    <ORG>DEMO\r\n<FID>9999\r\n</FI>\r\n<APPID>QWIN\r\n<APPVER>2500\r\n\r\n</SONRQ>\r\n</SIGNONMSGSRQV1>";

#[test]
fn ofxclient_checks_its_password_with_a_sign_on_alone() {
    let request = read(&format!("{OFXCLIENT_SIGN_ON}\r\n</OFX>"));
    assert_eq!(password(&request), ("u12345678".to_owned(), "p12345678".to_owned()));
    assert!(request.messages.is_empty());
}

#[test]
fn ofxclient_asks_with_a_bare_day_and_no_end() {
    let request = read(&format!(
        "{OFXCLIENT_SIGN_ON}\r\n<CREDITCARDMSGSRQV1>\r\n<CCSTMTTRNRQ>\r\n\
         <TRNUID>9f2b3c4d5e6f708192a3b4c5d6e7f809\r\n<CLTCOOKIE>4\r\n<CCSTMTRQ>\r\n<CCACCTFROM>\r\n\
         <ACCTID>4111222233334444\r\n</CCACCTFROM>\r\n<INCTRAN>\r\n<DTSTART>20260921\r\n<INCLUDE>Y\r\n\
         </INCTRAN>\r\n</CCSTMTRQ>\r\n</CCSTMTTRNRQ>\r\n</CREDITCARDMSGSRQV1>\r\n</OFX>"
    ));
    assert_eq!(
        request.messages,
        [RequestMessage::Statement {
            trn: trn("9f2b3c4d5e6f708192a3b4c5d6e7f809", Some("4")),
            account: AccountFrom::Card { acct_id: "4111222233334444".to_owned() },
            window: Some(window("20260921", None)),
        }]
    );
}

#[test]
fn npm_banking_puts_everything_after_the_header_on_one_line() {
    let request = read(
        "OFXHEADER:100\r\nDATA:OFXSGML\r\nVERSION:103\r\nSECURITY:NONE\r\nENCODING:USASCII\r\n\
         CHARSET:1252\r\nCOMPRESSION:NONE\r\nOLDFILEUID:NONE\r\nNEWFILEUID:boom\r\n\r\n\
         <OFX><SIGNONMSGSRQV1><SONRQ><DTCLIENT>20261120210000<USERID>u1<USERPASS>a&b<LANGUAGE>ENG<FI>\
         <ORG>DEMO<FID>9999</FI><APPID>QWIN<APPVER>1700<CLIENTUID>11111111-2222-3333-4444-555555555555\
         </SONRQ></SIGNONMSGSRQV1><BANKMSGSRQV1><STMTTRNRQ><TRNUID>boom-1<CLTCOOKIE>boom-2<STMTRQ>\
         <BANKACCTFROM><BANKID>999000001<ACCTID>1001001<ACCTTYPE>CHECKING</BANKACCTFROM><INCTRAN>\
         <DTSTART>20261101<DTEND>20261130<INCLUDE>Y</INCTRAN></STMTRQ></STMTTRNRQ></BANKMSGSRQV1></OFX>",
    );
    // It does not escape passwords.
    assert_eq!(password(&request).1, "a&b");
    assert_eq!(
        request.messages,
        [RequestMessage::Statement {
            trn: trn("boom-1", Some("boom-2")),
            account: checking("999000001", "1001001"),
            window: Some(window("20261101", Some("20261130"))),
        }]
    );
}

#[test]
fn ofxconnect_prints_a_line_of_its_own_before_the_header() {
    let request = read(
        "file unused.ofx\nOFXHEADER:100\r\nDATA:OFXSGML\r\nVERSION:102\r\nSECURITY:NONE\r\n\
         ENCODING:USASCII\r\nCHARSET:1252\r\nCOMPRESSION:NONE\r\nOLDFILEUID:NONE\r\n\
         NEWFILEUID:20261120235314.000\r\n\r\n<OFX>\r\n<SIGNONMSGSRQV1>\r\n<SONRQ>\r\n\
         <DTCLIENT>20261120235314.000\r\n<USERID>u12345678\r\n<USERPASS>p12345678\r\n<LANGUAGE>ENG\r\n\
         <FI>\r\n<ORG>DEMO\r\n<FID>9999\r\n</FI>\r\n<APPID>QWIN\r\n<APPVER>1400\r\n</SONRQ>\r\n\
         </SIGNONMSGSRQV1>\r\n<SIGNUPMSGSRQV1>\r\n<ACCTINFOTRNRQ>\r\n<TRNUID>20261120235314.000\r\n\
         <CLTCOOKIE>1\r\n<ACCTINFORQ>\r\n<DTACCTUP>19700101\r\n</ACCTINFORQ>\r\n</ACCTINFOTRNRQ>\r\n\
         </SIGNUPMSGSRQV1>\r\n</OFX>\r\n",
    );
    assert_eq!(request.header.new_file_uid.as_deref(), Some("20261120235314.000"));
    let dt_acct_up = Some(OfxDateTime::parse("19700101"));
    let expected =
        RequestMessage::AccountInfo { trn: trn("20261120235314.000", Some("1")), dt_acct_up };
    assert_eq!(request.messages, [expected]);
}
