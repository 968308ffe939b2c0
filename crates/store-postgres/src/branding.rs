//! Verbs about how clients' pages look.

use async_trait::async_trait;
use domain::branding::{
    BrandImage, BrandWords, Branding, Callout, Callouts, Colour, ImageHash, ImageKind, ImageNote,
    ImagePlace, Look,
};
use domain::ids::ClientId;
use store::{Answer, Brandings};
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use crate::PostgresStore;
use crate::columns::Columns;
use crate::fault::{Attempt, damaged};

const FIND_LOOK: &str = "\
-- find_branding
select name, primary_colour, secondary_colour,
    english_title, english_body, french_title, french_body
from branding
where client_id = $1";

const LIST_BRAND_IMAGES: &str = "\
-- list_brand_images
select place, kind, octet_length(bytes)::bigint, hash
from brand_image
where client_id = $1
order by place";

const REPLACE_LOOK: &str = "\
-- replace_look
insert into branding
    (client_id, name, primary_colour, secondary_colour,
    english_title, english_body, french_title, french_body)
values ($1, $2, $3, $4, $5, $6, $7, $8)
on conflict (client_id) do update
set name = excluded.name, primary_colour = excluded.primary_colour,
    secondary_colour = excluded.secondary_colour, english_title = excluded.english_title,
    english_body = excluded.english_body, french_title = excluded.french_title,
    french_body = excluded.french_body";

const PUT_BRAND_IMAGE: &str = "\
-- put_brand_image
insert into brand_image (client_id, place, kind, hash, bytes)
values ($1, $2, $3, $4, $5)
on conflict (client_id, place) do update
set kind = excluded.kind, hash = excluded.hash, bytes = excluded.bytes";

const REMOVE_BRAND_IMAGE: &str = "\
-- remove_brand_image
delete from brand_image
where client_id = $1 and place = $2";

const FIND_BRAND_IMAGE: &str = "\
-- find_brand_image
select kind, bytes
from brand_image
where client_id = $1 and hash = $2
order by place
limit 1";

fn look_of(row: &Row) -> Attempt<Look> {
    let mut columns = Columns::of(row);
    let name = columns.text_maybe()?.map(|text| BrandWords::name(&text)).transpose();
    let colour = |text: &str| Colour::parse(text).ok();
    Ok(Look {
        name: name.map_err(|error| damaged(format!("a brand's name: {error}")))?,
        primary: columns.parsed_maybe(colour)?,
        secondary: columns.parsed_maybe(colour)?,
        callouts: Callouts {
            english: callout_of(&mut columns)?,
            french: callout_of(&mut columns)?,
        },
    })
}

fn callout_of(columns: &mut Columns<'_>) -> Attempt<Option<Callout>> {
    let texts = (columns.text_maybe()?, columns.text_maybe()?);
    let (Some(title), Some(body)) = texts else { return Ok(None) };
    let callout = Callout::parse(&title, &body);
    callout.map(Some).map_err(|error| damaged(format!("a callout: {error}")))
}

fn image_of(row: &Row) -> Attempt<(ImagePlace, ImageNote)> {
    let mut columns = Columns::of(row);
    let place = columns.parsed(ImagePlace::parse)?;
    let (kind, bytes) = (columns.parsed(ImageKind::parse)?, columns.number()?);
    let hash: &[u8] = columns.take()?;
    let hash = hash.try_into().map_err(|_other| damaged("a hash of another length"))?;
    Ok((place, ImageNote { kind, bytes, hash: ImageHash(hash) }))
}

#[async_trait]
impl Brandings for PostgresStore {
    async fn find_branding(&self, client: ClientId) -> Answer<Branding> {
        self.ask(|session| async move {
            let look = session.row(FIND_LOOK, &[&client.uuid()]).await?;
            let images = session.rows(LIST_BRAND_IMAGES, &[&client.uuid()]).await?;
            Ok(Branding {
                look: look.as_ref().map(look_of).transpose()?.unwrap_or_default(),
                images: images.iter().map(image_of).collect::<Attempt<_>>()?,
            })
        })
        .await
    }

    async fn replace_look(&self, client: ClientId, look: &Look) -> Answer<()> {
        self.transact(|session| async move {
            let Look { name, primary, secondary, callouts } = look;
            // Words have no control characters: no column holds what it cannot.
            let name = name.as_ref().map(BrandWords::as_str);
            let colours = [primary, secondary].map(|colour| colour.map(|own| own.to_string()));
            let [english, french] = [&callouts.english, &callouts.french].map(|callout| {
                let callout = callout.as_ref();
                callout.map(|own| (own.title.as_str(), own.body.as_str())).unzip()
            });
            let client = client.uuid();
            let values: [&(dyn ToSql + Sync); 8] = [
                &client,
                &name,
                &colours[0],
                &colours[1],
                &english.0,
                &english.1,
                &french.0,
                &french.1,
            ];
            session.run(REPLACE_LOOK, &values).await?;
            Ok(())
        })
        .await
    }

    async fn put_brand_image(
        &self,
        client: ClientId,
        place: ImagePlace,
        image: &BrandImage,
    ) -> Answer<()> {
        self.transact(|session| async move {
            let hash: &[u8] = &image.note().hash.0;
            let (place, kind, bytes) = (place.name(), image.kind.name(), image.bytes.as_slice());
            let values: [&(dyn ToSql + Sync); 5] = [&client.uuid(), &place, &kind, &hash, &bytes];
            session.run(PUT_BRAND_IMAGE, &values).await?;
            Ok(())
        })
        .await
    }

    async fn remove_brand_image(&self, client: ClientId, place: ImagePlace) -> Answer<bool> {
        self.transact(|session| async move {
            Ok(session.run(REMOVE_BRAND_IMAGE, &[&client.uuid(), &place.name()]).await? > 0)
        })
        .await
    }

    async fn find_brand_image(
        &self,
        client: ClientId,
        hash: ImageHash,
    ) -> Answer<Option<BrandImage>> {
        self.ask(|session| async move {
            let hash: &[u8] = &hash.0;
            let row = session.row(FIND_BRAND_IMAGE, &[&client.uuid(), &hash]).await?;
            let image = row.as_ref().map(|row| {
                let mut columns = Columns::of(row);
                let kind = columns.parsed(ImageKind::parse)?;
                Ok(BrandImage { kind, bytes: columns.take()? })
            });
            image.transpose()
        })
        .await
    }
}
