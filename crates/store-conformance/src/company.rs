//! Cases about companies.

use crate::Backend;
use crate::lists::{all, matching, ordered, page};
use crate::world::{World, success};
use domain::company::{COMPANY_PROPERTIES, Company, CompanyChange, CompanyName, Tags};
use domain::connection::{Connection, ConnectionStatus};
use domain::event::{Event, EventKind};
use domain::ids::CompanyId;
use domain::page::ListRequest;
use domain::query::TagFilter;
use store::{Missing, Settled};
use testkit::{
    NOON, a_company, a_connection, a_credential, a_draft, a_uuid, an_account, noon_plus,
};

fn tags(pairs: &[(&str, &str)]) -> Tags {
    let pairs = pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
    Tags::new(pairs.collect()).unwrap()
}

fn named(world: &World, name: &str, minute: i64) -> Company {
    let name = CompanyName::clean(name).unwrap();
    Company { name, created_at: noon_plus(minute), ..a_company(world.client) }
}

/// Three more companies, younger than the world's own.
async fn three_more(world: &World) -> Vec<Company> {
    let companies = [
        Company { tags: tags(&[("tier", "gold")]), ..named(world, "Beta Ltd", 1) },
        Company { tags: tags(&[("tier", "silver")]), ..named(world, "alpha Ltd", 2) },
        Company {
            tags: tags(&[("tier", "gold"), ("desk", "Zürich")]), ..named(world, "Gamma", 3)
        },
    ];
    for company in &companies {
        world.store.create_company(company).await.unwrap();
    }
    companies.into()
}

async fn names(world: &World, request: &ListRequest, tags: Option<&str>) -> (Vec<String>, u64) {
    let tags = tags.map(|text| TagFilter::parse(text).unwrap());
    let page = world.store.list_companies(world.client, request, tags.as_ref()).await.unwrap();
    (page.items.iter().map(|company| company.name.as_str().to_owned()).collect(), page.total)
}

pub async fn a_company_is_found_as_it_was_made(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let company = Company {
        description: "Mariages & fêtes, 結婚式\n\"since\" '98".to_owned(),
        tags: tags(&[("tier", "gold"), ("Région", "Île-de-France"), ("empty", "")]),
        ..named(&world, "Fêtes & Co", 1)
    };
    world.store.create_company(&company).await.unwrap();
    let found = world.store.find_company(world.client, company.id).await.unwrap();
    assert_eq!(found.as_ref(), Some(&company));
    let bare = Company { description: String::new(), ..named(&world, "Bare", 2) };
    world.store.create_company(&bare).await.unwrap();
    assert_eq!(world.store.find_company(world.client, bare.id).await.unwrap(), Some(bare));
}

pub async fn a_new_company_is_news(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let company = named(&world, "News", 5);
    world.store.create_company(&company).await.unwrap();
    let kind = EventKind::CompanyCreated;
    let event = Event::of_company(world.client, company.id, kind, noon_plus(5));
    assert_eq!(world.new_events().await, [event]);
}

pub async fn a_company_shows_its_connections_oldest_first(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let mut connections = vec![world.connection.clone()];
    for minute in 1..5 {
        let new = Connection { created_at: noon_plus(minute), ..a_connection(&world.company) };
        connections.push(world.add_connection(new).await);
    }
    let found = world.store.find_company(world.client, world.company.id).await.unwrap().unwrap();
    assert_eq!(found.connections, connections);
    let listed = world.store.list_companies(world.client, &all(), None).await.unwrap();
    assert_eq!(listed.items, [found]);
}

pub async fn a_company_of_nobody_or_of_another_client_is_not_there(backend: &dyn Backend) {
    let (ours, theirs) = World::two(backend).await;
    for id in [CompanyId::new(a_uuid()), theirs.company.id] {
        assert_eq!(ours.store.find_company(ours.client, id).await.unwrap(), None);
        let change = CompanyChange { description: Some("mine".into()), ..CompanyChange::default() };
        assert_eq!(ours.store.change_company(ours.client, id, change).await.unwrap(), None);
        assert!(!ours.store.delete_company(ours.client, id, NOON).await.unwrap());
    }
    let found = theirs.store.find_company(theirs.client, theirs.company.id).await.unwrap();
    let connections = vec![theirs.connection.clone()];
    assert_eq!(found, Some(Company { connections, ..theirs.company.clone() }));
    assert_eq!((ours.news().await, theirs.news().await), (vec![], vec![]));
}

