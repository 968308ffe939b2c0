//! A bank's answer as a whole: whether it is complete, whether it is good, and the part that was asked for. What stands
//! in that part is message.rs; finding tags is tags.rs.

use super::message::{Statement, read_offer, read_statement};
use super::tags::{decoded, need, section, sections, unreadable};
use super::{AccountKind, Offer, QuickBooksError};

/// A whole answer.
#[derive(Debug)]
pub(super) struct Answer(String);

impl Answer {
    /// Takes what looks like a whole OFX file.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, QuickBooksError> {
        let text = decoded(bytes);
        if !text.starts_with("OFXHEADER:100") {
            return Err(unreadable("it does not begin with OFXHEADER:100"));
        }
        if !text.trim_end().ends_with("</OFX>") {
            return Err(unreadable("it ends before </OFX>"));
        }
        Ok(Self(text))
    }

    /// The bank's name in a profile.
    pub(super) fn institution(&self, trnuid: &str) -> Result<String, QuickBooksError> {
        let profile = self.inner("PROFTRNRS", trnuid, "the profile")?;
        need(profile, "FINAME")
    }

    /// The accounts that the bank lists.
    pub(super) fn offers(&self, trnuid: &str) -> Result<Vec<Offer>, QuickBooksError> {
        let listed = self.inner("ACCTINFOTRNRS", trnuid, "the list of accounts")?;
        sections(listed, "ACCTINFO").map(read_offer).collect()
    }

    /// The statement that was asked for under `trnuid`.
    pub(super) fn statement(&self, trnuid: &str, of: &Offer) -> Result<Statement, QuickBooksError> {
        let wrapper = match of.kind {
            AccountKind::Bank => "STMTTRNRS",
            AccountKind::Card => "CCSTMTTRNRS",
        };
        let what = format!("the statement of {}", of.number);
        read_statement(self.inner(wrapper, trnuid, &what)?, of)
    }

    /// The one wrapper of that name, with a good status and the same `TRNUID`.
    fn inner(&self, wrapper: &str, trnuid: &str, what: &str) -> Result<&str, QuickBooksError> {
        let sign_on = section(&self.0, "SONRS")?;
        refuse_bad(sign_on, "to sign on")?;
        let inner = section(&self.0, wrapper)?;
        let echoed = need(inner, "TRNUID")?;
        if echoed != trnuid {
            return Err(unreadable(format!("it answers {echoed:?}, asked was {trnuid:?}")));
        }
        refuse_bad(inner, what)?;
        Ok(inner)
    }
}

fn refuse_bad(aggregate: &str, what: &str) -> Result<(), QuickBooksError> {
    let code = need(section(aggregate, "STATUS")?, "CODE")?;
    match code.parse() {
        Ok(0) => Ok(()),
        Ok(15500) => Err(QuickBooksError::SignIn),
        Ok(15502) => Err(QuickBooksError::Locked),
        Ok(code) => Err(QuickBooksError::Refused { what: what.to_owned(), code }),
        Err(_no_number) => Err(unreadable(format!("{code:?} is no status code"))),
    }
}

#[cfg(test)]
mod tests {
    use super::super::canned::{a_bank_offer, a_card_offer, a_file, a_row, a_statement, a_wrapper};
    use super::*;

    fn read(messages: &str) -> Answer {
        Answer::read(a_file(messages).as_bytes()).unwrap()
    }

    #[test]
    fn a_statement_is_read_to_the_last_digit() {
        let rows = a_row("t-1", "-42.50", "Office &amp; Supplies");
        let answer = read(&a_statement("S1", &rows, "1377.490"));
        let statement = answer.statement("S1", &a_bank_offer()).unwrap();
        assert_eq!(statement.balance, "1377.490");
        assert_eq!(statement.start.map(String::from).as_deref(), Some("2024-02-22"));
        assert_eq!(statement.end.map(String::from).as_deref(), Some("2024-02-29"));
        let line = &statement.lines[0];
        assert_eq!((line.fit_id.as_str(), line.amount.as_str()), ("t-1", "-42.50"));
        assert_eq!((line.name.as_str(), line.trntype.as_str()), ("Office & Supplies", "DEBIT"));
        assert_eq!(String::from(line.date), "2024-02-28");
    }

    #[test]
    fn closed_leaves_are_read_like_open_ones() {
        let row = a_row("t-1", "-42.50", "Rent");
        let closed = row.replace("<FITID>t-1", "<FITID>t-1</FITID>\r\n");
        let read = |row: &str| {
            read(&a_statement("S1", row, "1")).statement("S1", &a_bank_offer()).unwrap()
        };
        assert_eq!(read(&closed), read(&row));
    }

    #[test]
    fn bad_statuses_become_what_the_customer_reads() {
        let cases = [
            (15500, "OFX status 15500 (signon invalid)"),
            (15502, "the sign-in is locked"),
            (2003, "refused the statement of MR-1 with OFX status 2003 (account not found)"),
        ];
        for (code, words) in cases {
            let answer = read(&a_wrapper("STMTTRNRS", "S1", code, ""));
            let error = answer.statement("S1", &a_bank_offer()).unwrap_err().to_string();
            assert!(error.contains(words), "{error}");
        }
    }

    #[test]
    fn what_breaks_the_grammar_is_an_error() {
        let whole = a_file(&a_statement("S1", &a_row("t-1", "-42.50", "Rent"), "1"));
        let cases = [
            (whole.replace("</OFX>", ""), "ends before </OFX>"),
            (whole.replace("OFXHEADER", "HEADER"), "does not begin"),
            (whole.replace("<TRNUID>S1", "<TRNUID>S2"), "it answers \"S2\""),
            (whole.replace("<FITID>t-1", ""), "<FITID> has no value"),
            (whole.replace("-42.50", "4x"), "\"4x\" is no amount"),
            (whole.replace("<DTPOSTED>2024", "<DTPOSTED>20x4"), "is no date"),
            (whole.replace("<ACCTID>MR-1", "<ACCTID>MR-2"), "of account \"MR-2\""),
        ];
        for (bytes, words) in cases {
            let answer = Answer::read(bytes.as_bytes());
            let statement = answer.and_then(|answer| answer.statement("S1", &a_bank_offer()));
            let error = statement.unwrap_err().to_string();
            assert!(error.contains(words), "{error}");
        }
    }

    #[test]
    fn banks_and_cards_are_offered() {
        let listed = "<ACCTINFORS><DTACCTUP>20240229<ACCTINFO><DESC>Current<BANKACCTINFO><BANKACCTFROM>\
            <BANKID>999000001<ACCTID>MR-1<ACCTTYPE>CHECKING</BANKACCTFROM><SUPTXDL>Y</BANKACCTINFO></ACCTINFO>\
            <ACCTINFO><CCACCTINFO><CCACCTFROM><ACCTID>MR-2</CCACCTFROM></CCACCTINFO></ACCTINFO></ACCTINFORS>";
        let answer = read(&a_wrapper("ACCTINFOTRNRS", "A1", 0, listed));
        assert_eq!(answer.offers("A1").unwrap(), [a_bank_offer(), a_card_offer()]);
    }
}
