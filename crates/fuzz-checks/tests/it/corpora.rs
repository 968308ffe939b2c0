//! Every file of every corpus, checked as the fuzzer checks it: seeds, and what once was a finding.

use fuzz_checks::{TARGETS, Target};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// A corpus is to be looked through, and is in everybody's clone.
const CORPUS_BYTES_MAX: usize = 24_000;

fn fuzz_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz")
}

/// The names in a folder, in order, without what stands behind a point.
fn names_in(folder: &str) -> BTreeSet<String> {
    let entries = fs::read_dir(fuzz_folder().join(folder)).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.map(|name| name.split('.').next().unwrap_or_default().to_owned()).collect()
}

fn corpus_of(target: &Target) -> Vec<Vec<u8>> {
    let folder = fuzz_folder().join("corpus").join(target.name);
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.iter().map(|path| fs::read(path).unwrap()).collect()
}

#[test]
fn every_file_of_every_corpus_is_as_it_must_be() {
    for target in TARGETS {
        for bytes in corpus_of(target) {
            (target.check)(&bytes);
        }
    }
}

#[test]
fn a_file_that_is_cut_off_anywhere_is_as_it_must_be() {
    for target in TARGETS {
        for bytes in corpus_of(target) {
            for end in (0..bytes.len()).step_by(bytes.len() / 50 + 1) {
                (target.check)(&bytes[..end]);
            }
        }
    }
}

#[test]
fn every_check_has_a_target_and_a_corpus_that_is_small() {
    let names: BTreeSet<String> = TARGETS.iter().map(|target| target.name.to_owned()).collect();
    assert_eq!(names_in("targets"), names);
    assert_eq!(names_in("corpus"), names);
    for target in TARGETS {
        let bytes: usize = corpus_of(target).iter().map(Vec::len).sum();
        assert!((1..=CORPUS_BYTES_MAX).contains(&bytes), "{}: {bytes} bytes", target.name);
    }
}
