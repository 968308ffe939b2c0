//! Cases about pushes: what is kept of them, and how they are found again.

use crate::Backend;
use crate::lists::{all, matching, ordered, page};
use crate::world::{World, lenient, today};
use domain::event::{Event, EventKind};
use domain::ids::{CompanyId, ConnectionId, ConnectionPath, PushKey};
use domain::line::Line;
use domain::platform::{Profile, Profiles, QUICKBOOKS};
use domain::push::{LineSpan, PUSH_PROPERTIES, PushOperation, PushStatus, Validation};
use domain::source_account::{AccountPath, AccountStatus, SourceAccount};
use std::sync::Arc;
use store::{Missing, PushIntake};
use testkit::{
    NOON, a_company, a_draft, a_draft_of, a_line, a_uuid, amount, an_account, an_account_path,
    an_intake, noon_plus,
};

/// A push that QuickBooks' rules refuse: its lines lie in the future.
fn a_bad_intake(world: &World) -> PushIntake {
    let lines = [today("good"), a_line("bad", "2024-03-20", "1.00")];
    an_intake(&world.account, a_draft_of(lines))
}

/// Four pushes, a minute apart, the third refused; oldest first.
async fn four_pushes(world: &World) -> Vec<PushOperation> {
    let mut operations = Vec::new();
    for (minute, id) in (1..).zip(["a", "b", "", "d"]) {
        let good = world.intake(a_draft_of([today(id)]));
        let intake = if id.is_empty() { a_bad_intake(world) } else { good };
        let intake = PushIntake { requested_at: noon_plus(minute), ..intake };
        operations.push(world.accept(intake).await);
    }
    operations
}

async fn list(world: &World, request: domain::page::ListRequest) -> (Vec<PushOperation>, u64) {
    let page = world.store.list_pushes(world.client, world.company.id, &request).await;
    let page = page.unwrap().unwrap();
    (page.items, page.total)
}

pub async fn an_accepted_push_pends_and_is_found_again(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let intake = world.intake(a_draft(3));
    let intake = PushIntake { timeout_minutes: Some(30), requested_at: noon_plus(2), ..intake };
    let operation = world.accept(intake.clone()).await;
    let expected = PushOperation {
        key: intake.key,
        path: world.path(),
        account: world.account.account.clone(),
        requested_at: noon_plus(2),
        completed_at: None,
        status: PushStatus::Pending,
        error: None,
        validation: Validation::default(),
        timeout_minutes: Some(30),
        lines: LineSpan { first: 0, count: 3 },
        known_lines: 0,
        awaited: Vec::new(),
    };
    assert_eq!(operation, expected);
    assert_eq!(world.push_now(&operation).await, expected);
    assert_eq!(world.news().await, []);
}

pub async fn the_lines_of_an_accepted_push_can_be_read_at_once(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let lines = ["a", "b", "c"].map(today);
    let intake = world.intake(a_draft_of(lines.clone()));
    world.accept(PushIntake { requested_at: noon_plus(2), ..intake }).await;
    let kept = world.lines().await;
    assert_eq!(kept.iter().map(|kept| kept.line.clone()).collect::<Vec<_>>(), lines);
    assert_eq!(kept.iter().map(|kept| kept.position).collect::<Vec<_>>(), [0, 1, 2]);
    assert!(kept.iter().all(|kept| kept.accepted_at == noon_plus(2)));
}

pub async fn each_push_continues_where_the_last_one_ended(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let spans = [
        world.push(&["a", "b"]).await.lines,
        world.push(&["c"]).await.lines,
        world.push(&["d", "e", "f"]).await.lines,
    ];
    let expected = [(0, 2), (2, 1), (3, 3)].map(|(first, count)| LineSpan { first, count });
    assert_eq!(spans, expected);
}

