//! `millrace branding`: how a client's link pages look, straight from the database, by the same rules as `/ext/v1/branding`.
//! A preview is written as files that any browser opens.

use crate::cli::{BrandingCommand, ConfigArgs, LookArgs};
use crate::{load, output, wire_up};
use anyhow::{Context as _, bail};
use domain::branding::{
    BrandImage, BrandWords, Branding, Callout, CalloutLanguage, Colour, ImagePlace, Look,
};
use domain::ids::ClientId;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use store::Store;

/// The pages of a preview, unless all are wanted.
const SAMPLES: [&str; 2] = ["quickbooks-review", "quickbooks-credentials"];
const SAMPLE_LANGUAGES: [&str; 2] = ["en", "fr-CA"];
/// What pages ask the server for; beside them it is a folder.
const ADDRESSES: [(&str, &str); 2] =
    [("=\"/link/assets/", "=\"link/assets/"), ("=\"/link/brand/", "=\"link/brand/")];

/// Which pages to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pages {
    Samples,
    All,
}

/// Does what was asked for.
pub(crate) async fn run(command: BrandingCommand) -> anyhow::Result<()> {
    match command {
        BrandingCommand::Show { config, client } => {
            let (store, client) = open(&config, &client).await?;
            print(&store.find_branding(client).await?)?;
            store.close().await;
        }
        BrandingCommand::Set { config, client, look } => {
            let (store, client) = open(&config, &client).await?;
            let set = changed(store.find_branding(client).await?.look, &look)?;
            store.replace_look(client, &set).await?;
            store.close().await;
        }
        BrandingCommand::SetImage { config, client, image, file } => {
            let place = place(&image)?;
            let bytes = fs::read(&file).with_context(|| format!("reading {}", file.display()))?;
            let image = BrandImage::read(place, bytes)?;
            let (store, client) = open(&config, &client).await?;
            store.put_brand_image(client, place, &image).await?;
            store.close().await;
        }
        BrandingCommand::RemoveImage { config, client, image } => {
            let place = place(&image)?;
            let (store, client) = open(&config, &client).await?;
            let was_there = store.remove_brand_image(client, place).await?;
            store.close().await;
            if !was_there {
                bail!("no {image} is set");
            }
        }
        BrandingCommand::Preview { config, client, folder, all } => {
            let (store, client) = open(&config, &client).await?;
            let pages = if all { Pages::All } else { Pages::Samples };
            let written = preview(&*store, client, &folder, pages).await;
            store.close().await;
            written?;
        }
    }
    Ok(())
}

async fn open(config: &ConfigArgs, client: &str) -> anyhow::Result<(Arc<dyn Store>, ClientId)> {
    let (settings, _) = load(config.config.as_deref(), &config.pairs())?;
    let store = wire_up::open_existing_store(&settings).await?;
    let client = wire_up::find_client(store.as_ref(), client).await?.id;
    Ok((store, client))
}

fn place(name: &str) -> anyhow::Result<ImagePlace> {
    ImagePlace::parse(name).context("the image is logo, icon or hero")
}

fn print(branding: &Branding) -> anyhow::Result<()> {
    let Look { name, primary, secondary, callouts } = &branding.look;
    let name = name.as_ref().map_or("as in the profile", BrandWords::as_str);
    output::line(format_args!("name       {name}"))?;
    for (which, colour) in [("primary  ", primary), ("secondary", secondary)] {
        match colour {
            Some(colour) => output::line(format_args!("{which}  {}", spoken(*colour)))?,
            None => output::line(format_args!("{which}  as on everybody's pages"))?,
        }
    }
    for (which, callout) in [("callout en", &callouts.english), ("callout fr", &callouts.french)] {
        let Some(Callout { title, body }) = callout else {
            output::line(format_args!("{which} missing"))?;
            continue;
        };
        output::line(format_args!("{which} {}: {}", title.as_str(), body.as_str()))?;
    }
    for place in ImagePlace::ALL {
        let shown = branding.images.get(&place).map_or_else(
            || "missing".to_owned(),
            |note| format!("{}, {} bytes", note.kind.name(), note.bytes),
        );
        output::line(format_args!("{:<10} {shown}", place.name()))?;
    }
    Ok(())
}

fn spoken(colour: Colour) -> String {
    let contrast = colour.contrast(Colour::WHITE);
    match colour.check_text() {
        Ok(()) => format!("{colour}, {contrast}:1 with white"),
        Err(pale) => {
            let proposed = pale.proposed;
            format!("{colour} as decoration, {contrast}:1 with white; text and buttons: {proposed}")
        }
    }
}

