//! A customer whose three accounts are linked and filled, and what each of them must look like to an OFX client.

use super::samples::{CARD, CURRENT, Feed, SAVINGS, Sample, in_windows_1252};
use crate::harness::{
    Caller, Database, OfxCaller, Server, ServerOptions, TestCa, statement, text, today, values,
};
use jiff::ToSpan as _;
use jiff::civil::Date;
use serde_json::{Value, json};

/// Serve as far back as clients like to ask, and nothing that the bank has not pushed.
const FLAGS: [&str; 4] =
    ["--set", "quickbooks.history_days=90", "--set", "quickbooks.test_transactions=off"];
/// How the server names the bank, by default.
pub(super) const BANK_ID: &str = "999000001";

/// Who runs the programs.
pub(super) struct Customer {
    pub(super) server: Server,
    pub(super) ofx: OfxCaller,
    /// When the samples were pushed.
    pub(super) today: Date,
    pub(super) current: OpenAccount,
    pub(super) card: OpenAccount,
    pub(super) savings: OpenAccount,
    caller: Caller,
    company: String,
    accounts_path: String,
    connection_path: String,
}

/// An account that is linked.
pub(super) struct OpenAccount {
    pub(super) feed: Feed,
    /// The account's number for OFX clients.
    pub(super) number: String,
}

/// Which characters an answer can carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Charset {
    /// XML.
    Unicode,
    /// SGML.
    Windows1252,
    /// What a program leaves of SGML that drops all other bytes, and spaces at the end with them.
    Ascii,
}

impl Customer {
    /// On a server without TLS.
    pub(super) async fn new() -> Self {
        Self::on(Server::start_with(Database::Sqlite, &ServerOptions::flags(&FLAGS)).await).await
    }

    /// On a server with a certificate by `ca`.
    pub(super) async fn over_tls(ca: &TestCa) -> Self {
        let options = ServerOptions::flags(&FLAGS).tls(ca);
        Self::on(Server::start_with(Database::Sqlite, &options).await).await
    }

    async fn on(server: Server) -> Self {
        let caller = server.caller();
        let company = caller.post("/companies", json!({"name": "Elaborate Events, Inc"})).await;
        let company = text(&company.expect(200).json()["id"]);
        let connections = format!("/companies/{company}/connections");
        let connection = caller.post(&connections, json!({"platformKey": "hcws"})).await;
        let connection = text(&connection.expect(200).json()["id"]);
        let connection_path = format!("{connections}/{connection}");
        let accounts_path = format!("{connection_path}/connectionInfo/bankFeedAccounts");
        for feed in [CURRENT, CARD, SAVINGS] {
            let account = json!({"id": feed.id, "accountName": feed.name, "accountType": feed.account_type,
                "currency": feed.currency, "balance": 0});
            caller.post(&accounts_path, account).await.expect(200);
        }
        let credentials = caller.post(&format!("{accounts_path}/credentials"), "").await;
        let credentials = credentials.expect(200).json();
        let (username, password) = (text(&credentials["username"]), text(&credentials["password"]));
        let ofx = OfxCaller::new(&caller, &username, &password);
        let listed = ofx.accounts().await;
        let named = [values(&listed, "DESC"), values(&listed, "ACCTID")];
        let open = |feed: Feed| {
            let place = named[0].iter().position(|name| name == feed.name);
            let place = place.unwrap_or_else(|| panic!("{} is not in {listed}", feed.name));
            OpenAccount { number: named[1][place].clone(), feed }
        };
        let (current, card, savings) = (open(CURRENT), open(CARD), open(SAVINGS));
        let today = today();
        let customer = Self {
            server,
            ofx,
            today,
            current,
            card,
            savings,
            caller,
            company,
            accounts_path,
            connection_path,
        };
        customer.link_and_fill().await;
        customer
    }

