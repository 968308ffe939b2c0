//! Cases about how clients' pages look.

use crate::Backend;
use domain::branding::{
    BrandImage, BrandWords, Branding, Callout, Callouts, Colour, ImageHash, ImagePlace, Look,
};
use domain::ids::ClientId;
use std::sync::Arc;
use store::Store;
use testkit::a_client;

async fn client_of(store: &Arc<dyn Store>) -> ClientId {
    let client = a_client();
    store.create_client(&client).await.unwrap();
    client.id
}

fn a_look() -> Look {
    let callout = |text: &str| Some(Callout::parse(text, &text.repeat(3)).unwrap());
    Look {
        name: Some(BrandWords::name("Bank & Söhne <b> 👨‍👩‍👧‍👦 \\").unwrap()),
        primary: Some(Colour::new(0x1d, 0x5f, 0xa6)),
        secondary: Some(Colour::new(0, 0, 0)),
        callouts: Callouts { english: callout("don’t"), french: callout("à l’été") },
    }
}

fn an_image(number: u8) -> BrandImage {
    let bytes = [b"\x89PNG\r\n\x1a\n".as_slice(), &[number, 0, 0xff]].concat();
    BrandImage::read(ImagePlace::Logo, bytes).unwrap()
}

async fn branding_of(store: &Arc<dyn Store>, client: ClientId) -> Branding {
    store.find_branding(client).await.unwrap()
}

pub async fn a_look_comes_back_as_it_was_set(backend: &dyn Backend) {
    let store = backend.open().await;
    let (ours, theirs) = (client_of(&store).await, client_of(&store).await);
    assert_eq!(branding_of(&store, ours).await, Branding::default());
    let french = Callouts { english: None, ..a_look().callouts };
    let looks = [
        a_look(),
        Look { name: None, callouts: french, ..a_look() },
        Look { primary: None, ..a_look() },
        Look::default(),
        a_look(),
    ];
    for look in looks {
        store.replace_look(ours, &look).await.unwrap();
        assert_eq!(branding_of(&store, ours).await.look, look);
    }
    assert_eq!(branding_of(&store, theirs).await, Branding::default());
}

pub async fn an_image_comes_back_byte_for_byte(backend: &dyn Backend) {
    let store = backend.open().await;
    let client = client_of(&store).await;
    let mut bytes = an_image(1).bytes;
    bytes.resize(3 << 20, 0xa5);
    for image in [an_image(1), BrandImage { bytes, ..an_image(1) }] {
        store.put_brand_image(client, ImagePlace::Hero, &image).await.unwrap();
        let branding = branding_of(&store, client).await;
        assert_eq!(
            branding.images.into_iter().collect::<Vec<_>>(),
            [(ImagePlace::Hero, image.note())]
        );
        let found = store.find_brand_image(client, image.note().hash).await.unwrap();
        assert!(found == Some(image), "it is not the same");
    }
    assert_eq!(store.find_brand_image(client, an_image(1).note().hash).await.unwrap(), None);
}

pub async fn each_place_has_one_image_and_the_look_leaves_them(backend: &dyn Backend) {
    let store = backend.open().await;
    let client = client_of(&store).await;
    for (number, place) in (1..).zip(ImagePlace::ALL) {
        store.put_brand_image(client, place, &an_image(number)).await.unwrap();
    }
    store.replace_look(client, &a_look()).await.unwrap();
    store.put_brand_image(client, ImagePlace::Icon, &an_image(9)).await.unwrap();
    let places = async || branding_of(&store, client).await.images.into_keys().collect::<Vec<_>>();
    assert_eq!(places().await, ImagePlace::ALL);
    assert!(store.remove_brand_image(client, ImagePlace::Icon).await.unwrap());
    assert!(!store.remove_brand_image(client, ImagePlace::Icon).await.unwrap());
    assert_eq!(places().await, [ImagePlace::Logo, ImagePlace::Hero]);
    assert_eq!(branding_of(&store, client).await.look, a_look());
}

pub async fn one_image_may_stand_in_two_places(backend: &dyn Backend) {
    let store = backend.open().await;
    let client = client_of(&store).await;
    for place in [ImagePlace::Logo, ImagePlace::Hero] {
        store.put_brand_image(client, place, &an_image(1)).await.unwrap();
    }
    assert!(store.remove_brand_image(client, ImagePlace::Logo).await.unwrap());
    let found = store.find_brand_image(client, an_image(1).note().hash).await.unwrap();
    assert_eq!(found, Some(an_image(1)));
}

pub async fn images_belong_to_their_client(backend: &dyn Backend) {
    let store = backend.open().await;
    let (ours, theirs) = (client_of(&store).await, client_of(&store).await);
    store.put_brand_image(ours, ImagePlace::Logo, &an_image(1)).await.unwrap();
    let hash = an_image(1).note().hash;
    assert_eq!(store.find_brand_image(theirs, hash).await.unwrap(), None);
    assert!(!store.remove_brand_image(theirs, ImagePlace::Logo).await.unwrap());
    assert!(branding_of(&store, theirs).await.images.is_empty());
    assert_eq!(store.find_brand_image(ours, hash).await.unwrap(), Some(an_image(1)));
    assert_eq!(store.find_brand_image(ours, ImageHash([0; 32])).await.unwrap(), None);
}