/// What flags leave out stays; an empty value takes it away.
fn changed(mut look: Look, wanted: &LookArgs) -> anyhow::Result<Look> {
    let pale_before = look.pale_colours();
    if let Some(name) = &wanted.name {
        look.name = unless_empty(name, BrandWords::name).context("--name")?;
    }
    if let Some(colour) = &wanted.primary_color {
        look.primary = unless_empty(colour, Colour::parse).context("--primary-color")?;
    }
    if let Some(colour) = &wanted.secondary_color {
        look.secondary = unless_empty(colour, Colour::parse).context("--secondary-color")?;
    }
    for (language, words) in [
        (CalloutLanguage::English, &wanted.callout_en),
        (CalloutLanguage::French, &wanted.callout_fr),
    ] {
        let Some(words) = words else { continue };
        let parse = |words: &str| -> anyhow::Result<Callout> {
            let (title, body) = words.split_once('|').context("write it as TITLE|BODY")?;
            Ok(Callout::parse(title, body)?)
        };
        let callout = unless_empty(words, parse);
        let callout = callout.with_context(|| format!("--callout-{}", language.tag()))?;
        match language {
            CalloutLanguage::English => look.callouts.english = callout,
            CalloutLanguage::French => look.callouts.french = callout,
        }
    }
    let mut pale_now = look.pale_colours().into_iter();
    let newly_pale = pale_now.find(|pale| !pale_before.contains(pale));
    if !wanted.as_decoration
        && let Some((_, pale)) = newly_pale
    {
        bail!(
            "{} has a contrast of {}:1 with white, too little for text: use {}, or --as-decoration, which keeps it for \
             decoration and uses {} for text and buttons",
            pale.colour,
            pale.contrast,
            pale.proposed,
            pale.proposed
        );
    }
    Ok(look)
}

fn unless_empty<T, E>(
    text: &str,
    parse: impl FnOnce(&str) -> Result<T, E>,
) -> Result<Option<T>, E> {
    if text.is_empty() { Ok(None) } else { parse(text).map(Some) }
}

async fn preview(
    store: &dyn Store,
    client: ClientId,
    folder: &Path,
    pages: Pages,
) -> anyhow::Result<()> {
    let branding = store.find_branding(client).await?;
    let profile = store.find_profile(client).await?.context("the client is gone")?;
    for note in branding.images.values() {
        if let Some(image) = store.find_brand_image(client, note.hash).await? {
            write(folder, &note.path(client), &image.bytes)?;
        }
    }
    for (path, file) in web::assets(client, &branding) {
        write(folder, &path, file.as_bytes())?;
    }
    for picture in web::gallery(client, &profile, &branding)? {
        let is_sample = SAMPLES.contains(&picture.name.as_str())
            && SAMPLE_LANGUAGES.contains(&picture.language);
        if pages == Pages::All || is_sample {
            let mut html = picture.html;
            for (address, file) in ADDRESSES {
                html = html.replace(address, file);
            }
            let name = format!("{}.{}.html", picture.name, picture.language);
            output::line(write(folder, &name, html.as_bytes())?)?;
        }
    }
    Ok(())
}

/// Writes a file, which a path of the server names; answers where.
fn write(folder: &Path, path: &str, bytes: &[u8]) -> anyhow::Result<String> {
    let file = folder.join(path.trim_start_matches('/'));
    let parent = file.parent().context("a file has no folder")?;
    let written = fs::create_dir_all(parent).and_then(|()| fs::write(&file, bytes));
    written.with_context(|| format!("writing {}", file.display()))?;
    Ok(file.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_stays_and_what_is_empty_goes() {
        let wanted = |name: Option<&str>, color: Option<&str>, callout: Option<&str>| LookArgs {
            name: name.map(str::to_owned),
            primary_color: color.map(str::to_owned),
            callout_fr: callout.map(str::to_owned),
            ..LookArgs::default()
        };
        let look =
            changed(Look::default(), &wanted(Some("Bank"), Some("#0b6e4f"), Some("Bon|jour")));
        let look = changed(look.unwrap(), &wanted(Some(""), None, None)).unwrap();
        assert_eq!((look.name.as_ref(), look.primary), (None, Some(Colour::new(0x0b, 0x6e, 0x4f))));
        assert_eq!(look.callouts.french.as_ref().unwrap().body.as_str(), "jour");
        let wish = LookArgs { as_decoration: true, ..wanted(None, Some("#ebaa2d"), None) };
        let decorated = changed(look.clone(), &wish).unwrap();
        assert!(changed(decorated, &wanted(Some("Bank"), None, None)).is_ok(), "it was taken once");
        for (color, callout, said) in [
            (Some("#ebaa2d"), None, "use #996f1d, or --as-decoration"),
            (Some("red"), None, "--primary-color: write it as a #"),
            (None, Some("no bar"), "--callout-fr: write it as TITLE|BODY"),
        ] {
            let error = changed(look.clone(), &wanted(None, color, callout)).unwrap_err();
            assert!(format!("{error:#}").contains(said), "{error:#}");
        }
    }
}