pub async fn companies_are_listed_oldest_first_and_only_ones_own(backend: &dyn Backend) {
    let (ours, theirs) = World::two(backend).await;
    three_more(&ours).await;
    let own = ["Elaborate Events, Inc", "Beta Ltd", "alpha Ltd", "Gamma"].map(str::to_owned);
    assert_eq!(names(&ours, &all(), None).await, (own.to_vec(), 4));
    assert_eq!(names(&theirs, &all(), None).await.1, 1);
}

pub async fn pages_of_companies_know_the_total(backend: &dyn Backend) {
    let world = World::open(backend).await;
    three_more(&world).await;
    let on = async |number| names(&world, &page(number, 3), None).await;
    assert_eq!(on(1).await.0, ["Elaborate Events, Inc", "Beta Ltd", "alpha Ltd"]);
    assert_eq!(on(2).await, (vec!["Gamma".to_owned()], 4));
    assert_eq!(on(3).await, (vec![], 4));
    assert_eq!(names(&world, &page(u32::MAX, 5_000), None).await, (vec![], 4));
}

pub async fn companies_of_one_instant_stand_on_one_page_each(backend: &dyn Backend) {
    let world = World::open(backend).await;
    for _ in 0..6 {
        world.store.create_company(&a_company(world.client)).await.unwrap();
    }
    let mut ids = Vec::new();
    for number in 1..=3 {
        let page = world.store.list_companies(world.client, &page(number, 3), None).await.unwrap();
        ids.extend(page.items.iter().map(|company| company.id));
    }
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 7);
}

pub async fn companies_are_filtered_and_ordered_on_request(backend: &dyn Backend) {
    let world = World::open(backend).await;
    three_more(&world).await;
    let query = |text| matching(text, COMPANY_PROPERTIES);
    assert_eq!(names(&world, &query("name~ltd"), None).await.0, ["Beta Ltd", "alpha Ltd"]);
    let linked = query("dataConnections.status=Linked");
    assert_eq!(names(&world, &linked, None).await.0, ["Elaborate Events, Inc"]);
    let by_name = ordered("name", COMPANY_PROPERTIES);
    let sorted = ["alpha Ltd", "Beta Ltd", "Elaborate Events, Inc", "Gamma"];
    assert_eq!(names(&world, &by_name, None).await.0, sorted);
    let last = ListRequest { page: page(2, 1).page, ..ordered("-name", COMPANY_PROPERTIES) };
    assert_eq!(names(&world, &last, None).await, (vec!["Elaborate Events, Inc".to_owned()], 4));
}

pub async fn companies_are_found_by_their_tags(backend: &dyn Backend) {
    let world = World::open(backend).await;
    three_more(&world).await;
    let gold = names(&world, &all(), Some("tier=gold")).await;
    assert_eq!(gold, (vec!["Beta Ltd".to_owned(), "Gamma".to_owned()], 2));
    let paged = names(&world, &page(2, 1), Some("tier=gold")).await;
    assert_eq!(paged, (vec!["Gamma".to_owned()], 2));
    let both = names(&world, &matching("name~a", COMPANY_PROPERTIES), Some("desk=zürich")).await;
    assert_eq!(both.0, ["Gamma"]);
}

