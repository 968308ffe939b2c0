//! How the client's link pages look: its name, colours, images and a few words of its own. A colour that could not be read
//! as text is refused with one that can, unless it is only to decorate.

use crate::auth::Caller;
use crate::envelope::{Answer, ApiError};
use crate::json::{
    BodyLimit, ExactBody, Faults, Fields, JsonBody, Place, parse_object, read_whole,
};
use crate::state::{ApiState, Shared};
use crate::surface::{Area, Operation, Surface, formats};
use axum::Json;
use axum::body::Bytes;
use axum::extract::{FromRequest, Path, Request, State};
use axum::http::StatusCode;
use domain::branding::{
    BRAND_NAME_CHARS_MAX, BrandImage, BrandWords, Branding, CALLOUT_BODY_CHARS_MAX,
    CALLOUT_TITLE_CHARS_MAX, Callout, Callouts, Colour, ImageError, ImageNote, ImagePlace, Look,
    WordsError,
};
use domain::ids::ClientId;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

const BRANDING: &str = "/ext/v1/branding";
const IMAGE: &str = "/ext/v1/branding/{image}";

pub(super) fn surface() -> Surface {
    Surface::of(Area::Settings)
        .serve(
            Operation::get(BRANDING, "get-branding", "How the link pages look")
                .answers::<BrandingShape>(),
            get_branding,
        )
        .serve(
            Operation::put(BRANDING, "set-branding", "Replaces all of it but the images")
                .body(look_schema)
                .answers::<BrandingShape>(),
            set_branding,
        )
        .serve(
            Operation::put(IMAGE, "set-branding-image", "Puts an image in its place")
                .bytes_body()
                .answers::<BrandingShape>(),
            set_image,
        )
        .serve(
            Operation::delete(IMAGE, "delete-branding-image", "Removes an image")
                .answers_empty(StatusCode::NO_CONTENT),
            delete_image,
        )
}

const VALIDATOR: &str = "Branding";
const BODY: ExactBody = ExactBody {
    fields: &["name", "primaryColor", "secondaryColor", "asDecoration", "callout"],
    answered: &["readability", "images"],
};
/// What people count as a character may be several; how many there are is said by the domain.
const RAW_CHARS_MAX: usize = 4_000;

fn look_schema(_schemas: &mut SchemaGenerator) -> Schema {
    let colour = |about: &str| {
        json_schema!({
            "type": ["string", "null"],
            "pattern": "^#[0-9A-Fa-f]{6}$",
            "description": about,
        })
    };
    let callout = json_schema!({
        "type": ["object", "null"],
        "additionalProperties": false,
        "required": ["title", "body"],
        "properties": {
            "title": {"type": "string", "minLength": 1, "maxLength": CALLOUT_TITLE_CHARS_MAX},
            "body": {"type": "string", "minLength": 1, "maxLength": CALLOUT_BODY_CHARS_MAX},
        },
    });
    let schema = json_schema!({
        "type": "object",
        "properties": {
            "name": {"type": ["string", "null"], "minLength": 1, "maxLength": BRAND_NAME_CHARS_MAX},
            "primaryColor": colour("Of the main button, of focus and of choices"),
            "secondaryColor": colour("Of links and of the other buttons"),
            "asDecoration": {
                "type": ["boolean", "null"],
                "description": "Take colours that are too pale for text: they only decorate, and text and buttons are of the nearest shade that can be read",
            },
            "callout": {
                "type": ["object", "null"],
                "additionalProperties": false,
                "properties": {"en": callout, "fr": callout},
            },
        },
    });
    BODY.schema(schema)
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Branding")]
struct BrandingShape {
    /// Absent where the profile's is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    primary_color: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    secondary_color: Option<String>,
    /// Whether a colour is too pale for text.
    as_decoration: bool,
    /// What is made of the colours.
    readability: ReadabilityShape,
    callout: CalloutsShape,
    images: ImagesShape,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "BrandReadability")]
