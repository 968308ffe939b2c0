//! Writes an answer of every kind, in both forms, into a folder, for validators and other programs
//! to read: `cargo run -p ofx --example answers -- FOLDER`.

use std::path::Path;

use jiff::civil::{Date, date};
use ofx::{
    AccountEntry, AccountFrom, AccountInfo, AccountType, Amount, Balance, Fi, Form, OfxDateTime,
    Profile, Response, ResponseHeader, ResponseMessage, ServiceStatus, SignOnResponse, SignOnRules,
    Statement, StatementLine, Status, StatusCode, TransactionList, TransactionType, Trn, fit_id,
    read_request, write_response,
};

type Failure = Box<dyn std::error::Error>;

/// A file's name, and what is in it.
type Answer = (&'static str, SignOnResponse, Vec<ResponseMessage>);

fn main() -> Result<(), Failure> {
    let folder = std::env::args().nth(1).ok_or("name a folder")?;
    for (form, version, suffix) in [(Form::Sgml, 102, "sgml.ofx"), (Form::Xml, 203, "xml.ofx")] {
        for (name, sign_on, messages) in answers()? {
            let header = ResponseHeader { form, version };
            let response = Response { header, sign_on, messages };
            let path = Path::new(&folder).join(format!("{name}.{suffix}"));
            std::fs::write(path, write_response(&response))?;
        }
    }
    Ok(())
}

fn answers() -> Result<Vec<Answer>, Failure> {
    let welcome = || sign_on(Status::SUCCESS);
    let profile = ResponseMessage::Profile { trn: trn("P1"), profile: Box::new(profile()?) };
    let info = ResponseMessage::AccountInfo { trn: trn("A1"), info: account_info()? };
    let bank = ResponseMessage::Statement { trn: trn("B1"), statement: statement(checking())? };
    let card = ResponseMessage::Statement { trn: trn("C1"), statement: statement(card())? };
    let mut balances = statement(checking())?;
    balances.transactions = None;
    let balances = ResponseMessage::Statement { trn: trn("B2"), statement: balances };
    let wishes = read_request(WISHES.as_bytes())?;
    let refused = |message: &ofx::RequestMessage| message.status_only(StatusCode::SignOnInvalid);
    let unsupported = |message: &ofx::RequestMessage| {
        message.unsupported_answer("Get credentials from your bank's web page")
    };
    Ok(vec![
        ("profile", welcome()?, vec![profile.clone()]),
        ("account-info", welcome()?, vec![info.clone()]),
        ("bank-statement", welcome()?, vec![bank.clone()]),
        ("card-statement", welcome()?, vec![card.clone()]),
        ("balances-only", welcome()?, vec![balances.clone()]),
        ("everything", welcome()?, vec![card, profile, bank, info, balances]),
        ("sign-on-only", welcome()?, Vec::new()),
        (
            "sign-on-failed",
            sign_on(StatusCode::SignOnInvalid.into())?,
            wishes.messages.iter().map(refused).collect(),
        ),
        ("unsupported", welcome()?, wishes.messages.iter().filter_map(unsupported).collect()),
    ])
}

/// One of nearly everything that the grammar has and we do not serve.
const WISHES: &str = "OFXHEADER:100\nVERSION:102\n\n<OFX><SIGNONMSGSRQV1><PINCHTRNRQ><TRNUID>1\
    </PINCHTRNRQ></SIGNONMSGSRQV1><SIGNUPMSGSRQV1><ENROLLTRNRQ><TRNUID>2<CLTCOOKIE>c</ENROLLTRNRQ>\
    <CHGUSERINFOTRNRQ><TRNUID>3</CHGUSERINFOTRNRQ><ACCTTRNRQ><TRNUID>4</ACCTTRNRQ></SIGNUPMSGSRQV1>\
    <BANKMSGSRQV1><STMTTRNRQ><TRNUID>5</STMTTRNRQ><STMTENDTRNRQ><TRNUID>6</STMTENDTRNRQ><INTRATRNRQ>\
    <TRNUID>7</INTRATRNRQ><STPCHKTRNRQ><TRNUID>8</STPCHKTRNRQ><BANKMAILTRNRQ><TRNUID>9</BANKMAILTRNRQ>\
    <INTRASYNCRQ><TOKEN>0<REJECTIFMISSING>N<BANKACCTFROM><BANKID>999000001<ACCTID>1001001\
    <ACCTTYPE>CHECKING</BANKACCTFROM><INTRATRNRQ><TRNUID>10</INTRATRNRQ></INTRASYNCRQ></BANKMSGSRQV1>\
    <CREDITCARDMSGSRQV1><CCSTMTENDTRNRQ><TRNUID>11</CCSTMTENDTRNRQ></CREDITCARDMSGSRQV1>\
    <INVSTMTMSGSRQV1><INVSTMTTRNRQ><TRNUID>12</INVSTMTTRNRQ></INVSTMTMSGSRQV1><INTERXFERMSGSRQV1>\
    <INTERTRNRQ><TRNUID>13</INTERTRNRQ></INTERXFERMSGSRQV1><WIREXFERMSGSRQV1><WIRETRNRQ><TRNUID>14\
    </WIRETRNRQ></WIREXFERMSGSRQV1><BILLPAYMSGSRQV1><PAYEETRNRQ><TRNUID>15</PAYEETRNRQ><PMTTRNRQ>\
    <TRNUID>16</PMTTRNRQ></BILLPAYMSGSRQV1><EMAILMSGSRQV1><MAILTRNRQ><TRNUID>17</MAILTRNRQ><MAILSYNCRQ>\
    <REFRESH>Y<REJECTIFMISSING>N<INCIMAGES>N<USEHTML>N</MAILSYNCRQ></EMAILMSGSRQV1><SECLISTMSGSRQV1>\
    <SECLISTTRNRQ><TRNUID>18</SECLISTTRNRQ></SECLISTMSGSRQV1></OFX>";

fn trn(uid: &str) -> Trn {
    Trn { uid: uid.to_owned(), client_cookie: Some("1".to_owned()) }
}

fn sign_on(status: Status) -> Result<SignOnResponse, Failure> {
    Ok(SignOnResponse {
        status,
        dt_server: OfxDateTime::moment("2026-11-20T21:56:16Z".parse()?).ok_or("moment")?,
        language: "ENG".to_owned(),
        dt_profile_up: Some(day(date(2026, 10, 1))?),
        dt_acct_up: Some(day(date(2026, 10, 2))?),
        fi: Some(Fi { org: "DEMO".to_owned(), fid: Some("9999".to_owned()) }),
    })
}

fn day(date: Date) -> Result<OfxDateTime, Failure> {
    Ok(OfxDateTime::start_of_day(date).ok_or("day")?)
}

fn checking() -> AccountFrom {
    AccountFrom::Bank {
        bank_id: "999000001".to_owned(),
        branch_id: None,
        acct_id: "1001001".to_owned(),
        acct_type: AccountType::Checking,
    }
}

fn card() -> AccountFrom {
    AccountFrom::Card { acct_id: "4111222233334444".to_owned() }
}

fn profile() -> Result<Profile, Failure> {
    Ok(Profile {
        url: "https://feeds.example/ofx".to_owned(),
        language: "ENG".to_owned(),
        dt_profile_up: day(date(2026, 10, 1))?,
        enroll_message: "Get credentials from your bank's web page".to_owned(),
        sign_on_rules: SignOnRules { password_chars_min: 8, password_chars_max: 32 },
        fi_name: "Demo Bank & Söhne".to_owned(),
        address: "1 Main Street".to_owned(),
        city: "Springfield".to_owned(),
        state: "IL".to_owned(),
        postal_code: "62701".to_owned(),
        country: "USA".to_owned(),
        customer_phone: Some("+1 555 0100".to_owned()),
        home_page: Some("https://bank.example/".to_owned()),
        email: Some("help@bank.example".to_owned()),
    })
}

fn account_info() -> Result<AccountInfo, Failure> {
    let entry = |description: &str, account| AccountEntry {
        description: Some(description.to_owned()),
        account,
        service: ServiceStatus::Active,
    };
    let accounts = vec![entry("Operating account", checking()), entry("Company card", card())];
    Ok(AccountInfo { dt_acct_up: day(date(2026, 10, 2))?, accounts })
}

fn statement(account: AccountFrom) -> Result<Statement, Failure> {
    let as_of = OfxDateTime::moment("2026-11-20T21:56:16Z".parse()?).ok_or("moment")?;
    let balance = |text| Ok::<_, Failure>(Balance { amount: amount(text)?, as_of });
    Ok(Statement {
        account,
        currency: "USD".to_owned(),
        transactions: Some(TransactionList {
            start: day(date(2026, 11, 1))?,
            end: OfxDateTime::end_of_day(date(2026, 11, 30)).ok_or("day")?,
            lines: vec![
                line("T-0001", "1420.00", "Café Zürich – Łódź <7> & Söhne Buchhaltung GmbH")?,
                line("T-0002", "-42.5", "Office & Supplies")?,
                line("an id with spaces", "-0.01", "€ fee")?,
            ],
        }),
        ledger_balance: balance("1377.49")?,
        available_balance: Some(balance("1300")?),
    })
}

fn line(caller_id: &str, text: &str, name: &str) -> Result<StatementLine, Failure> {
    Ok(StatementLine {
        transaction_type: TransactionType::PointOfSale,
        posted_on: date(2026, 11, 3),
        amount: amount(text)?,
        fit_id: fit_id(caller_id),
        check_number: Some("1042".to_owned()),
        reference: Some("RF18 5390 0754 7034".to_owned()),
        name: Some(name.to_owned()),
        memo: Some("Invoice <7>".to_owned()),
    })
}

fn amount(text: &str) -> Result<Amount, Failure> {
    Ok(Amount::new(text.parse()?, 2))
}
