//! Installs what the tests call and cargo does not bring: each thing once, said in one line, and
//! never silently left out. What the tests do with it is theirs to say.

mod apt;
mod needs;
mod node;
mod postgres;
mod venv;

use std::path::PathBuf;

use anyhow::{Result, bail};

pub(crate) use self::needs::Need;
use self::needs::{PACKAGES, Package};
use self::node::{FOLDERS, Folder};
use self::venv::{ENVIRONMENTS, Environment};

/// What a test looks for before it searches itself: the variable's name and what it is set to.
pub(crate) type Variable = (&'static str, PathBuf);

/// A need that could not be met, and why.
struct Unmet {
    need: Need,
    reason: String,
}

/// Meets `needs`, or says which of them cannot be met and what therefore cannot be tested.
/// `groups_of` names the test groups that have a need.
pub(crate) fn provide(
    needs: &[Need],
    groups_of: impl Fn(Need) -> Vec<&'static str>,
) -> Result<Vec<Variable>> {
    let mut unmet = provide_packages(needs);
    for environment in environments(needs) {
        if unmet.iter().all(|one| one.need != environment.need) {
            let failure = environment.provide().err();
            unmet.extend(failure.map(|error| missing(environment.need, format!("{error:#}"))));
        }
    }
    for folder in folders(needs) {
        if unmet.iter().all(|one| one.need != folder.need) {
            let failure = folder.provide().err();
            unmet.extend(failure.map(|error| missing(folder.need, format!("{error:#}"))));
        }
    }
    for Unmet { need, reason } in &unmet {
        println!("{reason}; the test groups that cannot run: {}", groups_of(*need).join(", "));
    }
    if !unmet.is_empty() {
        bail!("the tests need what could not be installed");
    }
    let python = environments(needs).map(|one| (one.variable, one.folder()));
    let node = folders(needs).map(|one| (one.variable, one.path()));
    Ok(needs.iter().flat_map(|need| variables(*need)).chain(python).chain(node).collect())
}

fn environments(needs: &[Need]) -> impl Iterator<Item = &'static Environment> {
    ENVIRONMENTS.iter().filter(|environment| needs.contains(&environment.need))
}

fn folders(needs: &[Need]) -> impl Iterator<Item = &'static Folder> {
    FOLDERS.iter().filter(|folder| needs.contains(&folder.need))
}

fn provide_packages(needs: &[Need]) -> Vec<Unmet> {
    let wanted = |package: &&Package| needs.contains(&package.need) && !package.is_here();
    let absent: Vec<&Package> = PACKAGES.iter().filter(wanted).collect();
    if absent.is_empty() {
        return Vec::new();
    }
    let mut names: Vec<&str> = absent.iter().map(|package| package.name).collect();
    names.dedup();
    println!("installing once, from Debian: {}", names.join(" "));
    let outcome = postgres::without_default_cluster(&names, || apt::install(&names));
    let still_absent = absent.iter().filter(|package| !package.is_here());
    let reason = outcome.err().map_or_else(String::new, |error| format!(" ({error:#})"));
    still_absent
        .map(|package| missing(package.need, format!("cannot install {}{reason}", package.name)))
        .collect()
}

fn missing(need: Need, reason: String) -> Unmet {
    Unmet { need, reason }
}

/// Where the tests find what Debian's packages brought for `need`, if they need to be told.
fn variables(need: Need) -> Vec<Variable> {
    match need {
        Need::Postgres => postgres::programs()
            .map(|folder| ("MILLRACE_TEST_PG_BIN", folder))
            .into_iter()
            .collect(),
        Need::OfxGrammar => vec![("MILLRACE_TEST_OFX_DTD", PathBuf::from(needs::OFX_DTD_FOLDER))],
        Need::OfxClients | Need::Sdks | Need::Browser | Need::Clock => Vec::new(),
    }
}
