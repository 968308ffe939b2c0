//! Commits of many jobs: what fails takes nothing with it that it need not.

use super::*;
use crate::{row, sql};

type Reply = super::Reply<usize>;

fn database() -> Database {
    let database = Database::open_in_memory().unwrap();
    database.execute_batch("create table t (n integer primary key)").unwrap();
    database
}

/// A job that runs `statements`, and fails with the first that does.
fn job(undo: Undo, statements: &'static [&'static str]) -> (Box<dyn Job>, Reply) {
    let (reply, answer) = oneshot::channel();
    let work = move |writing: &mut Writing<'_>| {
        let done = statements.iter().map(|sql| sql::execute(writing.database, sql, &[]));
        done.sum::<Answer<usize>>()
    };
    let after = |_: &usize| {};
    (Box::new(Call { work: Some(work), undo, outcome: None, after, reply }), answer)
}

/// Commits jobs together that are undone alone; answers which of them succeeded, and what is in the table then.
fn commit(desk: &mut Desk, jobs: &[&'static [&'static str]]) -> (Vec<bool>, Vec<u32>) {
    let jobs: Vec<_> = jobs.iter().map(|statements| (Undo::Job, *statements)).collect();
    commit_so(desk, &jobs)
}

fn commit_so(desk: &mut Desk, jobs: &[(Undo, &'static [&'static str])]) -> (Vec<bool>, Vec<u32>) {
    let (mut group, replies): (Vec<_>, Vec<Reply>) =
        jobs.iter().map(|(undo, statements)| job(*undo, statements)).unzip();
    let committed = desk.commit_together(&mut group);
    for job in group {
        job.answer(committed.clone());
    }
    let succeeded = replies.into_iter().map(|mut reply| reply.try_recv().unwrap().is_ok());
    let numbers = sql::all(&desk.database, "select n from t order by n", &[], row::only);
    (succeeded.collect(), numbers.unwrap())
}

fn desk() -> Desk {
    Desk::new(database(), EventSignal::default(), Arc::default())
}

#[test]
fn a_job_that_fails_does_not_spoil_the_others_of_its_commit() {
    let jobs: [&[&str]; 4] = [
        &["insert into t values (1)"],
        &["insert into t values (7)", "insert into t values (1)"],
        &["insert into nowhere values (1)"],
        &["insert into t values (2)"],
    ];
    let (succeeded, numbers) = commit(&mut desk(), &jobs);
    assert_eq!(succeeded, [true, false, false, true]);
    assert_eq!(numbers, [1, 2], "the 7 of the job that failed is undone");
}

#[test]
fn a_job_that_fails_before_it_has_written_spoils_nothing() {
    let jobs: [(Undo, &[&str]); 3] = [
        (Undo::Commit, &["insert into t values (1)"]),
        (Undo::Commit, &["select * from nowhere", "insert into t values (7)"]),
        (Undo::Job, &["insert into t values (2)"]),
    ];
    assert_eq!(commit_so(&mut desk(), &jobs), (vec![true, false, true], vec![1, 2]));
}

#[test]
fn a_job_that_should_have_looked_before_it_wrote_takes_its_commit_with_it() {
    let mut desk = desk();
    let jobs: [(Undo, &[&str]); 3] = [
        (Undo::Job, &["insert into t values (1)"]),
        (Undo::Commit, &["insert into t values (7)", "insert into nowhere values (1)"]),
        (Undo::Job, &["insert into t values (2)"]),
    ];
    assert_eq!(commit_so(&mut desk, &jobs), (vec![false, false, false], vec![]));
    assert_eq!(commit(&mut desk, &[&["insert into t values (3)"]]), (vec![true], vec![3]));
}

#[test]
fn a_commit_that_the_database_gives_up_fails_all_of_its_jobs_and_no_later_one() {
    let mut desk = desk();
    // Rolls back and fails, as the database does by itself when the disk is full.
    let jobs: [&[&str]; 3] = [
        &["insert into t values (1)"],
        &["rollback", "insert into nowhere values (1)"],
        &["insert into t values (2)"],
    ];
    assert_eq!(commit(&mut desk, &jobs), (vec![false, false, false], vec![]));
    assert_eq!(commit(&mut desk, &[&["insert into t values (3)"]]), (vec![true], vec![3]));
}

#[test]
fn a_commit_that_fails_is_told_to_every_job() {
    let mut desk = desk();
    let child = "create table child (n references t deferrable initially deferred)";
    desk.database.execute_batch(&format!("pragma foreign_keys = on; {child}")).unwrap();
    let jobs: [&[&str]; 2] = [&["insert into t values (1)"], &["insert into child values (99)"]];
    assert_eq!(commit(&mut desk, &jobs), (vec![false, false], vec![]));
}

#[test]
fn a_commit_that_writes_nothing_shows_neither_that_commits_go_through_nor_that_they_do_not() {
    let mut desk = desk();
    let nothing: &[&str] = &["update t set n = 7 where n = 8"];
    let spoilt: &[&str] = &["rollback", "insert into nowhere values (1)"];
    let state = |desk: &Desk| (desk.failures.count(), lock(&desk.committed_at).is_some());
    for (statements, expected) in [
        (nothing, (0, false)),
        (spoilt, (1, false)),
        (nothing, (1, false)),
        (spoilt, (2, false)),
        (&["insert into t values (1)"], (0, true)),
        (nothing, (0, true)),
    ] {
        commit(&mut desk, &[statements]);
        assert_eq!(state(&desk), expected, "{statements:?}");
    }
}

#[tokio::test]
async fn a_closed_writer_finishes_what_waits_and_then_refuses() {
    let writer = Writer::start(database(), EventSignal::default()).unwrap();
    let insert = |writing: &mut Writing<'_>| {
        sql::execute(writing.database, "insert into t values (null)", &[])
    };
    let (waiting, ()) = tokio::join!(writer.write(Undo::Job, insert, |_| {}), writer.close());
    assert_eq!(waiting.unwrap(), 1);
    let refusal = writer.write(Undo::Job, insert, |_| {}).await.unwrap_err();
    assert!(refusal.to_string().contains("closed"), "{refusal}");
    assert!(!writer.is_alive());
}

#[tokio::test]
async fn what_is_to_follow_a_commit_does_so_though_nobody_waits() {
    let writer = Writer::start(database(), EventSignal::default()).unwrap();
    let (done, noticed) = oneshot::channel();
    let insert =
        |writing: &mut Writing<'_>| sql::execute(writing.database, "insert into t values (1)", &[]);
    let mut write = Box::pin(writer.write(Undo::Job, insert, |count| done.send(*count).unwrap()));
    // The first poll puts the job in the queue; then its caller goes away.
    drop(poll_once(write.as_mut()));
    drop(write);
    assert_eq!(noticed.await.unwrap(), 1);
}

fn poll_once<F: Future>(future: std::pin::Pin<&mut F>) -> std::task::Poll<F::Output> {
    future.poll(&mut std::task::Context::from_waker(std::task::Waker::noop()))
}
