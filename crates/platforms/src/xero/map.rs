//! Our nouns to Xero's JSON and back. Pure; calls are client.rs, errors answer.rs, cutting lines into statements cut.rs.

use super::answer::reason;
use super::wire::{
    AccountBody, ConnectionBody, FeedAsked, FeedBody, LineAsked, Money, OrganisationBody,
    StatementAsked, StatementBody,
};
use crate::error::{PlatformError, Reason};
use crate::feed::{Feed, FeedDraft, FeedStage, FeedTarget};
use crate::statement::{Statement, StatementStage};
use domain::line::{Line, LineKind, Text};
use domain::link::{Company, Organisation, TargetAccount, TargetKind};
use domain::money::{Amount, CurrencyCode};
use serde_json::value::RawValue;
use url::form_urlencoded;

/// Digits after the point: `decimal(19,4)`.
pub(super) const AMOUNT_SCALE_MAX: u32 = 4;
/// The first amount with more digits before the point than Xero takes.
const AMOUNT_END: i64 = 1_000_000_000_000_000;
pub(super) const DESCRIPTION_CHARS_MAX: usize = 2_000;
pub(super) const PAYEE_CHARS_MAX: usize = 255;
pub(super) const REFERENCE_CHARS_MAX: usize = 255;
const TOKEN_CHARS_MAX: usize = 50;
const NUMBER_CHARS_MAX: usize = 40;
/// All that Xero may know of a card's number.
const CARD_DIGITS: usize = 4;
const NAME_CHARS_MAX: usize = 30;

const CREDIT: &str = "CREDIT";
const DEBIT: &str = "DEBIT";
const REJECTED: &str = "REJECTED";

/// The amount with four decimals at most.
pub(super) fn rounded(amount: Amount) -> Amount {
    let value = amount.as_decimal().round_dp(AMOUNT_SCALE_MAX);
    // A coarser number never needs more room.
    Amount::from_parts(value.mantissa(), value.scale()).unwrap_or(amount)
}

/// Whether Xero has room for it.
pub(super) fn fits(amount: Amount) -> bool {
    let end = Amount::from(AMOUNT_END);
    amount < end && amount > end.neg() && amount.scale() <= AMOUNT_SCALE_MAX
}

fn unsigned(amount: Amount) -> Option<(Box<RawValue>, &'static str)> {
    let (word, size) = if amount.is_negative() { (DEBIT, amount.neg()) } else { (CREDIT, amount) };
    Some((RawValue::from_string(size.to_string()).ok()?, word))
}

fn money(amount: Amount) -> Option<Money> {
    let (amount, word) = unsigned(amount)?;
    Some(Money { amount, credit_debit_indicator: word.to_owned() })
}

/// The signed amount, whether it came as a number or as text.
fn signed(money: &Money) -> Option<Amount> {
    let size = Amount::parse(money.amount.get().trim_matches('"')).ok()?;
    match money.credit_debit_indicator.as_str() {
        CREDIT => Some(size),
        DEBIT => Some(size.neg()),
        _ => None,
    }
}

/// An id as it stands in a path, whatever it holds.
pub(super) fn in_path(id: &str) -> String {
    form_urlencoded::byte_serialize(id.as_bytes()).collect()
}

/// A statement as it is sent; nothing for amounts that JSON cannot hold, which are none.
pub(super) fn statement_asked(statement: &Statement) -> Option<StatementAsked> {
    Some(StatementAsked {
        feed_connection_id: statement.feed.clone(),
        start_date: statement.starts_on.to_string(),
        end_date: statement.ends_on.to_string(),
        start_balance: money(statement.opening)?,
        end_balance: money(statement.closing)?,
        statement_lines: statement.lines.iter().map(line_asked).collect::<Option<_>>()?,
    })
}

/// How many bytes a statement has as it is sent.
pub fn bytes_asked(statement: &Statement) -> Option<usize> {
    serde_json::to_vec(&statement_asked(statement)?).ok().map(|bytes| bytes.len())
}

