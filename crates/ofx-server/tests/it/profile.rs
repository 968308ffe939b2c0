//! The profile, and who may read it.

use ofx::{Form, ResponseMessage};

use crate::house::{House, URL, codes};
use crate::requests::{ACCOUNTS, anonymous, bank, bank_statement, bare_file, profile, sign_on};

#[tokio::test]
async fn strangers_read_the_profile_and_are_up_to_date_afterwards() {
    let house = House::new();
    let first = house.ask_file(&anonymous(&profile("19900101"))).await;
    let [ResponseMessage::Profile { trn, profile: shown }] = &*first.messages else {
        panic!("{first:?}");
    };
    assert_eq!((trn.uid.as_str(), shown.url.as_str()), ("P1", URL));
    let second = house.ask_file(&anonymous(&profile(&shown.dt_profile_up.to_string()))).await;
    assert_eq!(codes(&second), [0, 1]);
}

#[tokio::test]
async fn strangers_read_nothing_else() {
    let house = House::new();
    house.add_account("ACCT1", "checking");
    let statement = bank(&bank_statement("S1", "ACCT1", ""));
    for sets in [ACCOUNTS, &statement, &format!("{}{ACCOUNTS}", profile("19900101"))] {
        let codes = codes(&house.ask_file(&anonymous(sets)).await);
        assert!(codes.iter().all(|code| *code == 15500), "{codes:?}");
    }
    assert_eq!(codes(&house.ask_file(&anonymous("")).await), [15500]);
}

#[tokio::test]
async fn an_xml_request_gets_an_xml_answer_of_its_version() {
    let house = House::new();
    let close = |tag: &str, value: &str| format!("<{tag}>{value}</{tag}>");
    let sgml = bare_file(&format!("{}{}", sign_on(""), profile("19900101")));
    assert_eq!(house.ask_file(&sgml).await.header.form, Form::Sgml);
    let xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><?OFX OFXHEADER=\"200\" VERSION=\"203\" \
         SECURITY=\"NONE\" OLDFILEUID=\"NONE\" NEWFILEUID=\"NONE\"?><OFX><PROFMSGSRQV1><PROFTRNRQ>{}\
         <PROFRQ>{}</PROFRQ></PROFTRNRQ></PROFMSGSRQV1></OFX>",
        close("TRNUID", "P1"),
        close("CLIENTROUTING", "NONE"),
    );
    let answer = house.ask_file(&xml).await;
    assert_eq!((answer.header.form, answer.header.version), (Form::Xml, 203));
    assert_eq!(codes(&answer), [15500, 15500]);
}

#[tokio::test]
async fn what_is_not_supported_is_refused_by_its_own_code() {
    let house = House::with(|options| "Ask Pat".clone_into(&mut options.enroll_message));
    let wrapped = |set: &str, stem: &str| {
        format!(
            "<{set}MSGSRQV1><{stem}TRNRQ><TRNUID>1<{stem}RQ></{stem}RQ></{stem}TRNRQ></{set}MSGSRQV1>"
        )
    };
    let sets = [
        wrapped("SIGNUP", "ENROLL"),
        wrapped("SIGNUP", "ACCT"),
        wrapped("SIGNUP", "CHGUSERINFO"),
        wrapped("BANK", "STMTEND"),
        wrapped("BILLPAY", "PMT"),
        wrapped("EMAIL", "MAIL"),
    ];
    let answer = house.ask(&sets.concat()).await;
    assert_eq!(codes(&answer), [0, 13500, 13502, 13503, 2028, 2028, 2028]);
    let ResponseMessage::StatusOnly { status, .. } = &answer.messages[0] else { panic!() };
    assert_eq!(status.message.as_deref(), Some("Ask Pat"));
}
