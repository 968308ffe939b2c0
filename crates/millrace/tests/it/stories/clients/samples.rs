//! What the bank pushes in all these stories, and what an OFX client must therefore read: the one place where both are
//! told. Nothing here is computed by the code under test.

/// An account at the bank.
#[derive(Debug)]
pub(super) struct Feed {
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    /// In the API's words.
    pub(super) account_type: &'static str,
    /// In the words of OFX; a card has none.
    pub(super) ofx_type: Option<&'static str>,
    pub(super) currency: &'static str,
    /// After the last line.
    pub(super) balance: &'static str,
    pub(super) lines: &'static [Sample],
}

/// A line as pushed, and as read.
#[derive(Debug)]
pub(super) struct Sample {
    pub(super) id: &'static str,
    pub(super) days_ago: i64,
    pub(super) amount: &'static str,
    pub(super) description: &'static str,
    pub(super) counterparty: Option<&'static str>,
    /// The identity in OFX: the id, where OFX can carry it.
    pub(super) fit_id: &'static str,
    /// The amount in OFX.
    pub(super) shown: &'static str,
    pub(super) name: &'static str,
    pub(super) memo: Option<&'static str>,
}

/// Everything that has ever broken an importer: signs, decimals, letters, lengths, twins.
pub(super) const CURRENT: Feed = Feed {
    id: "acc-current",
    name: "Current",
    account_type: "Debit",
    ofx_type: Some("CHECKING"),
    currency: "USD",
    balance: "2391.6266",
    lines: &[
        sample("T-0001", 9, "1000", "1000.00", "Opening deposit"),
        sample("T-0002", 8, "-42.5", "-42.50", "Office & Supplies <north>"),
        sample("T-0003", 7, "-0.1234", "-0.1234", "Interest to four places"),
        sample("T-0004", 6, "1420.00", "1420.00", "Caf\u{e9} Z\u{fc}rich \u{2013} 7 \u{20ac}"),
        sample("T-0005", 5, "-1.25", "-1.25", "\u{141}\u{f3}d\u{17a} \u{65e5}"),
        sample("T-0006", 4, "-7.25", "-7.25", "Twin payment"),
        sample("T-0007", 4, "-7.25", "-7.25", "Twin payment"),
        Sample {
            name: "Subscription of the quarterly bu",
            memo: Some("Subscription of the quarterly bulletin"),
            ..sample("T-0008", 3, "-12", "-12.00", "Subscription of the quarterly bulletin")
        },
        Sample {
            name: "0123456789 0123456789 0123456789",
            memo: Some(LONGEST_MEMO),
            ..sample("T-0009", 2, "10.50", "10.50", TOO_LONG_FOR_A_MEMO)
        },
        Sample {
            counterparty: Some("Baker & Sons"),
            memo: Some("Baker & Sons"),
            ..sample("T-0010", 1, "31", "31.00", "Invoice 7")
        },
        Sample {
            // printf '%s' 'two words' | openssl dgst -sha256 -binary | base32
            fit_id: "SHA256-UA7R2YIWIXVVHLIWYGXVI3FAPEW4RBCQLOVVP3PIB5G2224RDU5A",
            ..sample("two words", 0, "0.50", "0.50", "An id that OFX cannot carry")
        },
    ],
};

/// A card: what the customer owes is negative.
pub(super) const CARD: Feed = Feed {
    id: "acc-card",
    name: "Card",
    account_type: "Credit",
    ofx_type: None,
    currency: "USD",
    balance: "-250.75",
    lines: &[
        sample("C-0001", 6, "-300.75", "-300.75", "Train tickets"),
        sample("C-0002", 2, "50", "50.00", "Payment, thank you"),
    ],
};

/// As many digits as the API takes, in a currency without decimals: only programs that count in decimals can read them.
pub(super) const SAVINGS: Feed = Feed {
    id: "acc-savings",
    name: "Savings",
    account_type: "Savings",
    ofx_type: Some("SAVINGS"),
    currency: "JPY",
    balance: "1234567890123456789012345679",
    lines: &[
        sample(
            "S-0001",
            5,
            "1234567890123456789012345678",
            "1234567890123456789012345678",
            "All digits",
        ),
        sample("S-0002", 1, "1", "1", "One more"),
    ],
};

/// Two hundred and ninety-nine characters.
const TOO_LONG_FOR_A_MEMO: &str = "0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 \
0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 \
0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 xy";
/// The first two hundred and fifty-five of them.
const LONGEST_MEMO: &str = "0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 \
0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 \
0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 01";

/// A line whose id and short description OFX carries as they are.
const fn sample(
    id: &'static str,
    days_ago: i64,
    amount: &'static str,
    shown: &'static str,
    description: &'static str,
) -> Sample {
    Sample {
        id,
        days_ago,
        amount,
        description,
        counterparty: None,
        fit_id: id,
        shown,
        name: description,
        memo: None,
    }
}

/// A text of these samples as Windows-1252 has room for it: the older form of OFX has nothing else.
pub(super) fn in_windows_1252(text: &str) -> String {
    text.replace('\u{141}', "L").replace('\u{17a}', "z").replace('\u{65e5}', "?")
}

#[test]
fn the_long_samples_are_as_long_as_they_say() {
    assert_eq!(TOO_LONG_FOR_A_MEMO.len(), 299);
    assert_eq!(LONGEST_MEMO.len(), 255);
    assert!(TOO_LONG_FOR_A_MEMO.starts_with(LONGEST_MEMO));
}

#[test]
fn the_balance_is_what_the_lines_add_up_to() {
    for feed in [CURRENT, CARD, SAVINGS] {
        let sum: rust_decimal::Decimal = feed
            .lines
            .iter()
            .map(|line| line.amount.parse::<rust_decimal::Decimal>().unwrap())
            .sum();
        assert_eq!(sum, feed.balance.parse().unwrap(), "{}", feed.name);
    }
}
