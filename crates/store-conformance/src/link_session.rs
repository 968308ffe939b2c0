//! Cases about visits to the pages of companies and of connections.

use crate::Backend;
use crate::world::World;
use domain::client_settings::Origin;
use domain::ids::{CompanyId, ConnectionId, ConnectionPath};
use domain::link_otp::{OtpNonce, UsedOtp};
use domain::link_session::{LinkOpening, LinkSession, LinkSessionHash, LinkTarget};
use std::sync::Arc;
use store::LinkOpened;
use testkit::{a_connection, a_uuid, noon_plus};
use tokio::task::JoinSet;

/// A visit that ends after two hours, for a password that ends after one.
fn an_opening(path: ConnectionPath, number: u8) -> LinkOpening {
    let session = LinkSession {
        hash: LinkSessionHash([number; 32]),
        target: LinkTarget::Connection(path),
        framed_by: None,
        parameters: vec![
            ("state".to_owned(), "a b&c=\u{0}é\u{1}".to_owned()),
            ("state".to_owned(), String::new()),
        ],
        expires_at: noon_plus(120),
    };
    let otp = UsedOtp { nonce: OtpNonce([number; 8]), expires_at: noon_plus(60) };
    LinkOpening { session, otp }
}

/// The same to the company of that connection, within a page of its client's.
fn a_framed_opening(path: ConnectionPath, number: u8) -> LinkOpening {
    let LinkOpening { session, otp } = an_opening(path, number);
    let target = LinkTarget::Company(path.of_company());
    let framed_by = Origin::parse("https://bank.example:8443").ok();
    LinkOpening { session: LinkSession { target, framed_by, ..session }, otp }
}

impl World {
    async fn open_link(&self, opening: &LinkOpening) -> LinkOpened {
        self.store.open_link_session(opening).await.unwrap()
    }

    async fn visit(&self, number: u8, minute: i64) -> Option<LinkSession> {
        let hash = LinkSessionHash([number; 32]);
        self.store.find_link_session(&hash, noon_plus(minute)).await.unwrap()
    }
}

pub async fn what_a_link_leads_to_is_found_by_its_ids(backend: &dyn Backend) {
    let (ours, theirs) = World::two(backend).await;
    let find =
        async |company, connection| ours.store.find_linked(company, connection).await.unwrap();
    for world in [&ours, &theirs] {
        let found = find(world.company.id, world.connection.id).await;
        assert_eq!(found, Some(world.path()));
    }
    assert_eq!(find(ours.company.id, theirs.connection.id).await, None);
    assert_eq!(find(CompanyId::new(a_uuid()), ours.connection.id).await, None);
    assert_eq!(find(ours.company.id, ConnectionId::new(a_uuid())).await, None);
    let find_company = async |company| ours.store.find_linked_company(company).await.unwrap();
    for world in [&ours, &theirs] {
        assert_eq!(find_company(world.company.id).await, Some(world.path().of_company()));
    }
    assert_eq!(find_company(CompanyId::new(a_uuid())).await, None);
}

pub async fn a_link_opens_once(backend: &dyn Backend) {
    let (ours, theirs) = World::two(backend).await;
    let opening = an_opening(ours.path(), 1);
    assert_eq!(ours.open_link(&opening).await, LinkOpened::Opened);
    let again = LinkOpening { otp: opening.otp, ..an_opening(ours.path(), 2) };
    assert_eq!(ours.open_link(&again).await, LinkOpened::Used);
    assert_eq!(ours.visit(2, 0).await, None);
    // A number says nothing without its company.
    let same_number = LinkOpening { otp: opening.otp, ..an_opening(theirs.path(), 3) };
    assert_eq!(ours.open_link(&same_number).await, LinkOpened::Opened);
    let stranger = ConnectionPath { client: theirs.client, ..ours.path() };
    let nobody = ConnectionPath { connection: ConnectionId::new(a_uuid()), ..ours.path() };
    for unknown in [an_opening(stranger, 4), a_framed_opening(stranger, 4), an_opening(nobody, 4)] {
        assert_eq!(ours.open_link(&unknown).await, LinkOpened::Unknown);
        assert_eq!(ours.visit(4, 0).await, None);
    }
}

