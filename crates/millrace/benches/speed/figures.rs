//! What was measured, beside what was hoped for.

use serde_json::{Value, json};
use std::fmt::Write as _;

/// What a figure must be.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Goal {
    AtLeast(f64),
    AtMost(f64),
    /// It is only told.
    None,
}

/// One figure, of all rounds.
#[derive(Clone, Debug)]
struct Figure {
    name: String,
    goal: Goal,
    values: Vec<f64>,
}

/// All figures, in the order they were first told.
#[derive(Clone, Debug, Default)]
pub(crate) struct Figures(Vec<Figure>);

/// A figure that has a goal, for people to see.
#[derive(Clone, Debug)]
pub(crate) struct Judged {
    pub(crate) name: String,
    pub(crate) goal: String,
    pub(crate) median: String,
    /// How many times better than the goal it is.
    pub(crate) times_the_goal: f64,
}

impl Goal {
    fn holds(self, value: f64) -> bool {
        match self {
            Self::AtLeast(least) => value >= least,
            Self::AtMost(most) => value <= most,
            Self::None => true,
        }
    }

    fn words(self) -> String {
        match self {
            Self::AtLeast(least) => format!("≥ {least}"),
            Self::AtMost(most) => format!("≤ {most}"),
            Self::None => "–".to_owned(),
        }
    }
}

impl Figure {
    fn sorted(&self) -> Vec<f64> {
        let mut sorted = self.values.clone();
        sorted.sort_by(f64::total_cmp);
        sorted
    }

    fn median(&self) -> f64 {
        let sorted = self.sorted();
        sorted[sorted.len() / 2]
    }

    fn holds(&self) -> bool {
        self.goal.holds(self.median())
    }
}

impl Figures {
    /// Another round of a figure.
    pub(crate) fn add(&mut self, name: &str, goal: Goal, value: f64) {
        match self.0.iter_mut().find(|figure| figure.name == name) {
            Some(figure) => figure.values.push(value),
            None => self.0.push(Figure { name: name.to_owned(), goal, values: vec![value] }),
        }
    }

    pub(crate) fn hold(&self) -> bool {
        self.0.iter().all(Figure::holds)
    }

    /// Those that have a goal.
    pub(crate) fn judged(&self) -> Vec<Judged> {
        let judge = |figure: &Figure| {
            let median = figure.median();
            let times_the_goal = match figure.goal {
                Goal::AtLeast(least) => median / least,
                Goal::AtMost(most) => most / median,
                Goal::None => return None,
            };
            let (name, goal) = (figure.name.clone(), figure.goal.words());
            Some(Judged { name, goal, median: shown(median), times_the_goal })
        };
        self.0.iter().filter_map(judge).collect()
    }

    /// As a table of Markdown.
    pub(crate) fn table(&self) -> String {
        let mut table = "| figure | goal | median (min–max) | |\n|---|---|---|---|\n".to_owned();
        for figure in &self.0 {
            let sorted = figure.sorted();
            let (least, most) = (shown(sorted[0]), shown(sorted[sorted.len() - 1]));
            let verdict = match figure.goal {
                Goal::None => "",
                Goal::AtLeast(_) | Goal::AtMost(_) if figure.holds() => "holds",
                Goal::AtLeast(_) | Goal::AtMost(_) => "**missed**",
            };
            let (name, goal) = (&figure.name, figure.goal.words());
            let median = shown(figure.median());
            writeln!(table, "| {name} | {goal} | {median} ({least}–{most}) | {verdict} |").unwrap();
        }
        table
    }

    pub(crate) fn json(&self) -> String {
        let figures = self.0.iter().map(|figure| {
            json!({
                "figure": figure.name,
                "goal": figure.goal.words(),
                "median": figure.median(),
                "rounds": figure.values,
                "holds": figure.holds(),
            })
        });
        format!("{:#}\n", Value::Array(figures.collect()))
    }

    /// Every goal with its figure, in a line.
    pub(crate) fn closing(&self) -> String {
        let told = self.judged().into_iter().map(|figure| {
            let Judged { name, goal, median, times_the_goal } = figure;
            let verdict = if times_the_goal >= 1.0 { "holds" } else { "MISSED" };
            format!("{name} {median} ({goal}): {verdict}")
        });
        format!("speed: {}", told.collect::<Vec<_>>().join("; "))
    }
}

/// With as many digits as mean something.
fn shown(value: f64) -> String {
    match value {
        value if value >= 1e6 => format!("{:.2} M", value / 1e6),
        value if value >= 1e4 => format!("{:.0} k", value / 1e3),
        value if value >= 100.0 => format!("{value:.0}"),
        value => format!("{value:.2}"),
    }
}
