//! Message sets and the wrappers inside them: every transaction is a `…TRNRQ` that is answered by
//! the `…TRNRS` of the same stem, whether we support it or not.

use crate::status::StatusCode;

macro_rules! message_sets {
    ($($variant:ident = $prefix:literal;)+) => {
        /// The message sets, in the order in which an answer must have them.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum MessageSet {
            $(#[doc = concat!("`", $prefix, "MSGSRQV1` and its answer")] $variant,)+
        }

        impl MessageSet {
            /// Every set, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            fn prefix(self) -> &'static str {
                match self { $(Self::$variant => $prefix,)+ }
            }
        }
    };
}

message_sets! {
    SignOn = "SIGNON";
    SignUp = "SIGNUP";
    Bank = "BANK";
    CreditCard = "CREDITCARD";
    Investment = "INVSTMT";
    InterbankTransfer = "INTERXFER";
    WireTransfer = "WIREXFER";
    BillPay = "BILLPAY";
    Email = "EMAIL";
    SecurityList = "SECLIST";
    BillerDirectory = "PRESDIR";
    BillDelivery = "PRESDLV";
    Profile = "PROF";
    Tax1098 = "TAX1098";
    Tax1099 = "TAX1099";
    TaxW2 = "TAXW2";
}

impl MessageSet {
    /// The tag around the answers of this set.
    pub fn response_tag(self) -> String {
        format!("{}MSGSRSV1", self.prefix())
    }

    pub(crate) fn of_request_tag(tag: &str) -> Option<Self> {
        Self::of_prefix(tag.strip_suffix("MSGSRQV1")?)
    }

    pub(crate) fn of_response_tag(tag: &str) -> Option<Self> {
        Self::of_prefix(tag.strip_suffix("MSGSRSV1")?)
    }

    fn of_prefix(prefix: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|set| set.prefix() == prefix)
    }
}

/// What kind of transaction a wrapper holds: enough to name the wrapper of its answer.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TransactionKind {
    set: MessageSet,
    stem: String,
}

impl TransactionKind {
    pub(crate) fn new(set: MessageSet, stem: impl Into<String>) -> Self {
        Self { set, stem: stem.into() }
    }

    /// `PROFTRNRQ`
    pub fn profile() -> Self {
        Self::new(MessageSet::Profile, "PROF")
    }

    /// `ACCTINFOTRNRQ`
    pub fn account_info() -> Self {
        Self::new(MessageSet::SignUp, "ACCTINFO")
    }

    /// `STMTTRNRQ`
    pub fn bank_statement() -> Self {
        Self::new(MessageSet::Bank, "STMT")
    }

    /// `CCSTMTTRNRQ`
    pub fn card_statement() -> Self {
        Self::new(MessageSet::CreditCard, "CCSTMT")
    }

    /// The set it belongs to.
    pub fn set(&self) -> MessageSet {
        self.set
    }

    /// What is left of the tag without `TRNRQ`, for example `STMTEND`.
    pub fn stem(&self) -> &str {
        &self.stem
    }

    /// The wrapper of its answer.
    pub fn response_tag(&self) -> String {
        format!("{}TRNRS", self.stem)
    }

    /// What to answer when it is not supported: the code that says so most precisely.
    pub fn refusal(&self) -> StatusCode {
        match self.stem.as_str() {
            "PINCH" => StatusCode::CannotChangePassword,
            "ENROLL" => StatusCode::UnableToEnroll,
            "CHGUSERINFO" => StatusCode::CannotChangeUser,
            "ACCT" => StatusCode::InvalidService,
            _ => StatusCode::ElementUnknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_is_found_by_both_its_tags() {
        for &set in MessageSet::ALL {
            assert_eq!(MessageSet::of_response_tag(&set.response_tag()), Some(set));
            let request_tag = set.response_tag().replace("RSV1", "RQV1");
            assert_eq!(MessageSet::of_request_tag(&request_tag), Some(set));
        }
        assert_eq!(MessageSet::of_request_tag("BANKMSGSRQV2"), None);
    }

    #[test]
    fn what_is_not_supported_is_refused_by_its_own_code() {
        let refusal = |set, stem: &str| TransactionKind::new(set, stem).refusal().number();
        assert_eq!(refusal(MessageSet::SignOn, "PINCH"), 15503);
        assert_eq!(refusal(MessageSet::SignUp, "ENROLL"), 13500);
        assert_eq!(refusal(MessageSet::SignUp, "CHGUSERINFO"), 13503);
        assert_eq!(refusal(MessageSet::SignUp, "ACCT"), 13502);
        assert_eq!(refusal(MessageSet::Bank, "STMTEND"), 2028);
    }
}