pub async fn of_many_who_open_one_link_at_once_one_does(backend: &dyn Backend) {
    let world = Arc::new(World::open(backend).await);
    let mut all = JoinSet::new();
    for number in 1..9 {
        let world = Arc::clone(&world);
        all.spawn(async move {
            let otp = an_opening(world.path(), 0).otp;
            world.open_link(&LinkOpening { otp, ..an_opening(world.path(), number) }).await
        });
    }
    let ends = all.join_all().await;
    let opened = ends.iter().filter(|end| **end == LinkOpened::Opened).count();
    let used = ends.iter().filter(|end| **end == LinkOpened::Used).count();
    assert_eq!((opened, used), (1, 7), "{ends:?}");
}

pub async fn a_visit_is_found_until_it_ends(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let opening = an_opening(world.path(), 1);
    assert_eq!(world.open_link(&opening).await, LinkOpened::Opened);
    assert_eq!(world.visit(1, 0).await.as_ref(), Some(&opening.session));
    assert_eq!(world.visit(1, 119).await, Some(opening.session));
    assert_eq!(world.visit(1, 120).await, None);
    assert_eq!(world.visit(2, 0).await, None);
    let framed = a_framed_opening(world.path(), 3);
    assert_eq!(world.open_link(&framed).await, LinkOpened::Opened);
    assert_eq!(world.visit(3, 119).await, Some(framed.session));
    assert_eq!(world.visit(3, 120).await, None);
}

pub async fn visits_of_one_connection_do_not_disturb_each_other(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let (first, second) = (an_opening(world.path(), 1), an_opening(world.path(), 2));
    for opening in [&first, &second] {
        assert_eq!(world.open_link(opening).await, LinkOpened::Opened);
    }
    assert_eq!(world.visit(1, 0).await, Some(first.session));
    assert_eq!(world.visit(2, 0).await, Some(second.session));
}

pub async fn visits_go_with_what_they_open(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let other = world.add_connection(a_connection(&world.company)).await;
    for (path, number) in [(world.path(), 1), (other.path(), 2)] {
        assert_eq!(world.open_link(&an_opening(path, number)).await, LinkOpened::Opened);
    }
    assert_eq!(world.open_link(&a_framed_opening(world.path(), 3)).await, LinkOpened::Opened);
    assert!(world.store.delete_connection(&world.path(), noon_plus(1)).await.unwrap());
    assert_eq!(world.visit(1, 1).await, None);
    assert!(world.visit(2, 1).await.is_some() && world.visit(3, 1).await.is_some());
    let (client, company) = (world.client, world.company.id);
    assert!(world.store.delete_company(client, company, noon_plus(1)).await.unwrap());
    assert_eq!((world.visit(2, 1).await, world.visit(3, 1).await), (None, None));
    // Nothing of them is left to forget.
    assert_eq!(world.store.forget_link_sessions(noon_plus(999), 10).await.unwrap(), 0);
}

pub async fn visits_and_passwords_that_have_ended_are_forgotten(backend: &dyn Backend) {
    let world = World::open(backend).await;
    for number in 1..4 {
        let opening = an_opening(world.path(), number);
        assert_eq!(world.open_link(&opening).await, LinkOpened::Opened);
    }
    let forget = async |minute, count| {
        world.store.forget_link_sessions(noon_plus(minute), count).await.unwrap()
    };
    assert_eq!(forget(59, 10).await, 0);
    assert_eq!(world.open_link(&an_opening(world.path(), 1)).await, LinkOpened::Used);
    assert_eq!(forget(60, 2).await, 2, "passwords first, a few at a time");
    assert_eq!(forget(60, 2).await, 1);
    assert!(world.visit(1, 60).await.is_some());
    assert_eq!(forget(120, 10).await, 3);
    assert_eq!(forget(120, 10).await, 0);
}
