//! How long files may be. Functions are measured by clippy (`too-many-lines-threshold`).

use super::tree::Tree;
use super::violation::Violation;

/// No file is longer: past this a reader loses the thread.
const FILE_LINES_MAX: usize = 600;
/// Half of the files are aimed to be this short; more is only worth a remark.
const FILE_LINES_P50_MAX: usize = 110;
/// Long files stay the exception: at most one in twenty may be longer.
const FILE_LINES_P95_MAX: usize = 350;
/// Where the advice about all files together points to.
const WORKSPACE: &str = "Cargo.toml";

pub(super) fn check(tree: &Tree) -> Vec<Violation> {
    let mut violations = Vec::new();
    for file in tree.rust_files() {
        let lines = file.text.lines().count();
        if lines > FILE_LINES_MAX {
            let advice = format!(
                "{lines} lines, {FILE_LINES_MAX} at most: lift a noun out into its own file"
            );
            violations.push(Violation::new(&file.path, FILE_LINES_MAX + 1, advice));
        }
    }
    let p95 = percentile(&lengths(tree), 95);
    if p95 > FILE_LINES_P95_MAX {
        let advice = format!(
            "p95 of file lengths is {p95} lines, {FILE_LINES_P95_MAX} at most: split files"
        );
        violations.push(Violation::new(WORKSPACE, 1, advice));
    }
    violations
}

/// One line about all files, with a remark when the usual file has grown long.
pub(super) fn summary(tree: &Tree) -> String {
    let lengths = lengths(tree);
    let (p50, p95) = (percentile(&lengths, 50), percentile(&lengths, 95));
    let remark = if p50 > FILE_LINES_P50_MAX {
        format!(" (warning: p50 is over {FILE_LINES_P50_MAX})")
    } else {
        String::new()
    };
    format!("{} Rust files, p50 {p50}, p95 {p95} lines{remark}", lengths.len())
}

fn lengths(tree: &Tree) -> Vec<usize> {
    let mut lengths: Vec<usize> = tree.rust_files().map(|file| file.text.lines().count()).collect();
    lengths.sort_unstable();
    lengths
}

/// The smallest of the sorted `lengths` that is not exceeded by `percent` in a hundred of them.
fn percentile(lengths: &[usize], percent: usize) -> usize {
    let rank = (lengths.len() * percent).div_ceil(100);
    lengths.get(rank.saturating_sub(1)).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree_of(lengths: &[usize]) -> Tree {
        let texts: Vec<(String, String)> = lengths
            .iter()
            .enumerate()
            .map(|(index, lines)| (format!("src/{index}.rs"), "//! Line.\n".repeat(*lines)))
            .collect();
        let files: Vec<(&str, &str)> =
            texts.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        Tree::of(&files)
    }

    #[test]
    fn a_file_may_have_600_lines_and_not_one_more() {
        let mut lengths = vec![10; 40];
        lengths.push(600);
        assert!(check(&tree_of(&lengths)).is_empty());
        lengths.push(601);
        let found: Vec<String> =
            check(&tree_of(&lengths)).iter().map(ToString::to_string).collect();
        assert_eq!(
            found,
            ["src/41.rs:601: 601 lines, 600 at most: lift a noun out into its own file"]
        );
    }

    #[test]
    fn long_files_may_not_be_common() {
        let mut lengths = vec![10; 19];
        lengths.push(351);
        assert!(check(&tree_of(&lengths)).is_empty());
        lengths.push(351);
        assert_eq!(check(&tree_of(&lengths)).len(), 1);
    }

    #[test]
    fn the_summary_warns_when_the_usual_file_is_long() {
        assert_eq!(summary(&tree_of(&[10, 20, 30])), "3 Rust files, p50 20, p95 30 lines");
        assert!(summary(&tree_of(&[111, 111, 111])).ends_with("(warning: p50 is over 110)"));
        assert_eq!(summary(&tree_of(&[])), "0 Rust files, p50 0, p95 0 lines");
    }
}