pub async fn the_last_balance_told_becomes_the_accounts(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let telling = |id, balance: Option<&str>| Line { balance: balance.map(amount), ..today(id) };
    world.push_lines([telling("a", Some("5.00")), telling("b", Some("-3.10"))]).await;
    assert_eq!(world.account_now().await.balance, Some(amount("-3.10")));
    world.push_lines([telling("c", Some("7.00")), telling("d", None)]).await;
    let account = world.account_now().await;
    assert_eq!(account.balance.map(|b| b.to_string()).as_deref(), Some("7.00"));
    world.push_lines([telling("e", None)]).await;
    assert_eq!(world.account_now().await, account);
    let listed = world.store.list_source_accounts(&world.path()).await.unwrap();
    assert_eq!(listed, Some(vec![account]));
}

pub async fn a_push_changes_nothing_of_its_account_but_the_balance(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let before = world.account_now().await;
    let intake = world.intake(a_draft(1));
    world.accept(PushIntake { requested_at: noon_plus(60), ..intake }).await;
    let balance = Some(amount("1000.00"));
    assert_eq!(world.account_now().await, SourceAccount { balance, ..before });
}

pub async fn an_accepted_push_is_due_at_once(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let operation = world.push(&["a"]).await;
    assert_eq!(world.lease(noon_plus(-1)).await, []);
    assert_eq!(world.lease_one(NOON).await.push, operation);
}

pub async fn what_looked_odd_is_kept_with_the_push(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let odd = Line { amount: amount("1.00"), balance: None, ..today("a") };
    let operation = world.accept(an_intake(&world.account, a_draft_of([odd]))).await;
    assert_eq!(operation.status, PushStatus::Pending);
    let paths: Vec<_> =
        operation.validation.warnings.iter().map(|remark| remark.path.as_str()).collect();
    assert_eq!(paths, ["transactions[0].balance", "transactions[0].amount"]);
    assert_eq!(world.push_now(&operation).await, operation);
}

pub async fn of_a_refused_push_only_the_operation_is_kept(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let before = world.account_now().await;
    let intake = PushIntake { timeout_minutes: Some(5), ..a_bad_intake(&world) };
    let operation = world.accept(intake).await;
    assert_eq!(operation.status, PushStatus::Failed);
    assert_eq!(operation.completed_at, Some(NOON));
    assert_eq!(operation.lines.count, 0);
    assert!(operation.error.is_some());
    let paths: Vec<_> =
        operation.validation.errors.iter().map(|remark| remark.path.as_str()).collect();
    assert_eq!(paths, ["transactions[1].date"]);
    assert_eq!(world.push_now(&operation).await, operation);
    assert_eq!(world.lines().await, []);
    assert_eq!(world.account_now().await, before);
    assert_eq!(world.lease(noon_plus(9)).await, []);
}

pub async fn a_refused_push_is_news(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let intake = PushIntake { requested_at: noon_plus(3), ..a_bad_intake(&world) };
    let operation = world.accept(intake).await;
    let kind = EventKind::WriteUnsuccessful;
    let event = Event::of_company(world.client, world.company.id, kind, noon_plus(3));
    let event = event.on(world.connection.id).for_account(operation.account);
    assert_eq!(world.new_events().await, [event.for_push(operation.key)]);
}

pub async fn a_refused_push_takes_no_places(backend: &dyn Backend) {
    let world = World::open(backend).await;
    world.push(&["a"]).await;
    world.accept(a_bad_intake(&world)).await;
    let operation = world.push(&["good"]).await;
    assert_eq!(operation.lines, LineSpan { first: 1, count: 1 });
    assert_eq!(operation.known_lines, 0);
}

pub async fn the_rules_that_come_with_a_push_are_applied(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let old = || a_draft_of([a_line("old", "2024-02-15", "-1.00")]);
    let refused = world.accept(an_intake(&world.account, old())).await;
    assert_eq!(refused.status, PushStatus::Failed);
    let history = domain::platform::History::Days(90);
    let profile = Profile { history, ..QUICKBOOKS.profile };
    let profiles = Arc::new(Profiles::standard().with(&QUICKBOOKS, profile));
    let accepted = PushIntake { profiles, ..an_intake(&world.account, old()) };
    assert_eq!(world.accept(accepted).await.status, PushStatus::Pending);
}

