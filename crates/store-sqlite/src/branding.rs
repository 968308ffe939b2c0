//! How clients' pages look.

use crate::row::{Fields, Put};
use crate::{Database, SqliteStore, sql};
use async_trait::async_trait;
use domain::branding::{
    BrandImage, BrandWords, Branding, Callout, Callouts, ImageHash, ImageNote, ImagePlace, Look,
};
use domain::ids::ClientId;
use store::{Answer, Brandings, StoreError};

const FIND_LOOK: &str = "
    -- find_branding
    select name, primary_colour, secondary_colour,
        english_title, english_body, french_title, french_body
    from branding
    where client_id = ?1";

const LIST_BRAND_IMAGES: &str = "
    -- list_brand_images
    select place, kind, length(bytes), hash
    from brand_image
    where client_id = ?1
    order by place";

const REPLACE_LOOK: &str = "
    -- replace_look
    insert or replace into branding
        (client_id, name, primary_colour, secondary_colour,
        english_title, english_body, french_title, french_body)
    values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";

const PUT_BRAND_IMAGE: &str = "
    -- put_brand_image
    insert or replace into brand_image (client_id, place, kind, hash, bytes)
    values (?1, ?2, ?3, ?4, ?5)";

const REMOVE_BRAND_IMAGE: &str = "
    -- remove_brand_image
    delete from brand_image
    where client_id = ?1 and place = ?2";

const FIND_BRAND_IMAGE: &str = "
    -- find_brand_image
    select kind, bytes
    from brand_image
    where client_id = ?1 and hash = ?2
    order by place
    limit 1";

#[async_trait]
impl Brandings for SqliteStore {
    async fn find_branding(&self, client: ClientId) -> Answer<Branding> {
        self.read(move |database| find_branding(database, client)).await
    }

    async fn replace_look(&self, client: ClientId, look: &Look) -> Answer<()> {
        let look = look.clone();
        self.write(move |writing| replace_look(writing.database, client, &look)).await
    }

    async fn put_brand_image(
        &self,
        client: ClientId,
        place: ImagePlace,
        image: &BrandImage,
    ) -> Answer<()> {
        let (image, note) = (image.clone(), image.note());
        self.write(move |writing| {
            let values: [&dyn Put; 5] = [&client, &place, &image.kind, &note.hash.0, &image.bytes];
            sql::execute(writing.database, PUT_BRAND_IMAGE, &values).map(drop)
        })
        .await
    }

    async fn remove_brand_image(&self, client: ClientId, place: ImagePlace) -> Answer<bool> {
        self.write(move |writing| {
            let removed = sql::execute(writing.database, REMOVE_BRAND_IMAGE, &[&client, &place])?;
            Ok(removed > 0)
        })
        .await
    }

    async fn find_brand_image(
        &self,
        client: ClientId,
        hash: ImageHash,
    ) -> Answer<Option<BrandImage>> {
        self.read(move |database| {
            sql::one(database, FIND_BRAND_IMAGE, &[&client, &hash.0], |row| {
                Ok(BrandImage { kind: row.next()?, bytes: row.next_bytes()?.to_vec() })
            })
        })
        .await
    }
}

fn find_branding(database: &Database, client: ClientId) -> Answer<Branding> {
    let look = sql::one(database, FIND_LOOK, &[&client], look)?.unwrap_or_default();
    let images = sql::all(database, LIST_BRAND_IMAGES, &[&client], |row| {
        let place: ImagePlace = row.next()?;
        let (kind, bytes) = (row.next()?, row.next()?);
        Ok((place, ImageNote { kind, bytes, hash: ImageHash(row.next()?) }))
    })?;
    Ok(Branding { look, images: images.into_iter().collect() })
}

fn replace_look(database: &Database, client: ClientId, look: &Look) -> Answer<()> {
    let Look { name, primary, secondary, callouts } = look;
    let text = |words: &BrandWords| words.as_str().to_owned();
    let title = |callout: &Option<Callout>| callout.as_ref().map(|own| text(&own.title));
    let body = |callout: &Option<Callout>| callout.as_ref().map(|own| text(&own.body));
    let Callouts { english, french } = callouts;
    let name = name.as_ref().map(text);
    let texts = [title(english), body(english), title(french), body(french)];
    let mut values: Vec<&dyn Put> = vec![&client, &name, primary, secondary];
    values.extend(texts.iter().map(|text| -> &dyn Put { text }));
    sql::execute(database, REPLACE_LOOK, &values).map(drop)
}

fn look(row: &mut Fields<'_>) -> Answer<Look> {
    let name: Option<String> = row.next()?;
    let name = name.map(|text| BrandWords::name(&text)).transpose();
    let name = name.map_err(|error| StoreError::Damaged(format!("a brand's name: {error}")))?;
    let (primary, secondary) = (row.next()?, row.next()?);
    let callouts = Callouts { english: callout(row)?, french: callout(row)? };
    Ok(Look { name, primary, secondary, callouts })
}

fn callout(row: &mut Fields<'_>) -> Answer<Option<Callout>> {
    let texts: (Option<String>, Option<String>) = (row.next()?, row.next()?);
    let (Some(title), Some(body)) = texts else { return Ok(None) };
    let callout = Callout::parse(&title, &body);
    callout.map(Some).map_err(|error| StoreError::Damaged(format!("a callout: {error}")))
}