struct ReadabilityShape {
    #[serde(skip_serializing_if = "Option::is_none")]
    primary_color: Option<ReadableShape>,
    #[serde(skip_serializing_if = "Option::is_none")]
    secondary_color: Option<ReadableShape>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "ReadableColor")]
struct ReadableShape {
    /// Of the colour and white, by WCAG 2: text needs 4.50.
    contrast: String,
    /// What text and buttons have: the colour itself, or its nearest shade that can be read.
    text_color: String,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Callouts")]
struct CalloutsShape {
    /// Absent: the other is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    en: Option<CalloutShape>,
    /// See `en`.
    #[serde(skip_serializing_if = "Option::is_none")]
    fr: Option<CalloutShape>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Callout")]
struct CalloutShape {
    title: String,
    body: String,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "BrandImages")]
struct ImagesShape {
    #[serde(skip_serializing_if = "Option::is_none")]
    logo: Option<ImageShape>,
    #[serde(skip_serializing_if = "Option::is_none")]
    icon: Option<ImageShape>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hero: Option<ImageShape>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "BrandImage")]
struct ImageShape {
    content_type: &'static str,
    bytes: u64,
    sha256: String,
    /// Where the pages show it from.
    #[schemars(schema_with = "formats::uri")]
    url: String,
}

impl BrandingShape {
    fn show(state: &ApiState, client: ClientId, branding: &Branding) -> Self {
        let Branding { look, images } = branding;
        let text = |colour: Option<Colour>| colour.map(|colour| colour.to_string());
        let image = |place: ImagePlace| {
            images.get(&place).map(|note| ImageShape::show(&state.public_url, client, *note))
        };
        Self {
            name: look.name.as_ref().map(|name| name.as_str().to_owned()),
            primary_color: text(look.primary),
            secondary_color: text(look.secondary),
            as_decoration: look.has_decoration(),
            readability: ReadabilityShape {
                primary_color: look.primary.map(ReadableShape::of),
                secondary_color: look.secondary.map(ReadableShape::of),
            },
            callout: CalloutsShape {
                en: look.callouts.english.as_ref().map(CalloutShape::show),
                fr: look.callouts.french.as_ref().map(CalloutShape::show),
            },
            images: ImagesShape {
                logo: image(ImagePlace::Logo),
                icon: image(ImagePlace::Icon),
                hero: image(ImagePlace::Hero),
            },
        }
    }
}

impl ReadableShape {
    fn of(colour: Colour) -> Self {
        let contrast = colour.contrast(Colour::WHITE).to_string();
        Self { contrast, text_color: colour.readable_on(Colour::WHITE).to_string() }
    }
}

impl CalloutShape {
    fn show(callout: &Callout) -> Self {
        let text = |words: &BrandWords| words.as_str().to_owned();
        Self { title: text(&callout.title), body: text(&callout.body) }
    }
}

impl ImageShape {
    fn show(public_url: &str, client: ClientId, note: ImageNote) -> Self {
        Self {
            content_type: note.kind.content_type(),
            bytes: note.bytes,
            sha256: note.hash.digits(),
            url: format!("{public_url}{}", note.path(client)),
        }
    }
}

/// `/ext/v1/branding/{image}`, with the image that was sent.
struct SentImage {
    place: ImagePlace,
    bytes: Bytes,
}

impl<S: Send + Sync> FromRequest<S> for SentImage {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Answer<Self> {
        let (mut parts, body) = request.into_parts();
        let place = place_of(&mut parts, state).await?;
        // Images may be longer than what is told in JSON.
        parts.extensions.insert(BodyLimit(place.bytes_max()));
        let read = read_whole(Request::from_parts(parts, body)).await;
        let (_, bytes) = read.map_err(|error| error.or_too_large(ImageError::TooLarge(place)))?;
        Ok(Self { place, bytes })
    }
}

