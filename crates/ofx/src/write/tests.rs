//! Answers as bytes, compared whole: element order and line ends matter to clients.

use jiff::civil::date;

use super::*;
use crate::account::{AccountFrom, AccountType};
use crate::amount::Amount;
use crate::datetime::OfxDateTime;
use crate::header::Form;
use crate::message_set::TransactionKind;
use crate::request::Fi;
use crate::response::{
    Balance, ResponseHeader, SignOnResponse, Statement, StatementLine, TransactionList,
    TransactionType,
};
use crate::status::StatusCode;

fn at(text: &str) -> OfxDateTime {
    OfxDateTime::parse(text).unwrap()
}

fn trn(uid: &str) -> Trn {
    Trn { uid: uid.to_owned(), client_cookie: None }
}

fn response(form: Form, messages: Vec<ResponseMessage>) -> Response {
    let version = if form == Form::Sgml { 102 } else { 203 };
    Response {
        header: ResponseHeader { form, version },
        sign_on: SignOnResponse {
            status: Status::SUCCESS,
            dt_server: at("20261120215616.000"),
            language: "ENG".to_owned(),
            dt_profile_up: None,
            dt_acct_up: None,
            fi: Some(Fi { org: "DEMO".to_owned(), fid: Some("9999".to_owned()) }),
        },
        messages,
    }
}

/// The body of an answer in the older form, without its line ends.
fn body(messages: Vec<ResponseMessage>) -> String {
    let bytes = write_response(&response(Form::Sgml, messages));
    let text = String::from_utf8(bytes).unwrap();
    let (_, body) = text.split_once("\r\n\r\n").unwrap();
    body.replace("\r\n", "")
}

fn line(name: &str) -> StatementLine {
    StatementLine {
        transaction_type: TransactionType::PointOfSale,
        posted_on: date(2026, 11, 3),
        amount: Amount::parse("-42.50").unwrap(),
        fit_id: "T-0002".to_owned(),
        check_number: None,
        reference: None,
        name: Some(name.to_owned()),
        memo: Some(name.to_owned()),
    }
}

fn statement(lines: Option<Vec<StatementLine>>) -> ResponseMessage {
    let list =
        |lines| TransactionList { start: at("20261101000000"), end: at("20261130235959"), lines };
    let statement = Statement {
        account: AccountFrom::Bank {
            bank_id: "999000001".to_owned(),
            branch_id: None,
            acct_id: "1001001".to_owned(),
            acct_type: AccountType::Checking,
        },
        currency: "USD".to_owned(),
        transactions: lines.map(list),
        ledger_balance: Balance {
            amount: Amount::parse("1377.49").unwrap(),
            as_of: at("20261120215616"),
        },
        available_balance: None,
    };
    let trn = Trn { uid: "A1".to_owned(), client_cookie: Some("1".to_owned()) };
    ResponseMessage::Statement { trn, statement }
}

#[test]
fn the_older_form_leaves_values_unclosed() {
    let written = write_response(&response(
        Form::Sgml,
        vec![statement(Some(vec![line("Office & Supplies")]))],
    ));
    let expected = "OFXHEADER:100\r\nDATA:OFXSGML\r\nVERSION:102\r\nSECURITY:NONE\r\n\
        ENCODING:USASCII\r\nCHARSET:1252\r\nCOMPRESSION:NONE\r\nOLDFILEUID:NONE\r\n\
        NEWFILEUID:NONE\r\n\r\n\
        <OFX><SIGNONMSGSRSV1><SONRS><STATUS><CODE>0<SEVERITY>INFO</STATUS>\r\n\
        <DTSERVER>20261120215616.000[0:GMT]<LANGUAGE>ENG<FI><ORG>DEMO<FID>9999</FI>\r\n\
        </SONRS>\r\n</SIGNONMSGSRSV1>\r\n<BANKMSGSRSV1><STMTTRNRS><TRNUID>A1<STATUS><CODE>0\
        <SEVERITY>INFO</STATUS>\r\n<CLTCOOKIE>1<STMTRS><CURDEF>USD<BANKACCTFROM><BANKID>999000001\
        <ACCTID>1001001<ACCTTYPE>CHECKING</BANKACCTFROM>\r\n<BANKTRANLIST>\
        <DTSTART>20261101000000[0:GMT]<DTEND>20261130235959[0:GMT]<STMTTRN><TRNTYPE>POS\
        <DTPOSTED>20261103120000[0:GMT]<TRNAMT>-42.50<FITID>T-0002<NAME>Office &amp; Supplies\
        <MEMO>Office &amp; Supplies</STMTTRN>\r\n</BANKTRANLIST>\r\n<LEDGERBAL><BALAMT>1377.49\
        <DTASOF>20261120215616[0:GMT]</LEDGERBAL>\r\n</STMTRS>\r\n</STMTTRNRS>\r\n\
        </BANKMSGSRSV1>\r\n</OFX>\r\n";
    assert_eq!(String::from_utf8(written).unwrap(), expected);
}

#[test]
fn the_newer_form_closes_every_element() {
    let written = write_response(&response(Form::Xml, Vec::new()));
    let expected = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?>\r\n\
        <?OFX OFXHEADER=\"200\" VERSION=\"203\" SECURITY=\"NONE\" OLDFILEUID=\"NONE\" \
        NEWFILEUID=\"NONE\"?>\r\n<OFX><SIGNONMSGSRSV1><SONRS><STATUS><CODE>0</CODE>\
        <SEVERITY>INFO</SEVERITY></STATUS>\r\n<DTSERVER>20261120215616.000[0:GMT]</DTSERVER>\
        <LANGUAGE>ENG</LANGUAGE><FI><ORG>DEMO</ORG><FID>9999</FID></FI>\r\n</SONRS>\r\n\
        </SIGNONMSGSRSV1>\r\n</OFX>\r\n";
    assert_eq!(String::from_utf8(written).unwrap(), expected);
}

