//! Every kind of answer against the grammars of OFX, by the validators that everybody has. They check structure and
//! order; values are checked by the programs in the other files.

use super::customer::Customer;
use crate::harness::{Sandbox, grammar, values};

/// Signed on as whom.
#[derive(Clone, Copy, Debug)]
enum As {
    Customer,
    Guesser,
    Anonymous,
    Nobody,
}

/// How a request is written, and its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Sgml(&'static str),
    Xml(&'static str),
}

const FORMS: [Form; 4] = [Form::Sgml("102"), Form::Sgml("160"), Form::Xml("203"), Form::Xml("220")];

/// What is asked, by whom, and the codes in the answer, first that of the sign-on. `CURRENT` and `CARD` stand for the
/// accounts' numbers. Leaves are closed, so that both forms can say it.
const EXCHANGES: &[(&str, As, &str, &[&str])] = &[
    ("profile", As::Anonymous, PROFILE, &["0", "0"]),
    ("profile that is known", As::Customer, PROFILE_IN_2099, &["0", "1"]),
    ("accounts", As::Customer, ACCOUNTS, &["0", "0"]),
    ("bank statement", As::Customer, BANK, &["0", "0"]),
    ("card statement", As::Customer, CARD, &["0", "0"]),
    ("balance only", As::Customer, BALANCE, &["0", "0"]),
    (
        "several of several sets",
        As::Customer,
        SEVERAL,
        &["0", "0", "0", "2003", "2020", "2027", "0", "0"],
    ),
    ("sign-on only", As::Customer, "", &["0"]),
    ("failed sign-on only", As::Guesser, "", &["15500"]),
    ("failed sign-on", As::Guesser, SEVERAL, &["15500"; 8]),
    ("no sign-on", As::Nobody, BANK, &["15500", "15500"]),
    ("anonymous and curious", As::Anonymous, ACCOUNTS, &["15500", "15500"]),
    (
        "unsupported",
        As::Customer,
        UNSUPPORTED,
        &[
            "0", "15503", "13500", "13503", "13502", "2028", "2028", "2028", "2028", "2028",
            "2028", "2028", "2028", "2028", "2028", "2028", "2028",
        ],
    ),
];

const PROFILE: &str = "<PROFMSGSRQV1><PROFTRNRQ><TRNUID>P1</TRNUID><PROFRQ><CLIENTROUTING>NONE</CLIENTROUTING>\
    <DTPROFUP>19900101</DTPROFUP></PROFRQ></PROFTRNRQ></PROFMSGSRQV1>";
const PROFILE_IN_2099: &str = "<PROFMSGSRQV1><PROFTRNRQ><TRNUID>P2</TRNUID><CLTCOOKIE>4</CLTCOOKIE><PROFRQ>\
    <CLIENTROUTING>MSGSET</CLIENTROUTING><DTPROFUP>20990101</DTPROFUP></PROFRQ></PROFTRNRQ></PROFMSGSRQV1>";
const ACCOUNTS: &str = "<SIGNUPMSGSRQV1><ACCTINFOTRNRQ><TRNUID>A1</TRNUID><CLTCOOKIE>c</CLTCOOKIE><ACCTINFORQ>\
    <DTACCTUP>19900101</DTACCTUP></ACCTINFORQ></ACCTINFOTRNRQ></SIGNUPMSGSRQV1>";
const BANK: &str = "<BANKMSGSRQV1><STMTTRNRQ><TRNUID>B1</TRNUID><CLTCOOKIE>1</CLTCOOKIE><STMTRQ><BANKACCTFROM>\
    <BANKID>999000001</BANKID><ACCTID>CURRENT</ACCTID><ACCTTYPE>CHECKING</ACCTTYPE></BANKACCTFROM><INCTRAN>\
    <INCLUDE>Y</INCLUDE></INCTRAN></STMTRQ></STMTTRNRQ></BANKMSGSRQV1>";
const CARD: &str = "<CREDITCARDMSGSRQV1><CCSTMTTRNRQ><TRNUID>C1</TRNUID><CCSTMTRQ><CCACCTFROM><ACCTID>CARD</ACCTID>\
    </CCACCTFROM><INCTRAN><INCLUDE>Y</INCLUDE></INCTRAN></CCSTMTRQ></CCSTMTTRNRQ></CREDITCARDMSGSRQV1>";
const BALANCE: &str = "<BANKMSGSRQV1><STMTTRNRQ><TRNUID>B2</TRNUID><STMTRQ><BANKACCTFROM><BANKID>999000001</BANKID>\
    <ACCTID>CURRENT</ACCTID><ACCTTYPE>CHECKING</ACCTTYPE></BANKACCTFROM></STMTRQ></STMTTRNRQ></BANKMSGSRQV1>";
