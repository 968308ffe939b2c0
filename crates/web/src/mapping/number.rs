//! What is shown of an account's number: enough to tell it by, and no more.

const SHOWN: usize = 4;

/// The last four letters and digits of a number that has as many.
pub(super) fn last_four(number: &str) -> Option<String> {
    let mut end: Vec<_> =
        number.chars().rev().filter(|one| one.is_alphanumeric()).take(SHOWN).collect();
    end.reverse();
    (end.len() == SHOWN).then(|| end.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_between_digits_do_not_count_and_short_numbers_are_not_shown() {
        for (number, end) in [
            ("12345678", Some("5678")),
            ("GB33 BUKB 2020 1555 55-5 5", Some("5555")),
            ("**** 4243", Some("4243")),
            ("123", None),
            ("", None),
        ] {
            assert_eq!(last_four(number).as_deref(), end, "{number}");
        }
    }
}
