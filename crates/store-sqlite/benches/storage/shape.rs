//! How lines are spread over accounts, and how pushes come.

/// How the lines in place are spread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Many accounts that have one push of 100 lines each.
    Wide,
    /// Few accounts that have 100 pushes of 1000 lines each.
    Deep,
}

impl Shape {
    pub(crate) const ALL: [Self; 2] = [Self::Wide, Self::Deep];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Wide => "wide",
            Self::Deep => "deep",
        }
    }

    /// Lines of a push while the database is filled.
    pub(crate) const fn fill_lines(self) -> u64 {
        match self {
            Self::Wide => 100,
            Self::Deep => 1_000,
        }
    }

    const fn account_lines(self) -> u64 {
        match self {
            Self::Wide => 100,
            Self::Deep => 100_000,
        }
    }

    /// How many accounts share so many lines.
    pub(crate) fn accounts(self, lines: u64) -> u64 {
        (lines / self.account_lines()).max(1)
    }
}

/// How pushes come while they are measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Load {
    pub(crate) name: &'static str,
    pub(crate) push_lines: u64,
    pub(crate) commit_pushes: u64,
    pub(crate) commits: u32,
}

impl Load {
    pub(crate) const ALL: [Self; 3] = [
        Self { name: "1000 lines, 1 a commit", push_lines: 1_000, commit_pushes: 1, commits: 120 },
        Self { name: "1000 lines, 8 a commit", push_lines: 1_000, commit_pushes: 8, commits: 20 },
        Self { name: "10 lines, 32 a commit", push_lines: 10, commit_pushes: 32, commits: 60 },
    ];
}
