//! Writes OFX 1.0.2 requests as a program of Intuit's would. Sending them is wire.rs, reading answers is answer.rs.

use super::books::{AccountKind, Offer};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;

/// Older than anything a bank has to tell, so that every answer is complete.
const LONG_AGO: &str = "19900101";

/// Who asks, and when.
#[derive(Clone, Copy)]
pub(super) struct SignOn<'a> {
    pub(super) username: &'a str,
    pub(super) password: &'a str,
    pub(super) at: Timestamp,
}

/// What a statement is to cover.
#[derive(Clone, Copy, Debug)]
pub(super) enum Window {
    /// Balances only.
    None,
    /// Everything since that day, which is meant to be included.
    Since(Date),
}

/// A whole file: header, sign-on, messages.
pub(super) fn file(sign_on: SignOn<'_>, messages: &str) -> String {
    let header = [
        "OFXHEADER:100",
        "DATA:OFXSGML",
        "VERSION:102",
        "SECURITY:NONE",
        "ENCODING:USASCII",
        "CHARSET:1252",
        "COMPRESSION:NONE",
        "OLDFILEUID:NONE",
        "NEWFILEUID:NONE",
        "",
        "",
    ];
    let at = Offset::UTC.to_datetime(sign_on.at).strftime("%Y%m%d%H%M%S.000[0:GMT]");
    let (username, password) = (escaped(sign_on.username), escaped(sign_on.password));
    format!(
        "{}<OFX><SIGNONMSGSRQV1><SONRQ><DTCLIENT>{at}<USERID>{username}<USERPASS>{password}\
         <LANGUAGE>ENG<APPID>QBO<APPVER>2700</SONRQ></SIGNONMSGSRQV1>{messages}</OFX>\r\n",
        header.join("\r\n")
    )
}

/// A file that anybody may send.
pub(super) fn anonymous_file(at: Timestamp, messages: &str) -> String {
    let nobody = format!("{:0<32}", "anonymous");
    file(SignOn { username: &nobody, password: &nobody, at }, messages)
}

/// Asks what the bank can do.
pub(super) fn profile(trnuid: &str) -> String {
    format!(
        "<PROFMSGSRQV1><PROFTRNRQ><TRNUID>{trnuid}<PROFRQ><CLIENTROUTING>NONE<DTPROFUP>{LONG_AGO}\
         </PROFRQ></PROFTRNRQ></PROFMSGSRQV1>"
    )
}

/// Asks which accounts there are.
pub(super) fn accounts(trnuid: &str) -> String {
    format!(
        "<SIGNUPMSGSRQV1><ACCTINFOTRNRQ><TRNUID>{trnuid}<ACCTINFORQ><DTACCTUP>{LONG_AGO}\
         </ACCTINFORQ></ACCTINFOTRNRQ></SIGNUPMSGSRQV1>"
    )
}

/// Asks for a statement.
pub(super) fn statement(trnuid: &str, account: &Offer, window: Window) -> String {
    statements(account.kind, &[statement_wrapper(trnuid, account, window)])
}

/// A message set of statement requests of one kind.
pub(super) fn statements(kind: AccountKind, wrappers: &[String]) -> String {
    let set = match kind {
        AccountKind::Bank => "BANKMSGSRQV1",
        AccountKind::Card => "CREDITCARDMSGSRQV1",
    };
    format!("<{set}>{}</{set}>", wrappers.concat())
}

/// One statement request in its wrapper.
pub(super) fn statement_wrapper(trnuid: &str, account: &Offer, window: Window) -> String {
    let number = escaped(&account.number);
    let window = match window {
        Window::None => String::new(),
        Window::Since(start) => {
            format!("<INCTRAN><DTSTART>{}<INCLUDE>Y</INCTRAN>", start.strftime("%Y%m%d"))
        }
    };
    match account.kind {
        AccountKind::Bank => format!(
            "<STMTTRNRQ><TRNUID>{trnuid}<STMTRQ><BANKACCTFROM><BANKID>{}<ACCTID>{number}\
             <ACCTTYPE>{}</BANKACCTFROM>{window}</STMTRQ></STMTTRNRQ>",
            escaped(&account.bank_id),
            escaped(&account.account_type),
        ),
        AccountKind::Card => format!(
            "<CCSTMTTRNRQ><TRNUID>{trnuid}<CCSTMTRQ><CCACCTFROM><ACCTID>{number}</CCACCTFROM>\
             {window}</CCSTMTRQ></CCSTMTTRNRQ>"
        ),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Date = Date::constant(2024, 2, 29);

    fn an_offer(kind: AccountKind) -> Offer {
        let bank = kind == AccountKind::Bank;
        Offer {
            number: "MR-1".to_owned(),
            name: "Current".to_owned(),
            kind,
            bank_id: if bank { "999000001".to_owned() } else { String::new() },
            account_type: if bank { "CHECKING".to_owned() } else { String::new() },
        }
    }

    #[test]
    fn a_file_has_the_header_of_102_and_signs_on() {
        let at = "2024-02-29T12:00:00Z".parse().unwrap();
        let file = file(SignOn { username: "A&B", password: "p<w", at }, "<X>");
        let (header, body) = file.split_once("\r\n\r\n").unwrap();
        assert_eq!(header.lines().count(), 9);
        assert!(header.starts_with("OFXHEADER:100\r\nDATA:OFXSGML\r\nVERSION:102\r\n"));
        assert_eq!(
            body.trim_end(),
            "<OFX><SIGNONMSGSRQV1><SONRQ><DTCLIENT>20240229120000.000[0:GMT]<USERID>A&amp;B\
             <USERPASS>p&lt;w<LANGUAGE>ENG<APPID>QBO<APPVER>2700</SONRQ></SIGNONMSGSRQV1><X></OFX>"
        );
    }

    #[test]
    fn nobody_is_spelt_with_32_characters() {
        let file = anonymous_file("2024-02-29T12:00:00Z".parse().unwrap(), "");
        assert!(file.contains("<USERID>anonymous00000000000000000000000<USERPASS>anonymous0"));
    }

    #[test]
    fn banks_and_cards_are_asked_in_their_own_words() {
        assert_eq!(
            statement("S1", &an_offer(AccountKind::Bank), Window::Since(DAY)),
            "<BANKMSGSRQV1><STMTTRNRQ><TRNUID>S1<STMTRQ><BANKACCTFROM><BANKID>999000001\
             <ACCTID>MR-1<ACCTTYPE>CHECKING</BANKACCTFROM><INCTRAN><DTSTART>20240229<INCLUDE>Y\
             </INCTRAN></STMTRQ></STMTTRNRQ></BANKMSGSRQV1>"
        );
        assert_eq!(
            statement("S2", &an_offer(AccountKind::Card), Window::None),
            "<CREDITCARDMSGSRQV1><CCSTMTTRNRQ><TRNUID>S2<CCSTMTRQ><CCACCTFROM><ACCTID>MR-1\
             </CCACCTFROM></CCSTMTRQ></CCSTMTTRNRQ></CREDITCARDMSGSRQV1>"
        );
    }
}