/// A line as it is sent; see [`statement_asked`].
pub(super) fn line_asked(line: &Line) -> Option<LineAsked> {
    let (amount, credit_debit_indicator) = unsigned(line.amount)?;
    let cut = |text: &Option<Text>, chars_max| {
        text.as_deref().filter(|text| !text.is_empty()).map(|text| beginning(text, chars_max))
    };
    Some(LineAsked {
        // The day as the bank wrote it: an offset never moves it.
        posted_date: line.date.date().to_string(),
        description: cut(&line.description, DESCRIPTION_CHARS_MAX),
        amount,
        credit_debit_indicator,
        transaction_id: line.id.to_string(),
        payee_name: cut(&line.counterparty, PAYEE_CHARS_MAX),
        reference: cut(&line.reference, REFERENCE_CHARS_MAX),
        transaction_type: line.kind.filter(|kind| *kind != LineKind::Unknown).map(LineKind::name),
    })
}

fn beginning(text: &str, chars_max: usize) -> String {
    text.chars().take(chars_max).collect()
}

/// How far a statement is. Only an explicit yes is one.
pub(super) fn statement_stage(body: &StatementBody) -> StatementStage {
    match body.status.as_deref() {
        Some("DELIVERED") => StatementStage::Delivered,
        Some(REJECTED) => StatementStage::Rejected { reasons: statement_reasons(body) },
        Some(_) | None => StatementStage::Pending,
    }
}

fn statement_reasons(body: &StatementBody) -> Vec<Reason> {
    let problems = body.errors.as_deref().unwrap_or_default();
    let reasons: Vec<_> = problems.iter().map(|problem| reason(problem, 200)).collect();
    if reasons.is_empty() { vec![unexplained()] } else { reasons }
}

fn unexplained() -> Reason {
    Reason::other("Xero rejected it without a reason")
}

/// Whether Xero shows this statement.
pub(super) fn shows(body: &StatementBody, statement: &Statement) -> bool {
    let same =
        |money: &Option<Money>, amount: Amount| money.as_ref().and_then(signed) == Some(amount);
    let day =
        |text: &Option<String>| text.as_deref().and_then(|text| text.get(..10).map(str::to_owned));
    let is_same_feed = body
        .feed_connection_id
        .as_ref()
        .is_some_and(|feed| feed.eq_ignore_ascii_case(&statement.feed));
    is_same_feed
        && day(&body.start_date) == Some(statement.starts_on.to_string())
        && day(&body.end_date) == Some(statement.ends_on.to_string())
        && same(&body.start_balance, statement.opening)
        && same(&body.end_balance, statement.closing)
        && body.statement_line_count == u64::try_from(statement.lines.len()).ok()
}

/// A feed as it is asked for, or what Xero would say against it.
pub(super) fn feed_asked(draft: &FeedDraft) -> Result<FeedAsked, PlatformError> {
    if draft.token.is_empty() || draft.token.chars().count() > TOKEN_CHARS_MAX {
        let words = format!("the account's token must have 1 to {TOKEN_CHARS_MAX} characters");
        return Err(PlatformError::rejected(words));
    }
    let mut asked = FeedAsked {
        account_token: draft.token.clone(),
        account_number: None,
        account_name: None,
        account_id: None,
        account_type: kind_name(draft.kind),
        currency: draft.currency.to_string(),
    };
    match &draft.target {
        FeedTarget::Existing(id) => asked.account_id = Some(id.clone()),
        FeedTarget::Numbered { number, name } => {
            asked.account_number = Some(account_number(draft.kind, number)?);
            asked.account_name = Some(beginning(name, NAME_CHARS_MAX));
        }
    }
    Ok(asked)
}

fn account_number(kind: TargetKind, number: &str) -> Result<String, PlatformError> {
    match kind {
        TargetKind::Bank if number.is_empty() || number.chars().count() > NUMBER_CHARS_MAX => {
            let words = format!("an account number must have 1 to {NUMBER_CHARS_MAX} characters");
            Err(PlatformError::rejected(words))
        }
        TargetKind::Bank => Ok(number.to_owned()),
        TargetKind::CreditCard => {
            let digits: Vec<char> = number.chars().filter(char::is_ascii_digit).collect();
            let end = digits.len().checked_sub(CARD_DIGITS).and_then(|start| digits.get(start..));
            let end = end.ok_or_else(|| {
                PlatformError::rejected(format!("a card number must have {CARD_DIGITS} digits"))
            });
            end.map(|end| end.iter().collect())
        }
    }
}