/// Accounts; three bank statements of which none can be had; cards; a profile.
const SEVERAL: &str = "<SIGNUPMSGSRQV1><ACCTINFOTRNRQ><TRNUID>A2</TRNUID><ACCTINFORQ><DTACCTUP>19900101</DTACCTUP>\
    </ACCTINFORQ></ACCTINFOTRNRQ></SIGNUPMSGSRQV1>\
    <BANKMSGSRQV1>\
    <STMTTRNRQ><TRNUID>B3</TRNUID><STMTRQ><BANKACCTFROM><BANKID>1</BANKID><ACCTID>CURRENT</ACCTID><ACCTTYPE>SAVINGS\
    </ACCTTYPE></BANKACCTFROM><INCTRAN><DTSTART>19900101</DTSTART><INCLUDE>Y</INCLUDE></INCTRAN></STMTRQ></STMTTRNRQ>\
    <STMTTRNRQ><TRNUID>B4</TRNUID><STMTRQ><BANKACCTFROM><BANKID>1</BANKID><ACCTID>NOBODY</ACCTID><ACCTTYPE>CHECKING\
    </ACCTTYPE></BANKACCTFROM><INCTRAN><INCLUDE>Y</INCLUDE></INCTRAN></STMTRQ></STMTTRNRQ>\
    <STMTTRNRQ><TRNUID>B5</TRNUID><STMTRQ><BANKACCTFROM><BANKID>1</BANKID><ACCTID>CURRENT</ACCTID><ACCTTYPE>CHECKING\
    </ACCTTYPE></BANKACCTFROM><INCTRAN><DTSTART>yesterday</DTSTART><INCLUDE>Y</INCLUDE></INCTRAN></STMTRQ></STMTTRNRQ>\
    <STMTTRNRQ><TRNUID>B6</TRNUID><STMTRQ><BANKACCTFROM><BANKID>1</BANKID><ACCTID>CURRENT</ACCTID><ACCTTYPE>CHECKING\
    </ACCTTYPE></BANKACCTFROM><INCTRAN><DTSTART>20990101</DTSTART><INCLUDE>Y</INCLUDE></INCTRAN></STMTRQ></STMTTRNRQ>\
    </BANKMSGSRQV1>\
    <CREDITCARDMSGSRQV1><CCSTMTTRNRQ><TRNUID>C2</TRNUID><CCSTMTRQ><CCACCTFROM><ACCTID>CARD</ACCTID></CCACCTFROM>\
    </CCSTMTRQ></CCSTMTTRNRQ></CREDITCARDMSGSRQV1>\
    <PROFMSGSRQV1><PROFTRNRQ><TRNUID>P3</TRNUID><PROFRQ><CLIENTROUTING>SERVICE</CLIENTROUTING><DTPROFUP>19900101\
    </DTPROFUP></PROFRQ></PROFTRNRQ></PROFMSGSRQV1>";
/// Nearly everything that the grammar has and this server does not do; the first stands beside the sign-on.
const UNSUPPORTED: &str = "<SIGNONMSGSRQV1><PINCHTRNRQ><TRNUID>1</TRNUID></PINCHTRNRQ></SIGNONMSGSRQV1>\
    <SIGNUPMSGSRQV1><ENROLLTRNRQ><TRNUID>2</TRNUID></ENROLLTRNRQ><CHGUSERINFOTRNRQ><TRNUID>3</TRNUID>\
    </CHGUSERINFOTRNRQ><ACCTTRNRQ><TRNUID>4</TRNUID></ACCTTRNRQ></SIGNUPMSGSRQV1>\
    <BANKMSGSRQV1><STMTENDTRNRQ><TRNUID>5</TRNUID></STMTENDTRNRQ><INTRATRNRQ><TRNUID>6</TRNUID></INTRATRNRQ>\
    <STPCHKTRNRQ><TRNUID>7</TRNUID></STPCHKTRNRQ><BANKMAILTRNRQ><TRNUID>8</TRNUID></BANKMAILTRNRQ></BANKMSGSRQV1>\
    <CREDITCARDMSGSRQV1><CCSTMTENDTRNRQ><TRNUID>9</TRNUID></CCSTMTENDTRNRQ></CREDITCARDMSGSRQV1>\
    <INVSTMTMSGSRQV1><INVSTMTTRNRQ><TRNUID>10</TRNUID></INVSTMTTRNRQ></INVSTMTMSGSRQV1>\
    <INTERXFERMSGSRQV1><INTERTRNRQ><TRNUID>11</TRNUID></INTERTRNRQ></INTERXFERMSGSRQV1>\
    <WIREXFERMSGSRQV1><WIRETRNRQ><TRNUID>12</TRNUID></WIRETRNRQ></WIREXFERMSGSRQV1>\
    <BILLPAYMSGSRQV1><PAYEETRNRQ><TRNUID>13</TRNUID></PAYEETRNRQ><PMTTRNRQ><TRNUID>14</TRNUID></PMTTRNRQ>\
    </BILLPAYMSGSRQV1>\
    <EMAILMSGSRQV1><MAILTRNRQ><TRNUID>15</TRNUID></MAILTRNRQ></EMAILMSGSRQV1>\
    <SECLISTMSGSRQV1><SECLISTTRNRQ><TRNUID>16</TRNUID></SECLISTTRNRQ></SECLISTMSGSRQV1>";