pub async fn a_change_touches_what_it_names(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let original = Company { tags: tags(&[("a", "1"), ("b", "2")]), ..named(&world, "Old", 1) };
    world.store.create_company(&original).await.unwrap();
    world.news().await;
    let change = async |change| {
        let changed = world.store.change_company(world.client, original.id, change).await.unwrap();
        assert_eq!(world.store.find_company(world.client, original.id).await.unwrap(), changed);
        changed.unwrap()
    };
    assert_eq!(change(CompanyChange::default()).await, original);
    let name = CompanyName::clean("New").unwrap();
    let renamed = change(CompanyChange { name: Some(name.clone()), ..Default::default() }).await;
    assert_eq!(renamed, Company { name, ..original.clone() });
    let retagged = CompanyChange { tags: Some(tags(&[("c", "3")])), ..Default::default() };
    let expected = Company { tags: tags(&[("c", "3")]), ..renamed };
    assert_eq!(change(retagged).await, expected);
    let emptied =
        CompanyChange { description: Some(String::new()), tags: Some(Tags::default()), name: None };
    let bare = Company { description: String::new(), tags: Tags::default(), ..expected };
    assert_eq!(change(emptied).await, bare);
    assert_eq!(world.news().await, []);
}

pub async fn a_changed_company_still_shows_its_connections(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let change = CompanyChange { description: Some("new".into()), ..Default::default() };
    let changed = world.store.change_company(world.client, world.company.id, change).await;
    assert_eq!(changed.unwrap().unwrap().connections, [world.connection]);
}

pub async fn a_deleted_company_leaves_nothing_but_its_events(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let credential = a_credential(world.path());
    assert!(world.store.create_credential(&credential).await.unwrap());
    let operation = world.push(&["a"]).await;
    assert!(
        world.store.delete_company(world.client, world.company.id, noon_plus(1)).await.unwrap()
    );

    let (store, client, company) = (&world.store, world.client, world.company.id);
    assert_eq!(store.find_company(client, company).await.unwrap(), None);
    assert_eq!(store.list_companies(client, &all(), None).await.unwrap().total, 0);
    assert_eq!(store.find_connection(&world.path()).await.unwrap(), None);
    assert_eq!(store.list_connections(client, company, &all()).await.unwrap(), None);
    assert_eq!(store.find_source_account(&world.account).await.unwrap(), None);
    assert_eq!(store.list_lines(&world.account, &all()).await.unwrap(), None);
    assert_eq!(store.find_credential(&credential.username).await.unwrap(), None);
    assert_eq!(store.find_push(client, company, operation.key).await.unwrap(), None);
    assert_eq!(store.list_pushes(client, company, &all()).await.unwrap(), None);
    assert_eq!(world.lease(noon_plus(1)).await, []);
    let intake = world.intake(a_draft(1));
    assert_eq!(world.miss(intake).await, Missing::Company);
    assert_eq!(store.list_events(client, 0, 100).await.unwrap().len(), 3);
}

pub async fn deleting_a_company_is_news_once(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let delete = async |at| world.store.delete_company(world.client, world.company.id, at).await;
    assert!(delete(noon_plus(7)).await.unwrap());
    assert!(!delete(noon_plus(8)).await.unwrap());
    let kind = EventKind::CompanyDeleted;
    let event = Event::of_company(world.client, world.company.id, kind, noon_plus(7));
    assert_eq!(world.new_events().await, [event]);
}

pub async fn deleting_a_company_takes_its_work_from_the_worker(backend: &dyn Backend) {
    let world = World::open(backend).await;
    world.push(&["a"]).await;
    let lease = world.lease_one(NOON).await;
    assert!(world.store.delete_company(world.client, world.company.id, NOON).await.unwrap());
    world.news().await;
    let settled = world.store.settle_push(&lease, &success(), NOON).await.unwrap();
    assert_eq!(settled, Settled::LeaseLost);
    assert_eq!(world.news().await, []);
}

pub async fn deleting_a_company_leaves_others_alone(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let sister = a_company(world.client);
    world.store.create_company(&sister).await.unwrap();
    world.push(&["a"]).await;
    assert!(world.store.delete_company(world.client, sister.id, NOON).await.unwrap());
    assert_eq!(world.line_ids().await, ["a"]);
    assert_eq!(world.connection_now().await.status, ConnectionStatus::Linked);
    assert_eq!(world.account_now().await.id, an_account(&world.connection, "current").id);
    world.lease_one(NOON).await;
}