pub async fn the_newest_line_kept_is_known_to_the_judge(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let on = |id, day: &str| an_intake(&world.account, a_draft_of([a_line(id, day, "-1.00")]));
    let mut statuses = Vec::new();
    for (id, day) in
        [("a", "2024-02-28"), ("b", "2024-02-27"), ("c", "2024-02-28"), ("d", "2024-02-29")]
    {
        statuses.push(world.accept(on(id, day)).await.status);
    }
    let [pending, failed] = [PushStatus::Pending, PushStatus::Failed];
    assert_eq!(statuses, [pending, failed, pending, pending]);
}

pub async fn the_feeds_first_day_is_known_to_the_judge(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let feed_start = Some(testkit::TODAY);
    let account = SourceAccount { feed_start, ..an_account(&world.connection, "late") };
    let path = world.add_account(account).await;
    let day = a_draft_of([a_line("a", "2024-02-28", "-1.00")]);
    assert_eq!(world.accept(an_intake(&path, day)).await.status, PushStatus::Failed);
    assert_eq!(world.accept(an_intake(&path, a_draft(1))).await.status, PushStatus::Pending);
}

pub async fn a_push_to_an_account_that_is_not_connected_fails(backend: &dyn Backend) {
    let world = World::open(backend).await;
    for status in [AccountStatus::Pending, AccountStatus::Connecting, AccountStatus::Disconnected] {
        let account = SourceAccount { status, ..an_account(&world.connection, status.name()) };
        let path = world.add_account(account).await;
        let intake = PushIntake { account: path, ..world.intake(a_draft(1)) };
        let operation = world.accept(intake).await;
        assert_eq!(operation.status, PushStatus::Failed);
        assert_eq!(operation.validation.errors[0].path, "accountId");
    }
    world.store.unlink_connection(&world.path(), NOON).await.unwrap();
    let operation = world.accept(world.intake(a_draft(1))).await;
    assert_eq!(operation.status, PushStatus::Failed);
    assert_eq!(operation.validation.errors[0].path, "dataConnectionKey");
}

pub async fn a_push_to_nowhere_leaves_nothing(backend: &dyn Backend) {
    let (ours, theirs) = World::two(backend).await;
    let company = ConnectionPath { company: CompanyId::new(a_uuid()), ..ours.path() };
    let connection = ConnectionPath { connection: ConnectionId::new(a_uuid()), ..ours.path() };
    let foreign = ConnectionPath { connection: theirs.connection.id, ..ours.path() };
    let at = |connection| AccountPath { connection, ..ours.account.clone() };
    for (account, missing) in [
        (at(company), Missing::Company),
        (at(connection), Missing::Connection),
        (at(foreign), Missing::Connection),
        (an_account_path(&ours.connection, "nobody"), Missing::Account),
        (ours.reaching_for(&theirs), Missing::Company),
    ] {
        let intake = PushIntake { account, ..ours.intake(a_draft(1)) };
        let key = intake.key;
        assert_eq!(ours.miss(intake).await, missing);
        for world in [&ours, &theirs] {
            let found = world.store.find_push(world.client, world.company.id, key).await.unwrap();
            assert_eq!(found, None);
        }
    }
    assert_eq!((ours.lines().await, theirs.lines().await), (vec![], vec![]));
    assert_eq!((ours.news().await, theirs.news().await), (vec![], vec![]));
    assert_eq!(ours.lease(noon_plus(1)).await, []);
}