#[test]
fn the_older_form_writes_windows_1252_and_the_newer_utf_8() {
    let bytes = |form| {
        let message = statement(Some(vec![line("Café € Łódź 中")]));
        write_response(&response(form, vec![message]))
    };
    let contains = |bytes: &[u8], text: &[u8]| crate::header::find(bytes, text).is_some();
    assert!(contains(&bytes(Form::Sgml), b"<NAME>Caf\xe9 \x80 L\xf3dz ?<MEMO>"));
    assert!(contains(&bytes(Form::Xml), "<NAME>Café € Łódź 中</NAME>".as_bytes()));
}

#[test]
fn a_list_without_transactions_is_not_the_same_as_no_list() {
    let empty =
        "<BANKTRANLIST><DTSTART>20261101000000[0:GMT]<DTEND>20261130235959[0:GMT]</BANKTRANLIST>";
    assert!(body(vec![statement(Some(Vec::new()))]).contains(empty));
    assert!(!body(vec![statement(None)]).contains("BANKTRANLIST"));
}

#[test]
fn sets_are_in_the_order_of_the_grammar_and_answers_in_the_order_of_the_request() {
    let only = |uid, kind| ResponseMessage::StatusOnly {
        trn: trn(uid),
        kind,
        status: StatusCode::AccountNotFound.into(),
    };
    let body = body(vec![
        only("1", TransactionKind::profile()),
        only("2", TransactionKind::card_statement()),
        only("3", TransactionKind::bank_statement()),
        only("4", TransactionKind::new(MessageSet::SignOn, "PINCH")),
        only("5", TransactionKind::bank_statement()),
        only("6", TransactionKind::account_info()),
    ]);
    let order: Vec<&str> = body
        .split('<')
        .filter(|tag| {
            tag.starts_with("TRNUID") || tag.contains("MSGSRSV1>") && !tag.starts_with('/')
        })
        .collect();
    assert_eq!(
        order,
        [
            "SIGNONMSGSRSV1>",
            "TRNUID>4",
            "SIGNUPMSGSRSV1>",
            "TRNUID>6",
            "BANKMSGSRSV1>",
            "TRNUID>3",
            "TRNUID>5",
            "CREDITCARDMSGSRSV1>",
            "TRNUID>2",
            "PROFMSGSRSV1>",
            "TRNUID>1",
        ]
    );
}

#[test]
fn a_failure_has_a_status_and_nothing_inside() {
    let failed = ResponseMessage::StatusOnly {
        trn: Trn { uid: "A<1>".to_owned(), client_cookie: Some("c".to_owned()) },
        kind: TransactionKind::card_statement(),
        status: StatusCode::SignOnInvalid.into(),
    };
    let expected = "<CREDITCARDMSGSRSV1><CCSTMTTRNRS><TRNUID>A&lt;1&gt;<STATUS><CODE>15500\
        <SEVERITY>ERROR<MESSAGE>Signon invalid</STATUS><CLTCOOKIE>c</CCSTMTTRNRS>";
    assert!(body(vec![failed]).contains(expected));
}

#[test]
fn a_sync_is_answered_by_an_empty_history_for_the_account_it_named() {
    let request = "OFXHEADER:100\nVERSION:102\n\n<OFX><INVSTMTMSGSRQV1><INVMAILSYNCRQ><TOKEN>5\
        <REJECTIFMISSING>N<INCIMAGES>N<USEHTML>N<INVACCTFROM><BROKERID>b&amp;c<ACCTID>2</INVACCTFROM>\
        <INVMAILTRNRQ><TRNUID>8</INVMAILTRNRQ></INVMAILSYNCRQ></INVSTMTMSGSRQV1></OFX>";
    let request = crate::read_request(request.as_bytes()).unwrap();
    let answer = request.messages[0].unsupported_answer("").unwrap();
    let expected = "<INVSTMTMSGSRSV1><INVMAILSYNCRS><TOKEN>5<LOSTSYNC>N<INVACCTFROM><BROKERID>b&amp;c\
        <ACCTID>2</INVACCTFROM><INVMAILTRNRS><TRNUID>8<STATUS><CODE>2028<SEVERITY>ERROR\
        <MESSAGE>Requested element unknown</STATUS></INVMAILTRNRS></INVMAILSYNCRS></INVSTMTMSGSRSV1>";
    assert!(body(vec![answer.clone()]).contains(expected));
    let written = write_response(&response(Form::Xml, vec![answer]));
    let ResponseMessage::Sync(sync) = &crate::read_response(&written).unwrap().messages[0] else {
        panic!()
    };
    assert_eq!((sync.token.as_str(), sync.refusals.len()), ("5", 1));
}

#[test]
fn an_account_that_holds_its_own_name_leaves_the_answer_whole() {
    let request = "OFXHEADER:100\nVERSION:102\n\n<OFX><BANKMSGSRQV1><INTRASYNCRQ><TOKEN>0<INVACCTFROM>\
        <INVACCTFROM>1</INVACCTFROM></INVACCTFROM></INTRASYNCRQ></BANKMSGSRQV1></OFX>";
    let request = crate::read_request(request.as_bytes()).unwrap();
    let answer = request.messages[0].unsupported_answer("").unwrap();
    let written = write_response(&response(Form::Sgml, vec![answer]));
    let again = write_response(&crate::read_response(&written).unwrap());
    assert_eq!(String::from_utf8(again), String::from_utf8(written));
}
