//! Cases about access tokens.

use crate::Backend;
use crate::world::World;
use domain::access_token::{ACCESS_TOKEN_LIFE, AccessToken, AccessTokenHash};
use domain::ids::CompanyId;
use testkit::{NOON, a_uuid, noon_plus};

fn a_token(world: &World, text: &str) -> AccessToken {
    AccessToken {
        client: world.client,
        company: world.company.id,
        hash: AccessTokenHash::of(text),
        expires_at: NOON + ACCESS_TOKEN_LIFE,
    }
}

pub async fn a_token_opens_its_company_until_it_ends(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let token = a_token(&world, "token");
    assert!(world.store.create_access_token(&token, NOON).await.unwrap());
    let found = async |now| world.store.find_access_token(&token.hash, now).await.unwrap();
    assert_eq!(found(NOON).await, Some(token));
    assert_eq!(found(noon_plus(24 * 60 - 1)).await, Some(token));
    assert_eq!(found(noon_plus(24 * 60)).await, None);
    let other = AccessTokenHash::of("guess");
    assert_eq!(world.store.find_access_token(&other, NOON).await.unwrap(), None);
}

pub async fn a_token_needs_a_company_of_its_client(backend: &dyn Backend) {
    let (ours, theirs) = World::two(backend).await;
    let token = a_token(&ours, "token");
    for wrong in [
        AccessToken { client: theirs.client, ..token },
        AccessToken { company: CompanyId::new(a_uuid()), ..token },
    ] {
        assert!(!ours.store.create_access_token(&wrong, NOON).await.unwrap());
    }
    assert_eq!(ours.store.find_access_token(&token.hash, NOON).await.unwrap(), None);
}

pub async fn a_company_has_several_tokens_and_takes_them_with_it(backend: &dyn Backend) {
    let (ours, theirs) = World::two(backend).await;
    let (first, second) = (a_token(&ours, "first"), a_token(&ours, "second"));
    let stranger = a_token(&theirs, "stranger");
    for token in [first, second, stranger] {
        assert!(ours.store.create_access_token(&token, NOON).await.unwrap());
    }
    for token in [first, second] {
        let found = ours.store.find_access_token(&token.hash, NOON).await.unwrap();
        assert_eq!(found, Some(token));
    }
    ours.store.delete_company(ours.client, ours.company.id, NOON).await.unwrap();
    for token in [first, second] {
        assert_eq!(ours.store.find_access_token(&token.hash, NOON).await.unwrap(), None);
    }
    let kept = ours.store.find_access_token(&stranger.hash, NOON).await.unwrap();
    assert_eq!(kept, Some(stranger));
}
