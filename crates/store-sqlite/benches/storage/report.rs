//! The figures as tables of Markdown.

use crate::layout::LayoutKind;
use crate::rounds::{Figure, Figures, Filling};
use crate::shape::{Load, Shape};

const PUSHES_HEADING: &str = "
| shape | pushes | layout | empty, lines/s | filled, lines/s | filled ÷ empty (min–max) |
|---|---|---|---|---|---|
";

const FILLINGS_HEADING: &str = "
| shape | layout | lines in place | bytes a line | filling, lines/s | newest 100 lines: empty, µs | filled, µs |
|---|---|---|---|---|---|---|
";

/// Two tables: what pushes cost; and what is on disk, and what it costs to read of it.
pub(crate) fn of(figures: &Figures) -> String {
    let mut text = PUSHES_HEADING.to_owned();
    for shape in Shape::ALL {
        for load in Load::ALL {
            for layout in LayoutKind::ALL {
                let is_of = |figure: &&Figure| {
                    (figure.shape, figure.load, figure.layout) == (shape, load, layout)
                };
                let rounds: Vec<&Figure> = figures.rounds.iter().filter(is_of).collect();
                let names = [shape.name(), load.name, layout.name()].join(" | ");
                text.push_str(&pushes_row(&names, &rounds));
            }
        }
    }
    text.push_str(FILLINGS_HEADING);
    for filling in &figures.fillings {
        let is_of =
            |figure: &&Figure| (figure.shape, figure.layout) == (filling.shape, filling.layout);
        let rounds: Vec<&Figure> = figures.rounds.iter().filter(is_of).collect();
        text.push_str(&filling_row(filling, &rounds));
    }
    text
}

fn pushes_row(names: &str, rounds: &[&Figure]) -> String {
    let ratios = sorted(rounds, |figure| figure.filled / figure.empty);
    format!(
        "| {names} | {} | {} | {:.2} ({:.2}–{:.2}) |\n",
        rate(middle(&sorted(rounds, |figure| figure.empty))),
        rate(middle(&sorted(rounds, |figure| figure.filled))),
        middle(&ratios),
        ratios.first().copied().unwrap_or_default(),
        ratios.last().copied().unwrap_or_default(),
    )
}

fn filling_row(filling: &Filling, rounds: &[&Figure]) -> String {
    let Filling { shape, layout, lines, bytes, lines_per_second } = filling;
    format!(
        "| {} | {} | {lines} | {} | {} | {:.0} | {:.0} |\n",
        shape.name(),
        layout.name(),
        bytes.checked_div(*lines).unwrap_or_default(),
        rate(*lines_per_second),
        middle(&sorted(rounds, |figure| figure.read_empty)),
        middle(&sorted(rounds, |figure| figure.read_filled)),
    )
}

fn sorted(rounds: &[&Figure], value: impl Fn(&Figure) -> f64) -> Vec<f64> {
    let mut values: Vec<f64> = rounds.iter().map(|figure| value(figure)).collect();
    values.sort_unstable_by(f64::total_cmp);
    values
}

fn middle(sorted: &[f64]) -> f64 {
    sorted.get(sorted.len() / 2).copied().unwrap_or_default()
}

/// Lines a second, in a unit that leaves few digits.
fn rate(per_second: f64) -> String {
    if per_second >= 1e6 {
        format!("{:.2} M", per_second / 1e6)
    } else {
        format!("{:.0} k", per_second / 1e3)
    }
}
