//! Verbs about how clients' pages look.

use crate::Answer;
use async_trait::async_trait;
use domain::branding::{BrandImage, Branding, ImageHash, ImagePlace, Look};
use domain::ids::ClientId;

/// Verbs about how clients' pages look.
#[async_trait]
pub trait Brandings: Send + Sync {
    /// How a client's pages look, without the bytes of its images; as everybody's when it has set nothing.
    async fn find_branding(&self, client: ClientId) -> Answer<Branding>;

    /// Replaces what a client sets as a whole; its images stay.
    async fn replace_look(&self, client: ClientId, look: &Look) -> Answer<()>;

    /// Puts an image in its place, instead of the one before.
    async fn put_brand_image(
        &self,
        client: ClientId,
        place: ImagePlace,
        image: &BrandImage,
    ) -> Answer<()>;

    /// Removes an image; whether there was one.
    async fn remove_brand_image(&self, client: ClientId, place: ImagePlace) -> Answer<bool>;

    /// A client's image by its content, wherever it stands.
    async fn find_brand_image(
        &self,
        client: ClientId,
        hash: ImageHash,
    ) -> Answer<Option<BrandImage>>;
}