pub async fn a_push_is_found_under_its_own_company_only(backend: &dyn Backend) {
    let (ours, theirs) = World::two(backend).await;
    let operation = theirs.push(&["a"]).await;
    let sister = a_company(theirs.client);
    theirs.store.create_company(&sister).await.unwrap();
    let find =
        async |client, company, key| ours.store.find_push(client, company, key).await.unwrap();
    assert_eq!(find(ours.client, ours.company.id, operation.key).await, None);
    assert_eq!(find(ours.client, theirs.company.id, operation.key).await, None);
    assert_eq!(find(theirs.client, sister.id, operation.key).await, None);
    assert_eq!(find(theirs.client, theirs.company.id, PushKey::new(a_uuid())).await, None);
    assert_eq!(find(theirs.client, theirs.company.id, operation.key).await, Some(operation));
}

pub async fn pushes_are_listed_newest_first_in_pages(backend: &dyn Backend) {
    let (world, theirs) = World::two(backend).await;
    theirs.push(&["x"]).await;
    let mut operations = four_pushes(&world).await;
    operations.reverse();
    assert_eq!(list(&world, all()).await, (operations.clone(), 4));
    assert_eq!(list(&world, page(2, 3)).await, (operations[3..].to_vec(), 4));
    assert_eq!(list(&world, page(3, 3)).await, (vec![], 4));
    assert_eq!(list(&world, page(u32::MAX, 5_000)).await, (vec![], 4));
}

pub async fn pushes_of_one_instant_stand_on_one_page_each(backend: &dyn Backend) {
    let world = World::open(backend).await;
    for id in ["a", "b", "c", "d", "e"] {
        world.push(&[id]).await;
    }
    let mut keys = Vec::new();
    for number in 1..=3 {
        keys.extend(list(&world, page(number, 2)).await.0.iter().map(|push| push.key));
    }
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), 5);
}

pub async fn pushes_are_filtered_and_ordered_on_request(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let operations = four_pushes(&world).await;
    let failed = list(&world, matching("status=failed", PUSH_PROPERTIES)).await;
    assert_eq!(failed, (operations[2..3].to_vec(), 1));
    let oldest_first = ordered("requestedOnUtc", PUSH_PROPERTIES);
    assert_eq!(list(&world, oldest_first).await.0, operations);
    let both = matching("status=pending&&requestedOnUtc>2024-02-29T12:01:00Z", PUSH_PROPERTIES);
    assert_eq!(list(&world, both).await.1, 2);
}

pub async fn without_a_company_there_is_no_list_of_pushes(backend: &dyn Backend) {
    let (ours, theirs) = World::two(backend).await;
    theirs.push(&["a"]).await;
    for company in [CompanyId::new(a_uuid()), theirs.company.id] {
        assert_eq!(ours.store.list_pushes(ours.client, company, &all()).await.unwrap(), None);
    }
    assert_eq!(list(&ours, all()).await, (vec![], 0));
}

pub async fn pushes_to_one_account_at_once_share_no_place(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let mut tasks = tokio::task::JoinSet::new();
    for task in 0..8 {
        let (store, account) = (world.store.clone(), world.account.clone());
        tasks.spawn(async move {
            let lines = (0..5).map(|n| today(&format!("{task}-{n}")));
            let intake =
                PushIntake { profiles: lenient(), ..an_intake(&account, a_draft_of(lines)) };
            store.accept_push(intake).await.unwrap()
        });
    }
    let answers = tasks.join_all().await;
    let mut firsts: Vec<_> = answers
        .into_iter()
        .filter_map(|answer| match answer {
            store::AcceptedPush::Kept(push) => Some((push.lines.first, push.lines.count)),
            store::AcceptedPush::Missing(_) => None,
        })
        .collect();
    firsts.sort_unstable();
    assert_eq!(firsts, (0..8).map(|n| (n * 5, 5)).collect::<Vec<_>>());
    let kept = world.lines().await;
    let positions: Vec<_> = kept.iter().map(|kept| kept.position).collect();
    assert_eq!(positions, (0..40).collect::<Vec<_>>());
}
