//! The faults that can be played, their names, and what a report of one says. Playing them is play.rs.

use serde::Serialize;

macro_rules! faults {
    ($($(#[$doc:meta])* $fault:ident = $name:literal,)*) => {
        /// Something that a client does wrong, or at a bad moment.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Fault { $($(#[$doc])* $fault,)* }

        impl Fault {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$fault,)*];

            /// Its name in a URL.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$fault => $name,)* }
            }
        }
    };
}

faults! {
    /// A password that is not the customer's; counts towards the bank's lockout.
    WrongPassword = "wrong-password",
    /// All accounts are fetched several times at once; the only fault that reaches the books.
    PollStorm = "poll-storm",
    /// The connection is dropped in the middle of the answer, and the same request, same `TRNUID`, comes again.
    DroppedAnswer = "dropped-answer",
    /// The client's clock is three days ahead, then three days behind.
    ClockOff = "clock-off",
    /// `DTSTART` a month from now.
    StartInFuture = "start-in-future",
    /// `DTSTART` decades before the feed's start.
    StartLongAgo = "start-long-ago",
    /// An `ACCTID` that the bank never gave out.
    UnknownAccount = "unknown-account",
    /// A bank account asked for as a card, a card as a bank account.
    WrongAccountType = "wrong-account-type",
    /// No `INCTRAN` at all.
    NoWindow = "no-window",
    /// Two requests for one account in one file.
    TwiceInOneFile = "twice-in-one-file",
    /// No body.
    EmptyBody = "empty-body",
    /// Five megabytes.
    HugeBody = "huge-body",
    /// HTTP/1.0, as `AqBanking` speaks it.
    Http10 = "http-1-0",
    /// A body whose length nobody tells.
    NoContentLength = "no-content-length",
    /// Names of headers in lower case.
    LowerCaseHeaders = "lower-case-headers",
    /// `Expect: 100-continue`, and the body only after it.
    ExpectContinue = "expect-continue",
}

impl Fault {
    /// The fault of that name.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|fault| fault.name() == name)
    }
}

/// What was done, and what the bank made of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FaultReport {
    /// The fault's name.
    pub fault: &'static str,
    /// Request by request.
    pub exchanges: Vec<Exchange>,
}

/// One request of a fault.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Exchange {
    /// In words; never with a password.
    pub sent: String,
    /// The HTTP status; none when the connection ended without one.
    pub status: Option<u16>,
    /// Every OFX status in the answer: sign-on first.
    pub codes: Vec<u32>,
    /// How the answer begins.
    pub first_bytes: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_is_found_by_its_name() {
        assert_eq!(Fault::ALL.len(), 16);
        for fault in Fault::ALL {
            assert_eq!(Fault::find(fault.name()), Some(*fault));
        }
        assert_eq!(Fault::find("no-such-fault"), None);
    }
}