    async fn link_and_fill(&self) {
        let start = self.date(30).strftime("<DTSTART>%Y%m%d").to_string();
        for account in [&self.current, &self.card, &self.savings] {
            let answer = self.ofx.send(self.ofx.file(&account.request(&start))).await;
            assert_eq!(values(&answer.expect(200).text, "CODE"), ["0", "0"]);
            let lines: Vec<&Sample> = account.feed.lines.iter().collect();
            self.push(account, &lines, account.feed.balance).await;
        }
        let accounts = self.caller.get(&self.accounts_path).await.expect(200).json();
        assert_eq!(accounts.as_array().unwrap().len(), 3);
    }

    /// Pushes samples in one batch; the last line tells the balance.
    pub(super) async fn push(&self, account: &OpenAccount, lines: &[&Sample], balance: &str) {
        let lines: Vec<String> = lines.iter().map(|line| self.line(line, balance)).collect();
        let id = account.feed.id;
        let body = format!("{{\"accountId\":\"{id}\",\"transactions\":[{}]}}", lines.join(","));
        let path = format!("{}/push/bankAccounts/{id}/bankTransactions", self.connection_path);
        let operation = self.caller.post(&path, body).await.expect(200).json();
        let key = text(&operation["pushOperationKey"]);
        let ended = self.caller.ended_push(&self.company, &key).await;
        assert_eq!(ended["status"], "Success", "{ended}");
    }

    /// The JSON of a line. Written as text, because a number's digits must arrive as they are.
    fn line(&self, sample: &Sample, balance: &str) -> String {
        let mut texts = json!({
            "id": sample.id,
            "date": self.date(sample.days_ago).to_string(),
            "description": sample.description,
        });
        if let Some(counterparty) = sample.counterparty {
            texts["counterparty"] = json!(counterparty);
        }
        let texts = texts.to_string();
        let texts = texts.strip_suffix('}').unwrap();
        format!("{texts},\"amount\":{},\"balance\":{balance}}}", sample.amount)
    }

    /// The date so many days before the samples were pushed.
    pub(super) fn date(&self, days_ago: i64) -> Date {
        self.today.checked_sub(days_ago.days()).unwrap()
    }

    /// The address of the OFX door.
    pub(super) fn url(&self) -> String {
        format!("{}/ofx", self.server.url)
    }

    /// The statement of an account, whole, as programs should tell it.
    pub(super) fn expected(&self, account: &OpenAccount, charset: Charset) -> Value {
        let feed = &account.feed;
        let lines: Vec<Value> =
            feed.lines.iter().map(|line| self.expected_line(line, charset)).collect();
        let bank_id = feed.ofx_type.map(|_bank| BANK_ID);
        json!({"bank": bank_id, "account": account.number, "type": feed.ofx_type,
            "currency": feed.currency, "balance": feed.balance, "lines": lines})
    }

    /// A line, as programs should tell it.
    pub(super) fn expected_line(&self, sample: &Sample, charset: Charset) -> Value {
        let told = |text: &str| match charset {
            Charset::Unicode => text.to_owned(),
            Charset::Windows1252 => in_windows_1252(text),
            Charset::Ascii => {
                in_windows_1252(text).replace(|c: char| !c.is_ascii(), "").trim().to_owned()
            }
        };
        let date = self.date(sample.days_ago).to_string();
        json!({"id": sample.fit_id, "amount": sample.shown, "date": date, "name": told(sample.name),
            "memo": sample.memo.map(told)})
    }
}

impl OpenAccount {
    /// A statement request; `window` stands inside `INCTRAN`.
    pub(super) fn request(&self, window: &str) -> String {
        if self.feed.ofx_type.is_some() {
            return statement(&self.number, window);
        }
        format!(
            "<CREDITCARDMSGSRQV1><CCSTMTTRNRQ><TRNUID>C1<CCSTMTRQ><CCACCTFROM><ACCTID>{}</CCACCTFROM>\
             <INCTRAN>{window}<INCLUDE>Y</INCTRAN></CCSTMTRQ></CCSTMTTRNRQ></CREDITCARDMSGSRQV1>",
            self.number
        )
    }
}
