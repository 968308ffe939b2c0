//! Aligned columns for a terminal.

/// On which side a column's text stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Left,
    Right,
}

/// Rows under a heading, two spaces between columns, indented by two.
pub(super) fn table<const COLUMNS: usize>(
    heading: [(&str, Side); COLUMNS],
    rows: &[[String; COLUMNS]],
) -> String {
    let titles = heading.map(|(title, _)| title.to_owned());
    let mut widths = [0; COLUMNS];
    for row in rows.iter().chain([&titles]) {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    let mut text = String::new();
    for row in [&titles].into_iter().chain(rows) {
        let cells = row.iter().zip(widths).zip(heading);
        let cells = cells.map(|((cell, width), (_, side))| match side {
            Side::Left => format!("{cell:<width$}"),
            Side::Right => format!("{cell:>width$}"),
        });
        let line = cells.collect::<Vec<_>>().join("  ");
        text.push_str("  ");
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let rows = [["é".to_owned(), "-42.50".to_owned()], ["long one".to_owned(), "1".to_owned()]];
        let shown = table([("name", Side::Left), ("sum", Side::Right)], &rows);
        assert_eq!(shown, "  name         sum\n  é         -42.50\n  long one       1\n");
    }

    #[test]
    fn without_rows_there_is_a_heading() {
        assert_eq!(table([("a", Side::Left)], &[]), "  a\n");
    }
}
