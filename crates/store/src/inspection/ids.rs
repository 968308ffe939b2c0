//! Whether an id stands twice in its account, in bounded memory: an account with very many lines is gone through several
//! times, each time for another share of its ids.

use sha2::{Digest as _, Sha256};

/// Ids that are compared in one go: 24 MB of them.
const IDS_AT_ONCE: u64 = 1 << 20;
/// So much of a hash tells ids apart.
const HASH_BYTES: usize = 16;

/// One share of an account's ids.
#[derive(Debug)]
pub(super) struct IdShare {
    shares: u64,
    number: u64,
    seen: Vec<([u8; HASH_BYTES], u64)>,
}

impl IdShare {
    /// How many shares so many lines make.
    pub(super) fn count(lines: u64) -> u64 {
        lines.div_ceil(IDS_AT_ONCE).max(1)
    }

    /// Share `number`, from nought, of so many.
    pub(super) fn new(number: u64, shares: u64) -> Self {
        Self { shares, number, seen: Vec::new() }
    }

    /// Notes a line that counts.
    pub(super) fn note(&mut self, id: &str, position: u64) {
        let digest: [u8; 32] = Sha256::digest(id.as_bytes()).into();
        let (Some(hash), Some(spread)) = (digest.first_chunk(), digest.last_chunk()) else {
            return;
        };
        if u64::from_le_bytes(*spread).checked_rem(self.shares) == Some(self.number) {
            self.seen.push((*hash, position));
        }
    }

    /// Positions of lines with one id, each with the position of the line before it that has it.
    pub(super) fn doubles(mut self) -> Vec<(u64, u64)> {
        self.seen.sort_unstable();
        let pairs = self.seen.windows(2).filter_map(|pair| match pair {
            [(first, at), (second, again)] if first == second => Some((*at, *again)),
            _ => None,
        });
        pairs.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_double_is_found_in_one_share_whatever_their_number() {
        for shares in [1, 3, 7] {
            let mut found = Vec::new();
            for number in 0..shares {
                let mut share = IdShare::new(number, shares);
                for position in 0..50 {
                    share.note(&format!("line-{}", position % 48), position);
                }
                found.extend(share.doubles());
            }
            found.sort_unstable();
            assert_eq!(found, [(0, 48), (1, 49)], "{shares}");
        }
    }

    #[test]
    fn a_share_is_never_of_more_than_memory_has_room_for() {
        assert_eq!((IdShare::count(0), IdShare::count(IDS_AT_ONCE)), (1, 1));
        assert_eq!(IdShare::count(IDS_AT_ONCE + 1), 2);
    }
}
