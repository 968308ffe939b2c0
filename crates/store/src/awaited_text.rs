//! What a push awaits, as both databases keep it: one JSON text in its row, because nothing searches in it.

use domain::push::{Awaited, LineSpan};
use serde_json::json;

/// A text for those of whom there are any; most pushes await nothing.
pub fn write(awaited: &[Awaited]) -> Option<String> {
    if awaited.is_empty() {
        return None;
    }
    let each = awaited.iter().map(|one| (one.place, one.lines.first, one.lines.count));
    Some(json!(each.collect::<Vec<_>>()).to_string())
}

/// See [`write()`].
pub fn read(text: &str) -> Option<Vec<Awaited>> {
    let all: Vec<(u32, u64, u32)> = serde_json::from_str(text).ok()?;
    let awaited = |(place, first, count)| Awaited { place, lines: LineSpan { first, count } };
    Some(all.into_iter().map(awaited).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_awaited_comes_back_as_it_went() {
        let awaited = [(0, 17, 5), (9, 1 << 40, 1)];
        let awaited = awaited
            .map(|(place, first, count)| Awaited { place, lines: LineSpan { first, count } });
        assert_eq!(write(&awaited).as_deref(), Some("[[0,17,5],[9,1099511627776,1]]"));
        assert_eq!(read(&write(&awaited).unwrap()), Some(awaited.to_vec()));
        assert_eq!(write(&[]), None);
        assert_eq!(read("[[0,17]]"), None);
    }
}