async fn place_of<S: Send + Sync>(
    parts: &mut axum::http::request::Parts,
    state: &S,
) -> Answer<ImagePlace> {
    use axum::extract::FromRequestParts as _;
    let path = Path::<String>::from_request_parts(parts, state).await;
    let Path(name) = path.map_err(|_undecodable| ApiError::no_such_route())?;
    ImagePlace::parse(&name).ok_or_else(|| ApiError::no_such_image(&name))
}

async fn get_branding(State(state): State<Shared>, caller: Caller) -> Answer<Json<BrandingShape>> {
    show(&state, caller).await
}

async fn set_branding(
    State(state): State<Shared>,
    caller: Caller,
    JsonBody(body): JsonBody,
) -> Answer<Json<BrandingShape>> {
    let look = read_look(&body)?;
    state.store.replace_look(caller.client, &look).await?;
    show(&state, caller).await
}

async fn set_image(
    State(state): State<Shared>,
    caller: Caller,
    SentImage { place, bytes }: SentImage,
) -> Answer<Json<BrandingShape>> {
    let image = BrandImage::read(place, bytes.into());
    let image = image.map_err(|error| ApiError::refused(error.to_string()))?;
    state.store.put_brand_image(caller.client, place, &image).await?;
    show(&state, caller).await
}

async fn delete_image(
    State(state): State<Shared>,
    caller: Caller,
    Path(name): Path<String>,
) -> Answer<StatusCode> {
    let place = ImagePlace::parse(&name).ok_or_else(|| ApiError::no_such_image(&name))?;
    if state.store.remove_brand_image(caller.client, place).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(ApiError::no_image_there(place.name()))
    }
}

async fn show(state: &ApiState, caller: Caller) -> Answer<Json<BrandingShape>> {
    let branding = state.store.find_branding(caller.client).await?;
    Ok(Json(BrandingShape::show(state, caller.client, &branding)))
}