const fn kind_name(kind: TargetKind) -> &'static str {
    match kind {
        TargetKind::Bank => "BANK",
        TargetKind::CreditCard => "CREDITCARD",
    }
}

/// A feed that Xero shows; nothing without an id. There is no word for connected: the account says it.
pub(super) fn feed(body: FeedBody) -> Option<Feed> {
    let id = body.id.clone()?;
    let stage = match (body.status.as_deref(), body.account_id.clone()) {
        (Some(REJECTED), _) => FeedStage::Rejected { reasons: feed_reasons(&body) },
        (_, Some(account)) => FeedStage::Connected { account },
        (_, None) => FeedStage::Pending,
    };
    Some(Feed { id, token: body.account_token, stage })
}

/// Why an item about a feed was refused, if it was.
pub(super) fn feed_refusal(body: &FeedBody) -> Option<Vec<Reason>> {
    (body.status.as_deref() == Some(REJECTED)).then(|| feed_reasons(body))
}

fn feed_reasons(body: &FeedBody) -> Vec<Reason> {
    vec![body.error.as_ref().map_or_else(unexplained, |problem| reason(problem, 200))]
}

/// An organisation; nothing for the other kinds of tenants.
pub(super) fn organisation(body: ConnectionBody) -> Option<Organisation> {
    if body.tenant_type.is_some_and(|kind| kind != "ORGANISATION") {
        return None;
    }
    let name = body.tenant_name.unwrap_or_else(|| body.tenant_id.clone());
    Some(Organisation { id: body.tenant_id, connection: body.id, name })
}

/// What Xero tells of an organisation.
pub(super) fn company(body: OrganisationBody) -> Company {
    Company {
        name: body.name,
        base_currency: body.base_currency.and_then(|code| CurrencyCode::parse(&code).ok()),
        country: body.country_code,
        is_demo: body.is_demo_company.unwrap_or(false),
    }
}

