//! Lines such as banks send, with random ids; and random accounts, the same in every run of the bench.

use crate::Answer;
use domain::dates::{LineDate, Suffix};
use domain::line::{Line, LineKind};
use domain::money::Amount;
use jiff::SignedDuration;
use jiff::civil::{Time, date};
use uuid::Uuid;

/// Descriptions as they stand on statements.
const DESCRIPTIONS: [&str; 12] = [
    "Tesco Stores 3217",
    "Card payment 4021",
    "SALARY ACME LTD",
    "Direct debit EDF",
    "Rent October",
    "ATM withdrawal",
    "Amazon EU Sarl",
    "TfL travel charge",
    "Interest",
    "Transfer to savings",
    "PAYPAL *SPOTIFY",
    "Council tax",
];
/// Lines of a day.
const DAY_LINES: u64 = 40;

/// Numbers that look random (splitmix64).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) const fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(crate) const fn below(&mut self, bound: u64) -> u64 {
        self.number() % bound
    }
}

/// Makes the lines of pushes; no id comes twice.
#[derive(Debug)]
pub(crate) struct Feed {
    chance: Chance,
    accounts: u64,
    made: u64,
}

impl Feed {
    /// A feed whose ids no feed of another seed shares.
    pub(crate) const fn new(seed: u64, accounts: u64) -> Self {
        let chance = Chance::new(seed.wrapping_mul(0xd134_2543_de82_ef95));
        Self { chance, accounts, made: 0 }
    }

    /// The lines of one push.
    pub(crate) fn push(&mut self, count: u64) -> Answer<Vec<Line>> {
        let mut balance = 1_000_000_i64;
        // An account's time goes on as lines arrive.
        let before = self.made / self.accounts;
        (before..before + count).map(|index| self.line(index, &mut balance)).collect()
    }

    /// A random account.
    pub(crate) const fn account(&mut self) -> u64 {
        self.chance.below(self.accounts)
    }

    /// A random place in a list of so many.
    pub(crate) fn any_of(&mut self, count: usize) -> Answer<usize> {
        Ok(usize::try_from(self.chance.below(u64::try_from(count)?.max(1)))?)
    }

    fn line(&mut self, index: u64, balance: &mut i64) -> Answer<Line> {
        self.made += 1;
        let cents = i64::try_from(self.chance.below(40_000))? - 20_000;
        *balance += cents;
        let days = i64::try_from(index / DAY_LINES)?;
        let day = date(2024, 1, 1).checked_add(SignedDuration::from_hours(days * 24))?;
        let minutes = 540 + index % DAY_LINES * 10;
        let second = i8::try_from(self.chance.below(60))?;
        let time = Time::new(i8::try_from(minutes / 60)?, i8::try_from(minutes % 60)?, second, 0)?;
        let choice = usize::try_from(self.chance.below(12))?;
        Ok(Line {
            id: Uuid::from_u64_pair(self.chance.number(), self.made).to_string().into(),
            date: LineDate::from_parts(day, Some(time), Suffix::Zulu)?,
            amount: Amount::from_parts(cents.into(), 2)?,
            balance: Some(Amount::from_parts((*balance).into(), 2)?),
            description: DESCRIPTIONS.get(choice).map(|&text| text.into()),
            counterparty: None,
            reference: None,
            reconciled: Some(false),
            kind: Some(if cents < 0 { LineKind::Debit } else { LineKind::Credit }),
        })
    }
}
