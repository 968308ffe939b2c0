//! What a request means, beyond what programs are known to send; and that nothing makes us panic.

use proptest::prelude::*;

use super::*;
use crate::account::{AccountFrom, AccountType};
use crate::response::ResponseMessage;
use crate::status::StatusCode;

const HEADER: &str =
    "OFXHEADER:100\r\nDATA:OFXSGML\r\nVERSION:102\r\nENCODING:USASCII\r\nCHARSET:1252\r\n\r\n";

fn read(body: &str) -> Request {
    let text = format!("{HEADER}<OFX>{body}</OFX>");
    read_request(text.as_bytes()).unwrap_or_else(|error| panic!("{error}"))
}

fn message(body: &str) -> RequestMessage {
    read(body).messages.into_iter().next().unwrap()
}

fn sign_on(body: &str) -> SignOn {
    read(&format!("<SIGNONMSGSRQV1><SONRQ>{body}</SONRQ></SIGNONMSGSRQV1>")).sign_on.unwrap()
}

#[test]
fn only_the_full_anonymous_pair_is_anonymous() {
    assert_eq!(ANONYMOUS.len(), 32);
    assert!(sign_on(&format!("<USERID>{ANONYMOUS}<USERPASS>{ANONYMOUS}")).is_anonymous());
    assert!(!sign_on(&format!("<USERID>u1<USERPASS>{ANONYMOUS}")).is_anonymous());
    assert!(!sign_on(&format!("<USERID>{ANONYMOUS}<USERPASS>p1")).is_anonymous());
}

#[test]
fn a_sign_on_by_key_or_by_nothing_is_told_apart() {
    let by_key = sign_on("<USERKEY>k1").credentials;
    assert!(matches!(by_key, Credentials::UserKey(key) if key.expose() == "k1"));
    assert!(matches!(sign_on("<LANGUAGE>ENG").credentials, Credentials::Absent));
}

#[test]
fn extras_of_later_versions_are_noted_and_the_language_has_a_default() {
    let sign_on =
        sign_on("<USERID>u<USERPASS>p<APPID>QWIN<APPVER>2700<AUTHTOKEN>t<ACCESSKEY>a<NEWTAG>1");
    assert_eq!(sign_on.extras, ["AUTHTOKEN", "ACCESSKEY"]);
    assert_eq!(sign_on.language, "ENG");
}

#[test]
fn a_value_in_which_nothing_is_to_be_seen_counts_as_absent() {
    for unseen in ["\u{1}", "&#0;", "&nbsp;", "&#32;&#9;", "&#x2003;", "&#xFFFE;"] {
        let token = message(&format!(
            "<BANKMSGSRQV1><INTRASYNCRQ><TOKEN>{unseen}</INTRASYNCRQ></BANKMSGSRQV1>"
        ));
        assert!(matches!(token, RequestMessage::Sync(sync) if sync.token == "0"), "{unseen:?}");
    }
}

#[test]
fn the_password_shows_in_no_debug_output_and_in_no_error() {
    let request =
        read("<SIGNONMSGSRQV1><SONRQ><USERID>u<USERPASS>hunter2</SONRQ></SIGNONMSGSRQV1>");
    assert!(!format!("{request:?}").contains("hunter2"));
    for password in
        ["hunter2<X", "<HUNTER2>", "</HUNTER2>", "<hunter2", "<!hunter2", "x</OFX>hunter2"]
    {
        let text = format!(
            "{HEADER}<OFX><SIGNONMSGSRQV1><SONRQ><USERPASS>{password}</SONRQ></SIGNONMSGSRQV1>\
                </OFX>"
        );
        if let Err(error) = read_request(text.as_bytes()) {
            assert!(!format!("{error} {error:?}").to_lowercase().contains("hunter2"), "{error}");
        }
    }
}