fn file(customer: &Customer, form: Form, by: As, messages: &str) -> String {
    let header = match form {
        Form::Sgml(version) => format!(
            "OFXHEADER:100\r\nDATA:OFXSGML\r\nVERSION:{version}\r\nSECURITY:NONE\r\nENCODING:USASCII\r\nCHARSET:1252\r\n\
             COMPRESSION:NONE\r\nOLDFILEUID:NONE\r\nNEWFILEUID:NONE\r\n\r\n"
        ),
        Form::Xml(version) => format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?>\r\n<?OFX OFXHEADER=\"200\" VERSION=\"{version}\" \
             SECURITY=\"NONE\" OLDFILEUID=\"NONE\" NEWFILEUID=\"NONE\"?>\r\n"
        ),
    };
    let anonymous = format!("anonymous{}", "0".repeat(23));
    let (username, password) = match by {
        As::Customer => (customer.ofx.username.as_str(), customer.ofx.password.as_str()),
        As::Guesser => ("AAAA-BBBB-CCCC", "wrong"),
        As::Anonymous => (anonymous.as_str(), anonymous.as_str()),
        As::Nobody => return format!("{header}<OFX>{messages}</OFX>"),
    };
    let sign_on = format!(
        "<SIGNONMSGSRQV1><SONRQ><DTCLIENT>20240229120000</DTCLIENT><USERID>{username}</USERID><USERPASS>{password}</USERPASS>\
         <LANGUAGE>ENG</LANGUAGE><FI><ORG>DEMO</ORG><FID>9999</FID></FI><APPID>QWIN</APPID><APPVER>2700</APPVER></SONRQ>"
    );
    let (beside, others) = match messages.strip_prefix("<SIGNONMSGSRQV1>") {
        Some(rest) => rest.split_once("</SIGNONMSGSRQV1>").unwrap(),
        None => ("", messages),
    };
    format!("{header}<OFX>{sign_on}{beside}</SIGNONMSGSRQV1>{others}</OFX>")
}

/// What the validator of that form has against an answer.
fn complaints(home: &Sandbox, form: Form, answer: &[u8]) -> String {
    let said = match form {
        Form::Sgml(_) => {
            let header = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n").unwrap();
            // The declaration that comes with the grammar knows seven bits only.
            let body =
                answer[header..].iter().map(|&byte| if byte.is_ascii() { byte } else { b'?' });
            let file = home.write("answer.sgml", body.collect::<Vec<u8>>()).display().to_string();
            home.run("onsgmls", &["-s", &grammar("opensp.dcl"), &grammar("ofx160.dtd"), &file])
        }
        Form::Xml(_) => {
            let file = home.write("answer.xml", answer).display().to_string();
            home.run("xmllint", &["--noout", "--dtdvalid", &grammar("ofx201.dtd"), &file])
        }
    };
    assert_eq!(said.succeeded, said.errors.is_empty(), "{}", said.errors);
    said.errors
}

#[tokio::test]
async fn every_kind_of_answer_keeps_to_the_grammar() {
    let customer = Customer::new().await;
    let home = Sandbox::new();
    for form in FORMS {
        for (name, by, messages, codes) in EXCHANGES {
            let messages = messages
                .replace("CURRENT", &customer.current.number)
                .replace(">CARD<", &format!(">{}<", customer.card.number));
            let answer = customer.ofx.raw(file(&customer, form, *by, &messages)).await;
            let text = String::from_utf8_lossy(&answer);
            assert_eq!(values(&text, "CODE"), *codes, "{name}, {form:?}: {text}");
            let header = match form {
                Form::Sgml(version) => {
                    format!("OFXHEADER:100\r\nDATA:OFXSGML\r\nVERSION:{version}\r\n")
                }
                Form::Xml(_) => {
                    "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?>\r\n".to_owned()
                }
            };
            assert!(text.starts_with(&header), "{name}, {form:?}: {text}");
            let complaints = complaints(&home, form, &answer);
            assert_eq!(complaints, "", "{name}, {form:?}: {text}");
        }
    }
}

#[tokio::test]
async fn the_validators_complain_about_a_wrong_order() {
    let customer = Customer::new().await;
    let home = Sandbox::new();
    for form in FORMS {
        let messages = BANK.replace("CURRENT", &customer.current.number);
        let answer = customer.ofx.raw(file(&customer, form, As::Customer, &messages)).await;
        let answer = String::from_utf8_lossy(&answer).replace("DTSTART>", "DTEND>");
        let complaints = complaints(&home, form, answer.as_bytes());
        assert!(complaints.contains("DTEND"), "{form:?}: {complaints}");
    }
}
