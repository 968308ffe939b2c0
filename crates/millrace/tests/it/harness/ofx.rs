//! The least OFX client: requests as text, answers as text. Real clients are in stories/clients.

use super::{Caller, Reply};
use reqwest::Method;

/// Signs on with one pair of credentials.
#[derive(Clone)]
pub(crate) struct OfxCaller {
    pub(crate) caller: Caller,
    pub(crate) username: String,
    pub(crate) password: String,
}

impl OfxCaller {
    /// A client with these credentials.
    pub(crate) fn new(caller: &Caller, username: &str, password: &str) -> Self {
        let (username, password) = (username.to_owned(), password.to_owned());
        Self { caller: caller.clone(), username, password }
    }

    /// Sends bytes as they are.
    pub(crate) async fn send(&self, body: impl Into<Vec<u8>>) -> Reply {
        let request = self.caller.http.request(Method::POST, format!("{}/ofx", self.caller.url));
        Caller::send(request.header("Content-Type", "application/x-ofx").body(body.into())).await
    }

    /// The same, and the bytes of the answer, which may be in Windows-1252.
    pub(crate) async fn raw(&self, body: impl Into<Vec<u8>>) -> Vec<u8> {
        let request = self.caller.http.request(Method::POST, format!("{}/ofx", self.caller.url));
        let request = request.header("Content-Type", "application/x-ofx").body(body.into());
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 200);
        answer.bytes().await.unwrap().to_vec()
    }

    /// A whole SGML file around `messages`.
    pub(crate) fn file(&self, messages: &str) -> String {
        let (username, password) = (&self.username, &self.password);
        format!(
            "OFXHEADER:100\r\nDATA:OFXSGML\r\nVERSION:102\r\nSECURITY:NONE\r\nENCODING:USASCII\r\nCHARSET:1252\r\n\
             COMPRESSION:NONE\r\nOLDFILEUID:NONE\r\nNEWFILEUID:NONE\r\n\r\n\
             <OFX><SIGNONMSGSRQV1><SONRQ><DTCLIENT>20240229120000<USERID>{username}<USERPASS>{password}\
             <LANGUAGE>ENG<APPID>QWIN<APPVER>2700</SONRQ></SIGNONMSGSRQV1>{messages}</OFX>"
        )
    }

    /// Asks for the accounts.
    pub(crate) async fn accounts(&self) -> String {
        let ask = "<SIGNUPMSGSRQV1><ACCTINFOTRNRQ><TRNUID>A1<ACCTINFORQ><DTACCTUP>19900101</ACCTINFORQ></ACCTINFOTRNRQ></SIGNUPMSGSRQV1>";
        self.send(self.file(ask)).await.expect(200).text
    }

    /// The account numbers it sees.
    pub(crate) async fn numbers(&self) -> Vec<String> {
        values(&self.accounts().await, "ACCTID")
    }

    /// Asks for a statement of a bank account; `window` stands inside INCTRAN.
    pub(crate) async fn statement(&self, number: &str, window: &str) -> String {
        self.send(self.file(&statement(number, window))).await.expect(200).text
    }
}

/// A statement request as text.
pub(crate) fn statement(number: &str, window: &str) -> String {
    format!(
        "<BANKMSGSRQV1><STMTTRNRQ><TRNUID>S1<STMTRQ><BANKACCTFROM><BANKID>999000001<ACCTID>{number}\
         <ACCTTYPE>CHECKING</BANKACCTFROM><INCTRAN>{window}<INCLUDE>Y</INCTRAN></STMTRQ></STMTTRNRQ></BANKMSGSRQV1>"
    )
}

/// Every value of an element, in order.
pub(crate) fn values(text: &str, element: &str) -> Vec<String> {
    let tag = format!("<{element}>");
    let after = text.split(&tag).skip(1);
    after.map(|rest| rest.split(['<', '\r', '\n']).next().unwrap().to_owned()).collect()
}