#[test]
fn a_window_says_what_was_wanted_and_keeps_unreadable_dates() {
    let read = |inner: &str| {
        let body = format!(
            "<BANKMSGSRQV1><STMTTRNRQ><TRNUID>1<STMTRQ>{inner}</STMTRQ></STMTTRNRQ></BANKMSGSRQV1>"
        );
        let RequestMessage::Statement { window, .. } = message(&body) else { panic!("{body}") };
        window
    };
    assert_eq!(read(""), None);
    assert_eq!(
        read("<INCTRAN><INCLUDE>Y</INCTRAN>"),
        Some(Window { start: None, end: None, include: true })
    );
    assert!(!read("<INCTRAN><DTSTART>20261101<INCLUDE>N</INCTRAN>").unwrap().include);
    let window = read("<INCTRAN><DTSTART>soon<DTEND>20261131<INCLUDE>Y</INCTRAN>").unwrap();
    assert!(matches!(window.start, Some(Err(date)) if date.0 == "soon"));
    assert!(matches!(window.end, Some(Err(date)) if date.0 == "20261131"));
}

#[test]
fn an_account_that_makes_no_sense_is_read_for_the_server_to_not_find() {
    let body = "<BANKMSGSRQV1><STMTTRNRQ><STMTRQ><BANKACCTFROM><ACCTTYPE>GIRO</BANKACCTFROM>\
        </STMTRQ></STMTTRNRQ></BANKMSGSRQV1>";
    let RequestMessage::Statement { trn, account, window } = message(body) else { panic!() };
    assert_eq!((trn.uid.as_str(), account.acct_id(), window), ("0", "", None));
    assert!(matches!(account, AccountFrom::Bank { acct_type: AccountType::Checking, .. }));
}

#[test]
fn unknown_elements_inside_known_ones_are_passed_over() {
    let body = "<BANKMSGSRQV1><STMTTRNRQ><TRNUID>1<TAN>9<X.EXT><Y>1</X.EXT><STMTRQ>\
        <BANKACCTFROM><BANKID>1\
        <ACCTID>2<ACCTTYPE>SAVINGS<ACCTKEY>k</BANKACCTFROM><INCTRAN><INCLUDE>Y</INCTRAN>\
        <INCLUDEPENDING>N<INCTRANIMG>N</STMTRQ></STMTTRNRQ><SOMETHING>1</BANKMSGSRQV1><NEWMSGSRQV1><A>1</NEWMSGSRQV1>";
    let request = read(body);
    assert_eq!(request.messages.len(), 1);
    assert!(matches!(
        &request.messages[0],
        RequestMessage::Statement { account, window: Some(_), .. } if account.acct_id() == "2"
    ));
}

#[test]
fn every_unsupported_request_is_refused_in_its_own_wrapper_with_its_own_code() {
    for (set, stem, code) in [
        ("SIGNON", "PINCH", 15503),
        ("SIGNON", "CHALLENGE", 2028),
        ("SIGNUP", "ENROLL", 13500),
        ("SIGNUP", "CHGUSERINFO", 13503),
        ("SIGNUP", "ACCT", 13502),
        ("BANK", "STMTEND", 2028),
        ("BANK", "INTRA", 2028),
        ("BANK", "STPCHK", 2028),
        ("CREDITCARD", "CCSTMTEND", 2028),
        ("INVSTMT", "INVSTMT", 2028),
        ("INTERXFER", "INTER", 2028),
        ("WIREXFER", "WIRE", 2028),
        ("BILLPAY", "PMT", 2028),
        ("EMAIL", "MAIL", 2028),
        ("SECLIST", "SECLIST", 2028),
        ("PRESDIR", "FINDBILLER", 2028),
        ("PRESDLV", "PRESLIST", 2028),
        ("TAX1099", "TAX1099", 2028),
    ] {
        let body = format!(
            "<{set}MSGSRQV1><{stem}TRNRQ><TRNUID>7<CLTCOOKIE>c<{stem}RQ><A>1</{stem}RQ>\
                </{stem}TRNRQ></{set}MSGSRQV1>"
        );
        let answer = message(&body).unsupported_answer("see the portal").unwrap();
        let ResponseMessage::StatusOnly { trn, kind, status } = &answer else {
            panic!("{answer:?}")
        };
        assert_eq!((trn.uid.as_str(), trn.client_cookie.as_deref()), ("7", Some("c")));
        assert_eq!(kind.response_tag(), format!("{stem}TRNRS"));
        assert_eq!(answer.set().response_tag(), format!("{set}MSGSRSV1"));
        assert_eq!(status.code.number(), code, "{stem}");
        assert_eq!(status.message.as_deref() == Some("see the portal"), stem == "ENROLL");
    }
}

