//! Sums and signs of amounts, exact or not at all. There is no multiplication: nothing here has a
//! rate.

use super::amount::{Amount, shift_left};

impl Amount {
    /// The same amount in the other direction.
    #[expect(
        clippy::should_implement_trait,
        reason = "arithmetic_side_effects refuses `-amount`, so an operator would have no users"
    )]
    #[must_use]
    pub fn neg(self) -> Self {
        let mut value = self.0;
        // Zero has one sign only.
        value.set_sign_negative(self.is_positive());
        Self(value)
    }

    /// The exact sum, or `None` when it has no room. Keeps the finer of the two scales if it can.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        sum(self, other).or_else(|| sum(self.trimmed(), other.trimmed()))
    }

    /// The exact difference, or `None` when it has no room.
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.checked_add(other.neg())
    }

    fn trimmed(self) -> Self {
        Self(self.0.normalize())
    }
}

fn sum(left: Amount, right: Amount) -> Option<Amount> {
    let scale = left.scale().max(right.scale());
    let aligned = |amount: Amount| {
        shift_left(amount.mantissa(), u64::from(scale.saturating_sub(amount.scale())))
    };
    let (mut mantissa, mut scale) = (aligned(left)?.checked_add(aligned(right)?)?, scale);
    // A carry may need a digit more than there is room for; zeros at the end can make that room.
    while scale > 0 && mantissa.checked_rem(10) == Some(0) {
        if let Ok(amount) = Amount::from_parts(mantissa, scale) {
            return Some(amount);
        }
        mantissa = mantissa.checked_div(10)?;
        scale = scale.saturating_sub(1);
    }
    Amount::from_parts(mantissa, scale).ok()
}

#[cfg(test)]
#[expect(clippy::arithmetic_side_effects, reason = "an overflow fails the test, as it should")]
mod tests {
    use proptest::prelude::*;

    use super::super::SCALE_MAX;
    use super::super::amount::tests::{amount, any_amount};
    use super::*;

    #[test]
    fn sums_are_exact_or_none() {
        for (left, right, total) in [
            ("0.10", "0.2", Some("0.30")),
            ("0.5", "0.50", Some("1.00")),
            ("-1", "1.00", Some("0.00")),
            ("1e27", "0.00000000000000000000", Some("1000000000000000000000000000")),
            (
                "500000000000000000000000000.5",
                "500000000000000000000000000.5",
                Some("1000000000000000000000000001"),
            ),
            ("9999999999999999999999999999", "1", None),
            ("1e27", "0.1", None),
            ("1e27", "1e-20", None),
        ] {
            let printed = amount(left).checked_add(amount(right)).map(|sum| sum.to_string());
            assert_eq!(printed.as_deref(), total, "{left} + {right}");
            assert_eq!(
                amount(left).checked_sub(amount(right).neg()),
                amount(left).checked_add(amount(right))
            );
        }
    }

    proptest! {
        #[test]
        fn sums_agree_with_integers(
            left in -(10_i128.pow(27))..10_i128.pow(27),
            right in -(10_i128.pow(27))..10_i128.pow(27),
            scale in 0..=SCALE_MAX,
        ) {
            let parts = |mantissa| Amount::from_parts(mantissa, scale).unwrap();
            prop_assert_eq!(parts(left).checked_add(parts(right)), Some(parts(left + right)));
            prop_assert_eq!(parts(left).checked_sub(parts(right)), Some(parts(left - right)));
            prop_assert_eq!(parts(left).cmp(&parts(right)), left.cmp(&right));
        }

        #[test]
        fn a_sum_is_undone_by_its_difference(left in any_amount(), right in any_amount()) {
            if let Some(sum) = left.checked_add(right) {
                prop_assert_eq!(sum.checked_sub(right), Some(left));
            }
        }
    }
}