/// An account that a feed can lead to; nothing for the others.
pub(super) fn target_account(body: AccountBody) -> Option<TargetAccount> {
    let kind = match body.bank_account_type.as_deref() {
        Some("BANK") => TargetKind::Bank,
        Some("CREDITCARD") => TargetKind::CreditCard,
        Some(_) | None => return None,
    };
    if body.status.is_some_and(|status| status != "ACTIVE") {
        return None;
    }
    let currency = CurrencyCode::parse(&body.currency_code?).ok()?;
    let told = |text: Option<String>| text.filter(|text| !text.is_empty());
    let name = told(body.name).unwrap_or_else(|| body.account_id.clone());
    let (code, number) = (told(body.code), told(body.bank_account_number));
    Some(TargetAccount { id: body.account_id, name, code, number, kind, currency })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};
    use testkit::{a_line, amount};

    fn body(json: &Value) -> StatementBody {
        serde_json::from_str(&json.to_string()).unwrap()
    }

    fn a_statement() -> Statement {
        Statement {
            feed: "f-1".to_owned(),
            starts_on: "2024-02-28".parse().unwrap(),
            ends_on: "2024-02-29".parse().unwrap(),
            opening: amount("-100"),
            closing: amount("-57.50"),
            lines: vec![a_line("t-1", "2024-02-29", "42.50")],
        }
    }

    #[test]
    fn signs_become_words_and_digits_stay() {
        let cases = [
            ("42.50", "42.50", CREDIT),
            ("-42.50", "42.50", DEBIT),
            ("0.00", "0.00", CREDIT),
            ("-0.0001", "0.0001", DEBIT),
            ("-999999999999999.9999", "999999999999999.9999", DEBIT),
        ];
        for (value, digits, word) in cases {
            let money = money(amount(value)).unwrap();
            assert_eq!((money.amount.get(), money.credit_debit_indicator.as_str()), (digits, word));
            assert_eq!(signed(&money), Some(amount(value)));
        }
        let text: Money =
            serde_json::from_str(r#"{"amount":"7.5000","creditDebitIndicator":"DEBIT"}"#).unwrap();
        assert_eq!(signed(&text), Some(amount("-7.5")));
    }

    #[test]
    fn amounts_fit_into_nineteen_digits_with_four_decimals() {
        for (value, wanted) in [
            ("999999999999999.9999", true),
            ("-999999999999999.9999", true),
            ("1000000000000000", false),
            ("-1000000000000000", false),
            ("0.00001", false),
        ] {
            assert_eq!(fits(amount(value)), wanted, "{value}");
        }
        for (value, wanted) in
            [("1.23456", "1.2346"), ("-0.00001", "0"), ("12.340000000001", "12.34")]
        {
            assert_eq!(rounded(amount(value)), amount(wanted), "{value}");
        }
        assert_eq!(rounded(amount("7.50")).to_string(), "7.50");
    }

    #[test]
    fn a_line_is_sent_with_its_own_day_and_within_every_length() {
        let line = Line {
            counterparty: Some("é".repeat(300).into()),
            reference: Some(Text::default()),
            ..a_line("t-1", "2024-02-29T23:59:59-11:00", "-42.50")
        };
        let sent = serde_json::to_value(line_asked(&line).unwrap()).unwrap();
        let wanted = json!({"postedDate": "2024-02-29", "description": "card payment t-1",
            "amount": 42.50, "creditDebitIndicator": "DEBIT", "transactionId": "t-1",
            "payeeName": "é".repeat(255), "transactionType": "Debit"});
        assert_eq!(sent, wanted);
        let unknown = Line { kind: Some(LineKind::Unknown), description: None, ..line };
        let sent = serde_json::to_value(line_asked(&unknown).unwrap()).unwrap();
        assert_eq!((sent.get("transactionType"), sent.get("description")), (None, None));
    }

    #[test]
    fn a_statement_is_found_by_all_that_xero_shows_of_it() {
        let shown = json!({"id": "s-1", "feedConnectionId": "F-1", "status": "PENDING",
            "startDate": "2024-02-28", "endDate": "2024-02-29T00:00:00",
            "startBalance": {"amount": "100.0000", "creditDebitIndicator": "DEBIT"},
            "endBalance": {"amount": 57.5, "creditDebitIndicator": "DEBIT"},
            "statementLineCount": "1", "new": {}});
        assert!(shows(&body(&shown), &a_statement()));
        let changes = [
            ("feedConnectionId", json!("f-2")),
            ("startDate", json!("2024-02-27")),
            ("endDate", json!(null)),
            ("startBalance", json!({"amount": 100, "creditDebitIndicator": "CREDIT"})),
            ("endBalance", json!({"amount": 57.51, "creditDebitIndicator": "DEBIT"})),
            ("endBalance", json!(null)),
            ("statementLineCount", json!(2)),
        ];
        for (name, value) in changes {
            let mut other = shown.clone();
            other[name] = value;
            assert!(!shows(&body(&other), &a_statement()), "{name} {}", other[name]);
        }
    }

    #[test]
    fn only_the_word_itself_is_delivered() {
        for (status, wanted) in [
            (json!("DELIVERED"), StatementStage::Delivered),
            (json!("PENDING"), StatementStage::Pending),
            (json!("SOMETHING"), StatementStage::Pending),
            (json!(null), StatementStage::Pending),
            (json!("REJECTED"), StatementStage::Rejected { reasons: vec![unexplained()] }),
        ] {
            assert_eq!(statement_stage(&body(&json!({ "status": status }))), wanted);
        }
    }

    #[test]
    fn a_feed_is_connected_once_it_shows_its_account() {
        let stage =
            |json: Value| feed(serde_json::from_value(json).unwrap()).map(|feed| feed.stage);
        let connected = FeedStage::Connected { account: "a".to_owned() };
        assert_eq!(stage(json!({"id": "f", "accountId": "a"})), Some(connected));
        assert_eq!(stage(json!({"id": "f", "status": "PENDING"})), Some(FeedStage::Pending));
        assert_eq!(stage(json!({"id": "f", "status": null})), Some(FeedStage::Pending));
        assert_eq!(stage(json!({"status": "PENDING"})), None);
        let rejected = json!({"id": "f", "status": "REJECTED", "accountId": "a",
            "error": {"type": "account-not-valid", "detail": "No."}});
        let stage = stage(rejected);
        let has_the_reason =
            matches!(&stage, Some(FeedStage::Rejected { reasons }) if reasons[0].message == "No.");
        assert!(has_the_reason, "{stage:?}");
    }

    #[test]
    fn a_feed_is_asked_for_by_account_or_by_number() {
        let draft = |target, kind| FeedDraft {
            token: "token-1".to_owned(),
            target,
            kind,
            currency: CurrencyCode::parse("GBP").unwrap(),
        };
        let numbered =
            |number: &str| FeedTarget::Numbered { number: number.to_owned(), name: "n".repeat(31) };
        let sent = |target, kind| {
            feed_asked(&draft(target, kind)).map(|asked| serde_json::to_value(asked).unwrap())
        };
        let existing = sent(FeedTarget::Existing("a-1".to_owned()), TargetKind::Bank).unwrap();
        let wanted = json!({"accountToken": "token-1", "accountId": "a-1", "accountType": "BANK",
            "currency": "GBP"});
        assert_eq!(existing, wanted);
        let card = sent(numbered("4111 1111 1111 4242"), TargetKind::CreditCard).unwrap();
        let wanted = json!({"accountToken": "token-1", "accountNumber": "4242",
            "accountName": "n".repeat(30), "accountType": "CREDITCARD", "currency": "GBP"});
        assert_eq!(card, wanted);
        for (number, kind) in [
            ("", TargetKind::Bank),
            (&*"1".repeat(41), TargetKind::Bank),
            ("x42", TargetKind::CreditCard),
        ] {
            let refused = sent(numbered(number), kind);
            assert!(matches!(refused, Err(PlatformError::Rejected { .. })), "{number}");
        }
        let long = FeedDraft { token: "t".repeat(51), ..draft(numbered("1"), TargetKind::Bank) };
        assert!(feed_asked(&long).is_err());
    }

    #[test]
    fn only_active_bank_accounts_and_cards_take_lines() {
        let account = |changes: Value| {
            let mut body = json!({"AccountID": "a-1", "Name": "Current", "Code": "",
                "Status": "ACTIVE", "BankAccountNumber": "12345678", "BankAccountType": "BANK",
                "CurrencyCode": "GBP", "UpdatedDateUTC": "/Date(1+0000)/"});
            for (name, value) in changes.as_object().unwrap() {
                body[name] = value.clone();
            }
            target_account(serde_json::from_value(body).unwrap())
        };
        let wanted = TargetAccount {
            id: "a-1".into(),
            name: "Current".to_owned(),
            code: None,
            number: Some("12345678".to_owned()),
            kind: TargetKind::Bank,
            currency: CurrencyCode::parse("GBP").unwrap(),
        };
        assert_eq!(account(json!({})), Some(wanted));
        let card = account(json!({"BankAccountType": "CREDITCARD"}));
        assert_eq!(card.map(|card| card.kind), Some(TargetKind::CreditCard));
        for changes in [
            json!({"BankAccountType": "PAYPAL"}),
            json!({"BankAccountType": ""}),
            json!({"Status": "ARCHIVED"}),
            json!({"CurrencyCode": null}),
        ] {
            assert_eq!(account(changes.clone()), None, "{changes}");
        }
    }

    #[test]
    fn only_organisations_are_organisations() {
        let read = |kind: Value| {
            let body = json!({"id": "c", "tenantId": "t", "tenantType": kind, "tenantName": "N"});
            organisation(serde_json::from_value(body).unwrap()).map(|one| one.name)
        };
        assert_eq!(read(json!("ORGANISATION")).as_deref(), Some("N"));
        assert_eq!(read(json!(null)).as_deref(), Some("N"));
        assert_eq!(read(json!("PRACTICE")), None);
    }
}