#[test]
fn a_history_is_empty_and_what_came_along_is_refused() {
    let body = "<BANKMSGSRQV1><INTRASYNCRQ><TOKEN>5<REJECTIFMISSING>N<BANKACCTFROM><BANKID>1\
        <ACCTID>2<ACCTTYPE>CHECKING\
        </BANKACCTFROM><INTRATRNRQ><TRNUID>8<INTRARQ><A>1</INTRARQ></INTRATRNRQ></INTRASYNCRQ></BANKMSGSRQV1>";
    let message = message(body);
    let Some(ResponseMessage::Sync(sync)) = message.unsupported_answer("") else { panic!() };
    assert_eq!((sync.kind.stem(), sync.token.as_str()), ("INTRA", "5"));
    assert_eq!(
        sync.account.map(|account| account.name().to_owned()).as_deref(),
        Some("BANKACCTFROM")
    );
    assert!(matches!(
        &sync.refusals[..],
        [ResponseMessage::StatusOnly { trn, status, .. }]
            if trn.uid == "8" && status.code == StatusCode::ElementUnknown
    ));
}

#[test]
fn what_is_supported_has_no_refusal_of_its_own_but_can_be_refused() {
    let message = message(
        "<CREDITCARDMSGSRQV1><CCSTMTTRNRQ><TRNUID>1<CCSTMTRQ></CCSTMTRQ></CCSTMTTRNRQ>\
            </CREDITCARDMSGSRQV1>",
    );
    assert_eq!(message.unsupported_answer(""), None);
    let answer = message.status_only(StatusCode::SignOnInvalid);
    assert!(matches!(
        answer,
        ResponseMessage::StatusOnly { kind, status, .. }
            if kind.response_tag() == "CCSTMTTRNRS" && status.code == StatusCode::SignOnInvalid
    ));
}

/// A request with every construct that the reader knows.
const RICH: &str = "OFXHEADER:100\r\nDATA:OFXSGML\r\nVERSION:160\r\nENCODING:USASCII\r\nCHARSET:1252\r\n\r\n\
    <OFX><SIGNONMSGSRQV1><SONRQ><DTCLIENT>20261120210000.1[-5.30:X]<USERID>u<USERPASS>p&amp;&#65;<FI><ORG>O</FI>\
    </SONRQ></SIGNONMSGSRQV1><!-- x --><BANKMSGSRQV1><STMTTRNRQ><TRNUID>1<STMTRQ><BANKACCTFROM><BANKID><ACCTID>2\
    </BANKACCTFROM><INCTRAN><DTSTART>20261101<INCLUDE>Y</INCTRAN></STMTRQ></STMTTRNRQ><INTRASYNCRQ><TOKEN>0\
    <INTRATRNRQ><TRNUID>2</INTRATRNRQ></INTRASYNCRQ></BANKMSGSRQV1></OFX>";

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..2048)) {
        if let Err(error) = read_request(&bytes) {
            prop_assert!(error.offset <= bytes.len());
        }
    }

    #[test]
    fn arbitrary_bodies_never_panic(
        body in "([<>/&;!?#\\-A-C1 \r\n]|<[A-C]>|</[A-C]>|<OFX>|</OFX>|<!--|-->|&amp;|é){0,200}",
    ) {
        for header in [HEADER, "<?OFX OFXHEADER=\"200\" VERSION=\"203\"?>"] {
            let bytes = format!("{header}<OFX>{body}").into_bytes();
            if let Err(error) = read_request(&bytes) {
                prop_assert!(error.offset <= bytes.len());
            }
        }
    }

    #[test]
    fn a_damaged_request_never_panics(
        edits in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3), 1..12),
    ) {
        let mut bytes = RICH.as_bytes().to_vec();
        for (place, byte, kind) in edits {
            let index = place.index(bytes.len());
            match kind {
                0 => bytes[index] = byte,
                1 => bytes.insert(index, byte),
                _ => drop(bytes.remove(index)),
            }
        }
        if let Ok(request) = read_request(&bytes) {
            for message in &request.messages {
                let failure = message.status_only(StatusCode::GeneralError);
                let refusal = message.unsupported_answer("");
                prop_assert!(refusal.is_none_or(|refusal| refusal.set() == failure.set()));
            }
        }
    }
}
