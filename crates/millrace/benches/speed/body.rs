//! Bodies of pushes: one text for each connection, in which only the account and the ids are written anew.

use jiff::civil::Date;

const ACCOUNT_DIGITS: usize = 8;
const ID_DIGITS: usize = 16;
const DESCRIPTIONS: [&str; 12] = [
    "Card sale 12 High Street",
    "Direct debit Northern Energy",
    "Transfer from savings",
    "Cash withdrawal 0034",
    "Standing order rent",
    "Refund order 99-1832",
    "Wages October",
    "Card sale Flour and Salt",
    "Bank charges",
    "Invoice 2024-0117 paid",
    "Coffee and cake",
    "Faster payment received",
];

/// A body that is filled in again and again.
#[derive(Clone, Debug)]
pub(crate) struct Body {
    bytes: Vec<u8>,
    account_at: usize,
    ids_at: Vec<usize>,
    next: u64,
}

impl Body {
    /// One of so many lines of that day. Two of different `seed` never have an id in common.
    pub(crate) fn new(lines: usize, day: Date, seed: u32) -> Self {
        let mut bytes = b"{\"accountId\":\"".to_vec();
        let account_at = bytes.len() + "acc-".len();
        bytes.extend_from_slice(format!("{}\",\"transactions\":[", account_id(0)).as_bytes());
        let mut ids_at = Vec::new();
        for line in 0..lines {
            let comma = if line == 0 { "" } else { "," };
            bytes.extend_from_slice(format!("{comma}{{\"id\":\"7f3c1a52-").as_bytes());
            ids_at.push(bytes.len());
            let (cents, text) = (line * 37 % 100, DESCRIPTIONS[line % DESCRIPTIONS.len()]);
            let rest = format!(
                "{:0ID_DIGITS$}\",\"date\":\"{day}\",\"description\":\"{text}\",\"amount\":-{}.{cents:02},\
                 \"balance\":{}.{cents:02},\"reference\":\"ref-{line:05}\",\"counterparty\":\"Elaborate Events\"}}",
                0,
                line % 977,
                10_000 + line
            );
            bytes.extend_from_slice(rest.as_bytes());
        }
        bytes.extend_from_slice(b"]}");
        Self { bytes, account_at, ids_at, next: u64::from(seed) << 40 }
    }

    /// The body with ids that were never there, for an account.
    pub(crate) fn fill(&mut self, account: u64) -> &[u8] {
        write_digits(&mut self.bytes[self.account_at..][..ACCOUNT_DIGITS], account, 10);
        for at in &self.ids_at {
            // Scattered, as ids of real feeds are.
            let id = self.next.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            write_digits(&mut self.bytes[*at..][..ID_DIGITS], id, 16);
            self.next += 1;
        }
        &self.bytes
    }
}

/// The id of an account by its number.
pub(crate) fn account_id(number: u64) -> String {
    format!("acc-{number:0ACCOUNT_DIGITS$}")
}

fn write_digits(place: &mut [u8], mut value: u64, base: u64) {
    for byte in place.iter_mut().rev() {
        *byte = b"0123456789abcdef"[(value % base) as usize];
        value /= base;
    }
}