fn read_look(body: &[u8]) -> Answer<Look> {
    let mut faults = Faults::of(VALIDATOR);
    let object = parse_object(body, BODY.seed(), VALIDATOR)?;
    let mut fields = Fields::new(&object, Place::Body, &mut faults);
    let name = fields.parsed("name", RAW_CHARS_MAX, BrandWords::name);
    let primary = fields.parsed("primaryColor", RAW_CHARS_MAX, Colour::parse);
    let secondary = fields.parsed("secondaryColor", RAW_CHARS_MAX, Colour::parse);
    let may_decorate = fields.flag("asDecoration").unwrap_or_default();
    let callouts = read_callouts(&mut fields);
    let look = Look { name, primary, secondary, callouts };
    if !may_decorate {
        for (field, pale) in look.pale_colours() {
            fields.fault(field, format_args!("is refused: {pale}"));
        }
    }
    faults.check()?;
    Ok(look)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CalloutsBody {
    en: Option<CalloutBody>,
    fr: Option<CalloutBody>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CalloutBody {
    title: String,
    body: String,
}

fn read_callouts(fields: &mut Fields<'_, '_>) -> Callouts {
    let Some(raw) = fields.raw("callout") else { return Callouts::default() };
    let Ok(CalloutsBody { en, fr }) = serde_json::from_str(raw.get()) else {
        let wanted = r#"must be an object such as {"en": {"title": "…", "body": "…"}, "fr": …}"#;
        fields.fault("callout", wanted);
        return Callouts::default();
    };
    let english = en.and_then(|callout| read_callout(fields, "en", &callout));
    let french = fr.and_then(|callout| read_callout(fields, "fr", &callout));
    Callouts { english, french }
}

fn read_callout(
    fields: &mut Fields<'_, '_>,
    language: &str,
    callout: &CalloutBody,
) -> Option<Callout> {
    let mut read = |field: &str, words: Result<BrandWords, WordsError>| {
        let place = format!("callout.{language}.{field}");
        words.map_err(|error| fields.fault(&place, format_args!("is refused: {error}"))).ok()
    };
    let title = read("title", BrandWords::title(&callout.title));
    let body = read("body", BrandWords::body(&callout.body));
    Some(Callout { title: title?, body: body? })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(body: &str) -> Vec<String> {
        let error = read_look(body.as_bytes()).unwrap_err();
        error.into_faults().iter().map(crate::json::Fault::sentence).collect()
    }

    #[test]
    fn a_look_is_read_with_what_it_leaves_out() {
        assert_eq!(read_look(b"{}").unwrap(), Look::default());
        assert_eq!(faults(r#"{"nme":"Bank"}"#), ["nme is no field of this operation"]);
        assert!(faults(r#"{"callout":{"de":{"title":"a","body":"b"}}}"#)[0].contains("such as"));
        let body = r##"{"name":" Bank ","primaryColor":"#0B6E4F","callout":{"fr":{"title":"Bon","body":"jour"}}}"##;
        let look = read_look(body.as_bytes()).unwrap();
        assert_eq!(look.name.unwrap().as_str(), "Bank");
        assert_eq!(look.primary.unwrap().to_string(), "#0b6e4f");
        let french = Callout::parse("Bon", "jour").ok();
        assert_eq!((look.secondary, look.callouts), (None, Callouts { english: None, french }));
    }

    #[test]
    fn an_answer_may_be_sent_back() {
        let colour = "#ebaa2d";
        let readable = || Some(ReadableShape::of(Colour::parse(colour).unwrap()));
        let callout = || Some(CalloutShape { title: "Beware".to_owned(), body: "x".to_owned() });
        let image = || {
            let (content_type, sha256, url) = ("image/png", String::new(), String::new());
            Some(ImageShape { content_type, bytes: 1, sha256, url })
        };
        // All that it can have.
        let answer = BrandingShape {
            name: Some("Bank".to_owned()),
            primary_color: Some(colour.to_owned()),
            secondary_color: Some(colour.to_owned()),
            as_decoration: true,
            readability: ReadabilityShape {
                primary_color: readable(),
                secondary_color: readable(),
            },
            callout: CalloutsShape { en: callout(), fr: callout() },
            images: ImagesShape { logo: image(), icon: image(), hero: image() },
        };
        let look = read_look(&serde_json::to_vec(&answer).unwrap()).unwrap();
        assert_eq!(look.name.map(|name| name.as_str().to_owned()), answer.name);
        assert_eq!(look.secondary.map(|colour| colour.to_string()), answer.secondary_color);
        assert!(look.primary.is_some() && look.callouts.english == look.callouts.french);
    }

    #[test]
    fn a_pale_colour_is_taken_as_decoration_only() {
        let refused = faults(r##"{"primaryColor":"#ebaa2d","secondaryColor":"#ffffff"}"##);
        assert!(
            refused[0].starts_with("primaryColor is refused: #ebaa2d has a contrast of 2.03:1"),
            "{refused:?}"
        );
        assert!(refused[0].contains("use #996f1d") && refused[0].contains("asDecoration"));
        assert!(refused[1].starts_with("secondaryColor is refused: #ffffff has"), "{refused:?}");
        let body = r##"{"primaryColor":"#ebaa2d","asDecoration":true}"##;
        assert!(read_look(body.as_bytes()).unwrap().has_decoration());
    }

    #[test]
    fn every_fault_is_named_with_its_place() {
        let long = "x".repeat(151);
        for (body, fault) in [
            (r#"{"name":""}"#.to_owned(), "name is refused: it is empty"),
            (r#"{"primaryColor":"red"}"#.to_owned(), "primaryColor is refused: write it as a #"),
            (r#"{"asDecoration":1}"#.to_owned(), "asDecoration must be true or false"),
            (r#"{"callout":[]}"#.to_owned(), "callout must be an object such as"),
            (r#"{"callout":{"en":{"title":"x"}}}"#.to_owned(), "callout must be an object such as"),
            (
                format!(r#"{{"callout":{{"fr":{{"title":"x","body":"{long}"}}}}}}"#),
                "callout.fr.body is refused: it has 151 characters, at most 150 fit",
            ),
        ] {
            let found = faults(&body);
            assert!(found[0].starts_with(fault), "{found:?}");
        }
    }
}
