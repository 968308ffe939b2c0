//! The figures as a picture: for each goal a bar that says how many times better than the goal a figure is, from a line at
//! the goal to the right, or to the left where it is missed.

use crate::figures::Judged;
use std::fmt::Write as _;

const WIDTH: f64 = 860.0;
const ROW: f64 = 26.0;
/// Where the goal is.
const GOAL_AT: f64 = 520.0;
/// Of a figure that is ten times the goal.
const DECADE: f64 = 220.0;

/// An SVG of its own.
pub(crate) fn draw(figures: &[Judged]) -> String {
    let height = ROW * (figures.len() as f64 + 2.0);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" font-family=\"system-ui, sans-serif\" \
         font-size=\"13\" role=\"img\" aria-label=\"Each figure beside its goal\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n"
    );
    for (row, figure) in figures.iter().enumerate() {
        let y = ROW * (row as f64 + 1.0);
        let length = (figure.times_the_goal.log10() * DECADE)
            .clamp(DECADE - GOAL_AT, WIDTH - GOAL_AT - 60.0);
        let (x, colour) =
            if length < 0.0 { (GOAL_AT + length, "#a3212b") } else { (GOAL_AT, "#1d5fa6") };
        let (width, text_y, name) = (length.abs().max(1.0), y + 13.0, escaped(&figure.name));
        writeln!(
            svg,
            "<text x=\"10\" y=\"{text_y}\" fill=\"#17232f\">{name} ({})</text>\
             <rect x=\"{x:.1}\" y=\"{y}\" width=\"{width:.1}\" height=\"16\" rx=\"3\" fill=\"{colour}\"/>\
             <text x=\"{:.1}\" y=\"{text_y}\" fill=\"#17232f\">{}</text>",
            figure.goal,
            GOAL_AT + length.max(0.0) + 8.0,
            figure.median,
        )
        .unwrap();
    }
    let foot = height - ROW / 2.0;
    writeln!(
        svg,
        "<line x1=\"{GOAL_AT}\" x2=\"{GOAL_AT}\" y1=\"10\" y2=\"{:.1}\" stroke=\"#17232f\" stroke-width=\"1.5\"/>\
         <text x=\"{GOAL_AT}\" y=\"{foot:.1}\" text-anchor=\"middle\" fill=\"#4a5968\">the goal; to the right is better</text>\n</svg>",
        height - ROW
    )
    .unwrap();
    svg
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}
